//! An arrangement: parts for an ensemble, and the same as a song.

use super::asked::{Role, Texture};
use super::fit::Moved;
use super::harmony::Harmonies;
use super::instruments::Instrument;
use super::tone::Tone;
use crate::music::{Metre, Note, Song, TempoMap, Track};

/// A part of an arrangement.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrangedPart {
    /// What plays it.
    pub instrument: &'static Instrument,
    /// Its name in the score: "violin 2".
    pub name: String,
    /// What it does.
    pub role: Role,
    /// Sorted by start; never empty.
    pub tones: Vec<Tone>,
    /// MIDI channel, 0..=15, 9 for drums; each part's own.
    pub channel: u8,
    /// General MIDI programme; none for drums.
    pub programme: Option<u8>,
    /// −1 (left) to 1.
    pub pan: f32,
    /// How loud it is to be beside the others, dB.
    pub gain_db: f32,
    /// Words for its sound: "warm".
    pub sound: Vec<String>,
}

/// Parts for an ensemble, of which one has the melody.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrangement {
    /// Key and chords that it was made over.
    pub harmonies: Harmonies,
    /// The source's metres.
    pub metres: Vec<(f64, Metre)>,
    /// The source's tempo.
    pub tempo: TempoMap,
    /// As the request has them.
    pub parts: Vec<ArrangedPart>,
    /// Which part has the melody; none where only bass and drums were asked for.
    pub melody: Option<usize>,
    /// The part that answers, where melody and answer change.
    pub answers: Option<usize>,
    /// Stretches of melody that are in another octave than the source.
    pub moved: Vec<Moved>,
    /// What its sections do: from which quarter note on.
    pub textures: Vec<(f64, Texture)>,
}

impl Arrangement {
    /// The arrangement as tracks of a song, in the source's tempo and metres. Any thread but audio.
    #[must_use]
    pub fn to_song(&self) -> Song {
        let ticks = f64::from(self.tempo.ticks_per_beat());
        let at = |quarter: f64| (quarter * ticks).round().max(0.0) as u64;
        let track = |part: &ArrangedPart| Track {
            name: Some(part.name.clone()),
            program: part.programme,
            notes: part
                .tones
                .iter()
                .map(|tone| Note {
                    channel: part.channel,
                    key: tone.key,
                    velocity: tone.velocity.clamp(1, 127),
                    start: at(tone.start),
                    length: at(tone.end).saturating_sub(at(tone.start)).max(1),
                })
                .collect(),
            ..Track::default()
        };
        Song {
            tempo: self.tempo.clone(),
            metres: self
                .metres
                .iter()
                .map(|(from, metre)| (at(*from), *metre))
                .collect(),
            tracks: self.parts.iter().map(track).collect(),
        }
    }

    /// The part that has the melody. Any thread.
    #[must_use]
    pub fn melody_part(&self) -> Option<&ArrangedPart> {
        self.parts.get(self.melody?)
    }
}
