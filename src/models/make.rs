//! From a prompt, a sound, or another instrument to an instrument, in short steps.
//!
//! Prompt → text vector → code of the first anchor → codes of all anchors → levels. Drawing one
//! note and completing the rest from it keeps an instrument's notes together; drawing all at once
//! was measured to give average-sounding instruments. A first note without a clear pitch is drawn
//! again ([`choice`](super::choice)).
//!
//! A sound's note takes the place of the drawn one: sound → note → its code → the rest. And what is
//! changed about a known sound, by words or at random, is changed in that code: what the other
//! notes differ by then is added to them.
//!
//! [`Making`] does it in steps of a few tens of milliseconds at most, so that its caller can
//! cancel, report, or do something else in between; [`make_instrument`] runs them all.

mod kit;
mod known;
mod listening;
mod words;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::prompt::{self, Prompt};
use super::text::{self, MAX_TOKENS};
use super::{Error, Models};
use crate::analysis::Sound;
use crate::instrument::{Family, Instrument};
use kit::KitMaking;
pub use kit::{KitWish, asks_for_kit};
use known::Known;
use words::Words;

/// Largest strength of a prompt; beyond it, sounds are caricatures.
pub const MAX_GUIDANCE: f32 = 10.0;

/// What to make an instrument from, besides words.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Source {
    /// Nothing: words alone.
    #[default]
    Words,
    /// The note in a sound file; words, if any, change it.
    Sound(SoundFile),
    /// An instrument to vary; words, if any, change it.
    Near(Arc<Instrument>),
}

/// A sound file to learn a note from.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundFile {
    /// Where it is.
    pub path: PathBuf,
    /// The MIDI key of its note, if that is known; else it is found.
    pub key: Option<f64>,
    /// What is in it, where it couldn't be written.
    pub sound: Option<Arc<Sound>>,
}

/// What to make.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// What else it is made from.
    pub source: Source,
    /// It is to be a drum kit, made from words alone.
    pub kit: Option<KitWish>,
    /// How much of a known sound is given up to chance, 0..=1: 0 is that sound.
    pub amount: f32,
    /// What it should sound like, in English words; with a known sound, what to change about it.
    pub prompt: String,
    /// The seed of every random choice: another seed, another such instrument.
    pub seed: u64,
    /// Its family; `None` leaves it to the prompt.
    pub family: Option<Family>,
    /// Lowest and highest useful MIDI key; `None` leaves it to the family.
    pub range: Option<(u8, u8)>,
    /// Strength of the prompt, 0..=[`MAX_GUIDANCE`]; `None` takes the pack's.
    pub guidance: Option<f32>,
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Waiting for its turn.
    Waiting,
    /// Loading ONNX Runtime and the models.
    Loading,
    /// Reading a sound file and finding its note.
    Listening,
    /// Finding the code of a known note.
    Encoding,
    /// Reading the prompt.
    Reading,
    /// Drawing the first note.
    Drawing,
    /// Finding the other notes.
    Completing,
    /// Turning codes into partials.
    Decoding,
    /// Turning partials into sound.
    Rendering,
}

impl Stage {
    /// A word or two for people. Thread: any.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Loading => "Loading models",
            Self::Listening => "Listening to the sound",
            Self::Encoding => "Learning its note",
            Self::Reading => "Reading the prompt",
            Self::Drawing => "Drawing a note",
            Self::Completing => "Finding its other notes",
            Self::Decoding => "Unfolding the sound",
            Self::Rendering => "Rendering",
        }
    }
}

/// How far a [`Making`] is.
#[derive(Debug)]
pub enum Progress {
    /// More steps to come: what the next one does, and how much is done (0..=1).
    Working(Stage, f32),
    /// The instrument.
    Done(Box<Instrument>),
}

/// An instrument in the making.
#[derive(Debug)]
pub struct Making {
    way: Way,
    timings: Vec<(Stage, Duration)>,
}

#[derive(Debug)]
enum Way {
    Words(Box<Words>),
    Known(Box<Known>),
    Kit(Box<KitMaking>),
}

