//! A model in the process, and what becomes of it when that fails: it goes on on the CPU.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use consort_runner::wire::{Answer, Request, Run};

use super::super::InProcess;
use super::ChildBackend;
use super::process::Runner;
use crate::models::backend::{Backend, Fault, LoadedModel, Usage};
use crate::models::tensor::{Slot, Tensor};

/// How far an output may be from the CPU's, in parts of its largest number. Sums in another order differ by
/// 1e-6 to 1e-4, products of half precision by some 1e-3; from 1e-2 on it is another sound.
pub(super) const TOLERANCE: f32 = 0.01;

/// An output that is smaller than this everywhere is as good as zero.
const SILENCE: f32 = 1e-3;

/// How many shapes of a model's input are compared: those that come first. Another shape is other kernels, and a text
/// model sees dozens.
const COMPARED: usize = 4;

/// How many times as long as the CPU it may take: nobody would choose such a provider.
pub(super) const SLOWER: u32 = 20;

/// How long each of a model's runs of known shape took on the CPU; by shapes.
pub(super) type Compared = Vec<(u64, Duration)>;

/// A model that a [`ChildBackend`] loaded.
#[derive(Debug)]
pub(super) struct ChildModel {
    pub backend: ChildBackend,
    pub name: String,
    /// What is in its file, for the CPU.
    pub onnx: Cow<'static, [u8]>,
    pub hash: [u8; 32],
    pub usage: Usage,
    pub inputs: Vec<Slot>,
    pub outputs: Vec<Slot>,
    pub on: On,
}

/// Where it is.
#[derive(Debug)]
pub(super) enum On {
    Child(Arc<Runner>, u32),
    Cpu(Box<dyn LoadedModel>),
}

impl LoadedModel for ChildModel {
    fn inputs(&self) -> Vec<Slot> {
        self.inputs.clone()
    }

    fn outputs(&self) -> Vec<Slot> {
        self.outputs.clone()
    }

    fn run(&mut self, inputs: &[Tensor<'_>], outputs: &[&str]) -> Result<Vec<Vec<f32>>, Fault> {
        let (runner, model) = match &mut self.on {
            On::Cpu(model) => return model.run(inputs, outputs),
            On::Child(runner, model) => (Arc::clone(runner), *model),
        };
        if super::super::exiting() {
            return Err(Fault::Backend(crate::models::Error::Cancelled));
        }
        let shapes = shapes(inputs, outputs);
        let limits = self.backend.0.limits;
        let known = self.backend.compared(&self.hash);
        let took = known.iter().find(|(of, _)| *of == shapes);
        let limit = match took {
            Some((_, took)) => limits.slack + *took * SLOWER,
            None if known.len() >= COMPARED => limits.first,
            None => return self.compare(&runner, model, shapes, inputs, outputs),
        };
        if let Some(found) = self.ask(&runner, model, inputs, outputs, limit)
            && found.iter().flatten().all(|x| x.is_finite())
        {
            return Ok(found);
        }
        self.go_to_cpu()?.run(inputs, outputs)
    }
}

impl ChildModel {
    /// Runs it on both. What the CPU finds fault with is at fault anywhere.
    fn compare(
        &mut self,
        runner: &Runner,
        model: u32,
        shapes: u64,
        inputs: &[Tensor<'_>],
        outputs: &[&str],
    ) -> Result<Vec<Vec<f32>>, Fault> {
        let mut cpu = self.on_cpu()?;
        let begun = Instant::now();
        let right = cpu.run(inputs, outputs)?;
        let took = begun.elapsed();
        let limit = self.backend.0.limits.first;
        if let Some(found) = self.ask(runner, model, inputs, outputs, limit) {
            let difference = difference(&found, &right);
            if difference <= TOLERANCE {
                self.backend.is_right(self.hash, shapes, took);
                return Ok(found);
            }
            self.backend
                .computes_otherwise(&self.name, self.hash, difference);
        }
        self.on = On::Cpu(cpu);
        Ok(right)
    }

    /// What the process gives; nothing where it is lost or finds fault, which is told.
    fn ask(
        &self,
        runner: &Runner,
        model: u32,
        inputs: &[Tensor<'_>],
        outputs: &[&str],
        limit: Duration,
    ) -> Option<Vec<Vec<f32>>> {
        let run = Request::Run(Run {
            model,
            inputs: inputs.to_vec(),
            outputs: outputs.iter().map(|&name| name.into()).collect(),
        });
        match runner.ask(&run, limit) {
            Ok(Answer::Ran(found)) if found.len() == outputs.len() => Some(found),
            Ok(Answer::Fault(said)) => {
                self.backend.cannot(&self.name, self.hash, &said);
                None
            }
            Ok(_) => {
                self.backend.lose(super::Lost::Nonsense);
                None
            }
            Err(lost) => {
                self.backend.lose(lost);
                None
            }
        }
    }

    /// From now on it runs on the CPU.
    fn go_to_cpu(&mut self) -> Result<&mut dyn LoadedModel, Fault> {
        self.on = On::Cpu(self.on_cpu()?);
        match &mut self.on {
            On::Cpu(model) => Ok(&mut **model),
            On::Child(..) => Err(Fault::Backend(crate::models::Error::Cancelled)),
        }
    }

    fn on_cpu(&self) -> Result<Box<dyn LoadedModel>, Fault> {
        InProcess.load(&self.name, self.onnx.clone(), self.usage)
    }
}

impl Drop for ChildModel {
    fn drop(&mut self) {
        if let On::Child(runner, model) = &self.on {
            runner.unload(*model);
        }
    }
}

/// A number for these shapes and outputs.
fn shapes(inputs: &[Tensor<'_>], outputs: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for tensor in inputs {
        (&tensor.name, &tensor.shape).hash(&mut hasher);
    }
    outputs.hash(&mut hasher);
    hasher.finish()
}

/// The largest difference, in parts of the output's largest number; infinite where they can't be compared.
pub fn difference(found: &[Vec<f32>], right: &[Vec<f32>]) -> f32 {
    let one = |(found, right): (&Vec<f32>, &Vec<f32>)| {
        if found.len() != right.len() {
            return f32::INFINITY;
        }
        let largest = right.iter().fold(SILENCE, |most, x| most.max(x.abs()));
        let apart = found.iter().zip(right).map(|(a, b)| (a - b).abs());
        // `max` passes over what is no number.
        let finite = apart.map(|x| if x.is_finite() { x } else { f32::INFINITY });
        finite.fold(0.0, f32::max) / largest
    };
    found.iter().zip(right).map(one).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_in_parts_of_the_largest_number() {
        let of = |found: &[f32], right: &[f32]| difference(&[found.to_vec()], &[right.to_vec()]);
        assert_eq!(of(&[1.0, -10.0], &[1.0, -10.0]), 0.0);
        assert!((of(&[1.5, -10.0], &[1.0, -10.0]) - 0.05).abs() < 1e-6);
        assert!(of(&[1e-6], &[0.0]) < TOLERANCE, "as good as zero");
        for wrong in [f32::NAN, f32::INFINITY] {
            for found in [[wrong, 1.0], [1.0, wrong]] {
                let difference = of(&found, &[1.0, 1.0]);
                assert!(!difference.is_finite(), "{found:?}");
            }
        }
        assert_eq!(of(&[1.0], &[1.0, 1.0]), f32::INFINITY);
    }
}
