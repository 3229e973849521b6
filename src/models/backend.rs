//! What runs models: ONNX Runtime in this process is one way.

use std::fmt::Debug;

use super::Error;
use super::tensor::{Slot, Tensor};

/// How often a model runs for one instrument. Weights rearranged at loading make each run faster;
/// for a single run of a large model that costs more than it saves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Many times, or it is small.
    Often,
    /// Once.
    Once,
}

/// Why a backend doesn't do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Itself isn't there, or the process is ending.
    Backend(Error),
    /// It finds fault with the model or its input: what it said, without a full stop.
    Model(String),
}

/// Runs models. Any thread but audio.
pub trait Backend: Debug + Send + Sync {
    /// Loads a model of the ONNX format.
    ///
    /// # Errors
    /// See [`Fault`].
    fn load(&self, onnx: &[u8], usage: Usage) -> Result<Box<dyn LoadedModel>, Fault>;
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
