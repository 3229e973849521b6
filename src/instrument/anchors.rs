//! The anchors of an instrument: 27 notes, quantised to bytes. Sound is always made from the
//! quantised values, so that a recalled instrument is the one that was heard.

use serde::{Deserialize, Serialize};

use super::note::NoteModel;
use super::slots::{
    ANCHORS, LOUDEST_DB, MAX_CENTS, MIDDLE_ANCHOR, PARTIAL_ROWS, ROWS, SILENT_DB, TIMES,
};

/// Values of one anchor's levels.
const ANCHOR_LEVELS: usize = ROWS * TIMES;
/// dB of one step of a level; step 0 is silence.
const LEVEL_STEP_DB: f32 = (LOUDEST_DB - SILENT_DB) / 255.0;
/// Steps of a frequency offset in one cent: far finer than can be heard, within an `i16`.
const STEPS_PER_CENT: f32 = 256.0;
/// Below this many dB everywhere an anchor is taken for silent.
const AUDIBLE_DB: f32 = -60.0;

/// Why numbers can't be the anchors of an instrument.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnchorError {
    /// The slices have the wrong length.
    #[error(
        "An instrument needs {expected_levels} levels and {expected_cents} frequency offsets, \
         but got {levels} and {cents}; use a model pack made for this version of Consort."
    )]
    Shape {
        /// Levels given.
        levels: usize,
        /// Offsets given.
        cents: usize,
        /// Levels needed.
        expected_levels: usize,
        /// Offsets needed.
        expected_cents: usize,
    },
    /// A value is not a number, or infinite.
    #[error(
        "The sound contains values that are not numbers (anchor {anchor}); try another seed or \
         reinstall the model pack."
    )]
    NotFinite {
        /// The first such anchor.
        anchor: usize,
    },
    /// No note in the middle of the keyboard can be heard.
    #[error("The sound is silent; try another prompt or seed.")]
    Silent,
}

/// The 27 anchor notes of an instrument, quantised.
///
/// Levels: 0.41 dB steps over −80..=+24 dB, step 0 = silent. Offsets: 1/256 cent over ±100.
/// Both row-major: anchor, row, time and anchor, row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct AnchorSet {
    levels: Vec<u8>,
    cents: Vec<i16>,
}

/// [`AnchorSet`] as it is read, before its shape is known to be right.
#[derive(Deserialize)]
struct Unchecked {
    levels: Vec<u8>,
    cents: Vec<i16>,
}

impl TryFrom<Unchecked> for AnchorSet {
    type Error = AnchorError;

    fn try_from(read: Unchecked) -> Result<Self, AnchorError> {
        check_shape(read.levels.len(), read.cents.len())?;
        let limit = (MAX_CENTS * STEPS_PER_CENT) as i16;
        let set = Self {
            levels: read.levels,
            cents: read
                .cents
                .iter()
                .map(|c| (*c).clamp(-limit, limit))
                .collect(),
        };
        set.check_audible()?;
        Ok(set)
    }
}

impl AnchorSet {
    /// Quantises the outputs of a note codec: `levels` is 27 × 176 × 136 dB, `cents` is 27 × 136.
    /// Values out of range are brought into it; ones that aren't numbers are an error, as is an
    /// instrument that can't be heard around its middle key. Any thread but audio.
    pub fn from_levels(levels: &[f32], cents: &[f32]) -> Result<Self, AnchorError> {
        check_shape(levels.len(), cents.len())?;
        let first_bad = |values: &[f32], per_anchor: usize| {
            let index = values.iter().position(|v| !v.is_finite())?;
            Some(index / per_anchor)
        };
        let bad = first_bad(levels, ANCHOR_LEVELS).or(first_bad(cents, PARTIAL_ROWS));
        if let Some(anchor) = bad {
            return Err(AnchorError::NotFinite { anchor });
        }
        let level = |db: &f32| ((db - SILENT_DB) / LEVEL_STEP_DB).round().clamp(0.0, 255.0) as u8;
        let offset = |c: &f32| (c.clamp(-MAX_CENTS, MAX_CENTS) * STEPS_PER_CENT).round() as i16;
        let set = Self {
            levels: levels.iter().map(level).collect(),
            cents: cents.iter().map(offset).collect(),
        };
        set.check_audible()?;
        Ok(set)
    }

