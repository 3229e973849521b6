//! What an instruction asks for, clause by clause.

use super::lists::has;
use super::places::{places, together, whens};
use super::tokens::{Token, tokens};
use super::{form_words, manner, pieces};
use crate::work::part::orders::{Kit, Order, When};

/// Words that deny the pieces after them, and those that may lie between.
pub(super) const DENY: &str =
    "no without minus skip remove drop lose cut mute kill delete never not avoid dont";
const BETWEEN: &str = "the a an any some and or & much more use play hit add want include please all of those with in";
/// Words that want them.
pub(super) const ONLY: &str = "only just solely";

/// An instruction read.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) orders: Vec<Order>,
    /// What it says besides.
    pub(super) rest: String,
    /// All of it but bars and places: "bars 3–4" are no metre.
    pub(super) names: String,
    /// The same with note values, which say much of a line: "eighths on the root".
    pub(super) values: String,
    /// Fills are asked for at certain places alone, or nowhere.
    pub(super) only_these_fills: bool,
}

/// A clause in the reading.
pub(super) struct Clause<'a> {
    pub(super) tokens: &'a mut [Token],
    pub(super) when: When,
    pub(super) places: Option<String>,
    /// What stood before its bars: "from", "until".
    pub(super) led: String,
}

impl Clause<'_> {
    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.word.as_str())
    }

    /// The first word of a list that isn't used yet, which is then.
    pub(super) fn takes(&mut self, list: &str) -> Option<usize> {
        let at = self.finds(list)?;
        self.tokens[at].used = true;
        Some(at)
    }

    pub(super) fn finds(&self, list: &str) -> Option<usize> {
        let mut tokens = self.tokens.iter();
        tokens.position(|token| !token.used && has(list, &token.word))
    }

    pub(super) fn says(&self, list: &str) -> bool {
        self.tokens.iter().any(|token| has(list, &token.word))
    }

    /// Whether what stands there is denied by a word before it.
    pub(super) fn denies(&self, at: usize) -> bool {
        self.denier(at).is_some()
    }

    pub(super) fn denier(&self, at: usize) -> Option<usize> {
        for before in (0..at).rev() {
            let word = self.word(before);
            if has(DENY, word) || word.ends_with("n't") {
                return Some(before);
            }
            let crosses = has(BETWEEN, word) && word != "with"
                || Kit::named(word).is_some()
                || is_hats(word).is_some();
            if !crosses {
                return None;
            }
        }
        None
    }

    pub(super) fn uses(&mut self, from: usize, to: usize) {
        self.tokens[from..to.min(from.max(to))]
            .iter_mut()
            .for_each(|token| token.used = true);
    }
}

/// Reads an instruction in English.
pub(super) fn asked(instruction: &str) -> Asked {
    let mut all = tokens(instruction);
    join_lists(&mut all);
    let mut asked = Asked::default();
    let mut from = 0;
    let mut carried = When::Always;
    while from < all.len() {
        let clause = all[from].clause;
        let long = all[from..]
            .iter()
            .take_while(|token| token.clause == clause)
            .count();
        let own = &mut all[from..from + long];
        // Those of pieces are orders, those of a line its manner.
        let is_value = |token: &Token| has("beats eighths sixteenths offbeats", &token.word);
        let values: Vec<bool> = own.iter().map(is_value).collect();
        let places = places(own);
        let found = whens(own);
        // Half-time in some bars is no style of its own.
        let half = |token: &Token| !found.is_empty() && token.word == "halftime";
        for (token, is_value) in own.iter().zip(values) {
            let is_name = !token.used && !half(token);
            for text in [
                is_name.then_some(&mut asked.names),
                (is_name || is_value).then_some(&mut asked.values),
            ]
            .into_iter()
            .flatten()
            {
                text.push_str(&token.said);
                text.push(' ');
            }
        }
        let mut when = together(&found);
        asked.names.push_str(", ");
        asked.values.push_str(", ");
        let only_bars = own
            .iter()
            .all(|token| token.used || has("the a and", &token.word));
        if only_bars && !found.is_empty() {
            // "Last bar: stop on beat 1".
            carried = when;
            from += long;
            continue;
        }
        if when == When::Always {
            when = std::mem::replace(&mut carried, When::Always);
        }
        let mut clause = Clause {
            tokens: own,
            when,
            places,
            led: found.first().map_or(String::new(), |(_, led)| led.clone()),
        };
        read(&mut clause, &mut asked);
        from += long;
    }
    let mut last = None;
    for token in &all {
        if token.used {
            continue;
        }
        if last.is_some_and(|last| last != token.clause) {
            asked.rest.push(',');
        }
        asked.rest.push(' ');
        // "Half time" is one word to all others.
        let said = if token.word == "halftime" {
            "half-time"
        } else {
            &token.said
        };
        asked.rest.push_str(said);
        last = Some(token.clause);
    }
    asked
}

/// "Just kick, snare and ride" is one clause.
fn join_lists(all: &mut [Token]) {
    let mut at = 0;
    while let Some(first) = all.get(at) {
        let clause = first.clause;
        let end = at
            + all[at..]
                .iter()
                .take_while(|token| token.clause == clause)
                .count();
        let next = all.get(end).map(|token| token.clause);
        let Some(next) = next else {
            return;
        };
        let long = all[end..]
            .iter()
            .take_while(|token| token.clause == next)
            .count();
        let ends_in_piece = kit(&all[end - 1].word).is_some();
        let listed = |token: &Token| has("and or & the", &token.word) || kit(&token.word).is_some();
        let follows = &all[end..end + long];
        let goes_on = follows.iter().all(listed) && kit(&follows[0].word).is_some();
        let is_list = follows.iter().any(|token| has("and or &", &token.word));
        let only = all[at..end].iter().any(|token| has(ONLY, &token.word));
        if ends_in_piece && goes_on && (only || is_list) {
            all[end..end + long]
                .iter_mut()
                .for_each(|token| token.clause = clause);
            continue;
        }
        at = end;
    }
}

fn read(clause: &mut Clause<'_>, asked: &mut Asked) {
    form_words::fills(clause, asked);
    form_words::crashes(clause, asked);
    form_words::spans(clause, asked);
    pieces::pieces(clause, asked);
    manner::touch(clause, asked);
    manner::lines(clause, asked);
    manner::whole(clause, asked);
}

pub(super) fn is_hats(word: &str) -> Option<(Kit, bool)> {
    match word {
        "openhat" => Some((Kit::OpenHat, true)),
        "closedhat" => Some((Kit::Hat, false)),
        "pedalhat" => Some((Kit::PedalHat, true)),
        _ => None,
    }
}

pub(super) fn kit(word: &str) -> Option<Kit> {
    is_hats(word)
        .map(|(kit, _)| kit)
        .or_else(|| Kit::named(word))
}
