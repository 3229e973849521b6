//! Why a window doesn't come about, or doesn't show or take what it should.

/// Why a window of this system can't do something. `Display` is a part of a sentence for logs: nobody sees
/// the window then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowFault {
    /// The window, or its connection, is of another system than was asked of: its name.
    #[error("it isn't {0}")]
    Foreign(&'static str),
    /// The system hasn't got this.
    #[error("there is no {0}")]
    Missing(&'static str),
    /// The system's words.
    #[error("{0}")]
    System(String),
}

impl WindowFault {
    /// What the system says. Window's thread.
    pub(super) fn system(error: impl ToString) -> Self {
        Self::System(error.to_string())
    }
}
