//! Tokens ↔ notes: what `training/parts/tokens.py` does, on Consort's own parts.
//!
//! A step's tokens are those of the 15 pieces of the kit (0 none, 1 to 4 how hard), the drums' offset,
//! and of each pitched part a note (a rest, a hold, or an onset: a degree and octave over the step's
//! chord, of chordal parts a set of them) and a touch (how hard, and its offset). Offsets are whole
//! 24ths of a quarter note, two at most.

use std::collections::BTreeSet;

use super::vocabulary::{FIRST, HOLD, NO_OFFSET, NO_TOUCH, Vocabulary};
use super::{HEARD, NOTES, OFFSET, OFFSET_IDS, PIECES, STREAMS, TOUCHES};
use crate::music::{Chord, GridNote, PartKind, Quality};

/// 24ths of a quarter note in a step, and the largest offset.
const TICKS: i64 = 6;
const REACH: i64 = 2;

/// The chord of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepChord {
    /// Pitch class of its root.
    pub root: u8,
    /// Its place in `Quality::ALL`.
    pub quality: u8,
}

impl From<Chord> for StepChord {
    fn from(chord: Chord) -> Self {
        let quality = Quality::ALL.iter().position(|q| *q == chord.quality);
        Self {
            root: chord.root % 12,
            quality: quality.unwrap_or(0) as u8,
        }
    }
}

/// What a pitched part's notes are: numbers of degrees, or sets of them.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bass,
    Lead,
    Chords,
}

fn kind(part: PartKind) -> Kind {
    match part {
        PartKind::Bass => Kind::Bass,
        PartKind::Lead => Kind::Lead,
        _ => Kind::Chords,
    }
}

/// The place of a part among all.
#[must_use]
pub fn index(part: PartKind) -> usize {
    part as usize
}

/// The streams of a part in a row of tokens.
#[must_use]
pub fn streams(part: PartKind) -> Vec<usize> {
    match index(part) {
        0 => (0..=PIECES).collect(),
        part => vec![NOTES + part - 1, TOUCHES + part - 1],
    }
}

/// Rows in which nothing plays.
#[must_use]
pub fn empty(steps: usize) -> Vec<u16> {
    let mut row = [0u16; STREAMS];
    row[OFFSET] = NO_OFFSET;
    row[TOUCHES..].fill(NO_TOUCH);
    row.repeat(steps)
}

/// The step and offset (24ths) of a note.
fn place(note: &GridNote) -> (usize, i64) {
    let tick = (note.start() * TICKS as f64).round().max(0.0) as i64;
    let (step, over) = (tick / TICKS, tick % TICKS);
    if over <= TICKS / 2 {
        (step as usize, over.min(REACH))
    } else {
        (step as usize + 1, over - TICKS)
    }
}

impl Vocabulary {
    fn base(&self, kind: Kind, root: u8) -> i32 {
        let low = match kind {
            Kind::Bass => self.lowest_root.bass,
            Kind::Lead => self.lowest_root.lead,
            Kind::Chords => self.lowest_root.chords,
        };
        i32::from(low) + (i32::from(root) - i32::from(low)).rem_euclid(12)
    }

    fn semitones(&self, chord: StepChord) -> &[u8; 12] {
        &self.semitones[usize::from(chord.quality).min(self.semitones.len() - 1)]
    }

    /// octave × 12 + degree of a key over a chord; keys outside are moved by octaves.
    fn degree(&self, kind: Kind, key: u8, chord: StepChord) -> u8 {
        let above = i32::from(key) - self.base(kind, chord.root);
        let semitone = above.rem_euclid(12) as u8;
        let degree = self.semitones(chord).iter().position(|s| *s == semitone);
        let octaves = match kind {
            Kind::Bass => self.octaves.bass,
            Kind::Lead => self.octaves.lead,
            Kind::Chords => self.octaves.chords,
        };
        let octave = above.div_euclid(12).clamp(0, i32::from(octaves) - 1);
        octave as u8 * 12 + degree.unwrap_or(0) as u8
    }

    fn key(&self, kind: Kind, number: u8, chord: StepChord) -> u8 {
        let (octave, degree) = (number / 12, usize::from(number % 12));
        let key = self.base(kind, chord.root) + 12 * i32::from(octave);
        (key + i32::from(self.semitones(chord)[degree])).clamp(0, 127) as u8
    }

