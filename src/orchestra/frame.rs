//! What all parts of an arrangement share: beats, chords, phrases, sections with their textures.

use super::asked::{Character, Texture};
use super::harmony::{Harmonies, phrase_ends};
use super::source::Source;
use super::tone::{self, Bar, Beat, SAME, Tone};
use crate::style::chance::{chance, pick};

/// Bars of a section.
const SECTION: usize = 4;

/// Some bars in one texture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Section {
    /// From where, quarter notes.
    pub from: f64,
    /// To where.
    pub to: f64,
    pub texture: Texture,
    /// How much is going on, about −1..=1.
    pub level: f32,
}

/// What all parts share.
#[derive(Clone, Debug)]
pub(super) struct Frame<'a> {
    pub bars: &'a [Bar],
    pub beats: Vec<Beat>,
    pub harmonies: Harmonies,
    /// Beats that phrases end in.
    pub ends: Vec<usize>,
    pub sections: Vec<Section>,
    pub character: &'a Character,
    /// The melody where its first player has it.
    pub melody: Vec<Tone>,
    /// The source's own bass, where it has one.
    pub bass: &'a [Tone],
    pub bpm: f64,
    pub seed: u64,
}

impl<'a> Frame<'a> {
    /// Of a piece. `plain` ensembles, choirs and hymns, go chord by chord.
    pub fn new(
        source: &'a Source,
        harmonies: Harmonies,
        character: &'a Character,
        plain: bool,
        seed: u64,
    ) -> Self {
        let beats = tone::beats(&source.bars);
        let ends = phrase_ends(&source.melody, &beats);
        let sections = sections(&source.bars, character, plain, seed);
        Self {
            bars: &source.bars,
            beats,
            harmonies,
            ends,
            sections,
            character,
            melody: source.melody.clone(),
            bass: &source.bass,
            bpm: source.bpm(),
            seed,
        }
    }

    /// The section of a moment.
    pub fn section(&self, at: f64) -> &Section {
        let after = self
            .sections
            .partition_point(|section| section.from <= at + SAME);
        &self.sections[after.max(1) - 1]
    }

    /// Whether a phrase ends in a beat.
    pub fn ends_in(&self, beat: usize) -> bool {
        self.ends.binary_search(&beat).is_ok()
    }

    /// Where phrases begin, quarter notes.
    pub fn phrases(&self) -> Vec<f64> {
        let after = |beat: &usize| {
            self.melody
                .iter()
                .map(|tone| tone.start)
                .find(|start| *start >= self.beats[*beat].end - SAME)
        };
        let mut starts: Vec<f64> = self
            .melody
            .first()
            .map(|tone| tone.start)
            .into_iter()
            .collect();
        starts.extend(self.ends.iter().filter_map(after));
        starts.dedup();
        starts
    }

    /// The melody's key at a moment, or the last before it.
    pub fn melody_at(&self, at: f64) -> Option<u8> {
        let after = self.melody.partition_point(|tone| tone.start <= at + SAME);
        let tone = self.melody.get(after.max(1) - 1)?;
        Some(tone.key)
    }

    /// Whether a note of the melody begins here.
    pub fn strikes(&self, at: f64) -> bool {
        let after = self.melody.partition_point(|tone| tone.start < at - SAME);
        self.melody
            .get(after)
            .is_some_and(|tone| tone.start <= at + SAME)
    }

    /// The lowest key of the melody in a stretch, if it sounds there.
    pub fn melody_floor(&self, from: f64, to: f64) -> Option<u8> {
        let sounding = self
            .melody
            .iter()
            .filter(|tone| tone.within(from, to) > SAME);
        sounding.map(|tone| tone.key).min()
    }

    /// Where the notes of the piece end, quarter notes.
    pub fn end(&self) -> f64 {
        self.bars.last().map_or(0.0, |bar| bar.end)
    }
}

fn sections(bars: &[Bar], character: &Character, plain: bool, seed: u64) -> Vec<Section> {
    let count = bars.len().div_ceil(SECTION);
    let mut found: Vec<Section> = Vec::new();
    for (number, bars) in bars.chunks(SECTION).enumerate() {
        let place = number as f32 / (count.max(2) - 1) as f32;
        let level = if character.builds {
            2.0 * place - 1.0
        } else {
            // Growing to two thirds, and back a little.
            [0.0, 0.15, 0.35, 0.1][number % 4] + 0.2 * (1.0 - (place - 0.67).abs())
        };
        let before = found.last().map(|section| section.texture);
        let three = bars[0].metre.beats() == 3 || bars[0].metre.beats() == 6;
        let texture = character
            .texture
            .unwrap_or_else(|| texture(character, plain, three, before, (seed, number)));
        found.push(Section {
            from: bars[0].start,
            to: bars[bars.len() - 1].end,
            texture,
            level,
        });
    }
    found
}

/// A texture that isn't the one before, by character.
fn texture(
    how: &Character,
    plain: bool,
    three: bool,
    before: Option<Texture>,
    (seed, number): (u64, usize),
) -> Texture {
    if plain {
        return Texture::Chordal;
    }
    let lively = 1.0 + 0.6 * how.busy.max(-1.5);
    let weights = [
        (Texture::Chordal, 3.0 + how.full),
        (
            Texture::Sustained,
            (1.6 - 0.8 * how.busy - 0.5 * how.full).max(0.1),
        ),
        (Texture::Arpeggio, 1.1 * lively),
        (Texture::AfterBeat, if three { 0.0 } else { 0.8 * lively }),
        (Texture::Waltz, if three { 2.4 } else { 0.0 }),
        (Texture::Ostinato, (0.6 + 0.8 * how.drama.max(0.0)) * lively),
    ];
    let again = |texture: Texture| if Some(texture) == before { 0.25 } else { 1.0 };
    let weighted = weights
        .iter()
        .map(|(texture, weight)| (texture, weight.max(0.0) * again(*texture)));
    let number = chance(seed, &[40, number as u64]);
    pick(number, weighted).copied().unwrap_or(Texture::Chordal)
}
