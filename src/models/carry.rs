//! What a guess of a known note leaves out, carried over to the notes that belong to it.
//!
//! A code tells a note to some 2.4 dB, and smooths what moves in it. So where a note is known
//! itself, the difference between it and its decoded code (the residual) is added to the decoded
//! notes around it: whole at its own place, less and less by distance. Measured on instruments
//! the models hadn't seen, that is 0.2 dB better at velocity steps, and nowhere worse. The
//! residual's quick part, the motion of a sound that is held, goes to all notes undiminished: it
//! costs nothing measurable, and a decoded note moves only half as much as a real one.

use super::encoder::harmonics;
use crate::instrument::NoteModel;
use crate::instrument::slots::{
    ANCHOR_KEYS, ANCHOR_VELOCITIES, PARTIAL_ROWS, RELEASE_AT, ROWS, SILENT_DB, TIMES,
    key_frequency, time_grid,
};

/// Semitones and velocity steps over which a residual's level falls to 1/e.
const LEVEL_REACH: (f64, f64) = (12.0, 80.0);
/// Notes of the known one's velocity go this share of the way to its own levels (harmonic by
/// harmonic), and over so many semitones that falls to 1/e.
const OWN: (f64, f64) = (0.6, 20.0);
/// The same for offsets in cents.
const CENTS_REACH: (f64, f64) = (11.0, 400.0);
/// Motion is looked at from here to the release, s: before, all is attack.
const MOTION_FROM: f32 = 0.16;
/// What is quicker than this is motion: standard deviation of the smoothing, steps of the grid.
const SMOOTHING: f64 = 1.5;
/// Semitones from one anchor key to the next.
const ANCHOR_STEP: f64 = 10.0;
/// Residuals beyond this are bounded, dB.
const MOST_DB: f32 = 40.0;
/// Where only one of two notes has sound in a cell, the other is taken for so much quieter.
const FADE_DB: f32 = 40.0;
/// A cell follows the known note into silence, or out of it, from this share of it on.
const SILENCE_FOLLOWS: f32 = 0.5;
const GONE: f32 = 0.95;
/// Levels at or below this are silent.
const SILENT: f32 = SILENT_DB + 0.5;

/// Decoded notes: notes × [`ROWS`] × [`TIMES`] dB and notes × [`PARTIAL_ROWS`] cents.
pub(super) struct Notes<'a> {
    pub(super) levels: &'a mut [f32],
    pub(super) cents: &'a mut [f32],
}

impl Notes<'_> {
    pub(super) fn note(&self, index: usize) -> NoteModel {
        let levels = &self.levels[index * ROWS * TIMES..(index + 1) * ROWS * TIMES];
        NoteModel {
            levels: levels.iter().map(|db| db.max(SILENT_DB)).collect(),
            cents: std::array::from_fn(|row| self.cents[index * PARTIAL_ROWS + row]),
        }
    }

    pub(super) fn set(&mut self, index: usize, note: &NoteModel) {
        self.levels[index * ROWS * TIMES..(index + 1) * ROWS * TIMES].copy_from_slice(&note.levels);
        self.cents[index * PARTIAL_ROWS..(index + 1) * PARTIAL_ROWS].copy_from_slice(&note.cents);
    }
}

/// Shares of a residual that another note gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shares {
    pub(super) level: f32,
    pub(super) motion: f32,
    pub(super) cents: f32,
}

