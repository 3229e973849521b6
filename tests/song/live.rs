//! What key and chord show while the song plays costs little, at any rate.

use std::f64::consts::TAU;
use std::time::{Duration, Instant};

use clack_host::prelude::*;
use serde_json::json;

use super::host::{self, Session};
use super::{Timeline, alone};

/// How long each rate is played, s.
const SECONDS: f64 = 10.0;

/// A C major chord that is struck twice a second, at one rate.
fn chord<const RATE: u32>(frame: u64) -> f32 {
    let seconds = frame as f64 / f64::from(RATE);
    let tones = [261.63, 329.63, 392.0].map(|hertz| (TAU * hertz * seconds).sin());
    (0.1 * tones.iter().sum::<f64>() * (-3.0 * (seconds % 0.5)).exp()) as f32
}

#[test]
fn what_is_shown_while_it_plays_costs_less_than_a_twentieth_of_a_core() {
    let _alone = alone();
    // SAFETY: it is the entry that the plugin library exports.
    let entry = unsafe { PluginEntry::load_from_raw(&consort::clap_entry, c"/linked/in") };
    let entry = entry.expect("it loads");
    costs_little(&entry, 44_100.0, chord::<44_100>);
    costs_little(&entry, 48_000.0, chord::<48_000>);
    costs_little(&entry, 192_000.0, chord::<192_000>);
}

/// Plays in time at a rate, and looks what the thread that listens has used.
fn costs_little(entry: &PluginEntry, rate: f64, sound: fn(u64) -> f32) {
    let mut session = Session::open_one(entry, host::STEMS, rate, 512);
    let audio = session.audio.as_mut().expect("active");
    audio.sidechain = sound;
    let song = Timeline::new(0, (4, 4), 120.0, 0.0, rate);
    audio.transport = Some(Box::new(move |frame| song.at(frame)));
    let state = session.save();
    let listen = json!({ "listen": true, "bars": 4 });
    assert!(session.load(&state.with_field("song", &listen)));
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs_f64(SECONDS) {
        let position = session.audio.as_ref().expect("active").position;
        let due = Duration::from_secs_f64(position as f64 / rate);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        session.play(&[], 512, &[512]);
    }
    let share = processor_time().as_secs_f64() / SECONDS;
    println!("{rate} Hz: {:.2} % of a core", 100.0 * share);
    assert!(share > 0.0 && share < 0.05, "{rate} Hz: {share}");
}

/// What the thread that listens has used so far.
fn processor_time() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux tells");
    let of = |name: &str, task: &std::fs::DirEntry| {
        std::fs::read_to_string(task.path().join(name)).unwrap_or_default()
    };
    let mut mine = tasks
        .flatten()
        .filter(|task| of("comm", task).trim() == "consort-song");
    let task = mine.next().expect("it listens");
    let nanoseconds = of("schedstat", &task);
    let first = nanoseconds.split_whitespace().next();
    Duration::from_nanos(first.and_then(|text| text.parse().ok()).expect("a number"))
}
