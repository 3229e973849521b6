//! A clean end of the process while a job runs.
//!
//! ONNX Runtime's own static objects are destroyed by `exit()`. The generator thread is detached,
//! so it could be inside a model at that time. So new work is stopped and the call in progress,
//! which lasts some tens of milliseconds, is waited for *before* any of them goes. There are two
//! ways to be called so early:
//!
//! - `exit()` first ends the thread-local objects of the thread that calls it, and only then the
//!   static ones. [`guard_main_thread`] leaves such an object on the main thread, where hosts end.
//! - For an `exit()` on any other thread there is a handler. Handlers and static objects go in the
//!   reverse order of their registration, and ONNX Runtime makes many of its objects within its
//!   first calls; so ours is registered again after each of those. An exit on another thread
//!   *during* one of these very first calls (half a second in the life of a process) can still
//!   crash at its end; Consort itself never exits there.

#![expect(unsafe_code, reason = "libraries are loaded, and found, in C")]

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Those into ONNX Runtime.
static CALLS: Calls = Calls::new();

/// Longest that an exiting process waits in all: many times what a call takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);

/// How many calls are in progress, and whether others may begin.
#[derive(Debug)]
struct Calls {
    running: AtomicUsize,
    closed: AtomicBool,
}

impl Calls {
    const fn new() -> Self {
        Self {
            running: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Counts a call in, unless they are closed.
    fn begin(&'static self) -> Option<Busy> {
        self.running.fetch_add(1, Ordering::SeqCst);
        let busy = Busy(self);
        (!self.closed.load(Ordering::SeqCst)).then_some(busy)
    }
}

/// Keeps the process from tearing ONNX Runtime down while it is held; see [`busy`].
#[derive(Debug)]
pub struct Busy(&'static Calls);

/// Held around each use of ONNX Runtime, freeing what is its own included: an exiting process waits (briefly) until it is dropped.
/// `None` when the process is already exiting. Thread: any but audio.
#[must_use]
pub fn busy() -> Option<Busy> {
    CALLS.begin()
}

impl Drop for Busy {
    fn drop(&mut self) {
        if !SETTLED.load(Ordering::Acquire) {
            register();
        }
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The process is exiting: no further work may be begun. Thread: any.
#[must_use]
pub fn exiting() -> bool {
    CALLS.closed.load(Ordering::Acquire)
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
    unsafe {
        libc::atexit(at_exit);
    }
}

extern "C" fn at_exit() {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    CALLS.closed.store(true, Ordering::SeqCst);
    let begun = BEGUN.get_or_init(Instant::now);
    while CALLS.running.load(Ordering::SeqCst) > 0 && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits when it is dropped.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        at_exit();
    }
}

/// On the main thread, sees to it that the process waits when that thread ends it; does nothing
/// on others, whose end isn't the process's. To be called once this library can't be unloaded any
/// more. Thread: any but audio.
pub fn guard_main_thread() {
    thread_local! {
        static GUARD: Guard = const { Guard };
    }
    if is_main_thread() {
        GUARD.with(|_| ());
    }
}

#[cfg(target_os = "linux")]
fn is_main_thread() -> bool {
    // SAFETY: both have no arguments and can't fail.
    unsafe { libc::syscall(libc::SYS_gettid) == libc::c_long::from(libc::getpid()) }
}

#[cfg(target_os = "macos")]
fn is_main_thread() -> bool {
    // SAFETY: it has no arguments and can't fail.
    unsafe { libc::pthread_main_np() == 1 }
}

/// Windows ends all other threads before it tears anything down.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn is_main_thread() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_comes_too_late_is_not_counted() {
        static CALLS: Calls = Calls::new();
        let running = || CALLS.running.load(Ordering::SeqCst);
        let first = CALLS.begin();
        CALLS.closed.store(true, Ordering::SeqCst);
        assert!(CALLS.begin().is_none());
        assert_eq!(running(), 1);
        drop(first);
        assert!(CALLS.begin().is_none());
        assert_eq!(running(), 0);
    }
}
