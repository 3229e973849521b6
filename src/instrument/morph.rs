//! Morphing: an instrument that lies between two others, partial by partial.
//!
//! Partials that both have move from the level and offset of one to those of the other, in dB and
//! cents; what only one has fades, from 40 dB below to where it is. Onsets are laid over each other
//! first: between a pluck and a swell lies a slower pluck, not a pluck within a swell. The loudness
//! of each note moves in a straight line too, or two sounds that share nothing would sink in the
//! middle.

use super::anchors::{AnchorError, AnchorSet};
use super::note::NoteModel;
use super::recipe::{Origin, Recipe};
use super::slots::{ANCHORS, LOUDEST_DB, RELEASE_AT, ROWS, SILENT_DB, TIMES, time_grid};
use super::{Body, Instrument};

/// A note has risen when it is within this many dB of its loudest moment.
const RISEN_DB: f32 = 3.0;
/// The shortest onset, seconds: a step of the time grid.
const SHORTEST_S: f32 = 0.0025;
/// Most letters of each name in the morph's.
const NAME_LETTERS: usize = 24;

/// Why two instruments can't be morphed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MorphError {
    /// One of them is a drum kit: its pieces have no counterparts.
    #[error("Drum kits can't be morphed; choose two instruments that play all keys.")]
    Kit,
    /// What lies between can't be used.
    #[error("{0}")]
    Unusable(#[from] AnchorError),
}

/// The instrument `share` of the way (0..=1; brought into it) from `a` to `b`; at both ends its
/// sound is theirs, bit for bit. It has the macros of `a`. Some milliseconds. Any thread but audio.
///
/// # Errors
/// [`MorphError`]: one is a drum kit, or nothing is left to hear.
pub fn morph(a: &Instrument, b: &Instrument, share: f32) -> Result<Instrument, MorphError> {
    let (Some(of_a), Some(of_b)) = (a.anchors(), b.anchors()) else {
        return Err(MorphError::Kit);
    };
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let anchors = if share == 0.0 {
        of_a.clone()
    } else if share == 1.0 {
        of_b.clone()
    } else {
        between(of_a, of_b, share)?
    };
    let origin = |of: &Instrument| Origin {
        name: of.name.clone(),
        seed: of.recipe.seed,
    };
    let short = |name: &str| name.chars().take(NAME_LETTERS).collect::<String>();
    Ok(Instrument {
        name: format!(
            "{} to {}, {:.0} %",
            short(&a.name).trim(),
            short(&b.name).trim(),
            share * 100.0
        ),
        recipe: Recipe {
            seed: a.recipe.seed,
            family: a
                .recipe
                .family
                .filter(|_| a.recipe.family == b.recipe.family),
            guidance: a.recipe.guidance,
            variation_of: Some(origin(a)),
            morphed_with: Some((origin(b), share)),
            ..Recipe::default()
        },
        macros: a.macros,
        body: Body::Keys(anchors),
    })
}

fn between(a: &AnchorSet, b: &AnchorSet, share: f32) -> Result<AnchorSet, AnchorError> {
    let mut levels = Vec::with_capacity(ANCHORS * ROWS * TIMES);
    let mut cents = Vec::new();
    for index in 0..ANCHORS {
        let note = mixed(&a.note(index), &b.note(index), share);
        levels.extend(note.levels);
        cents.extend(note.cents);
    }
    AnchorSet::from_levels(&levels, &cents)
}

fn mixed(a: &NoteModel, b: &NoteModel, share: f32) -> NoteModel {
    let (onset_a, onset_b) = (onset(a), onset(b));
    let onset = onset_a * (onset_b / onset_a).powf(share);
    let mut note = warped(a, onset, onset_a).towards(&warped(b, onset, onset_b), share);
    let loudest = |note: &NoteModel| note.total_levels().into_iter().fold(SILENT_DB, f32::max);
    let wanted = loudest(a) + (loudest(b) - loudest(a)) * share;
    let gain = wanted - loudest(&note);
    for level in note.levels.iter_mut().filter(|level| **level > SILENT_DB) {
        *level = (*level + gain).clamp(SILENT_DB, LOUDEST_DB);
    }
    note
}

/// Seconds until the note has risen.
fn onset(note: &NoteModel) -> f32 {
    let grid = time_grid();
    let totals = note.total_levels();
    let held = grid.partition_point(|&t| t < RELEASE_AT - 1e-3);
    let loudest = totals[..held].iter().copied().fold(SILENT_DB, f32::max);
    let risen = totals.iter().position(|&level| level >= loudest - RISEN_DB);
    risen.map_or(SHORTEST_S, |time| grid[time]).max(SHORTEST_S)
}

/// The note with its onset stretched from `old` to `new` seconds, and what follows until the
/// release moved into what is left.
fn warped(note: &NoteModel, new: f32, old: f32) -> NoteModel {
    if (new / old - 1.0).abs() < 1e-3 || new >= RELEASE_AT || old >= RELEASE_AT {
        return note.clone();
    }
    let grid = time_grid();
    let places = grid.map(|time| {
        let from = if time <= new {
            time * old / new
        } else if time < RELEASE_AT {
            old + (time - new) * (RELEASE_AT - old) / (RELEASE_AT - new)
        } else {
            time
        };
        let above = grid.partition_point(|&t| t <= from).clamp(1, TIMES - 1);
        let share = (from - grid[above - 1]) / (grid[above] - grid[above - 1]);
        (above - 1, share.clamp(0.0, 1.0))
    });
    let mut warped = note.clone();
    for row in 0..ROWS {
        let levels = note.row(row);
        for (level, (below, share)) in warped.row_mut(row).iter_mut().zip(places) {
            *level = levels[below] + (levels[below + 1] - levels[below]) * share;
        }
    }
    warped
}

#[cfg(test)]
mod tests;
