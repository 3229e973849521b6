//! Parts: notes for one instrument on the steps of a [`BarGrid`](super::BarGrid).

use serde::{Deserialize, Serialize};

use super::{DRUM_CHANNEL, Note, Track};

/// Steps of a quarter note: sixteenths.
pub const STEPS: u32 = 4;

/// What plays a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// A drum kit, on the keys of General MIDI.
    Drums,
    /// A bass.
    Bass,
    /// A guitar.
    Guitar,
    /// Piano, organ, other keyboards.
    Keys,
    /// Bowed strings.
    Strings,
    /// Trumpets, trombones, horns.
    Brass,
    /// Flutes, reeds, saxophones.
    Winds,
    /// A melody.
    Lead,
}

impl PartKind {
    /// All, in the order of the parts network's own list.
    pub const ALL: [Self; 8] = [
        Self::Drums,
        Self::Bass,
        Self::Guitar,
        Self::Keys,
        Self::Strings,
        Self::Brass,
        Self::Winds,
        Self::Lead,
    ];

    /// "Drums". Any thread.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Drums => "Drums",
            Self::Bass => "Bass",
            Self::Guitar => "Guitar",
            Self::Keys => "Keys",
            Self::Strings => "Strings",
            Self::Brass => "Brass",
            Self::Winds => "Winds",
            Self::Lead => "Lead",
        }
    }
}

/// A note on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridNote {
    /// The step it belongs to, from the grid's first bar line on.
    pub step: u32,
    /// How far after its step it begins, steps, −0.5..=0.5: swing, and what a player is early or late.
    pub offset: f32,
    /// Until it is let go, steps, more than 0.
    pub length: f32,
    /// MIDI key; a piece's of General MIDI in a drum part.
    pub key: u8,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
}

impl GridNote {
    /// One that begins and ends at these places, steps from the grid's first bar line; `None`
    /// before it. Any thread.
    #[must_use]
    pub fn between(start: f64, end: f64, key: u8, velocity: u8) -> Option<Self> {
        let step = start.round();
        (step >= 0.0).then(|| Self {
            step: step as u32,
            offset: (start - step) as f32,
            length: (end - start).max(0.01) as f32,
            key,
            velocity,
        })
    }

    /// Where it begins, steps. Any thread.
    #[must_use]
    pub fn start(&self) -> f64 {
        f64::from(self.step) + f64::from(self.offset)
    }
}

/// Notes for one instrument.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What plays it; `None` for notes of several instruments that weren't told apart.
    pub kind: Option<PartKind>,
    /// Sorted by where they begin, then by key.
    pub notes: Vec<GridNote>,
}

impl Part {
    /// `notes` in any order. Any thread.
    #[must_use]
    pub fn new(kind: Option<PartKind>, mut notes: Vec<GridNote>) -> Self {
        notes.sort_by(|a, b| a.start().total_cmp(&b.start()).then(a.key.cmp(&b.key)));
        Self { kind, notes }
    }
}

impl Part {
    /// Its notes on a track of a MIDI file, with the kind's name, program and channel; `tick` of a step.
    /// Any thread but audio.
    #[must_use]
    pub fn to_track(&self, tick: &dyn Fn(f64) -> u64) -> Track {
        let channel = match self.kind {
            Some(PartKind::Drums) => DRUM_CHANNEL,
            _ => 0,
        };
        let notes = self.notes.iter().map(|note| {
            let start = tick(note.start());
            let end = tick(note.start() + f64::from(note.length));
            Note {
                channel,
                key: note.key,
                velocity: note.velocity,
                start,
                length: end.saturating_sub(start).max(1),
            }
        });
        Track {
            name: self.kind.map(|kind| kind.name().to_owned()),
            program: self.kind.and_then(PartKind::program),
            notes: notes.collect(),
            ..Track::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_belongs_to_the_step_next_to_it() {
        let note = GridNote::between(3.4, 5.0, 60, 90).unwrap();
        assert_eq!((note.step, note.key, note.velocity), (3, 60, 90));
        assert!((note.offset - 0.4).abs() < 1e-6 && (note.length - 1.6).abs() < 1e-6);
        assert!((note.start() - 3.4).abs() < 1e-6);
        assert_eq!(
            GridNote::between(-0.2, 1.0, 60, 90).map(|n| n.step),
            Some(0)
        );
        assert_eq!(GridNote::between(-0.8, 1.0, 60, 90), None);
        let part = Part::new(
            Some(PartKind::Bass),
            vec![note, GridNote { step: 1, ..note }],
        );
        assert_eq!(part.notes[0].step, 1);
    }
}
