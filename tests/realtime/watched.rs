//! Counts over many calls, on any thread, what the audio thread must not do.

use super::guard;
use std::sync::atomic::{AtomicUsize, Ordering};

static VIOLATIONS: AtomicUsize = AtomicUsize::new(0);

/// Does the work, and counts what it must not do.
pub fn watched(work: &mut dyn FnMut()) {
    let ((), violations) = guard::count(work);
    VIOLATIONS.fetch_add(violations, Ordering::Relaxed);
}

/// How much was counted.
pub fn violations() -> usize {
    VIOLATIONS.load(Ordering::Relaxed)
}
