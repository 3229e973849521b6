//! Consort: type a prompt, play the instrument.
//!
//! # The map of the house
//! | module | what it is |
//! |---|---|
//! | [`plugin`] | the two plugins as the host sees them: process, events, saved state |
//! | [`entry`] | what a CLAP host asks of the library |
//! | [`vst3`] | the plugins in VST3, over CLAP |
//! | [`params`] | the host's parameters |
//! | [`editor`] | the window |
//! | [`cli`] | the `consort` command |
//! | [`jobs`] | background work: queue, progress, cancel |
//! | [`work`] | the work itself, in straight lines |
//! | [`library`] | instruments on disk, and which of them sound like something |
//! | [`models`] | ONNX Runtime and the models, typed in and out |
//! | [`analysis`] | what a sound is: its note, pitch and partials |
//! | [`engine`] | the audio thread: sampler, voices, mailbox, capture |
//! | [`instrument`] | what a multisampled instrument is: recipe, partials, zones, files |
//! | [`orchestra`] | a piece arranged for an ensemble that was asked for in words |
//! | [`style`] | what is known of musical styles, and parts that are written by it |
//! | [`music`] | notes and MIDI files |
//!
//! Imports run one way: `plugin, editor, cli` → `jobs` → `work`, `library` → `models` → `analysis` →
//! `instrument` → `music`; `work` → `style` → `music`; `cli` → `orchestra` → `style`, `music`; `engine` imports `instrument` and `music` only, `vst3` nothing but `clap_entry`.
//! `tests/imports.rs` checks it.

#![allow(
    rustdoc::private_intra_doc_links,
    reason = "the documentation is made for those who work on it"
)]
#![warn(missing_docs, unsafe_code, clippy::allow_attributes)]

pub mod analysis;
pub mod cli;
pub mod editor;
pub mod engine;
pub mod entry;
pub mod instrument;
pub mod jobs;
pub mod library;
pub mod models;
pub mod music;
pub mod orchestra;
pub mod params;
pub mod plugin;
pub mod style;
pub mod vst3;
pub mod work;

pub use entry::clap_entry;
