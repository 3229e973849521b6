//! The library on disk: one SQLite file, touched by one at a time ([`lock`]); a killed process leaves
//! the last whole change.

mod lock;
mod rows;
mod schema;
#[cfg(test)]
mod tests;

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::ask::{Ask, Filter, Hit};
use super::entry::{Entry, EntryId, NewEntry, Place};
use super::error::LibraryError;
use super::index::{Index, Row, Vector, plain};
use lock::{Lock, Turn};
use rows::{ENTRY, entry, family, floats, joined, kind, put};

const FILE: &str = "library.sqlite";
/// What is removed can be brought back for so long, seconds.
const KEPT: u64 = 30 * 24 * 3600;

/// The library, opened. Any number of processes and threads may have it open, each by an own value.
///
/// All methods block on the disk: any thread but audio and UI.
pub struct Library {
    db: Connection,
    index: Index,
    /// The last change that the index has seen.
    seen: i64,
    notice: Option<String>,
    /// Comes last: it is closed after the file that it guards.
    lock: Lock,
}

impl Drop for Library {
    /// Closes the file when it is its turn.
    fn drop(&mut self) {
        let _ = self.lock.wait();
    }
}

/// Where the library is kept: `CONSORT_LIBRARY`, or in the user's data. Any thread but audio.
pub fn usual_folder() -> PathBuf {
    match std::env::var_os("CONSORT_LIBRARY").filter(|value| !value.is_empty()) {
        Some(folder) => folder.into(),
        None => dirs::data_dir()
            .unwrap_or_else(std::env::temp_dir)
            .join("consort"),
    }
}

