//! ONNX Runtime's sessions: their options, their slots, and their runs.

use std::fmt;

use ort::environment::Environment;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::session::{Session, SessionInputValue};
use ort::value::{Outlet, TensorElementType, TensorRef};
use serde::{Deserialize, Serialize};

use crate::tensor::{Element, Numbers, Slot, Tensor};

/// How often a model runs for one instrument. Weights rearranged at loading make each run faster;
/// for a single run of a large model that costs more than it saves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Usage {
    /// Many times, or it is small.
    Often,
    /// Once.
    Once,
}

/// Why ONNX Runtime doesn't do something, in its own words: several lines, of which [`first_line`] says most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said(pub String);

impl Said {
    /// These words.
    pub fn of(error: impl ToString) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Said {}

/// A session's beginning: `threads` that don't spin, for one that waits so would take a core from the audio thread.
///
/// # Errors
/// What ONNX Runtime says.
#[expect(
    clippy::result_large_err,
    reason = "ort's builder hands itself back in its error"
)]
pub fn builder(
    environment: &Environment,
    usage: Usage,
    threads: usize,
) -> Result<SessionBuilder, Said> {
    let builder = Session::builder(environment).map_err(Said::of)?;
    builder
        .with_intra_threads(threads)
        .and_then(|builder| builder.with_inter_threads(1))
        .and_then(|builder| builder.with_intra_op_spinning(false))
        .and_then(|builder| builder.with_inter_op_spinning(false))
        .and_then(|builder| builder.with_prepacking(usage == Usage::Often))
        .and_then(|builder| builder.with_optimization_level(GraphOptimizationLevel::All))
        .map_err(Said::of)
}

/// Runs a model; these of its outputs, which are all of `f32`.
///
/// # Errors
/// What ONNX Runtime says; also for an output that the model hasn't.
pub fn run<'a>(
    session: &mut Session,
    inputs: &[Tensor<'_>],
    outputs: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Vec<f32>>, Said> {
    let given = inputs.iter().map(|tensor| {
        let value = value(tensor).map_err(Said::of)?;
        Ok((tensor.name.as_ref(), value))
    });
    let given = given.collect::<Result<Vec<_>, Said>>()?;
    let results = session.run(given).map_err(Said::of)?;
    let take = |name: &str| {
        let value = results.get(name);
        let value = value.ok_or_else(|| Said::of("an output is missing"))?;
        let data = value.try_extract_tensor::<f32>();
        data.map(|(_, data)| data.to_vec()).map_err(Said::of)
    };
    outputs.into_iter().map(take).collect()
}

fn value<'a>(tensor: &'a Tensor<'_>) -> ort::Result<SessionInputValue<'a>> {
    let shape = tensor.shape.clone();
    Ok(match &tensor.numbers {
        Numbers::F32(all) => TensorRef::from_array_view((shape, all.as_ref()))?.into(),
        Numbers::I64(all) => TensorRef::from_array_view((shape, all.as_ref()))?.into(),
    })
}

/// What these inputs or outputs take or give.
#[must_use]
pub fn slots(outlets: &[Outlet]) -> Vec<Slot> {
    outlets.iter().map(slot).collect()
}

fn slot(outlet: &Outlet) -> Slot {
    let kind = outlet.dtype();
    let element = match kind.tensor_type() {
        Some(TensorElementType::Float32) => Some(Element::F32),
        Some(TensorElementType::Int64) => Some(Element::I64),
        _ => None,
    };
    let shape = kind
        .tensor_shape()
        .into_iter()
        .flat_map(|shape| shape.iter());
    Slot {
        name: outlet.name().to_owned().into(),
        element,
        // A negative dimension may vary.
        shape: shape.map(|&size| usize::try_from(size).ok()).collect(),
    }
}

/// ONNX Runtime's messages run over several lines; the first says what happened.
#[must_use]
pub fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or("").trim_end_matches('.')
}