/// Makes anchors, decoded from what was known of the note `known` at MIDI key `key` and velocity
/// 80, agree with it: played there, they give that note. Thread: any but audio.
pub(super) fn carry(anchors: &mut Notes<'_>, known: &NoteModel, key: f64) {
    let velocity = ANCHOR_VELOCITIES.len() / 2;
    let index = |key: usize, velocity: usize| key * ANCHOR_VELOCITIES.len() + velocity;
    let (low, share) = place(key);
    let high = (low + 1).min(ANCHOR_KEYS.len() - 1);
    let mut guess = anchors.note(index(low, velocity));
    if share > 0.0 {
        guess = guess.towards(&anchors.note(index(high, velocity)), share);
    }
    let residual = Residual::of(known, &guess, key);

    let weight = |reach: (f64, f64), k: usize, v: usize| {
        let step = f64::from(ANCHOR_VELOCITIES[v].abs_diff(ANCHOR_VELOCITIES[velocity]));
        (-(f64::from(ANCHOR_KEYS[k]) - key).abs() / reach.0 - step / reach.1).exp() as f32
    };
    for (k, v) in
        (0..ANCHOR_KEYS.len()).flat_map(|k| (0..ANCHOR_VELOCITIES.len()).map(move |v| (k, v)))
    {
        // The anchors around the key are mixed to the note: their shares mix to 1.
        let of = |reach| {
            let mixed = weight(reach, low, velocity) * (1.0 - share)
                + weight(reach, high, velocity) * share;
            weight(reach, k, v) / mixed
        };
        let shares = Shares {
            level: of(LEVEL_REACH),
            motion: 1.0,
            cents: of(CENTS_REACH),
        };
        let mut note = residual.added(&anchors.note(index(k, v)), shares);
        if v == velocity {
            // The anchors around the key go alike, so that what they mix to stays.
            let apart = (f64::from(ANCHOR_KEYS[k]) - key).abs().max(ANCHOR_STEP);
            residual.approach(&mut note, (OWN.0 * (-apart / OWN.1).exp()) as f32);
        }
        anchors.set(index(k, v), &note);
    }
}

/// Where a key lies among the anchors': the one below it, and the share of the way to the next.
fn place(key: f64) -> (usize, f32) {
    let above = ANCHOR_KEYS.partition_point(|&anchor| f64::from(anchor) <= key);
    let Some(low) = above.checked_sub(1) else {
        return (0, 0.0);
    };
    let Some(&high) = ANCHOR_KEYS.get(above) else {
        return (low, 0.0);
    };
    let from = f64::from(ANCHOR_KEYS[low]);
    (low, ((key - from) / (f64::from(high) - from)) as f32)
}

/// A known note and what a guess of it leaves out.
pub(super) struct Residual<'a> {
    known: &'a NoteModel,
    guess: &'a NoteModel,
    /// Slow and quick differences, dB, where both sound; 0 elsewhere.
    slow: Vec<f32>,
    quick: Vec<f32>,
    /// Which rows the key has.
    exists: [bool; ROWS],
}

impl<'a> Residual<'a> {
    /// Of two notes at MIDI key `key`.
    pub(super) fn of(known: &'a NoteModel, guess: &'a NoteModel, key: f64) -> Self {
        let exists = std::array::from_fn(|row| harmonics(row, key_frequency(key)) > 0);
        let mut slow = Vec::with_capacity(ROWS * TIMES);
        for (row, &exists) in exists.iter().enumerate() {
            let pairs = known.row(row).iter().zip(guess.row(row));
            slow.extend(pairs.map(|(&known, &guess)| {
                if exists && known > SILENT && guess > SILENT {
                    (known - guess).clamp(-MOST_DB, MOST_DB)
                } else {
                    0.0
                }
            }));
        }
        let mut quick = vec![0.0; ROWS * TIMES];
        for (slow, quick) in slow.chunks_mut(TIMES).zip(quick.chunks_mut(TIMES)) {
            part_motion(slow, quick);
        }
        Self {
            known,
            guess,
            slow,
            quick,
            exists,
        }
    }

    /// Another note with shares of the residual.
    pub(super) fn added(&self, note: &NoteModel, shares: Shares) -> NoteModel {
        let mut changed = note.clone();
        for (cell, level) in changed.levels.iter_mut().enumerate() {
            if !self.exists[cell / TIMES] {
                continue;
            }
            let (known, guess) = (self.known.levels[cell], self.guess.levels[cell]);
            let follows = shares.level > SILENCE_FOLLOWS;
            *level = match (known > SILENT, guess > SILENT, *level > SILENT) {
                (true, true, true) => {
                    *level + shares.level * self.slow[cell] + shares.motion * self.quick[cell]
                }
                (true, false, _) if follows => {
                    level.max(known - FADE_DB * (1.0 - shares.level).max(0.0))
                }
                (false, true, true) if shares.level > GONE => SILENT_DB,
                (false, true, true) if follows => *level - FADE_DB * shares.level,
                _ => *level,
            }
            .max(SILENT_DB);
        }
        for (row, cents) in changed.cents.iter_mut().enumerate() {
            if self.exists[row] {
                *cents += shares.cents * (self.known.cents[row] - self.guess.cents[row]);
            }
        }
        changed
    }

