//! What a clause asks of pieces: that they play or don't, where, in whose place, how much and how hard.

use super::asked::{Asked, Clause, ONLY, is_hats, kit};
use super::lists::has;
use crate::work::part::orders::{Act, Kit, Order, When};

/// After a piece, before what becomes of it.
const FILLERS: &str = "a an bit little much slightly be is are should way far to make it them too";

pub(super) const MORE: &str = "busier more denser extra busy";
pub(super) const LESS: &str = "sparser less fewer simpler thinner sparse reduce";
pub(super) const SOFTER: &str = "softer quieter soft quiet lighter gentle gentler";
pub(super) const LOUDER: &str = "louder harder loud hard heavier heavy stronger powerful";
const LATER: &str = "later late behind laidback lazier";
const EARLIER: &str = "earlier early ahead";
const DOUBLE: &str = "double doubled";

/// Pieces that are named together: where they begin and end.
struct List {
    kits: Vec<Kit>,
    from: usize,
    to: usize,
}

fn lists(clause: &Clause<'_>) -> Vec<List> {
    let mut found: Vec<List> = Vec::new();
    for at in 0..clause.tokens.len() {
        let Some(kit) = kit(clause.word(at)).filter(|_| !clause.tokens[at].used) else {
            continue;
        };
        let joins =
            |list: &List| (list.to..at).all(|between| has("and or & the", clause.word(between)));
        match found.last_mut() {
            Some(list) if joins(list) => {
                list.kits.push(kit);
                list.to = at + 1;
            }
            _ => found.push(List {
                kits: vec![kit],
                from: at,
                to: at + 1,
            }),
        }
    }
    found
}

/// What is said of pieces.
pub(super) fn pieces(clause: &mut Clause<'_>, asked: &mut Asked) {
    let lists = lists(clause);
    let instead = clause.finds("instead");
    let has_only = clause.says(ONLY);
    let mut order = |of: &[Kit], act: Act, when: &When| {
        asked.orders.push(Order {
            of: of.to_vec(),
            act,
            when: when.clone(),
        });
    };
    let mut places = clause.places.clone();
    let mut at = 0;
    while let Some(list) = lists.get(at) {
        at += 1;
        let kits = &list.kits[..];
        let when = clause.when.clone();
        // "Ride instead of hats".
        if let (Some(instead), Some(next)) = (instead, lists.get(at))
            && list.to <= instead
            && instead < next.from
        {
            order(&kits[..1], Act::For(next.kits.clone()), &when);
            clause.uses(list.from, next.to);
            at += 1;
            continue;
        }
        if let Some(denier) = clause.denier(list.from) {
            let forbids = matches!(clause.word(denier), "not" | "never" | "dont")
                || clause.word(denier).ends_with("n't");
            match places.take() {
                // "Don't play the kick on every beat" wants it somewhere.
                Some(_) if forbids => {}
                Some(places) => order(kits, Act::NotOn(places), &when),
                None if forbids && says_more(clause, list) => {}
                None => order(kits, Act::Out, &when),
            }
            clause.uses(denier, list.to);
            if clause.word(list.to) == "out" {
                clause.uses(list.to, list.to + 1);
            }
            continue;
        }
        let (before, after) = (
            clause.word(list.from.wrapping_sub(1)).to_owned(),
            after(clause, list),
        );
        let before_the = match before.as_str() {
            "the" | "a" | "some" | "open" => clause.word(list.from.wrapping_sub(2)).to_owned(),
            _ => before.clone(),
        };
        let changed = change(&before_the, clause, list.from).map(|act| (act, None));
        let changed = changed.or_else(|| {
            let (at, word) = after?;
            let turned = match word.as_str() {
                "down" | "back" => Some(Act::Level(-1.6)),
                "up" => Some(Act::Level(1.3)),
                _ => None,
            };
            turned
                .or_else(|| change(&word, clause, at))
                .map(|act| (act, Some(at)))
        });
        let hats = clause.word(list.from).to_owned();
        if let Some((act, at)) = changed {
            order(kits, act, &when);
            let first = list.from.saturating_sub(2);
            for token in &mut clause.tokens[first..list.from] {
                token.used |= change_word(&token.word)
                    || has("the a much very bit little slightly move make", &token.word);
            }
            clause.uses(list.from, at.map_or(list.to, |at| at + 1));
            for token in &mut *clause.tokens {
                token.used |= has("move make same keep turn bring pull push", &token.word);
            }
            if places.is_some() {
                order(kits, Act::On(places.take().unwrap_or_default()), &when);
            }
            continue;
        }
        if let Some(places) = places.clone() {
            let adds = clause.says("add plus extra also") && !kits[0].keeps_time();
            let act = if adds {
                Act::Also(places)
            } else {
                Act::On(places)
            };
            order(kits, act, &when);
        } else if clause.finds("enter starts start").is_some() {
            // "Kick comes in at bar 5".
            let from = match when {
                When::Bars(first, _) | When::From(first) => first,
                _ => 1,
            };
            order(kits, Act::Out, &When::Before(from));
            clause.takes("enter starts start");
        } else if clause.finds("dropout out tacet silent").is_some() {
            order(kits, Act::Out, &when);
            clause.takes("dropout out tacet silent");
        } else if has_only {
            // All that the clause names.
            let all: Vec<Kit> = lists[at - 1..]
                .iter()
                .flat_map(|list| list.kits.clone())
                .collect();
            order(&all, Act::Alone, &when);
            lists
                .iter()
                .for_each(|list| clause.uses(list.from, list.to));
            clause.takes(ONLY);
            return;
        } else if is_hats(&hats).is_some_and(|(_, is)| !is) {
            order(kits, Act::Open(false), &when);
        } else {
            kits.iter().for_each(|kit| order(&[*kit], Act::In, &when));
        }
        clause.uses(list.from, list.to);
        for token in &mut *clause.tokens {
            token.used |= has("add with same", &token.word);
        }
    }
    if !lists.is_empty() {
        // They were the pieces'.
        clause.places = None;
        clause.takes("instead");
        clause.takes(ONLY);
    }
}

