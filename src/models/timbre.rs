//! The timbre encoder: a note becomes a unit vector in the space of the prompts, so that both can be
//! compared. Notes are heard from their levels, before they are rendered.

use ort::value::TensorRef;

use super::model::{Expected, Model, Usage};
use super::pack::TEXT_WIDTH;
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
            Expected::floats("levels", &[None, Some(ROWS), Some(TIMES)]),
            Expected::floats("key", &[None, Some(ANCHOR_KEYS.len())]),
            Expected::floats("mel", &[None, Some(BANDS), None]),
        ];
        let outputs = [
            Expected::floats("note_vector", &[None, Some(TEXT_WIDTH)]),
            Expected::floats("sound_vector", &[None, Some(TEXT_WIDTH)]),
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
        let of =
            |e: ort::Error| Error::Model(format!("The notes can't be given to their model ({e})."));
        let notes = levels.len() / (ROWS * TIMES);
        let mut keys = vec![0.0_f32; notes * ANCHOR_KEYS.len()];
        keys.chunks_mut(ANCHOR_KEYS.len())
            .for_each(|note| note[key] = 1.0);
        let levels = TensorRef::from_array_view(([notes, ROWS, TIMES], levels)).map_err(of)?;
        let keys = TensorRef::from_array_view(([notes, ANCHOR_KEYS.len()], keys.as_slice()));
        // The other direction of the model wants something to hear: a third of a second of silence.
        let silence = vec![0.0_f32; BANDS * SILENT_FRAMES];
        let silence = ([1, BANDS, SILENT_FRAMES], silence.as_slice());
        let nothing = TensorRef::from_array_view(silence);
        let inputs = [
            ("levels", levels.into()),
            ("key", keys.map_err(of)?.into()),
            ("mel", nothing.map_err(of)?.into()),
        ];
        let outputs = [
            ("note_vector", notes * TEXT_WIDTH),
            ("sound_vector", TEXT_WIDTH),
        ];
        let [vectors, _] = self.model.run(inputs, outputs)?;
        Ok(vectors)
    }
}
