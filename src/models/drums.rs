//! The drum models: a mixture that draws what a kit is like and then its pieces, and a decoder that
//! unfolds them into hits at four velocities.
//!
//! Both draws are one model, a Gaussian mixture for each piece whose weights and means depend on the
//! words and the kit's character; the kit itself is one more "piece", whose first numbers are that
//! character.

use super::model::{Model, Usage};
use super::pack::TEXT_WIDTH;
use super::tensor::{Slot, Tensor};
use super::{Error, Pack, noise};
use crate::instrument::kit::{KEYS, MODES, ROWS, TIMES};
use crate::instrument::render::LAYERS;

/// Numbers in the code of a piece.
pub const CODE: usize = 160;
/// Numbers in the character of a kit.
pub const CHARACTER: usize = 16;
/// Pieces, and the kit itself.
const PIECES: usize = (*KEYS.end() - *KEYS.start()) as usize + 2;

/// Kinds that the mixture chooses from; so many numbers of the noise do it.
const COMPONENTS: usize = 32;

/// The mixture.
#[derive(Debug)]
pub struct DrumMixture {
    model: Model,
}

impl DrumMixture {
    /// Loads it. Thread: generator.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let wide = |name, width| Slot::floats(name, &[None, Some(width)]);
        let inputs = [
            wide("noise", CODE + COMPONENTS),
            wide("text", TEXT_WIDTH),
            wide("piece", PIECES),
            wide("character", CHARACTER),
            Slot::floats("guidance", &[None]),
        ];
        let outputs = [wide("codes", CODE)];
        let model = Model::load(pack, "drum_mixture", Usage::Often, &inputs, &outputs)?;
        Ok(Self { model })
    }

    /// Draws the character of a kit from its seed: [`CHARACTER`] numbers.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn character(&mut self, text: &[f32], seed: u64, guidance: f32) -> Result<Vec<f32>, Error> {
        let nothing = [0.0; CHARACTER];
        let mut code = self.draw(text, &nothing, &[(PIECES - 1, seed)], guidance)?;
        code.truncate(CHARACTER);
        Ok(code)
    }

    /// Draws pieces of a kit of this character, given their MIDI keys and seeds: their codes
    /// (pieces × [`CODE`]).
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn pieces(
        &mut self,
        text: &[f32],
        character: &[f32],
        pieces: &[(u8, u64)],
        guidance: f32,
    ) -> Result<Vec<f32>, Error> {
        let rows: Vec<(usize, u64)> = pieces
            .iter()
            .map(|&(key, seed)| (usize::from(key - KEYS.start()), seed))
            .collect();
        self.draw(text, character, &rows, guidance)
    }

    fn draw(
        &mut self,
        text: &[f32],
        character: &[f32],
        rows: &[(usize, u64)],
        guidance: f32,
    ) -> Result<Vec<f32>, Error> {
        let batch = rows.len();
        let noise = rows
            .iter()
            .map(|row| noise::normal(row.1, CODE + COMPONENTS));
        let noise: Vec<f32> = noise.flatten().collect();
        let text = text.repeat(batch);
        let piece = one_hot(rows.iter().map(|row| row.0));
        let character = character.repeat(batch);
        let guidance = vec![guidance; batch];
        let inputs = [
            Tensor::floats("noise", &[batch, CODE + COMPONENTS], &noise),
            Tensor::floats("text", &[batch, TEXT_WIDTH], &text),
            Tensor::floats("piece", &[batch, PIECES], &piece),
            Tensor::floats("character", &[batch, CHARACTER], &character),
            Tensor::floats("guidance", &[batch], &guidance),
        ];
        let [codes] = self.model.run(&inputs, [("codes", batch * CODE)])?;
        Ok(codes)
    }
}

/// The decoder.
#[derive(Debug)]
pub struct DrumDecoder {
    model: Model,
}

/// Numbers of one hit in [`Hits::levels`].
pub const HIT_LEVELS: usize = LAYERS * ROWS * TIMES;
/// And in [`Hits::cents`].
pub const HIT_CENTS: usize = MODES * TIMES;

/// Decoded hits.
#[derive(Clone, Debug, PartialEq)]
pub struct Hits {
    /// dB, hits × layers × rows × times.
    pub levels: Vec<f32>,
    /// Cents, hits × modes × times.
    pub cents: Vec<f32>,
}

impl DrumDecoder {
    /// Loads it. Thread: generator.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let wide = |name, width| Slot::floats(name, &[None, Some(width)]);
        let outputs = [
            Slot::floats("levels", &[None, Some(LAYERS), Some(ROWS), Some(TIMES)]),
            Slot::floats("cents", &[None, Some(MODES), Some(TIMES)]),
        ];
        let inputs = [wide("codes", CODE), wide("piece", PIECES)];
        let model = Model::load(pack, "drum_decoder", Usage::Once, &inputs, &outputs)?;
        Ok(Self { model })
    }

    /// Decodes the codes of these keys.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn decode(&mut self, codes: &[f32], keys: &[u8]) -> Result<Hits, Error> {
        let hits = keys.len();
        let piece = one_hot(keys.iter().map(|key| usize::from(key - KEYS.start())));
        let inputs = [
            Tensor::floats("codes", &[hits, CODE], codes),
            Tensor::floats("piece", &[hits, PIECES], &piece),
        ];
        let outputs = [("levels", hits * HIT_LEVELS), ("cents", hits * HIT_CENTS)];
        let [levels, cents] = self.model.run(&inputs, outputs)?;
        Ok(Hits { levels, cents })
    }
}

fn one_hot(pieces: impl Iterator<Item = usize>) -> Vec<f32> {
    let row = |piece| (0..PIECES).map(move |each| f32::from(u8::from(each == piece)));
    pieces.flat_map(row).collect()
}
