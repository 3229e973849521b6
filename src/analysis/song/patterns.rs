//! What to expect where in a bar: for a metre and a range of tempi, how much likelier each step of
//! evidence is at each twelfth of a beat than anywhere.
//!
//! Bars as patterns over position are those of Krebs, Böck & Widmer, "Rhythmic pattern modeling
//! for beat and downbeat tracking in musical audio" (ISMIR 2013); here with discrete evidence,
//! counted by `training/song/patterns.py` over arrangements and chorales that no evaluation uses.

use std::sync::LazyLock;

use base64::Engine;
use serde::Deserialize;

use super::evidence::{KINDS, STEPS};
use crate::music::Metre;

/// Positions told apart in a beat; the first lies around the beat.
pub const POSITIONS: usize = 12;

/// Log-likelihood ratios of one position, `[kind][step]`.
pub type Position = [[f32; STEPS]; KINDS];

/// A kind of bar.
#[derive(Debug)]
pub struct Pattern {
    /// Its metre.
    pub metre: Metre,
    /// The tempi that it is for, felt beats a minute.
    pub bpm: std::ops::Range<f64>,
    /// [`POSITIONS`] for each felt beat of the bar, from the downbeat.
    pub positions: Vec<Position>,
    /// Logarithm of how frequent such bars are.
    pub prior: f64,
}

#[derive(Deserialize)]
struct Stored {
    metre: String,
    bpm: [f64; 2],
    prior: f64,
    /// Base64 of `[position][kind][step]` as signed bytes, 1/16 of a natural logarithm each.
    ratios: String,
}

/// All patterns; read at the first call, which takes a millisecond. Any thread but audio.
pub fn all() -> &'static [Pattern] {
    static ALL: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
        let stored: Vec<Stored> =
            serde_json::from_str(include_str!("patterns.json")).expect("patterns.json is sound");
        stored.into_iter().map(Pattern::read).collect()
    });
    &ALL
}

impl Pattern {
    fn read(stored: Stored) -> Self {
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(&stored.ratios)
            .expect("patterns.json holds base64");
        let positions = bytes.chunks_exact(KINDS * STEPS).map(|bytes| {
            std::array::from_fn(|kind| {
                std::array::from_fn(|step| f32::from(bytes[kind * STEPS + step] as i8) / 16.0)
            })
        });
        let mut positions: Vec<Position> = positions.collect();
        against_own_mean(&mut positions);
        Self {
            metre: stored.metre.parse().expect("patterns.json holds metres"),
            bpm: stored.bpm[0]..stored.bpm[1],
            positions,
            prior: stored.prior,
        }
    }

    /// Felt beats of a bar. Any thread.
    pub fn beats(&self) -> usize {
        self.positions.len() / POSITIONS
    }
}

/// Makes the ratios those to anywhere in the same bar, instead of to any music: a pattern is to tell
/// where something happens, not how often, which says little about a song's metre.
fn against_own_mean(positions: &mut [Position]) {
    let count = positions.len() as f32;
    for kind in 0..KINDS {
        for step in 0..STEPS {
            let sum: f32 = positions
                .iter()
                .map(|position| position[kind][step].exp())
                .sum();
            let mean = (sum / count).ln();
            positions
                .iter_mut()
                .for_each(|position| position[kind][step] -= mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metre_has_whole_bars_for_all_tempi() {
        for name in ["4/4", "3/4", "6/8", "5/4"] {
            let metre: Metre = name.parse().unwrap();
            let of: Vec<&Pattern> = all().iter().filter(|p| p.metre == metre).collect();
            assert!(!of.is_empty(), "{name}");
            for pattern in &of {
                assert_eq!(
                    pattern.positions.len(),
                    POSITIONS * usize::from(metre.beats())
                );
                assert!(of.iter().any(|p| p.bpm.contains(&100.0)));
            }
        }
    }
}
