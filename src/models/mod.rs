//! ONNX Runtime and the models, typed in and out: from a prompt or a sound to the anchors of an
//! instrument.
//!
//! | module | what it is |
//! |---|---|
//! | [`runtime`] | ONNX Runtime itself: unpacked, checked, loaded, one environment a process |
//! | [`basic_pitch`] | any sound → which keys sound when |
//! | [`drum_hearing`] | any sound → which drums are struck when |
//! | [`host`] | the process's models, each in memory once |
//! | [`backend`] | what runs them; [`tensor`]s go in and come out |
//! | [`provider`] | what they compute with, chosen by the user; [`settings`] remember it, [`measure`] times it |
//! | [`pack`] | a set of model files and the manifest that describes them |
//! | [`packs`] | which pack does what |
//! | [`text`] | prompt → text vector, and what it asks of measured properties |
//! | [`prompt`] | what a prompt says before the encoder reads it: foreign words, denials, names |
//! | [`tones`] | those properties: of a note, and of words |
//! | [`timbre`] | note → vector in the space of the prompts |
//! | [`song_tags`] | what is heard of a song → its genre and instruments |
//! | [`sound_encoder`] | any sound or mix → vectors to find instruments by |
//! | [`first_anchor`] | text vector → code of one note, drawn by a flow |
//! | [`encoder`] | a known note → its code |
//! | `carry` | what a code leaves out of a known note, given to its neighbours |
//! | `steering` | how far words change a known note |
//! | [`choice`] | which drawn note is kept: a clear pitch, and what fits the prompt |
//! | [`completion`] | codes of some anchors → codes of all |
//! | [`codec`] | codes → levels and cents over time |
//! | [`drums`] | text vector → codes of a kit's pieces → their hits |
//! | [`parts`] | other parts, chords and words → the parts that are missing |
//! | `intonation`, `loudness` | decoded notes put in tune and at their level |
//! | `insist` | what words ask for, seen to |
//! | `loaded` | a pack's models for one piece of work |
//! | [`make`] | the whole chain |
//!
//! Models run on the CPU provider in this process, or on another in a process of its own. Nothing here is touched before the first job, and nothing here
//! may be called on the audio thread.

pub mod backend;
pub mod basic_pitch;
mod carry;
pub mod choice;
pub mod codec;
pub mod completion;
pub mod drum_hearing;
pub mod drums;
pub mod encoder;
mod error;
pub mod first_anchor;
#[cfg(test)]
mod golden;
pub mod host;
mod insist;
mod intonation;
mod loaded;
mod loudness;
pub mod make;
pub mod measure;
mod model;
mod noise;
pub mod pack;
pub mod packs;
pub mod parts;
pub mod prompt;
pub mod provider;
pub mod runtime;
pub mod settings;
pub mod song_tags;
pub mod sound_encoder;
mod steering;
pub mod text;
pub mod timbre;
pub mod tones;

pub use consort_runner::tensor;
pub use error::Error;
pub use host::ModelHost;
pub use loaded::Models;
pub use make::{KitWish, Made, Request, SoundFile, Source, Stage, asks_for_kit, make_instrument};
pub use pack::Pack;
pub use packs::{PackSet, pack_for};
pub use sound_encoder::Impression;
