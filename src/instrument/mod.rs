//! What a multisampled instrument is: its recipe, its anchors (partials and noise), and the
//! zones of sound rendered from them.
//!
//! | module | what it is |
//! |---|---|
//! | [`slots`] | the grid of the note model: rows, frequencies, times |
//! | [`anchors`] | the 27 anchor notes, quantised |
//! | [`kit`] | the pieces of a drum kit, quantised |
//! | [`note`] | any note, from the anchors |
//! | [`recipe`] | what the instrument was made from |
//! | [`macros`] | changes of the whole sound |
//! | [`mod@morph`] | what lies between two instruments |
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
pub mod kit;
pub mod macros;
pub mod morph;
pub mod note;
pub mod open;
pub mod recipe;
pub mod render;
pub mod slots;
pub mod zone;

use serde::{Deserialize, Serialize};

pub use anchors::{AnchorError, AnchorSet};
pub use file::FileError;
pub use kit::Kit;
pub use macros::Macros;
pub use morph::morph;
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
    /// Its sound.
    pub body: Body,
}

/// What an instrument's sound is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Anchor notes, for all 88 keys.
    Keys(AnchorSet),
    /// The pieces of a drum kit.
    Kit(Kit),
}

impl Instrument {
    /// Its anchor notes; `None` for a drum kit. Any thread.
    pub fn anchors(&self) -> Option<&AnchorSet> {
        match &self.body {
            Body::Keys(anchors) => Some(anchors),
            Body::Kit(_) => None,
        }
    }

    /// Its pieces, if it is a drum kit. Any thread.
    pub fn kit(&self) -> Option<&Kit> {
        match &self.body {
            Body::Keys(_) => None,
            Body::Kit(kit) => Some(kit),
        }
    }

    /// The note of a key and velocity, in tune, before macros; drum kits have none. Any thread but
    /// audio.
    pub fn note(&self, key: u8, velocity: u8) -> Option<NoteModel> {
        let mut note = note::note(self.anchors()?, key, velocity);
        note.tune();
        Some(note)
    }
}
