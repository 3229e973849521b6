//! An entry on its way to be played.

use std::sync::Arc;

use super::ear;
use super::fault::{EntryFault, LibrarianFault};
use super::shelf::{Fetched, Playable};
use crate::instrument::{Instrument, factory};
use crate::library::import::audible;
use crate::library::{EntryId, Kind, Library, Place};
use crate::models::SoundFile;

/// An entry, to be played.
pub(super) fn fetch(library: &Library, id: EntryId) -> Result<Fetched, LibrarianFault> {
    let entry = library.entry(id)?;
    let playable = match &entry.place {
        Place::File(path) if entry.kind != Kind::Saved => {
            let audible = audible(path)?;
            Playable::Sound(SoundFile {
                path: audible.path,
                key: audible.key,
                sound: None,
            })
        }
        place => {
            let read = instrument(library, id, place);
            let read = read.map_err(|fault| LibrarianFault::Entry(entry.name.clone(), fault))?;
            Playable::Instrument(Arc::new(read))
        }
    };
    Ok(Fetched { id, playable })
}

/// The instrument of an entry that is one.
fn instrument(library: &Library, id: EntryId, place: &Place) -> Result<Instrument, EntryFault> {
    Ok(match place {
        Place::Factory(name) => factory::named(name)
            .ok_or(EntryFault::NotInFactory)?
            .instrument(),
        Place::Inside(_) => Instrument::from_bytes(&library.bytes(id)?)?,
        Place::File(path) => ear::read(path)?,
    })
}
