//! The user's library: instruments on this computer, each with vectors by which it is found.
//!
//! One SQLite file, shared by all instances and processes; what was written stays, whatever is
//! killed when. The vectors of all entries are kept in memory, and followed up when another process
//! has changed something.
//!
//! | module | what it is |
//! |---|---|
//! | [`entry`] | an instrument of the library |
//! | [`store`] | all of them, on disk |
//! | `index` | their vectors in memory, and the nearest to one |
//! | [`ask`] | what to look for, and what is found |
//! | [`import`] | which instruments there are in files and folders |
//! | `sfz` | which sample of an SFZ instrument stands for it |
//! | [`reference`](mod@reference) | the sound by which an instrument stands in the library |
//!
//! Nothing here is for the audio thread; the store blocks on the disk.

pub mod ask;
pub mod entry;
mod error;
pub mod import;
mod index;
pub mod reference;
mod sfz;
pub mod store;

pub use ask::{Ask, Filter, Hit};
pub use entry::{Entry, EntryId, Kind, NewEntry, Place};
pub use error::LibraryError;
pub use store::Library;
