//! Songs in metres and at tempi that bars were hardly counted over once: slow ones, 6/8, 12/8, 7/8.

use super::*;
use crate::analysis::tests::synthetic::{hertz, saw, tone, white};

const RATE: u32 = 32_000;

/// A band of four: hats on the eighths, a kick and a snare on the groups' heads, a bass on them, broken chords. `groups` are the
/// eighths of a bar, `eighth` is their length, s.
fn band(groups: &[usize], eighth: f64, seconds: f64, tonic: i32) -> Sound {
    let mut sound = vec![0.0f32; (seconds * f64::from(RATE)) as usize];
    let mut put = |part: &[f32], level: f32, at: f64| {
        let start = (at * f64::from(RATE)) as usize;
        if let Some(place) = sound.get_mut(start..) {
            let both = place.iter_mut().zip(part);
            both.for_each(|(sum, x)| *sum += level * x);
        }
    };
    let burst = |decay: f32, seconds: f32| -> Vec<f32> {
        let noise = white().take((seconds * RATE as f32) as usize).enumerate();
        noise
            .map(|(i, x)| x as f32 * (-decay * i as f32 / RATE as f32).exp())
            .collect()
    };
    let kick = tone(55.0, &[(1.0, 0.8), (2.0, 0.2)], 18.0, 0.25, RATE);
    let (snare, hat) = (burst(22.0, 0.2), burst(100.0, 0.05));
    let note = |key: i32, seconds: f64| tone(hertz(f64::from(key)), &saw(8), 2.5, seconds, RATE);
    let eighths: usize = groups.iter().sum();
    let roots = [0, 5, 7, 0];
    let bars = (seconds / eighth / eighths as f64) as usize + 1;
    for bar in 0..bars {
        let root = tonic + roots[bar % roots.len()];
        let triad = [0, 4, 7].map(|step| 60 + (root + step) % 12);
        let mut place = 0;
        for (group, &size) in groups.iter().enumerate() {
            let head = 0.3 + (bar * eighths + place) as f64 * eighth;
            if group % 2 == 0 {
                put(&kick, if group == 0 { 1.0 } else { 0.7 }, head);
            } else {
                put(&snare, 0.35, head);
            }
            let length = eighth * size as f64 * 0.9;
            put(&note(36 + root % 12, length), 0.9, head);
            for number in 0..size {
                let at = head + number as f64 * eighth;
                put(&hat, if number == 0 { 0.14 } else { 0.08 }, at);
                let level = if number == 0 { 0.4 } else { 0.28 };
                put(&note(triad[number % 3], 1.6 * eighth), level, at);
            }
            place += size;
        }
    }
    Sound::new(vec![sound], RATE).unwrap()
}

fn heard(groups: &[usize], eighth: f64, tonic: i32) -> (String, f64) {
    let sound = band(groups, eighth, 26.0, tonic);
    let told = describe(&sound, None, None, &Corrections::default(), &|| false).unwrap();
    let (metre, tempo) = (told.metre.expect("a metre"), told.tempo.expect("a tempo"));
    (metre.name, tempo.bpm)
}

fn check(groups: &[usize], metres: &[&str], bpm: f64, beat: usize, tonic: i32) {
    let (metre, found) = heard(groups, 60.0 / bpm / beat as f64, tonic);
    assert!(
        metres.contains(&metre.as_str()),
        "{groups:?} at {bpm}: {metre}"
    );
    assert!(
        (found / bpm - 1.0).abs() < 0.03,
        "{groups:?} at {bpm}: {found}"
    );
}

#[test]
fn bars_of_six_and_twelve_eighths_are_felt_in_threes() {
    // Twelve eighths are two bars of six as well.
    for bpm in [56.0, 68.0, 80.0] {
        check(&[3, 3], &["6/8", "12/8"], bpm, 3, 2);
        check(&[3, 3, 3, 3], &["6/8", "12/8"], bpm, 3, 5);
    }
}

#[test]
fn siblings_of_them_are_too() {
    for (bpm, tonic) in [(50.0, 7), (62.0, 9), (74.0, 0)] {
        check(&[3, 3], &["6/8", "12/8"], bpm, 3, tonic);
        check(&[3, 3, 3, 3], &["6/8", "12/8"], bpm, 3, tonic);
    }
}

#[test]
fn seven_eighths_are_counted() {
    for (bpm, tonic) in [(180.0, 0), (220.0, 4), (260.0, 9)] {
        check(&[2, 2, 3], &["7/8"], bpm, 1, tonic);
        check(&[3, 2, 2], &["7/8"], bpm + 15.0, 1, tonic);
    }
}

#[test]
fn slow_songs_are_slow_or_doubted() {
    for (bpm, tonic) in [(42.0, 0), (47.0, 3), (52.0, 7), (55.0, 10)] {
        let sound = band(&[2, 2, 2, 2], 30.0 / bpm, 26.0, tonic);
        let told = describe(&sound, None, None, &Corrections::default(), &|| false).unwrap();
        let tempo = told.tempo.expect("a tempo");
        let is = |found: f64| (found / bpm - 1.0).abs() < 0.03;
        let other = tempo.alternatives.iter().find(|other| is(other.bpm));
        let doubted = tempo.confidence < 0.8 && other.is_some_and(|other| other.confidence > 0.1);
        assert!(is(tempo.bpm) || doubted, "{bpm}: {tempo:?}");
    }
}

#[test]
fn ordinary_songs_are_what_they_were() {
    for (bpm, tonic) in [(76.0, 0), (92.0, 5), (118.0, 2), (140.0, 7)] {
        check(&[2, 2, 2, 2], &["4/4"], bpm, 2, tonic);
    }
}
