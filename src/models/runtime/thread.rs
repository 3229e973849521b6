//! The threads of the library's own.

use super::pin;

/// Starts a thread of that name. A host may unload a plugin's library while such a thread runs, so the
/// library is pinned first. Thread: any but audio.
///
/// # Errors
///
/// Where the system starts no more threads.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    pin::library();
    let thread = std::thread::Builder::new().name(name.into());
    thread.spawn(work).map(drop)
}
