//! General MIDI: which part a track is, and which programme plays a part.

use super::{PartKind, Track};

/// The channel of drums, from 0.
pub const DRUM_CHANNEL: u8 = 9;

impl PartKind {
    /// What a track of a MIDI file plays: by its channel, its name, its programme, whichever says it
    /// first; keys where nothing does, as programme 0 would. Any thread.
    #[must_use]
    pub fn of_track(track: &Track) -> Self {
        let on_drums = |note: &super::Note| note.channel == DRUM_CHANNEL;
        if track.notes.first().is_some_and(on_drums) {
            return Self::Drums;
        }
        let name = track.name.as_deref().unwrap_or_default().to_lowercase();
        let named = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if named(&["melody", "lead", "solo", "vocal", "voice"]) {
            return Self::Lead;
        }
        match track.program {
            None if named(&["bass"]) => Self::Bass,
            None if named(&["guitar"]) => Self::Guitar,
            None if named(&["string", "violin", "viola", "cello"]) => Self::Strings,
            None if named(&["brass", "horn", "trumpet", "trombone"]) => Self::Brass,
            None if named(&["wind", "flute", "clarinet", "oboe", "sax"]) => Self::Winds,
            None => Self::Keys,
            Some(program) => Self::of_program(program),
        }
    }

    /// What an instrument of General MIDI's list plays. Any thread.
    #[must_use]
    pub fn of_program(program: u8) -> Self {
        match program {
            24..=31 | 104..=107 => Self::Guitar,
            32..=39 => Self::Bass,
            40..=55 | 88..=95 | 110 => Self::Strings,
            56..=63 => Self::Brass,
            64..=79 | 109 | 111 => Self::Winds,
            80..=87 => Self::Lead,
            _ => Self::Keys,
        }
    }

    /// The programme that plays it; none for drums, which have a channel. Any thread.
    #[must_use]
    pub fn program(self) -> Option<u8> {
        match self {
            Self::Drums => None,
            Self::Bass => Some(33),
            Self::Guitar => Some(25),
            Self::Keys => Some(0),
            Self::Strings => Some(48),
            Self::Brass => Some(61),
            Self::Winds => Some(71),
            Self::Lead => Some(80),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Note;

    #[test]
    fn tracks_say_what_they_play() {
        let track = |name: &str, program, channel| Track {
            name: Some(name.to_owned()),
            program,
            notes: vec![Note {
                channel,
                key: 60,
                velocity: 90,
                start: 0,
                length: 1,
            }],
            ..Track::default()
        };
        for (name, program, channel, kind) in [
            ("whatever", Some(33), 9, PartKind::Drums),
            ("", Some(33), 0, PartKind::Bass),
            ("Lead vocals", Some(0), 3, PartKind::Lead),
            ("Double bass", None, 0, PartKind::Bass),
            ("", None, 0, PartKind::Keys),
        ] {
            assert_eq!(PartKind::of_track(&track(name, program, channel)), kind);
        }
        for kind in PartKind::ALL {
            let again = kind.program().map(PartKind::of_program);
            assert!(again.is_none_or(|again| again == kind), "{kind:?}");
        }
    }
}
