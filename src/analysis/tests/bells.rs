//! Bells: the strike note is half the nominal, whatever repeats itself.

use super::synthetic::{hertz, tone};
use crate::analysis::pitch;

/// A struck bell: its partials over the strike note, with levels and decays as cast bells have them, each off by
/// up to `off`, the upper ones more.
fn bell(key: f64, off: f64, levels: [f64; 9]) -> Vec<f32> {
    let ratios = [0.5, 1.0, 1.2, 1.5, 2.0, 2.6, 3.0, 4.1, 5.3];
    let mut sound = vec![0.0f32; 3 * 32_000];
    for (number, (ratio, level)) in ratios.into_iter().zip(levels).enumerate() {
        let sign = if number % 2 == 0 { 1.0 } else { -1.0 };
        // The nominal is what the strike note is told by.
        let off = if ratio == 2.0 { 0.0 } else { sign * off };
        let partial = [(ratio * (1.0 + off), 0.3 * level)];
        let decay = 0.4 + 0.5 * number as f64;
        let part = tone(hertz(key), &partial, decay, 3.0, 32_000);
        sound.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
    }
    sound
}

fn check(keys: impl Iterator<Item = i32>, levels: &[[f64; 9]], offs: &[f64]) {
    for key in keys.map(f64::from) {
        for levels in levels {
            for off in offs {
                let heard = pitch::find(&bell(key, *off, *levels)).expect("a pitch");
                let cents = 100.0 * (heard.key() - key);
                assert!(
                    cents.abs() < 10.0,
                    "{key}, {off}, {levels:?}: {cents} cents off"
                );
            }
        }
    }
}

#[test]
fn a_bell_is_heard_by_its_strike_note() {
    let levels = [
        [0.5, 0.8, 0.7, 0.3, 1.0, 0.2, 0.4, 0.3, 0.1],
        [1.0, 0.6, 0.9, 0.2, 0.8, 0.1, 0.3, 0.2, 0.1],
        [0.4, 1.0, 0.5, 0.1, 0.7, 0.0, 0.5, 0.4, 0.2],
    ];
    check((46..=84).step_by(5), &levels, &[0.0, 0.006]);
}

#[test]
fn siblings_are_too() {
    // A soft hum; a loud tierce; hardly anything above the nominal.
    let levels = [
        [0.15, 0.9, 0.6, 0.4, 1.0, 0.3, 0.5, 0.5, 0.3],
        [0.7, 0.5, 1.2, 0.3, 0.6, 0.2, 0.2, 0.2, 0.0],
        [0.8, 0.9, 0.6, 0.25, 0.9, 0.0, 0.1, 0.05, 0.0],
    ];
    check((43..=79).step_by(6), &levels, &[0.003, 0.01]);
}

#[test]
fn harmonic_tones_and_minor_chords_are_no_bells() {
    for key in (33..=81).step_by(4).map(f64::from) {
        // A fourth and a fifth harmonic louder than the others, and a sub-octave.
        let formant: Vec<(f64, f64)> = (1..16)
            .map(f64::from)
            .map(|h| (h, if h == 4.0 || h == 5.0 { 0.3 } else { 0.2 / h }))
            .collect();
        let sub = [
            (0.5, 0.3),
            (1.0, 0.3),
            (1.5, 0.1),
            (2.0, 0.2),
            (3.0, 0.1),
            (4.0, 0.1),
        ];
        for (partials, wanted) in [(&formant[..], key), (&sub, key - 12.0)] {
            let heard =
                pitch::find(&tone(hertz(key), partials, 1.0, 1.5, 32_000)).expect("a pitch");
            assert!((heard.key() - wanted).abs() < 0.2, "{key}: {heard:?}");
        }
    }
    // The chord is no note; what matters is that it is no bell an octave above its root.
    let chord = [48.0, 60.0, 63.0, 67.0]
        .map(|key| tone(hertz(key), &super::synthetic::saw(12), 1.0, 1.5, 32_000));
    let sum: Vec<f32> = (0..48_000)
        .map(|i| chord.iter().map(|tone| tone[i]).sum())
        .collect();
    let heard = pitch::find(&sum).map(|pitch| pitch.key());
    assert!(heard.is_none_or(|key| key < 50.0), "{heard:?}");
}
