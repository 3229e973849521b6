//! Parts that fit a song: from what was heard of it and an instruction to notes, and to what they are
//! played with.
//!
//! | module | what it is |
//! |---|---|
//! | [`stretches`] | a song whose metre may change |
//! | `unfit` | songs that none can be written for |
//! | [`context`] | a stretch of it as the parts network takes it |
//! | [`words`] | what an instruction asks for that is certain |
//! | [`orders`] | how that is done to notes |
//! | `writing` | a part by the network and by rule |
//! | [`styled`] | a part in a style that is named |
//! | `windows` | the network, asked window by window |
//! | `backbeat`, `kicks` | what every beat of drums has |
//! | `rules` | changes that need no network |
//! | [`sliders`] | what is set by hand besides |
//! | [`sound`] | what a part is played with |
//! | [`level`] | how loud it is beside the song |

mod backbeat;
pub mod context;
mod kicks;
pub mod level;
pub mod orders;
mod rules;
pub mod sliders;
pub mod sound;
pub mod stretches;
pub mod styled;
#[cfg(test)]
mod tests;
mod unfit;
mod windows;
pub mod words;
mod writing;

pub use context::StemContext;
pub use sliders::Sliders;
pub use stretches::StemSong;
pub use unfit::Unfit;
pub use writing::{Again, StemAsk, write_part};
