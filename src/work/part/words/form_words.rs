//! Fills, crashes and form, as a clause asks for them.

use super::asked::{Asked, Clause, DENY, ONLY};
use super::lists::has;
use crate::work::part::orders::{Act, Fill, Kit, Order, Span, When};

fn order(act: Act, when: When) -> Order {
    Order {
        of: Vec::new(),
        act,
        when,
    }
}

/// Fills: where, how long, over what.
pub(super) fn fills(clause: &mut Clause<'_>, asked: &mut Asked) {
    let Some(at) = clause.finds("fill fills") else {
        return;
    };
    let before: Vec<&str> = (0..at).map(|at| clause.word(at)).collect();
    let denied = before
        .iter()
        .any(|word| has(DENY, word) || has("fewer less nothing", word) || word.ends_with("n't"))
        || before
            .windows(2)
            .any(|two| two[0] == "too" && has("many much", two[1]));
    let wanted = before
        .iter()
        .rev()
        .take_while(|word| !has("no without", word));
    let denied = denied && !wanted.clone().any(|word| has("but with just", word));
    let at_end = clause.says("end ending") && clause.when == When::Always;
    let is_only = clause.says(ONLY);
    let when = match clause.when.clone() {
        When::Always if at_end => When::Last(1),
        When::SectionStarts => When::SectionEnds,
        // It leads there.
        When::Before(bar) if bar > 1 => When::Bars(bar - 1, bar - 1),
        When::Bars(bar, _) if bar > 1 && matches!(clause.led.as_str(), "into" | "to") => {
            When::Bars(bar - 1, bar - 1)
        }
        When::Chorus(_) if matches!(clause.led.as_str(), "before" | "into" | "to") => {
            When::BeforeChorus
        }
        when => when,
    };
    let mut fill = Fill::default();
    for token in &mut *clause.tokens {
        match &*token.word {
            "small" | "little" | "short" | "tiny" | "quick" | "onebeat" => fill.beats = Some(1),
            "twobeat" => fill.beats = Some(2),
            "big" | "bigger" | "huge" | "long" | "massive" | "onebar" => {
                fill.beats = Some(usize::MAX)
            }
            _ => continue,
        }
        token.used = true;
    }
    match (clause.word(at.wrapping_sub(1)), clause.word(at + 2)) {
        ("tom" | "toms", _) | (_, "tom" | "toms") => fill.toms = Some(true),
        ("snare", _) | (_, "snare") => fill.toms = Some(false),
        _ => {}
    }
    let from = if fill.toms.is_some() {
        at.saturating_sub(1)
    } else {
        at
    };
    match (denied, &when) {
        (true, When::Always) => {
            asked.only_these_fills = true;
            asked.orders.push(order(Act::Fill(None), When::Always));
        }
        (true, _) => {
            let without = order(Act::Fill(None), when);
            asked.orders.push(without);
        }
        // "With fills": where sections end.
        (false, When::Always) => {
            if fill != Fill::default() {
                asked.only_these_fills = true;
                asked
                    .orders
                    .push(order(Act::Fill(Some(fill)), When::SectionEnds));
                clause.uses(from, at + 1);
            }
            return;
        }
        (false, _) => {
            let alone = is_only
                || matches!(
                    when,
                    When::Every(_) | When::SectionEnds | When::BeforeChorus | When::Last(_)
                );
            if alone {
                asked.only_these_fills = true;
                asked.orders.push(order(Act::Fill(None), When::Always));
            }
            asked.orders.push(order(Act::Fill(Some(fill)), when));
        }
    }
    for token in &mut *clause.tokens {
        token.used |= has(DENY, &token.word)
            || has(
                "fill fills end the of at a any in only just with drum",
                &token.word,
            );
    }
    clause.uses(from, at + 1);
    clause.when = When::Always;
}

