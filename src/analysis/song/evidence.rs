//! What there is at each moment to tell beats and bars by: onsets in three bands, changes of harmony, and
//! notes that begin, each in a few steps relative to what is usual around it.

use super::salience::{ROWS, Salience};
use super::strength::{BANDS, FRAMES};
use crate::analysis::Posterior;
use crate::analysis::posterior::KEYS;

/// Kinds of evidence: the bands of the onset strength, the change of harmony, the notes that begin.
pub const KINDS: usize = BANDS + 2;
/// Steps of each kind.
pub const STEPS: usize = 8;
/// Instead of a step: nobody listened for this kind.
pub const UNKNOWN: u8 = STEPS as u8;
/// Where steps 1.. begin, in means of the surroundings.
const EDGES: [f32; STEPS - 1] = [0.15, 0.4, 0.8, 1.5, 3.0, 6.0, 10.0];
/// What "around" is, seconds to each side.
const AROUND: f64 = 4.0;
/// Onset strength whose mean is lower than this is nothing that anyone hears.
const QUIET: f32 = 0.01;
/// The same of the change of harmony (0 to 1).
const SAME: f32 = 0.01;
/// The same of the notes that begin.
const FEW: f32 = 0.02;
/// Likelihoods of a note's beginning below this are none.
const UNLIKELY: f32 = 0.1;
/// Chroma before and after a moment are means over so many rows of the salience.
const HARMONY_ROWS: usize = 10;

/// The evidence of each frame ([`FRAMES`] a second), as steps below [`STEPS`], or [`UNKNOWN`].
pub type Evidence = Vec<[u8; KINDS]>;

/// Evidence of a song from its onset strength and salience, and from what a transcription model heard, where one did. Any
/// thread but audio.
pub fn of(
    strength: &[[f32; BANDS]],
    salience: &Salience,
    posterior: Option<&Posterior>,
) -> Evidence {
    let mut evidence = vec![[UNKNOWN; KINDS]; strength.len()];
    for band in 0..BANDS {
        let track: Vec<f32> = strength.iter().map(|row| row[band]).collect();
        into_steps(&track, QUIET, &mut evidence, band);
    }
    let changes = change_of_harmony(salience, strength.len());
    into_steps(&changes, SAME, &mut evidence, BANDS);
    if let Some(posterior) = posterior.filter(|posterior| !posterior.begins.is_empty()) {
        let notes = notes_that_begin(posterior, strength.len());
        into_steps(&notes, FEW, &mut evidence, BANDS + 1);
    }
    evidence
}

/// Likelihoods of all keys' beginnings together, for each of `frames`.
fn notes_that_begin(posterior: &Posterior, frames: usize) -> Vec<f32> {
    let sum = |row: &[f32; KEYS]| row.iter().map(|p| (p - UNLIKELY).max(0.0)).sum::<f32>();
    let rows: Vec<f32> = posterior.begins.iter().map(sum).collect();
    let at = |frame: usize| -> f32 {
        let seconds = frame as f64 / FRAMES;
        let after = posterior.seconds.partition_point(|at| *at < seconds);
        let known = (
            after.checked_sub(1),
            rows.get(after),
            posterior.seconds.get(after),
        );
        let (Some(a), Some(b), Some(to)) = known else {
            return 0.0;
        };
        let from = posterior.seconds[a];
        let share = ((seconds - from) / (to - from).max(1e-6)) as f32;
        rows[a] + (b - rows[a]) * share
    };
    (0..frames).map(at).collect()
}

fn into_steps(track: &[f32], least: f32, evidence: &mut Evidence, kind: usize) {
    let mut sums = vec![0.0f64; track.len() + 1];
    for (i, &x) in track.iter().enumerate() {
        sums[i + 1] = sums[i] + f64::from(x);
    }
    let around = (AROUND * FRAMES) as usize;
    for (i, &x) in track.iter().enumerate() {
        let (from, to) = (i.saturating_sub(around), (i + around + 1).min(track.len()));
        let mean = ((sums[to] - sums[from]) / (to - from) as f64) as f32;
        let relative = x / mean.max(least);
        evidence[i][kind] = EDGES.iter().filter(|&&edge| relative >= edge).count() as u8;
    }
}

/// One less the cosine between the chroma before and after, for each of `frames`.
fn change_of_harmony(salience: &Salience, frames: usize) -> Vec<f32> {
    let rows = &salience.rows;
    let mut sums = vec![[0.0f32; 12]; rows.len() + 1];
    for (i, row) in rows.iter().enumerate() {
        sums[i + 1] = sums[i];
        for (key, x) in row.iter().enumerate() {
            // Key 21 is an A.
            sums[i + 1][(key + 9) % 12] += x;
        }
    }
    let between = |from: usize, to: usize| -> [f32; 12] {
        std::array::from_fn(|class| (sums[to][class] - sums[from][class]).max(0.0).sqrt())
    };
    let change: Vec<f32> = (0..rows.len())
        .map(|row| {
            let before = between(row.saturating_sub(HARMONY_ROWS), row);
            let after = between(row, (row + HARMONY_ROWS).min(rows.len()));
            let dot =
                |a: &[f32; 12], b: &[f32; 12]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            let norm = (dot(&before, &before) * dot(&after, &after)).sqrt();
            if norm < 1e-6 {
                0.0
            } else {
                (1.0 - dot(&before, &after) / norm).max(0.0)
            }
        })
        .collect();
    let at = |frame: usize| -> f32 {
        let place = frame as f64 / FRAMES * ROWS;
        let row = place as usize;
        let (a, b) = (change.get(row), change.get(row + 1).or(change.last()));
        match (a, b) {
            (Some(a), Some(b)) => a + (b - a) * (place - row as f64) as f32,
            _ => 0.0,
        }
    };
    (0..frames).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_chord_and_an_accent_stand_out() {
        let mut salience = Salience::default();
        for row in 0..200 {
            let mut keys = [0.0f32; KEYS];
            let root = if row < 100 { 39 } else { 41 };
            for step in [0, 4, 7] {
                keys[root + step] = 1.0;
            }
            salience.rows.push(keys);
        }
        let mut strength = vec![[0.1f32; BANDS]; 1000];
        strength[300][1] = 2.0;
        let mut posterior = Posterior {
            begins: vec![[0.0; KEYS]; 860],
            seconds: (0..860).map(|row| f64::from(row) / 86.0).collect(),
            ..Posterior::default()
        };
        posterior.begins[430][40] = 0.9;
        let evidence = of(&strength, &salience, Some(&posterior));
        assert_eq!(evidence[500][BANDS + 1], 7);
        assert_eq!(evidence[510][BANDS + 1], 0);
        let without = of(&strength, &salience, None);
        assert!(without.iter().all(|row| row[BANDS + 1] == UNKNOWN));
        assert_eq!(evidence[500][BANDS], 7);
        assert_eq!(evidence[250][BANDS], 0);
        assert_eq!(evidence[300][1], 7);
        assert_eq!(evidence[299][1], 3);
        let silent = of(&[[0.0; BANDS]; 10], &Salience::default(), None);
        assert!(
            silent
                .iter()
                .flatten()
                .all(|&step| step == 0 || step == UNKNOWN)
        );
    }
}
