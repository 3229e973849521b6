//! Anchor completion: from the codes of some anchors to the codes of all 27.

use super::first_anchor::one_hot;
use super::model::{Model, Usage};
use super::pack::TEXT_WIDTH;
use super::tensor::{Slot, Tensor};
use super::{Error, Pack};
use crate::instrument::Family;
use crate::instrument::slots::{ANCHOR_KEYS, ANCHOR_VELOCITIES, ANCHORS};

/// The completion model.
#[derive(Debug)]
pub struct Completion {
    model: Model,
    code_width: usize,
}

impl Completion {
    /// Loads it. Thread: generator.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let code_width = pack.manifest().flow.code_width;
        let anchors = |name| Slot::floats(name, &[None, Some(ANCHORS)]);
        let codes = |name| Slot::floats(name, &[None, Some(ANCHORS), Some(code_width)]);
        let inputs = [
            codes("codes"),
            anchors("known"),
            anchors("key"),
            anchors("velocity"),
            Slot::floats("text", &[None, Some(TEXT_WIDTH)]),
            Slot::floats("family", &[None, Some(Family::ALL.len())]),
        ];
        let model = Model::load(
            pack,
            "complete",
            Usage::Often,
            &inputs,
            &[codes("completed")],
        )?;
        Ok(Self { model, code_width })
    }

    /// The codes of all anchors ([`ANCHORS`] × code width), given those of some: pairs of an
    /// anchor's index and its code. The prompt isn't told: it was measured to make the others worse.
    ///
    /// # Errors
    /// [`Error::Model`]. Thread: generator.
    pub fn complete(
        &mut self,
        known: &[(usize, &[f32])],
        family: Option<Family>,
    ) -> Result<Vec<f32>, Error> {
        let width = self.code_width;
        let mut codes = vec![0.0_f32; ANCHORS * width];
        let mut is_known = [0.0_f32; ANCHORS];
        for &(index, code) in known {
            codes[index * width..(index + 1) * width].copy_from_slice(code);
            is_known[index] = 1.0;
        }
        let keys: Vec<f32> = (0..ANCHORS)
            .map(|i| f32::from(ANCHOR_KEYS[i / ANCHOR_VELOCITIES.len()]))
            .collect();
        let velocities: Vec<f32> = (0..ANCHORS)
            .map(|i| f32::from(ANCHOR_VELOCITIES[i % ANCHOR_VELOCITIES.len()]))
            .collect();
        let (family, unsaid) = (one_hot(family), [0.0_f32; TEXT_WIDTH]);
        let each = [1, ANCHORS];
        let inputs = [
            Tensor::floats("codes", &[1, ANCHORS, width], &codes),
            Tensor::floats("known", &each, &is_known),
            Tensor::floats("key", &each, &keys),
            Tensor::floats("velocity", &each, &velocities),
            Tensor::floats("text", &[1, TEXT_WIDTH], &unsaid),
            Tensor::floats("family", &[1, family.len()], &family),
        ];
        let [completed] = self.model.run(&inputs, [("completed", ANCHORS * width)])?;
        Ok(completed)
    }
}
