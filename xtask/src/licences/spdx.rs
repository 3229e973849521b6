//! Licence expressions as crates state them (SPDX): which licences Consort may ship, and which it
//! chooses where there is a choice.

use crate::shell::Result;

/// What Consort may ship, what it chooses first before the rest. Licences that ask for the source of
/// the whole (GPL, AGPL), or to be linked in their own way (LGPL), are not among them.
const ALLOWED: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "ISC",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Zlib",
    "BSL-1.0",
    "0BSD",
    "MIT-0",
    "BlueOak-1.0.0",
    "Unlicense",
    "CC0-1.0",
    "Unicode-3.0",
    "OFL-1.1",
    "Ubuntu-font-1.0",
    "MPL-2.0",
];

/// The licences chosen of an expression such as `(MIT OR Apache-2.0) AND Unicode-3.0`.
///
/// # Errors
/// When whatever one chooses, there is a licence that Consort may not ship.
pub fn choose(expression: &str) -> Result<Vec<String>> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    // As `OR` was written before SPDX.
    let spaced = spaced.replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader(&words);
    let chosen = reader.one_of().filter(|_| reader.0.is_empty());
    let chosen = chosen.ok_or_else(|| format!("`{expression}` is no licence expression."))?;
    match chosen.iter().find(|id| rank(id) == ALLOWED.len()) {
        None => Ok(chosen),
        Some(refused) => Err(format!(
            "{refused} is not among the licences that Consort may ship; use another crate, or, if its \
             terms allow it, add it to ALLOWED in xtask/src/licences/spdx.rs."
        )),
    }
}

fn rank(id: &str) -> usize {
    let place = ALLOWED.iter().position(|allowed| *allowed == id);
    place.unwrap_or(ALLOWED.len())
}

/// The words that are not read yet.
struct Reader<'a>(&'a [&'a str]);

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let there = self.0.first() == Some(&word);
        if there {
            self.0 = &self.0[1..];
        }
        there
    }

    /// `all OR all …`: the one whose worst licence is the best.
    fn one_of(&mut self) -> Option<Vec<String>> {
        let mut best = self.all_of()?;
        while self.take("OR") {
            let other = self.all_of()?;
            let worst = |ids: &[String]| ids.iter().map(|id| rank(id)).max();
            if worst(&other) < worst(&best) {
                best = other;
            }
        }
        Some(best)
    }

    /// `id AND id …`
    fn all_of(&mut self) -> Option<Vec<String>> {
        let mut all = self.one()?;
        while self.take("AND") {
            for id in self.one()? {
                if !all.contains(&id) {
                    all.push(id);
                }
            }
        }
        Some(all)
    }

    fn one(&mut self) -> Option<Vec<String>> {
        if self.take("(") {
            let inside = self.one_of()?;
            return self.take(")").then_some(inside);
        }
        let (id, rest) = self.0.split_first()?;
        self.0 = rest;
        if self.take("WITH") {
            let (exception, rest) = self.0.split_first()?;
            self.0 = rest;
            return Some(vec![format!("{id} WITH {exception}")]);
        }
        (!matches!(*id, "OR" | "AND" | ")")).then(|| vec![(*id).to_owned()])
    }
}

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn the_preferred_licence_is_chosen() {
        for (expression, chosen) in [
            ("MIT OR Apache-2.0", "MIT"),
            ("Apache-2.0/MIT", "MIT"),
            ("Zlib OR Apache-2.0 OR MIT", "MIT"),
            ("Apache-2.0 OR GPL-2.0-only", "Apache-2.0"),
            ("GPL-3.0-only OR BSL-1.0", "BSL-1.0"),
            (
                "Apache-2.0 WITH LLVM-exception OR Zlib",
                "Apache-2.0 WITH LLVM-exception",
            ),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", "MIT, Unicode-3.0"),
            ("Apache-2.0 AND MIT", "Apache-2.0, MIT"),
            ("MPL-2.0 AND (ISC OR MIT) OR 0BSD", "0BSD"),
        ] {
            let ids = choose(expression).map(|ids| ids.join(", "));
            assert_eq!(ids.as_deref(), Ok(chosen), "{expression}");
        }
    }

    #[test]
    fn what_may_not_be_shipped_is_refused_with_a_sentence() {
        for expression in [
            "GPL-3.0-or-later",
            "MIT AND GPL-2.0-only",
            "LGPL-2.1 OR AGPL-3.0",
        ] {
            let why = choose(expression).unwrap_err();
            assert!(why.contains("GPL") && why.ends_with('.'), "{why}");
        }
        for nonsense in ["", "MIT OR", "(MIT", "MIT)", "AND MIT", "MIT MIT"] {
            assert!(choose(nonsense).is_err(), "{nonsense}");
        }
    }
}
