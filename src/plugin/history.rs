//! The instruments of an instance one after the other, for undo and redo.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::instrument::{Instrument, Macros};

/// Instruments remembered; the oldest is forgotten first. At about a megabyte each.
const LIMIT: usize = 20;

/// A step: the user's instrument.
struct Step {
    instrument: Arc<Instrument>,
    /// Where the macros were when the user went on to another instrument.
    left: Option<Macros>,
}

/// A line of steps with a place in it. Any thread but audio.
#[derive(Default)]
pub struct History {
    steps: VecDeque<Step>,
    /// Index of the current one; meaningless while empty.
    at: usize,
}

impl History {
    /// The instrument the instance has now.
    pub fn current(&self) -> Option<&Arc<Instrument>> {
        self.steps.get(self.at).map(|step| &step.instrument)
    }

    /// Adds an instrument after the current one and makes it current; what could have been redone
    /// is forgotten. `macros` is where they are with the current one.
    pub fn push(&mut self, instrument: Arc<Instrument>, macros: Macros) {
        self.leave(macros);
        self.steps.truncate(self.at + 1);
        self.add(instrument);
    }

    /// Puts another instrument in the current one's place; what could have been redone is forgotten.
    pub fn replace(&mut self, instrument: Arc<Instrument>) {
        self.steps.truncate(self.at);
        self.add(instrument);
    }

    fn add(&mut self, instrument: Arc<Instrument>) {
        self.steps.push_back(Step {
            instrument,
            left: None,
        });
        if self.steps.len() > LIMIT {
            self.steps.pop_front();
        }
        self.at = self.steps.len() - 1;
    }

    /// Remembers where the macros are, before the user goes on to another instrument.
    fn leave(&mut self, macros: Macros) {
        if let Some(step) = self.steps.get_mut(self.at) {
            step.left = Some(macros);
        }
    }

    /// All instruments that are remembered, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Instrument>> {
        self.steps.iter().map(|step| &step.instrument)
    }

    /// Goes back by one, or forward, from where the macros are like this, and returns how they were with
    /// what is there then.
    pub fn go(&mut self, back: bool, macros: Macros) -> Option<Macros> {
        let to = self.beside(back)?;
        self.leave(macros);
        self.at = to;
        Some(self.steps.get(to)?.left.unwrap_or(macros))
    }

    /// Name of the instrument that [`Self::go`] would bring back.
    pub fn next(&self, back: bool) -> Option<&str> {
        let to = self.steps.get(self.beside(back)?)?;
        Some(&to.instrument.name)
    }

    fn beside(&self, back: bool) -> Option<usize> {
        let to = if back {
            self.at.checked_sub(1)?
        } else {
            self.at + 1
        };
        (to < self.steps.len()).then_some(to)
    }

    /// Whether an instrument of the same sound, macros apart, is in the line.
    pub fn contains(&self, instrument: &Arc<Instrument>) -> bool {
        self.iter().any(|known| same_sound(known, instrument))
    }

    /// The last remembered instrument that fits.
    pub fn find(&self, fits: impl Fn(&Instrument) -> bool) -> Option<&Arc<Instrument>> {
        self.iter().rev().find(|known| fits(known))
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

    /// Macros of one brightness.
    fn bright(brightness: f32) -> Macros {
        Macros {
            brightness,
            ..Macros::default()
        }
    }

    fn add(history: &mut History, name: &str) {
        history.push(named(name), Macros::default());
    }

    fn undo(history: &mut History) -> Option<Macros> {
        history.go(true, Macros::default())
    }

    fn redo(history: &mut History) -> Option<Macros> {
        history.go(false, Macros::default())
    }

    fn name(history: &History) -> &str {
        history.current().map_or("", |instrument| &instrument.name)
    }

    #[test]
    fn undo_and_redo_walk_the_line() {
        let mut history = History::default();
        assert!(undo(&mut history).is_none() && redo(&mut history).is_none());
        for each in ["a", "b", "c"] {
            add(&mut history, each);
        }
        assert!(undo(&mut history).is_some());
        assert_eq!(name(&history), "b");
        assert_eq!(history.next(true), Some("a"));
        assert_eq!(history.next(false), Some("c"));
        assert!(redo(&mut history).is_some());
        assert_eq!(name(&history), "c");
        assert!(redo(&mut history).is_none());
        undo(&mut history);
        add(&mut history, "d");
        assert!(history.next(false).is_none());
        for each in ["b", "a"] {
            undo(&mut history);
            assert_eq!(name(&history), each);
        }
        assert!(undo(&mut history).is_none());
        assert_eq!(name(&history), "a");
    }

    #[test]
    fn the_current_one_can_be_replaced() {
        let mut history = History::default();
        history.replace(named("a"));
        history.replace(named("b"));
        assert_eq!(name(&history), "b");
        assert!(history.next(true).is_none());
        add(&mut history, "c");
        add(&mut history, "d");
        undo(&mut history);
        history.replace(named("e"));
        assert_eq!(name(&history), "e");
        assert_eq!(history.next(true), Some("b"));
        assert!(history.next(false).is_none());
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut history = History::default();
        for each in 0..30 {
            add(&mut history, &each.to_string());
        }
        let mut steps = 0;
        while undo(&mut history).is_some() {
            steps += 1;
        }
        assert_eq!(steps, LIMIT - 1);
        assert_eq!(name(&history), "10");
    }

    #[test]
    fn macros_make_no_other_instrument() {
        let plain = named("a");
        let mut bright = Instrument::clone(&plain);
        bright.macros.brightness = 0.5;
        let mut history = History::default();
        history.push(plain, Macros::default());
        assert!(history.contains(&Arc::new(bright)));
        assert!(!history.contains(&named("b")));
    }

    #[test]
    fn macros_are_as_they_were_left() {
        let mut history = History::default();
        add(&mut history, "a");
        // What plays now was made brighter before the next one came.
        history.push(named("b"), bright(0.5));
        assert_eq!(history.go(true, bright(-0.25)), Some(bright(0.5)));
        assert_eq!(history.go(true, bright(0.0)), None);
        assert_eq!(history.go(false, bright(1.0)), Some(bright(-0.25)));
        assert_eq!(history.go(true, bright(0.75)), Some(bright(1.0)));
    }
}
