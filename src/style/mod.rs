//! Styles: what a teacher of the instrument would say is certain, usual and wrong in "one drop" or "bossa nova", in files that a
//! musician can read and write (`plugin-assets/styles`), and the rules that play by it.
//!
//! | module | what it is |
//! |---|---|
//! | [`mod@file`] | a style as its file has it |
//! | [`places`] | places in a bar, as musicians count them |
//! | [`pieces`] | the pieces that styles name |
//! | `facts` | tables of what a file says of drums |
//! | `figures` | what a file says of lines |
//! | `metres` | a style in another metre than its own |
//! | `pace` | songs counted twice as fast or slow |
//! | `groove` | drums of facts |
//! | `form` | fills and crashes |
//! | `touch` | how hard and how exactly |
//! | `bass` | lines over chords |
//! | `chords` | chords in a rhythm, voices led |
//! | `voicing` | which notes of a chord, and where |
//! | `known` | the styles inside Consort, and what they are called |
//! | `fitting` | the style that suits a song |
//! | [`chance`] | numbers by place |

mod bass;
pub mod chance;
mod chords;
mod facts;
mod figures;
pub mod file;
mod fitting;
mod form;
mod groove;
mod known;
mod metres;
mod pace;
pub mod pieces;
pub mod places;
#[cfg(test)]
mod tests;
mod touch;
#[cfg(test)]
mod variety;
mod voicing;

pub use fitting::for_song;
pub use known::{Named, all, is_of_a_name, kind_of, named, named_in};

use crate::music::{Chord, GridNote, Key, Part, PartKind, STEPS};
use facts::Facts;
use figures::{Figures, Misplaced};
use file::StyleFile;
use places::Bars;

/// A style that can be played.
#[derive(Clone, Debug)]
pub struct Style {
    file: StyleFile,
    bars: Bars,
    drums: Vec<Facts>,
    lines: Vec<(PartKind, Figures)>,
    others: metres::Others,
}

/// What is wrong with a style's file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The style {name} can't be read: {what}.")]
pub struct Misstyled {
    name: String,
    what: String,
}

impl Misstyled {
    fn new(names: &[String], what: String) -> Self {
        let name = names
            .first()
            .map_or("without a name", String::as_str)
            .to_owned();
        Self { name, what }
    }
}

/// What a part has to fit.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// Steps of the part: whole bars of the style's metre.
    pub steps: usize,
    /// The chord of each step.
    pub chords: &'a [Chord],
    /// The key.
    pub key: Key,
    /// Quarter notes a minute.
    pub bpm: f64,
    /// The other parts.
    pub given: &'a [&'a Part],
    /// The same seed gives the same part.
    pub seed: u64,
    /// How busy it is to be, −2..=2.
    pub busy: f32,
    /// How hard it is to be played, −2..=2.
    pub loud: f32,
    /// Bars, from 0, that have a fill.
    pub fills: &'a [usize],
    /// Whether sections end in fills, where anything is said of it.
    pub section_fills: Option<bool>,
    /// Bars, from 0, that sections begin with; every eighth where there are none.
    pub ends: &'a [usize],
    /// Groups of pieces that mustn't play ([`pieces::group`]).
    pub banned: &'a [&'a str],
    /// How much likelier kicks are with the bass.
    pub follow: f32,
}

