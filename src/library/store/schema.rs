//! The tables, and how older ones become them.

use rusqlite::{Connection, TransactionBehavior};

use super::LibraryError;

/// What brings a library from each version to the next; the first makes it.
const STEPS: [&str; 1] = ["
    CREATE TABLE counter (change INTEGER NOT NULL);
    INSERT INTO counter VALUES (0);
    CREATE TABLE entry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind INTEGER NOT NULL,
        name TEXT NOT NULL,
        family INTEGER NOT NULL,
        tags TEXT NOT NULL,
        favourite INTEGER NOT NULL DEFAULT 0,
        place TEXT NOT NULL UNIQUE,
        stamp INTEGER NOT NULL,
        encoder TEXT NOT NULL,
        timbre BLOB NOT NULL,
        meaning BLOB NOT NULL,
        added INTEGER NOT NULL,
        removed INTEGER,
        change INTEGER NOT NULL
    );
    CREATE INDEX entry_change ON entry (change);
    CREATE TABLE body (
        entry INTEGER PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
        bytes BLOB NOT NULL
    );
"];

/// Makes the tables, or brings them up to date.
pub(super) fn bring_up(db: &mut Connection) -> Result<(), LibraryError> {
    db.pragma_update(None, "foreign_keys", true)?;
    let version =
        |db: &Connection| db.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    let newest = STEPS.len() as i64;
    if version(db)? == newest {
        return Ok(());
    }
    // Another process may do the same at this moment: look again once nobody else writes.
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&change)?;
    if found > newest {
        return Err(LibraryError::Newer);
    }
    for step in &STEPS[found.max(0) as usize..] {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "user_version", newest)?;
    change.commit()?;
    Ok(())
}
