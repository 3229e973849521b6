//! The instruments an instance has had, for undo and redo.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::instrument::Instrument;

/// Instruments remembered; the oldest is forgotten first. At about a megabyte each.
const LIMIT: usize = 20;

/// A line of instruments with a place in it. Any thread but audio.
#[derive(Default)]
pub struct History {
    instruments: VecDeque<Arc<Instrument>>,
    /// Index of the current one; meaningless while empty.
    at: usize,
}

impl History {
    /// The instrument the instance has now.
    pub fn current(&self) -> Option<&Arc<Instrument>> {
        self.instruments.get(self.at)
    }

    /// Adds an instrument after the current one and makes it current; what could have been redone
    /// is forgotten.
    pub fn push(&mut self, instrument: Arc<Instrument>) {
        self.instruments.truncate(self.at + 1);
        self.instruments.push_back(instrument);
        if self.instruments.len() > LIMIT {
            self.instruments.pop_front();
        }
        self.at = self.instruments.len() - 1;
    }

    /// Puts another instrument in the current one's place; what could have been redone is forgotten.
    pub fn replace(&mut self, instrument: Arc<Instrument>) {
        self.instruments.truncate(self.at);
        self.at = self.at.saturating_sub(1);
        self.push(instrument);
    }

    /// All that are remembered, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Instrument>> {
        self.instruments.iter()
    }

    /// Goes back by one and returns the instrument there.
    pub fn undo(&mut self) -> Option<&Arc<Instrument>> {
        self.at = self.at.checked_sub(1)?;
        self.current()
    }

    /// Goes forward by one and returns the instrument there.
    pub fn redo(&mut self) -> Option<&Arc<Instrument>> {
        self.after()?;
        self.at += 1;
        self.current()
    }

    /// What [`Self::undo`] would return.
    pub fn before(&self) -> Option<&Arc<Instrument>> {
        self.instruments.get(self.at.checked_sub(1)?)
    }

    /// What [`Self::redo`] would return.
    pub fn after(&self) -> Option<&Arc<Instrument>> {
        self.instruments.get(self.at + 1)
    }

    /// Whether an instrument of the same sound, macros apart, is in the line.
    pub fn contains(&self, instrument: &Arc<Instrument>) -> bool {
        self.instruments
            .iter()
            .any(|known| same_sound(known, instrument))
    }

    /// The last remembered instrument that fits.
    pub fn find(&self, fits: impl Fn(&Instrument) -> bool) -> Option<&Arc<Instrument>> {
        self.instruments.iter().rev().find(|known| fits(known))
    }
}

/// Whether two instruments differ in their macros at most.
pub fn same_sound(one: &Arc<Instrument>, other: &Arc<Instrument>) -> bool {
    Arc::ptr_eq(one, other)
        || one.name == other.name && one.recipe == other.recipe && one.body == other.body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Arc<Instrument> {
        Arc::new(Instrument {
            name: name.into(),
            ..Instrument::factory()
        })
    }

    fn name(instrument: Option<&Arc<Instrument>>) -> &str {
        instrument.map_or("", |instrument| &instrument.name)
    }

    #[test]
    fn undo_and_redo_walk_the_line() {
        let mut history = History::default();
        assert!(history.undo().is_none() && history.redo().is_none());
        for each in ["a", "b", "c"] {
            history.push(named(each));
        }
        assert_eq!(name(history.undo()), "b");
        assert_eq!(name(history.before()), "a");
        assert_eq!(name(history.after()), "c");
        assert_eq!(name(history.redo()), "c");
        assert!(history.redo().is_none());
        history.undo();
        history.push(named("d"));
        assert!(history.after().is_none());
        assert_eq!(name(history.undo()), "b");
        assert_eq!(name(history.undo()), "a");
        assert!(history.undo().is_none());
        assert_eq!(name(history.current()), "a");
    }

    #[test]
    fn the_current_one_can_be_replaced() {
        let mut history = History::default();
        history.replace(named("a"));
        history.replace(named("b"));
        assert_eq!(name(history.current()), "b");
        assert!(history.before().is_none());
        history.push(named("c"));
        history.push(named("d"));
        history.undo();
        history.replace(named("e"));
        assert_eq!(name(history.current()), "e");
        assert_eq!(name(history.before()), "b");
        assert!(history.after().is_none());
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut history = History::default();
        for each in 0..30 {
            history.push(named(&each.to_string()));
        }
        let mut steps = 0;
        while history.undo().is_some() {
            steps += 1;
        }
        assert_eq!(steps, LIMIT - 1);
        assert_eq!(name(history.current()), "10");
    }

    #[test]
    fn macros_make_no_other_instrument() {
        let plain = named("a");
        let mut bright = Instrument::clone(&plain);
        bright.macros.brightness = 0.5;
        let mut history = History::default();
        history.push(plain);
        assert!(history.contains(&Arc::new(bright)));
        assert!(!history.contains(&named("b")));
    }
}
