//! One model of a pack: its tensors have the names and shapes that Consort drives.

use std::sync::Arc;

pub(super) use super::backend::Usage;
use super::backend::{Backend, Fault, LoadedModel};
use super::host::{Kept, ModelHost};
use super::pack::manifest::{Dimension, TensorEntry};
use super::tensor::{Slot, Tensor};
use super::{Error, Pack};

/// A model that the process's [`ModelHost`] keeps. Any thread but audio.
pub(super) struct Model {
    kept: Arc<Kept>,
    pack: Pack,
    file: String,
    sha256: String,
    usage: Usage,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({})", self.file)
    }
}

impl Model {
    /// Loads the model of `pack` that does `task`, and checks its tensors.
    pub(super) fn load(
        pack: &Pack,
        task: &str,
        usage: Usage,
        inputs: &[Slot],
        outputs: &[Slot],
    ) -> Result<Self, Error> {
        let entry = pack.model(task)?;
        check_manifest(pack, &entry.file, &entry.inputs, inputs)?;
        check_manifest(pack, &entry.file, &entry.outputs, outputs)?;
        // What tells it from all others: where it comes from, and what is in it.
        let key = format!("{} {} {}", pack.place(), entry.file, entry.sha256);
        let model = Self {
            kept: ModelHost::get().keep(key),
            pack: pack.clone(),
            file: entry.file.clone(),
            sha256: entry.sha256.clone(),
            usage,
        };
        model.with(|loaded| {
            for (found, expected) in [(loaded.inputs(), inputs), (loaded.outputs(), outputs)] {
                let fits = |wanted: &&Slot| found.iter().any(|found| found.fits(wanted));
                if let Some(tensor) = expected.iter().find(|wanted| !fits(wanted)) {
                    let misfit = misfit(&model.file, &tensor.name);
                    return Err(model.pack.fault(&misfit));
                }
            }
            Ok(())
        })?;
        Ok(model)
    }

    /// Does something with the model in memory, where it is brought first if it isn't there.
    fn with<R>(
        &self,
        work: impl FnOnce(&mut dyn LoadedModel) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let load = |backend: &dyn Backend| {
            let bytes = self.pack.file(&self.file, &self.sha256)?;
            let loaded = backend.load(&self.file, bytes, self.usage);
            loaded.map_err(|fault| match fault {
                Fault::Backend(error) => error,
                Fault::Model(said) => self.pack.fault(&format!(
                    "has a model that ONNX Runtime can't load ({}: {said}); install the pack again.",
                    self.file
                )),
            })
        };
        self.kept.with(ModelHost::get(), load, work)
    }

    /// Runs the model; the outputs by name, each checked to be finite and as long as said.
    pub(super) fn run<const OUT: usize>(
        &self,
        inputs: &[Tensor<'_>],
        outputs: [(&str, usize); OUT],
    ) -> Result<[Vec<f32>; OUT], Error> {
        let mut found = self.run_any(inputs, &outputs)?.into_iter();
        Ok(std::array::from_fn(|_| found.next().unwrap_or_default()))
    }

    /// [`run`](Self::run) for any number of outputs.
    pub(super) fn run_any(
        &self,
        inputs: &[Tensor<'_>],
        outputs: &[(&str, usize)],
    ) -> Result<Vec<Vec<f32>>, Error> {
        let names: Vec<&str> = outputs.iter().map(|(name, _)| *name).collect();
        let found = self.with(|loaded| {
            loaded.run(inputs, &names).map_err(|fault| match fault {
                Fault::Backend(error) => error,
                Fault::Model(said) => self.failed(&said),
            })
        })?;
        for (numbers, (_, length)) in found.iter().zip(outputs) {
            if numbers.len() != *length {
                return Err(self.failed("an output has another size than expected"));
            }
            if !numbers.iter().all(|x| x.is_finite()) {
                return Err(Error::Model(
                    "The models gave numbers that are no sound; try another seed or other words."
                        .to_owned(),
                ));
            }
        }
        Ok(found)
    }

    fn failed(&self, fault: &str) -> Error {
        Error::Model(format!(
            "The model {} failed ({fault}); try again, or install the model pack again.",
            self.file
        ))
    }
}

/// The manifest promises what Consort expects.
fn check_manifest(
    pack: &Pack,
    file: &str,
    promised: &[TensorEntry],
    expected: &[Slot],
) -> Result<(), Error> {
    for tensor in expected {
        let found = promised.iter().find(|entry| entry.name == tensor.name);
        let fits = found.is_some_and(|entry| {
            let one = |(found, wanted): (&Dimension, &Option<usize>)| match (found, wanted) {
                (Dimension::Fixed(found), Some(wanted)) => found == wanted,
                (Dimension::Free(_), None) => true,
                _ => false,
            };
            entry.shape.len() == tensor.shape.len()
                && entry.shape.iter().zip(&tensor.shape).all(one)
        });
        if !fits {
            return Err(pack.fault(&misfit(file, &tensor.name)));
        }
    }
    Ok(())
}

fn misfit(file: &str, tensor: &str) -> String {
    format!(
        "has a model of another shape ({file}: {tensor}); use a pack made for this version of Consort."
    )
}
