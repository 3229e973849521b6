//! Ctrl-C: the first asks the work to stop and tidy up, the second ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};

use super::failure::Failure;

static ASKED: AtomicBool = AtomicBool::new(false);

/// From here on Ctrl-C (and a termination signal) sets the flag instead of killing the process.
pub fn listen() {
    // Without a handler Ctrl-C still ends the process, only less tidily.
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
}

/// Whether the user has asked to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// An error once the user has asked to stop: for `cancel::check()?` in loops.
pub fn check() -> Result<(), Failure> {
    if asked() {
        Err(Failure::cancelled())
    } else {
        Ok(())
    }
}
