//! Models run by ONNX Runtime in this process, on its CPU provider.

use std::borrow::Cow;

use consort_runner::onnx::{self, Said, first_line};
use ort::session::Session;

use super::{Runtime, busy, threads};
use crate::models::Error;
use crate::models::backend::{Backend, Fault, LoadedModel, Usage};
use crate::models::tensor::{Slot, Tensor};

/// The backend that needs nothing but ONNX Runtime.
#[derive(Debug)]
pub struct InProcess;

impl Backend for InProcess {
    fn load(
        &self,
        _: &str,
        onnx: Cow<'static, [u8]>,
        usage: Usage,
    ) -> Result<Box<dyn LoadedModel>, Fault> {
        let runtime = Runtime::get().map_err(Fault::Backend)?;
        let _busy = busy().ok_or(Fault::Backend(Error::Cancelled))?;
        let session = onnx::builder(runtime.environment(), usage, threads())
            .and_then(|mut builder| builder.commit_from_memory(&onnx).map_err(Said::of));
        Ok(Box::new(OnnxModel(Some(session.map_err(fault)?))))
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
        let session = self.0.as_ref();
        session.map_or_else(Vec::new, |s| onnx::slots(s.inputs()))
    }

    fn outputs(&self) -> Vec<Slot> {
        let session = self.0.as_ref();
        session.map_or_else(Vec::new, |s| onnx::slots(s.outputs()))
    }

    fn run(&mut self, inputs: &[Tensor<'_>], outputs: &[&str]) -> Result<Vec<Vec<f32>>, Fault> {
        let _busy = busy().ok_or(Fault::Backend(Error::Cancelled))?;
        let session = self.0.as_mut().ok_or(Fault::Backend(Error::Cancelled))?;
        onnx::run(session, inputs, outputs.iter().copied()).map_err(fault)
    }
}

fn fault(said: Said) -> Fault {
    Fault::Model(first_line(&said.0).to_owned())
}
