//! Puts decoded notes in tune, while they are made.
//!
//! The codec's frequency offsets are its roughest part: the harmonics of one note come out up to
//! twenty cents apart, which no instrument does, and levels between the harmonics sometimes outlast
//! them. Both blur the pitch. What belongs to an instrument stays: the stretch of stiff strings,
//! the beating of slots beside a harmonic. Bells and the like don't come here.

use crate::instrument::Family;
use crate::instrument::slots::{
    PARTIAL_ROWS, QUARTER_ROWS, ROWS, SILENT_DB, TIMES, harmonic_row, time_grid,
};

/// Share of a harmonic's distance from the others' line that is left.
const LEFT: f64 = 0.2;
/// Harmonics that say where the pitch is.
const HIGHEST: usize = 16;
/// From here on (seconds) all slots between the harmonics together stay this many dB below the
/// harmonics: at an onset they are its knock.
const SETTLED_S: f32 = 0.03;
const BETWEEN_DB: f32 = -10.0;
/// The most they are lowered, dB.
const MOST_DB: f32 = 40.0;

/// Whether sounds of a family may be stretched: struck and plucked strings are stiff. What is bowed,
/// blown or a circuit repeats exactly. Thread: any.
pub(super) fn is_stiff(family: Option<Family>) -> bool {
    matches!(
        family,
        Some(Family::Bass | Family::Guitar | Family::Keys | Family::Pluck)
    )
}

/// Puts each note in tune: `levels` are notes × [`ROWS`] × [`TIMES`] dB, `cents` notes ×
/// [`PARTIAL_ROWS`]. Thread: any but audio.
pub(super) fn refine(levels: &mut [f32], cents: &mut [f32], is_stiff: bool) {
    let notes = levels.chunks_mut(ROWS * TIMES);
    for (levels, cents) in notes.zip(cents.chunks_mut(PARTIAL_ROWS)) {
        align_harmonics(levels, cents, is_stiff);
        lower_between(levels);
    }
}

fn power(db: f32) -> f64 {
    if db <= SILENT_DB {
        return 0.0;
    }
    10f64.powf(f64::from(db) / 10.0)
}

/// Brings the harmonics near to the line that fits them best: a common offset, which is removed,
/// and for what `is_stiff` a stretch with the square of the harmonic's number. All other slots move by the common
/// offset too.
fn align_harmonics(levels: &[f32], cents: &mut [f32], is_stiff: bool) {
    // The weights of a period's least-squares fit: power × number², so that none rules alone.
    let harmonics: Vec<(usize, f64, f64)> = (1..=HIGHEST)
        .filter_map(|number| {
            let row = harmonic_row(number)?;
            let row_power: f64 = levels[row * TIMES..(row + 1) * TIMES]
                .iter()
                .map(|&db| power(db))
                .sum();
            let square = (number * number) as f64;
            Some((row, square, row_power * square))
        })
        .collect();
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        let terms = harmonics.iter();
        terms
            .map(|&(row, square, weight)| weight * of(square, f64::from(cents[row])))
            .sum()
    };
    let weight = sum(&|_, _| 1.0);
    if weight <= 0.0 {
        return;
    }
    let (mean_square, mean) = (sum(&|s, _| s) / weight, sum(&|_, c| c) / weight);
    let spread = sum(&|s, _| (s - mean_square) * (s - mean_square));
    let slope = sum(&|s, c| (s - mean_square) * (c - mean));
    // No string is less than slack.
    let stretch = if is_stiff && spread > weight * 1e-6 {
        (slope / spread).clamp(0.0, 0.1)
    } else {
        0.0
    };
    let offset = mean - stretch * mean_square;
    cents.iter_mut().for_each(|c| *c -= offset as f32);
    for &(row, square, _) in &harmonics {
        let line = stretch * square;
        cents[row] = (line + (f64::from(cents[row]) - line) * LEFT) as f32;
    }
}

/// Lowers the slots between the harmonics where they drown them.
fn lower_between(levels: &mut [f32]) {
    let is_between = |row: usize| row < QUARTER_ROWS && !(row + 1).is_multiple_of(4);
    let first = time_grid().partition_point(|&t| t < SETTLED_S);
    for time in first..TIMES {
        let (mut harmonics, mut between) = (0.0, 0.0);
        for row in 0..PARTIAL_ROWS {
            let power = power(levels[row * TIMES + time]);
            if is_between(row) {
                between += power;
            } else {
                harmonics += power;
            }
        }
        let excess = 10.0 * (between / harmonics.max(1e-12)).max(1e-12).log10() as f32 - BETWEEN_DB;
        if excess > 0.0 {
            for row in (0..QUARTER_ROWS).filter(|&row| is_between(row)) {
                levels[row * TIMES + time] -= excess.min(MOST_DB);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent() -> (Vec<f32>, Vec<f32>) {
        (vec![-90.0; ROWS * TIMES], vec![0.0; PARTIAL_ROWS])
    }

    fn set(levels: &mut [f32], row: usize, db: f32) {
        levels[row * TIMES..(row + 1) * TIMES].fill(db);
    }

    #[test]
    fn harmonics_are_brought_together_and_onto_the_key() {
        let (mut levels, mut cents) = silent();
        for (number, db, offset) in [(1, 0.0, -18.0), (2, -3.0, 1.0), (3, -6.0, 2.0)] {
            let row = harmonic_row(number).expect("a harmonic");
            set(&mut levels, row, db);
            cents[row] = offset;
        }
        refine(&mut levels, &mut cents, true);
        assert!(cents[3].abs() < 4.0 && cents[7].abs() < 2.0 && cents[11].abs() < 2.0);
    }

    #[test]
    fn a_stiff_string_keeps_its_stretch() {
        let (mut levels, mut cents) = silent();
        for number in 1..=12 {
            let row = harmonic_row(number).expect("a harmonic");
            set(&mut levels, row, -(number as f32));
            cents[row] = 7.0 + 0.08 * (number * number) as f32;
        }
        refine(&mut levels, &mut cents, true);
        for number in 1..=12 {
            let expected = 0.08 * (number * number) as f32;
            let found = cents[harmonic_row(number).expect("a harmonic")];
            assert!((found - expected).abs() < 0.05, "{number}: {found}");
        }
    }

    #[test]
    fn what_lies_between_harmonics_stays_below_them_after_the_onset() {
        let (mut levels, mut cents) = silent();
        set(&mut levels, 3, -20.0);
        set(&mut levels, 10, -12.0);
        set(&mut levels, 5, -60.0);
        cents[10] = 40.0;
        refine(&mut levels, &mut cents, true);
        assert_eq!(levels[10 * TIMES], -12.0);
        assert!((levels[10 * TIMES + 80] + 30.0).abs() < 0.01);
        assert!((levels[3 * TIMES + 80] + 20.0).abs() < 0.01);
        assert!((cents[10] - 40.0).abs() < 0.01);

        // Where nothing drowns anything, nothing changes.
        let (mut levels, mut cents) = silent();
        set(&mut levels, 3, 0.0);
        set(&mut levels, 10, -12.0);
        let before = levels.clone();
        refine(&mut levels, &mut cents, true);
        assert_eq!(levels, before);
    }
}
