//! The timbre encoder: a note becomes a unit vector in the space of the prompts, so that both can be
//! compared. Notes are heard from their levels, before they are rendered.

use super::model::{Model, Usage};
use super::pack::TEXT_WIDTH;
use super::tensor::{Slot, Tensor};
use super::{Error, Pack};
use crate::instrument::slots::{ANCHOR_KEYS, ROWS, TIMES};

/// Bands of the log-mel that sounds are given as.
const BANDS: usize = 64;
const SILENT_FRAMES: usize = 16;

/// The note → vector model.
#[derive(Debug)]
pub struct TimbreEncoder {
    model: Model,
}

impl TimbreEncoder {
    /// Loads it. Thread: generator.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let inputs = [
            Slot::floats("levels", &[None, Some(ROWS), Some(TIMES)]),
            Slot::floats("key", &[None, Some(ANCHOR_KEYS.len())]),
            Slot::floats("mel", &[None, Some(BANDS), None]),
        ];
        let outputs = [
            Slot::floats("note_vector", &[None, Some(TEXT_WIDTH)]),
            Slot::floats("sound_vector", &[None, Some(TEXT_WIDTH)]),
        ];
        let model = Model::load(pack, "timbre_encoder", Usage::Often, &inputs, &outputs)?;
        Ok(Self { model })
    }

    /// The vectors of notes, one after the other: `levels` is notes × [`ROWS`] × [`TIMES`] dB, all
    /// at the anchor key with index `key` of [`ANCHOR_KEYS`].
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn notes(&mut self, levels: &[f32], key: usize) -> Result<Vec<f32>, Error> {
        let notes = levels.len() / (ROWS * TIMES);
        let mut keys = vec![0.0_f32; notes * ANCHOR_KEYS.len()];
        keys.chunks_mut(ANCHOR_KEYS.len())
            .for_each(|note| note[key] = 1.0);
        // The other direction of the model wants something to hear: a third of a second of silence.
        let silence = vec![0.0_f32; BANDS * SILENT_FRAMES];
        let inputs = [
            Tensor::floats("levels", &[notes, ROWS, TIMES], levels),
            Tensor::floats("key", &[notes, ANCHOR_KEYS.len()], &keys),
            Tensor::floats("mel", &[1, BANDS, SILENT_FRAMES], &silence),
        ];
        let outputs = [
            ("note_vector", notes * TEXT_WIDTH),
            ("sound_vector", TEXT_WIDTH),
        ];
        let [vectors, _] = self.model.run(&inputs, outputs)?;
        Ok(vectors)
    }
}
