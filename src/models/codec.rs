//! The note codec's decoder: codes become levels and frequency offsets over time.

use ort::value::TensorRef;

use super::model::{Expected, Model, Usage};
use super::{Error, Pack};
use crate::instrument::slots::{PARTIAL_ROWS, ROWS, TIMES};

/// The decoder.
#[derive(Debug)]
pub struct Decoder {
    model: Model,
    code_width: usize,
}

/// Decoded notes.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// dB, notes × [`ROWS`] × [`TIMES`], not yet bounded.
    pub levels: Vec<f32>,
    /// Cents, notes × [`PARTIAL_ROWS`].
    pub cents: Vec<f32>,
}

impl Decoder {
    /// Loads it. Thread: generator.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let code_width = pack.manifest().code_width;
        let inputs = [Expected::floats("codes", &[None, Some(code_width)])];
        let outputs = [
            Expected::floats("levels", &[None, Some(ROWS), Some(TIMES)]),
            Expected::floats("cents", &[None, Some(PARTIAL_ROWS)]),
        ];
        let model = Model::load(pack, "codec_decoder", Usage::Once, &inputs, &outputs)?;
        Ok(Self { model, code_width })
    }

    /// Decodes notes: `codes` is notes × code width.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn decode(&mut self, codes: &[f32]) -> Result<Decoded, Error> {
        let notes = codes.len() / self.code_width;
        let codes = TensorRef::from_array_view(([notes, self.code_width], codes))
            .map_err(|e| Error::Model(format!("The codes can't be given to their model ({e}).")))?;
        let outputs = [
            ("levels", notes * ROWS * TIMES),
            ("cents", notes * PARTIAL_ROWS),
        ];
        let [levels, cents] = self.model.run([("codes", codes.into())], outputs)?;
        Ok(Decoded { levels, cents })
    }
}
