//! A clean end of the process while a job runs.
//!
//! ONNX Runtime's own static objects are destroyed by `exit()`. The generator thread is detached,
//! so it could be inside a model at that time. A handler of ours stops new work and waits for the
//! call in progress, which lasts a few tens of milliseconds.
//!
//! Handlers run in the reverse order of their registration, and ONNX Runtime makes many of its
//! static objects (and registers their end) within its first calls. So ours is registered again
//! after each of those. What remains: a process that exits *during* one of ONNX Runtime's very
//! first calls may still crash at its end (measured: 1 in 70 of such exits).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::EXITING;

/// Calls into ONNX Runtime in progress.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Longest that an exiting process waits.
const PATIENCE: Duration = Duration::from_millis(500);

/// Counts a call in, unless the process is exiting.
pub(super) fn enter() -> bool {
    RUNNING.fetch_add(1, Ordering::SeqCst);
    if EXITING.load(Ordering::SeqCst) {
        RUNNING.fetch_sub(1, Ordering::SeqCst);
        return false;
    }
    true
}

/// Counts it out again.
pub(super) fn leave() {
    if !SETTLED.load(Ordering::Acquire) {
        register();
    }
    RUNNING.fetch_sub(1, Ordering::SeqCst);
}

/// Nothing is new to ONNX Runtime any more: its static objects exist.
static SETTLED: AtomicBool = AtomicBool::new(false);

/// Every model has been loaded and has run: from now on the handlers there are suffice.
pub(in crate::models) fn settle() {
    SETTLED.store(true, Ordering::Release);
}

/// Registers the handler.
fn register() {
    // SAFETY: `at_exit` touches nothing but atomics and the clock, neither of which is ever torn
    // down, and doesn't unwind; this library stays in memory until the process has ended.
    #[allow(unsafe_code)]
    unsafe {
        libc::atexit(at_exit);
    }
}

extern "C" fn at_exit() {
    EXITING.store(true, Ordering::SeqCst);
    let begun = Instant::now();
    while RUNNING.load(Ordering::SeqCst) > 0 && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
}
