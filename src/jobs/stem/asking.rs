//! What can be asked of one instance's part, and how it stands.

use std::path::PathBuf;
use std::sync::Arc;

use super::ensemble::{MixSettings, PartTab};
use super::recording::Recording;
pub use super::sheet::Sheet;
use crate::jobs::{Said, Status};
use crate::music::PartKind;

/// Variations that are made at once.
pub const VARIATIONS: usize = 3;

/// What the part's makers are doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum StemStatus {
    /// Nothing.
    #[default]
    Idle,
    /// So much is done, 0..=1.
    Working(f32),
    /// A recording is read.
    Reading,
    /// It couldn't be made: one sentence for the user.
    Failed(String),
}

/// How it stands. Any thread but audio.
#[derive(Clone, Debug, Default)]
pub struct Stem {
    /// The part, if there is one.
    pub sheet: Option<Arc<Sheet>>,
    /// What it is instead, where it is a recording.
    pub recording: Option<Arc<Recording>>,
    /// What is being made.
    pub status: StemStatus,
    /// Name of the instrument that plays it.
    pub sound: Option<String>,
    /// How it stands with that.
    pub sound_status: Status,
    /// What became of the last order.
    pub said: Option<Said>,
    /// Where the host's song is, steps of the part; nothing while it rests.
    pub playhead: Option<f64>,
    /// All parts of the instance, in the order in which they were added.
    pub parts: Vec<PartTab>,
}

/// A change of notes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edit {
    /// Puts a note there, or takes it away.
    Toggle {
        /// Its step.
        step: u32,
        /// Its key.
        key: u8,
    },
    /// How hard the note there is played.
    Velocity {
        /// Its step.
        step: u32,
        /// Its key.
        key: u8,
        /// MIDI velocity, 1..=127.
        velocity: u8,
    },
    /// How far after its step the note there begins.
    Nudge {
        /// Its step.
        step: u32,
        /// Its key.
        key: u8,
        /// Steps, −0.5..=0.5.
        offset: f32,
    },
    /// Moves all notes towards their steps.
    Quantise(f32),
    /// Where second eighths fall, from straight (0) to triplets (1).
    Swing(f32),
    /// Moves notes by chance, and how hard they are played; 0..=1.
    Humanise(f32),
}

/// What can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum StemOrder {
    /// Make variations of a part that fits what was heard.
    Make {
        /// The instruction.
        words: String,
        /// The part; otherwise the one that the words name.
        kind: Option<PartKind>,
        /// The seed of the first variation.
        seed: u64,
    },
    /// Change the part that is there as the words say, or make some of it anew; locks are kept.
    Again {
        /// The instruction, such as "busier".
        words: String,
        /// Bars to be made anew; all where this is empty.
        bars: Vec<bool>,
        /// Keys of the pieces to be made anew; all where this is empty.
        pieces: Vec<u8>,
        /// The seed.
        seed: u64,
    },
    /// Add a sound file as a part of its own.
    AddRecording {
        /// The file.
        file: PathBuf,
        /// Where in the song its first frame is heard, quarter notes; nothing for the next bar line.
        begins: Option<f64>,
    },
    /// Have the recording begin at this quarter note of the song.
    Begin(f64),
    /// Show this part: further orders are for it.
    Show(usize),
    /// Mix this part like that.
    Mix(usize, MixSettings),
    /// Stop making.
    Cancel,
    /// Play a variation.
    Choose(usize),
    /// Change notes.
    Edit(Edit),
    /// Keep a bar, or don't.
    LockBar(usize, bool),
    /// Keep a piece of the kit, or don't.
    LockPiece(u8, bool),
    /// Play it over and over, or in its place only.
    Repeat(bool),
    /// Make another sound for it, from these words.
    Sound(String, u64),
    /// Take the last change back.
    Undo,
    /// And make it again.
    Redo,
    /// Take the part away.
    Clear,
    /// Save it in a folder, as a MIDI file.
    SaveMidi(PathBuf),
    /// Save it there as 24-bit WAV, its tail included.
    SaveWav(PathBuf),
    /// The sentence has been read.
    Dismiss,
}