/// Crashes: where.
pub(super) fn crashes(clause: &mut Clause<'_>, asked: &mut Asked) {
    let Some(at) = clause.finds("crash crashes") else {
        return;
    };
    // "No cymbals", "only kick and crash" are pieces as all others are.
    if clause.denies(at) {
        return;
    }
    let is_only = clause.says(ONLY);
    let others = clause
        .tokens
        .iter()
        .any(|token| !token.used && Kit::named(&token.word).is_some_and(|kit| kit != Kit::Crash));
    if others && is_only {
        return;
    }
    let (when, alone) = match clause.when.clone() {
        When::Always => (When::SectionStarts, is_only),
        When::Every(many) => (When::EveryFirst(many), true),
        When::Chorus(None) => (When::ChorusStarts, is_only),
        When::SectionStarts => (When::SectionStarts, true),
        when => (when, is_only),
    };
    match clause.places.clone().filter(|places| places != "1") {
        Some(places) => asked.orders.push(Order {
            of: vec![Kit::Crash],
            act: Act::Also(places),
            when: clause.when.clone(),
        }),
        None => asked.orders.push(order(Act::Crash(alone), when)),
    }
    clause.uses(at, at + 1);
    if !others {
        for token in &mut *clause.tokens {
            token.used |= has("add with only just a on the of", &token.word);
        }
        clause.when = When::Always;
        clause.places = None;
    }
}

/// Breakdowns, build-ups, drops; beginnings and ends.
pub(super) fn spans(clause: &mut Clause<'_>, asked: &mut Asked) {
    let when = clause.when.clone();
    let is_placed = when != When::Always;
    let pieces = clause
        .tokens
        .iter()
        .any(|token| !token.used && Kit::named(&token.word).is_some());
    let next_is_piece = |clause: &Clause<'_>, at: usize| {
        let next = [clause.word(at + 1), clause.word(at + 2)];
        Kit::named(next[0]).is_some() || next[0] == "the" && Kit::named(next[1]).is_some()
    };
    let or = |usual: When| if is_placed { when.clone() } else { usual };
    let mut spans: Vec<(Span, When)> = Vec::new();
    // "Metalcore breakdown" is a style.
    let breakdown = clause
        .finds("breakdown")
        .filter(|at| is_placed || has("a the one with add", clause.word(at.wrapping_sub(1))));
    if let Some(at) = breakdown {
        clause.uses(at, at + 1);
        spans.push((Span::Breakdown, or(When::Verse(Some(2)))));
    }
    if clause.takes("buildup build builds building").is_some() {
        spans.push((Span::Build, or(When::Last(4))));
    }
    if let Some(at) = clause
        .finds("drop drops")
        .filter(|at| !next_is_piece(clause, *at))
    {
        clause.uses(at, at + 1);
        spans.push((Span::Drop, or(When::ChorusStarts)));
    }
    if is_placed && clause.takes("break").is_some() {
        spans.push((Span::Break, when.clone()));
    }
    if is_placed && clause.takes("halftime").is_some() {
        spans.push((Span::HalfTime, when.clone()));
    }
    if clause.takes("doubletime").is_some() {
        spans.push((Span::DoubleTime, when.clone()));
    }
    if clause.takes("crescendo swell").is_some() {
        spans.push((Span::Crescendo, when.clone()));
    }
    if clause
        .takes("fadeout fade diminuendo decrescendo")
        .is_some()
    {
        spans.push((Span::Fade, or(When::Last(4))));
    }
    if is_placed && clause.takes("bigger big huge fuller").is_some() {
        spans.push((Span::Bigger, when.clone()));
    }
    if clause.takes("countin").is_some() {
        spans.push((Span::CountIn, When::First(1)));
    }
    if is_placed && !pieces {
        let out = clause.takes("dropout silence silent nothing tacet rest pause rests out");
        if out.is_some() {
            asked.orders.push(order(Act::Out, when.clone()));
            // "Drums drop out".
            clause.takes("drums drum bass guitar keys piano everything all");
            clause.when = When::Always;
        } else if clause
            .takes("stop stops end ends ending finish finishes")
            .is_some()
        {
            let span = match clause.led.as_str() {
                "after" => Span::EndAfter,
                _ => Span::End,
            };
            // After bar 6 is from 7 on: it ends with the bar before.
            let when = match (span, when.clone()) {
                (Span::EndAfter, When::From(next)) => When::Bars(next - 1, next - 1),
                (_, when) => when,
            };
            spans.push((span, when));
            clause.places = None;
        } else if clause.takes("start starts begin begins enter").is_some() {
            spans.push((Span::Start, when.clone()));
        }
    }
    if !spans.is_empty() {
        let all = spans.into_iter();
        asked
            .orders
            .extend(all.map(|(span, when)| order(Act::Form(span), when)));
        clause.when = When::Always;
    }
}
