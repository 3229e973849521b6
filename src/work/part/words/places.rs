//! Bars and places in an instruction: "in bars 9–12", "every 4 bars", "before the chorus"; "on 2 and 4", "on the offbeats".

use super::tokens::Token;
use crate::work::part::orders::When;

/// What may stand before bars.
const BEFORE: &str =
    "in at on of for during from over through into by the until till before after to";

/// Bars that a clause names, its words marked as used; the word before each, and whether it is a beginning ("from").
pub(super) fn whens(clause: &mut [Token]) -> Vec<(When, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < clause.len() {
        let words: Vec<&str> = clause.iter().map(|token| token.word.as_str()).collect();
        match when_at(&words[at..]) {
            Some((when, long)) => {
                let mut from = at;
                let mut before = String::new();
                while from > 0 && is(BEFORE, words[from - 1]) {
                    from -= 1;
                    if words[from] != "the" && before.is_empty() {
                        before = words[from].to_owned();
                    }
                }
                let when = match (before.as_str(), when) {
                    ("from", When::Bars(first, last)) if first == last => When::From(first),
                    ("until" | "till" | "before", When::Bars(first, _)) => When::Before(first),
                    ("after", When::Bars(_, last)) if found.is_empty() => When::From(last + 1),
                    ("before" | "into" | "to", When::Chorus(_)) => When::BeforeChorus,
                    ("before", When::SectionStarts) => When::SectionEnds,
                    (_, when) => when,
                };
                // Words that were before bars already are of no other.
                for token in &mut clause[from..at + long] {
                    token.used = true;
                }
                found.push((when, before));
                at += long;
            }
            None => at += 1,
        }
    }
    found
}

/// One for all.
pub(super) fn together(found: &[(When, String)]) -> When {
    match found {
        [] => When::Always,
        [(when, _)] => when.clone(),
        many => When::Each(many.iter().map(|(when, _)| when.clone()).collect()),
    }
}

fn is(list: &str, word: &str) -> bool {
    super::lists::has(list, word)
}

fn number(word: &str) -> Option<usize> {
    const NAMES: &str = "one two three four five six seven eight nine ten eleven twelve";
    const ORDINALS: &str = "first second third fourth fifth sixth seventh eighth";
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let rest = &word[digits.len()..];
    if !digits.is_empty() && matches!(rest, "" | "st" | "nd" | "rd" | "th") {
        return digits.parse().ok().filter(|number| *number > 0);
    }
    let named = |names: &str| names.split(' ').position(|name| name == word);
    named(NAMES).or_else(|| named(ORDINALS)).map(|at| at + 1)
}

fn range(word: &str) -> Option<(usize, usize)> {
    let (first, last) = word.split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some((first, last))
}

