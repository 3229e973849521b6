//! What the user changes in parts and in what was heard, told to whoever keeps the line of undo.

use std::sync::Arc;

use super::MixSettings;

/// A change that its owner can take back, and make again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed {
    /// Of the part of this number: its notes or its sound, or that it is there.
    Part(usize),
    /// Of how a part is mixed.
    Mix {
        /// Its number.
        part: usize,
        /// How it was mixed.
        before: MixSettings,
        /// How it is mixed.
        after: MixSettings,
    },
    /// Of what the user says about the song.
    Told,
}

/// Is told of each deed when it is done, on the thread that does it; it must neither wait nor ask who
/// tells it.
pub type Deeds = Arc<dyn Fn(Deed) + Send + Sync>;
