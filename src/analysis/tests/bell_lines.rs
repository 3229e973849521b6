//! Lines of bells, tubes and bars as a transcription model hears them: each stroke is one note.

use super::synthetic::{hertz, saw, tone};
use crate::analysis::bell_notes::joined;
use crate::analysis::notes::HeardNote;
use crate::analysis::posterior::{KEYS, LOWEST, Posterior};

const RATE: u32 = 32_000;
/// Partials (multiple of the strike note, level, decay).
type Partials = &'static [(f64, f64, f64)];
const CHURCH: Partials = &[
    (0.5, 0.5, 0.3),
    (1.0, 0.8, 0.7),
    (1.2, 0.7, 1.0),
    (1.5, 0.3, 1.5),
    (2.0, 1.0, 1.6),
    (2.5, 0.2, 2.0),
    (2.67, 0.2, 2.5),
    (3.0, 0.4, 3.0),
    (4.1, 0.35, 4.0),
];
const TUBULAR: Partials = &[
    (0.62, 0.3, 0.5),
    (1.22, 0.4, 0.7),
    (2.0, 1.0, 0.9),
    (2.93, 0.9, 1.2),
    (4.0, 0.8, 1.6),
    (5.15, 0.5, 2.2),
];
const GLOCKENSPIEL: Partials = &[(1.0, 1.0, 0.9), (2.75, 0.6, 2.0), (5.35, 0.35, 4.0)];
const VIBRAPHONE: Partials = &[(1.0, 1.0, 0.8), (4.0, 0.45, 2.2), (10.0, 0.2, 6.0)];

/// Strokes (keys) a distance of seconds apart, each ringing into the next.
fn strokes(partials: Partials, keys: &[Vec<u8>], apart: f64) -> Vec<f32> {
    let mut sound = vec![0.0f32; ((keys.len() as f64 * apart + 2.0) * f64::from(RATE)) as usize];
    for (number, keys) in keys.iter().enumerate() {
        let start = ((0.3 + number as f64 * apart) * f64::from(RATE)) as usize;
        for &key in keys {
            for &(times, level, decay) in partials {
                let partial = [(times, 0.1 * level)];
                let part = tone(hertz(f64::from(key)), &partial, decay, 1.8 * apart, RATE);
                let place = sound[start..].iter_mut();
                place.zip(part).for_each(|(sum, x)| *sum += x);
            }
        }
    }
    sound
}

/// What a model hears of (key, start): all surely.
fn heard(notes: &[(u8, f64)]) -> (Vec<HeardNote>, Posterior) {
    let seconds: Vec<f64> = (0..2_000).map(|frame| f64::from(frame) / 86.0).collect();
    let mut posterior = Posterior {
        sounds: vec![[0.0; KEYS]; seconds.len()],
        begins: vec![[0.0; KEYS]; seconds.len()],
        seconds,
    };
    let note = |&(key, start): &(u8, f64)| HeardNote {
        key,
        start,
        end: start + 0.8,
        amplitude: 0.6,
        level: None,
        bend: Vec::new(),
    };
    for (key, start) in notes {
        posterior.begins[(start * 86.0) as usize][usize::from(key - LOWEST)] = 0.8;
    }
    (notes.iter().map(note).collect(), posterior)
}

/// Keys of each stroke that are left where its partials are heard as notes.
fn left(partials: Partials, keys: &[u8], apart: f64) -> Vec<(u8, usize)> {
    let sound = strokes(
        partials,
        &keys.iter().map(|key| vec![*key]).collect::<Vec<_>>(),
        apart,
    );
    let mut notes = Vec::new();
    for (number, key) in keys.iter().enumerate() {
        let start = 0.3 + number as f64 * apart;
        let mut partials: Vec<u8> = partials
            .iter()
            .map(|(times, ..)| (f64::from(*key) + 12.0 * times.log2()).round() as u8)
            .collect();
        partials.sort_unstable();
        partials.dedup();
        notes.extend(
            partials
                .into_iter()
                .filter(|key| *key <= 108)
                .map(|key| (key, start)),
        );
    }
    let (notes, posterior) = heard(&notes);
    let left = joined(notes, &sound, &posterior);
    let stroke = |note: &HeardNote| ((note.start - 0.3) / apart).round() as usize;
    left.iter().map(|note| (note.key, stroke(note))).collect()
}

