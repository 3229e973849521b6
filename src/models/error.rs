//! What can go wrong between a prompt and an instrument, each as one sentence for the user.

/// A failed job. `Display` gives one sentence that says what happened and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The job was cancelled.
    #[error("The job was cancelled.")]
    Cancelled,
    /// The prompt says nothing that the text encoder knows.
    #[error("{0}")]
    Prompt(String),
    /// The sound to learn from can't be read, or is no note.
    #[error("{0}")]
    Sound(String),
    /// ONNX Runtime is missing, too old, or can't be unpacked.
    #[error("{0}")]
    Runtime(String),
    /// The model pack is missing, damaged, or doesn't fit this version of Consort.
    #[error("{0}")]
    Pack(String),
    /// A model failed, or gave something that is no sound.
    #[error("{0}")]
    Model(String),
}
