//! The styles inside Consort, and how an instruction names them.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::OnceLock;

use super::Style;
use crate::music::PartKind;

/// Name and text of each file in `plugin-assets/styles`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/styles_files.rs"));

/// Words that stand between the words of a name and mean nothing.
const BETWEEN: &str = "a an the some of style styled styles groove";
/// Numbers that are written either way.
const NUMBERS: [(&str, &str); 3] = [
    ("8th", "eighth"),
    ("8ths", "eighths"),
    ("16th", "sixteenth"),
];

/// A style that was named.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// It.
    pub style: &'static Style,
    /// How many words of the instruction named it.
    pub words: usize,
    /// From which on, of those that count.
    at: usize,
    /// See [`Place::worth`].
    worth: usize,
}

impl Named {
    /// Whether it is named by what names another, and more: a slow blues, and a blues.
    fn holds(&self, other: &Self) -> bool {
        self.at <= other.at && other.at + other.words <= self.at + self.words
    }
}

/// All of them. Any thread but audio.
pub fn all() -> &'static [Style] {
    static ALL: OnceLock<Vec<Style>> = OnceLock::new();
    ALL.get_or_init(|| {
        // A test reads each: one that can't be read is left out here.
        let read = FILES.iter().filter_map(|(_, text)| Style::read(text).ok());
        let mut all: Vec<Style> = read.collect();
        for number in 0..all.len() {
            if all[number].file.manner {
                continue;
            }
            for kin in kin_of(&all, number) {
                let kin = all[kin].clone();
                all[number].completed(&kin);
            }
        }
        all
    })
}

/// Whose parts a style takes that it has none of itself, the nearest first: its kin, and theirs.
fn kin_of(all: &[Style], number: usize) -> Vec<usize> {
    let mut found = vec![number];
    while let Some(name) = all[found[found.len() - 1]].file.kin.as_deref() {
        let next = all.iter().position(|style| style.name() == name);
        match next.filter(|next| !found.contains(next)) {
            Some(next) => found.push(next),
            None => break,
        }
    }
    found.split_off(1)
}

/// The files that can't be read, and why. Any thread but audio.
#[cfg(test)]
pub(super) fn faults() -> Vec<String> {
    let read = |(name, text): &(&str, &str)| Some(format!("{name}: {}", Style::read(text).err()?));
    let strangers = all().iter().filter_map(|style| {
        let kin = style.file.kin.as_deref()?;
        let known = all().iter().any(|other| {
            other.name() == kin && other.file.metre == style.file.metre && kin != style.name()
        });
        (!known).then(|| format!("{}: there is no style \"{kin}\" in its metre", style.name()))
    });
    FILES.iter().filter_map(read).chain(strangers).collect()
}

/// What is named better: its worth, whether it is a style, and how early.
type Rank = (usize, bool, Reverse<usize>);

/// The style that an instruction names by most words, of those that `fits` allows: of equals one that is no mere way of
/// playing, then the first named. Any thread but audio.
#[must_use]
pub fn named(instruction: &str, fits: &dyn Fn(&Style) -> bool) -> Option<Named> {
    let said = words(instruction);
    let mut best: Option<(Rank, Named)> = None;
    for style in all().iter().filter(|style| fits(style)) {
        for name in &style.file.names {
            let name = words(name);
            let Some(place) = found(&said, &name) else {
                continue;
            };
            let rank = (place.worth, !style.file.manner, Reverse(place.at));
            if best.is_none_or(|(better, _)| rank > better) {
                let Place { at, words, worth } = place;
                let named = Named {
                    style,
                    words,
                    at,
                    worth,
                };
                best = Some((rank, named));
            }
        }
    }
    best.map(|(_, named)| named)
}

/// The style that an instruction names for a part in a metre, as it is played there: one of that metre, or else one
/// that can be put into it and is named by more words. Any thread but audio.
#[must_use]
pub fn named_in(instruction: &str, kind: PartKind, metre: &str) -> Option<Named> {
    let own = named(instruction, &|style| {
        style.has(kind) && style.file.metre == metre
    });
    // What can't be played in the metre is passed over.
    let mut refused = Vec::new();
    loop {
        let fits = |style: &Style| style.has(kind) && !refused.contains(&style.name());
        let found = named(instruction, &fits).filter(|found| {
            own.is_none_or(|own| {
                // A metre alone names no style; else it is to be one word more.
                let more = if found.holds(&own) || own.worth < 2 {
                    0
                } else {
                    2
                };
                found.worth > own.worth + more
            })
        });
        let Some(found) = found else {
            return own;
        };
        if let Some(style) = found.style.in_metre(metre) {
            return Some(Named { style, ..found });
        }
        refused.push(found.style.name());
    }
}

