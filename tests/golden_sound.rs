//! The factory instrument, offline through the engine, against what it sounded like before: so that
//! nobody changes the sound without meaning to.
//!
//! What is compared is a fingerprint, not samples: energies of bands every 50 ms, and pitches. To
//! accept a change of sound on purpose, run this and commit the file it writes:
//! `CONSORT_WRITE_GOLDEN=1 cargo test --test golden_sound`.

mod command;

use std::path::{Path, PathBuf};

use consort::engine::NoteEvent;
use consort::instrument::Instrument;
use consort::instrument::slots::key_frequency;
use consort::jobs::offline::{self, Player, Tail};
use realfft::RealFftPlanner;
use serde::{Deserialize, Serialize};

const RATE: u32 = 48_000;
/// Frames of 50 ms.
const FRAME: usize = RATE as usize / 20;
/// Edges of the bands, Hz: octaves.
const EDGES: [f32; 11] = [
    30.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3840.0, 7680.0, 15_360.0, 23_900.0,
];
/// Quieter than this counts as silence, dB.
const FLOOR: f32 = -90.0;

#[derive(Debug, Serialize, Deserialize)]
struct Fingerprint {
    /// dB of each band, 50 ms after 50 ms, left and right together.
    bands: Vec<[f32; EDGES.len() - 1]>,
    /// Peak of the whole, dB.
    peak: f32,
}

fn golden_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/factory_phrase.json")
}

fn phrase() -> (Vec<f32>, Vec<f32>) {
    let performance = command::song().performance(|_| true);
    play(
        &offline::events(&performance, RATE),
        song_keys(),
        Tail::Seconds(1.0),
    )
}

fn song_keys() -> u128 {
    command::song()
        .notes()
        .fold(0, |keys, note| keys | 1 << note.key)
}

fn play(events: &[offline::FramedEvent], keys: u128, tail: Tail) -> (Vec<f32>, Vec<f32>) {
    let instrument = Instrument::factory();
    let mut player = Player::new(&instrument, RATE, keys, &|| false, &mut |_| {}).unwrap();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let done: Result<(), ()> = player.play(events, tail, &mut |l, r| {
        left.extend_from_slice(l);
        right.extend_from_slice(r);
        Ok(())
    });
    done.unwrap();
    (left, right)
}

fn fingerprint(left: &[f32], right: &[f32]) -> Fingerprint {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(FRAME);
    let mut bands = Vec::new();
    for start in (0..left.len() - FRAME).step_by(FRAME) {
        let mut powers = [1e-12f32; EDGES.len() - 1];
        for channel in [left, right] {
            let mut frame: Vec<f32> = (0..FRAME)
                .map(|i| channel[start + i] * hann(i, FRAME))
                .collect();
            let mut spectrum = fft.make_output_vec();
            fft.process(&mut frame, &mut spectrum).unwrap();
            for (bin, value) in spectrum.iter().enumerate() {
                let hertz = bin as f32 * RATE as f32 / FRAME as f32;
                let band = EDGES.partition_point(|&edge| edge <= hertz);
                if (1..EDGES.len()).contains(&band) {
                    // A full-scale sine comes to 0 dB.
                    powers[band - 1] += value.norm_sqr() * (4.0 / FRAME as f32).powi(2) / 3.0;
                }
            }
        }
        bands.push(powers.map(|power| (10.0 * power.log10()).max(FLOOR)));
    }
    let peak = left
        .iter()
        .chain(right)
        .fold(0f32, |peak, sample| peak.max(sample.abs()));
    Fingerprint {
        bands,
        peak: 20.0 * peak.log10(),
    }
}

fn hann(place: usize, length: usize) -> f32 {
    0.5 - 0.5 * (std::f32::consts::TAU * place as f32 / length as f32).cos()
}

