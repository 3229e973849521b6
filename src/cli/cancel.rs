//! Ctrl-C: the first asks the work to stop and tidy up, the second ends the process at once.

#![expect(unsafe_code, reason = "signals, in C")]

use std::sync::atomic::{AtomicBool, Ordering};

use super::failure::Failure;

static ASKED: AtomicBool = AtomicBool::new(false);

/// From here on Ctrl-C (and a termination signal) sets the flag instead of killing the process.
pub fn listen() {
    // Without a handler Ctrl-C still ends the process, only less tidily.
    let _ = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            end_at_once();
        }
    });
}

/// Ends the process without tearing anything down: the main thread may be inside a model, whose
/// library must not be destroyed around it.
fn end_at_once() -> ! {
    // SAFETY: it doesn't return, and runs nothing of ours.
    #[cfg(unix)]
    unsafe {
        libc::_exit(130)
    }
    #[cfg(not(unix))]
    std::process::exit(130)
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
