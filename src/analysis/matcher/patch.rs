//! A mix, and how it looks after each of its onsets.

use super::MOMENTS;
use super::cells::{BANDS, Cells, LOUDEST};
use super::onsets::onsets;

/// Places in a patch from one moment to the next: the bands, and room on both sides for atoms on other keys.
pub(super) const ROW: usize = 512;
/// Where the lowest band lies.
pub(super) const ZERO: usize = (ROW - BANDS) / 2;
/// Places of a patch, a power of two.
pub(super) const PLACES: usize = MOMENTS.len() * ROW;
/// A place that says nothing: louder than all.
pub(super) const UNKNOWN: i16 = 1000;

/// Half decibels above the loudest cell (so 0 or less) after an onset, by place; [`UNKNOWN`] outside.
pub(super) type Patch = [i16; PLACES];

/// Onsets of a mix that are looked at.
const MOST: usize = 32;

/// A mix as the matcher sees it: levels over time, and where notes begin.
pub struct Mix {
    levels: Vec<u8>,
    frames: usize,
    onsets: Vec<usize>,
}

impl Mix {
    /// Of a sound at [`crate::analysis::SAMPLE_RATE`]; 10 s take some 40 ms.
    #[must_use]
    pub fn of(sound: &[f32]) -> Self {
        let cells = Cells::of(sound);
        Self {
            levels: cells.levels(),
            frames: cells.frames(),
            onsets: onsets(&cells.power, MOST),
        }
    }

    /// How many onsets are looked at.
    #[must_use]
    pub fn onsets(&self) -> usize {
        self.onsets.len()
    }

    /// What is seen after an onset, looked at `late` frames late; where `explained` is as loud as the mix, it is unknown.
    pub(super) fn patch(
        &self,
        onset: usize,
        late: isize,
        explained: Option<&Explained>,
    ) -> Box<Patch> {
        let mut patch = Box::new([UNKNOWN; PLACES]);
        let start = self.start(onset, late);
        for (moment, after) in MOMENTS.iter().enumerate() {
            let frame = start + after;
            if frame >= self.frames {
                break;
            }
            let cells = frame * BANDS..(frame + 1) * BANDS;
            let row = &mut patch[moment * ROW + ZERO..][..BANDS];
            for (place, level) in row.iter_mut().zip(&self.levels[cells.clone()]) {
                *place = i16::from(*level) - i16::from(LOUDEST);
            }
            if let Some(explained) = explained {
                for (place, other) in row.iter_mut().zip(&explained.levels[cells]) {
                    if *other >= *place - MASKED {
                        *place = UNKNOWN;
                    }
                }
            }
        }
        patch
    }

    fn start(&self, onset: usize, late: isize) -> usize {
        self.onsets[onset].saturating_add_signed(late)
    }
}

/// A cell is explained by something that is at most so far below it, half decibels.
const MASKED: i16 = 5;

/// Levels that found instruments give the cells of a mix.
#[derive(Clone)]
pub(super) struct Explained {
    levels: Vec<i16>,
}

impl Explained {
    pub fn nothing(mix: &Mix) -> Self {
        Self {
            levels: vec![-999; mix.levels.len()],
        }
    }

    /// Adds a note: its cells after an onset of a mix, in the mix's half decibels.
    pub fn add(
        &mut self,
        mix: &Mix,
        onset: usize,
        late: isize,
        cells: impl Iterator<Item = (usize, isize, i16)>,
    ) {
        let start = mix.start(onset, late);
        for (moment, band, level) in cells {
            if !(0..BANDS as isize).contains(&band) {
                continue;
            }
            // A moment stands for the frames up to the next.
            let from = start + MOMENTS[moment] - if moment == 0 { 2 } else { 0 };
            let to = start
                + MOMENTS
                    .get(moment + 1)
                    .copied()
                    .unwrap_or(MOMENTS[moment] + 6);
            for frame in from..to.min(mix.frames) {
                let cell = &mut self.levels[frame * BANDS + band as usize];
                *cell = (*cell).max(level);
            }
        }
    }

    pub fn with(&mut self, other: &Self) {
        for (level, other) in self.levels.iter_mut().zip(&other.levels) {
            *level = (*level).max(*other);
        }
    }
}
