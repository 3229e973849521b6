//! What the user is told of an order, and files that users save.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use crate::instrument::export;

/// A sentence or a few about the last order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is followed, and this is to be known.
    Note(String),
    /// It went wrong: why, and what to do.
    Fault(String),
}

impl Said {
    /// It went wrong.
    pub(super) fn fault(why: impl Display) -> Self {
        Self::Fault(why.to_string())
    }

    /// What is said. Any thread.
    #[must_use]
    pub fn sentence(&self) -> &str {
        let (Self::Note(sentence) | Self::Fault(sentence)) = self;
        sentence
    }

    /// Whether something went wrong. Any thread.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Fault(_))
    }
}

/// A folder that nothing can be saved in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Could not save in “{folder}” ({why}); choose another folder.")]
pub struct NotSaved {
    folder: String,
    /// The system's words.
    why: String,
}

/// Saves a new file in a folder; its path. Any thread but audio.
pub(super) fn save(
    folder: &Path,
    name: &str,
    ending: &str,
    bytes: &[u8],
) -> Result<PathBuf, NotSaved> {
    export::file(folder, name, ending, bytes).map_err(|error| NotSaved {
        folder: folder.display().to_string(),
        why: error.to_string(),
    })
}

impl From<Result<PathBuf, NotSaved>> for Said {
    fn from(saved: Result<PathBuf, NotSaved>) -> Self {
        match saved {
            Ok(path) => Self::Note(format!("Saved {}.", path.display())),
            Err(fault) => Self::fault(fault),
        }
    }
}
