//! Entries to rows of the table, and back.

use rusqlite::{Row as SqlRow, Transaction, params};

use super::now;
use crate::instrument::Family;
use crate::library::entry::{Entry, EntryId, Kind, NewEntry, Place};

/// What [`entry`] reads.
pub(super) const ENTRY: &str = "id, kind, name, family, tags, favourite, place";

pub(super) fn entry(row: &SqlRow<'_>) -> Result<Entry, rusqlite::Error> {
    let (tags, place): (String, String) = (row.get(4)?, row.get(6)?);
    Ok(Entry {
        id: EntryId(row.get(0)?),
        kind: kind(row.get(1)?),
        name: row.get(2)?,
        family: family(row.get(3)?),
        tags: tags
            .split(TAG_END)
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
        favourite: row.get(5)?,
        place: Place::of_text(&place).unwrap_or(Place::Inside(place)),
    })
}

pub(super) fn put(
    change: &Transaction<'_>,
    entry: &NewEntry,
    number: i64,
) -> Result<EntryId, rusqlite::Error> {
    let mut insert = change.prepare_cached(
        "INSERT INTO entry (kind, name, family, tags, place, stamp, encoder, timbre, meaning, added, change)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (place) DO UPDATE SET kind = ?1, name = ?2, family = ?3, stamp = ?6, encoder = ?7,
         timbre = ?8, meaning = ?9, removed = NULL, change = ?11 RETURNING id",
    )?;
    let id: i64 = insert.query_row(
        params![
            entry.kind as i64,
            entry.name,
            entry.family.index() as i64,
            joined(&entry.tags),
            entry.place.text(),
            entry.stamp,
            entry.encoder,
            bytes(&entry.timbre),
            bytes(&entry.meaning),
            now(),
            number
        ],
        |row| row.get(0),
    )?;
    if let Some(body) = &entry.bytes {
        let mut insert =
            change.prepare_cached("INSERT OR REPLACE INTO body (entry, bytes) VALUES (?1, ?2)")?;
        insert.execute(params![id, body])?;
    }
    Ok(EntryId(id))
}

const TAG_END: char = '\n';

pub(super) fn joined(tags: &[String]) -> String {
    let ended = |tag: &String| {
        format!(
            "{}{TAG_END}",
            tag.trim().to_lowercase().replace(TAG_END, " ")
        )
    };
    tags.iter().map(ended).collect()
}

pub(super) fn kind(number: i64) -> Kind {
    let known = usize::try_from(number).ok().and_then(|n| Kind::ALL.get(n));
    known.copied().unwrap_or(Kind::Imported)
}

pub(super) fn family(number: i64) -> Family {
    let known = usize::try_from(number)
        .ok()
        .and_then(|n| Family::ALL.get(n));
    known.copied().unwrap_or(Family::Effect)
}

pub(super) fn bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|x| x.to_le_bytes()).collect()
}

pub(super) fn floats(bytes: &[u8]) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers
        .iter()
        .map(|number| f32::from_le_bytes(*number))
        .collect()
}
