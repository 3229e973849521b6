//! Why the librarian can't do something.

use super::ear::NoInstrument;
use crate::instrument::FileError;
use crate::library::LibraryError;
use crate::library::import::NoSamples;
use crate::models::Error;

/// Why the librarian can't do something. `Display` is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LibrarianFault {
    /// The library can't.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// It can't be heard.
    #[error(transparent)]
    Ear(#[from] Error),
    /// There is nothing to be heard.
    #[error(transparent)]
    NoSamples(#[from] NoSamples),
    /// Nothing can be played of the entry of this name.
    #[error("“{0}”: {1}")]
    Entry(String, EntryFault),
    /// Among what is to be added are no instruments.
    #[error("There are no instruments in it.")]
    NothingToAdd,
    /// Some of it can't be added, and the rest is there already: a sentence for each.
    #[error("{0}")]
    NotAdded(String),
    /// A fault of ours.
    #[error("Something in Consort's library went wrong; try again, and please report it.")]
    Ours,
    /// The system starts no more threads.
    #[error("Consort can't start a thread for the library; close other programs and try again.")]
    NoThread,
}

/// Why an entry can't be played. `Display` is one sentence, after its name.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EntryFault {
    /// Another version had it.
    #[error("it is no longer in the factory library.")]
    NotInFactory,
    /// The library has lost it.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// What the library has is none.
    #[error(transparent)]
    Content(#[from] FileError),
    /// Its file isn't there, or holds none.
    #[error(transparent)]
    File(#[from] NoInstrument),
}
