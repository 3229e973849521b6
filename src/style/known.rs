//! The styles inside Consort, and how an instruction names them.

use std::cmp::Reverse;
use std::sync::OnceLock;

use super::Style;
use crate::music::PartKind;

/// Name and text of each file in `plugin-assets/styles`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/styles_files.rs"));

/// Words that stand between the words of a name and mean nothing.
const BETWEEN: &str = "a an the some of style styled styles groove";
/// Numbers that are written either way.
const NUMBERS: [(&str, &str); 4] = [
    ("4", "four"),
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

/// The style that an instruction names by most words, of those that `fits` allows: of equals one that is no mere way of
/// playing, then the first named. Any thread but audio.
#[must_use]
pub fn named(instruction: &str, fits: &dyn Fn(&Style) -> bool) -> Option<Named> {
    let said = words(instruction);
    let mut best: Option<((usize, bool, Reverse<usize>), &'static Style)> = None;
    for style in all().iter().filter(|style| fits(style)) {
        for name in &style.file.names {
            let name = words(name);
            let Some((at, count)) = found(&said, &name) else {
                continue;
            };
            let rank = (count, !style.file.manner, Reverse(at));
            if best.is_none_or(|(better, _)| rank > better) {
                best = Some((rank, style));
            }
        }
    }
    best.map(|((words, _, Reverse(at)), style)| Named { style, words, at })
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
                let nearly = if found.holds(&own) { 0 } else { 1 };
                found.words > own.words + nearly
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
    let found = named(instruction, &|_| true)?.style;
    let kind = PartKind::ALL.into_iter().find(|kind| found.says(*kind))?;
    (kind != PartKind::Drums).then_some(kind)
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

/// Where a name stands in what was said, and in how many words: word for word, or written as more or fewer of them
/// ("boombap", "dub step").
fn found(said: &[String], name: &[String]) -> Option<(usize, usize)> {
    let count = name.len().max(1);
    let whole = name.concat();
    let counts = |rest: usize| 1..=(count + 2).min(rest);
    (0..said.len()).find_map(|at| {
        let rest = &said[at..];
        if rest.get(..count).is_some_and(|some| same(some, name)) {
            return Some((at, count));
        }
        let joined = |count: &usize| whole.len() > 5 && rest[..*count].concat() == whole;
        counts(rest.len()).find(joined).map(|count| (at, count))
    })
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

/// Plurals and "-y" count as the word itself.
fn same(said: &[String], name: &[String]) -> bool {
    let alike = |(said, name): (&String, &String)| {
        said == name
            || ["s", "y", "ish"]
                .iter()
                .any(|end| said.strip_suffix(end) == Some(name.as_str()))
    };
    said.len() == name.len() && said.iter().zip(name).all(alike)
}
