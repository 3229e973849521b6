//! What can be asked of who listens to the song, and how it stands.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Heard, Hearing, Taken};
use crate::analysis::song::Corrections;
use crate::analysis::song::live::Now;
use crate::jobs::Said;

/// Numbers of bars to choose from.
pub const BARS: [u32; 5] = [1, 2, 4, 8, 16];
/// And the one that is chosen at first: a phrase.
const USUAL_BARS: u32 = 4;
/// Where the song comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Source {
    /// What the user routes into the sidechain of an instrument.
    #[default]
    Sidechain,
    /// The track that an effect sits on.
    Track,
}

impl Source {
    /// Nothing comes from there, and what to do about it.
    fn is_silent(self) -> &'static str {
        match self {
            Self::Sidechain => {
                "Nothing is heard on the sidechain: press “How to route”, then take bars again."
            }
            Self::Track => {
                "Nothing plays on this track: let it play something, then take bars again."
            }
        }
    }
}

/// How far it is with bars that are waited for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// The next bar hasn't begun, or the song stands still.
    Waiting,
    /// So many of the bars are whole.
    Bars(u32),
    /// The host says no bars: so many seconds were heard.
    Seconds(f64),
}

/// How it stands with listening. Any thread but audio.
#[derive(Clone, Debug)]
pub struct Song {
    /// It is switched on.
    pub listens: bool,
    /// How many bars are taken at a time, one of [`BARS`].
    pub bars: u32,
    /// Whole bars heard since the song began, jumped or stopped.
    pub heard: u32,
    /// It plays, and nothing but silence has come for a while.
    pub quiet: bool,
    /// Key and chord, while it plays.
    pub now: Option<Now>,
    /// Bars that are waited for.
    pub progress: Option<Progress>,
    /// What was taken last.
    pub taken: Option<Arc<Taken>>,
    /// What is heard in it.
    pub hearing: Option<Hearing>,
    /// What became of the last order.
    pub said: Option<Said>,
}

impl Song {
    /// What is heard, if it is.
    #[must_use]
    pub fn heard_in_it(&self) -> Option<&Arc<Heard>> {
        match &self.hearing {
            Some(Hearing::Done(heard)) => Some(heard),
            _ => None,
        }
    }
}

impl Default for Song {
    fn default() -> Self {
        Self {
            listens: false,
            bars: USUAL_BARS,
            heard: 0,
            quiet: false,
            now: None,
            progress: None,
            taken: None,
            hearing: None,
            said: None,
        }
    }
}

/// What can be asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum SongOrder {
    /// Listen, or no more.
    Listen(bool),
    /// How many bars to take at a time, one of [`BARS`].
    Bars(u32),
    /// Take the last bars that were heard whole.
    TakeLast,
    /// Take the bars that come, from the next one on.
    FromNextBar,
    /// That is enough: take those that are whole.
    Stop,
    /// Forget about the bars that are waited for.
    Cancel,
    /// Save what was taken in a folder, as 24-bit WAV.
    Save(PathBuf),
    /// Save its notes there, as a MIDI file.
    SaveNotes(PathBuf),
    /// What the user says about what was taken.
    Tell {
        /// What was said before, as far as the user saw.
        seen: Box<Corrections>,
        /// All that is said now.
        told: Box<Corrections>,
    },
    /// A bar of what was taken begins about where the song is playing now.
    TapDownbeat,
    /// The user takes back what was said last.
    UndoTell,
    /// And says it again.
    RedoTell,
}

/// Why an order isn't followed. `Display` is one sentence that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SongFault {
    /// Nothing comes from there.
    #[error("{}", .0.is_silent())]
    Silent(Source),
    /// Bars that are longer than what is remembered.
    #[error("So many bars of this song take longer than two minutes: choose fewer.")]
    TooLong,
    /// The song never played so far.
    #[error("The song jumped before so many bars were whole: choose fewer.")]
    Jumps,
    /// Only so many bars were whole.
    #[error("{}", few_bars(*.0))]
    FewBars(usize),
    /// The host doesn't process.
    #[error("The host has switched Consort off: switch it on, then take bars again.")]
    Inactive,
    /// Listening is switched off.
    #[error("Consort isn't listening: switch Listen on, then take bars again.")]
    NotListening,
    /// The system starts no more threads.
    #[error(
        "Consort can't start a thread to listen; close other programs and switch Listen on again."
    )]
    NoThread,
    /// What was heard so far has another rate.
    #[error("The host changed its sample rate: take the bars again.")]
    RateChanged,
    /// The place of the song isn't known.
    #[error("The song doesn't play: press “Tap 1” on the first beat of a bar while it does.")]
    NotPlaying,
    /// There is nothing to save.
    #[error("Nothing was taken yet.")]
    NothingTaken,
    /// What was taken isn't heard.
    #[error("What was taken isn't heard yet: wait a moment.")]
    NotHeard,
}

fn few_bars(whole: usize) -> String {
    match whole {
        0 => "No bar was heard whole so far: wait for the end of one.".into(),
        1 => "Only 1 bar was heard whole so far: wait, or choose fewer.".into(),
        whole => format!("Only {whole} bars were heard whole so far: wait, or choose fewer."),
    }
}
