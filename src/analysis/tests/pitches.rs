//! Pitches of sines, saws and notes like real ones, over the keyboard.

use super::synthetic::{hertz, saw, tone, white};
use crate::analysis::{Sound, pitch};

fn cents(got: f64, key: f64) -> f64 {
    1200.0 * (got / hertz(key)).log2()
}

#[test]
fn sines_and_saws_on_every_third_key_at_several_rates() {
    for (rate, limit) in [(32_000, 0.6), (44_100, 0.6), (96_000, 0.6)] {
        for key in (21..=108).step_by(if rate == 32_000 { 3 } else { 12 }) {
            // Off the key by a few cents, as notes are.
            let key = f64::from(key) + 0.13;
            for (name, partials) in [("sine", vec![(1.0, 0.5)]), ("saw", saw(40))] {
                let sound = tone(hertz(key), &partials, 0.0, 1.0, rate);
                let sound = Sound::new(vec![sound], rate).unwrap().for_analysis();
                let pitch = pitch::find(&sound).unwrap_or_else(|| panic!("{name} {key} {rate}"));
                let off = cents(pitch.hertz, key);
                // A second of a low sine is few periods, and its partials are no help.
                let limit = if name == "sine" && key < 40.0 {
                    4.0 * limit
                } else {
                    limit
                };
                assert!(
                    off.abs() < limit,
                    "{name} on {key} at {rate} Hz: {off} cents off"
                );
                assert!(pitch.confidence > 0.8, "{name} on {key}: {pitch:?}");
            }
        }
    }
}

#[test]
fn the_right_octave_of_notes_like_real_ones() {
    let odd: Vec<(f64, f64)> = (0..12)
        .map(|i| (f64::from(2 * i + 1), 0.3 / f64::from(i + 1)))
        .collect();
    // A weak fundamental; a strong formant; stretched; an organ's drawbars.
    let weak: Vec<(f64, f64)> = saw(20)
        .into_iter()
        .map(|p| (p.0, if p.0 == 1.0 { 0.01 } else { p.1 }))
        .collect();
    let formant: Vec<(f64, f64)> = saw(20)
        .into_iter()
        .map(|p| (p.0, if p.0 == 6.0 { 0.4 } else { p.1 }))
        .collect();
    let stretched: Vec<(f64, f64)> = saw(20)
        .into_iter()
        .map(|p| (p.0 * (1.0 + 3e-4 * p.0 * p.0).sqrt(), p.1))
        .collect();
    let nine_percent_noise = |sound: &mut Vec<f32>| {
        sound
            .iter_mut()
            .zip(white())
            .for_each(|(x, n)| *x += 0.02 * n as f32);
    };
    for (name, partials) in [
        ("odd", odd),
        ("weak", weak),
        ("formant", formant),
        ("stretched", stretched),
    ] {
        for key in (28..=92).step_by(4) {
            let key = f64::from(key);
            let mut sound = tone(hertz(key), &partials, 2.0, 1.5, 32_000);
            nine_percent_noise(&mut sound);
            let pitch = pitch::find(&sound).unwrap_or_else(|| panic!("{name} {key}"));
            let off = cents(pitch.hertz, key);
            // Stretched partials have no single pitch: within what they are stretched by.
            let limit = if name == "stretched" { 15.0 } else { 3.0 };
            assert!(off.abs() < limit, "{name} on {key}: {off} cents off");
        }
    }
}

#[test]
fn a_quiet_sub_octave_is_colour_and_a_loud_one_the_pitch() {
    let with = |sub: f64| {
        tone(
            220.0,
            &[(0.5, sub), (1.0, 0.3), (2.0, 0.2), (3.0, 0.1)],
            0.0,
            1.0,
            32_000,
        )
    };
    assert!((pitch::find(&with(0.03)).unwrap().hertz - 220.0).abs() < 0.5);
    assert!((pitch::find(&with(0.3)).unwrap().hertz - 110.0).abs() < 0.5);
}

#[test]
fn short_notes_have_a_pitch() {
    for key in [45.0, 69.0, 93.0] {
        let pitch = pitch::find(&tone(hertz(key), &saw(20), 5.0, 0.2, 32_000)).unwrap();
        assert!(cents(pitch.hertz, key).abs() < 10.0, "{key}: {pitch:?}");
    }
}

#[test]
fn silence_and_noise_have_none() {
    assert_eq!(pitch::find(&[]), None);
    assert_eq!(pitch::find(&[0.3]), None);
    assert_eq!(pitch::find(&vec![0.0; 64_000]), None);
    let noise: Vec<f32> = white().take(64_000).map(|x| 0.3 * x as f32).collect();
    assert_eq!(pitch::find(&noise), None);
    let burst: Vec<f32> = (0..16_000)
        .map(|i| noise[i] * (-(i as f32) / 1600.0).exp())
        .collect();
    assert_eq!(pitch::find(&burst), None);
}