/// The bars that some words begin with, and how many words they are.
fn when_at(words: &[&str]) -> Option<(When, usize)> {
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    let bar = |word: &str| matches!(word, "bar" | "bars" | "measure" | "measures");
    match word(0) {
        first if bar(first) => {
            let mut all = Vec::new();
            let mut at = 1;
            loop {
                if let Some((first, last)) = range(word(at)) {
                    all.push(When::Bars(first, last));
                    at += 1;
                } else if let Some(first) = number(word(at)) {
                    let to = matches!(word(at + 1), "to" | "through" | "till" | "until" | "-");
                    let next = at + 2 + usize::from(bar(word(at + 2)));
                    match number(word(next)).filter(|last| to && *last >= first) {
                        Some(last) => {
                            all.push(When::Bars(first, last));
                            at = next + 1;
                        }
                        None if matches!(word(at + 1), "onwards" | "onward") => {
                            all.push(When::From(first));
                            at += 2;
                        }
                        None => {
                            all.push(When::Bars(first, first));
                            at += 1;
                        }
                    }
                } else {
                    break;
                }
                let joined = matches!(word(at), "and" | "&");
                let more = number(word(at + 1)).is_some() || range(word(at + 1)).is_some();
                if joined && more {
                    at += 1;
                    continue;
                }
                break;
            }
            match all.len() {
                0 => None,
                1 => Some((all.remove(0), at)),
                _ => Some((When::Each(all), at)),
            }
        }
        "first" | "last" | "final" => {
            let is_first = word(0) == "first";
            let side = |many| {
                if is_first {
                    When::First(many)
                } else {
                    When::Last(many)
                }
            };
            match (number(word(1)), section(word(1))) {
                (Some(many), _) if bar(word(2)) => Some((side(many), 3)),
                (_, Some(true)) if is_first => Some((When::Chorus(Some(1)), 2)),
                (_, Some(false)) if is_first => Some((When::Verse(Some(1)), 2)),
                _ if bar(word(1)) => Some((side(1), 2)),
                _ => None,
            }
        }
        "second" | "third" | "fourth" | "2nd" | "3rd" => {
            let which = number(word(0));
            match section(word(1))? {
                true => Some((When::Chorus(which), 2)),
                false => Some((When::Verse(which), 2)),
            }
        }
        "every" | "each" | "all" => {
            let other = matches!(word(1), "other");
            match (number(word(1)).or(other.then_some(2)), word(1)) {
                (Some(many), _) => {
                    let long = 2 + usize::from(bar(word(2)));
                    Some((When::Every(many), long))
                }
                (None, "section" | "sections" | "part" | "parts") => Some((When::SectionStarts, 2)),
                (None, "bar" | "measure") => Some((When::Every(1), 2)),
                (None, next) => match section(next)? {
                    true => Some((When::Chorus(None), 2)),
                    false => Some((When::Verse(None), 2)),
                },
            }
        }
        "section" | "sections" => Some((When::SectionStarts, 1)),
        many if number(many).is_some() && bar(word(1)) => Some((When::First(number(many)?), 2)),
        name => match section(name)? {
            true => {
                let which = number(word(1)).filter(|_| !word(1).is_empty());
                Some((When::Chorus(which), 1 + usize::from(which.is_some())))
            }
            false => {
                let which = number(word(1));
                Some((When::Verse(which), 1 + usize::from(which.is_some())))
            }
        },
    }
}

/// Whether a word names choruses, or verses.
fn section(word: &str) -> Option<bool> {
    match word {
        "chorus" | "choruses" | "refrain" | "hook" => Some(true),
        "verse" | "verses" => Some(false),
        _ => None,
    }
}

/// Places in a bar that a clause names, as [`crate::style::places`] reads them; its words marked as used.
pub(super) fn places(clause: &mut [Token]) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    while at < clause.len() {
        let word = clause[at].word.clone();
        let free = !clause[at].used;
        let grid = matches!(&*word, "beats" | "offbeats" | "eighths" | "sixteenths");
        let before = |back: usize| {
            at.checked_sub(back)
                .map_or("", |at| clause[at].word.as_str())
        };
        let is_led = matches!(before(1), "on" | "at" | "beat" | "beats")
            || before(1) == "the" && matches!(before(2), "on" | "at" | "and")
            || matches!(before(1), "and" | "&" | "or") && !found.is_empty()
            || before(1) == "the" && !found.is_empty();
        let place = match place(&word) {
            Some(place) if free && is_led => Some(place),
            _ if word.contains('&') && free => place(&word),
            _ => None,
        };
        if let Some(place) = place {
            // "Beats 2 and 4".
            if found.last().is_some_and(|last| last == "beats") && before(1) == "beats" {
                found.pop();
            }
            found.push(place);
            mark(clause, at);
        } else if grid && free {
            found.push(word);
            mark(clause, at);
        }
        at += 1;
    }
    (!found.is_empty()).then(|| found.join(" "))
}

/// Marks a place and what leads to it.
fn mark(clause: &mut [Token], at: usize) {
    clause[at].used = true;
    for back in (0..at).rev().take(3) {
        let leads = matches!(
            &*clause[back].word,
            "on" | "at" | "the" | "beat" | "beats" | "and" | "&" | "or"
        );
        if !leads {
            break;
        }
        clause[back].used = true;
    }
}

fn place(word: &str) -> Option<String> {
    let beat = match word {
        "one" => "1",
        "two" => "2",
        "three" => "3",
        "four" => "4",
        _ => word,
    };
    // A word may begin with any letter there is.
    let (number, after) = beat.split_at_checked(1.min(beat.len()))?;
    let is_beat = ("1"..="6").contains(&number) && matches!(after, "" | "e" | "&" | "a");
    is_beat.then(|| beat.to_owned())
}
