//! An entry on its way to be played.

use std::sync::Arc;

use super::ear;
use super::shelf::{Fetched, Playable};
use crate::instrument::{Instrument, factory};
use crate::library::import::audible;
use crate::library::{EntryId, Kind, Library, Place};
use crate::models::SoundFile;

/// An entry, to be played.
pub(super) fn fetch(library: &Library, id: EntryId) -> Result<Fetched, String> {
    let entry = library.entry(id).map_err(|error| error.to_string())?;
    let named = |fault: String| format!("“{}”: {fault}", entry.name);
    let playable = match &entry.place {
        Place::Factory(name) => {
            let known = factory::named(name);
            let known =
                known.ok_or_else(|| named("it is no longer in the factory library.".into()))?;
            Playable::Instrument(Arc::new(known.instrument()))
        }
        Place::Inside(_) => {
            let bytes = library
                .bytes(id)
                .map_err(|error| named(error.to_string()))?;
            let instrument =
                Instrument::from_bytes(&bytes).map_err(|error| named(error.to_string()))?;
            Playable::Instrument(Arc::new(instrument))
        }
        Place::File(path) if entry.kind == Kind::Saved => {
            Playable::Instrument(Arc::new(ear::read(path).map_err(named)?))
        }
        Place::File(path) => {
            let audible = audible(path)?;
            Playable::Sound(SoundFile {
                path: audible.path,
                key: audible.key,
                sound: None,
            })
        }
    };
    Ok(Fetched { id, playable })
}