    /// The note of anchor `index` (0..27), as quantised. Any thread but audio.
    pub fn note(&self, index: usize) -> NoteModel {
        let levels = &self.levels[index * ANCHOR_LEVELS..(index + 1) * ANCHOR_LEVELS];
        let cents = &self.cents[index * PARTIAL_ROWS..(index + 1) * PARTIAL_ROWS];
        NoteModel {
            levels: levels.iter().map(|&step| level_db(step)).collect(),
            cents: std::array::from_fn(|row| f32::from(cents[row]) / STEPS_PER_CENT),
        }
    }

    /// Level steps, row-major by anchor, row, time.
    pub(super) fn level_steps(&self) -> &[u8] {
        &self.levels
    }

    /// Offset steps, row-major by anchor, row.
    pub(super) fn cents_steps(&self) -> &[i16] {
        &self.cents
    }

    /// The set with these steps, checked.
    pub(super) fn from_steps(levels: Vec<u8>, cents: Vec<i16>) -> Result<Self, AnchorError> {
        Unchecked { levels, cents }.try_into()
    }

    fn check_audible(&self) -> Result<(), AnchorError> {
        let middle =
            &self.levels[MIDDLE_ANCHOR * ANCHOR_LEVELS..(MIDDLE_ANCHOR + 1) * ANCHOR_LEVELS];
        if middle.iter().any(|&step| level_db(step) > AUDIBLE_DB) {
            Ok(())
        } else {
            Err(AnchorError::Silent)
        }
    }
}

/// The level of a step, dB.
pub(super) fn level_db(step: u8) -> f32 {
    SILENT_DB + f32::from(step) * LEVEL_STEP_DB
}

fn check_shape(levels: usize, cents: usize) -> Result<(), AnchorError> {
    let (expected_levels, expected_cents) = (ANCHORS * ANCHOR_LEVELS, ANCHORS * PARTIAL_ROWS);
    if levels == expected_levels && cents == expected_cents {
        return Ok(());
    }
    Err(AnchorError::Shape {
        levels,
        cents,
        expected_levels,
        expected_cents,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(value: f32) -> Vec<f32> {
        vec![value; ANCHORS * ANCHOR_LEVELS]
    }

    fn cents(value: f32) -> Vec<f32> {
        vec![value; ANCHORS * PARTIAL_ROWS]
    }

    #[test]
    fn quantising_errs_by_at_most_half_a_step() {
        for i in 0..=1040 {
            let db = SILENT_DB + i as f32 * 0.1;
            let set = AnchorSet::from_levels(&levels(db), &cents(db / 3.0));
            let Ok(set) = set else {
                assert!(db <= AUDIBLE_DB + LEVEL_STEP_DB, "{db} dB refused");
                continue;
            };
            let note = set.note(13);
            assert!((note.levels[500] - db).abs() <= LEVEL_STEP_DB / 2.0 + 1e-4);
            assert!((note.cents[7] - db / 3.0).abs() <= 0.5 / STEPS_PER_CENT + 1e-5);
        }
    }

    #[test]
    fn out_of_range_values_are_bounded() {
        let note = AnchorSet::from_levels(&levels(99.0), &cents(-300.0))
            .unwrap()
            .note(0);
        assert!((note.levels[0] - LOUDEST_DB).abs() < 1e-3);
        assert_eq!(note.cents[0], -MAX_CENTS);
    }

    #[test]
    fn bad_numbers_are_refused_with_a_sentence() {
        let mut bad = levels(-10.0);
        bad[5 * ANCHOR_LEVELS + 3] = f32::NAN;
        let error = AnchorSet::from_levels(&bad, &cents(0.0)).unwrap_err();
        assert_eq!(error, AnchorError::NotFinite { anchor: 5 });
        let error = AnchorSet::from_levels(&levels(-10.0), &cents(f32::INFINITY)).unwrap_err();
        assert_eq!(error, AnchorError::NotFinite { anchor: 0 });
        let error = AnchorSet::from_levels(&levels(-79.0), &cents(0.0)).unwrap_err();
        assert_eq!(error, AnchorError::Silent);
        let error = AnchorSet::from_levels(&[0.0; 3], &cents(0.0)).unwrap_err();
        assert!(error.to_string().contains("but got 3"));
    }
}
