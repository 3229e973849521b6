//! Scores of notes, and what words are taken to ask.

use super::*;

#[test]
fn deviates_are_those_of_the_normal_distribution() {
    for (share, expected) in [
        (0.5, 0.0),
        (0.841_344_7, 1.0),
        (0.022_750_13, -2.0),
        (0.998_650_1, 3.0),
        (0.015_151_5, -2.165_4),
    ] {
        assert!((deviate(share) - expected).abs() < 1e-3, "{share}");
    }
}

#[test]
fn scores_are_ranks_among_the_quantiles() {
    let quantiles: Vec<f32> = (0..33).map(|i| i as f32).collect();
    assert!(score(16.0, &quantiles).abs() < 1e-6);
    assert_eq!(score(-5.0, &quantiles), score(0.0, &quantiles));
    assert!((score(-5.0, &quantiles) + 2.165).abs() < 1e-2);
    assert!(score(20.5, &quantiles) > score(20.0, &quantiles));
    // Half of all instruments share one value: its score is the middle of theirs.
    let equal: Vec<f32> = (0..33).map(|i| (i as f32 - 16.0).max(0.0)).collect();
    assert!(score(0.0, &equal) < -0.7 && score(0.0, &equal) > -0.9);
    assert_eq!(score(1.0, &[]), 0.0);
}

#[test]
fn what_is_asked_is_told_and_the_rest_is_left_open() {
    let mut asked = Asked {
        score: [0.2; TONES],
        doubt: [0.9; TONES],
    };
    assert_eq!(asked.told(7), [0.0; 2 * TONES]);
    assert_eq!(asked.distance(&[9.0; TONES]), 0.0);
    asked.score[3] = 1.0;
    asked.doubt[3] = 0.2;
    let told = asked.told(7);
    assert!(told[3] != 0.0 && (told[3] - 1.0).abs() < 1.0);
    assert_eq!(told[TONES + 3], 1.0);
    assert_eq!(told.iter().filter(|&&x| x != 0.0).count(), 2);
    assert_ne!(told, asked.told(8));
    let mut scores = [0.0; TONES];
    scores[3] = 2.0;
    assert!((asked.distance(&scores) - 2.0).abs() < 1e-5);
    asked.deny(&asked.clone());
    assert_eq!(asked.score, [0.0; TONES]);
}

#[test]
fn properties_are_measured_as_they_were_in_the_training_data() {
    // A plucked tone of four harmonics over noise, as `training.text.tones` measures it.
    let grid = time_grid();
    let mut levels = vec![SILENT_DB; ROWS * TIMES];
    let mut cents = [0.0; PARTIAL_ROWS];
    for (harmonic, row) in [(1, 3), (2, 7), (3, 11), (4, 15)] {
        for (time, &seconds) in grid.iter().enumerate() {
            let shake = 2.0 * (9.0 * seconds).sin() * f32::from(harmonic == 2);
            levels[row * TIMES + time] = -5.0 * harmonic as f32 - 8.0 * seconds + shake;
        }
        cents[row] = harmonic as f32;
    }
    levels[150 * TIMES..151 * TIMES].fill(-50.0);
    let found = measured(&levels, &cents, 64);
    let expected = EXPECTED;
    for ((name, found), expected) in NAMES.iter().zip(found).zip(expected) {
        assert!(
            (found - expected).abs() < 2e-3,
            "{name}: {found}, not {expected}"
        );
    }
}

/// Printed by the same note in Python.
const EXPECTED: [f64; TONES] = [
    -85.41469, 0.00000, 4.84637, 21.99785, 1.00000, -45.41426, -1.85955, -85.41469, -6.37902,
    -85.41469, 1.84586, 0.00001,
];
