//! What to look for in the library, and what is found.

use super::entry::{Entry, EntryId, Kind};
use crate::instrument::Family;

/// What a hit should be like.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Everything, favourites first, then by name.
    All,
    /// Like a description: its words, and their vector in the space of what is meant.
    Words {
        /// As typed: entries that have them in their name or tags come first.
        words: String,
        /// Unit vector; `None` when the words mean nothing to the model.
        meaning: Option<Vec<f32>>,
    },
    /// Like a sound, by its timbre vector.
    Sound(Vec<f32>),
}

/// Which entries count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Those of a family.
    pub family: Option<Family>,
    /// Those that come from somewhere.
    pub kind: Option<Kind>,
    /// The user's favourites.
    pub favourites: bool,
    /// This one not: what was asked with.
    pub without: Option<EntryId>,
}

/// An entry that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The entry.
    pub entry: Entry,
    /// Cosine of the angle between its vector and the one asked for, −1..=1; 0 when nothing was
    /// asked for.
    pub score: f32,
}
