//! Figures: what a line plays where, as its file has it: "1 root, 2& fifth short .5".

use super::Setting;
use super::chance::chance;
use super::file::LineFile;
use super::places::{Bars, NoPlace};

/// How much harder and softer a note is that is said to be, in levels.
const LOUD: f32 = 0.8;
const SOFT: f32 = -1.0;
/// A dead note: damped before it sounds.
const DEAD: f32 = -1.6;
const DEAD_STEPS: f32 = 0.3;
/// A short one, steps.
const SHORT: f32 = 0.5;

/// What a figure plays at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Degree {
    /// Of the chord there.
    Root,
    /// A whole tone above the root.
    Second,
    Third,
    /// A fourth above it.
    Fourth,
    Fifth,
    /// The fifth below the root.
    LowFifth,
    Sixth,
    /// Seventh, or of a major triad the sixth.
    Seventh,
    /// A minor seventh, whatever the chord.
    FlatSeventh,
    /// The seventh below the root.
    LowSeventh,
    Octave,
    /// The root of the chord that comes next.
    Next,
    /// A step to that.
    Approach,
    /// The chord there, or (ahead) the one that comes.
    Chord,
    Ahead,
    /// One of the chord's notes, counted from the lowest.
    Voice(usize),
}

/// A note of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FigureNote {
    /// Its step in a round.
    pub(super) step: usize,
    pub(super) degree: Degree,
    pub(super) likely: f32,
    /// Levels above the usual.
    pub(super) louder: f32,
    /// Steps that it lasts at most, where that is said.
    pub(super) most: Option<f32>,
}

/// A line as it is played: its file, and its figure's versions.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    pub(super) line: LineFile,
    /// Steps of a round.
    pub(super) round: usize,
    pub(super) versions: Vec<Vec<FigureNote>>,
    /// Steps of a round that are accented.
    pub(super) accents: Vec<usize>,
}

/// A line that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Misplaced {
    /// A note of a figure at a place that there isn't.
    #[error("{0} in \"{1}\"")]
    Note(NoPlace, String),
    /// An accent there.
    #[error("{0}")]
    Accent(#[from] NoPlace),
}

impl Figures {
    /// From what a file says of a line.
    pub(super) fn of(line: &LineFile, bars: Bars) -> Result<Self, Misplaced> {
        let bars = bars.times(line.bars);
        let versions = line.notes.iter().map(|text| version(text, bars));
        let accents = bars.at(&line.accents);
        Ok(Self {
            line: line.clone(),
            round: bars.all(),
            versions: versions.collect::<Result<_, _>>()?,
            accents: accents?,
        })
    }

    /// What is played at which steps, of a stream of chance.
    pub(super) fn played(&self, setting: &Setting, stream: u64) -> Vec<(usize, FigureNote)> {
        let mut played = Vec::new();
        if self.versions.is_empty() {
            return played;
        }
        for first in (0..setting.steps).step_by(self.round) {
            let version = self.version(setting, first / self.round);
            let notes = self.versions[version].iter();
            let at = notes.map(|note| (first + note.step, *note));
            played.extend(at.filter(|(step, note)| {
                *step < setting.steps
                    && (note.likely >= 1.0 || self.number(setting, stream, *step) < note.likely)
            }));
        }
        played
    }

    /// The number that decides over a note: of a riff the same in all rounds.
    fn number(&self, setting: &Setting, stream: u64, step: usize) -> f32 {
        let place = if self.line.vary == Some(0.0) {
            step % self.round
        } else {
            step
        };
        chance(setting.seed, &[stream, place as u64])
    }

    /// Which version a round has: that of the seed, another in every fourth, or as often as the file says.
    fn version(&self, setting: &Setting, round: usize) -> usize {
        let count = self.versions.len();
        let of = |place: u64| (chance(setting.seed, &[67, place]) * count as f32) as usize;
        let first = of(0);
        let number = chance(setting.seed, &[68, round as u64]);
        let other = match self.line.vary {
            Some(often) => number < often,
            None => round % 4 == 3 || round % 4 == 1 && number < 0.4,
        };
        match other {
            true => (first + 1 + of(1 + round as u64).min(count.saturating_sub(2))) % count,
            false => first,
        }
    }
}

/// A version of a figure.
fn version(text: &str, bars: Bars) -> Result<Vec<FigureNote>, Misplaced> {
    let mut notes = Vec::new();
    for note in text.split(',').filter(|note| !note.trim().is_empty()) {
        let mut words: Vec<&str> = note.split_ascii_whitespace().collect();
        let mut said = FigureNote {
            step: 0,
            degree: Degree::Chord,
            likely: 1.0,
            louder: 0.0,
            most: None,
        };
        while let Some(word) = words.last() {
            match *word {
                "loud" => said.louder = LOUD,
                "soft" => said.louder = SOFT,
                "short" => said.most = Some(SHORT),
                "long" => said.most = Some(f32::MAX),
                "dead" => (said.louder, said.most) = (DEAD, Some(DEAD_STEPS)),
                // A whole number is a place.
                word if word.contains('.') && word.parse::<f32>().is_ok() => {
                    said.likely = word.parse().unwrap_or(1.0);
                }
                _ => break,
            }
            words.pop();
        }
        if let Some(degree) = words.last().and_then(|word| degree(word)) {
            said.degree = degree;
            words.pop();
        }
        let steps = bars.at(&words.join(" "));
        let steps = steps.map_err(|place| Misplaced::Note(place, note.trim().to_owned()))?;
        notes.extend(steps.into_iter().map(|step| FigureNote { step, ..said }));
    }
    notes.sort_by_key(|note| note.step);
    Ok(notes)
}

fn degree(word: &str) -> Option<Degree> {
    Some(match word {
        "root" => Degree::Root,
        "second" => Degree::Second,
        "third" => Degree::Third,
        "fourth" => Degree::Fourth,
        "fifth" => Degree::Fifth,
        "low-fifth" => Degree::LowFifth,
        "sixth" => Degree::Sixth,
        "seventh" => Degree::Seventh,
        "flat-seventh" => Degree::FlatSeventh,
        "low-seventh" => Degree::LowSeventh,
        "octave" => Degree::Octave,
        "next" => Degree::Next,
        "approach" => Degree::Approach,
        "chord" => Degree::Chord,
        "ahead" => Degree::Ahead,
        "v1" => Degree::Voice(0),
        "v2" => Degree::Voice(1),
        "v3" => Degree::Voice(2),
        "v4" => Degree::Voice(3),
        "v5" => Degree::Voice(4),
        _ => return None,
    })
}
