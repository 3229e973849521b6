//! Parts that fit a song: from what was heard of it and an instruction to notes.
//!
//! | module | what it is |
//! |---|---|
//! | [`stretches`] | a song whose metre may change |
//! | [`context`] | a stretch of it as the parts network takes it |
//! | [`words`] | what an instruction asks for that is certain |
//! | [`desk`] | one instance's part: asked for, made, changed, played, saved |
//! | [`ensemble`] | all parts of an instance |
//! | [`asking`] | what can be asked of it, and how it stands |
//! | [`making`] | a part by the network and by rule |
//! | `windows` | the network, asked window by window |
//! | `backbeat`, `kicks` | what every beat of drums has |
//! | `rules` | changes that need no network |
//! | `sheet` | a part with its variations, place and locks |
//! | `files` | it in files |
//! | [`sound`] | what a part is played with |
//! | [`level`] | how loud it is beside the song |

pub mod asking;
mod backbeat;
pub mod context;
pub mod desk;
pub mod ensemble;
pub mod files;
mod kicks;
pub mod level;
pub mod making;
mod rules;
mod sheet;
pub mod sound;
pub mod stretches;
#[cfg(test)]
mod tests;
mod windows;
pub mod words;

pub use asking::{Stem, StemOrder, StemStatus};
pub use context::StemContext;
pub use desk::StemDesk;
pub use ensemble::{Ensemble, MixSettings, PartTab};
pub use making::{Again, StemAsk, StemModels};
pub use stretches::StemSong;
