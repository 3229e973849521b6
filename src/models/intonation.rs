//! Puts decoded notes in tune, while they are made.
//!
//! The codec's frequency offsets are its roughest part: the harmonics of one note come out up to
//! twenty cents apart, which no instrument does, and levels between the harmonics and noise
//! sometimes drown them. All of it blurs the pitch. What belongs to an instrument stays: the stretch
//! of stiff strings, the beating of slots beside a harmonic, the noise of an onset, and all noise
//! where it is asked for. Bells and the like don't come here.

use crate::instrument::Family;
use crate::instrument::slots::{
    ANCHOR_KEYS, ANCHOR_VELOCITIES, PARTIAL_ROWS, QUARTER_ROWS, RELEASE_AT, ROWS, SILENT_DB, TIMES,
    harmonic_row, time_grid,
};
use crate::models::tones;

/// Share of a harmonic's distance from the others' line that is left.
const LEFT: f64 = 0.2;
/// Harmonics that say where the pitch is.
const HIGHEST: usize = 48;
/// Some rows together stay `below_db` below the harmonics, more and more from `from_s` to `fully_s`
/// (seconds); before, they are the onset's.
struct Limit {
    from_s: f32,
    fully_s: f32,
    below_db: f32,
}
/// The slots between the harmonics. At −16 dB, those of a sixteen-foot pipe make the note an octave
/// lower, to an estimator by period.
const BETWEEN: Limit = Limit {
    from_s: 0.03,
    fully_s: 0.08,
    below_db: 20.0,
};
/// Noise: nine in ten instruments of each family with a pitch have less.
const NOISE: Limit = Limit {
    from_s: 0.06,
    fully_s: 0.25,
    below_db: 12.0,
};
/// From this key on, the fundamental is at most so far below the overtones, as in nine of ten
/// instruments. Lower, an ear fills in a fundamental that isn't there; here it hears the octave.
const HIGH_KEY: u8 = 94;
const FUNDAMENTAL_BELOW_DB: f32 = 12.0;
/// The most that is lowered, dB.
const MOST_DB: f32 = 40.0;

/// Whether sounds of a family may be stretched: struck and plucked strings are stiff. What is bowed,
/// blown or a circuit repeats exactly. Thread: any.
pub(super) fn is_stiff(family: Option<Family>) -> bool {
    matches!(
        family,
        Some(Family::Bass | Family::Guitar | Family::Keys | Family::Pluck)
    )
}

/// Puts each note in tune: `levels` are those of the anchors, × [`ROWS`] × [`TIMES`] dB, `cents`
/// × [`PARTIAL_ROWS`]. Noise stays as it is in what `is_noisy`. Thread: any but audio.
pub(super) fn refine(levels: &mut [f32], cents: &mut [f32], is_stiff: bool, is_noisy: bool) {
    let notes = levels.chunks_mut(ROWS * TIMES);
    let notes = notes.zip(cents.chunks_mut(PARTIAL_ROWS)).enumerate();
    for (index, (levels, cents)) in notes {
        align_harmonics(levels, cents, is_stiff);
        let key = ANCHOR_KEYS[index / ANCHOR_VELOCITIES.len()];
        let sines = tones::rows(key).map(|row| row.1);
        lower(levels, &sines, is_between, &BETWEEN);
        if !is_noisy {
            lower(levels, &sines, |row| row >= PARTIAL_ROWS, &NOISE);
        }
        if key >= HIGH_KEY {
            raise_fundamental(levels, &sines);
        }
    }
}

fn is_between(row: usize) -> bool {
    row < QUARTER_ROWS && !(row + 1).is_multiple_of(4)
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
    // In tune is the period, which all harmonics make together.
    cents.iter_mut().for_each(|c| *c -= mean as f32);
    for &(row, square, _) in &harmonics {
        let line = stretch * (square - mean_square);
        cents[row] = (line + (f64::from(cents[row]) - line) * LEFT) as f32;
    }
}