#[test]
fn the_phrase_sounds_as_it_did() {
    let (left, right) = phrase();
    assert!(left.iter().chain(&right).all(|sample| sample.is_finite()));
    let now = fingerprint(&left, &right);
    if std::env::var_os("CONSORT_WRITE_GOLDEN").is_some() {
        let rounded = Fingerprint {
            bands: now
                .bands
                .iter()
                .map(|bands| bands.map(|db| (db * 10.0).round() / 10.0))
                .collect(),
            peak: (now.peak * 100.0).round() / 100.0,
        };
        std::fs::create_dir_all(golden_file().parent().unwrap()).unwrap();
        std::fs::write(
            golden_file(),
            serde_json::to_string(&rounded).unwrap() + "\n",
        )
        .unwrap();
    }
    let text = std::fs::read_to_string(golden_file()).expect("the golden fingerprint");
    let then: Fingerprint = serde_json::from_str(&text).unwrap();

    assert_eq!(
        now.bands.len(),
        then.bands.len(),
        "length in frames of 50 ms"
    );
    assert!(
        (now.peak - then.peak).abs() < 0.2,
        "peak {} dB, was {} dB",
        now.peak,
        then.peak
    );
    let mut differences = 0.0;
    for (index, (now, then)) in now.bands.iter().zip(&then.bands).enumerate() {
        for (band, (now, then)) in now.iter().zip(then).enumerate() {
            let difference = (now - then).abs();
            differences += difference;
            // Near silence a band holds little but rounding.
            let allowed = if now.max(*then) > -70.0 { 0.5 } else { 6.0 };
            assert!(
                difference <= allowed,
                "{:.2} s, {} Hz: {now:.1} dB, was {then:.1} dB",
                index as f32 * 0.05,
                EDGES[band]
            );
        }
    }
    let mean = differences / (then.bands.len() * (EDGES.len() - 1)) as f32;
    assert!(mean < 0.1, "{mean} dB apart on average");
}

#[test]
fn silence_comes_before_and_after() {
    let mut events = offline::events(&command::song().performance(|_| true), RATE);
    for event in &mut events {
        event.frame += 4_800;
    }
    let (left, right) = play(&events, song_keys(), Tail::Silence);
    for channel in [&left, &right] {
        assert!(channel[..4_800].iter().all(|&sample| sample == 0.0));
        assert!(
            channel[channel.len() - 64..]
                .iter()
                .all(|sample| sample.abs() < 1e-4)
        );
    }
}

/// Keys over the whole range, a second each: the fundamental lies within 3 cents of equal
/// temperament.
#[test]
fn keys_are_in_tune() {
    for key in [36u8, 43, 53, 60, 66, 72, 79, 89, 96] {
        let velocity = 80.0 / 127.0;
        let down = NoteEvent::NoteOn {
            note_id: None,
            channel: 0,
            key,
            velocity,
        };
        let event = offline::FramedEvent {
            frame: 0,
            event: down,
        };
        let end = NoteEvent::Pressure {
            channel: 0,
            value: 0.0,
        };
        let end = offline::FramedEvent {
            frame: u64::from(RATE) * 3 / 2,
            event: end,
        };
        let (left, _) = play(&[event, end], 1 << key, Tail::Seconds(0.0));
        let found = peak_near(&left[RATE as usize / 4..], key_frequency(f64::from(key)));
        let cents = 1200.0 * (found / key_frequency(f64::from(key))).log2();
        assert!(cents.abs() < 3.0, "key {key} is off by {cents:.2} cents");
    }
}

/// Frequency of the highest spectral peak within a semitone of `hertz`: parabola through the
/// logarithms of a Hann-windowed spectrum, padded fourfold.
fn peak_near(sound: &[f32], hertz: f64) -> f64 {
    let length = sound.len();
    let padded = length * 4;
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(padded);
    let mut input: Vec<f32> = sound
        .iter()
        .enumerate()
        .map(|(i, sample)| sample * hann(i, length))
        .collect();
    input.resize(padded, 0.0);
    let mut spectrum = fft.make_output_vec();
    fft.process(&mut input, &mut spectrum).unwrap();
    let bin = |hertz: f64| (hertz * padded as f64 / f64::from(RATE)).round() as usize;
    let level = |bin: usize| f64::from(spectrum[bin].norm_sqr().max(1e-30)).ln();
    let semitone = 2f64.powf(1.0 / 12.0);
    let highest = (bin(hertz / semitone)..=bin(hertz * semitone))
        .max_by(|&a, &b| level(a).total_cmp(&level(b)))
        .unwrap();
    let (before, at, after) = (level(highest - 1), level(highest), level(highest + 1));
    let offset = 0.5 * (before - after) / (before - 2.0 * at + after);
    (highest as f64 + offset) * f64::from(RATE) / padded as f64
}
