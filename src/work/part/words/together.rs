//! Which part an instruction asks for, and which others with it: parts are written one at a time.

use super::clauses::Clauses;
use super::lists::{DEGREES, PARTS, TELLING, WANTING, has};
use super::meant;
use crate::instrument::Family;
use crate::models::prompt::family;
use crate::music::PartKind;

/// Most words that a part's own name is described by.
const DESCRIBED: usize = 4;

/// What is asked of one part.
#[derive(Clone, Debug, PartialEq)]
pub struct OnePart {
    /// The instruction in English, without what it says of the others.
    pub words: String,
    /// The parts that it asks for besides, in its order.
    pub others: Vec<PartKind>,
}

impl OnePart {
    /// What to say where more than `kind` was asked for: which part it is, and which are left. Any thread.
    #[must_use]
    pub fn notice(&self, kind: PartKind) -> Option<String> {
        let name = |kind: &PartKind| format!("the {}", kind.name().to_lowercase());
        let others: Vec<String> = self.others.iter().map(name).collect();
        (!others.is_empty()).then(|| {
            format!(
                "Parts are written one at a time: this is {}. Ask for {} next.",
                name(&kind),
                others.join(" and ")
            )
        })
    }
}

/// A part that is asked for: what it is, and the words that say so, with the "and" before them.
#[derive(Debug)]
struct Asked {
    kind: PartKind,
    from: usize,
    to: usize,
}

/// What an instruction says of one of the parts that it asks for; all of it where it asks for none
/// besides. Any thread.
#[must_use]
pub fn for_part(instruction: &str, kind: PartKind) -> OnePart {
    let english = meant(instruction);
    let clauses = Clauses::of(&english);
    let asked = asked(&clauses);
    let others: Vec<PartKind> = match asked.iter().any(|one| one.kind == kind) {
        true => asked
            .iter()
            .map(|one| one.kind)
            .filter(|other| *other != kind)
            .collect(),
        false => Vec::new(),
    };
    if others.is_empty() {
        return OnePart {
            words: english,
            others,
        };
    }
    let gone = |at: usize| {
        let mut of_others = asked.iter().filter(|one| one.kind != kind);
        of_others.any(|one| (one.from..=one.to).contains(&at))
    };
    let joins = |at: usize| is_and(clauses.word(at)) && (at == 0 || gone(at - 1));
    let kept = (0..clauses.len()).filter(|at| !gone(*at) && !joins(*at));
    let mut words = String::new();
    let mut last = None;
    for at in kept {
        if last.is_some_and(|last| clauses.clause(last) != clauses.clause(at)) {
            words.push(',');
        }
        if last.is_some() {
            words.push(' ');
        }
        words.push_str(clauses.word(at));
        last = Some(at);
    }
    OnePart { words, others }
}

/// The part that is named first and isn't denied, and whether drums are denied.
pub(super) fn kind(clauses: &Clauses) -> (Option<PartKind>, bool) {
    let all = 0..clauses.len();
    let named = all.filter_map(|at| Some((at, named(clauses, at)?)));
    let (denied, wanted): (Vec<_>, Vec<_>) = named.partition(|(at, _)| is_denied(clauses, *at));
    let all_drums = ["drum", "drums", "beat", "percussion", "kit"];
    let no_drums = denied
        .iter()
        .any(|(at, _)| all_drums.contains(&clauses.word(*at)));
    (wanted.first().map(|(_, kind)| *kind), no_drums)
}

/// Whether one part is asked for, and what it is called names this one, too: "Alberti bass piano".
pub(super) fn asks_for(clauses: &Clauses, kind: PartKind) -> bool {
    asked(clauses).len() <= 1
        && (0..clauses.len()).any(|at| named(clauses, at) == Some(kind) && !is_denied(clauses, at))
}

