//! Opens the library, to change it or to look into it.

use super::super::Context;
use super::super::failure::Failure;
use super::{PlaceArguments, said};
use crate::jobs::librarian::ear::Ear;
use crate::library::store::usual_folder;
use crate::library::{Library, LibraryError};

/// Opens the library.
pub(in crate::cli) fn open(place: &PlaceArguments, context: &Context) -> Result<Library, Failure> {
    let folder = place.library.clone().unwrap_or_else(usual_folder);
    let mut library = Library::open(&folder).map_err(said)?;
    if let Some(notice) = library.take_notice() {
        context.remark(&notice);
    }
    Ok(library)
}

/// A library that is only looked into.
pub(in crate::cli) struct Opened {
    pub library: Library,
    /// Where it is a copy, to be closed after it.
    _copy: Option<tempfile::TempDir>,
}

/// Opens the library to look into it: where its folder can't be written to, a copy.
pub(in crate::cli) fn open_to_look(
    place: &PlaceArguments,
    context: &Context,
) -> Result<Opened, Failure> {
    let folder = place.library.clone().unwrap_or_else(usual_folder);
    let refused = match Library::open(&folder) {
        Err(error @ LibraryError::Folder { .. }) if !folder.is_file() => error,
        _ => {
            return Ok(Opened {
                library: open(place, context)?,
                _copy: None,
            });
        }
    };
    let copy = tempfile::tempdir().map_err(|_| said(refused.clone()))?;
    let library = Library::open_copy(&folder, copy.path()).map_err(|_| said(refused))?;
    context.remark("the library can't be written; what is heard for it now isn't kept.");
    Ok(Opened {
        library,
        _copy: Some(copy),
    })
}

pub(in crate::cli) fn ear() -> Result<Ear, Failure> {
    Ear::open().map_err(|error| Failure::job(error.to_string()))
}
