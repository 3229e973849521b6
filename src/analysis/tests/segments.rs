//! Which stretch of a sound is taken for its note.

use super::synthetic::{hertz, let_go, saw, tone, white};
use crate::analysis::segment;

/// Sound after sound, each after `gap` seconds of silence.
fn after_gaps(gap: f64, sounds: &[Vec<f32>]) -> Vec<f32> {
    let gap = vec![0.0; (gap * 32_000.0) as usize];
    sounds
        .iter()
        .flat_map(|s| gap.iter().chain(s))
        .copied()
        .collect()
}

fn seconds(samples: usize) -> f64 {
    samples as f64 / 32_000.0
}

#[test]
fn one_held_note_starts_and_is_let_go_where_it_is() {
    for held in [0.6, 1.5, 3.0, 4.2] {
        let mut note = tone(hertz(57.0), &saw(20), 0.1, held + 1.0, 32_000);
        let_go(&mut note, held, 20.0);
        let found = segment::find(&after_gaps(0.5, &[note])).unwrap();
        assert!((seconds(found.onset) - 0.5).abs() < 0.002, "{found:?}");
        assert!(found.timing.released, "{held}: {found:?}");
        assert!((found.timing.held - held).abs() < 0.04, "{held}: {found:?}");
        assert_eq!(found.notes, 1);
    }
}

/// Its quiet beginning is no noise of the recording.
#[test]
fn a_slow_attack_is_kept_from_its_beginning() {
    for (rise, db) in [(0.5, 40.0), (1.5, 60.0), (2.5, 50.0)] {
        let mut note = tone(hertz(57.0), &saw(20), 0.0, 4.0, 32_000);
        for (i, x) in note.iter_mut().enumerate() {
            let below = db * (1.0 - seconds(i) / rise).max(0.0);
            *x *= 10f32.powf(-below as f32 / 20.0);
        }
        let found = segment::find(&note).unwrap();
        assert!(seconds(found.onset) < 0.03, "{rise}: {found:?}");
        // Over noise, it begins where it rises from it.
        let noisy: Vec<f32> = after_gaps(0.5, &[note])
            .into_iter()
            .zip(white())
            .map(|(x, noise)| x + 0.001 * noise as f32)
            .collect();
        let found = segment::find(&noisy).unwrap();
        assert!(
            (0.49..0.5 + rise).contains(&seconds(found.onset)),
            "{rise}: {found:?}"
        );
    }
}

#[test]
fn a_plucked_note_is_not_let_go() {
    for decay in [2.0, 6.0, 15.0] {
        let found = segment::find(&tone(hertz(45.0), &saw(20), decay, 4.0, 32_000)).unwrap();
        assert!(!found.timing.released, "{decay}: {found:?}");
        assert!(found.onset < 40);
    }
}

#[test]
fn a_cut_note_is_held_until_the_cut() {
    let note = tone(hertz(57.0), &saw(20), 0.0, 1.2, 32_000);
    let found = segment::find(&note).unwrap();
    assert!(!found.timing.released && (found.timing.held - 1.2).abs() < 0.03);
    let found = segment::find(&after_gaps(0.3, &[note, vec![]])).unwrap();
    assert!(
        !found.timing.released && (found.timing.held - 1.2).abs() < 0.03,
        "{found:?}"
    );
}

#[test]
fn the_longest_pitched_note_of_a_phrase_is_taken() {
    let notes = [(60.0, 0.3), (64.0, 1.2), (67.0, 0.4)];
    let notes = notes.map(|(key, seconds)| tone(hertz(key), &saw(20), 0.5, seconds, 32_000));
    let apart = segment::find(&after_gaps(0.2, &notes)).unwrap();
    assert_eq!(apart.notes, 3);
    assert!((seconds(apart.onset) - 0.7).abs() < 0.01, "{apart:?}");
    assert!((seconds(apart.end) - 1.9).abs() < 0.05, "{apart:?}");
    let joined = segment::find(&after_gaps(0.0, &notes)).unwrap();
    assert!((seconds(joined.onset) - 0.3).abs() < 0.12, "{joined:?}");
    assert!((seconds(joined.end) - 1.5).abs() < 0.12, "{joined:?}");
}

#[test]
fn a_note_rather_than_noise_before_it() {
    let noise: Vec<f32> = white().take(48_000).map(|x| 0.2 * x as f32).collect();
    let note = tone(hertz(60.0), &saw(20), 0.5, 1.0, 32_000);
    let found = segment::find(&after_gaps(0.2, &[noise, note])).unwrap();
    assert!((seconds(found.onset) - 1.9).abs() < 0.01, "{found:?}");
}

#[test]
fn a_recording_with_hiss() {
    let mut note = tone(hertz(57.0), &saw(20), 1.0, 2.5, 32_000);
    let_go(&mut note, 1.5, 20.0);
    let mut sound = after_gaps(0.4, &[note]);
    sound
        .iter_mut()
        .zip(white())
        .for_each(|(x, n)| *x += 0.001 * n as f32);
    let found = segment::find(&sound).unwrap();
    assert!((seconds(found.onset) - 0.4).abs() < 0.005, "{found:?}");
    assert!(
        found.timing.released && (found.timing.held - 1.5).abs() < 0.05,
        "{found:?}"
    );
}

#[test]
fn silence_has_no_note_and_odd_lengths_do_no_harm() {
    assert_eq!(segment::find(&[]), None);
    assert_eq!(segment::find(&vec![0.0; 32_000]), None);
    for length in [1, 2, 10, 63, 64, 321, 1000, 4607, 4609] {
        let click: Vec<f32> = white().take(length).map(|x| x as f32).collect();
        if let Some(found) = segment::find(&click) {
            assert!(found.onset < found.end && found.end <= length && found.timing.held > 0.0);
        }
    }
}