impl Style {
    /// From the text of its file. Any thread but audio.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, Misstyled> {
        let file: StyleFile = toml::from_str(text)
            .map_err(|error| Misstyled::new(&[], error.to_string().replace('\n', " ")))?;
        let wrong = |what: &str| Misstyled::new(&file.names, what.to_owned());
        if file.names.is_empty() || file.sources.is_empty() || !(1..=4).contains(&file.bars) {
            return Err(wrong("it needs a name, a source, and one to four bars"));
        }
        let bars = Bars::of(&file.metre, &file.groups, file.bars);
        let bars = bars.map_err(|fault| wrong(&fault.to_string()))?;
        let drums = file.drums.iter();
        let drums = drums.map(|(name, said)| Facts::of(name, said, &file, bars));
        let drums = drums.collect::<Result<_, _>>()?;
        let form = &file.form;
        let path = form.path.iter().flatten().flatten();
        if let Some(name) = path
            .chain(&form.keeps)
            .find(|name| pieces::named(name).is_none())
        {
            return Err(Misstyled::new(
                &file.names,
                format!("there is no piece \"{name}\""),
            ));
        }
        let line = |(kind, line)| Ok((kind, Figures::of(line, bars)?));
        let lines = file.lines().map(line).collect::<Result<_, Misplaced>>();
        let lines = lines.map_err(|fault| wrong(&fault.to_string()))?;
        Ok(Self {
            file,
            bars,
            drums,
            lines,
            others: metres::Others::default(),
        })
    }

    /// What its file says. Any thread.
    #[must_use]
    pub fn file(&self) -> &StyleFile {
        &self.file
    }

    /// What it is called first. Any thread.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.file.names[0]
    }

    /// Whether it says what this part plays. Any thread.
    #[must_use]
    pub fn has(&self, kind: PartKind) -> bool {
        match kind {
            PartKind::Drums => !self.drums.is_empty(),
            _ => self.line(kind).is_some(),
        }
    }

    /// Whether its own file does. Any thread.
    #[must_use]
    pub fn says(&self, kind: PartKind) -> bool {
        match kind {
            PartKind::Drums => !self.file.drums.is_empty(),
            _ => self.file.lines().any(|(of, _)| of == kind),
        }
    }

    /// What this part is played on, in words. Any thread.
    #[must_use]
    pub fn sound(&self, kind: PartKind) -> Option<&str> {
        match kind {
            PartKind::Drums => self.file.kit.as_deref().filter(|_| self.has(kind)),
            _ => self.line(kind)?.line.sound.as_deref(),
        }
    }

    /// How far this part lies under the loudness of all else, LU, where it says so. Any thread.
    #[must_use]
    pub fn under(&self, kind: PartKind) -> Option<f64> {
        self.line(kind)?.line.under
    }

    /// Whether a word is in one of its names. Any thread but audio.
    #[must_use]
    pub fn is_called(&self, word: &str) -> bool {
        self.file
            .names
            .iter()
            .any(|name| known::has_word(name, word))
    }

    /// It as it is played in a metre, "7/8"; none where it can't be. Any thread but audio.
    #[must_use]
    pub fn in_metre(&'static self, metre: &str) -> Option<&'static Self> {
        match self.file.metre == metre {
            true => Some(self),
            false => self.others.of(self, metre),
        }
    }

    /// Whether the piece of this key goes on through fills. Any thread.
    #[must_use]
    pub fn keeps(&self, key: u8) -> bool {
        let kept = self
            .file
            .form
            .keeps
            .iter()
            .filter_map(|name| pieces::named(name));
        kept.into_iter().any(|piece| pieces::key(piece) == key)
    }

    /// Whether its time is swung: nothing is to swing it again. Any thread.
    #[must_use]
    pub fn swings(&self) -> bool {
        matches!(self.file.feel, file::Feel::Swing | file::Feel::Triplets)
    }

    fn line(&self, kind: PartKind) -> Option<&Figures> {
        let mut lines = self.lines.iter();
        lines.find(|(of, _)| *of == kind).map(|(_, line)| line)
    }

    /// What is missing is played as another style has it.
    fn completed(&mut self, kin: &Self) {
        for (kind, line) in &kin.lines {
            if self.line(*kind).is_none() {
                self.lines.push((*kind, line.clone()));
            }
        }
        if self.drums.is_empty() {
            self.drums.clone_from(&kin.drums);
        }
    }

    fn drums(&self) -> &[Facts] {
        &self.drums
    }

    /// Whether a piece is certain at a step.
    fn musts(&self, piece: usize, step: usize) -> bool {
        let mut drums = self.drums.iter();
        let facts = drums.find(|facts| facts.piece == piece);
        facts.is_some_and(|facts| facts.chance[step % self.bars.all()] >= 1.0)
    }

    /// A part, if the style has one of this kind. Some milliseconds a minute of song. Any thread but audio.
    #[must_use]
    pub fn write(&self, kind: PartKind, setting: &Setting) -> Option<Part> {
        // Two styles of one seed aren't each other's fills, and two songs have two grooves. Tempo counts by semitones: a
        // beat that is heard a little longer is none of another song.
        let song = [
            u8::from(setting.key.mode == crate::music::Mode::Minor),
            setting.key.tonic,
            (12.0 * setting.bpm.max(1.0).log2()).round() as u8,
        ];
        let own = self.name().bytes().chain(song).fold(0u64, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        let setting = Setting {
            follow: self.file.follow,
            seed: setting.seed ^ own,
            ..setting.clone()
        };
        match pace::Pace::of(self, &setting) {
            Some(pace) => pace.write(self, kind, &setting),
            None => self.at_pace(kind, &setting),
        }
    }

    /// The same, counted as the song is.
    fn at_pace(&self, kind: PartKind, setting: &Setting) -> Option<Part> {
        let notes = match (kind, self.line(kind)) {
            (PartKind::Drums, _) if self.has(kind) => {
                let mut hits = groove::groove(self, setting);
                form::dress(self, setting, &mut hits);
                touch::strokes(self, setting, &hits)
            }
            (PartKind::Bass, Some(line)) => bass::line(self, line, setting),
            (_, Some(line)) => chords::line(self, line, setting, kind),
            _ => return None,
        };
        Some(Part::new(Some(kind), notes))
    }
}

impl Style {
    /// The strokes of a fill at the end of a bar of so many steps, the fill's first step being 0, and how many steps it takes. `wish` is
    /// the beats it is to take, and whether it is to be on the toms or on the snare. Any thread but audio.
    #[must_use]
    pub fn fill(
        &self,
        setting: &Setting,
        bar: usize,
        number: usize,
        wish: (Option<usize>, Option<bool>),
    ) -> (usize, Vec<GridNote>) {
        let (steps, hits) = form::alone(self, setting, (bar, number), wish);
        (steps, touch::strokes(self, setting, &hits))
    }
}

impl Setting<'_> {
    /// Where notes of the bass begin, step by step; none without a bass.
    fn bass_onsets(&self) -> Option<Vec<bool>> {
        self.onsets(|part| part.kind == Some(PartKind::Bass))
    }

    /// Where kicks are, likewise.
    fn kicks(&self) -> Option<Vec<bool>> {
        let drums = self
            .given
            .iter()
            .find(|part| part.kind == Some(PartKind::Drums))?;
        let kicks = drums
            .notes
            .iter()
            .filter(|note| matches!(note.key, 35 | 36));
        self.marked(kicks)
    }

    fn onsets(&self, of: impl Fn(&Part) -> bool) -> Option<Vec<bool>> {
        let part = self.given.iter().find(|part| of(part))?;
        self.marked(part.notes.iter())
    }

    fn marked<'n>(&self, notes: impl Iterator<Item = &'n GridNote>) -> Option<Vec<bool>> {
        let mut at = vec![false; self.steps];
        let mut any = false;
        for note in notes {
            if let Some(at) = at.get_mut(note.step as usize) {
                (*at, any) = (true, true);
            }
        }
        any.then_some(at)
    }

    /// The chord at a step.
    fn chord(&self, step: usize) -> Chord {
        self.chords[step.min(self.chords.len() - 1)]
    }

    /// Steps a millisecond is.
    fn steps_a_ms(&self) -> f32 {
        (self.bpm / 60_000.0) as f32 * STEPS as f32
    }
}
