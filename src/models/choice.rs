//! Which of several drawn notes is kept: among those with the clear pitch of their key, the one that
//! fits the prompt best.
//!
//! A draw can go wrong: an organ whose sixteen-foot pipes drown all others sounds an octave low, a
//! lead of even harmonics an octave high, and a note whose slots between the harmonics are the
//! loudest has no pitch at all. None of that is a matter of taste in an instrument that is played
//! by keys. So [`AT_FIRST`] notes are drawn together, and more when none of them is clear; see
//! [`best`].
//!
//! Clarity needs no sound. Partials with powers *p* at multiples *m* of the key's frequency have
//! the autocorrelation *r*(*t*) = Σ *p* cos 2π*mt* / Σ *p* at a lag of *t* key periods: the measure
//! that pitch estimators by period use (de Cheveigné & Kawahara 2002). A clear note has
//! *r*(1) near 1 (it repeats at the key's period, so nothing lies below or between its harmonics)
//! and no *r* nearly as high at a shorter lag (else a higher note would be heard). Both are looked
//! at in the first tenth of a second, then, and later, for as long as the note is heard: the
//! worst stretch counts.

use std::f64::consts::TAU;

use super::tones;
use crate::instrument::Family;
use crate::instrument::slots::{
    FIRST_GROUP_ROW, PARTIAL_ROWS, ROWS, TIMES, key_frequency, time_grid,
};

/// A note with at least this clarity is clear.
pub const CLEAR: f32 = 1.0;
/// How many notes are drawn together at first.
pub const AT_FIRST: usize = 4;
/// How many are drawn at most.
pub const AT_MOST: usize = 12;
/// What a standard deviation from what the prompt asks of measured properties takes from a note's
/// likeness to the prompt.
const DISTANCE_COUNTS: f32 = 0.1;

/// A drawn note, judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// How clearly it has its key's pitch, see [`clarity`].
    pub clarity: f32,
    /// Cosine of its timbre's vector and the prompt's, −1..=1.
    pub likeness: f32,
    /// How far its measured properties are from what the prompt asks, in standard deviations.
    pub distance: f32,
}

impl Candidate {
    /// It has its key's pitch. Thread: any.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.clarity >= CLEAR
    }

    fn fit(&self) -> f32 {
        self.likeness - DISTANCE_COUNTS * self.distance
    }
}

/// Clarity is 1 when *r* at the key's period is this, and
const PERIODIC: f64 = 0.9;
/// exceeds all *r* at shorter lags by this.
const MARGIN: f64 = 0.25;
/// Stretches of a note, in seconds from its onset.
const STRETCHES: [(f32, f32); 3] = [(0.03, 0.16), (0.16, 0.4), (0.4, 0.9)];
/// A stretch so much below the note's loudest moment (as power) isn't heard.
const UNHEARD: f64 = 1e-5;
/// Lags of one period: as far off as a note may be out of tune.
const PERIOD: [f64; 5] = [0.99, 0.995, 1.0, 1.005, 1.01];
/// Shorter lags: from a fifth to three quarters of a period. Nearer to 0 and to 1 every sound is
/// like itself.
const SHORTER: (f64, f64, usize) = (0.2, 0.75, 36);

/// Whether a sound of this family, asked for in these words, is meant to have its key's pitch: not
/// drums and effects, not bells and the like, whose partials lie where they will, and not what was
/// asked for in other octaves. Thread: any.
#[must_use]
pub fn is_judged(family: Option<Family>, prompt: &str) -> bool {
    let pitched = !matches!(
        family,
        None | Some(Family::ChromaticPercussion | Family::Drum | Family::Effect)
    );
    let prompt = prompt.to_lowercase();
    let mut words = prompt.split(|c: char| !c.is_alphanumeric());
    let elsewhere = words.any(|word| word.starts_with("octav") || word == "sub");
    pitched && !elsewhere
}

