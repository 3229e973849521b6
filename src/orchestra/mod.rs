//! Orchestration: a melody, or a piece, arranged for an ensemble that was asked for in words. Notes only; pure, and the same
//! for the same seed.
//!
//! [`Given`] tracks are [told apart](Given::told_apart) into melody, bass and harmony; [`Asked::read`] understands the request;
//! [`arrange()`] makes an [`Arrangement`], whose parts hold for certain: the melody's notes in one named part, moved by octaves at
//! most, key, metres and tempo as they were, every note within its instrument's range and polyphony, and nobody silent.
//!
//! | module | what it is |
//! |---|---|
//! | [`tone`] | notes in quarter notes, bars and beats |
//! | [`instruments`] | the table of instruments |
//! | [`asked`] | requests in words |
//! | [`source`] | what is to be arranged |
//! | `melody` | where the melody is |
//! | [`harmony`] | key and chords |
//! | [`voicing`] | voices that are led by search |
//! | `plan` | who does what |
//! | `fit` | the melody in its instrument's octave |
//! | `frame` | what all parts share: beats, phrases, sections |
//! | `lines` | voices in textures |
//! | [`chordal`] | chords for two hands, six strings, a harp |
//! | `band` | parts by style, drums, strokes |
//! | `expression` | dynamics, articulation, breath, what can be played |
//! | `arrange` | all of it together |
//! | `arrangement` | what comes of it |
//! | `musicxml` | the score of it |

mod arrange;
mod arrangement;
pub mod asked;
mod band;
pub mod chordal;
mod expression;
mod fit;
mod frame;
pub mod harmony;
pub mod instruments;
mod lines;
mod melody;
mod musicxml;
mod plan;
pub mod source;
#[cfg(test)]
mod tests;
pub mod tone;
#[cfg(test)]
mod tunes;
pub mod voicing;

pub use arrange::arrange;
pub use arrangement::{ArrangedPart, Arrangement};
pub use asked::{Asked, NotUnderstood, Role, Texture};
pub use fit::Moved;
pub use source::{Given, GivenTrack, NoMelody, Source};
pub use tone::Tone;