/// Lowers some rows where they drown the harmonics of a held note. Each row stands for so many
/// `sines`.
fn lower(levels: &mut [f32], sines: &[f64; ROWS], rows: fn(usize) -> bool, limit: &Limit) {
    let at = |seconds: f32| time_grid().partition_point(|&t| t < seconds);
    for time in at(limit.from_s)..at(RELEASE_AT) {
        let sum = |rows: &dyn Fn(usize) -> bool| -> f64 {
            let rows = (0..ROWS).filter(|&row| rows(row));
            rows.map(|row| sines[row] * power(levels[row * TIMES + time]))
                .sum()
        };
        let harmonics = sum(&|row| row < PARTIAL_ROWS && !is_between(row));
        let ratio = (sum(&rows) / harmonics.max(1e-12)).max(1e-12);
        let excess = 10.0 * ratio.log10() as f32 + limit.below_db;
        if excess > 0.0 {
            let passed = time_grid()[time] - limit.from_s;
            let share = (passed / (limit.fully_s - limit.from_s)).min(1.0);
            for row in (0..ROWS).filter(|&row| rows(row)) {
                levels[row * TIMES + time] -= share * excess.min(MOST_DB);
            }
        }
    }
}

/// Raises the fundamental where it is too far below the overtones.
fn raise_fundamental(levels: &mut [f32], sines: &[f64; ROWS]) {
    let Some(fundamental) = harmonic_row(1) else {
        return;
    };
    let overtones = |row: &usize| *row > fundamental && !is_between(*row);
    for time in 0..TIMES {
        let powers = (0..PARTIAL_ROWS).filter(overtones);
        let sum: f64 = powers
            .map(|row| sines[row] * power(levels[row * TIMES + time]))
            .sum();
        let least = 10.0 * sum.max(1e-12).log10() as f32 - FUNDAMENTAL_BELOW_DB;
        let level = &mut levels[fundamental * TIMES + time];
        *level = level.max(least.max(SILENT_DB));
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
        refine(&mut levels, &mut cents, true, false);
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
        refine(&mut levels, &mut cents, true, false);
        let of = |number: usize| cents[harmonic_row(number).expect("a harmonic")];
        for number in 1..=12 {
            let expected = 0.08 * (number * number - 1) as f32;
            let found = of(number) - of(1);
            assert!((found - expected).abs() < 0.05, "{number}: {found}");
        }
        // Some are below and some above: the note as a whole is in tune.
        assert!(of(1) < 0.0 && of(12) > 0.0);
    }

    #[test]
    fn high_notes_keep_their_fundamental() {
        let notes = ANCHOR_KEYS.len() * ANCHOR_VELOCITIES.len();
        let (mut note, cents) = silent();
        set(&mut note, harmonic_row(1).expect("a harmonic"), -30.0);
        set(&mut note, harmonic_row(2).expect("a harmonic"), -6.0);
        let mut levels = note.repeat(notes);
        refine(&mut levels, &mut cents.repeat(notes), false, false);
        let fundamental = |index: usize| levels[(index * ROWS + 3) * TIMES + 50];
        assert_eq!(fundamental(0), -30.0);
        assert!((fundamental(notes - 1) + 18.0).abs() < 0.01);
    }

    #[test]
    fn what_drowns_the_harmonics_is_lowered_after_the_onset() {
        let (mut levels, mut cents) = silent();
        let noise = PARTIAL_ROWS + 5;
        set(&mut levels, 3, -20.0);
        set(&mut levels, 10, -12.0);
        set(&mut levels, noise, -17.0);
        set(&mut levels, 5, -60.0);
        cents[10] = 40.0;
        let noisy = levels.clone();
        refine(&mut levels, &mut cents, true, false);
        assert_eq!(levels[10 * TIMES], -12.0);
        assert!((levels[10 * TIMES + 100] + 40.0).abs() < 0.01);
        assert!((levels[3 * TIMES + 100] + 20.0).abs() < 0.01);
        assert!((levels[noise * TIMES + 100] + 32.0).abs() < 0.01);
        assert!((cents[10] - 40.0).abs() < 0.01);
        let mut asked = noisy;
        refine(&mut asked, &mut cents, true, true);
        assert_eq!(asked[noise * TIMES + 100], -17.0);

        // Where nothing drowns anything, nothing changes.
        let (mut levels, mut cents) = silent();
        set(&mut levels, 3, 0.0);
        set(&mut levels, 10, -22.0);
        set(&mut levels, noise, -14.0);
        let before = levels.clone();
        refine(&mut levels, &mut cents, true, false);
        assert_eq!(levels, before);
    }
}
