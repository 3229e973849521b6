//! Chords and a melody become voices: a search over all voicings, then passing notes, neighbours and suspensions.
//!
//! | module | what it is |
//! |---|---|
//! | `candidates` | voicings of a chord under (and over) a melody note, and what each costs by itself |
//! | `motion` | what it costs to go from one to the next |
//! | `search` | the cheapest way through (beam search by dynamic programming) |
//! | `ornament` | notes between: passing, neighbours, suspensions |
//! | [`faults`] | what a teacher would mark, counted the same way in any score |

mod candidates;
pub mod faults;
mod motion;
mod ornament;
mod search;
#[cfg(test)]
mod tests;

pub(super) use ornament::{Ornaments, makes_parallels, ornament};
pub(super) use search::search;

use crate::music::Chord;
use crate::orchestra::instruments::Instrument;

/// As many voices as are led at most; more double these.
pub(super) const MOST_VOICES: usize = 6;
/// Room for them, and for a melody of somebody else, without allocating.
pub(super) type Row = [i16; MOST_VOICES + 1];

/// Where a voice can go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Voice {
    pub low: i16,
    pub easy_low: i16,
    pub easy_high: i16,
    pub high: i16,
}

impl Voice {
    /// An instrument's.
    pub fn of(instrument: &Instrument) -> Self {
        Self {
            low: i16::from(instrument.range[0]),
            easy_low: i16::from(instrument.easy[0]),
            easy_high: i16::from(instrument.easy[1]),
            high: i16::from(instrument.range[1]),
        }
    }
}

/// A beat to be voiced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slot {
    /// The melody's key as it begins, and as it ends; of a rest, the one before.
    pub arrive: i16,
    pub leave: i16,
    /// Which voice has the melody, from the top.
    pub melody: usize,
    pub chord: Chord,
    /// Whether a phrase ends here.
    pub ends: bool,
    /// Whether something is to move under a melody that the chord stays the same for.
    pub moves: bool,
}

/// What is to be voiced.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// From the highest to the lowest.
    pub voices: Vec<Voice>,
    pub slots: Vec<Slot>,
    /// Pitch class of the tonic.
    pub tonic: u8,
    /// Whether the lowest voice is the bass of all.
    pub has_bass: bool,
    /// The same seed gives the same voices.
    pub seed: u64,
}

/// Pitch classes of a chord, root first.
pub(super) fn classes(chord: Chord) -> impl Iterator<Item = i16> + Clone {
    let above = chord.quality.intervals().iter();
    above.map(move |above| i16::from((chord.root + above) % 12))
}