    /// Takes the levels of another note a share of the way to the known one's.
    fn approach(&self, note: &mut NoteModel, share: f32) {
        for (cell, level) in note.levels.iter_mut().enumerate() {
            if self.exists[cell / TIMES] {
                *level += share * (self.known.levels[cell].max(SILENT_DB) - *level);
            }
        }
    }
}

/// Parts a row's differences into a smooth course, left in `slow`, and what moves about it.
fn part_motion(slow: &mut [f32], quick: &mut [f32]) {
    let grid = time_grid();
    let from = grid.partition_point(|&time| time < MOTION_FROM);
    let to = grid.partition_point(|&time| time < RELEASE_AT);
    let radius = (4.0 * SMOOTHING) as isize;
    let kernel: Vec<f32> = (-radius..=radius)
        .map(|x| (-0.5 * (x as f64 / SMOOTHING).powi(2)).exp() as f32)
        .collect();
    let sum: f32 = kernel.iter().sum();
    let held = &mut slow[from..to];
    let last = held.len() as isize - 1;
    let smooth: Vec<f32> = (0..=last)
        .map(|at| {
            let near = (-radius..=radius).map(|x| held[(at + x).clamp(0, last) as usize]);
            near.zip(&kernel).map(|(x, weight)| x * weight).sum::<f32>() / sum
        })
        .collect();
    for ((slow, quick), smooth) in held.iter_mut().zip(&mut quick[from..to]).zip(smooth) {
        *quick = *slow - smooth;
        *slow = smooth;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::slots::ANCHORS;

    /// A note whose held part moves, and some of whose rows are silent.
    fn note(offset: f32) -> NoteModel {
        let mut note = NoteModel::silent();
        for row in (3..60).step_by(4) {
            for (time, level) in note.row_mut(row).iter_mut().enumerate() {
                *level = offset - row as f32 * 0.3 + if time % 2 == 0 { 2.0 } else { -2.0 };
            }
        }
        note.cents[3] = offset;
        note
    }

    fn flat() -> NoteModel {
        let mut note = NoteModel::silent();
        for row in (3..64).step_by(4) {
            note.row_mut(row).fill(-20.0);
        }
        note
    }

    fn carried(key: f64) -> (NoteModel, Vec<NoteModel>) {
        let known = note(-6.0);
        let mut levels = flat().levels.repeat(ANCHORS);
        let mut cents = flat().cents.repeat(ANCHORS);
        let mut anchors = Notes {
            levels: &mut levels,
            cents: &mut cents,
        };
        carry(&mut anchors, &known, key);
        let all = (0..ANCHORS).map(|index| anchors.note(index)).collect();
        (known, all)
    }

    #[test]
    fn the_known_note_comes_back_at_its_own_place() {
        let (known, anchors) = carried(64.0);
        let at = &anchors[13];
        for (a, b) in known.levels.iter().zip(&at.levels) {
            assert!((a - b).abs() < 1e-3, "{a} {b}");
        }
        assert_eq!(known.cents, at.cents);

        // And between two anchors.
        let (known, anchors) = carried(70.0);
        let at = anchors[13].towards(&anchors[16], 0.6);
        // Higher harmonics don't exist at this key.
        for row in (3..56).step_by(4) {
            for (a, b) in known.row(row).iter().zip(at.row(row)) {
                assert!((a - b).abs() < 0.01, "{row}: {a} {b}");
            }
        }
        assert!((known.cents[3] - at.cents[3]).abs() < 0.01);
    }

    #[test]
    fn less_of_it_reaches_farther_notes_but_all_of_its_motion() {
        let (_, anchors) = carried(64.0);
        let mean = |note: &NoteModel| note.row(3)[100..110].iter().sum::<f32>() / 10.0;
        // Softer at the same key; then keys farther and farther away.
        for order in [&[13, 12][..], &[13, 16, 19, 22]] {
            let levels: Vec<f32> = order.iter().map(|&index| mean(&anchors[index])).collect();
            assert!(levels.windows(2).all(|w| w[0] > w[1] + 0.1), "{levels:?}");
        }
        let moves = |note: &NoteModel| (note.row(3)[101] - note.row(3)[102]).abs();
        for anchor in &anchors {
            assert!(moves(anchor) > 3.5, "{}", moves(anchor));
        }
    }

    #[test]
    fn rows_that_the_key_does_not_have_say_nothing() {
        let (_, anchors) = carried(104.0);
        // Harmonic 16 of key 104 lies at 53 kHz.
        assert_eq!(anchors[24].row(39), flat().row(39));
    }
}
