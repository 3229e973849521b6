//! What a prompt says, before the text encoder reads it: which of its words are foreign, what it says
//! that the sound is not, what it names, and which of its words nothing is known of.

mod denial;
mod languages;
mod names;
mod opposites;
mod taught;

pub use languages::in_english;
pub use names::family;
pub(super) use taught::is_taught;

use crate::instrument::Family;
use names::{Joint, Named};

/// Whether a word, in lower case, is about a sound: one that the text encoder was taught, or an instrument's name. Any thread.
#[must_use]
pub fn is_about_sound(word: &str) -> bool {
    is_taught(word, &|_| false)
}

/// What is made where only what isn't wanted is said, each of a family of its own.
const BY_CHANCE: [(Family, &str); 10] = [
    (Family::Wind, "concert flute"),
    (Family::Guitar, "nylon guitar"),
    (Family::Keys, "grand piano"),
    (Family::Strings, "warm cello"),
    (Family::Mallet, "vibraphone"),
    (Family::Reed, "clarinet"),
    (Family::Organ, "church organ"),
    (Family::Pluck, "concert harp"),
    (Family::Pad, "warm pad"),
    (Family::Brass, "french horn"),
];
/// A kit where only what isn't wanted is said.
const USUAL_KIT: &str = "acoustic drum kit";

/// A prompt as the rules read it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prompt {
    /// What is asked for, in English; empty where the prompt only denies.
    pub said: String,
    /// Qualities that it isn't to have.
    pub denied: Vec<String>,
    /// Instruments that it isn't to be.
    pub not_to_be: Vec<String>,
}

impl Prompt {
    /// Reads a prompt. Any thread.
    #[must_use]
    pub fn read(prompt: &str) -> Self {
        let english = in_english(prompt);
        let denial::Parted { said, denied } = denial::parted(&english);
        let (not_to_be, denied): (Vec<String>, Vec<String>) =
            denied.into_iter().partition(|words| is_name(words));
        let read = Self {
            said,
            denied,
            not_to_be,
        };
        if read.only_denies() {
            read.turned(&english)
        } else {
            read
        }
    }

    /// What a prompt that changes a known sound asks for: an opposite where it only denies ("less
    /// bright"); otherwise it in English. Any thread.
    #[must_use]
    pub fn change(prompt: &str) -> String {
        let read = Self::read(prompt);
        if read.denied.is_empty() && read.not_to_be.is_empty() {
            read.said
        } else {
            in_english(prompt).into_owned()
        }
    }

    /// The words of a description to be looked for in names: as they are typed and in English, without
    /// what it denies. Any thread.
    #[must_use]
    pub fn names_to_find(typed: &str) -> String {
        let english = in_english(typed);
        let denial::Parted { said, denied } = denial::parted(&english);
        if denied.is_empty() && english != typed {
            format!("{typed} {said}")
        } else {
            said
        }
    }

    /// Whether it says nothing of what the sound is to be. Any thread.
    #[must_use]
    pub fn only_denies(&self) -> bool {
        let denies = !(self.denied.is_empty() && self.not_to_be.is_empty());
        denies && !self.said.chars().any(char::is_alphanumeric)
    }

    /// Of a prompt that only denies what has an opposite, the opposite: "not bright" is dark, "no bright
    /// piano" a piano that isn't bright.
    fn turned(self, english: &str) -> Self {
        let anything = english.to_lowercase().contains("anything");
        let parted = |words: &String| {
            let (qualities, name): (Vec<&str>, Vec<&str>) = words
                .split(' ')
                .partition(|word| opposites::of(word).is_some() && names::family(word).is_none());
            (qualities.join(" "), name.join(" "))
        };
        if self.denied.is_empty() && !anything {
            let mut parts = self.not_to_be.iter().map(parted);
            if let (Some((qualities, name)), None) = (parts.next(), parts.next())
                && !qualities.is_empty()
            {
                let denied = qualities.split(' ').map(str::to_owned).collect();
                return Self {
                    said: name,
                    denied,
                    not_to_be: Vec::new(),
                };
            }
        }
        if self.not_to_be.is_empty() {
            let opposites: Option<Vec<&str>> = self
                .denied
                .iter()
                .map(|words| opposites::of(words))
                .collect();
            if let Some(opposites) = opposites {
                return Self {
                    said: opposites.join(" "),
                    ..Self::default()
                };
            }
        }
        self
    }