impl Making {
    /// Begins; touches no model and no file yet.
    ///
    /// # Errors
    /// [`Error::Prompt`]: there is nothing to make it from, or the range isn't one. Thread: any but
    /// audio.
    pub fn new(request: Request) -> Result<Self, Error> {
        if request.source == Source::Words {
            text::trimmed(&request.prompt)?;
        }
        if let Some((low, high)) = request.range
            && (low > high || high > 127)
        {
            return Err(Error::Prompt(format!(
                "The keys {low} to {high} are no range; give the lowest and then the highest, each 0 to 127."
            )));
        }
        let way = match request.source {
            _ if request.kit.is_some() => Way::Kit(Box::new(KitMaking::new(request))),
            Source::Words => Way::Words(Box::new(Words::new(request))),
            Source::Sound(_) | Source::Near(_) => Way::Known(Box::new(Known::new(request))),
        };
        Ok(Self {
            way,
            timings: Vec::new(),
        })
    }

    /// What the next step does, and how much is done (0..=1). Thread: any.
    #[must_use]
    pub fn progress(&self) -> (Stage, f32) {
        match &self.way {
            Way::Words(words) => words.progress(),
            Way::Known(known) => known.progress(),
            Way::Kit(kit) => kit.progress(),
        }
    }

    /// The prompt was longer than the models read: its end didn't count. Thread: any.
    #[must_use]
    pub fn was_truncated(&self) -> bool {
        match &self.way {
            Way::Words(words) => words.was_truncated(),
            Way::Known(known) => known.was_truncated(),
            Way::Kit(kit) => kit.was_truncated(),
        }
    }

    /// What the user may want to know about it, in a sentence. Thread: any.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        let said = match &self.way {
            Way::Words(words) => words.notice(),
            Way::Kit(kit) => kit.notice(),
            Way::Known(known) => known.notice(),
        };
        said.or_else(|| {
            self.was_truncated()
                .then(|| format!("Only the first {MAX_TOKENS} words or so of the prompt counted."))
        })
    }

    /// How long each stage took so far. Thread: any.
    #[must_use]
    pub fn timings(&self) -> &[(Stage, Duration)] {
        &self.timings
    }

    /// Does the next step. Not to be called again after [`Progress::Done`] or an error.
    ///
    /// # Errors
    /// Any [`Error`]. Thread: generator.
    pub fn step(&mut self, models: &mut Models) -> Result<Progress, Error> {
        let begun = Instant::now();
        let (stage, _) = self.progress();
        let done = match &mut self.way {
            Way::Words(words) => words.step(models)?,
            Way::Known(known) => known.step(models)?,
            Way::Kit(kit) => kit.step(models)?,
        };
        self.note_time(stage, begun.elapsed());
        Ok(match done {
            Some(instrument) => Progress::Done(Box::new(instrument)),
            None => {
                let (stage, done) = self.progress();
                Progress::Working(stage, done)
            }
        })
    }

    fn note_time(&mut self, stage: Stage, spent: Duration) {
        match self.timings.iter_mut().find(|(known, _)| *known == stage) {
            Some((_, total)) => *total += spent,
            None => self.timings.push((stage, spent)),
        }
    }
}

/// The prompt of a request that is made from words, as it is understood, and what to say of that.
fn read(request: &Request) -> (Prompt, Option<String>) {
    let read = Prompt::read(&request.prompt);
    let only_denies = read.only_denies();
    let is_kit = request.kit.is_some();
    let prompt = read.or_by_chance(request.seed, request.family, is_kit);
    let notice = if only_denies {
        Some(prompt::only_denied(&prompt.said))
    } else {
        prompt::one_at_a_time(&prompt.said, is_kit)
    };
    (prompt, notice)
}

/// Makes an instrument. `progress` is told what happens next and how much is done (0..=1), before
/// each step; its `Break` cancels.
///
/// # Errors
/// Any [`Error`]; [`Error::Cancelled`] when `progress` said so. Thread: any but audio; it blocks
/// for the whole time.
pub fn make_instrument(
    models: &mut Models,
    request: &Request,
    progress: &mut dyn FnMut(Stage, f32) -> ControlFlow<()>,
) -> Result<Instrument, Error> {
    let mut making = Making::new(request.clone())?;
    let (mut stage, mut done) = making.progress();
    loop {
        if progress(stage, done).is_break() {
            return Err(Error::Cancelled);
        }
        match making.step(models)? {
            Progress::Working(next, so_far) => (stage, done) = (next, so_far),
            Progress::Done(instrument) => return Ok(*instrument),
        }
    }
}
