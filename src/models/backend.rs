//! What runs models: ONNX Runtime in this process is one way.

use std::borrow::Cow;
use std::fmt::Debug;

use super::Error;
use super::tensor::{Slot, Tensor};

pub use consort_runner::onnx::Usage;

/// Why a backend doesn't do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Itself isn't there, or the process is ending.
    Backend(Error),
    /// It finds fault with the model or its input: what it said, without a full stop.
    Model(String),
}

/// How a backend stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The device that it computes with, once it has begun.
    pub device: Option<String>,
    /// Models whose output was like the CPU's.
    pub checked: usize,
    /// What was not done as asked, a sentence each.
    pub told: Vec<String>,
}

/// Runs models. Any thread but audio.
pub trait Backend: Debug + Send + Sync {
    /// Loads a model of the ONNX format; people know it by `name`.
    ///
    /// # Errors
    /// See [`Fault`].
    fn load(
        &self,
        name: &str,
        onnx: Cow<'static, [u8]>,
        usage: Usage,
    ) -> Result<Box<dyn LoadedModel>, Fault>;

    /// How it stands.
    fn report(&self) -> Report {
        Report::default()
    }
}

/// A model in memory; dropping it unloads it. Any thread but audio.
pub trait LoadedModel: Debug + Send {
    /// Its inputs.
    fn inputs(&self) -> Vec<Slot>;

    /// Its outputs.
    fn outputs(&self) -> Vec<Slot>;

    /// Runs it; these of its outputs, which are all of `f32`.
    ///
    /// # Errors
    /// See [`Fault`]; also for an output that it hasn't.
    fn run(&mut self, inputs: &[Tensor<'_>], outputs: &[&str]) -> Result<Vec<Vec<f32>>, Fault>;
}