#[track_caller]
fn each_is_one(partials: Partials, keys: &[u8], apart: f64) {
    let wanted: Vec<(u8, usize)> = keys.iter().copied().zip(0..).collect();
    assert_eq!(
        left(partials, keys, apart),
        wanted,
        "{keys:?} {apart} s apart"
    );
}

#[test]
fn a_stroke_of_a_church_bell_is_one_note() {
    for low in [45, 52, 60, 66] {
        for apart in [2.5, 1.0, 0.6] {
            each_is_one(CHURCH, &[low, low + 2, low + 4, low + 7], apart);
        }
    }
}

#[test]
fn so_is_one_of_a_tubular_bell() {
    for low in [55, 60, 64] {
        for apart in [2.0, 0.9] {
            each_is_one(TUBULAR, &[low + 7, low + 4, low, low + 5], apart);
        }
    }
}

#[test]
fn so_is_one_of_a_bar() {
    for apart in [1.0, 0.4] {
        each_is_one(GLOCKENSPIEL, &[79, 83, 84, 81, 79], apart);
        each_is_one(VIBRAPHONE, &[60, 65, 64, 67, 60], apart);
    }
}

#[test]
fn what_rings_on_is_no_note() {
    let sound = strokes(CHURCH, &[vec![60], vec![64]], 2.0);
    let (notes, mut posterior) = heard(&[
        (48, 0.3),
        (60, 0.3),
        (63, 0.3),
        (48, 1.2),
        (52, 2.3),
        (64, 2.3),
    ]);
    posterior.begins[(1.2 * 86.0) as usize].fill(0.1);
    let left = joined(notes, &sound, &posterior);
    let keys: Vec<u8> = left.iter().map(|note| note.key).collect();
    assert_eq!(keys, [60, 64]);
}

#[test]
fn chords_and_octaves_stay() {
    let chords: [&[u8]; 6] = [
        &[48, 60, 63, 67],
        &[48, 60, 64, 67],
        &[60, 63, 67, 72],
        &[48, 60],
        &[45, 57, 60, 64, 69],
        &[60, 72, 84],
    ];
    for chord in chords {
        for partials in [
            saw(16),
            vec![(1.0, 0.3), (2.0, 0.25), (3.0, 0.2), (4.0, 0.2), (8.0, 0.1)],
        ] {
            let mut sound = vec![0.0f32; 6 * RATE as usize];
            let mut notes = Vec::new();
            for (number, step) in [0u8, 2, 5, 0].into_iter().enumerate() {
                let start = 0.3 + 1.2 * number as f64;
                for key in chord.iter().map(|key| key + step) {
                    notes.push((key, start));
                    let part = tone(hertz(f64::from(key)), &partials, 1.0, 1.1, RATE);
                    let place = sound[(start * f64::from(RATE)) as usize..].iter_mut();
                    place.zip(part).for_each(|(sum, x)| *sum += 0.2 * x);
                }
            }
            let (notes, posterior) = heard(&notes);
            assert_eq!(
                joined(notes.clone(), &sound, &posterior),
                notes,
                "{chord:?}"
            );
        }
    }
}

#[test]
fn chords_of_bells_stay() {
    let keys = [vec![60, 64], vec![62, 65], vec![55, 64], vec![60, 67]];
    let sound = strokes(CHURCH, &keys, 2.0);
    let both = keys.iter().enumerate();
    let notes: Vec<(u8, f64)> = both
        .flat_map(|(number, keys)| {
            keys.iter()
                .map(move |key| (*key, 0.3 + 2.0 * number as f64))
        })
        .collect();
    let (notes, posterior) = heard(&notes);
    let left = joined(notes, &sound, &posterior);
    for (number, keys) in keys.iter().enumerate() {
        let at = left
            .iter()
            .filter(|note| (note.start - 0.3 - 2.0 * number as f64).abs() < 0.1);
        let found: Vec<u8> = at.map(|note| note.key).collect();
        assert_eq!(&found, keys);
    }
}

#[test]
fn nothing_is_nothing() {
    let (notes, posterior) = heard(&[]);
    assert!(joined(notes, &[], &posterior).is_empty());
    let (notes, posterior) = heard(&[(60, 0.3)]);
    assert_eq!(joined(notes, &[0.0; 64], &posterior).len(), 1);
}
