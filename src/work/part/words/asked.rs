//! What a clause asks for: pieces and what becomes of them, fills, crashes, form, touch, lines.

use super::form_words;
use super::lists::has;
use super::places::{places, together, whens};
use super::tokens::{Token, tokens};
use crate::work::part::orders::{Act, Kit, Line, Order, When};

/// Words that deny the pieces after them, and those that may lie between.
pub(super) const DENY: &str =
    "no without minus skip remove drop lose cut mute kill delete never not avoid dont";
const BETWEEN: &str = "the a an any some and or & much more use play hit add want include please all of those with in";
/// Words that want them.
pub(super) const ONLY: &str = "only just solely";
/// After a piece, before what becomes of it.
const FILLERS: &str = "a an bit little much slightly be is are should way far to make it them too";

/// An instruction read.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) orders: Vec<Order>,
    /// What it says besides.
    pub(super) rest: String,
    /// All of it but bars and places: "bars 3–4" are no metre.
    pub(super) names: String,
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

    fn denier(&self, at: usize) -> Option<usize> {
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
        let places = places(own);
        let found = whens(own);
        // Half-time in some bars is no style of its own.
        let half = |token: &Token| !found.is_empty() && token.word == "halftime";
        for token in own.iter().filter(|token| !token.used && !half(token)) {
            asked.names.push_str(&token.said);
            asked.names.push(' ');
        }
        let mut when = together(&found);
        asked.names.push_str(", ");
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
    pieces(clause, asked);
    touch(clause, asked);
    lines(clause, asked);
    whole(clause, asked);
}

fn is_hats(word: &str) -> Option<(Kit, bool)> {
    match word {
        "openhat" => Some((Kit::OpenHat, true)),
        "closedhat" => Some((Kit::Hat, false)),
        "pedalhat" => Some((Kit::PedalHat, true)),
        _ => None,
    }
}

fn kit(word: &str) -> Option<Kit> {
    is_hats(word)
        .map(|(kit, _)| kit)
        .or_else(|| Kit::named(word))
}

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
fn pieces(clause: &mut Clause<'_>, asked: &mut Asked) {
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

const MORE: &str = "busier more denser extra busy";
const LESS: &str = "sparser less fewer simpler thinner sparse reduce";
const SOFTER: &str = "softer quieter soft quiet lighter gentle gentler";
const LOUDER: &str = "louder harder loud hard heavier heavy stronger powerful";
const LATER: &str = "later late behind laidback lazier";
const EARLIER: &str = "earlier early ahead";
const DOUBLE: &str = "double doubled";

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

/// How exactly and how late it all is.
fn touch(clause: &mut Clause<'_>, asked: &mut Asked) {
    let when = clause.when.clone();
    let is_bound = |at: usize, clause: &Clause<'_>| {
        clause.denies(at) || clause.word(at.wrapping_sub(1)) == "less"
    };
    for (list, act, opposite) in [
        (
            "laidback lazy lazier",
            Act::Late(20.0),
            Some(Act::Late(-12.0)),
        ),
        ("behind", Act::Late(15.0), None),
        (
            "ahead rushed pushing pushed",
            Act::Late(-12.0),
            Some(Act::Late(12.0)),
        ),
        ("tight tighter", Act::Loose(0.35), Some(Act::Loose(1.9))),
        (
            "loose looser sloppy sloppier human humanised humanized",
            Act::Loose(1.9),
            Some(Act::Loose(0.35)),
        ),
        (
            "grid quantised quantized robotic mechanical",
            Act::Loose(0.0),
            Some(Act::Loose(1.9)),
        ),
    ] {
        let Some(at) = clause.takes(list) else {
            continue;
        };
        let act = match is_bound(at, clause) {
            true => opposite,
            false => Some(act),
        };
        asked.orders.extend(act.map(|act| Order {
            of: Vec::new(),
            act,
            when: when.clone(),
        }));
    }
    if let Some(at) = clause.finds("ghost") {
        let of =
            Act::Ghosts(!clause.denies(at) && !has("fewer less", clause.word(at.wrapping_sub(1))));
        asked.orders.push(Order {
            of: Vec::new(),
            act: of,
            when: when.clone(),
        });
        clause.uses(at, at + 1);
    }
    if clause.takes("fourfloor").is_some() {
        asked.orders.push(Order {
            of: vec![Kit::Kick],
            act: Act::On("beats".into()),
            when,
        });
    }
}

