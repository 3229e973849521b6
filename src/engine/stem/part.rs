//! A part as the audio thread has it: notes, or a recording.

use super::FARTHEST;
use crate::engine::clip::Clip;
use crate::music::PartKind;

/// A note of a part, in quarter notes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartNote {
    /// From the part's beginning, 0 ≤ start < the part's length.
    pub start: f64,
    /// Until it is let go, more than 0.
    pub length: f64,
    /// MIDI key, 0..=127.
    pub key: u8,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
}

/// Notes with their place in the song.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayedPart {
    pub(super) notes: Box<[PartNote]>,
    /// For each note how many of its key come before it, 0..=255 and again: strokes of a drum take turns by it.
    pub(super) strokes: Box<[u8]>,
    /// Quarter notes from the song's start to the part's.
    pub begins: f64,
    /// Quarter notes.
    length: f64,
    /// Whether it is played over and over, before and after its place too, in step with it.
    pub repeats: bool,
    /// Linear, what puts it at the level of the song: 0..=16.
    pub(super) gain: f32,
    /// The MIDI channel that its notes leave on, from 0.
    pub(super) channel: u8,
    /// What plays it, if anybody said.
    pub(super) kind: Option<PartKind>,
    /// The number of the sound that plays it; without one its notes go to the host only.
    pub(super) sound: Option<u64>,
    /// Keys of its notes: bit *k* is MIDI key *k*.
    pub(super) keys: u128,
}

impl PlayedPart {
    /// `notes` in any order; those that can't be played are left out. `begins` and `length` in
    /// quarter notes. Any thread but audio.
    #[must_use]
    pub fn new(mut notes: Vec<PartNote>, begins: f64, length: f64, repeats: bool) -> Self {
        // Shorter ones would have more rounds than a block has frames.
        let length = if length.is_finite() {
            length.clamp(0.25, FARTHEST)
        } else {
            4.0
        };
        let begins = if begins.abs() <= FARTHEST {
            begins
        } else {
            0.0
        };
        notes.retain(|note| {
            (0.0..length).contains(&note.start)
                && note.length.is_finite()
                && note.length > 0.0
                && note.key < 128
        });
        notes.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut before = [0u8; 128];
        let stroke = |note: &PartNote| {
            let before = &mut before[usize::from(note.key)];
            let stroke = *before;
            *before = before.wrapping_add(1);
            stroke
        };
        Self {
            strokes: notes.iter().map(stroke).collect(),
            keys: notes.iter().fold(0, |keys, note| keys | 1 << note.key),
            notes: notes.into(),
            begins,
            length,
            repeats,
            gain: 1.0,
            channel: 0,
            kind: None,
            sound: None,
        }
    }

    /// The same on another MIDI channel, 0..=15. Any thread but audio.
    #[must_use]
    pub fn on_channel(self, channel: u8) -> Self {
        let channel = channel.min(15);
        Self { channel, ..self }
    }

    /// The same as a part of a kind. Any thread but audio.
    #[must_use]
    pub fn of_kind(self, kind: Option<PartKind>) -> Self {
        Self { kind, ..self }
    }

    /// The same, played by the sound of this number
    /// ([`SampledInstrument::sound`](crate::instrument::zone::SampledInstrument::sound)) once it is
    /// there, and not before. Any thread but audio.
    #[must_use]
    pub fn by_sound(self, sound: u64) -> Self {
        let sound = Some(sound);
        Self { sound, ..self }
    }

    /// The same at another linear gain. Any thread but audio.
    #[must_use]
    pub fn at_gain(self, gain: f32) -> Self {
        let gain = if gain.is_finite() {
            gain.clamp(0.0, 16.0)
        } else {
            1.0
        };
        Self { gain, ..self }
    }

    /// The first note that begins at `from` or later, and before `before`: when, and which.
    pub(super) fn next(&self, from: f64, before: f64) -> Option<(f64, Place)> {
        let round = ((from - self.begins) / self.length).floor();
        let round = if self.repeats { round } else { 0.0 };
        let origin = self.begins + round * self.length;
        let index = self
            .notes
            .partition_point(|note| origin + note.start < from);
        self.at(Place { round, index })
            .filter(|(when, _)| *when < before)
    }

    /// The note at a place, or the next one where the place is beyond a round's last.
    pub(super) fn at(&self, place: Place) -> Option<(f64, Place)> {
        let place = match self.notes.get(place.index) {
            Some(_) => place,
            None if self.repeats => Place {
                round: place.round + 1.0,
                index: 0,
            },
            None => return None,
        };
        let note = self.notes.get(place.index)?;
        Some((self.begins + place.round * self.length + note.start, place))
    }
}

/// What a part is made of.
#[derive(Clone, Debug)]
pub enum Content {
    /// Notes, for a sampler or the host.
    Notes(PlayedPart),
    /// A recording.
    Clip(Clip),
}

impl From<PlayedPart> for Content {
    fn from(notes: PlayedPart) -> Self {
        Self::Notes(notes)
    }
}

impl Content {
    pub(super) fn notes(&self) -> Option<&PlayedPart> {
        match self {
            Self::Notes(notes) => Some(notes),
            Self::Clip(_) => None,
        }
    }

    pub(super) fn clip(&self) -> Option<&Clip> {
        match self {
            Self::Clip(clip) => Some(clip),
            Self::Notes(_) => None,
        }
    }
}

/// A note of a round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) round: f64,
    pub(super) index: usize,
}
