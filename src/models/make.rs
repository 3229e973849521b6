//! From a prompt, a sound, or another instrument to an instrument.
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
//! [`make_instrument`] does it in one go, and between steps of a few tens of milliseconds lets its caller
//! report, cancel, or do something else.

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
pub use kit::{KitWish, asks_for_kit};

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

/// An instrument that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// It.
    pub instrument: Instrument,
    /// The prompt was longer than the models read: its end didn't count.
    pub truncated: bool,
    /// What the user may want to know about it, in a sentence.
    pub notice: Option<String>,
    /// How long each stage took, without what its caller did in between.
    pub stages: Vec<(Stage, Duration)>,
}

/// What a way to an instrument comes to: it, whether the prompt was too long, and what is to be said.
type Outcome = (Instrument, bool, Option<String>);

/// The steps of a make: before each its caller is told what it does, and how much is done (0..=1).
struct Steps<'a> {
    go_on: &'a mut dyn FnMut(Stage, f32) -> ControlFlow<()>,
    stages: Vec<(Stage, Duration)>,
    now: Option<(Stage, Instant)>,
}

impl Steps<'_> {
    /// The next step.
    fn next(&mut self, stage: Stage, done: f32) -> Result<(), Error> {
        self.end();
        if (self.go_on)(stage, done).is_break() {
            return Err(Error::Cancelled);
        }
        self.now = Some((stage, Instant::now()));
        Ok(())
    }

    fn end(&mut self) {
        let Some((stage, begun)) = self.now.take() else {
            return;
        };
        let spent = begun.elapsed();
        match self.stages.iter_mut().find(|(known, _)| *known == stage) {
            Some((_, total)) => *total += spent,
            None => self.stages.push((stage, spent)),
        }
    }
}

impl Request {
    /// Whether there is anything to make; touches no model and no file. Thread: any.
    ///
    /// # Errors
    /// [`Error::Prompt`]: there is nothing to make it from, or the range isn't one.
    pub fn check(&self) -> Result<(), Error> {
        if self.source == Source::Words {
            text::trimmed(&self.prompt)?;
        }
        if let Some((low, high)) = self.range
            && (low > high || high > 127)
        {
            return Err(Error::Prompt(format!(
                "The keys {low} to {high} are no range; give the lowest and then the highest, each 0 to 127."
            )));
        }
        Ok(())
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

/// Makes an instrument. `go_on` is told what happens next and how much is done (0..=1), before
/// each step; its `Break` cancels. The same request and pack make the same instrument.
///
/// # Errors
/// Any [`Error`]; [`Error::Cancelled`] when `go_on` said so. Thread: any but audio; it blocks
/// for the whole time.
pub fn make_instrument(
    models: &mut Models,
    request: &Request,
    go_on: &mut dyn FnMut(Stage, f32) -> ControlFlow<()>,
) -> Result<Made, Error> {
    request.check()?;
    let mut steps = Steps {
        go_on,
        stages: Vec::new(),
        now: None,
    };
    steps.next(Stage::Loading, 0.0)?;
    let (instrument, truncated, notice) = match &request.source {
        _ if request.kit.is_some() => kit::make(request, models, &mut steps)?,
        Source::Words => words::make(request, models, &mut steps)?,
        Source::Sound(file) => known::from_sound(request, file, models, &mut steps)?,
        Source::Near(near) => known::near(request, near, models, &mut steps)?,
    };
    steps.end();
    let too_long = || format!("Only the first {MAX_TOKENS} words or so of the prompt counted.");
    Ok(Made {
        instrument,
        truncated,
        notice: notice.or_else(|| truncated.then(too_long)),
        stages: steps.stages,
    })
}
