//! The beginning of a note: its strongest cells at some moments after its onset.

use serde::{Deserialize, Serialize};

use super::cells::{BANDS, Cells, SEMITONE};
use super::likelihood::{CLASSES, class};
use super::patch::{ROW, ZERO};
use super::{MOMENTS, SHORT};

/// Cells that an atom keeps.
const STRONGEST: usize = 256;
/// Half decibels below the loudest cell down to which cells are kept.
const DEEPEST: u8 = 100;
/// Seconds of a note that an atom needs: its last moment's window.
pub const SECONDS: f64 = 0.45;

/// A note's beginning, some 800 bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Atom {
    /// The MIDI key it was played on.
    pub key: u8,
    /// How many cells there are of each class, first of the moments that short notes have, too.
    runs: [u16; 2 * CLASSES],
    /// Where each cell lies in a patch.
    cells: Vec<u16>,
    /// Half decibels below the loudest of them.
    below: Vec<u8>,
}

impl Atom {
    /// Of a note at [`crate::analysis::SAMPLE_RATE`] that begins at its first sample; `None` when it is silent.
    #[must_use]
    pub fn of(note: &[f32], key: u8) -> Option<Self> {
        let samples = (SECONDS * f64::from(crate::analysis::SAMPLE_RATE)) as usize;
        let cells = Cells::of(&note[..note.len().min(samples)]);
        let at = |moment: usize| cells.power.get(moment * BANDS..(moment + 1) * BANDS);
        let power = MOMENTS.iter().flat_map(|moment| {
            let row = at(*moment).map(<[f32]>::to_vec);
            row.unwrap_or_else(|| vec![0.0; BANDS])
        });
        let power: Vec<f32> = power.collect();
        if !power.iter().any(|p| *p > 1e-14) {
            return None;
        }
        let levels = Cells { power }.levels();
        let mut strongest: Vec<usize> = (0..levels.len())
            .filter(|cell| 255 - levels[*cell] < DEEPEST)
            .collect();
        strongest.sort_by_key(|cell| (255 - levels[*cell], *cell));
        strongest.truncate(STRONGEST);
        let part = |cell: usize| usize::from(cell / BANDS >= SHORT);
        let run = |cell: usize| part(cell) * CLASSES + class(255 - levels[cell]);
        strongest.sort_by_key(|cell| (run(*cell), *cell));
        let mut runs = [0; 2 * CLASSES];
        for cell in &strongest {
            runs[run(*cell)] += 1;
        }
        let place = |cell: &usize| (cell / BANDS * ROW + ZERO + cell % BANDS) as u16;
        Some(Self {
            key,
            runs,
            cells: strongest.iter().map(place).collect(),
            below: strongest.iter().map(|cell| 255 - levels[*cell]).collect(),
        })
    }

    /// The runs of cells of one class, with their levels; `part` 0 of the moments that short notes have, 1 of the others.
    pub(super) fn part(&self, part: usize) -> impl Iterator<Item = (usize, &[u16], &[u8])> {
        let of = |runs: &[u16]| runs.iter().map(|run| usize::from(*run)).sum::<usize>();
        let mut start = of(&self.runs[..part * CLASSES]);
        let runs = &self.runs[part * CLASSES..][..CLASSES];
        runs.iter().enumerate().map(move |(class, run)| {
            let cells = start..start + usize::from(*run);
            start = cells.end;
            (class, &self.cells[cells.clone()], &self.below[cells])
        })
    }

    /// All cells, as moment, band on the atom's own key, and level below the loudest in half decibels.
    pub(super) fn cells(&self) -> impl Iterator<Item = (usize, isize, u8)> {
        let cells = self.cells.iter().zip(&self.below);
        cells.map(|(cell, below)| {
            let cell = usize::from(*cell);
            (cell / ROW, (cell % ROW) as isize - ZERO as isize, *below)
        })
    }

    /// Bands by which its cells move for another key.
    pub(super) fn shift(&self, key: u8) -> isize {
        (isize::from(key) - isize::from(self.key)) * SEMITONE
    }
}
