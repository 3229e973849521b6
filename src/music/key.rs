//! Musical keys: a tonic and a mode, with the names that musicians use.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Pitch classes by name as major keys and chords are written most: 0 is C.
const CLASSES: [&str; 12] = [
    "C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B",
];
/// The same as minor keys are written most.
const MINOR_CLASSES: [&str; 12] = [
    "C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B",
];

/// Name of a pitch class (0 is C; taken modulo 12): "Bb", "F#". Any thread.
#[must_use]
pub fn class_name(class: u8) -> &'static str {
    CLASSES[usize::from(class % 12)]
}

/// A pitch class at the beginning of a text, with any number of sharps and flats, and the rest of
/// the text: "Bbm7" is 10 and "m7". Any thread.
#[must_use]
pub fn read_class(text: &str) -> Option<(u8, &str)> {
    let natural = match text.chars().next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let (mut class, mut rest) = (natural, &text[1..]);
    while let Some(sign) = rest.chars().next() {
        class += match sign {
            '#' | '♯' => 1,
            'b' | '♭' => 11,
            _ => break,
        };
        class %= 12;
        rest = &rest[sign.len_utf8()..];
    }
    Some((class, rest))
}

/// Major or minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// With the major third.
    Major,
    /// With the minor third; natural, harmonic and melodic minor alike.
    Minor,
}

impl Mode {
    /// Semitones of its scale over the tonic (natural minor). Any thread.
    #[must_use]
    pub fn scale(self) -> [u8; 7] {
        match self {
            Mode::Major => [0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => [0, 2, 3, 5, 7, 8, 10],
        }
    }
}

/// A key: "F minor". Ordered by tonic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Pitch class of its tonic, 0 (C) to 11.
    pub tonic: u8,
    /// Major or minor.
    pub mode: Mode,
}

impl Key {
    /// All 24, the major ones first. Any thread.
    pub fn all() -> impl Iterator<Item = Key> {
        [Mode::Major, Mode::Minor]
            .into_iter()
            .flat_map(|mode| (0..12).map(move |tonic| Key { tonic, mode }))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let class = usize::from(self.tonic % 12);
        match self.mode {
            Mode::Major => write!(f, "{} major", CLASSES[class]),
            Mode::Minor => write!(f, "{} minor", MINOR_CLASSES[class]),
        }
    }
}

/// A text that names no key, chord or metre. `Display` is one sentence that says what does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is no {what}; write it like {example}.")]
pub struct NameError {
    /// What was given.
    pub text: String,
    /// What it should name.
    pub what: &'static str,
    /// Such as.
    pub example: &'static str,
}

impl FromStr for Key {
    type Err = NameError;

    /// "F minor", "f# min", "Bbm", "C", "E♭ major".
    fn from_str(text: &str) -> Result<Self, NameError> {
        let wrong = || NameError {
            text: text.to_owned(),
            what: "key",
            example: "“F minor” or “Bb major”",
        };
        let (tonic, rest) = read_class(text.trim()).ok_or_else(wrong)?;
        let mode = match rest.trim() {
            "" | "M" | "maj" | "major" | "Major" => Mode::Major,
            "m" | "min" | "minor" | "Minor" => Mode::Minor,
            _ => return Err(wrong()),
        };
        Ok(Key { tonic, mode })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_names_both_ways() {
        for key in Key::all() {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        let f_minor = Key {
            tonic: 5,
            mode: Mode::Minor,
        };
        assert_eq!(f_minor.to_string(), "F minor");
        assert_eq!("fm".parse(), Ok(f_minor));
        assert_eq!("E♯ min".parse(), Ok(f_minor));
        for wrong in ["", "H major", "C lydian", "♭", "#"] {
            assert!(wrong.parse::<Key>().is_err(), "{wrong}");
        }
    }
}
