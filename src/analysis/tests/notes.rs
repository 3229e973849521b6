//! Notes analysed from sounds: what is known of them is found, and what isn't is sensible.

use super::synthetic::{hertz, let_go, saw, tone, white};
use crate::analysis::{Heard, Sound, SoundError, listen};
use crate::instrument::slots::{PARTIAL_ROWS, ROWS, SILENT_DB, TIMES, harmonic_row, time_grid};

fn heard(samples: Vec<f32>) -> Heard {
    listen(&Sound::new(vec![samples], 32_000).unwrap(), None).unwrap()
}

/// Level of a row of the note at a time.
fn level(heard: &Heard, row: usize, time: f32) -> f32 {
    let at = time_grid().partition_point(|&t| t < time - 1e-4);
    heard.note.row(row)[at]
}

fn fundamental(heard: &Heard, time: f32) -> f32 {
    level(heard, harmonic_row(1).unwrap(), time)
}

#[test]
fn a_note_is_as_the_codec_expects_it() {
    let mut sound = tone(hertz(57.31), &saw(30), 0.5, 4.0, 32_000);
    let_go(&mut sound, 3.0, 30.0);
    let heard = heard(sound);
    assert!((heard.key - 57.31).abs() < 0.003, "{}", heard.key);
    assert_eq!(heard.note.levels.len(), ROWS * TIMES);
    let loudest = heard.note.levels.iter().copied().fold(-200.0, f32::max);
    assert!((-6.0..=0.1).contains(&loudest), "{loudest}");
    assert!(
        heard
            .note
            .levels
            .iter()
            .all(|db| (SILENT_DB..=24.0).contains(db))
    );
    for harmonic in [2usize, 5, 8, 12] {
        let below = fundamental(&heard, 1.0) - level(&heard, harmonic_row(harmonic).unwrap(), 1.0);
        let expected = 20.0 * (harmonic as f32).log10();
        assert!((below - expected).abs() < 0.6, "{harmonic}: {below}");
        assert!(heard.note.cents[harmonic_row(harmonic).unwrap()].abs() < 1.0);
    }
    // Rows without a partial are silent, as is noise.
    assert!(heard.note.row(0).iter().all(|&db| db == SILENT_DB));
    assert!(level(&heard, PARTIAL_ROWS + 20, 1.0) < -60.0);
    assert!(fundamental(&heard, 3.3) < fundamental(&heard, 2.9) - 50.0);
}

#[test]
fn where_it_lies_in_the_file_does_not_matter() {
    let mut sound = tone(hertz(64.0), &saw(20), 1.0, 4.0, 32_000);
    let_go(&mut sound, 3.0, 30.0);
    let alone = heard(sound.clone());
    let late = heard(std::iter::repeat_n(0.0, 20_011).chain(sound).collect());
    for (a, b) in alone.note.levels.iter().zip(&late.note.levels) {
        assert!((a - b).abs() < 1.5 || a.max(*b) < -45.0, "{a} {b}");
    }
}

#[test]
fn a_short_steady_note_holds() {
    for held in [0.5, 1.0, 2.0] {
        let mut sound = tone(hertz(60.0), &saw(20), 0.0, held + 0.5, 32_000);
        let_go(&mut sound, held, 25.0);
        let heard = heard(sound);
        assert!(heard.segment.timing.released);
        for time in [held as f32 * 0.5, 1.5, 2.5, 2.9375] {
            assert!(
                fundamental(&heard, time).abs() < 5.0,
                "{held} at {time}: {}",
                fundamental(&heard, time)
            );
        }
        // Let go as it was: 217 dB a second.
        let fallen = fundamental(&heard, 2.9375) - fundamental(&heard, 3.16);
        assert!((20.0..55.0).contains(&fallen), "{held}: {fallen}");
    }
}

#[test]
fn a_cut_fading_note_goes_on_fading_each_partial_at_its_own_rate() {
    // Partials fade by 6 dB and 24 dB a second; cut after one second.
    let slow = tone(hertz(60.0), &[(1.0, 0.3)], 0.69, 1.0, 32_000);
    let fast = tone(hertz(60.0), &[(4.0, 0.1)], 2.76, 1.0, 32_000);
    let heard = heard(slow.iter().zip(&fast).map(|(a, b)| a + b).collect());
    assert!(!heard.segment.timing.released);
    let row = harmonic_row(4).unwrap();
    let slow = fundamental(&heard, 0.5) - fundamental(&heard, 2.5);
    let fast = level(&heard, row, 0.5) - level(&heard, row, 2.5);
    assert!((slow - 12.0).abs() < 4.0, "{slow}");
    assert!((fast - 48.0).abs() < 12.0, "{fast}");
    // Nothing is known of its release: it is damped.
    let fallen = fundamental(&heard, 2.9375) - fundamental(&heard, 3.45);
    assert!((40.0..80.0).contains(&fallen), "{fallen}");
}

#[test]
fn a_long_note_is_let_go_from_where_it_is_at_three_seconds() {
    let mut sound = tone(hertz(48.0), &saw(20), 0.3, 7.0, 32_000);
    let_go(&mut sound, 6.0, 15.0);
    let heard = heard(sound);
    assert!((heard.segment.timing.held - 6.0).abs() < 0.05);
    let step = fundamental(&heard, 2.9375) - fundamental(&heard, 3.0);
    assert!((0.0..4.0).contains(&step), "{step}");
    let fallen = fundamental(&heard, 3.0) - fundamental(&heard, 3.25);
    assert!((20.0..45.0).contains(&fallen), "{fallen}");
}

#[test]
fn beating_goes_on_where_a_note_ends() {
    let beats: Vec<f32> = tone(hertz(60.0), &saw(8), 0.0, 1.6, 32_000)
        .iter()
        .enumerate()
        .map(|(i, x)| x * (1.0 + 0.5 * (i as f32 / 32_000.0 * 1.5 * std::f32::consts::TAU).sin()))
        .collect();
    let heard = heard(beats);
    let row = heard.note.row(harmonic_row(1).unwrap());
    let later = time_grid()
        .iter()
        .zip(row)
        .filter(|(t, _)| (1.7..2.95).contains(*t));
    let (low, high) = later.fold((0.0f32, -99.0f32), |(low, high), (_, &db)| {
        (low.min(db), high.max(db))
    });
    assert!(high - low > 3.0, "{low} {high}");
}

#[test]
fn noise_is_heard_without_a_pitch() {
    let heard = heard(white().take(64_000).map(|x| 0.2 * x as f32).collect());
    assert_eq!((heard.pitch, heard.key), (None, 60.0));
    assert!(level(&heard, PARTIAL_ROWS + 30, 0.5) > -25.0);
}

#[test]
fn any_sound_gives_finite_numbers_or_a_sentence() {
    for length in [1, 3, 64, 500, 5_000] {
        let samples: Vec<f32> = white().take(length).map(|x| x as f32).collect();
        match listen(&Sound::new(vec![samples], 48_000).unwrap(), None) {
            Ok(heard) => assert!(
                heard
                    .note
                    .levels
                    .iter()
                    .chain(&heard.note.cents)
                    .all(|x| x.is_finite())
            ),
            Err(error) => assert_eq!(error, SoundError::Silent),
        }
    }
    // Only a direct current: the high pass leaves nothing that sounds for long.
    let _ = listen(&Sound::new(vec![vec![0.5; 32_000]], 32_000).unwrap(), None);
}