/// The word after a list that says what becomes of it.
fn after(clause: &Clause<'_>, list: &List) -> Option<(usize, String)> {
    let mut at = list.to;
    while has(FILLERS, clause.word(at)) {
        at += 1;
    }
    let word = clause.word(at);
    (!word.is_empty() && !clause.tokens[at].used).then(|| (at, word.to_owned()))
}

/// Whether more follows a list in its clause than what is nothing.
fn says_more(clause: &Clause<'_>, list: &List) -> bool {
    clause.tokens[list.to..]
        .iter()
        .any(|token| !token.used && !has("please in the", &token.word))
}

fn change_word(word: &str) -> bool {
    [
        MORE,
        LESS,
        SOFTER,
        LOUDER,
        LATER,
        EARLIER,
        DOUBLE,
        "open close closed",
    ]
    .iter()
    .any(|list| has(list, word))
}

/// What becomes of a piece by a word beside it; "very" and "a bit" count.
fn change(word: &str, clause: &Clause<'_>, at: usize) -> Option<Act> {
    let near = &clause.tokens[at.saturating_sub(3)..(at + 1).min(clause.tokens.len())];
    let says = |list: &str| near.iter().any(|token| has(list, &token.word));
    let far = match (
        says("very much far way super really"),
        says("bit little slightly"),
    ) {
        (true, _) => 1.7,
        (_, true) => 0.7,
        _ => 1.0,
    };
    // "The hats are too loud".
    let too = says("too");
    Some(match word {
        word if has(if too { LESS } else { MORE }, word) => Act::More,
        word if has(if too { MORE } else { LESS }, word) => Act::Less,
        word if has(if too { LOUDER } else { SOFTER }, word) => Act::Level(-1.6 * far),
        word if has(if too { SOFTER } else { LOUDER }, word) => Act::Level(1.2 * far),
        word if has(MORE, word) => Act::More,
        word if has(LESS, word) => Act::Less,
        word if has(SOFTER, word) => Act::Level(-1.6 * far),
        word if has(LOUDER, word) => Act::Level(1.2 * far),
        word if has(LATER, word) => Act::Late(20.0 * far),
        word if has(EARLIER, word) => Act::Late(-14.0 * far),
        word if has(DOUBLE, word) => Act::Double,
        "open" => Act::Open(true),
        "close" | "closed" => Act::Open(false),
        _ => return None,
    })
}
