//! What a multisampled instrument is: its recipe, its anchors (partials and noise), and the
//! zones of sound rendered from them.
//!
//! | module | what it is |
//! |---|---|
//! | [`slots`] | the grid of the note model: rows, frequencies, times |
//! | [`anchors`] | the 27 anchor notes, quantised |
//! | [`note`] | any note, from the anchors |
//! | [`recipe`] | what the instrument was made from |
//! | [`macros`] | changes of the whole sound |
//! | [`render`] | notes to sound: columns of zones, or one note |
//! | [`zone`] | rendered sound, as the engine plays it |
//! | [`export`] | SFZ and WAV |
//! | [`factory`] | the instrument that needs no model |
//! | [`file`](mod@file) | `.consort` bytes, also the plugin's saved state |

pub mod anchors;
mod decibels;
pub mod export;
pub mod factory;
pub mod file;
pub mod macros;
pub mod note;
pub mod recipe;
pub mod render;
pub mod slots;
pub mod zone;

use serde::{Deserialize, Serialize};

pub use anchors::{AnchorError, AnchorSet};
pub use file::FileError;
pub use macros::Macros;
pub use note::NoteModel;
pub use recipe::{Family, Origin, PackVersion, Recipe, SoundOrigin};

/// A playable instrument: everything its sound depends on, and what it was made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instrument {
    /// Name shown to people, for example the prompt.
    pub name: String,
    /// What it was made from.
    pub recipe: Recipe,
    /// Changes of the whole sound, part of it when saved.
    pub macros: Macros,
    /// Its anchor notes.
    pub anchors: AnchorSet,
}

impl Instrument {
    /// The note of a key and velocity, in tune, before macros. Any thread but audio.
    pub fn note(&self, key: u8, velocity: u8) -> NoteModel {
        let mut note = note::note(&self.anchors, key, velocity);
        note.tune();
        note
    }
}
