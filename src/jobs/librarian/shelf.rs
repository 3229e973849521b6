//! What an instance sees of the library.

use std::sync::Arc;

use crate::instrument::{Family, Instrument};
use crate::library::{EntryId, Filter, Hit};
use crate::models::{Impression, SoundFile};

/// What to look for.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Question {
    /// Everything.
    #[default]
    All,
    /// What fits a description.
    Words(String),
    /// What sounds like this, alone or in a mix.
    Sound(SoundFile),
    /// What sounds like this entry.
    Entry(EntryId),
    /// What sounds like this instrument.
    Instrument(Arc<Instrument>),
}

/// What to look for, and among which entries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    /// What.
    pub question: Question,
    /// Among these.
    pub filter: Filter,
}

/// A sound that was asked with, as it was heard.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The sound, to make an instrument of.
    pub sound: SoundFile,
    /// What it is like.
    pub impression: Impression,
}

impl Asked {
    /// How surely a family is heard in it, 0..=1. Any thread.
    #[must_use]
    pub fn sure(&self, family: Family) -> f32 {
        self.impression.families[family.index()]
    }
}

/// A family counts as heard from this confidence on, and as not there below the second. Between
/// them nobody knows: only the confidence can be said.
pub const HEARD: f32 = 0.5;
/// See [`HEARD`].
pub const MISSING: f32 = 0.1;

/// What a user who looks for a family in a sound should know, in a sentence: it isn't there, or that
/// isn't sure. `sure`: its confidence, 0..=1. Any thread.
#[must_use]
pub fn doubt(family: Family, sure: f32) -> Option<String> {
    let percent = sure * 100.0;
    match sure {
        HEARD.. => None,
        MISSING.. => Some(format!(
            "There may be no {family} in it ({percent:.0} % sure that there is); these are the nearest."
        )),
        _ => Some(format!(
            "No {family} is heard in it ({percent:.0} % sure that there is); these are the nearest."
        )),
    }
}

/// Files on their way into the library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adding {
    /// So many are done.
    pub done: usize,
    /// So many there are; 0 while folders are looked through.
    pub total: usize,
}

/// The library as an instance sees it.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// Whether the library is open.
    pub open: bool,
    /// How many entries it has.
    pub entries: usize,
    /// Files that are being added, by whichever instance.
    pub adding: Option<Adding>,
    /// An ask that isn't answered yet.
    pub asking: bool,
    /// What was asked last, in a few words; `None` for everything.
    pub question: Option<String>,
    /// The sound that was asked with, if it was one.
    pub asked: Option<Arc<Asked>>,
    /// What fits, the best first.
    pub hits: Arc<Vec<Hit>>,
    /// What the user may want to know about the answer, in a sentence.
    pub notice: Option<String>,
    /// What went wrong, in a sentence.
    pub message: Option<String>,
    /// What undo would take back, in a few words.
    pub undo: Option<String>,
}

/// An entry that was brought.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Which.
    pub id: EntryId,
    /// To play it.
    pub playable: Playable,
}

/// How an entry is played.
#[derive(Clone, Debug)]
pub enum Playable {
    /// As it is.
    Instrument(Arc<Instrument>),
    /// By an instrument that is made from its sound.
    Sound(SoundFile),
}
