//! Voices of tunes, as a teacher of harmony would mark them.

use super::faults::{Faults, faults};
use crate::orchestra::asked::Asked;
use crate::orchestra::tone::{self, Tone};
use crate::orchestra::tunes::{TUNES, Tune};
use crate::orchestra::{Arrangement, arrange};

/// Marks of an arrangement's voices.
fn marks(tune: &Tune, made: &Arrangement) -> Faults {
    let lines: Vec<Vec<Tone>> = made.parts.iter().map(|part| part.tones.clone()).collect();
    let source = tune.given().told_apart(None).unwrap();
    let beats = tone::beats(&source.bars);
    let free: Vec<f64> = crate::orchestra::harmony::phrase_ends(&source.melody, &beats)
        .iter()
        .map(|end| beats[*end].end)
        .collect();
    let starts: Vec<f64> = beats.iter().map(|beat| beat.start).collect();
    faults(&lines, &starts, &free)
}

/// Where voices go in parallels.
fn tell(tune: &Tune, made: &Arrangement) {
    let mut onsets: Vec<f64> = made
        .parts
        .iter()
        .flat_map(|part| part.tones.iter().map(|tone| tone.start))
        .collect();
    onsets.sort_by(f64::total_cmp);
    onsets.dedup();
    for at in onsets {
        for upper in 0..made.parts.len() {
            for lower in upper + 1..made.parts.len() {
                let (a, b) = (&made.parts[upper].tones, &made.parts[lower].tones);
                if super::faults::parallel(a, b, at) {
                    println!(
                        "parallels in {} at {at}: {} and {}",
                        tune.name, made.parts[upper].name, made.parts[lower].name
                    );
                }
            }
        }
    }
}

#[test]
fn voices_are_led_as_harmony_books_have_it() {
    for ensemble in [
        "SATB",
        "string quartet in block chords",
        "brass quintet",
        "wind quintet",
    ] {
        let mut all = Faults::default();
        let (mut notes, mut beats) = (0, 0);
        for tune in TUNES {
            let asked = Asked::read(ensemble).unwrap();
            let source = tune.given().told_apart(None).unwrap();
            for seed in 0..3 {
                let made = arrange(&source, &asked, seed);
                all.add(&marks(tune, &made));
                if seed == 0 {
                    tell(tune, &made);
                }
                notes += made
                    .parts
                    .iter()
                    .map(|part| part.tones.len())
                    .sum::<usize>();
                beats += tone::beats(&source.bars).len();
            }
        }
        println!(
            "{ensemble}: {:.2} a hundred beats, {:.2} notes a beat, {all:?}",
            all.a_hundred(),
            notes as f64 / beats as f64
        );
        assert!(all.parallels * 1000 <= all.beats, "{ensemble}: {all:?}");
        assert!(all.a_hundred() <= 1.0, "{ensemble}: {all:?}");
    }
}

#[test]
fn what_a_teacher_marks_is_counted() {
    let line = |keys: &[u8]| -> Vec<Tone> {
        let tone = |(at, key): (usize, &u8)| Tone {
            start: at as f64,
            end: at as f64 + 1.0,
            key: *key,
            velocity: 80,
        };
        keys.iter().enumerate().map(tone).collect()
    };
    let marked = |upper: &[u8], lower: &[u8]| faults(&[line(upper), line(lower)], &[0.0, 1.0], &[]);
    assert_eq!(marked(&[67, 69], &[60, 62]).parallels, 1);
    assert_eq!(marked(&[67, 67], &[60, 60]).parallels, 0);
    assert_eq!(marked(&[67, 72], &[55, 53]).parallels, 0);
    assert_eq!(marked(&[64, 69], &[60, 62]).hidden, 1);
    assert_eq!(marked(&[60, 60], &[64, 55]).crossings, 1);
    assert_eq!(marked(&[72, 72], &[60, 54]).leaps, 1);
    let free = faults(&[line(&[67, 69]), line(&[60, 62])], &[0.0, 1.0], &[1.0]);
    assert_eq!(free.parallels, 0);
}
