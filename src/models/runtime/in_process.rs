//! Models run by ONNX Runtime in this process, on its CPU provider.

use ort::session::builder::GraphOptimizationLevel;
use ort::session::{Session, SessionInputValue};
use ort::value::{Outlet, TensorElementType, TensorRef};

use super::{Runtime, busy, first_line, threads};
use crate::models::Error;
use crate::models::backend::{Backend, Fault, LoadedModel, Usage};
use crate::models::tensor::{Element, Numbers, Slot, Tensor};

/// The backend that needs nothing but ONNX Runtime.
#[derive(Debug)]
pub struct InProcess;

impl Backend for InProcess {
    fn load(&self, onnx: &[u8], usage: Usage) -> Result<Box<dyn LoadedModel>, Fault> {
        let runtime = Runtime::get().map_err(Fault::Backend)?;
        let _busy = busy().ok_or(Fault::Backend(Error::Cancelled))?;
        let session = session(runtime, onnx, usage).map_err(fault)?;
        Ok(Box::new(OnnxModel(Some(session))))
    }
}

/// The session of a model; there until it is dropped.
#[derive(Debug)]
struct OnnxModel(Option<Session>);

impl Drop for OnnxModel {
    /// In a process that is exiting, ONNX Runtime may be gone before its session: that stays.
    fn drop(&mut self) {
        let busy = busy();
        let session = self.0.take();
        if busy.is_none() {
            std::mem::forget(session);
        }
    }
}

impl LoadedModel for OnnxModel {
    fn inputs(&self) -> Vec<Slot> {
        let session = self.0.iter();
        session.flat_map(|s| s.inputs()).map(slot).collect()
    }

    fn outputs(&self) -> Vec<Slot> {
        let session = self.0.iter();
        session.flat_map(|s| s.outputs()).map(slot).collect()
    }

    fn run(&mut self, inputs: &[Tensor<'_>], outputs: &[&str]) -> Result<Vec<Vec<f32>>, Fault> {
        let _busy = busy().ok_or(Fault::Backend(Error::Cancelled))?;
        let session = self.0.as_mut().ok_or(Fault::Backend(Error::Cancelled))?;
        let given = inputs.iter().map(|tensor| {
            let value = value(tensor).map_err(|e| fault(e.to_string()))?;
            Ok((tensor.name.as_ref(), value))
        });
        let given = given.collect::<Result<Vec<_>, Fault>>()?;
        let results = session.run(given).map_err(|e| fault(e.to_string()))?;
        let take = |name: &&str| {
            let value = results.get(*name);
            let value = value.ok_or_else(|| fault("an output is missing".to_owned()))?;
            let (_, data) = value
                .try_extract_tensor::<f32>()
                .map_err(|e| fault(e.to_string()))?;
            Ok(data.to_vec())
        };
        outputs.iter().map(take).collect()
    }
}

fn fault(said: String) -> Fault {
    Fault::Model(first_line(&said).to_owned())
}

fn value<'a>(tensor: &'a Tensor<'_>) -> ort::Result<SessionInputValue<'a>> {
    let shape = tensor.shape.clone();
    Ok(match &tensor.numbers {
        Numbers::F32(all) => TensorRef::from_array_view((shape, all.as_ref()))?.into(),
        Numbers::I64(all) => TensorRef::from_array_view((shape, all.as_ref()))?.into(),
    })
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

#[expect(
    clippy::result_large_err,
    reason = "ort's builder hands itself back in its error"
)]
fn session(runtime: &Runtime, bytes: &[u8], usage: Usage) -> Result<Session, String> {
    let text = |e: ort::Error<_>| e.to_string();
    let builder = Session::builder(runtime.environment()).map_err(|e| e.to_string())?;
    builder
        .with_intra_threads(threads())
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
