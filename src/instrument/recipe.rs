//! What an instrument was made from: enough to make it again, or another one like it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// All that is needed to make an instrument again with the same model pack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The words typed. Empty for an instrument that came from a recording.
    pub prompt: String,
    /// The seed of every random choice.
    pub seed: u64,
    /// The family asked for; `None` leaves it to the prompt.
    pub family: Option<Family>,
    /// Lowest and highest useful MIDI key asked for; `None` leaves it to the family.
    pub range: Option<(u8, u8)>,
    /// Strength of the prompt (classifier-free guidance); 1 = as trained.
    pub guidance: f32,
    /// The model pack that made it; `None` when no model did (a recording, for example).
    pub pack: Option<PackVersion>,
    /// The instrument this one is a variation of.
    pub variation_of: Option<Origin>,
    /// The sound it was made from, if there was one.
    pub sound: Option<SoundOrigin>,
    /// The second instrument of a morph, and the share it has in it (0..=1); `variation_of` is the
    /// first.
    pub morphed_with: Option<(Origin, f32)>,
}

impl Recipe {
    /// Made from words alone: no sound, no other instrument. Any thread.
    pub fn is_of_words(&self) -> bool {
        self.sound.is_none() && self.variation_of.is_none() && self.morphed_with.is_none()
    }
}

/// The sound that an instrument was made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoundOrigin {
    /// Its name: a file's, without folder.
    pub name: String,
    /// The pitch found in it, as a MIDI key with its fraction.
    pub key: f32,
}

/// Name and version of a model pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackVersion {
    /// The manifest's name.
    pub name: String,
    /// The manifest's version.
    pub version: String,
}

/// The instrument that a variation started from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its name.
    pub name: String,
    /// Its seed.
    pub seed: u64,
}

/// Families of instruments, in the order of the models' one-hot input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Family {
    /// Bass guitars and synth basses.
    Bass,
    /// Trumpets, trombones, horns.
    Brass,
    /// Bells, glockenspiels, celestas.
    ChromaticPercussion,
    /// Drums.
    Drum,
    /// Sound effects.
    Effect,
    /// Guitars.
    Guitar,
    /// Pianos, electric pianos, harpsichords.
    Keys,
    /// Marimbas, vibraphones, xylophones.
    Mallet,
    /// Organs.
    Organ,
    /// Pads.
    Pad,
    /// Harps, sitars, plucked synths.
    Pluck,
    /// Saxophones, oboes, clarinets.
    Reed,
    /// Violins to basses, bowed, alone or many.
    Strings,
    /// Lead synths.
    SynthLead,
    /// Voices and choirs.
    Voice,
    /// Flutes, pipes, whistles.
    Wind,
}

impl Family {
    /// All families, in the order of the models' one-hot input.
    pub const ALL: [Self; 16] = [
        Self::Bass,
        Self::Brass,
        Self::ChromaticPercussion,
        Self::Drum,
        Self::Effect,
        Self::Guitar,
        Self::Keys,
        Self::Mallet,
        Self::Organ,
        Self::Pad,
        Self::Pluck,
        Self::Reed,
        Self::Strings,
        Self::SynthLead,
        Self::Voice,
        Self::Wind,
    ];

    /// Place in [`Family::ALL`]. Any thread.
    pub fn index(self) -> usize {
        self as usize
    }

    /// Name as in a model pack's manifest, lower case. Any thread.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bass => "bass",
            Self::Brass => "brass",
            Self::ChromaticPercussion => "chromatic percussion",
            Self::Drum => "drum",
            Self::Effect => "effect",
            Self::Guitar => "guitar",
            Self::Keys => "keys",
            Self::Mallet => "mallet",
            Self::Organ => "organ",
            Self::Pad => "pad",
            Self::Pluck => "pluck",
            Self::Reed => "reed",
            Self::Strings => "strings",
            Self::SynthLead => "synth lead",
            Self::Voice => "voice",
            Self::Wind => "wind",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no family.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a family; use one of bass, brass, chromatic percussion, drum, effect, \
         guitar, keys, mallet, organ, pad, pluck, reed, strings, synth lead, voice, wind."
)]
pub struct UnknownFamily(pub String);

impl FromStr for Family {
    type Err = UnknownFamily;

    /// Case, hyphens and underscores don't matter: `Synth-Lead` is a synth lead.
    fn from_str(text: &str) -> Result<Self, UnknownFamily> {
        let wanted = text.trim().to_lowercase().replace(['-', '_'], " ");
        let found = Self::ALL.into_iter().find(|family| family.name() == wanted);
        found.ok_or_else(|| UnknownFamily(text.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_in_the_models_order_and_parse_by_name() {
        for (index, family) in Family::ALL.into_iter().enumerate() {
            assert_eq!(family.index(), index);
            assert_eq!(family.name().parse(), Ok(family));
        }
        let names: Vec<_> = Family::ALL.iter().map(|family| family.name()).collect();
        assert!(names.is_sorted());
        assert_eq!("Synth-Lead".parse(), Ok(Family::SynthLead));
        assert!(
            "kazoo"
                .parse::<Family>()
                .unwrap_err()
                .to_string()
                .contains("kazoo")
        );
    }
}
