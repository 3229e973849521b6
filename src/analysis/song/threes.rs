//! Bars of two dotted beats (6/8) or of four (12/8): by where the harmony changes. Drums play the same in both.

use super::chroma::{Chroma, Keys};
use super::rhythm::Rhythm;
use crate::music::Metre;

const SIX: Metre = Metre { count: 6, unit: 8 };
const TWELVE: Metre = Metre { count: 12, unit: 8 };
/// Fewer beats tell nothing.
const FEWEST: usize = 12;
/// One of four changes is at least so much larger than the one two beats after it (cosines of all and of the bass together) …
const LARGER: f64 = 0.15;
/// … whose share of what it is larger by than the others is less than this: then bars have four beats.
const SHARE: f64 = 0.4;
/// The change at one of two beats is so much larger where it tells the downbeat.
const TELLS: f64 = 0.1;
/// How sure it is: where the harmony tells, and where nothing does.
const TOLD: f64 = 0.85;
const UNTOLD: f64 = 0.5;

/// Makes the bars of a rhythm that is felt in threes those of 6/8 or 12/8; where nothing tells, 6/8. Any thread but audio.
pub(super) fn settle(rhythm: &mut Rhythm, keys: &Keys) {
    let known = rhythm.metre == SIX || rhythm.metre == TWELVE;
    if !known || rhythm.beats.len() < FEWEST {
        return;
    }
    let changes = changes(&keys.between(&rhythm.beats));
    let halves = [0, 1].map(|first| (changes[first] + changes[first + 2]) / 2.0);
    let half = usize::from(halves[1] > halves[0]);
    let (a, b) = (changes[half], changes[half + 2]);
    let (larger, smaller) = (a.max(b), a.min(b));
    let others = halves[1 - half];
    let told = larger - others >= TELLS;
    let four = larger - smaller >= LARGER && smaller - others < SHARE * (larger - others);
    let downbeat = match (four, told) {
        (true, _) => half + if a >= b { 0 } else { 2 },
        (false, true) => half,
        (false, false) => rhythm.places.first().map_or(0, |place| place % 2),
    };
    let beats = if four { 4 } else { 2 };
    let places = 0..rhythm.beats.len();
    rhythm.places = places.map(|beat| (beat + 4 - downbeat) % beats).collect();
    rhythm.metre = if four { TWELVE } else { SIX };
    rhythm.metre_confidence *= if told { TOLD } else { UNTOLD };
}

/// How much the harmony changes at beats, for each of four in turn.
fn changes(chroma: &[Chroma]) -> [f64; 4] {
    let (mut sums, mut counts) = ([0.0; 4], [0.0f64; 4]);
    for (beat, pair) in chroma.windows(2).enumerate() {
        let dot = |a: [f32; 12], b: [f32; 12]| -> f64 {
            let products = a.iter().zip(b).map(|(a, b)| f64::from(a * b));
            products.sum()
        };
        let all = dot(pair[0].unit(), pair[1].unit());
        let bass = dot(pair[0].bass_unit(), pair[1].bass_unit());
        sums[(beat + 1) % 4] += 2.0 - all - bass;
        counts[(beat + 1) % 4] += 1.0;
    }
    std::array::from_fn(|place| sums[place] / counts[place].max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::posterior::KEYS;

    /// A rhythm of dotted beats of 0.8 s in some metre whose chord (roots, over C3) changes as told for each beat.
    fn settled(metre: Metre, roots: impl Fn(usize) -> usize) -> Rhythm {
        let beats: Vec<f64> = (0..33).map(|beat| 0.5 + 0.8 * f64::from(beat)).collect();
        let mut keys = Keys {
            rows: Vec::new(),
            seconds: (0..1_400).map(|row| f64::from(row) * 0.02).collect(),
        };
        for at in &keys.seconds {
            let root = 27 + roots(((at - 0.5).max(0.0) / 0.8) as usize);
            let mut row = [0.0f32; KEYS];
            for key in [root - 12, root, root + 4, root + 7] {
                row[key] = 1.0;
            }
            keys.rows.push(row);
        }
        let mut rhythm = Rhythm {
            places: (0..beats.len())
                .map(|beat| beat % usize::from(metre.beats()))
                .collect(),
            beats,
            metre,
            metre_confidence: 1.0,
            bpm: 75.0,
            confidence: 1.0,
            alternatives: Vec::new(),
        };
        settle(&mut rhythm, &keys);
        rhythm
    }

    fn downbeats(rhythm: &Rhythm) -> Vec<usize> {
        let places = rhythm.places.iter().enumerate();
        let first = places
            .filter(|(_, place)| **place == 0)
            .map(|(beat, _)| beat);
        first.take(3).collect()
    }

    const ROOTS: [usize; 4] = [0, 5, 7, 9];

    #[test]
    fn a_chord_for_two_beats_is_a_bar_of_six_eighths() {
        for metre in [SIX, TWELVE] {
            for first in [0, 1] {
                let rhythm = settled(metre, |beat| ROOTS[(beat + first) / 2 % 4]);
                assert_eq!(rhythm.metre, SIX);
                assert_eq!(downbeats(&rhythm), [first, first + 2, first + 4]);
            }
        }
    }

    #[test]
    fn a_chord_for_four_is_one_of_twelve() {
        for metre in [SIX, TWELVE] {
            for first in 0..4 {
                let rhythm = settled(metre, |beat| ROOTS[(beat + first) / 4 % 4]);
                assert_eq!(rhythm.metre, TWELVE);
                let begins = (4 - first) % 4;
                assert_eq!(downbeats(&rhythm), [begins, begins + 4, begins + 8]);
            }
        }
    }

    #[test]
    fn where_nothing_changes_it_is_six_and_doubted() {
        for metre in [SIX, TWELVE] {
            let rhythm = settled(metre, |_| 0);
            assert_eq!(rhythm.metre, SIX);
            assert!(rhythm.metre_confidence <= 0.5);
            assert_eq!(downbeats(&rhythm), [0, 2, 4]);
        }
    }

    #[test]
    fn other_metres_stay() {
        let four = Metre { count: 4, unit: 4 };
        let rhythm = settled(four, |beat| ROOTS[beat / 2 % 4]);
        assert_eq!((rhythm.metre, rhythm.metre_confidence), (four, 1.0));
    }
}
