//! The words of an instruction, clause by clause, and what in them denies what: "don't make them so
//! busy", "no fills", "that's too loud".

use super::amount;
use super::lists::{BEYOND, DEGREES, DENY_A_CLAUSE, DENY_A_NAME, ORDERS, has};

/// Where a comma or the like is.
const MARKS: [char; 10] = [',', '.', ';', '!', '?', ':', '(', ')', '–', '—'];

/// An instruction in words; see the module.
#[derive(Debug)]
pub(super) struct Clauses {
    text: String,
    /// Of each word its place in the text, and the number of its clause.
    places: Vec<(usize, usize, usize)>,
}

impl Clauses {
    pub(super) fn of(instruction: &str) -> Self {
        let text = instruction
            .to_lowercase()
            .replace('’', "'")
            .replace("hi hat", "hi-hat");
        let within = |c: char| c.is_alphanumeric() || c == '-' || c == '\'';
        let mut places: Vec<(usize, usize, usize)> = Vec::new();
        let (mut clause, mut begun) = (0, None);
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            match begun {
                None if within(c) => begun = Some(at),
                Some(begin) if !within(c) => {
                    clause += usize::from(&text[begin..at] == "but");
                    places.push((begin, at, clause));
                    begun = None;
                }
                _ => {}
            }
            clause += usize::from(MARKS.contains(&c));
            // "Bass & drums", "bass + drums".
            if matches!(c, '&' | '+') {
                places.push((at, at + 1, clause));
            }
        }
        Self { text, places }
    }

    pub(super) fn words(&self) -> Vec<&str> {
        (0..self.places.len()).map(|at| self.word(at)).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn word(&self, at: usize) -> &str {
        let place = self.places.get(at);
        place.map_or("", |&(from, to, _)| &self.text[from..to])
    }

    pub(super) fn clause(&self, at: usize) -> usize {
        self.places.get(at).map_or(usize::MAX, |place| place.2)
    }

    /// The places before one in its clause, from it backwards.
    pub(super) fn before(&self, at: usize) -> impl Iterator<Item = usize> {
        let clause = self.clause(at);
        (0..at)
            .rev()
            .take_while(move |before| self.clause(*before) == clause)
    }

    /// Whether what is said there isn't to be so: it is denied, or there is too much of it.
    pub(super) fn denies(&self, at: usize) -> bool {
        self.denied(at, &|word| {
            word == "or" || has(DEGREES, word) || amount(word).is_some()
        }) || self.is_too_much(at)
    }

    /// The same of a fill, which may have a word for its kind before it: "no crazy fills".
    pub(super) fn denies_fill(&self, at: usize) -> bool {
        let listed = |word: &str| !matches!(word, "a" | "an" | "one" | "but");
        self.denied(at, &listed) || self.is_too_much(at)
    }

    /// `crosses` says which words may lie between "no" and what it denies.
    fn denied(&self, at: usize, crosses: &dyn Fn(&str) -> bool) -> bool {
        let mut near = true;
        for before in self.before(at) {
            let word = self.word(before);
            if has(DENY_A_CLAUSE, word) || word.ends_with("n't") {
                return !matches!(self.word(before + 1), "only" | "just");
            }
            let orders = word == "and" && has(ORDERS, self.word(before + 1));
            if has(BEYOND, word) || orders {
                return false;
            }
            if near && has(DENY_A_NAME, word) {
                return true;
            }
            near &= crosses(word);
        }
        false
    }

    /// "Too busy", "too many fills".
    fn is_too_much(&self, at: usize) -> bool {
        let mut before = self.before(at).map(|before| self.word(before));
        let word = before.find(|word| !matches!(*word, "many" | "much" | "damn"));
        word == Some("too")
    }

    /// Whether it is denied by comparing with what is there: "not so busy", "that's too busy".
    pub(super) fn compares(&self, at: usize) -> bool {
        if !self.denies(at) {
            return false;
        }
        let mut degrees = self.before(at).map(|before| self.word(before));
        degrees.any(|word| matches!(word, "so" | "that" | "as" | "that's"))
            || self.is_too_much(at) && !self.denied(at, &|_| true)
    }
}
