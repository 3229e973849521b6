//! Why the library can't do something.

/// Why the library can't do something. `Display` is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// Its folder can't be made or written.
    #[error(
        "The library can't be kept in {folder} ({reason}); check the folder, or name another in CONSORT_LIBRARY."
    )]
    Folder {
        /// Where it would be.
        folder: String,
        /// The system's words.
        reason: String,
    },
    /// A later version of Consort has changed it.
    #[error("The library was changed by a newer version of Consort; update this one.")]
    Newer,
    /// Another process writes for too long.
    #[error("Another Consort is changing the library; try again in a moment.")]
    Busy,
    /// No room.
    #[error("There is no room on the disk for the library; free some and try again.")]
    Full,
    /// The file isn't what it should be.
    #[error("The library is damaged; close all instances of Consort and open one again.")]
    Damaged,
    /// The entry was removed, perhaps by another instance.
    #[error("This instrument is no longer in the library.")]
    Gone,
    /// Anything else that the database says.
    #[error("The library failed ({0}); try again.")]
    Other(String),
}

impl From<rusqlite::Error> for LibraryError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy,
            Some(Code::DiskFull) => Self::Full,
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged,
            _ => Self::Other(error.to_string()),
        }
    }
}
