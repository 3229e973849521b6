//! Chords of a piece: those that its notes have, or those that fit a melody.
//!
//! | module | what it is |
//! |---|---|
//! | `keys` | the key of a melody, its last note weighed most |
//! | `tables` | which chord follows which, by hand, a table a style |
//! | `alone` | chords for a melody alone: a hidden Markov model, read by posterior |
//! | `heard` | chords of notes that have harmony |

mod alone;
mod heard;
mod keys;
mod tables;
#[cfg(test)]
mod tests;

pub use keys::{FoundKey, key_of};

use super::source::Source;
use super::tone::{self, Beat, Tone};
use crate::music::{Chord, Key};

/// How chords follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manner {
    /// A chord a beat.
    Hymn,
    /// A chord half a bar, or a bar in three.
    Song,
}

/// A chord for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Harmony {
    /// Where it begins, quarter notes.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
    /// The chord.
    pub chord: Chord,
    /// How sure it is, 0..=1.
    pub sure: f32,
    /// What else it could be, the likeliest first.
    pub others: Vec<Chord>,
}

/// A piece's key and chords.
#[derive(Clone, Debug, PartialEq)]
pub struct Harmonies {
    /// The key.
    pub key: Key,
    /// Whether the piece has them itself.
    pub heard: bool,
    /// Every beat has one; in order.
    pub chords: Vec<Harmony>,
}

impl Harmonies {
    /// The chord at a moment. Any thread.
    ///
    /// # Panics
    /// Never: there is a chord for every beat.
    #[must_use]
    pub fn at(&self, moment: f64) -> Chord {
        let after = self
            .chords
            .partition_point(|one| one.start <= moment + tone::SAME);
        self.chords[after.max(1) - 1].chord
    }
}

/// Key and chords of a piece: its own where it has harmony, such as fit its melody where it hasn't. Any thread but audio.
#[must_use]
pub fn of(source: &Source, manner: Manner) -> Harmonies {
    let beats = tone::beats(&source.bars);
    let all: Vec<Tone> = source
        .melody
        .iter()
        .chain(&source.harmony)
        .copied()
        .collect();
    let key = if source.harmony.is_empty() {
        key_of(&source.melody, &source.melody)
    } else {
        let bass = if source.bass.is_empty() {
            &source.melody
        } else {
            &source.bass
        };
        key_of(&all, bass)
    }
    .key;
    let heard = heard::has_harmony(&all, &source.harmony, &beats);
    let chords = if heard {
        heard::chords(&all, &source.bass, key, &beats)
    } else {
        alone::chords(
            &source.melody,
            &source.bass,
            key,
            (&beats, &source.bars),
            manner,
        )
    };
    Harmonies { key, heard, chords }
}

/// How long each pitch class sounds in a stretch, quarter notes, and so much more where one begins with it.
fn weights<'a>(
    tones: impl IntoIterator<Item = &'a Tone>,
    from: f64,
    to: f64,
    onset: f64,
) -> [f64; 12] {
    let mut found = [0.0; 12];
    for tone in tones {
        let within = tone.within(from, to);
        if within > 1e-6 {
            let first = if tone.start <= from + tone::SAME {
                onset
            } else {
                0.0
            };
            found[usize::from(tone.class())] += within + first;
        }
    }
    found
}

/// Where phrases end: notes of two beats, notes before rests, and the last; the beat such a note begins in.
#[must_use]
pub(super) fn phrase_ends(melody: &[Tone], beats: &[Beat]) -> Vec<usize> {
    let beat_of = |at: f64| {
        beats
            .partition_point(|beat| beat.start <= at + tone::SAME)
            .max(1)
            - 1
    };
    let mut ends = Vec::new();
    for (number, tone) in melody.iter().enumerate() {
        let beat = beats
            .get(beat_of(tone.start))
            .map_or(1.0, |beat| beat.end - beat.start);
        let rest = melody
            .get(number + 1)
            .map_or(f64::INFINITY, |next| next.start - tone.end);
        if tone.length() >= 2.0 * beat - tone::SAME && tone.length() >= 1.5 || rest >= 0.5 * beat {
            ends.push(beat_of(tone.start));
        }
    }
    ends.dedup();
    ends
}
