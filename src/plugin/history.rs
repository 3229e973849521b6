//! What the user has done to an instance's sound, for undo and redo: instruments one after the other,
//! and turns of knobs between them.

#![expect(
    unsafe_code,
    reason = "the framework hands parameters about as pointers"
)]

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nice_plug::params::internals::ParamPtr;

use crate::instrument::{Instrument, Macros};

/// Instruments remembered; the oldest is forgotten first. At about a megabyte each.
const LIMIT: usize = 20;
/// Steps remembered, turns of knobs among them.
const STEPS: usize = 200;
/// Turns of one knob that follow each other sooner are one step: a wheel turns it by many.
const PAUSE: Duration = Duration::from_secs(1);

/// A knob (or switch) from where it was to where the user brought it; both normalized (0..=1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// One of the instance's parameters.
    pub param: ParamPtr,
    /// Where it was.
    pub before: f32,
    /// Where it is.
    pub after: f32,
}

/// What undo and redo ask the host's parameters to take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Restore {
    /// One of them, to a normalized value.
    Param(ParamPtr, f32),
    /// The macros, as they were with the instrument that is there again.
    Macros(Macros),
}

/// A step: where the user came by it.
struct Step {
    /// The instrument there; shared by all turns of its knobs.
    instrument: Arc<Instrument>,
    /// The turn that led here; otherwise another instrument did.
    turn: Option<Turn>,
    /// Where the macros were when the user went on to another instrument.
    left: Option<Macros>,
}

