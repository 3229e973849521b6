//! Who may touch the library at a moment: one at a time, in whichever process or copy of Consort.
//!
//! SQLite's own locks belong to the process. A host that has loaded Consort as CLAP and as VST3 has
//! two copies of SQLite in one process, and each would undo the other's locks when it closes the
//! file ("How to corrupt an SQLite database file", section 2.2.1). This lock belongs to the open
//! file, so that copies, too, take turns.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::LibraryError;

const FILE: &str = "library.lock";
/// How long a turn is waited for, and how often it is asked for.
const PATIENCE: Duration = Duration::from_secs(10);
const ASK: Duration = Duration::from_millis(2);

/// The lock of a library; clones are the same.
#[derive(Clone)]
pub(super) struct Lock(Arc<File>);

/// A turn; it ends when this is dropped.
pub(super) struct Turn(Arc<File>);

impl Lock {
    /// The lock of the library in `folder`.
    pub(super) fn new(folder: &Path) -> std::io::Result<Self> {
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(false);
        Ok(Self(Arc::new(file.open(folder.join(FILE))?)))
    }

    /// Waits for a turn. Whoever has one must not ask for another.
    pub(super) fn turn(&self) -> Result<Turn, LibraryError> {
        self.wait()?;
        Ok(Turn(self.0.clone()))
    }

    /// Waits for a turn that ends with this lock.
    pub(super) fn wait(&self) -> Result<(), LibraryError> {
        let begun = Instant::now();
        loop {
            match self.0.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                    std::thread::sleep(ASK);
                }
                Err(TryLockError::WouldBlock) => return Err(LibraryError::Busy),
                Err(TryLockError::Error(error)) => {
                    return Err(LibraryError::Other(error.to_string()));
                }
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // A file that can't be unlocked is unlocked when it is closed.
        let _ = self.0.unlock();
    }
}
