//! Parts that fit a song: from what was heard of it and an instruction to notes.
//!
//! | module | what it is |
//! |---|---|
//! | [`context`] | the song as the parts network takes it |
//! | [`words`] | what an instruction asks for that is certain |
//! | [`making`] | the network, asked window by window |
//! | [`sound`] | what a part is played with |

pub mod context;
pub mod making;
pub mod sound;
#[cfg(test)]
mod tests;
pub mod words;

pub use context::StemContext;
pub use making::{Again, StemAsk, StemModels};
