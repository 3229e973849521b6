//! The sound encoder: any sound or mix of up to ten seconds becomes unit vectors by which
//! instruments are found, and says which families of instruments it hears.
//!
//! Trained contrastively, mixes included: Le Vaillant and Molle, "Contrastive timbre
//! representations for musical instrument and synthesizer retrieval" (2025).

use ort::value::TensorRef;

use super::model::{Expected, Model, Usage};
use super::pack::TEXT_WIDTH;
use super::{Error, Pack};
use crate::analysis::mel::{BANDS, Mel};
use crate::instrument::Family;

/// The model's families: those of instruments, and drum kits.
const CLASSES: usize = Family::ALL.len() + 1;

/// What a sound is like.
#[derive(Clone, Debug, PartialEq)]
pub struct Impression {
    /// Unit vector [256]: near that of another note of the same instrument, alone or in a mix.
    pub timbre: Vec<f32>,
    /// Unit vector [256] in the space of the prompts.
    pub meaning: Vec<f32>,
    /// How surely each family (in the order of [`Family::ALL`]) is heard, 0..=1. Drums and drum
    /// kits are one.
    pub families: [f32; Family::ALL.len()],
}

/// The sound → vectors model.
#[derive(Debug)]
pub struct SoundEncoder {
    model: Model,
}

impl SoundEncoder {
    /// Loads it. Thread: generator or librarian, or a command line's main.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let inputs = [Expected::floats("mel", &[None, Some(BANDS), None])];
        let outputs = [
            Expected::floats("timbre", &[None, Some(TEXT_WIDTH)]),
            Expected::floats("meaning", &[None, Some(TEXT_WIDTH)]),
            Expected::floats("families", &[None, Some(CLASSES)]),
        ];
        let model = Model::load(pack, "sound_encoder", Usage::Often, &inputs, &outputs)?;
        Ok(Self { model })
    }

    /// What a sound is like; some 80 ms for ten seconds.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: as [`SoundEncoder::load`].
    pub fn hear(&mut self, mel: &Mel) -> Result<Impression, Error> {
        let given = ([1, BANDS, mel.frames], mel.cells.as_slice());
        let of =
            |e: ort::Error| Error::Model(format!("The sound can't be given to its model ({e})."));
        let inputs = [("mel", TensorRef::from_array_view(given).map_err(of)?.into())];
        let outputs = [
            ("timbre", TEXT_WIDTH),
            ("meaning", TEXT_WIDTH),
            ("families", CLASSES),
        ];
        let [timbre, meaning, logits] = self.model.run(inputs, outputs)?;
        let sure = |logit: f32| 1.0 / (1.0 + (-logit).exp());
        let mut families = std::array::from_fn(|index| sure(logits[index]));
        let drums = &mut families[Family::Drum.index()];
        *drums = drums.max(sure(logits[CLASSES - 1]));
        Ok(Impression {
            timbre,
            meaning,
            families,
        })
    }
}