    /// The same, made sure to say something: where it only denies, an instrument of another family, by
    /// the seed; of the family, or the kit, that is asked for otherwise. Any thread.
    #[must_use]
    pub fn or_by_chance(mut self, seed: u64, family: Option<Family>, is_kit: bool) -> Self {
        if !self.only_denies() {
            return self;
        }
        let unwanted: Vec<Family> = self
            .not_to_be
            .iter()
            .flat_map(|words| families(words))
            .collect();
        let left: Vec<&str> = BY_CHANCE
            .iter()
            .filter(|(family, _)| !unwanted.contains(family))
            .map(|(_, words)| *words)
            .collect();
        let drawn = left
            .get((seed % left.len().max(1) as u64) as usize)
            .copied();
        self.said = match family {
            _ if is_kit => USUAL_KIT.to_owned(),
            Some(family) => family.name().to_owned(),
            None => drawn.unwrap_or("soft bell").to_owned(),
        };
        self
    }
}

/// Whether the last of some words is a name.
fn is_name(words: &str) -> bool {
    let mut words = words.split(' ').rev();
    let head = words.find(|word| !names::is_part(&word.to_lowercase()));
    head.is_some_and(|head| names::family(&head.to_lowercase()).is_some())
}

/// The families of the names in some words; woodwinds are two.
fn families(words: &str) -> Vec<Family> {
    let lower = words.to_lowercase();
    let named = names::named(&lower).into_iter();
    let mut found: Vec<Family> = named.map(|named| named.family).collect();
    if lower.contains("wind") {
        found.push(Family::Reed);
    }
    if lower.contains("key") {
        found.push(Family::Organ);
    }
    found
}

/// What is said to somebody whose prompt only denies, and what was made of it.
#[must_use]
pub(super) fn only_denied(made: &str) -> String {
    format!(
        "That says only what it shouldn't be, so it is a “{made}” by chance; name what it should be."
    )
}

/// What is said of words that Consort doesn't know.
#[must_use]
pub(super) fn unknown(words: &str, did: &str) -> String {
    format!(
        "Consort knows none of these words: “{words}”. It {did} by chance; name an instrument or a quality."
    )
}

/// What is said to somebody who asked for two things as one instrument: a drum kit of them, or one with
/// notes. Any thread.
#[must_use]
pub(super) fn one_at_a_time(said: &str, is_kit: bool) -> Option<String> {
    let named = names::named(said);
    let with_drums = named.iter().any(|name| name.family == Family::Drum);
    let is_other = |name: &&Named| {
        let counts = match name.joined {
            Some(Joint::And) => true,
            // A list of names is of one blend, unless drums are in it.
            Some(Joint::Comma) => is_kit || with_drums,
            None => false,
        };
        counts || is_kit && name == &&named[0]
    };
    let of_kit = |name: &&Named| name.family == Family::Drum;
    if is_kit {
        let beside: Vec<&str> = named
            .iter()
            .filter(|name| is_other(name) && !of_kit(name))
            .map(|name| name.words.as_str())
            .collect();
        let together = named.iter().skip(1).any(|name| is_other(&name));
        return (together && !beside.is_empty()).then(|| {
            format!(
                "One instrument is made at a time: this is the drum kit. Ask for the {} next.",
                beside.join(" and the ")
            )
        });
    }
    let mut all: Vec<&str> = Vec::new();
    for (at, name) in named.iter().enumerate() {
        let begins = named.get(at + 1).is_some_and(|next| is_other(&next));
        if (begins || is_other(&name)) && !all.contains(&name.words.as_str()) {
            all.push(&name.words);
        }
    }
    (all.len() > 1).then(|| {
        format!(
            "One instrument is made at a time: this one has something of {}. To have both, ask for each by itself.",
            all.join(" and of ")
        )
    })
}

#[cfg(test)]
mod tests;
