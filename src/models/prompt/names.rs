//! English names of instruments and their families, as far as rules have to know them: which words of
//! a prompt name what is to sound.

use crate::instrument::Family;

/// Names by family, in the singular where there is one.
const NAMES: &[(Family, &str)] = &[
    (Family::Bass, "bass, bassline, subbass, minibass, reese"),
    (
        Family::Brass,
        "brass, trumpet, cornet, flugelhorn, flugel, trombone, horn, tuba, sousaphone, euphonium, bugle",
    ),
    (
        Family::ChromaticPercussion,
        "bell, chime, glockenspiel, glock, celesta, celeste, steelpan, dulcimer, santur, cimbalom, \
         gong, carillon, crotales",
    ),
    (
        Family::Drum,
        "drum, drumkit, drumset, kit, percussion, taiko, timpani, kettledrum, tom, kick, snare, conga, \
         bongo, djembe, tabla, cajon, cymbal, hat, hi-hat, hihat, clap, shaker, tambourine, woodblock, \
         cowbell, claves, timbales, bodhran",
    ),
    (Family::Guitar, "guitar, stratocaster, telecaster"),
    (
        Family::Keys,
        "piano, keys, keyboard, rhodes, wurlitzer, wurly, clavinet, clavichord, clav, harpsichord, \
         cembalo, spinet, steinway, mellotron",
    ),
    (
        Family::Mallet,
        "marimba, vibraphone, vibes, xylophone, xylo, kalimba, mbira, balafon, mallet",
    ),
    (
        Family::Organ,
        "organ, hammond, harmonium, accordion, bandoneon, concertina, squeezebox, farfisa, melodica",
    ),
    (Family::Pad, "pad, drone"),
    (
        Family::Pluck,
        "harp, banjo, mandolin, ukulele, lute, lyre, koto, shamisen, guzheng, sitar, oud, zither, \
         bouzouki, balalaika, pizzicato, pluck, pipa",
    ),
    (
        Family::Reed,
        "saxophone, sax, clarinet, oboe, bassoon, contrabassoon, shawm, harmonica, bagpipe, duduk, \
         crumhorn, didgeridoo",
    ),
    (
        Family::Strings,
        "strings, string, violin, viola, cello, violoncello, fiddle, contrabass, orchestra, erhu",
    ),
    (Family::SynthLead, "lead, theremin, calliope"),
    (
        Family::Voice,
        "choir, voice, vocal, vocals, singer, vocoder, vox",
    ),
    (
        Family::Wind,
        "flute, piccolo, fife, recorder, panpipe, shakuhachi, ocarina, whistle, woodwind, wind, winds",
    ),
];

/// Words that belong to a name beside them: "grand piano", "string section".
const PARTS: &str = "electric, acoustic, grand, upright, double, french, english, church, pipe, pipes, \
     synth, steel, music, box, tubular, slap, nylon, spanish, alto, tenor, soprano, baritone, concert, \
     reed, pan, tin, hand, section, ensemble, quartet, orchestra, machine, set, sound, sounds, line, lines, \
     part, solo, jazz, rock, honky-tonk, classical, twelve-string, analog, hammered, thumb, sub, stab, hit";

/// The family of what a word names, in the singular or the plural. Any thread.
#[must_use]
pub fn family(word: &str) -> Option<Family> {
    let among = |list: &str, word: &str| list.split(", ").any(|each| each.trim() == word);
    let found = |word: &str| NAMES.iter().find(|(_, names)| among(names, word));
    let singular = || {
        ["s", "es"]
            .iter()
            .find_map(|end| found(word.strip_suffix(end)?))
    };
    found(word).or_else(singular).map(|(family, _)| *family)
}

/// Whether a word belongs to the name beside it. Any thread.
pub(super) fn is_part(word: &str) -> bool {
    PARTS.split(", ").any(|part| part.trim() == word)
}

/// A name in a text: its words, and their family.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    /// As they are said, without punctuation.
    pub(super) words: String,
    /// Of the last name in it: a bass clarinet is a reed.
    pub(super) family: Family,
    /// It comes after "and", or the like, after another name; or after a comma only.
    pub(super) joined: Option<Joint>,
}

/// How a name follows the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// "And", "+".
    And,
    /// A comma.
    Comma,
}

/// The names in a text. A text that plays "drum and bass" names a style.
pub(super) fn named(text: &str) -> Vec<Named> {
    let lower = text.to_lowercase().replace(['+', '&'], " and ");
    let lower = lower.replace("drum and bass", "jungle");
    let mut found: Vec<Named> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut joint = None;
    let close = |run: &mut Vec<&str>, found: &mut Vec<Named>, joint: Option<Joint>| {
        if let Some(family) = run.iter().rev().find_map(|word| family(word)) {
            found.push(Named {
                words: run.join(" "),
                family,
                joined: joint.filter(|_| !found.is_empty()),
            });
        }
        run.clear();
    };
    for word in lower.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let begun = !run.is_empty();
        if family(bare).is_some() || is_part(bare) {
            run.push(bare);
        } else if begun {
            let had = found.len();
            close(&mut run, &mut found, joint);
            joint = if found.len() > had { None } else { joint };
        }
        match bare {
            "and" | "plus" => joint = Some(Joint::And),
            "with" | "for" | "like" | "of" | "in" | "on" | "to" | "over" | "under" => joint = None,
            _ => {}
        }
        if word.ends_with([',', ';', '/']) {
            let had = found.len();
            close(&mut run, &mut found, joint);
            if found.len() > had || joint.is_none() {
                joint = Some(Joint::Comma);
            }
        }
    }
    close(&mut run, &mut found, joint);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_family_in_any_number() {
        for (word, expected) in [
            ("cello", Some(Family::Strings)),
            ("cellos", Some(Family::Strings)),
            ("brass", Some(Family::Brass)),
            ("basses", Some(Family::Bass)),
            ("drums", Some(Family::Drum)),
            ("keys", Some(Family::Keys)),
            ("warm", None),
            ("", None),
        ] {
            assert_eq!(family(word), expected, "{word}");
        }
    }

    #[test]
    fn what_is_named_beside_what() {
        let names = |text: &str| -> Vec<(String, bool)> {
            let found = named(text).into_iter();
            found
                .map(|n| (n.words, n.joined == Some(Joint::And)))
                .collect()
        };
        let named = |words: &str, joined| (words.to_owned(), joined);
        assert_eq!(
            names("bass and drums"),
            [named("bass", false), named("drums", true)]
        );
        assert_eq!(
            names("a warm Grand Piano & some soft strings"),
            [named("grand piano", false), named("strings", true)]
        );
        assert_eq!(names("bass clarinet"), [named("bass clarinet", false)]);
        assert_eq!(names("drum and bass reese"), [named("reese", false)]);
        assert_eq!(names("short and bright pad"), [named("pad", false)]);
        assert_eq!(names("warm"), []);
    }
}
