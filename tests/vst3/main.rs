//! The plugin in a VST3 host of our own, which asks what hosts ask and does what they shouldn't: sound,
//! states, parameters, buses, windows. The plugin is linked in, so all under `process` runs under an
//! allocator that counts.
//!
//! What other hosts make of it: `tests/hosts` (Python) and `cargo xtask validate`.
#![cfg(target_os = "linux")]

mod bounce;
mod buses;
mod bypass;
#[path = "../dice/mod.rs"]
mod dice;
mod edits;
#[path = "../realtime/guard.rs"]
#[expect(dead_code, reason = "this test counts, and judges at the end")]
mod guard;
#[path = "../host/mod.rs"]
mod host;
mod hostile;
mod listing;
mod outputs;
#[path = "../window/parent.rs"]
#[expect(dead_code, reason = "the window's tests use all of it")]
mod parent;
#[path = "../window/seat.rs"]
#[expect(dead_code, reason = "the window's tests use all of it")]
mod seat;
mod sound;
mod states;
#[path = "../vst3_host/mod.rs"]
mod vst3_host;
#[path = "../realtime/watched.rs"]
mod watched;
mod window;

use std::sync::{Mutex, MutexGuard, PoisonError};

use vst3::Steinberg::Vst::ProcessContext;

#[global_allocator]
static ALLOCATOR: guard::Counting = guard::Counting;

/// Threads, memory and the display are the whole process's: one test at a time.
fn alone() -> Alone {
    static ONE: Mutex<()> = Mutex::new(());
    let lock = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = watched::violations();
    Alone {
        before,
        _lock: lock,
    }
}

/// The same without a look at what blocks allocate.
fn unwatched() -> Alone {
    let mut alone = alone();
    alone.before = usize::MAX;
    alone
}

/// At its end the audio thread must have done nothing that it may not.
struct Alone {
    before: usize,
    _lock: MutexGuard<'static, ()>,
}

impl Drop for Alone {
    fn drop(&mut self) {
        let violations = watched::violations().saturating_sub(self.before);
        if !std::thread::panicking() {
            assert_eq!(violations, 0, "allocations or frees in blocks");
        }
    }
}

/// A project of the instrument as it was saved before VST3 was ours: a cello, knobs moved.
const INSTRUMENT_STATE: &[u8] = include_bytes!("../data/states/instrument.vst3.json");
/// One of the effect, with a part and the kit that plays it.
const STEMS_STATE: &[u8] = include_bytes!("../data/states/stems.vst3.json");

/// A song in 4/4 that plays, at a tempo and a place in quarter notes.
fn song(tempo: f64, quarters: f64) -> ProcessContext {
    // SAFETY: numbers, of which zero is one.
    let nothing: ProcessContext = unsafe { std::mem::zeroed() };
    ProcessContext {
        // Playing; tempo, metre, place and bar are told.
        state: 1 << 1 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 13,
        sampleRate: 48_000.0,
        projectTimeMusic: quarters,
        tempo,
        timeSigNumerator: 4,
        timeSigDenominator: 4,
        ..nothing
    }
}
