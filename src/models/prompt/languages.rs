//! Names of instruments and common words for a sound in German, French, Spanish, Italian and
//! Portuguese, in English: the models know no other language.
//!
//! A word that is English too ("hell", "alto", "court") keeps its English meaning, unless another word
//! of the prompt is surely foreign; one that means something to English-speaking musicians ("largo",
//! "corno", "viola") keeps it always.

mod table;

use std::borrow::Cow;

use super::names;
use table::{ACCENTED, ALSO_ENGLISH, FOREIGN, NAMES, PHRASES};

/// The most words of a phrase in the table.
const LONGEST: usize = 3;
/// What French and Italian join to the next word.
const ELIDED: [&str; 7] = ["d'", "l'", "un'", "dell'", "all'", "nell'", "sull'"];
/// Names that others end in: "Kirchenorgel", "Akustikgitarre".
const HEADS: [&str; 11] = [
    "gitarre", "flote", "orgel", "geige", "klavier", "glocke", "trompete", "posaune", "harfe",
    "trommel", "saxophon",
];

/// A word of the text: what surrounds it, and itself without accents, in lower case.
struct Word<'a> {
    before: &'a str,
    text: &'a str,
    after: &'a str,
    plain: String,
}

impl<'a> Word<'a> {
    fn of(raw: &'a str) -> Self {
        let inner = |c: char| c.is_alphanumeric();
        let begin = raw.find(inner).unwrap_or(raw.len());
        let end = raw.rfind(inner).map_or(begin, |at| {
            at + raw[at..].chars().next().map_or(0, char::len_utf8)
        });
        // Accents that stand by themselves belong to the letter before.
        let marks = raw[end..].chars().take_while(|c| is_mark(*c));
        let end = end + marks.map(char::len_utf8).sum::<usize>();
        let text = &raw[begin..end];
        Self {
            before: &raw[..begin],
            text,
            after: &raw[end..],
            plain: plain(text),
        }
    }

    /// Without the article that is joined to it.
    fn bare(&self) -> &str {
        let mut elided = ELIDED.iter();
        let rest = elided.find_map(|begin| self.plain.strip_prefix(begin));
        rest.filter(|rest| !rest.is_empty()).unwrap_or(&self.plain)
    }
}

/// A text with its foreign words in English, the others as they are. Any thread.
#[must_use]
pub fn in_english(text: &str) -> Cow<'_, str> {
    let words: Vec<Word> = text.split_whitespace().map(Word::of).collect();
    let surely = |at: usize| phrase(&words[at..]).is_some() || foreign(&words[at]).is_some();
    if !(0..words.len()).any(surely) {
        return Cow::Borrowed(text);
    }
    let mut english: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let (meaning, taken) = match phrase(&words[at..]) {
            Some((meaning, taken)) => (Some(Cow::Borrowed(meaning)), taken),
            None => {
                let shared = || find(ALSO_ENGLISH, word.bare()).map(Cow::Borrowed);
                (foreign(word).or_else(shared), 1)
            }
        };
        let last = &words[at + taken - 1];
        match meaning {
            // "Füge … hinzu": it says nothing more.
            Some(meaning) if meaning.is_empty() && last.after.is_empty() => {}
            Some(meaning) => english.push([word.before, &meaning, last.after].concat()),
            None => english.push([word.before, word.text, word.after].concat()),
        }
        at += taken;
    }
    Cow::Owned(english.join(" "))
}

/// What the words begin with, if it is a phrase of the table: its meaning and its length.
fn phrase(words: &[Word]) -> Option<(&'static str, usize)> {
    (2..=LONGEST.min(words.len())).rev().find_map(|count| {
        let inner = &words[..count - 1];
        if inner.iter().any(|word| !word.after.is_empty()) {
            return None;
        }
        let text: Vec<&str> = words[..count].iter().map(|w| w.plain.as_str()).collect();
        let found = find(PHRASES, &text.join(" "))?;
        Some((found, count))
    })
}

/// What a word means that is no English one, in the singular or the plural.
fn foreign(word: &Word) -> Option<Cow<'static, str>> {
    let bare = word.bare();
    let lower = word.text.to_lowercase();
    if let Some(meaning) = find(ACCENTED, &lower) {
        return Some(Cow::Borrowed(meaning));
    }
    if names::family(bare).is_some() {
        // "Violín" is one but for its accent.
        return (!lower.is_ascii()).then(|| Cow::Owned(bare.to_owned()));
    }
    let exactly = || find(NAMES, bare).or_else(|| find(FOREIGN, bare));
    let found = exactly()
        .or_else(|| singulars(bare).find_map(|word| find(NAMES, &word)))
        .or_else(|| {
            let head = HEADS.iter().find(|head| {
                let ends = [bare, bare.trim_end_matches('n'), bare.trim_end_matches('e')];
                ends.iter().any(|word| word.ends_with(**head))
            })?;
            find(NAMES, head)
        });
    found.map(Cow::Borrowed)
}

/// What a word may be the plural of.
fn singulars(word: &str) -> impl Iterator<Item = String> {
    let endings = [
        ("s", ""),
        ("es", ""),
        ("n", ""),
        ("en", ""),
        ("e", ""),
        ("i", "o"),
        ("e", "a"),
    ];
    endings
        .into_iter()
        .filter_map(|(plural, singular)| Some(word.strip_suffix(plural)?.to_owned() + singular))
        .filter(|stem| stem.len() > 3)
}

fn find(table: &[(&'static str, &str)], word: &str) -> Option<&'static str> {
    let among = |words: &str| words.split(", ").any(|each| each == word);
    let found = table.iter().find(|(_, words)| among(words));
    found.map(|(english, _)| *english)
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Lower case, without accents.
fn plain(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'à'..='å' => plain.push('a'),
            'ç' => plain.push('c'),
            'è'..='ë' => plain.push('e'),
            'ì'..='ï' => plain.push('i'),
            'ñ' => plain.push('n'),
            'ò'..='ö' | 'ø' => plain.push('o'),
            'ù'..='ü' => plain.push('u'),
            'ý' | 'ÿ' => plain.push('y'),
            'ß' => plain.push_str("ss"),
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            '’' => plain.push('\''),
            c if is_mark(c) => {}
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests;
