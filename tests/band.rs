//! A whole band: twelve parts in time with the host, and sixty-four voices of the instrument beside them,
//! in short blocks, while other parts are written by another program. How much of its time each block takes, what the
//! audio thread does that it must not, and how much memory it all takes.
//!
//! Times are those of the thread on its processor: other programs don't count. `cargo xtask soak` runs this
//! for longer (`CONSORT_BAND_SECONDS`).
#![cfg(all(target_os = "linux", built_in_models))]

#[path = "command/mod.rs"]
mod command;
#[path = "realtime/guard.rs"]
#[expect(dead_code, reason = "this test counts, and judges at the end")]
mod guard;
#[path = "host/mod.rs"]
mod host;
#[path = "song/timeline.rs"]
#[expect(dead_code, reason = "this test plays one tempo")]
mod timeline;

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use clack_host::prelude::*;
use command::Desk;
use host::{Event, Session, State, What};
use serde_json::{Value, json};
use timeline::Timeline;

const RATE: f64 = 48_000.0;
const BLOCK: usize = 128;
/// Keys that are held at once.
const VOICES: u8 = 64;
const PARTS: usize = 12;

#[global_allocator]
static ALLOCATOR: guard::Counting = guard::Counting;

/// What calls into the plugin took, as shares of their block's time, and what they did that they must not.
#[derive(Default)]
struct Watched {
    blocks: Vec<f64>,
    violations: usize,
}

thread_local! {
    static WATCHED: RefCell<Watched> = RefCell::default();
}

/// Seconds that this thread has had on a processor.
fn busy() -> f64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: it writes the time there and nothing else.
    let done = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(done, 0, "Linux tells");
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn watch(work: &mut dyn FnMut()) {
    let begun = busy();
    let ((), violations) = guard::count(work);
    let took = (busy() - begun) * RATE / BLOCK as f64;
    WATCHED.with_borrow_mut(|watched| {
        watched.blocks.push(took);
        watched.violations += violations;
    });
}

/// Bytes of memory that this process has in use.
fn memory_mb() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux tells");
    let pages = statm.split_whitespace().nth(1).unwrap();
    pages.parse::<f64>().unwrap() * 4_096.0 / 1e6
}

/// Four bars of chords in eighths, one third higher for each part.
fn chords(kind: &str, part: usize) -> Value {
    let notes = (0..64).step_by(2).flat_map(|step| {
        [0, 4, 7].map(|above| {
            let key = 40 + 3 * part + above;
            json!({ "key": key, "length": 2.0, "offset": 0.0, "step": step, "velocity": 90 })
        })
    });
    json!({ "kind": kind, "notes": notes.collect::<Vec<_>>() })
}

/// A project's twelve parts: three kits, and nine others.
fn band() -> Value {
    let read = |text: &str, field: &str| -> Value {
        let state: Value = serde_json::from_str(text).unwrap();
        serde_json::from_str(state["fields"][field].as_str().unwrap()).unwrap()
    };
    let drums = read(include_str!("data/states/stems.vst3.json"), "stem");
    let keys = read(
        include_str!("data/states/instrument.vst3.json"),
        "instrument",
    );
    let kinds = [
        "bass", "guitar", "keys", "strings", "brass", "winds", "lead",
    ];
    let part = |part: usize| {
        let mut saved = drums.clone();
        if !part.is_multiple_of(4) {
            let kind = kinds[part % kinds.len()];
            saved["instrument"] = keys.clone();
            saved["sheet"]["kind"] = kind.into();
            saved["sheet"]["variations"] = json!([chords(kind, part)]);
        }
        saved
    };
    let mut first = part(0);
    first["others"] = (1..PARTS).map(part).collect();
    first
}

/// The state with the band and nothing else.
fn with_band(state: &State) -> State {
    state.with_field("stem", &band())
}

#[test]
fn twelve_parts_play_beside_sixty_four_voices() {
    let seconds = std::env::var("CONSORT_BAND_SECONDS").ok();
    let seconds: f64 = seconds.and_then(|s| s.parse().ok()).unwrap_or(10.0);
    // SAFETY: it is the entry that the plugin library exports.
    let entry = unsafe { PluginEntry::load_from_raw(&consort::clap_entry, c"/linked/in") };
    let entry = entry.expect("it loads");
    let mut session = Session::ready(&entry, RATE, BLOCK);
    let alone = memory_mb();
    let state = with_band(&session.save());
    let begun = Instant::now();
    assert!(session.load(&state));
    session.wait_for_keys();
    let ready = begun.elapsed().as_secs_f64();
    let audio = session.audio.as_mut().expect("activated");
    let song = Timeline::new(audio.position, (4, 4), 118.0, 0.0, RATE);
    audio.transport = Some(Box::new(move |frame| song.at(frame)));
    // A first round, in which memory is touched for the first time.
    audio.play(&[], (RATE * 4.0) as usize, &[BLOCK]);
    WATCHED.with_borrow_mut(|watched| {
        *watched = Watched::default();
        watched
            .blocks
            .reserve((seconds * RATE) as usize / BLOCK + 1_000);
    });
    audio.around = watch;

    let stop = AtomicBool::new(false);
    let (written, peak) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let desk = Desk::new();
            let mut written = 0;
            while !stop.load(Ordering::Relaxed) {
                desk.run(&["stem", "song.mid", "jazzy drums", "--midi-only", "--force"])
                    .ok();
                written += 1;
            }
            written
        });
        let mut peak = 0.0_f32;
        let second = RATE as usize;
        for _ in 0..seconds.ceil() as usize {
            let keys = 30..30 + VOICES;
            let on = keys.clone().map(|key| Event::at(0, What::On(key, 0.8)));
            let off = keys.map(|key| Event::at(second - 1, What::Off(key)));
            let events: Vec<Event> = on.chain(off).collect();
            let sound = audio.play(&events, second, &[BLOCK]);
            peak = peak.max(sound.peak(0..second));
        }
        stop.store(true, Ordering::Relaxed);
        (writer.join().expect("it lives"), peak)
    });
    let used = memory_mb() - alone;
    let Watched {
        mut blocks,
        violations,
    } = WATCHED.take();
    blocks.sort_by(f64::total_cmp);
    let at = |share: f64| 100.0 * blocks[(share * (blocks.len() - 1) as f64) as usize];
    let notes = audio.notes_out.len();
    println!(
        "band: {PARTS} parts ready after {ready:.1} s, {used:.0} MB; {} blocks of {BLOCK} frames with {VOICES} voices beside \
         them, while {written} parts were written: {:.1} % of a block's time, 99 of 100 at most {:.1} %, \
         999 of 1,000 {:.1} %, the slowest {:.1} %; {violations} allocations or frees; {notes} notes, peak {peak:.2}",
        blocks.len(),
        at(0.5),
        at(0.99),
        at(0.999),
        at(1.0),
    );
    assert_eq!(violations, 0, "allocations or frees on the audio thread");
    assert!(notes > 100 && peak > 0.1, "they play");
    assert!(written > 0, "parts are written meanwhile");
    assert!(at(0.99) < 50.0, "{:.1} % of a block's time", at(0.99));
    assert!(used < 400.0, "{used:.0} MB");
}
