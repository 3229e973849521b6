//! One ONNX model of a pack, loaded: its tensors have the names and shapes that Consort drives.

use std::borrow::Cow;

use ort::session::builder::GraphOptimizationLevel;
use ort::session::{Session, SessionInputValue};
use ort::value::{TensorElementType, ValueType};

use super::pack::{Dimension, TensorEntry};
use super::runtime::{self, Runtime, first_line};
use super::{Error, Pack};

/// A tensor as Consort expects it: name, element type, dimensions (`None` may vary).
pub(super) struct Expected {
    pub(super) name: &'static str,
    pub(super) element: TensorElementType,
    pub(super) shape: Vec<Option<usize>>,
}

impl Expected {
    /// A tensor of `f32`.
    pub(super) fn floats(name: &'static str, shape: &[Option<usize>]) -> Self {
        Self {
            name,
            element: TensorElementType::Float32,
            shape: shape.to_vec(),
        }
    }
}

/// How often a model runs for one instrument. Weights rearranged at loading make each run faster;
/// for a single run of a large model that costs more than it saves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    /// Many times, or it is small.
    Often,
    /// Once.
    Once,
}

/// A loaded model.
#[derive(Debug)]
pub(super) struct Model {
    /// There until it is dropped.
    session: Option<Session>,
    file: String,
}

impl Drop for Model {
    /// In a process that is exiting, ONNX Runtime may be gone before its session: that stays.
    fn drop(&mut self) {
        let busy = runtime::busy();
        let session = self.session.take();
        if busy.is_none() {
            std::mem::forget(session);
        }
    }
}

impl Model {
    /// Loads the model of `pack` that does `task`, and checks its tensors.
    pub(super) fn load(
        pack: &Pack,
        task: &str,
        usage: Usage,
        inputs: &[Expected],
        outputs: &[Expected],
    ) -> Result<Self, Error> {
        let entry = pack.model(task)?;
        check_manifest(pack, &entry.file, &entry.inputs, inputs)?;
        check_manifest(pack, &entry.file, &entry.outputs, outputs)?;
        let bytes = pack.file(&entry.file, &entry.sha256)?;
        let fault = |what: &str| pack.fault(what);
        Self::of(&bytes, &entry.file, usage, inputs, outputs, &fault)
    }

    /// Loads the model in `bytes`, which came from `file`, and checks its tensors; `fault` makes an
    /// error of what is wrong with where it came from.
    pub(super) fn of(
        bytes: &[u8],
        file: &str,
        usage: Usage,
        inputs: &[Expected],
        outputs: &[Expected],
        fault: &dyn Fn(&str) -> Error,
    ) -> Result<Self, Error> {
        let runtime = Runtime::get()?;
        let _busy = runtime::busy().ok_or(Error::Cancelled)?;
        let session = session(runtime, bytes, usage).map_err(|e| {
            fault(&format!(
                "has a model that ONNX Runtime can't load ({file}: {}); install the pack again.",
                first_line(&e)
            ))
        })?;
        let found = |outlets: &[ort::value::Outlet]| -> Vec<(String, ValueType)> {
            outlets
                .iter()
                .map(|outlet| (outlet.name().to_owned(), outlet.dtype().clone()))
                .collect()
        };
        for (found, expected) in [
            (found(session.inputs()), inputs),
            (found(session.outputs()), outputs),
        ] {
            if let Some(tensor) = misfit_in(&found, expected) {
                return Err(fault(&misfit(file, tensor)));
            }
        }
        Ok(Self {
            session: Some(session),
            file: file.to_owned(),
        })
    }

