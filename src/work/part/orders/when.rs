//! Which bars are meant.

/// Bars, counted from 1.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// All of them.
    Always,
    /// From one to another.
    Bars(usize, usize),
    /// Several of these.
    Each(Vec<When>),
    /// From one on.
    From(usize),
    /// Up to one, without it.
    Before(usize),
    /// So many at the beginning.
    First(usize),
    /// So many at the end.
    Last(usize),
    /// The last of every so many.
    Every(usize),
    /// The first of every so many.
    EveryFirst(usize),
    /// The last of each section.
    SectionEnds,
    /// The first of each section.
    SectionStarts,
    /// A chorus, by its number, or all.
    Chorus(Option<usize>),
    /// A verse.
    Verse(Option<usize>),
    /// The first bar of each chorus, or the last bar before it.
    ChorusStarts,
    /// See `ChorusStarts`.
    BeforeChorus,
}

impl When {
    /// A flag for each bar of so many; `sections` are the first bars of sections, from 0. Verses and choruses take turns, and
    /// the first section is a verse.
    pub(super) fn bars(&self, count: usize, sections: &[usize]) -> Vec<bool> {
        let begins = |bar: usize| sections.contains(&bar);
        let number = |bar: usize| {
            sections
                .iter()
                .filter(|first| **first <= bar)
                .count()
                .max(1)
                - 1
        };
        let of = |bar: usize| -> bool {
            let named = |odd: usize, which: Option<usize>| {
                let section = number(bar);
                section % 2 == odd && which.is_none_or(|which| section / 2 + 1 == which)
            };
            match self {
                Self::Always => true,
                Self::Bars(from, to) => (*from..=*to).contains(&(bar + 1)),
                Self::Each(_) => false,
                Self::From(from) => bar + 1 >= *from,
                Self::Before(to) => bar + 1 < *to,
                Self::First(many) => bar < *many,
                Self::Last(many) => bar + many >= count,
                Self::Every(many) => (bar + 1).is_multiple_of((*many).max(1)),
                Self::EveryFirst(many) => bar.is_multiple_of((*many).max(1)),
                Self::SectionEnds => begins(bar + 1) || bar + 1 == count,
                Self::SectionStarts => bar == 0 || begins(bar),
                Self::Chorus(which) => named(1, *which),
                Self::Verse(which) => named(0, *which),
                Self::ChorusStarts => begins(bar) && number(bar) % 2 == 1,
                Self::BeforeChorus => {
                    bar + 1 < count && begins(bar + 1) && number(bar + 1) % 2 == 1
                }
            }
        };
        match self {
            Self::Each(all) => {
                let each: Vec<Vec<bool>> =
                    all.iter().map(|when| when.bars(count, sections)).collect();
                (0..count)
                    .map(|bar| each.iter().any(|flags| flags[bar]))
                    .collect()
            }
            _ => (0..count).map(of).collect(),
        }
    }
}

/// Runs of flagged bars, from and to (without it).
pub(super) fn runs(flags: &[bool]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (bar, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        match found.last_mut() {
            Some(last) if last.1 == bar => last.1 = bar + 1,
            _ => found.push((bar, bar + 1)),
        }
    }
    found
}
