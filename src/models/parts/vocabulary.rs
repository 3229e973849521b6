//! What the tokens of the parts network mean, as its pack says.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::STREAMS;
use crate::models::{Error, Pack};
use crate::music::Quality;

/// A part doesn't sound.
pub const REST: u16 = 0;
/// A note goes on.
pub const HOLD: u16 = 1;
/// Lowest token of a note that begins.
pub const FIRST: u16 = 2;
/// The drums are on the grid.
pub const NO_OFFSET: u16 = 2;
/// No note begins, so none is touched.
pub const NO_TOUCH: u16 = 20;

/// See the module.
#[derive(Clone, Debug, Deserialize)]
pub struct Vocabulary {
    /// Of each stream, the id that means "to be filled in"; all below it can be played.
    pub masks: Vec<u16>,
    /// The kit's pieces.
    pub pieces: Vec<Piece>,
    /// MIDI velocity of a drum token 1, 2, 3, 4.
    pub velocities: Vec<u8>,
    /// The metres it knows, such as `6/8`; a place names one by its index.
    pub metres: Vec<String>,
    /// Settings of the sampler.
    pub sampler: Sampler,
    /// Steps of a bar of each of these metres.
    pub steps_a_bar: BTreeMap<String, usize>,
    /// Sets of degrees and octaves that chordal parts play: octave × 12 + degree.
    pub(super) voicings: Vec<Vec<u8>>,
    /// Semitones over the root of each degree, for each quality in the order of `Quality::ALL`.
    pub(super) semitones: Vec<[u8; 12]>,
    pub(super) lowest_root: OfKind,
    pub(super) octaves: OfKind,
    pub(super) velocity_edges: [u8; 3],
    pub(super) piece_of_key: BTreeMap<u8, usize>,
    /// Of each part and control 41 values, from the least to the most that the training has.
    pub(super) quantiles: Vec<Vec<Vec<f32>>>,
    rest: u16,
    hold: u16,
    first_onset: u16,
    no_touch: u16,
    largest_offset: u16,
}

/// A number for each kind of part.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct OfKind {
    pub(super) bass: u8,
    pub(super) chords: u8,
    pub(super) lead: u8,
}

/// A piece of the kit.
#[derive(Clone, Debug, Deserialize)]
pub struct Piece {
    /// What it is called.
    pub name: String,
    /// Its General MIDI key.
    pub key: u8,
}

/// Settings of the sampler.
#[derive(Clone, Debug, Deserialize)]
pub struct Sampler {
    /// Network calls for what is played.
    pub early_steps: usize,
    /// Network calls for how it is touched.
    pub late_steps: usize,
    /// Strength of what is said; 1: as in the data.
    pub words: f32,
    /// Strength of the other parts.
    pub context: f32,
    /// The same for the kick, which goes with the bass.
    pub kick: f32,
    /// Of what is played; 1: as in the data, lower: likelier.
    pub temperature: f64,
    /// Of how it is touched.
    pub late_temperature: f64,
    /// How far likely tokens go first; 0: any order.
    pub confidence: f64,
    /// Share of streams and steps whose bars are drawn alike.
    pub alike: f64,
    /// Share of those that keep time and are alike on every beat.
    pub steady: f64,
}

/// How pitched parts are drawn, words and temperature: with the drums' basses leave the chords.
const PITCHED: (f32, f64) = (1.0, 0.7);

impl Vocabulary {
    /// Settings for drums, or for pitched parts.
    #[must_use]
    pub fn sampler(&self, drums: bool) -> Sampler {
        let (words, temperature) = if drums {
            (self.sampler.words, self.sampler.temperature)
        } else {
            PITCHED
        };
        Sampler {
            words,
            temperature,
            ..self.sampler.clone()
        }
    }

    /// That of a pack.
    pub(super) fn read(pack: &Pack) -> Result<Self, Error> {
        let entry = pack.model("parts")?;
        let fault = |what: &str| pack.fault(&format!("{what}; install the pack again."));
        let file = entry.vocabulary.as_ref();
        let file = file.ok_or_else(|| fault("doesn't say what the tokens of parts mean"))?;
        let bytes = pack.file(&file.file, &file.sha256)?;
        let found: Self = serde_json::from_slice(&bytes)
            .map_err(|_| fault("has a damaged list of the tokens of parts"))?;
        let fixed = [found.rest, found.hold, found.first_onset, found.no_touch];
        let fits = fixed == [REST, HOLD, FIRST, NO_TOUCH]
            && found.largest_offset == NO_OFFSET
            && found.masks.len() == STREAMS
            && found.pieces.len() == super::PIECES
            && found.velocities.len() == super::DRUM_IDS - 1
            && found.semitones.len() == Quality::ALL.len()
            && found.voicings.len() + usize::from(FIRST) == super::CHORD_IDS
            && found.quantiles.len() == super::PARTS
            && found
                .piece_of_key
                .values()
                .all(|piece| *piece < super::PIECES)
            && found
                .metres
                .iter()
                .all(|metre| found.steps_a_bar.contains_key(metre));
        if fits {
            Ok(found)
        } else {
            Err(fault("has other tokens of parts than Consort knows"))
        }
    }

    /// Whether a stream is a piece that keeps time: bars, and often beats, are alike there.
    pub(super) fn keeps_time(&self, stream: usize) -> bool {
        let names = ["closed hat", "pedal hat", "open hat", "ride", "shaker"];
        let piece = self.pieces.get(stream);
        piece.is_some_and(|piece| names.contains(&piece.name.as_str()))
    }
}
