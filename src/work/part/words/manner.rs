//! What a clause asks of a part as a whole: touch, what lines do, and how much there is of it in some bars.

use super::asked::{Asked, Clause};
use super::lists::has;
use super::pieces::{LESS, LOUDER, MORE, SOFTER};
use crate::work::part::orders::{Act, Kit, Line, Order, When};

/// How exactly and how late it all is.
pub(super) fn touch(clause: &mut Clause<'_>, asked: &mut Asked) {
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
pub(super) fn lines(clause: &mut Clause<'_>, asked: &mut Asked) {
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
pub(super) fn whole(clause: &mut Clause<'_>, asked: &mut Asked) {
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
