//! How well an atom agrees with a patch: a logarithm of the ratio of likelihoods, at the best gain.

use super::atom::Atom;
use super::patch::{PLACES, Patch};

/// Gains tried, from [`LOWEST_GAIN`] in steps of [`GAIN_STEP`].
pub(super) const GAINS: usize = 16;
/// Decibels from the mix's loudest cell to the atom's.
const LOWEST_GAIN: i32 = -30;
const GAIN_STEP: i32 = 2;
/// Classes of an atom's cells, by level; the weaker ones are masked more often.
pub(super) const CLASSES: usize = 5;
/// Half decibels of a class.
const CLASS: u8 = 20;
/// Differences of mix and atom that are told apart: −44 … 50 dB (more than any is), and nothing known.
const BINS: usize = 96;
const LOWEST: i32 = -44;
const NOTHING: i32 = LOWEST + BINS as i32 - 1;
/// A visible cell deviates by so much, dB; in so many cases by more, where a room or another velocity colours it.
const DEVIATION: f64 = 2.0;
const COLOURED: f64 = 6.0;
const COLOURED_SHARE: f64 = 0.3;
/// How often the strongest and the weakest cells are visible.
const VISIBLE: (f64, f64) = (0.6, 0.1);
/// A masker is up to so much louder, dB.
const MASKERS: f64 = 70.0;
/// A cell that is missing speaks against the atom at most so much.
const MISSING: f64 = -3.0;
/// Steps of a sum in one unit of log likelihood.
const STEPS: f64 = 32.0;

/// The part and the class after whose cells an atom is given up unless it has some evidence: nineteen of twenty are, for nothing lost.
const LOOKED_AT_FIRST: (usize, usize) = (0, 1);
/// That evidence, in steps.
const LEAST: i16 = 5 * STEPS as i16;

/// Which class a cell so many half decibels below the atom's loudest belongs to.
pub(super) fn class(below: u8) -> usize {
    usize::from(below / CLASS).min(CLASSES - 1)
}

/// What a cell adds at each gain, by class and difference.
pub(super) struct Likelihood {
    rows: Vec<[i16; GAINS]>,
}

/// An atom's evidence at an onset: the log likelihood ratio, and the gain in dB.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Evidence {
    pub ratio: f32,
    pub gain: i16,
}

impl Likelihood {
    pub fn new() -> Self {
        let mut rows = vec![[0; GAINS]; CLASSES * BINS];
        for class in 0..CLASSES {
            for bin in 0..BINS - 1 {
                let difference = LOWEST + bin as i32;
                rows[class * BINS + bin] = std::array::from_fn(|index| {
                    let gain = LOWEST_GAIN + GAIN_STEP * index as i32;
                    let ratio =
                        weight(class, gain) * cell(class, f64::from(difference - gain) + 0.25);
                    (ratio * STEPS).round() as i16
                });
            }
        }
        Self { rows }
    }

    /// The evidence for an atom whose cells move by `shift` bands.
    pub fn evidence(&self, patch: &Patch, atom: &Atom, shift: isize) -> Evidence {
        let mut sums = [0i16; GAINS];
        let mut best = (i16::MIN, 0);
        for part in 0..2 {
            for (class, cells, below) in atom.part(part) {
                let rows: &[[i16; GAINS]; BINS] = self.rows[class * BINS..][..BINS]
                    .try_into()
                    .expect("as many rows as bins");
                for (cell, below) in cells.iter().zip(below) {
                    let place = usize::from(*cell).wrapping_add_signed(shift) % PLACES;
                    let difference = (i32::from(patch[place]) + i32::from(*below)) >> 1;
                    let bin = (difference.clamp(LOWEST, NOTHING) - LOWEST) as usize;
                    for (sum, x) in sums.iter_mut().zip(&rows[bin]) {
                        *sum = sum.wrapping_add(*x);
                    }
                }
                let hopeless = || sums.iter().all(|sum| *sum < LEAST);
                if (part, class) == LOOKED_AT_FIRST && hopeless() {
                    return Evidence::default();
                }
            }
            for (index, sum) in sums.iter().enumerate() {
                if *sum > best.0 {
                    best = (*sum, index);
                }
            }
        }
        Evidence {
            ratio: f32::from(best.0) / STEPS as f32,
            gain: (LOWEST_GAIN + GAIN_STEP * best.1 as i32) as i16,
        }
    }
}

/// Log of the ratio of likelihoods of a cell that is `difference` dB above what the atom has there: it is seen (and agrees), or
/// something louder masks it, against any level up to [`MASKERS`].
fn cell(class: usize, difference: f64) -> f64 {
    let (strong, weak) = VISIBLE;
    let visible = strong + (weak - strong) * class as f64 / (CLASSES - 1) as f64;
    let normal = |width: f64| (-0.5 * (difference / width).powi(2)).exp() / (width * 2.507);
    let agrees = (1.0 - COLOURED_SHARE) * normal(DEVIATION) + COLOURED_SHARE * normal(COLOURED);
    let masked = if difference > 0.0 {
        (1.0 - visible) / MASKERS
    } else {
        0.0
    };
    ((visible * agrees + masked + 1e-9) * MASKERS)
        .ln()
        .max(MISSING)
}

/// What is some 50 dB below the mix's loudest cell counts for little.
fn weight(class: usize, gain: i32) -> f64 {
    (f64::from(55 + gain - 10 * class as i32) / 40.0).clamp(0.0, 1.0)
}