/// The seeds of the draws for the user's `seed`: that one, then others that a user who counts seeds
/// up wouldn't meet. Thread: any.
#[must_use]
pub fn seeds(seed: u64) -> [u64; AT_MOST] {
    // Multiples of the golden ratio's fraction of 2^64, as in SplitMix64.
    std::array::from_fn(|n| seed.wrapping_add((n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// The index of the note to keep: of the clear ones the one that fits the prompt best, else the
/// clearest. Thread: any.
#[must_use]
pub fn best(candidates: &[Candidate]) -> usize {
    let largest = |value: &dyn Fn(&Candidate) -> Option<f32>| {
        let scored = candidates.iter().enumerate();
        let scored = scored.filter_map(|(i, candidate)| Some((i, value(candidate)?)));
        scored.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
    };
    largest(&|candidate| candidate.is_clear().then(|| candidate.fit()))
        .or_else(|| largest(&|candidate| Some(candidate.clarity)))
        .unwrap_or(0)
}

/// The index of the first clear note of some with these clarities, else of the clearest: where a
/// note's likeness to what it was drawn near is all that is asked of it. Thread: any.
#[must_use]
pub fn first_clear(clarities: &[f32]) -> usize {
    let clear = clarities.iter().position(|&clarity| clarity >= CLEAR);
    let clearest = || {
        let scored = clarities.iter().enumerate();
        scored.max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i)
    };
    clear.or_else(clearest).unwrap_or(0)
}

/// How clearly one note has its key's pitch: 1 and above is clear, 1.11 the most there can be; 0
/// and below is broken. `levels` are its [`ROWS`] × [`TIMES`] dB, `cents` its [`PARTIAL_ROWS`]
/// offsets. Noise isn't heard in what `is_noisy`: where it is asked for. Thread: any but audio.
#[must_use]
pub fn clarity(levels: &[f32], cents: &[f32], key: u8, is_noisy: bool) -> f32 {
    debug_assert!(levels.len() == ROWS * TIMES && cents.len() == PARTIAL_ROWS);
    let power = |row: usize, time: usize| 10f64.powf(f64::from(levels[row * TIMES + time]) / 10.0);
    let loudest = (0..TIMES)
        .map(|time| (0..ROWS).map(|row| power(row, time)).sum::<f64>())
        .fold(0.0, f64::max);
    let grid = time_grid();
    let rows = tones::rows(key);
    let hz = key_frequency(f64::from(key));
    let mut worst = f64::INFINITY;
    for (from, to) in STRETCHES {
        let times = grid.partition_point(|&t| t < from)..grid.partition_point(|&t| t < to);
        let count = times.len() as f64;
        let mean = |row: usize| {
            let sum: f64 = times.clone().map(|time| power(row, time)).sum();
            rows[row].1 * sum / count
        };
        // A group of harmonics is like one in its middle: it repeats at the key's period.
        let partials: Vec<(f64, f64)> = (0..PARTIAL_ROWS)
            .map(|row| {
                let ratio = (f64::from(cents[row]) / 1200.0).exp2();
                let at = rows[row].0 / hz;
                let whole = row >= FIRST_GROUP_ROW;
                (mean(row), ratio * if whole { at.round() } else { at })
            })
            .collect();
        // What noise is like a little later is chance: it only takes its share.
        let noise: f64 = (PARTIAL_ROWS..ROWS).map(mean).sum();
        let noise = if is_noisy { 0.0 } else { noise };
        let all = partials.iter().map(|partial| partial.0).sum::<f64>() + noise;
        if all > loudest * UNHEARD {
            worst = worst.min(of_partials(&partials, all));
        }
    }
    if worst.is_finite() { worst as f32 } else { 0.0 }
}

/// Clarity of partials (power, multiple of the key's frequency); `all` is their power and the noise's.
fn of_partials(partials: &[(f64, f64)], all: f64) -> f64 {
    let strong: Vec<_> = partials.iter().filter(|p| p.0 > all * 1e-5).collect();
    let likeness = |lag: f64| {
        let sum = strong
            .iter()
            .map(|(power, m)| power * (TAU * m * lag).cos());
        sum.sum::<f64>() / all
    };
    let (first, last, count) = SHORTER;
    let step = (last - first) / (count - 1) as f64;
    let shorter = (0..count).map(|i| likeness(first + step * i as f64));
    let shorter = shorter.fold(-1.0, f64::max);
    let period = PERIOD.into_iter().map(likeness).fold(-1.0, f64::max);
    (period / PERIODIC).min((period - shorter) / MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::slots::multiple;

    /// A held note of some partials: multiple of the key's frequency, dB.
    fn note(partials: &[(f64, f32)]) -> Vec<f32> {
        let mut levels = vec![f32::MIN; ROWS * TIMES];
        for &(at, db) in partials {
            let row = (0..FIRST_GROUP_ROW).find(|&row| multiple(row) == at);
            let row = row.expect("a slot");
            levels[row * TIMES..(row + 1) * TIMES].fill(db);
        }
        levels
    }

    fn clarity_of(partials: &[(f64, f32)]) -> f32 {
        clarity(&note(partials), &[0.0; PARTIAL_ROWS], 64, false)
    }

    #[test]
    fn clear_notes_are_told_from_broken_ones() {
        for clear in [
            &[(1.0, 0.0)][..],
            &[(1.0, 0.0), (2.0, -6.0), (3.0, -9.0), (4.0, -12.0)],
            // A clarinet, and a violin whose fundamental is weak.
            &[(1.0, 0.0), (3.0, -6.0), (5.0, -10.0)],
            &[
                (1.0, -18.0),
                (2.0, -4.0),
                (3.0, 0.0),
                (4.0, -2.0),
                (5.0, -6.0),
            ],
        ] {
            assert!(
                clarity_of(clear) >= CLEAR,
                "{clear:?}: {}",
                clarity_of(clear)
            );
        }
        for broken in [
            // An octave below, an octave above, a twelfth above, and between the harmonics.
            &[(0.5, 0.0), (1.0, -3.0), (1.5, -6.0), (2.0, -9.0)][..],
            &[(1.0, -14.0), (2.0, 0.0), (4.0, -4.0), (6.0, -7.0)],
            &[(3.0, 0.0), (6.0, -6.0), (1.0, -20.0)],
            &[(1.0, 0.0), (2.75, 0.0), (4.75, -5.0), (3.25, -10.0)],
        ] {
            assert!(
                clarity_of(broken) < 0.8,
                "{broken:?}: {}",
                clarity_of(broken)
            );
        }
        assert_eq!(clarity_of(&[]), 0.0);
    }

    #[test]
    fn noise_is_no_pitch_unless_it_is_asked_for() {
        let mut levels = note(&[(1.0, 0.0), (2.0, -6.0)]);
        let mut heard = |db: f32, is_noisy| {
            levels[150 * TIMES..151 * TIMES].fill(db);
            clarity(&levels, &[0.0; PARTIAL_ROWS], 64, is_noisy)
        };
        assert!(heard(-12.0, false) >= CLEAR && heard(0.0, false) < 0.7);
        assert!(heard(0.0, true) >= CLEAR);
    }

    #[test]
    fn the_worst_stretch_that_is_heard_counts() {
        let mut levels = note(&[(1.0, 0.0)]);
        let late = time_grid().partition_point(|&t| t < 0.4);
        // The fundamental dies, what is left is none of its harmonics: at first too soft to hear.
        levels[3 * TIMES + late..4 * TIMES].fill(f32::MIN);
        levels[10 * TIMES + late..11 * TIMES].fill(-60.0);
        assert!(clarity(&levels, &[0.0; PARTIAL_ROWS], 64, false) >= CLEAR);
        levels[10 * TIMES + late..11 * TIMES].fill(-30.0);
        assert!(clarity(&levels, &[0.0; PARTIAL_ROWS], 64, false) < 0.5);
    }

    #[test]
    fn of_clear_notes_the_one_that_fits_is_kept() {
        let note = |clarity, likeness, distance| Candidate {
            clarity,
            likeness,
            distance,
        };
        let fitting = [
            note(1.1, 0.3, 0.5),
            note(0.9, 0.9, 0.0),
            note(1.0, 0.5, 0.5),
            note(1.0, 0.5, 3.0),
        ];
        assert_eq!(best(&fitting), 2);
        assert_eq!(best(&fitting[1..2]), 0);
        let unclear = [note(0.3, 0.9, 0.0), note(0.7, 0.1, 0.0)];
        assert_eq!(best(&unclear), 1);
        assert_eq!(best(&[]), 0);
        assert_eq!(first_clear(&[0.9, 0.2, 1.0, 1.1]), 2);
        assert_eq!(first_clear(&[0.3, 0.7, -2.0]), 1);
        let seeds = seeds(1);
        assert_eq!(seeds[0], 1);
        assert!(seeds[1..].iter().all(|&seed| seed > 1 << 32));
    }

    #[test]
    fn bells_drums_and_other_octaves_are_not_judged() {
        assert!(is_judged(Some(Family::Organ), "church organ"));
        assert!(is_judged(Some(Family::Bass), "subtle bass"));
        assert!(!is_judged(Some(Family::Bass), "deep Sub-bass"));
        assert!(!is_judged(Some(Family::SynthLead), "octave lead"));
        assert!(!is_judged(Some(Family::ChromaticPercussion), "bell"));
        assert!(!is_judged(None, "warm cello"));
    }
}