/// A line of steps with a place in it. Any thread but audio.
#[derive(Default)]
pub struct History {
    steps: VecDeque<Step>,
    /// Index of the current one; meaningless while empty.
    at: usize,
    /// When the last turn was made, while nothing else has been done since.
    turned: Option<Instant>,
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
        self.add(Step {
            instrument,
            turn: None,
            left: None,
        });
    }

    /// Puts another instrument in the current one's place, unless a knob was turned there: then it is
    /// added. What could have been redone is forgotten.
    pub fn replace(&mut self, instrument: Arc<Instrument>, macros: Macros) {
        let turned = |step: &Step| step.turn.is_some();
        if self.steps.get(self.at).is_some_and(turned) {
            return self.push(instrument, macros);
        }
        self.steps.truncate(self.at);
        self.at = self.at.saturating_sub(1);
        self.add(Step {
            instrument,
            turn: None,
            left: None,
        });
    }

    /// Adds the turn of a knob, made now; whether it changed anything.
    pub fn turn(&mut self, turn: Turn, now: Instant) -> bool {
        let Some(step) = self.steps.get_mut(self.at) else {
            return false;
        };
        if turn.before == turn.after {
            return false;
        }
        let soon = |last: Instant| now.saturating_duration_since(last) < PAUSE;
        if let Some(last) = step.turn.as_mut().filter(|last| last.param == turn.param)
            && self.turned.is_some_and(soon)
        {
            last.after = turn.after;
        } else {
            let instrument = step.instrument.clone();
            self.add(Step {
                instrument,
                turn: Some(turn),
                left: None,
            });
        }
        self.turned = Some(now);
        true
    }

    fn add(&mut self, step: Step) {
        self.steps.truncate(self.at + 1);
        self.steps.push_back(step);
        while self.steps.len() > STEPS || self.iter().count() > LIMIT {
            self.steps.pop_front();
        }
        self.at = self.steps.len() - 1;
        self.turned = None;
    }

    /// Remembers where the macros are, before the user goes on to another instrument.
    fn leave(&mut self, macros: Macros) {
        if let Some(step) = self.steps.get_mut(self.at) {
            step.left = Some(macros);
        }
    }

    /// All instruments that are remembered, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Instrument>> {
        let steps = self.steps.iter().enumerate();
        steps
            .filter(|(index, step)| *index == 0 || step.turn.is_none())
            .map(|(_, step)| &step.instrument)
    }

    /// Goes back by one, from where the macros are like this, and returns what that brings back.
    pub fn undo(&mut self, macros: Macros) -> Option<Restore> {
        let to = self.at.checked_sub(1)?;
        let step = self.steps.get(self.at)?;
        let turn = step
            .turn
            .map(|turn| Restore::Param(turn.param, turn.before));
        self.go(to, turn, macros)
    }

    /// Goes forward by one, likewise.
    pub fn redo(&mut self, macros: Macros) -> Option<Restore> {
        let to = self.at + 1;
        let turn = self.steps.get(to)?.turn;
        let turn = turn.map(|turn| Restore::Param(turn.param, turn.after));
        self.go(to, turn, macros)
    }

    fn go(&mut self, to: usize, turn: Option<Restore>, macros: Macros) -> Option<Restore> {
        if turn.is_none() {
            self.leave(macros);
        }
        self.turned = None;
        self.at = to;
        let left = self.steps.get(to)?.left.unwrap_or(macros);
        Some(turn.unwrap_or(Restore::Macros(left)))
    }

    /// What [`Self::undo`] would bring back, in words.
    pub fn before(&self) -> Option<String> {
        let to = self.steps.get(self.at.checked_sub(1)?)?;
        Some(match self.steps.get(self.at)?.turn {
            Some(turn) => turn.name(),
            None => to.instrument.name.clone(),
        })
    }

    /// What [`Self::redo`] would bring back, in words.
    pub fn after(&self) -> Option<String> {
        let to = self.steps.get(self.at + 1)?;
        Some(match to.turn {
            Some(turn) => turn.name(),
            None => to.instrument.name.clone(),
        })
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

impl Turn {
    fn name(&self) -> String {
        // SAFETY: the parameters live as long as the session, and the history is a part of it.
        unsafe { self.param.name() }.to_owned()
    }
}

/// Whether two instruments differ in their macros at most.
pub fn same_sound(one: &Arc<Instrument>, other: &Arc<Instrument>) -> bool {
    Arc::ptr_eq(one, other)
        || one.name == other.name && one.recipe == other.recipe && one.body == other.body
}

#[cfg(test)]
mod tests {
    use nice_plug::params::Param;

    use super::*;
    use crate::params::ConsortParams;

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

    fn undo(history: &mut History) -> Option<Restore> {
        history.undo(Macros::default())
    }

    fn redo(history: &mut History) -> Option<Restore> {
        history.redo(Macros::default())
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
        assert_eq!(history.before().as_deref(), Some("a"));
        assert_eq!(history.after().as_deref(), Some("c"));
        assert!(redo(&mut history).is_some());
        assert_eq!(name(&history), "c");
        assert!(redo(&mut history).is_none());
        undo(&mut history);
        add(&mut history, "d");
        assert!(history.after().is_none());
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
        history.replace(named("a"), Macros::default());
        history.replace(named("b"), Macros::default());
        assert_eq!(name(&history), "b");
        assert!(history.before().is_none());
        add(&mut history, "c");
        add(&mut history, "d");
        undo(&mut history);
        history.replace(named("e"), Macros::default());
        assert_eq!(name(&history), "e");
        assert_eq!(history.before().as_deref(), Some("b"));
        assert!(history.after().is_none());
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
    fn a_turn_of_a_knob_is_a_step_between_instruments() {
        let params = ConsortParams::default();
        let tone = params.tone.as_ptr();
        let level = params.level.as_ptr();
        let turn = |param, before, after| Turn {
            param,
            before,
            after,
        };
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        let mut history = History::default();
        assert!(!history.turn(turn(tone, 1.0, 0.5), begun), "of nothing");
        add(&mut history, "a");
        assert!(!history.turn(turn(tone, 1.0, 1.0), begun), "not turned");
        assert!(history.turn(turn(tone, 1.0, 0.5), begun));
        assert!(history.turn(turn(tone, 0.5, 0.25), begun), "goes on");
        assert!(history.turn(turn(tone, 0.25, 0.75), after(5)), "once more");
        assert!(history.turn(turn(level, 0.0, 0.5), after(5)));
        assert_eq!(history.before().as_deref(), Some("Level"));
        assert_eq!(history.iter().count(), 1, "one instrument");
        // What plays now was made brighter before the next one came.
        history.push(named("b"), bright(0.5));
        assert_eq!(history.before().as_deref(), Some("a"));
        let back = |history: &mut History| history.undo(bright(-0.25)).unwrap();
        assert_eq!(back(&mut history), Restore::Macros(bright(0.5)));
        assert_eq!(back(&mut history), Restore::Param(level, 0.0));
        assert_eq!(back(&mut history), Restore::Param(tone, 0.25));
        assert_eq!(back(&mut history), Restore::Param(tone, 1.0));
        assert_eq!(history.before(), None);
        assert_eq!(history.after().as_deref(), Some("Tone"));
        let forward = |history: &mut History| history.redo(Macros::default()).unwrap();
        assert_eq!(forward(&mut history), Restore::Param(tone, 0.25));
        assert_eq!(forward(&mut history), Restore::Param(tone, 0.75));
        assert_eq!(forward(&mut history), Restore::Param(level, 0.5));
        assert_eq!(forward(&mut history), Restore::Macros(bright(-0.25)));
        assert_eq!(name(&history), "b");

        // After a turn, what would have taken its place is a step of its own.
        history.turn(turn(tone, 0.75, 0.0), after(9));
        history.replace(named("c"), Macros::default());
        assert_eq!(history.before().as_deref(), Some("b"));
        // Many turns are forgotten in turn; the instrument they were made on stays.
        for each in 0..1_000 {
            let (from, to) = (each as f32 / 1e3, (each + 1) as f32 / 1e3);
            history.turn(turn(tone, from, to), after(10 + each * 2));
        }
        assert!(history.steps.len() <= STEPS);
        assert_eq!(name(&history), "c");
        assert!(history.find(|known| known.name == "c").is_some());
    }
}
