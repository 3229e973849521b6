//! The styles inside Consort, and how an instruction names them.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::Style;
use crate::music::PartKind;

/// Name and text of each file in `plugin-assets/styles`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/styles_files.rs"));

/// Words that stand between the words of a name and mean nothing.
const BETWEEN: &str = "a the some of style styled groove";

/// A style that was named.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// It.
    pub style: &'static Style,
    /// How many words of the instruction named it.
    pub words: usize,
}

/// All of them. Any thread but audio.
pub fn all() -> &'static [Style] {
    static ALL: OnceLock<Vec<Style>> = OnceLock::new();
    ALL.get_or_init(|| {
        // A test reads each: one that can't be read is left out here.
        FILES
            .iter()
            .filter_map(|(_, text)| Style::read(text).ok())
            .collect()
    })
}

/// The files that can't be read, and why. Any thread but audio.
#[cfg(test)]
pub(super) fn faults() -> Vec<String> {
    let read = |(name, text): &(&str, &str)| Some(format!("{name}: {}", Style::read(text).err()?));
    FILES.iter().filter_map(read).collect()
}

/// The style that an instruction names by most words, of those that `fits` allows: of equals the first named. Any thread but audio.
#[must_use]
pub fn named(instruction: &str, fits: &dyn Fn(&Style) -> bool) -> Option<Named> {
    let said = words(instruction);
    let mut best: Option<(usize, usize, &'static Style)> = None;
    for style in all().iter().filter(|style| fits(style)) {
        for name in &style.file.names {
            let name = words(name);
            let Some(at) = said
                .windows(name.len().max(1))
                .position(|some| same(some, &name))
            else {
                continue;
            };
            let better = best.is_none_or(|(words, first, _)| (name.len(), first) > (words, at));
            if better {
                best = Some((name.len(), at, style));
            }
        }
    }
    best.map(|(words, _, style)| Named { style, words })
}

/// The part that a way of playing is of, where the instruction names one that is no kit's: "walking". Any thread but audio.
#[must_use]
pub fn kind_of(instruction: &str) -> Option<PartKind> {
    let found = named(instruction, &|_| true)?.style;
    let kinds = [
        PartKind::Drums,
        PartKind::Bass,
        PartKind::Guitar,
        PartKind::Keys,
    ];
    let kind = kinds.into_iter().find(|kind| found.has(*kind))?;
    (kind != PartKind::Drums).then_some(kind)
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

/// Words in small letters, without what stands between; "drum'n'bass" and "drum & bass" are "drum and bass".
fn words(text: &str) -> Vec<String> {
    let text = text
        .to_lowercase()
        .replace("'n'", " and ")
        .replace(" n ", " and ")
        .replace('&', " and ");
    let parts = text.split(|c: char| !c.is_alphanumeric());
    let parts = parts.filter(|word| !word.is_empty());
    let kept = parts.filter(|word| !BETWEEN.split(' ').any(|between| between == *word));
    kept.map(str::to_owned).collect()
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
