//! Every instrument of the factory library, played through the engine: in tune, at a level that
//! fits the others', and silent after its release.

use std::ops::ControlFlow;

use consort::engine::mailbox::{self, ToEngine};
use consort::engine::{Engine, NoteAddress, NoteEvent};
use consort::instrument::factory::{self, Entry, Kind};
use consort::instrument::slots::key_frequency;
use consort::instrument::{Family, Instrument, render};
use consort::models::choice;

const RATE: f32 = 48_000.0;

/// Plays a key for so many frames, then lets go of it; so many frames in all.
fn play(instrument: &Instrument, key: u8, held: usize, frames: usize) -> Vec<f32> {
    let (side, mut generator) = mailbox::channel();
    let mut engine = Engine::new(side);
    engine.prepare(RATE);
    let mut sampled = render::plan(instrument, RATE);
    let index = sampled.key_to_column[usize::from(key)].expect("a piano's key");
    let flow = render::render_columns(
        instrument,
        RATE,
        &instrument.macros,
        &[index],
        &|| false,
        &mut |index, column| {
            sampled.columns[usize::from(index)] = Some(column);
            ControlFlow::Continue(())
        },
    );
    assert!(flow.is_continue());
    generator
        .send(ToEngine::Instrument(Box::new(sampled)))
        .expect("an empty ring");
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    engine.render(&mut [], &mut []);
    engine.handle(NoteEvent::NoteOn {
        note_id: None,
        channel: 0,
        key,
        velocity: 0.75,
    });
    engine.render(&mut left[..held], &mut right[..held]);
    engine.handle(NoteEvent::NoteOff(NoteAddress::default()));
    engine.render(&mut left[held..], &mut right[held..]);
    left.iter()
        .zip(&right)
        .map(|(l, r)| (l + r) / 2.0)
        .collect()
}

fn rms_db(sound: &[f32]) -> f32 {
    let power = sound.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / sound.len() as f64;
    10.0 * (power + 1e-20).log10() as f32
}

/// Cents from the key's pitch to the period at which the sound is most like itself, within a
/// quarter-tone.
fn mistuning(sound: &[f32], key: u8) -> f64 {
    let period = f64::from(RATE) / key_frequency(f64::from(key));
    // Over several periods, so that a frame is a small part of them.
    let periods = (600.0 / period).ceil().max(1.0);
    let likeness = |lag: f64| {
        let (whole, share) = (lag.floor() as usize, (lag - lag.floor()) as f32);
        let later = sound[whole..]
            .windows(2)
            .map(|w| w[0] + (w[1] - w[0]) * share);
        sound
            .iter()
            .zip(later)
            .map(|(a, b)| f64::from(a * b))
            .sum::<f64>()
    };
    let at = |cents: f64| likeness(periods * period / (cents / 1200.0).exp2());
    let coarse = (-25..=25).map(|step| f64::from(step) * 2.0);
    let best = coarse
        .max_by(|a, b| at(*a).total_cmp(&at(*b)))
        .expect("steps");
    let (low, middle, high) = (at(best - 2.0), at(best), at(best + 2.0));
    best + (low - high) / (low - 2.0 * middle + high) / 2.0 * 2.0
}

fn keys(family: Family) -> [u8; 4] {
    match family {
        Family::Bass => [28, 36, 43, 55],
        Family::ChromaticPercussion | Family::Wind => [60, 67, 76, 88],
        _ => [43, 55, 64, 76],
    }
}

fn faults(entry: &Entry) -> Vec<String> {
    let instrument = entry.instrument();
    let mut faults = Vec::new();
    let mut fault = |what: String| faults.push(format!("{}: {what}", entry.name));
    for key in keys(entry.family) {
        let sound = play(&instrument, key, 48_000, 9 * 48_000);
        if sound.iter().any(|x| !x.is_finite() || x.abs() > 1.5) {
            fault(format!(
                "key {key} has samples that aren't finite or too loud"
            ));
        }
        let loudest = sound[..48_000]
            .chunks(2_400)
            .map(rms_db)
            .fold(f32::MIN, f32::max);
        if !(-50.0..-3.0).contains(&loudest) {
            fault(format!("key {key} is at {loudest:.1} dB"));
        }
        let rest = rms_db(&sound[8 * 48_000..]);
        if rest > -75.0 {
            fault(format!(
                "key {key} still sounds at {rest:.1} dB after its release"
            ));
        }
        let onset = sound
            .iter()
            .position(|x| x.abs() > 1e-4)
            .unwrap_or(sound.len());
        if onset > 14_400 {
            fault(format!("key {key} begins after {onset} frames"));
        }
        if choice::is_judged(Some(entry.family), &entry.prompt) {
            let cents = mistuning(&sound[9_600..33_600], key);
            if cents.abs() > 12.0 {
                fault(format!("key {key} is off by {cents:.1} cents"));
            }
        }
    }
    faults
}

#[test]
fn every_instrument_is_in_tune_at_level_and_silent_after_its_release() {
    let entries: Vec<&Entry> = factory::entries()
        .iter()
        .filter(|entry| entry.kind == Kind::Instrument)
        .collect();
    let (first, second) = entries.split_at(entries.len() / 2);
    let all = |entries: &[&Entry]| entries.iter().flat_map(|entry| faults(entry)).collect();
    let found: Vec<String> = std::thread::scope(|scope| {
        let other = scope.spawn(|| -> Vec<String> { all(second) });
        let mut found: Vec<String> = all(first);
        found.extend(other.join().expect("no panic"));
        found
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_kit_has_all_pieces_at_level_and_silent_in_the_end() {
    let kits = || {
        factory::entries()
            .iter()
            .filter(|entry| entry.kind == Kind::Kit)
    };
    assert!(kits().count() >= 8);
    for entry in kits() {
        let instrument = entry.instrument();
        for key in 35..=81 {
            let sound = play(&instrument, key, 480, 9 * 48_000);
            assert!(
                sound.iter().all(|x| x.is_finite() && x.abs() < 1.5),
                "{}: key {key}",
                entry.name
            );
            let hit = sound[..24_000]
                .chunks(1_200)
                .map(rms_db)
                .fold(f32::MIN, f32::max);
            assert!(
                (-55.0..-3.0).contains(&hit),
                "{}: key {key} is at {hit:.1} dB",
                entry.name
            );
            let rest = rms_db(&sound[8 * 48_000..]);
            assert!(
                rest < -75.0,
                "{}: key {key} still sounds at {rest:.1} dB",
                entry.name
            );
        }
    }
}

#[test]
fn the_library_has_every_family_and_what_musicians_look_for() {
    let instruments = |entry: &&Entry| entry.kind == Kind::Instrument;
    let count = factory::entries().iter().filter(instruments).count();
    assert!(count >= 64, "{count}");
    for family in Family::ALL {
        let of = factory::entries()
            .iter()
            .filter(|entry| entry.family == family);
        assert!(of.count() >= 1, "{family}");
    }
    for search in [
        "piano", "organ", "choir", "pad", "bass", "guitar", "bell", "strings",
    ] {
        let found = factory::entries().iter().any(|entry| entry.fits(search));
        assert!(found, "nothing is found for {search}");
    }
}
