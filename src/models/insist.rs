//! What words ask of measured properties, seen to where drawn notes fall short of it.
//!
//! The flow is told what is asked and mostly does it; but it has heard no harp with a slow attack,
//! and draws one that begins at once. So the notes' own partials are moved, as macros move them,
//! by the smallest step that brings the first note near to what is asked; all notes by the same.

use super::carry::Notes;
use super::pack::manifest::ToneTable;
use super::tones::{self, Asked, Tone};
use crate::instrument::slots::{
    ANCHOR_KEYS, ANCHOR_VELOCITIES, ANCHORS, PARTIAL_ROWS, RELEASE_AT, ROWS, SILENT_DB, multiples,
    time_grid,
};
use crate::instrument::{Macros, NoteModel, render};

/// Scores nearer to the middle than this are not insisted on,
const INSISTED: f32 = 0.6;
/// and a note so near to what is asked is near enough.
const NEAR: f32 = 0.4;
/// How far each property may be moved, in steps.
const STEPS: usize = 8;
/// The most that the lowest harmonics are raised or lowered, dB.
const LOW_DB: f32 = 18.0;
/// How fast a released note falls at a step from nothing and at the last one, dB/s: at most when it
/// is to ring, at least when it is to stop.
const RINGING: (f32, f32) = (60.0, 6.0);
const STOPPING: (f32, f32) = (30.0, 400.0);

/// How a property of a note is moved by an amount, −1..=1.
type Move = fn(&mut NoteModel, f32);
/// What is moved, in this order. The flow does what is asked of treble and noise by itself.
const MOVES: [(Tone, Move); 4] = [
    (Tone::Attack, |note, amount| {
        shape(note, |macros| macros.attack = amount);
    }),
    (Tone::HalfSecond, |note, amount| {
        shape(note, |macros| macros.decay = -amount);
    }),
    (Tone::Release, ring),
    (Tone::Fundamental, fill),
];

/// Whether anything is insisted on. Thread: any.
pub(super) fn insists(asked: &Asked) -> bool {
    let mut wanted = MOVES.iter().map(|&(tone, _)| asked.score[tone as usize]);
    wanted.any(|wanted| wanted.abs() >= INSISTED)
}

/// Moves all anchors by what brings the one at `first` near to what is asked. Thread: any but audio.
pub(super) fn insist(notes: &mut Notes<'_>, first: usize, asked: &Asked, tables: &[ToneTable]) {
    let key = ANCHOR_KEYS[first / ANCHOR_VELOCITIES.len()];
    let score = |note: &NoteModel, tone: Tone| {
        tones::scores(&note.levels, &note.cents, key, tables)[tone as usize]
    };
    for (tone, change) in MOVES {
        let wanted = asked.score[tone as usize];
        if wanted.abs() < INSISTED {
            continue;
        }
        let reached = |note: &NoteModel| (wanted - score(note, tone)) * wanted.signum() <= NEAR;
        let drawn = notes.note(first);
        let moved = |amount: f32| {
            let mut note = drawn.clone();
            change(&mut note, amount);
            note
        };
        if reached(&drawn) {
            continue;
        }
        let amounts = (1..=STEPS).map(|step| wanted.signum() * step as f32 / STEPS as f32);
        let enough = amounts.clone().find(|&amount| reached(&moved(amount)));
        let amount = enough.unwrap_or(wanted.signum());
        for index in 0..ANCHORS {
            let mut note = notes.note(index);
            change(&mut note, amount);
            notes.set(index, &note);
        }
    }
}

fn shape(note: &mut NoteModel, set: impl Fn(&mut Macros)) {
    let mut macros = Macros::default();
    set(&mut macros);
    render::shape(note, &macros);
}

/// Lets a note ring on after its release, or stop.
fn ring(note: &mut NoteModel, amount: f32) {
    let grid = time_grid();
    let released = grid.partition_point(|&t| t < RELEASE_AT);
    let between = |(none, all): (f32, f32)| none + (all - none) * amount.abs();
    for row in 0..ROWS {
        let levels = note.row_mut(row);
        let before = levels[released - 1];
        for (level, time) in levels.iter_mut().zip(grid).skip(released) {
            let fallen = |rate: f32| (before - rate * (time - RELEASE_AT)).max(SILENT_DB);
            *level = if amount > 0.0 {
                level.max(fallen(between(RINGING)))
            } else {
                level.min(fallen(between(STOPPING)))
            };
        }
    }
}

