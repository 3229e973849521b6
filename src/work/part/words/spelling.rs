//! Words that nothing is known of: mistyped ones are read as what they are near to, the others told.

use super::lexicon::{is_known, nameable, terms};

/// Words at least this long are forgiven a letter.
const FORGIVEN: usize = 5;

/// The text with mistyped words as they were meant; all else to the letter. Any thread but audio.
pub(super) fn corrected(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for part in parts(text) {
        let lower = part.to_lowercase();
        let meant = match is_word(part) {
            false => None,
            true if !is_known(&lower, true) => meant(&lower, nameable()),
            // "Busyer" isn't a word for having an ending.
            true if !is_known(&lower, false) => meant(&lower, terms()),
            true => None,
        };
        made.push_str(meant.unwrap_or(part));
    }
    made
}

/// The words, in order, that nothing is known of. Any thread but audio.
pub(super) fn unknown(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in parts(text).filter(|part| is_word(part)) {
        let lower = part.to_lowercase();
        let is_meant = meant(&lower, nameable()).is_some();
        if !is_known(&lower, true) && !is_meant && !found.contains(&lower) {
            found.push(lower);
        }
    }
    found
}

/// Words and what lies between them, in turn.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let of_word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let is = of_word(first);
        let end = rest.find(|c| of_word(c) != is).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    })
}

fn is_word(part: &str) -> bool {
    part.chars().count() > 2
        && part
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '\'' | '’'))
}

/// The word that one is mistyped of: a letter too many, too few, wrong, or two in the wrong order.
fn meant(word: &str, mut all: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let long = word.chars().count();
    let near = |known: &&'static str| {
        let first = known.chars().next() == word.chars().next();
        let most = long.max(known.chars().count());
        first
            && most >= FORGIVEN
            && most - long.min(known.chars().count()) <= 1
            && strsim::osa_distance(word, known) == 1
    };
    all.find(near)
}
