//! Background work: one generator thread for the whole process, shared by all instances.
//!
//! An instance (or a command) has a [`Client`]. It asks for an instrument to be made or played,
//! and looks at [`Snapshot`]s; the generator makes it, renders it column by column in order of
//! need, and sends the columns straight to the instance's engine. It also frees what the engine
//! gives back.
//!
//! - *Short slices.* All work is cut into slices of a few tens of milliseconds at most; between
//!   slices the generator reads its commands. So a cancel is answered within 100 ms, and several
//!   clients take turns.
//! - *One make a client.* A new [`Client::make`] replaces the client's make in progress.
//! - *Nothing before the first job.* The thread starts with the first job of the process; ONNX
//!   Runtime and the models load with the first make, or a little earlier when somebody is about to
//!   ask for one ([`Client::preload`]), and models unload when unused for a minute.
//! - *Closing is immediate.* Dropping a client only leaves a message.
//!
//! | module | what it is |
//! |---|---|
//! | [`client`] | what instances hold |
//! | [`capture`] | a sound from the sidechain, on a thread of its own |
//! | [`deed`] | changes that can be taken back, as they are told of |
//! | [`song`] | the song around Consort, taken bar by bar, likewise |
//! | [`stem`] | parts that fit a song |
//! | [`snapshot`] | what they see |
//! | [`said`] | what they are told of an order |
//! | `generator` | the thread and its queue |
//! | `desk` | the work of one client |
//! | `making` | an instrument in the making, step by step |
//! | [`librarian`] | finds and keeps instruments, on a thread of its own |
//! | [`kept`] | what saved states hold besides what this version knows |
//! | `exporting` | an instrument on its way to files |
//! | [`offline`] | an instrument played without a host |
//! | `rendering` | one instrument on its way to an engine |

pub mod capture;
pub mod client;
pub mod deed;
mod desk;
mod exporting;
mod generator;
pub mod kept;
pub mod librarian;
mod making;
pub mod offline;
mod rendering;
pub mod said;
pub mod snapshot;
pub mod song;
pub mod stem;

pub use crate::models::{KitWish, Request, SoundFile, Source, Stage, asks_for_kit};
pub use capture::{Capture, Captured, Recorder};
pub use client::Client;
pub use deed::{Deed, Deeds};
pub use librarian::Librarian;
pub use said::Said;
pub use snapshot::{Export, JobId, Listener, Pending, Preload, Snapshot, Status, Timings};
pub use song::{Song, SongListener, SongOrder};
pub use stem::{Ensemble, MixSettings, PartTab, Stem, StemDesk, StemOrder, StemStatus};
