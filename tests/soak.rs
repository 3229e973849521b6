//! The audio thread does nothing it must not: while instruments are made, swapped and recalled
//! under playing notes, every call into the plugin runs under an allocator that counts.
//!
//! The plugin is linked in here instead of loaded, since a loaded library has an allocator of its
//! own that nobody can look into. All of it is under guard so, the framework's part too.
//!
//! `cargo xtask soak` runs this for ten minutes (`CONSORT_SOAK_SECONDS`).

#[path = "dice/mod.rs"]
mod dice;
#[path = "realtime/guard.rs"]
#[expect(dead_code, reason = "this test counts, and judges at the end")]
mod guard;
#[path = "host/mod.rs"]
mod host;
#[path = "realtime/watched.rs"]
mod watched;

use clack_host::prelude::*;
use dice::Dice;
use host::{Audio, Event, Session, What};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Instances that play at once.
const INSTANCES: usize = 8;
const RATE: f64 = 48_000.0;
const BLOCK: usize = 256;

#[global_allocator]
static ALLOCATOR: guard::Counting = guard::Counting;

fn linked_in() -> PluginEntry {
    // SAFETY: it is the entry that the plugin library exports.
    unsafe { PluginEntry::load_from_raw(&consort::clap_entry, c"/linked/in") }.expect("it loads")
}

/// One block's worth of a restless player.
fn fidgeting(dice: &mut Dice, held: &mut Vec<u8>, events: &mut Vec<Event>) {
    events.clear();
    for _ in 0..dice.below(3) {
        let frame = dice.below(BLOCK as u64) as usize;
        match dice.below(12) {
            0..=4 => {
                let key = 21 + dice.below(88) as u8;
                events.push(Event::at(
                    frame,
                    What::On(key, dice.below(1_000) as f64 / 1_000.0),
                ));
                held.push(key);
            }
            5..=8 if !held.is_empty() => {
                let key = held.swap_remove(dice.below(held.len() as u64) as usize);
                events.push(Event::at(frame, What::Off(key)));
            }
            9 => events.push(Event::at(
                frame,
                What::Midi([0xE0, 0, dice.below(128) as u8]),
            )),
            10 => events.push(Event::at(
                frame,
                What::Midi([0xB0, 64, dice.below(128) as u8]),
            )),
            _ => events.push(Event::at(
                frame,
                What::Midi([0xB0, 1, dice.below(128) as u8]),
            )),
        }
    }
    events.sort_by_key(|event| event.frame);
}

/// Plays all instances in turn at the pace of real time, as a host's audio thread does.
fn audio_thread(audios: &mut [Audio], stop: &AtomicBool) -> u64 {
    let mut dice = Dice(0x1234_5678_9ABC_DEF1);
    let mut held: Vec<Vec<u8>> = vec![Vec::new(); audios.len()];
    let mut events = Vec::new();
    let began = Instant::now();
    let mut blocks = 0;
    while !stop.load(Ordering::Relaxed) {
        for (audio, held) in audios.iter_mut().zip(&mut held) {
            fidgeting(&mut dice, held, &mut events);
            // `play` checks that every sample is finite.
            audio.play(&events, BLOCK, &[BLOCK]);
        }
        blocks += 1;
        let due = Duration::from_secs_f64(blocks as f64 * BLOCK as f64 / RATE);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
    blocks
}

/// Bytes of memory this process has in use.
fn memory() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux tells");
    statm
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok())
        .unwrap()
        * 4_096
}

#[test]
fn soak_with_instruments_made_and_swapped_under_playing_notes() {
    let seconds = std::env::var("CONSORT_SOAK_SECONDS")
        .ok()
        .and_then(|s| s.parse().ok());
    let length = Duration::from_secs_f64(seconds.unwrap_or(20.0));
    let entry = linked_in();
    let mut sessions: Vec<Session> = (0..INSTANCES)
        .map(|_| Session::open(&entry, RATE, BLOCK))
        .collect();
    let mut audios: Vec<Audio> = sessions
        .iter_mut()
        .map(|s| s.audio.take().unwrap())
        .collect();
    for audio in &mut audios {
        audio.around = watched::watched;
    }

    let stop = AtomicBool::new(false);
    let (mut made, mut swapped, mut failures) = (0, 0, Vec::new());
    let mut peaks = [0u64; 4];
    let blocks = std::thread::scope(|scope| {
        let audio = scope.spawn(|| audio_thread(&mut audios, &stop));
        let prompts = [
            "warm cello",
            "bright bell",
            "soft pad",
            "hollow flute",
            "gritty bass",
        ];
        let mut dice = Dice(99);
        let began = Instant::now();
        let mut waiting = [false; INSTANCES];
        while began.elapsed() < length && !audio.is_finished() {
            let index = dice.below(INSTANCES as u64) as usize;
            let state = sessions[index].save();
            let request = state.request();
            if let Some(message) = request["failed"].as_str() {
                failures.push(message.to_owned());
            }
            if std::mem::take(&mut waiting[index]) && request.is_null() {
                made += 1;
            }
            if request.is_null() && dice.below(2) == 0 {
                let prompt = prompts[dice.below(prompts.len() as u64) as usize];
                sessions[index].load(&state.asking_for(prompt, dice.below(1_000)));
                waiting[index] = true;
            } else if dice.below(3) == 0 {
                // Another instance's instrument, also while this one's is being made.
                let other = sessions[dice.below(INSTANCES as u64) as usize].save();
                let other = other.with_field("request", &serde_json::Value::Null);
                sessions[index].load(&other);
                waiting[index] = false;
                swapped += 1;
            }
            for session in &mut sessions {
                session.idle();
            }
            let quarter = 4.0 * began.elapsed().as_secs_f64() / length.as_secs_f64();
            let peak = &mut peaks[(quarter as usize).min(3)];
            *peak = (*peak).max(memory());
            std::thread::sleep(Duration::from_millis(100));
        }
        stop.store(true, Ordering::Relaxed);
        audio.join().expect("the audio thread lives")
    });
    for (session, audio) in sessions.iter_mut().zip(audios) {
        session.audio = Some(audio);
    }

    let violations = watched::violations();
    let megabytes = peaks.map(|bytes| bytes / 1_000_000);
    println!(
        "soak: {:.0} s, {INSTANCES} instances, {blocks} blocks each, {made} instruments made, \
         {swapped} swapped; {violations} allocations or frees in process; \
         memory by quarter {megabytes:?} MB",
        length.as_secs_f64()
    );
    assert_eq!(violations, 0, "allocations or frees on the audio thread");
    assert!(failures.is_empty(), "{failures:?}");
    assert!(
        swapped > 0 && made > 0,
        "something happened: {made} made, {swapped} swapped"
    );
    if length >= Duration::from_secs(120) {
        let (second, last) = (peaks[1] as f64, peaks[3] as f64);
        assert!(last < 1.1 * second, "memory grows: {megabytes:?} MB");
    }
}