/// What is said of pitched parts; drums don't follow it.
fn lines(clause: &mut Clause<'_>, asked: &mut Asked) {
    let when = clause.when.clone();
    let mut order = |line: Line| {
        asked.orders.push(Order {
            of: Vec::new(),
            act: Act::Line(line),
            when: when.clone(),
        });
    };
    if let Some(grid) = clause.places.clone()
        && grid
            .split(' ')
            .all(|one| matches!(one, "beats" | "offbeats" | "eighths" | "sixteenths"))
    {
        order(Line::On(grid));
    }
    for (list, line) in [
        ("octup", Line::Up(12)),
        ("octdown", Line::Up(-12)),
        ("higher", Line::Up(12)),
        ("lower", Line::Up(-12)),
        ("roots", Line::Roots),
        ("staccato clipped choppy", Line::Short(1.0)),
        ("legato sustained held", Line::Long),
        ("longer", Line::Longer(1.6)),
        ("shorter", Line::Longer(0.5)),
        ("movement moving melodic", Line::Movement),
        ("wholes", Line::On("1".into())),
        ("halves", Line::On("1 3".into())),
        ("arpeggiated arpeggios arpeggio arpeggiate", Line::Arpeggio),
    ] {
        let Some(at) = clause.takes(list) else {
            continue;
        };
        if !clause.denies(at) {
            order(line);
        }
    }
}

/// What is said of all of it in some bars; elsewhere other rules hear it.
fn whole(clause: &mut Clause<'_>, asked: &mut Asked) {
    let when = clause.when.clone();
    let mut order = |act: Act| {
        asked.orders.push(Order {
            of: Vec::new(),
            act,
            when: when.clone(),
        });
    };
    let strong = |clause: &Clause<'_>, at: usize| {
        let mut before = clause.tokens[at.saturating_sub(2)..at].iter();
        before.any(|token| {
            has(
                "very much super extremely way far incredibly really",
                &token.word,
            )
        })
    };
    if when == When::Always {
        // "Very soft" is more than soft.
        for (list, more) in [(SOFTER, -1.5), (LOUDER, 0.7)] {
            let at = clause.finds(list).filter(|at| strong(clause, *at));
            if let Some(at) = at.filter(|at| !denied(clause, *at)) {
                let first = at.saturating_sub(2);
                clause.tokens[first..at].iter_mut().for_each(|token| {
                    token.used |= has("very much super extremely way far really", &token.word)
                });
                order(Act::Level(more));
            }
        }
        return;
    }
    let parts = "drums drum bass guitar keys piano beat it everything";
    if let Some(at) = clause.finds(parts).filter(|at| clause.denies(*at)) {
        order(Act::Out);
        clause.uses(at.saturating_sub(1), at + 1);
        return;
    }
    for (list, act) in [
        (MORE, Act::More),
        (LESS, Act::Less),
        ("minimal simple", Act::Less),
        (SOFTER, Act::Level(-1.6)),
        (LOUDER, Act::Level(1.3)),
    ] {
        if let Some(at) = clause.finds(list)
            && !denied(clause, at)
        {
            clause.uses(at, at + 1);
            order(act);
        }
    }
}

/// Whether a clause denies what stands there, or compares.
fn denied(clause: &Clause<'_>, at: usize) -> bool {
    let before = clause.tokens[..at].iter();
    before.clone().any(|token| {
        has("not no never too less isnt dont nothing", &token.word) || token.word.ends_with("n't")
    })
}
