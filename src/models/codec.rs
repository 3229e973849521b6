//! The note codec: codes become levels and frequency offsets over time, and what a code leaves out
//! of a note's levels becomes a change of that code.

use super::model::{Model, Usage};
use super::tensor::{Slot, Tensor};
use super::{Error, Pack};
use crate::instrument::slots::{PARTIAL_ROWS, ROWS, TIMES};

/// Leading numbers of a code: the note's shape, its levels relative to its loudest moment.
pub const SHAPE_WIDTH: usize = 384;
/// Levels of a note.
const CELLS: usize = ROWS * TIMES;

/// The decoder, and the way back through its own matrix.
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
        let code_width = pack.manifest().flow.code_width;
        let inputs = [
            Slot::floats("codes", &[None, Some(code_width)]),
            Slot::floats("residual", &[None, Some(CELLS)]),
        ];
        let outputs = [
            Slot::floats("levels", &[None, Some(ROWS), Some(TIMES)]),
            Slot::floats("cents", &[None, Some(PARTIAL_ROWS)]),
            Slot::floats("change", &[None, Some(SHAPE_WIDTH)]),
        ];
        let model = Model::load(pack, "codec_decoder", Usage::Once, &inputs, &outputs)?;
        Ok(Self { model, code_width })
    }

    /// Numbers of a code. Thread: any.
    #[must_use]
    pub fn code_width(&self) -> usize {
        self.code_width
    }

    /// Decodes notes: `codes` is notes × code width.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn decode(&mut self, codes: &[f32]) -> Result<Decoded, Error> {
        let [levels, cents, _] = self.run(codes, &[])?;
        Ok(Decoded { levels, cents })
    }

    /// How the shape numbers of codes must change to make up for `residual`: notes × [`ROWS`] ×
    /// [`TIMES`] dB that the decoded levels lack; notes × [`SHAPE_WIDTH`], by least squares.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn change(&mut self, residual: &[f32]) -> Result<Vec<f32>, Error> {
        let [_, _, change] = self.run(&[], residual)?;
        Ok(change)
    }

    /// Both directions in one graph, since they share a matrix; either may have nothing to do.
    fn run(&mut self, codes: &[f32], residual: &[f32]) -> Result<[Vec<f32>; 3], Error> {
        let (notes, others) = (codes.len() / self.code_width, residual.len() / CELLS);
        let inputs = [
            Tensor::floats("codes", &[notes, self.code_width], codes),
            Tensor::floats("residual", &[others, CELLS], residual),
        ];
        let outputs = [
            ("levels", notes * CELLS),
            ("cents", notes * PARTIAL_ROWS),
            ("change", others * SHAPE_WIDTH),
        ];
        self.model.run(&inputs, outputs)
    }
}
