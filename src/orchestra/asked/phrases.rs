//! A request cut into things that are known: the longest names first.

use super::Role;
use super::ensembles::{self, Ensemble};
use super::words::{Trait, is_empty, number, of_character, role};
use crate::music::PartKind;
use crate::orchestra::instruments::{self, Family, Instrument};
use crate::style::{self, Style};

/// A thing in a request.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// "string quartet".
    Ensemble(&'static Ensemble),
    /// "violins": the instrument, and whether it was a plural.
    Instrument(&'static Instrument, bool),
    /// "bass": which one, the company tells.
    SomeBass,
    /// "voices", "singers".
    Voices,
    /// "two".
    Number(usize),
    /// "melody".
    Role(Role),
    /// "dramatic".
    Trait(Trait, String),
    /// "bossa nova".
    Style(&'static Style),
    /// "band", "beat": of the style before it.
    Band,
    /// "in", "on", "by".
    In,
    /// "plays", "as".
    Plays,
    /// "without".
    Without,
    /// "only".
    Only,
    /// More (1) or less (−1).
    More(f32),
    /// "solo".
    Solo,
    /// "with": a new phrase begins.
    Joins,
    /// "and": one may begin.
    And,
    /// A comma: a new phrase begins.
    Break,
    /// Nobody knows it.
    Unknown(String),
}

/// More words than this no name has.
const LONGEST: usize = 5;

/// Small letters, straight quotes, commas as words; and only what comes after what it is made from.
fn cleaned(text: &str) -> Vec<String> {
    let text = text
        .to_lowercase()
        .replace(['’', '`'], "'")
        .replace("lo fi", "lo-fi");
    let mut spaced = String::new();
    for letter in text.chars() {
        match letter {
            ',' | ';' | '.' | '!' | '?' | ':' | '(' | ')' | '"' | '“' | '”' | '\n' => {
                spaced.push_str(" , ");
            }
            '+' => spaced.push_str(" plus "),
            '&' => spaced.push_str(" and "),
            '/' => spaced.push_str(" and "),
            letter => spaced.push(letter),
        }
    }
    let mut words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    // "Turn this piano into a rock band": what it is now doesn't play.
    let starts = [
        "turn",
        "change",
        "transform",
        "convert",
        "make",
        "rewrite",
        "rework",
    ];
    if let Some(at) = words.iter().position(|word| word == "into")
        && words[..at].iter().any(|word| starts.contains(&&**word))
    {
        words.drain(..=at);
    }
    // "Arrange this piano piece for …".
    let mine = ["this", "my", "these", "that", "our"];
    let until = ["for", "as", "to", "with", "into", ","];
    if let Some(from) = words.iter().position(|word| mine.contains(&&**word))
        && let Some(to) = words[from..]
            .iter()
            .position(|word| until.contains(&&**word))
        && to > 1
    {
        words.drain(from..from + to);
    }
    words
}

/// The things of a request, in order.
pub(super) fn cut(text: &str) -> Vec<Item> {
    let words = cleaned(text);
    let mut items = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = LONGEST.min(words.len() - at);
        let found = (1..=longest).rev().find_map(|count| {
            let name = words[at..at + count].join(" ");
            known(&name, &items).map(|item| (item, count))
        });
        match found {
            Some((item, count)) => {
                items.extend(item);
                at += count;
            }
            None => {
                items.push(Item::Unknown(words[at].clone()));
                at += 1;
            }
        }
    }
    items
}

/// What a name means, after these; `Some(None)` where it means nothing.
fn known(name: &str, before: &[Item]) -> Option<Option<Item>> {
    let after_verb = matches!(before.last(), Some(Item::Plays | Item::In));
    let after_player = matches!(before.last(), Some(Item::Instrument(..) | Item::SomeBass));
    if let Some(found) = ensembles::named(name) {
        return Some(Some(Item::Ensemble(found)));
    }
    // "as pad", "the cello plays the bass", "strings pad".
    if matches!(before.last(), Some(Item::Plays)) && name == "bass" {
        return Some(Some(Item::Role(Role::Bass)));
    }
    if (after_verb || after_player) && matches!(name, "pad" | "pads") {
        return Some(Some(Item::Role(Role::Pad)));
    }
    let item = match name {
        "," => Item::Break,
        "and" | "or" => Item::And,
        "with" | "plus" | "over" | "under" | "above" | "below" | "then" | "for" | "but"
        | "alongside" | "beside" | "add" | "adding" | "against" | "while" | "where" | "to the" => {
            Item::Joins
        }
        "in" | "on" | "by" | "in the" | "on the" | "by the" | "given to" | "given to the"
        | "goes to" | "goes to the" | "to" => Item::In,
        "plays" | "play" | "playing" | "as" | "has" | "have" | "takes" | "take" | "carries"
        | "carry" | "carrying" | "doing" | "does" | "plays the" | "play the" | "as the"
        | "as a" | "as an" | "has the" | "have the" | "takes the" | "take the" | "carries the"
        | "playing the" | "taking the" | "sings" | "sing" | "sings the" => Item::Plays,
        "without" | "no" | "except" | "minus" | "but no" | "leave out" | "not" | "omit"
        | "skip" => Item::Without,
        "only" | "just" | "nothing but" => Item::Only,
        "more" | "a bit" | "a little" => Item::More(1.0),
        "very" | "much more" | "really" | "extra" | "extremely" => Item::More(2.0),
        "much" | "too" => return Some(None),
        "less" | "not so" | "not too" | "not as" => Item::More(-1.0),
        "solo" => Item::Solo,
        "bass" | "basses" => Item::SomeBass,
        "voices" | "singers" | "vocalists" | "part choir" | "part harmony" => Item::Voices,
        "part" | "parts" if matches!(before.last(), Some(Item::Number(_))) => Item::Voices,
        "band" | "beat" | "group" | "combo" | "track" | "version" | "groove" | "song"
            if matches!(before.last(), Some(Item::Style(_))) =>
        {
            Item::Band
        }
        "band" => Item::Ensemble(ensembles::named("rock band")?),
        _ => return other(name),
    };
    Some(Some(item))
}

fn other(name: &str) -> Option<Option<Item>> {
    if let Some(instrument) = instruments::named(name) {
        return Some(Some(Item::Instrument(
            instrument,
            several(instrument, name),
        )));
    }
    if let Some(role) = role(name) {
        return Some(Some(Item::Role(role)));
    }
    if let Some(what) = of_character(name) {
        return Some(Some(Item::Trait(what, name.to_owned())));
    }
    if let Some(count) = number(name) {
        return Some(Some(Item::Number(count)));
    }
    // A way of playing ("legato strings") is none of a whole band: that has drums.
    let called = |style: &&Style| {
        style.has(PartKind::Drums) && style.file().names.iter().any(|n| n.to_lowercase() == name)
    };
    if let Some(style) = style::all().iter().find(called) {
        return Some(Some(Item::Style(style)));
    }
    // "funky", "rocky": but "country" is a style of its own.
    if let Some(stem) = name.strip_suffix('y')
        && let Some(style) = style::all()
            .iter()
            .find(|style| style.file().names.iter().any(|n| n == stem))
    {
        return Some(Some(Item::Style(style)));
    }
    is_empty(name).then_some(None)
}

/// Whether a name is a plural: "horns"; "strings" and "brass" are one section, and two "keys" one keyboard.
fn several(instrument: &Instrument, name: &str) -> bool {
    let one_thing = matches!(
        instrument.family,
        Family::Drums | Family::Keys | Family::Mallets | Family::Synth
    ) || instrument.is_chordal() && instrument.family != Family::Plucked
        || matches!(name, "vocals" | "bagpipes");
    let is =
        |stem: Option<&str>| stem.is_some_and(|stem| instrument.names().any(|known| known == stem));
    let plural = is(name.strip_suffix('s')) || is(name.strip_suffix("es"));
    !one_thing && (plural || matches!(name, "celli" | "violoncelli"))
}