    /// Runs the model on inputs by name; the outputs by name, each checked to be finite and as
    /// long as said.
    pub(super) fn run<const IN: usize, const OUT: usize>(
        &mut self,
        inputs: [(&'static str, SessionInputValue<'_>); IN],
        outputs: [(&'static str, usize); OUT],
    ) -> Result<[Vec<f32>; OUT], Error> {
        let inputs = inputs
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect();
        let mut found = self.run_any(inputs, &outputs)?.into_iter();
        Ok(std::array::from_fn(|_| found.next().unwrap_or_default()))
    }

    /// [`run`](Self::run) for any number of inputs and outputs.
    pub(super) fn run_any(
        &mut self,
        inputs: Vec<(Cow<'_, str>, SessionInputValue<'_>)>,
        outputs: &[(&str, usize)],
    ) -> Result<Vec<Vec<f32>>, Error> {
        let _busy = runtime::busy().ok_or(Error::Cancelled)?;
        let file = &self.file;
        let failed = |fault: &str| {
            Error::Model(format!(
                "The model {file} failed ({fault}); try again, or install the model pack again."
            ))
        };
        let session = self.session.as_mut().ok_or(Error::Cancelled)?;
        let results = session
            .run(inputs)
            .map_err(|e| failed(first_line(&e.to_string())))?;
        let take = |&(name, length): &(&str, usize)| {
            let value = results
                .get(name)
                .ok_or_else(|| failed("an output is missing"))?;
            let (_, data) = value
                .try_extract_tensor::<f32>()
                .map_err(|e| failed(first_line(&e.to_string())))?;
            if data.len() != length {
                return Err(failed("an output has another size than expected"));
            }
            if !data.iter().all(|x| x.is_finite()) {
                return Err(Error::Model(
                    "The models gave numbers that are no sound; try another seed or other words."
                        .to_owned(),
                ));
            }
            Ok(data.to_vec())
        };
        outputs.iter().map(take).collect()
    }
}

#[expect(
    clippy::result_large_err,
    reason = "ort's builder hands itself back in its error"
)]
fn session(runtime: &Runtime, bytes: &[u8], usage: Usage) -> Result<Session, String> {
    let text = |e: ort::Error<_>| e.to_string();
    let builder = Session::builder(runtime.environment()).map_err(|e| e.to_string())?;
    builder
        .with_intra_threads(runtime::threads())
        .and_then(|builder| builder.with_inter_threads(1))
        // Threads that spin while they wait would take a core from the audio thread.
        .and_then(|builder| builder.with_intra_op_spinning(false))
        .and_then(|builder| builder.with_inter_op_spinning(false))
        .and_then(|builder| builder.with_prepacking(usage == Usage::Often))
        .and_then(|builder| builder.with_optimization_level(GraphOptimizationLevel::All))
        .map_err(text)?
        .commit_from_memory(bytes)
        .map_err(|e| e.to_string())
}

/// The manifest promises what Consort expects.
fn check_manifest(
    pack: &Pack,
    file: &str,
    promised: &[TensorEntry],
    expected: &[Expected],
) -> Result<(), Error> {
    for tensor in expected {
        let found = promised.iter().find(|entry| entry.name == tensor.name);
        let fits = found.is_some_and(|entry| {
            entry.shape.len() == tensor.shape.len()
                && entry
                    .shape
                    .iter()
                    .zip(&tensor.shape)
                    .all(|(found, wanted)| match (found, wanted) {
                        (Dimension::Fixed(found), Some(wanted)) => found == wanted,
                        (Dimension::Free(_), None) => true,
                        _ => false,
                    })
        });
        if !fits {
            return Err(pack.fault(&misfit(file, tensor.name)));
        }
    }
    Ok(())
}

/// The first tensor by which the graph doesn't keep that promise.
fn misfit_in(found: &[(String, ValueType)], expected: &[Expected]) -> Option<&'static str> {
    let fits = |tensor: &Expected| {
        found.iter().any(|(name, kind)| {
            name == tensor.name
                && kind.tensor_type() == Some(tensor.element)
                && kind.tensor_shape().is_some_and(|shape| {
                    shape.len() == tensor.shape.len()
                        && shape.iter().zip(&tensor.shape).all(|(&found, wanted)| {
                            // A negative dimension may vary.
                            found < 0
                                || wanted.is_some_and(|wanted| usize::try_from(found) == Ok(wanted))
                        })
                })
        })
    };
    let misfit = expected.iter().find(|tensor| !fits(tensor));
    misfit.map(|tensor| tensor.name)
}

fn misfit(file: &str, tensor: &str) -> String {
    format!(
        "has a model of another shape ({file}: {tensor}); use a pack made for this version of Consort."
    )
}
