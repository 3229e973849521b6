//! An allocator that counts allocations and frees while the audio thread's work is done.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

pub struct Counting;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static VIOLATIONS: Cell<usize> = const { Cell::new(0) };
}

fn note() {
    if GUARDED.get() {
        VIOLATIONS.set(VIOLATIONS.get() + 1);
    }
}

// SAFETY: everything is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: as it came.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note();
        // SAFETY: as it came.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note();
        // SAFETY: as it came.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Does the audio thread's work; returns its result and how often memory was asked for or freed.
pub fn count<T>(work: impl FnOnce() -> T) -> (T, usize) {
    VIOLATIONS.set(0);
    GUARDED.set(true);
    let result = work();
    GUARDED.set(false);
    (result, VIOLATIONS.get())
}

/// Does the audio thread's work, which must leave memory alone.
pub fn guarded<T>(work: impl FnOnce() -> T) -> T {
    let (result, violations) = count(work);
    assert_eq!(violations, 0, "the audio thread allocated or freed memory");
    result
}

#[test]
fn the_guard_sees_allocations_and_frees() {
    assert_eq!(count(|| std::hint::black_box(Box::new(1))).1, 1);
    let boxed = Box::new(1);
    assert_eq!(count(|| drop(std::hint::black_box(boxed))).1, 1);
    assert_eq!(count(|| std::hint::black_box(1 + 1)).1, 0);
}
