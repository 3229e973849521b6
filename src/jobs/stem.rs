//! The parts of an instance that fit a song: asked for, played, mixed, saved. [`work::part`](crate::work::part)
//! writes them.
//!
//! | module | what it is |
//! |---|---|
//! | [`desk`] | one instance's part: asked for, made, changed, played, saved |
//! | [`ensemble`] | all parts of an instance |
//! | [`asking`] | what can be asked of it, and how it stands |
//! | [`recording`] | a recording as a part |
//! | `fault` | why an order isn't followed |
//! | `sheet` | a part with its variations, place and locks |
//! | `files` | it in files |
//! | [`level`] | how loud its sound plays it |

pub mod asking;
pub mod desk;
pub mod ensemble;
mod fault;
pub mod files;
pub mod level;
pub mod recording;
mod sheet;

pub use crate::work::part::words;
pub use asking::{Stem, StemOrder, StemStatus};
pub use desk::StemDesk;
pub use ensemble::{Ensemble, MixSettings, PartTab};
pub use fault::StemFault;