/// The part that a way of playing is of, where the instruction names one that is no kit's: "walking". Any thread but audio.
#[must_use]
pub fn kind_of(instruction: &str) -> Option<PartKind> {
    // What several play is rather the first of these's.
    const KINDS: [PartKind; 7] = [
        PartKind::Keys,
        PartKind::Guitar,
        PartKind::Bass,
        PartKind::Strings,
        PartKind::Brass,
        PartKind::Winds,
        PartKind::Lead,
    ];
    let named = named(instruction, &|style| !style.says(PartKind::Drums))?;
    KINDS.into_iter().find(|kind| named.style.says(*kind))
}

/// Whether a word is one of some style's name. Any thread but audio.
#[must_use]
pub fn is_of_a_name(word: &str) -> bool {
    static WORDS: OnceLock<HashSet<String>> = OnceLock::new();
    let all = WORDS.get_or_init(|| {
        let names = all().iter().flat_map(|style| &style.file.names);
        names.flat_map(|name| words(name)).collect()
    });
    all.contains(word)
}

/// Whether a word, as it was written, is one of a name's.
pub(super) fn has_word(name: &str, word: &str) -> bool {
    let word = words(word);
    let name = words(name);
    !word.is_empty()
        && word.iter().all(|word| {
            name.iter()
                .any(|part| same(std::slice::from_ref(word), std::slice::from_ref(part)))
        })
}

/// Where a name stands in what was said.
struct Place {
    at: usize,
    /// How many words it takes there.
    words: usize,
    /// The more the better: two for each word, less what stands between.
    worth: usize,
}

/// Where a name stands in what was said: word for word, or written as more or fewer of them ("boombap", "dub step"),
/// or with a word between ("eighth note piano chords"), or, with a metre, in any order ("gospel piano in 12/8"). A metre
/// alone is worth least.
fn found(said: &[String], name: &[String]) -> Option<Place> {
    let count = name.len().max(1);
    let is_number = |word: &String| word.parse::<u8>().is_ok();
    let is_metre = name.iter().all(is_number);
    let whole = name.concat();
    let counts = |rest: usize| 1..=(count + 2).min(rest);
    let place = |at, words, worth| Place {
        at,
        words,
        worth: if is_metre { 1 } else { worth },
    };
    let adjacent = (0..said.len()).find_map(|at| {
        let rest = &said[at..];
        if rest.get(..count).is_some_and(|some| same(some, name)) {
            return Some(place(at, count, 2 * count));
        }
        let joined = |count: &usize| whole.len() > 5 && rest[..*count].concat() == whole;
        let count = counts(rest.len()).find(joined)?;
        Some(place(at, count, 2 * count))
    });
    let apart = || {
        let (last, first) = name.split_last().filter(|_| count > 1)?;
        let ends = |at: usize| said.get(at).is_some_and(|word| alike(word, last));
        let begins = |at: &usize| {
            said[*at..]
                .get(..first.len())
                .is_some_and(|some| same(some, first))
        };
        let at = (0..said.len()).filter(begins);
        let mut at = at.filter(|at| ends(at + first.len() + 1));
        at.next().map(|at| place(at, count + 1, 2 * count - 1))
    };
    let with_metre = || {
        let there = |word: &String| said.iter().position(|other| alike(other, word));
        let all = name.iter().all(|word| there(word).is_some());
        let word = name.iter().find(|word| !is_number(word))?;
        let numbers: Vec<&String> = name.iter().filter(|word| is_number(word)).collect();
        let is_one = all && numbers.len() == 2 && {
            let mut pairs = said.windows(2);
            pairs.any(|pair| pair.iter().eq(numbers.iter().copied()))
        };
        Some(place(there(word)?, count, 2 * count)).filter(|_| is_one)
    };
    adjacent.or_else(apart).or_else(with_metre)
}

/// Words in small letters, without accents and what stands between; "drum'n'bass" and "drum & bass" are "drum and bass",
/// "16th" and "sixteenth" the same.
fn words(text: &str) -> Vec<String> {
    let text = text
        .to_lowercase()
        .replace("'n'", " and ")
        .replace(" n ", " and ")
        .replace('&', " and ");
    let text: String = text.chars().map(plain).collect();
    let parts = text.split(|c: char| !c.is_alphanumeric());
    let parts = parts.filter(|word| !word.is_empty());
    let kept = parts.filter(|word| !BETWEEN.split(' ').any(|between| between == *word));
    kept.map(|word| {
        let number = NUMBERS.iter().find(|(digits, _)| *digits == word);
        number.map_or(word, |(_, name)| *name).to_owned()
    })
    .collect()
}

/// A letter without its accent.
fn plain(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

fn same(said: &[String], name: &[String]) -> bool {
    said.len() == name.len() && said.iter().zip(name).all(|(said, name)| alike(said, name))
}

/// Plurals and "-y" count as the word itself.
fn alike(said: &str, name: &str) -> bool {
    said == name
        || ["s", "y", "ish"]
            .iter()
            .any(|end| said.strip_suffix(end) == Some(name))
}
