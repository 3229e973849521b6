//! Which known sounds play in a mix? Analysis by synthesis, without any training.
//!
//! An [`Atom`] is the beginning of a note in its strongest cells. At each onset of a [`Mix`] it is
//! held against the mix: cells that agree speak for it, cells where the mix is louder are masked and
//! say little, cells where the mix is quieter speak against it. The sum is a logarithm of likelihoods,
//! at the gain that suits best; on other keys the cells move up or down. What any mix gives an
//! instrument is taken off ([`background`]), and in a second pass cells that winners of other
//! families explain are left out ([`Search`]).
//!
//! | module | what it is |
//! |---|---|
//! | `cells` | the spectrogram, 24 bands an octave, in half decibels |
//! | `onsets` | where notes begin |
//! | [`atom`] | the beginning of a note |
//! | `patch` | a mix at an onset |
//! | `likelihood` | how well they agree |
//! | [`search`] | among all instruments |
//!
//! Any thread but audio.

pub mod atom;
mod cells;
mod likelihood;
mod onsets;
mod patch;
pub mod search;

#[cfg(test)]
mod tests;

pub use atom::Atom;
pub use patch::Mix;
pub use search::{Player, Search, background};

/// Moments at which a note is looked at, frames of 10 ms after its onset. The attack's first 40 ms
/// aren't: there the window still hears what was before.
const MOMENTS: [usize; 8] = [4, 6, 9, 12, 16, 20, 26, 32];
/// A note that ends early is told by the moments before this one.
const SHORT: usize = 3;
