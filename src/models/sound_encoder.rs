//! The sound encoder: any sound or mix of up to ten seconds becomes unit vectors by which
//! instruments are found, and says which families of instruments it hears.
//!
//! Trained contrastively, mixes included: Le Vaillant and Molle, "Contrastive timbre
//! representations for musical instrument and synthesizer retrieval" (2025).

use super::model::{Model, Usage};
use super::pack::TEXT_WIDTH;
use super::tensor::{Slot, Tensor};
use super::{Error, Pack};
use crate::analysis::mel::{BANDS, Mel};
use crate::instrument::Family;

/// The model's families: those of instruments, and drum kits.
const CLASSES: usize = Family::ALL.len() + 1;

/// What a sound is like.
#[derive(Clone, Debug, PartialEq)]
pub struct Impression {
    /// Unit vector, 256 numbers,: near that of another note of the same instrument, alone or in a mix.
    pub timbre: Vec<f32>,
    /// Unit vector, 256 numbers, in the space of the prompts.
    pub meaning: Vec<f32>,
    /// How surely each family (in the order of [`Family::ALL`]) is heard, 0..=1. Drums and drum
    /// kits are one.
    pub families: [f32; Family::ALL.len()],
}

impl Impression {
    /// The mean of several, its vectors of length 1 again; `None` for none. Any thread.
    #[must_use]
    pub fn mean(several: &[Self]) -> Option<Self> {
        let first = several.first()?;
        let mean = |of: fn(&Self) -> &[f32]| {
            let mut sum = vec![0.0; of(first).len()];
            for each in several {
                sum.iter_mut().zip(of(each)).for_each(|(sum, x)| *sum += x);
            }
            sum
        };
        let unit = |mut vector: Vec<f32>| {
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-9);
            vector.iter_mut().for_each(|x| *x /= length);
            vector
        };
        let families = mean(|each| &each.families);
        Some(Self {
            timbre: unit(mean(|each| &each.timbre)),
            meaning: unit(mean(|each| &each.meaning)),
            families: std::array::from_fn(|index| families[index] / several.len() as f32),
        })
    }
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
        let inputs = [Slot::floats("mel", &[None, Some(BANDS), None])];
        let outputs = [
            Slot::floats("timbre", &[None, Some(TEXT_WIDTH)]),
            Slot::floats("meaning", &[None, Some(TEXT_WIDTH)]),
            Slot::floats("families", &[None, Some(CLASSES)]),
        ];
        let model = Model::load(pack, "sound_encoder", Usage::Often, &inputs, &outputs)?;
        Ok(Self { model })
    }

    /// What a sound is like; some 80 ms for ten seconds.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: as [`SoundEncoder::load`].
    pub fn hear(&mut self, mel: &Mel) -> Result<Impression, Error> {
        let inputs = [Tensor::floats("mel", &[1, BANDS, mel.frames], &mel.cells)];
        let outputs = [
            ("timbre", TEXT_WIDTH),
            ("meaning", TEXT_WIDTH),
            ("families", CLASSES),
        ];
        let [timbre, meaning, logits] = self.model.run(&inputs, outputs)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_lies_between_and_has_length_1() {
        let of = |timbre: [f32; 2], sure: f32| Impression {
            timbre: timbre.to_vec(),
            meaning: vec![1.0, 0.0],
            families: [sure; Family::ALL.len()],
        };
        let mean = Impression::mean(&[of([1.0, 0.0], 0.2), of([0.0, 1.0], 0.6)]).unwrap();
        let half = std::f32::consts::FRAC_1_SQRT_2;
        assert!(mean.timbre.iter().all(|x| (x - half).abs() < 1e-6));
        assert_eq!(mean.meaning, [1.0, 0.0]);
        assert!(mean.families.iter().all(|sure| (sure - 0.4).abs() < 1e-6));
        assert_eq!(Impression::mean(&[]), None);
    }
}