impl Library {
    /// Opens the library in `folder`, made if need be. A damaged one is put aside and a new one
    /// begun: [`Library::take_notice`] says so. Reads all vectors: half a second for 100,000.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn open(folder: &Path) -> Result<Self, LibraryError> {
        let failed = |error: std::io::Error| LibraryError::Folder {
            folder: folder.display().to_string(),
            reason: error.to_string(),
        };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = Lock::new(folder).map_err(failed)?;
        let _turn = lock.turn()?;
        let opened = match Self::at(folder, &lock) {
            Err(LibraryError::Damaged) => {
                let aside = put_aside(folder).map_err(failed)?;
                Self::at(folder, &lock).map(|mut library| {
                    library.notice = Some(format!(
                        "The library was damaged and has been put aside as {}; a new one is begun.",
                        aside.display()
                    ));
                    library
                })
            }
            opened => opened,
        };
        opened.map_err(|error| match error {
            LibraryError::Other(reason) => failed(std::io::Error::other(reason)),
            error => error,
        })
    }

    /// Opens a copy, in an empty folder, of the library in one that can't be written.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn open_copy(folder: &Path, copy: &Path) -> Result<Self, LibraryError> {
        // The journal holds what a killed process left half-done.
        for name in [FILE.to_owned(), format!("{FILE}-journal")] {
            match fs::copy(folder.join(&name), copy.join(&name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(LibraryError::Folder {
                        folder: folder.display().to_string(),
                        reason: error.to_string(),
                    });
                }
                _ => {}
            }
        }
        Self::open(copy)
    }

    fn at(folder: &Path, lock: &Lock) -> Result<Self, LibraryError> {
        let mut db = Connection::open(folder.join(FILE))?;
        // Every change is on the disk before it counts as made.
        db.pragma_update(None, "synchronous", "full")?;
        db.pragma_update(None, "journal_mode", "truncate")?;
        schema::bring_up(&mut db)?;
        let mut library = Self {
            db,
            index: Index::default(),
            seen: 0,
            notice: None,
            lock: lock.clone(),
        };
        library.follow()?;
        Ok(library)
    }

    /// What the user should know about opening, once.
    pub fn take_notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    /// Takes up what others have changed; whether there was something.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn refresh(&mut self) -> Result<bool, LibraryError> {
        let _turn = self.lock.turn()?;
        self.follow()
    }

    /// [`refresh`](Self::refresh), by who has a turn.
    fn follow(&mut self) -> Result<bool, LibraryError> {
        let before = self.seen;
        let mut changed = self.db.prepare_cached(
            "SELECT id, kind, family, favourite, removed IS NOT NULL, name, tags, timbre, meaning, change
             FROM entry WHERE change > ?1 ORDER BY change",
        )?;
        let mut rows = changed.query([before])?;
        while let Some(row) = rows.next()? {
            let (name, tags): (String, String) = (row.get(5)?, row.get(6)?);
            let family = family(row.get(2)?);
            let found = Row {
                id: EntryId(row.get(0)?),
                kind: kind(row.get(1)?),
                family,
                favourite: row.get(3)?,
                removed: row.get(4)?,
                about: plain(&format!("{name} {family} {tags}")),
            };
            let (timbre, meaning): (Vec<u8>, Vec<u8>) = (row.get(7)?, row.get(8)?);
            self.index.set(found, &floats(&timbre), &floats(&meaning));
            self.seen = row.get(9)?;
        }
        Ok(self.seen != before)
    }

    /// The file, for as long as it is one's turn.
    fn db(&self) -> Result<Db<'_>, LibraryError> {
        let turn = self.lock.turn()?;
        Ok(Db(&self.db, turn))
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds entries, all or none; an entry of the same place is replaced and comes back if it was
    /// removed. When this returns they are on the disk.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn add(&mut self, entries: &[NewEntry]) -> Result<Vec<EntryId>, LibraryError> {
        let ids = self.change(|change, number| {
            entries
                .iter()
                .map(|entry| put(change, entry, number))
                .collect()
        })?;
        Ok(ids)
    }

    /// Takes entries away, or brings them back.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn set_removed(&mut self, ids: &[EntryId], removed: bool) -> Result<(), LibraryError> {
        let when = removed.then(now);
        self.change(|change, number| {
            let mut set = change
                .prepare_cached("UPDATE entry SET removed = ?2, change = ?3 WHERE id = ?1")?;
            for id in ids {
                set.execute(params![id.0, when, number])?;
            }
            Ok(())
        })
    }

    /// Marks an entry as a favourite, or takes the mark away.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn set_favourite(&mut self, id: EntryId, favourite: bool) -> Result<(), LibraryError> {
        self.change(|change, number| {
            change.execute(
                "UPDATE entry SET favourite = ?2, change = ?3 WHERE id = ?1",
                params![id.0, favourite, number],
            )?;
            Ok(())
        })
    }

    /// Gives an entry other tags.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn set_tags(&mut self, id: EntryId, tags: &[String]) -> Result<(), LibraryError> {
        self.change(|change, number| {
            change.execute(
                "UPDATE entry SET tags = ?2, change = ?3 WHERE id = ?1",
                params![id.0, joined(tags), number],
            )?;
            Ok(())
        })
    }

    /// What is removed for good: entries that were taken away a month ago.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn purge(&mut self) -> Result<(), LibraryError> {
        let before = now() - KEPT as i64;
        // The index keeps them as removed; they are gone when it is read again.
        self.db()?
            .execute("DELETE FROM entry WHERE removed < ?1", [before])?;
        Ok(())
    }

    /// The `most` entries that fit best.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn find(&self, ask: &Ask, filter: &Filter, most: usize) -> Result<Vec<Hit>, LibraryError> {
        let found = match ask {
            Ask::All => return self.all(filter, most),
            Ask::Words { words, meaning } => {
                self.index
                    .described(meaning.as_deref(), words, filter, most)
            }
            Ask::Sound(timbre) => self.index.nearest(Vector::Timbre, timbre, filter, most),
        };
        let db = self.db()?;
        let mut hits = Vec::with_capacity(found.len());
        for (id, score) in found {
            match one(&db, id) {
                Ok(entry) => hits.push(Hit { entry, score }),
                // Purged by another process a moment ago.
                Err(LibraryError::Gone) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(hits)
    }

    fn all(&self, filter: &Filter, most: usize) -> Result<Vec<Hit>, LibraryError> {
        let db = self.db()?;
        let mut all = db.prepare_cached(&format!(
            "SELECT {ENTRY} FROM entry WHERE removed IS NULL
             AND (?1 IS NULL OR family = ?1) AND (?2 IS NULL OR kind = ?2) AND favourite >= ?3 AND id IS NOT ?4
             ORDER BY favourite DESC, name COLLATE NOCASE, id LIMIT ?5"
        ))?;
        let rows = all.query_map(
            params![
                filter.family.map(|family| family.index() as i64),
                filter.kind.map(|kind| kind as i64),
                filter.favourites,
                filter.without.map(|id| id.0),
                most as i64
            ],
            entry,
        )?;
        rows.map(|found| {
            Ok(Hit {
                entry: found?,
                score: 0.0,
            })
        })
        .collect()
    }

    /// An entry.
    ///
    /// # Errors
    /// [`LibraryError::Gone`], or another.
    pub fn entry(&self, id: EntryId) -> Result<Entry, LibraryError> {
        let db = self.db()?;
        one(&db, id)
    }

    /// The entry of a place, if it is in the library, and the stamp of its file.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn at_place(&self, place: &Place) -> Result<Option<(EntryId, i64)>, LibraryError> {
        let db = self.db()?;
        let mut one =
            db.prepare_cached("SELECT id, stamp FROM entry WHERE place = ?1 AND removed IS NULL")?;
        let found = one.query_row([place.text()], |row| {
            Ok((EntryId(row.get(0)?), row.get(1)?))
        });
        Ok(found.optional()?)
    }

    /// The `.consort` bytes of an instrument that is kept in the library itself.
    ///
    /// # Errors
    /// [`LibraryError::Gone`], or another.
    pub fn bytes(&self, id: EntryId) -> Result<Vec<u8>, LibraryError> {
        let db = self.db()?;
        let mut one = db.prepare_cached("SELECT bytes FROM body WHERE entry = ?1")?;
        one.query_row([id.0], |row| row.get(0))
            .optional()?
            .ok_or(LibraryError::Gone)
    }

    /// The timbre vector of an entry.
    ///
    /// # Errors
    /// [`LibraryError::Gone`], or another.
    pub fn timbre(&self, id: EntryId) -> Result<Vec<f32>, LibraryError> {
        let db = self.db()?;
        let mut one = db.prepare_cached("SELECT timbre FROM entry WHERE id = ?1")?;
        let found: Option<Vec<u8>> = one.query_row([id.0], |row| row.get(0)).optional()?;
        found.map(|bytes| floats(&bytes)).ok_or(LibraryError::Gone)
    }

    /// Entries whose vectors another encoder than `encoder` made.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn of_other_encoders(&self, encoder: &str) -> Result<Vec<Entry>, LibraryError> {
        let db = self.db()?;
        let mut some = db.prepare_cached(&format!(
            "SELECT {ENTRY} FROM entry WHERE encoder <> ?1 AND removed IS NULL"
        ))?;
        let rows = some.query_map([encoder], entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether the file on the disk is whole, by SQLite's own reading of all of it.
    ///
    /// # Errors
    /// [`LibraryError::Damaged`], or another.
    pub fn check(&self) -> Result<(), LibraryError> {
        let said: String = self
            .db()?
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if said == "ok" {
            Ok(())
        } else {
            Err(LibraryError::Damaged)
        }
    }

    /// One change, whole or not at all, then seen by the index. `apply` is told its number.
    fn change<T>(
        &mut self,
        apply: impl FnOnce(&Transaction<'_>, i64) -> Result<T, rusqlite::Error>,
    ) -> Result<T, LibraryError> {
        let _turn = self.lock.turn()?;
        let change = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let number: i64 = change.query_row(
            "UPDATE counter SET change = change + 1 RETURNING change",
            [],
            |row| row.get(0),
        )?;
        let outcome = apply(&change, number)?;
        change.commit()?;
        self.follow()?;
        Ok(outcome)
    }
}

/// The file, and the turn to touch it.
struct Db<'a>(
    &'a Connection,
    #[expect(dead_code, reason = "ends with it")] Turn,
);

impl Deref for Db<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.0
    }
}

fn one(db: &Connection, id: EntryId) -> Result<Entry, LibraryError> {
    let mut one = db.prepare_cached(&format!("SELECT {ENTRY} FROM entry WHERE id = ?1"))?;
    one.query_row([id.0], entry)
        .optional()?
        .ok_or(LibraryError::Gone)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

/// Renames a damaged library and what SQLite keeps beside it; its new name.
fn put_aside(folder: &Path) -> std::io::Result<PathBuf> {
    let stem = format!("library-damaged-{}.sqlite", now());
    for ending in ["", "-journal"] {
        let from = folder.join(format!("{FILE}{ending}"));
        if from.exists() {
            fs::rename(&from, folder.join(format!("{stem}{ending}")))?;
        }
    }
    Ok(folder.join(stem))
}