    /// The number of a set of degrees, or of the one most like it.
    fn voicing(&self, set: &BTreeSet<u8>) -> usize {
        let classes = |some: &mut dyn Iterator<Item = u8>| -> BTreeSet<u8> {
            some.map(|number| number % 12).collect()
        };
        let mine = classes(&mut set.iter().copied());
        let mean = |sum: u32, count: usize| f64::from(sum) / count.max(1) as f64;
        let my_mean = mean(set.iter().map(|n| u32::from(*n)).sum(), set.len());
        let unlike = |other: &Vec<u8>| {
            let theirs = classes(&mut other.iter().copied());
            let whole: BTreeSet<u8> = other.iter().copied().collect();
            let their_mean = mean(other.iter().map(|n| u32::from(*n)).sum(), other.len());
            2.0 * mine.symmetric_difference(&theirs).count() as f64
                + 0.2 * set.symmetric_difference(&whole).count() as f64
                + 0.1 * (my_mean - their_mean).abs()
        };
        let scores: Vec<f64> = self.voicings.iter().map(unlike).collect();
        let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
        scores.iter().position(|score| *score == least).unwrap_or(0)
    }

    fn level(&self, velocity: u8) -> u16 {
        1 + self
            .velocity_edges
            .iter()
            .filter(|edge| velocity >= **edge)
            .count() as u16
    }

    /// Writes a part's notes into rows of tokens; `chords` has one for each row. What lies beyond
    /// them is left out. Any thread but audio.
    pub fn encode(
        &self,
        part: PartKind,
        notes: &[GridNote],
        chords: &[StepChord],
        rows: &mut [u16],
    ) {
        let steps = chords.len().min(rows.len() / STREAMS);
        if part == PartKind::Drums {
            return self.encode_drums(notes, &mut rows[..steps * STREAMS]);
        }
        let kind = kind(part);
        let (note_at, touch_at) = (NOTES + index(part) - 1, TOUCHES + index(part) - 1);
        // Of each step: keys, loudest, offset, end (24ths).
        type Event = (Vec<u8>, u8, i64, f64);
        let mut events: Vec<Option<Event>> = vec![None; steps];
        for note in notes {
            let (step, offset) = place(note);
            let Some(event) = events.get_mut(step) else {
                continue;
            };
            let end = ((note.start() + f64::from(note.length)) * TICKS as f64).round();
            let event = event.get_or_insert((Vec::new(), 0, offset, 0.0));
            event.0.push(note.key);
            event.1 = event.1.max(note.velocity);
            event.2 = event.2.min(offset);
            event.3 = event.3.max(end);
        }
        for step in 0..steps {
            let Some((keys, velocity, offset, end)) = &events[step] else {
                continue;
            };
            let chord = chords[step];
            let token = match kind {
                Kind::Chords => {
                    let set = keys.iter().map(|key| self.degree(kind, *key, chord));
                    self.voicing(&set.collect())
                }
                Kind::Bass => {
                    usize::from(self.degree(kind, *keys.iter().min().unwrap_or(&40), chord))
                }
                Kind::Lead => {
                    usize::from(self.degree(kind, *keys.iter().max().unwrap_or(&72), chord))
                }
            };
            let row = step * STREAMS;
            rows[row + note_at] = FIRST + token as u16;
            let touch = (self.level(*velocity) - 1) * OFFSET_IDS as u16;
            rows[row + touch_at] = touch + (offset + REACH) as u16;
            let last = (end / TICKS as f64).round_ties_even() as usize;
            for hold in step + 1..last.min(steps) {
                if events[hold].is_some() {
                    break;
                }
                rows[hold * STREAMS + note_at] = HOLD;
            }
        }
    }

    fn encode_drums(&self, notes: &[GridNote], rows: &mut [u16]) {
        for note in notes {
            let (step, offset) = place(note);
            let row = rows.get_mut(step * STREAMS..(step + 1) * STREAMS);
            let piece = self.piece_of_key.get(&note.key);
            let (Some(row), Some(&piece)) = (row, piece) else {
                continue;
            };
            let level = self.level(note.velocity);
            if row[..PIECES].iter().all(|other| level >= *other) {
                row[OFFSET] = (offset + REACH) as u16;
            }
            row[piece] = row[piece].max(level);
        }
    }

