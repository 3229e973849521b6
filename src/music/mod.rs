//! Symbols: notes, controls, tempo, keys, chords, metres, and MIDI files in and out. Knows nothing of sound.
//!
//! [`midi::read`] turns the bytes of a MIDI file into a [`Song`]: tracks of notes and controls in
//! ticks, and a [`TempoMap`] that turns ticks into seconds. [`Song::performance`] lays all of it
//! out as one list of events in seconds, which is what a renderer plays. [`midi::write`] goes the
//! other way.

mod bar_grid;
mod chord;
mod drum;
mod general_midi;
mod key;
mod key_name;
mod metre;
pub mod midi;
mod midi_in;
mod midi_out;
mod midi_strict;
mod part;
mod part_edit;
mod song;
mod tempo;

pub use bar_grid::{BarGrid, GridBar};
pub use chord::{Chord, Quality};
pub use drum::Piece;
pub use general_midi::DRUM_CHANNEL;
pub use key::{Key, Mode, NameError, class_name, read_class};
pub use key_name::key_name;
pub use metre::Metre;
pub use part::{GridNote, Part, PartKind, STEPS};
pub use song::{Action, Change, Control, Note, Song, TimedAction, Track};
pub use tempo::TempoMap;
