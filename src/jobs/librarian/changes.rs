//! Changes of the library that can be taken back.

use crate::library::{EntryId, Library, LibraryError};

/// Changes remembered; the oldest is forgotten first.
const LIMIT: usize = 50;

/// Something that is done to the library.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// Entries are taken away, or brought back.
    Remove(Vec<EntryId>, bool),
    Favourite(EntryId, bool),
    Tags(EntryId, Vec<String>),
}

impl Change {
    /// Does it and says how to take it back.
    pub(super) fn apply(&self, library: &mut Library) -> Result<Self, LibraryError> {
        Ok(match self {
            Self::Remove(ids, removed) => {
                library.set_removed(ids, *removed)?;
                Self::Remove(ids.clone(), !removed)
            }
            Self::Favourite(id, favourite) => {
                let before = library.entry(*id)?.favourite;
                library.set_favourite(*id, *favourite)?;
                Self::Favourite(*id, before)
            }
            Self::Tags(id, tags) => {
                let before = library.entry(*id)?.tags;
                library.set_tags(*id, tags)?;
                Self::Tags(*id, before)
            }
        })
    }
}

/// How to take back what was done last.
#[derive(Debug, Default)]
pub(super) struct Undo(Vec<(String, Change)>);

impl Undo {
    /// Remembers how to take something back, and what that was.
    pub(super) fn push(&mut self, what: String, back: Change) {
        self.0.push((what, back));
        if self.0.len() > LIMIT {
            self.0.remove(0);
        }
    }

    /// What would be taken back, in a few words.
    pub(super) fn what(&self) -> Option<String> {
        self.0.last().map(|(what, _)| what.clone())
    }

    /// Takes the last one back.
    pub(super) fn undo(&mut self, library: &mut Library) -> Result<(), LibraryError> {
        match self.0.pop() {
            Some((_, back)) => back.apply(library).map(drop),
            None => Ok(()),
        }
    }
}