    /// The notes of a part, sorted. Any thread but audio.
    #[must_use]
    pub fn decode(&self, part: PartKind, rows: &[u16], chords: &[StepChord]) -> Vec<GridNote> {
        let rows: Vec<&[u16]> = rows.chunks_exact(STREAMS).take(chords.len()).collect();
        let mut notes = Vec::new();
        let velocity =
            |level: u16| self.velocities[usize::from(level).min(self.velocities.len() - 1)];
        let offset = |token: u16| (i64::from(token) - REACH) as f32 / TICKS as f32;
        for (step, row) in rows.iter().enumerate() {
            // Nothing begins before the first bar line.
            let early = |offset: f32| if step == 0 { offset.max(0.0) } else { offset };
            let note = |offset: f32, length: f32, key: u8, velocity: u8| GridNote {
                step: step as u32,
                offset: early(offset),
                length,
                key,
                velocity,
            };
            if part == PartKind::Drums {
                let late = offset(row[OFFSET]);
                let hits = row[..PIECES].iter().zip(&self.pieces);
                let hits =
                    hits.filter(|(level, _)| (1..=self.velocities.len() as u16).contains(*level));
                notes.extend(
                    hits.map(|(level, piece)| note(late, 1.0, piece.key, velocity(level - 1))),
                );
                continue;
            }
            let (note_at, touch_at) = (NOTES + index(part) - 1, TOUCHES + index(part) - 1);
            let (token, touch) = (row[note_at], row[touch_at]);
            if token < FIRST {
                continue;
            }
            let held = rows[step + 1..]
                .iter()
                .take_while(|row| row[note_at] == HOLD)
                .count();
            let (level, late) = match touch {
                NO_TOUCH.. => (1, 0.0),
                touch => (touch / OFFSET_IDS as u16, offset(touch % OFFSET_IDS as u16)),
            };
            let length = (held + 1) as f32 - early(late);
            let keys = self.keys(part, token, chords[step]);
            notes.extend(
                keys.into_iter()
                    .map(|key| note(late, length, key, velocity(level))),
            );
        }
        notes
    }

    /// Keys of an onset over a chord, rising.
    fn keys(&self, part: PartKind, token: u16, chord: StepChord) -> Vec<u8> {
        let kind = kind(part);
        let number = usize::from(token - FIRST);
        let numbers: Vec<u8> = match kind {
            Kind::Chords => self.voicings.get(number).cloned().unwrap_or_default(),
            _ => vec![number as u8],
        };
        let keys: BTreeSet<u8> = numbers.iter().map(|n| self.key(kind, *n, chord)).collect();
        keys.into_iter().collect()
    }

    /// What is heard of parts that aren't told apart, for each step: which degrees of the chord begin
    /// and which sound (12 each), the lowest key, and whether anything sounds. Any thread but audio.
    #[must_use]
    pub fn heard(&self, notes: &[GridNote], chords: &[StepChord]) -> Vec<f32> {
        let mut heard = vec![0.0f32; chords.len() * HEARD];
        let mut lowest = vec![None::<u8>; chords.len()];
        for note in notes {
            let (first, _) = place(note);
            let end = (note.start() + f64::from(note.length)).round() as usize;
            for step in first..end.max(first + 1).min(chords.len()) {
                let chord = chords[step];
                let above = (note.key + 12 - chord.root) % 12;
                let degree = self.semitones(chord).iter().position(|s| *s == above);
                let at = step * HEARD + degree.unwrap_or(0);
                heard[at + 12] = 1.0;
                if step == first {
                    heard[at] = 1.0;
                }
                lowest[step] = Some(lowest[step].map_or(note.key, |low| low.min(note.key)));
            }
        }
        for (row, lowest) in heard.chunks_exact_mut(HEARD).zip(lowest) {
            if let Some(key) = lowest {
                row[24] = (f32::from(key) - 52.0) / 16.0;
                row[25] = 1.0;
            }
        }
        heard
    }

    /// How dense and how loud a part is among those of the training: scores, −2 (least) to 2. Any
    /// thread.
    #[must_use]
    pub fn scores(&self, part: PartKind, notes: &[GridNote], steps: usize) -> [f32; 2] {
        let quarters = (steps as f32 / 4.0).max(0.25);
        let count = match part {
            PartKind::Drums => notes.len(),
            _ => notes
                .iter()
                .map(|note| note.step)
                .collect::<BTreeSet<_>>()
                .len(),
        };
        let loud = notes
            .iter()
            .map(|note| f32::from(note.velocity))
            .sum::<f32>();
        let loud = if notes.is_empty() {
            80.0
        } else {
            loud / notes.len() as f32
        };
        let score = |control: usize, value: f32| {
            let table = &self.quantiles[index(part)][control];
            let below = table.iter().filter(|x| **x < value).count();
            let up_to = table.iter().filter(|x| **x <= value).count();
            let rank = (below + up_to) as f32 / 2.0 / table.len().max(1) as f32;
            4.0 * (rank - 0.5)
        };
        [score(0, count as f32 / quarters), score(1, loud)]
    }
}

#[cfg(test)]
mod tests;
