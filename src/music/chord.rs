//! Chords: a root, a quality and perhaps another bass note, with the names of lead sheets.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::key::{NameError, class_name, read_class};

/// What kind of chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// C E G.
    Major,
    /// C Eb G.
    Minor,
    /// C E G Bb.
    Seventh,
    /// C E G B.
    MajorSeventh,
    /// C Eb G Bb.
    MinorSeventh,
    /// C Eb Gb.
    Diminished,
    /// C Eb Gb Bb.
    HalfDiminished,
    /// C Eb Gb A.
    DiminishedSeventh,
    /// C E G#.
    Augmented,
    /// C F G.
    Suspended,
    /// C D G.
    SuspendedSecond,
}

impl Quality {
    /// All of them.
    pub const ALL: [Quality; 11] = [
        Quality::Major,
        Quality::Minor,
        Quality::Seventh,
        Quality::MajorSeventh,
        Quality::MinorSeventh,
        Quality::Diminished,
        Quality::HalfDiminished,
        Quality::DiminishedSeventh,
        Quality::Augmented,
        Quality::Suspended,
        Quality::SuspendedSecond,
    ];

    /// (after the root on a lead sheet, in Harte's notation, semitones over the root).
    fn facts(self) -> (&'static str, &'static str, &'static [u8]) {
        match self {
            Quality::Major => ("", "maj", &[0, 4, 7]),
            Quality::Minor => ("m", "min", &[0, 3, 7]),
            Quality::Seventh => ("7", "7", &[0, 4, 7, 10]),
            Quality::MajorSeventh => ("maj7", "maj7", &[0, 4, 7, 11]),
            Quality::MinorSeventh => ("m7", "min7", &[0, 3, 7, 10]),
            Quality::Diminished => ("dim", "dim", &[0, 3, 6]),
            Quality::HalfDiminished => ("m7b5", "hdim7", &[0, 3, 6, 10]),
            Quality::DiminishedSeventh => ("dim7", "dim7", &[0, 3, 6, 9]),
            Quality::Augmented => ("aug", "aug", &[0, 4, 8]),
            Quality::Suspended => ("sus4", "sus4", &[0, 5, 7]),
            Quality::SuspendedSecond => ("sus2", "sus2", &[0, 2, 7]),
        }
    }

    /// Semitones of its notes over the root. Any thread.
    #[must_use]
    pub fn intervals(self) -> &'static [u8] {
        self.facts().2
    }
}

/// A chord: "Bbm7", "C/E".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Chord {
    /// Pitch class of its root, 0 (C) to 11.
    pub root: u8,
    /// What kind.
    pub quality: Quality,
    /// Pitch class of the lowest note, where that isn't the root.
    pub bass: Option<u8>,
}

impl Chord {
    /// In the notation of Harte et al. (ISMIR 2005), without the bass: "Bb:min7". Any thread but
    /// audio: it allocates.
    #[must_use]
    pub fn harte(&self) -> String {
        format!("{}:{}", class_name(self.root), self.quality.facts().1)
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}{}", class_name(self.root), self.quality.facts().0)?;
        match self.bass {
            Some(bass) if bass % 12 != self.root % 12 => write!(f, "/{}", class_name(bass)),
            _ => Ok(()),
        }
    }
}

impl FromStr for Chord {
    type Err = NameError;

    /// "Bbm7", "F#", "C/E", "Gsus4", "A min7", "Dmaj7".
    fn from_str(text: &str) -> Result<Self, NameError> {
        let wrong = || NameError {
            text: text.to_owned(),
            what: "chord",
            example: "“Bbm7” or “C/E”",
        };
        let (chord, bass) = match text.trim().split_once('/') {
            Some((chord, bass)) => {
                let (class, rest) = read_class(bass.trim()).ok_or_else(wrong)?;
                if !rest.is_empty() {
                    return Err(wrong());
                }
                (chord, Some(class))
            }
            None => (text.trim(), None),
        };
        let (root, kind) = read_class(chord).ok_or_else(wrong)?;
        let kind = kind.trim();
        let known = Quality::ALL.into_iter().find(|quality| {
            let (sheet, harte, _) = quality.facts();
            kind == sheet || kind == harte
        });
        let quality = known
            .or(match kind {
                "M" | "major" => Some(Quality::Major),
                "-" | "mi" | "minor" => Some(Quality::Minor),
                "M7" | "△7" | "ma7" => Some(Quality::MajorSeventh),
                "-7" | "mi7" => Some(Quality::MinorSeventh),
                "°" | "o" => Some(Quality::Diminished),
                "ø" | "ø7" | "min7b5" => Some(Quality::HalfDiminished),
                "°7" | "o7" => Some(Quality::DiminishedSeventh),
                "+" => Some(Quality::Augmented),
                "sus" => Some(Quality::Suspended),
                _ => None,
            })
            .ok_or_else(wrong)?;
        Ok(Chord {
            root,
            quality,
            bass: bass.filter(|&bass| bass != root),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_have_names_both_ways() {
        for quality in Quality::ALL {
            for root in 0..12 {
                for bass in [None, Some((root + 7) % 12)] {
                    let chord = Chord {
                        root,
                        quality,
                        bass,
                    };
                    assert_eq!(chord.to_string().parse(), Ok(chord));
                }
            }
        }
        let chord: Chord = "Bbm7".parse().unwrap();
        assert_eq!((chord.root, chord.quality), (10, Quality::MinorSeventh));
        assert_eq!(chord.harte(), "Bb:min7");
        assert_eq!("C/E".parse::<Chord>().unwrap().bass, Some(4));
        assert_eq!("C/C".parse::<Chord>().unwrap().bass, None);
        for wrong in ["", "H7", "C13b9", "C/", "C/x", "/E"] {
            assert!(wrong.parse::<Chord>().is_err(), "{wrong}");
        }
    }
}