/// The part that a word names; "bass drum" is no bass.
fn named(clauses: &Clauses, at: usize) -> Option<PartKind> {
    let word = clauses.word(at);
    let with_next = clauses.clause(at) == clauses.clause(at + 1);
    if word == "bass" && with_next && clauses.word(at + 1).starts_with("drum") {
        return Some(PartKind::Drums);
    }
    // "A Bo Diddley beat guitar" is a guitar.
    if matches!(word, "beat" | "groove") && with_next && named(clauses, at + 1).is_some() {
        return None;
    }
    let found = PARTS.iter().find(|(_, names)| has(names, word));
    found
        .map(|(kind, _)| *kind)
        .or_else(|| match family(word)? {
            Family::Bass => Some(PartKind::Bass),
            Family::Brass => Some(PartKind::Brass),
            Family::Drum => Some(PartKind::Drums),
            Family::Guitar => Some(PartKind::Guitar),
            Family::Keys | Family::Organ => Some(PartKind::Keys),
            Family::Strings => Some(PartKind::Strings),
            Family::Reed | Family::Wind => Some(PartKind::Winds),
            _ => None,
        })
}

/// Whether the part that is named there isn't wanted: "no drums", "bass instead of drums".
fn is_denied(clauses: &Clauses, at: usize) -> bool {
    let mut listed = false;
    for before in clauses.before(at) {
        let word = clauses.word(before);
        let earlier = match before {
            0 => "",
            _ => clauses.word(before - 1),
        };
        match word {
            "no" | "not" | "without" | "never" | "except" | "minus" | "neither" => return true,
            "dont" => return true,
            word if word.ends_with("n't") => return true,
            "of" => return earlier == "instead",
            "than" => return matches!(earlier, "rather" | "other"),
            "but" => return matches!(earlier, "anything" | "everything" | "all"),
            "or" | "nor" => listed = true,
            word if has(DEGREES, word) || has(WANTING, word) => {}
            _ if listed && named(clauses, before).is_some() => listed = false,
            _ => return false,
        }
    }
    false
}

fn is_and(word: &str) -> bool {
    matches!(word, "and" | "plus" | "&" | "+" | "also")
}

/// The parts that are asked for together: the one named first, and those that "and" joins to it.
fn asked(clauses: &Clauses) -> Vec<Asked> {
    let mut found: Vec<Asked> = Vec::new();
    // Where the name before ends, and whether it is asked for.
    let mut before: Option<(usize, bool)> = None;
    for at in 0..clauses.len() {
        let Some(kind) = named(clauses, at) else {
            continue;
        };
        if is_denied(clauses, at) {
            before = Some((at, false));
            continue;
        }
        let Some((last, is_asked)) = before else {
            let begins = clauses.before(at).last().unwrap_or(at);
            found.push(Asked {
                kind,
                from: begins,
                to: at,
            });
            before = Some((at, true));
            continue;
        };
        if last + 1 == at && clauses.clause(last) == clauses.clause(at) {
            // "String pad", "guitar solo": one thing.
            if let Some(one) = found.last_mut().filter(|_| is_asked) {
                one.to = at;
            }
            before = Some((at, is_asked));
            continue;
        }
        let joins = is_asked && joined(clauses, last, at);
        if joins && found.iter().all(|one| one.kind != kind) {
            found.push(Asked {
                kind,
                from: last + 1,
                to: at,
            });
        }
        before = Some((at, joins));
    }
    found
}

/// Whether a part is named there as the one before is: "drums and a warm bass", "bass, drums".
fn joined(clauses: &Clauses, last: usize, at: usize) -> bool {
    let between = last + 1..at;
    if between.clone().any(|at| has(TELLING, clauses.word(at))) {
        return false;
    }
    let and = between.clone().rev().find(|at| is_and(clauses.word(*at)));
    match and {
        Some(and) => at - and <= DESCRIBED,
        None => clauses.clause(last) != clauses.clause(at) && between.len() < DESCRIBED,
    }
}