/// Raises or lowers the fundamental and all below it, and half as much what is below the third
/// harmonic.
fn fill(note: &mut NoteModel, amount: f32) {
    for row in 0..PARTIAL_ROWS {
        let multiple = multiples(row).next().unwrap_or(f64::INFINITY);
        let share = match multiple {
            m if m < 1.5 => 1.0,
            m if m < 2.5 => 0.5,
            _ => break,
        };
        let levels = note.row_mut(row).iter_mut();
        for level in levels.filter(|level| **level > SILENT_DB) {
            *level = (*level + share * amount * LOW_DB).max(SILENT_DB);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::slots::TIMES;

    /// A table from `least` to `most`, whose middle is a score of 0.
    fn table(name: &str, least: f32, most: f32) -> ToneTable {
        let quantiles = (0..33).map(|i| least + (most - least) * i as f32 / 32.0);
        ToneTable {
            name: name.into(),
            quantiles: quantiles.collect(),
        }
    }

    fn anchors() -> (Vec<f32>, Vec<f32>) {
        let mut levels = vec![SILENT_DB; ANCHORS * ROWS * TIMES];
        for note in levels.chunks_mut(ROWS * TIMES) {
            for (harmonic, db) in [(1, -3.0), (2, -6.0), (3, -9.0), (4, -12.0)] {
                let row = 4 * harmonic - 1;
                note[row * TIMES..(row + 1) * TIMES].fill(db);
            }
        }
        (levels, vec![0.0; ANCHORS * PARTIAL_ROWS])
    }

    fn insisted(tone: Tone, score: f32, table: &ToneTable) -> (f32, Vec<f32>) {
        let (mut levels, mut cents) = anchors();
        let mut notes = Notes {
            levels: &mut levels,
            cents: &mut cents,
        };
        let mut asked = Asked::nothing();
        asked.score[tone as usize] = score;
        let tables = std::slice::from_ref(table);
        insist(&mut notes, 13, &asked, tables);
        let note = notes.note(13);
        let scores = tones::scores(&note.levels, &note.cents, 64, tables);
        (scores[tone as usize], levels)
    }

    #[test]
    fn what_is_asked_is_reached_on_all_notes_and_hardly_more() {
        for (tone, name, least, most, way) in [
            (Tone::Attack, "attack_s", -0.2, 0.2, 1.0),
            (Tone::HalfSecond, "half_second_db", -10.0, 10.0, 1.0),
            // It sounds on and on after its release.
            (Tone::Release, "release_s", 0.0, 1.0, -1.0),
            (Tone::Fundamental, "fundamental_db", -4.0, 0.0, 1.0),
            (Tone::Fundamental, "fundamental_db", -12.0, 0.0, -1.0),
        ] {
            let table = table(name, least, most);
            let (unmoved, before) = insisted(tone, 0.0, &table);
            let (score, after) = insisted(tone, 1.2 * way, &table);
            assert!(unmoved * way < 0.8, "{name} is {unmoved} from the start");
            assert!((0.8..1.8).contains(&(score * way)), "{name}: {score}");
            let changed = |i: usize| {
                let note = i * ROWS * TIMES..(i + 1) * ROWS * TIMES;
                before[note.clone()] != after[note]
            };
            assert!((0..ANCHORS).all(changed), "{name}");
        }
    }

    #[test]
    fn what_is_asked_faintly_or_done_already_changes_nothing() {
        let table = table("fundamental_db", -20.0, 0.0);
        let (levels, _) = anchors();
        for score in [0.5, -0.5] {
            assert_eq!(insisted(Tone::Fundamental, score, &table).1, levels);
        }
        let (done, _) = insisted(Tone::Fundamental, 0.0, &table);
        assert!(done > 0.8);
        assert_eq!(insisted(Tone::Fundamental, done, &table).1, levels);
    }
}
