//! What the user has done in an instance, in order, on whichever page: one line for undo and redo. What a
//! step changed is kept by its owner (the instruments so far, each part, what was heard); the line
//! knows whose step it was, and where knobs stood.

#![expect(
    unsafe_code,
    reason = "the framework hands parameters about as pointers"
)]

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use nice_plug::params::internals::ParamPtr;
use parking_lot::Mutex;

use super::context::Context;
use crate::jobs::{Deed, Deeds, Ensemble, SongOrder, Stem};

/// Steps remembered; the oldest is forgotten first.
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

impl Turn {
    /// Of a parameter, from where it is. UI thread.
    ///
    /// # Safety
    /// The parameter lives.
    pub unsafe fn begin(param: ParamPtr) -> Self {
        // SAFETY: as the caller says.
        let before = unsafe { param.unmodulated_normalized_value() };
        Self {
            param,
            before,
            after: before,
        }
    }

    fn name(&self) -> String {
        // SAFETY: the parameters live as long as the instance, and the line is a part of it.
        unsafe { self.param.name() }.to_owned()
    }
}

/// A step on the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// To another instrument.
    Sound,
    /// A knob was turned.
    Turn(Turn),
    /// A part, or what was heard, was changed.
    Deed(Deed),
}

/// See the [module](self). Its lock is held for a moment only and never while another is taken. Any thread but audio.
#[derive(Default)]
pub struct UndoLine(Mutex<Steps>);

#[derive(Default)]
struct Steps {
    done: VecDeque<Step>,
    undone: VecDeque<Step>,
    /// When the last step was made, until there is an undo.
    made: Option<Instant>,
}

impl UndoLine {
    /// From now on it is told of what is done to these. Main thread.
    pub fn hear(self: &Arc<Self>, stem: &Ensemble, context: &Context) {
        let line = self.clone();
        let deeds: Deeds = Arc::new(move |deed| line.did(Step::Deed(deed)));
        stem.tell(&deeds);
        context.tell(&deeds);
    }

    /// The user did this now. What could have been made again is forgotten.
    pub fn did(&self, step: Step) {
        self.did_at(step, Instant::now());
    }

    fn did_at(&self, step: Step, now: Instant) {
        if step.is_nothing() {
            return;
        }
        let mut steps = self.0.lock();
        steps.undone.clear();
        let soon = |last: Instant| now.saturating_duration_since(last) < PAUSE;
        let goes_on = steps.made.replace(now).is_some_and(soon);
        let last = steps.done.back_mut().filter(|_| goes_on);
        if last.is_some_and(|last| last.goes_on(step)) {
            return;
        }
        steps.done.push_back(step);
        if steps.done.len() > STEPS {
            steps.done.pop_front();
        }
    }

    /// Whether the last step was to another instrument; then one that takes its place is no step of its
    /// own, and what could have been made again is forgotten.
    pub fn goes_on_with_sound(&self) -> bool {
        let mut steps = self.0.lock();
        let goes_on = steps.done.back() == Some(&Step::Sound);
        if goes_on {
            steps.undone.clear();
        }
        goes_on
    }

    /// The step that undo (`back`) or redo is about, of those that can be made.
    pub fn next(&self, back: bool, can: impl Fn(&Step) -> bool) -> Option<Step> {
        let steps = self.0.lock();
        let from = if back { &steps.done } else { &steps.undone };
        let from: Vec<Step> = from.iter().copied().collect();
        drop(steps);
        from.into_iter().rev().find(can)
    }

    /// Goes that step, and returns it; its owner has to make it. Those that can't be made are forgotten.
    pub fn go(&self, back: bool, can: impl Fn(&Step) -> bool) -> Option<Step> {
        let next = self.next(back, can)?;
        let steps = &mut *self.0.lock();
        steps.made = None;
        let (from, to) = if back {
            (&mut steps.done, &mut steps.undone)
        } else {
            (&mut steps.undone, &mut steps.done)
        };
        while from.pop_back()? != next {}
        to.push_back(next);
        Some(next)
    }
}

impl Step {
    fn is_nothing(&self) -> bool {
        match self {
            Self::Turn(turn) => turn.before == turn.after,
            Self::Deed(Deed::Mix { before, after, .. }) => before == after,
            Self::Sound | Self::Deed(_) => false,
        }
    }

    /// Takes up `next` if it only goes on with this one.
    fn goes_on(&mut self, next: Self) -> bool {
        match (self, next) {
            (Self::Turn(turn), Self::Turn(next)) if turn.param == next.param => {
                turn.after = next.after;
                true
            }
            (
                Self::Deed(Deed::Mix { part, after, .. }),
                Self::Deed(Deed::Mix {
                    part: of,
                    after: next,
                    ..
                }),
            ) if *part == of && (after.mute, after.solo) == (next.mute, next.solo) => {
                *after = next;
                true
            }
            _ => false,
        }
    }

    /// What it changed, in words; a change of instrument is its owner's to name.
    pub fn name(&self, stem: &Stem) -> Option<String> {
        let named = |part: usize| {
            let tab = stem.parts.iter().find(|tab| tab.part == part);
            tab.map_or("a part", |tab| &tab.name).to_owned()
        };
        match self {
            Self::Sound => None,
            Self::Turn(turn) => Some(turn.name()),
            Self::Deed(Deed::Part(part)) => Some(named(*part)),
            Self::Deed(Deed::Mix { part, .. }) => Some(format!("how {} is mixed", named(*part))),
            Self::Deed(Deed::Told) => Some("what you said about the song".to_owned()),
        }
    }
}

/// Whether a deed can be taken back (or made again).
pub fn can(deed: Deed, back: bool, stem: &Ensemble, context: &Context) -> bool {
    match deed {
        Deed::Part(part) => stem.can_step(part, back),
        // Unless a project has brought another since.
        Deed::Mix {
            part,
            before,
            after,
        } => stem.mixed(part) == Some(if back { after } else { before }),
        Deed::Told => {
            let song = context.song();
            song.heard_in_it().is_some_and(|heard| {
                let from = if back { &heard.past } else { &heard.undone };
                !from.is_empty()
            })
        }
    }
}

/// Takes a deed back, or makes it again. UI thread.
pub fn make(deed: Deed, back: bool, stem: &Ensemble, context: &Context) {
    match deed {
        Deed::Part(part) => stem.step(part, back),
        Deed::Mix {
            part,
            before,
            after,
        } => stem.mix(part, if back { before } else { after }),
        Deed::Told if back => context.order(SongOrder::UndoTell),
        Deed::Told => context.order(SongOrder::RedoTell),
    }
}

#[cfg(test)]
mod tests {
    use nice_plug::params::Param;

    use super::*;
    use crate::jobs::MixSettings;
    use crate::params::ConsortParams;

    #[test]
    fn steps_of_all_pages_are_taken_back_in_order() {
        let params = ConsortParams::default();
        let tone = params.tone.as_ptr();
        let turn = |before, after| {
            Step::Turn(Turn {
                param: tone,
                before,
                after,
            })
        };
        let at = |gain_db| MixSettings {
            gain_db,
            ..MixSettings::default()
        };
        let mix = |before, after| {
            Step::Deed(Deed::Mix {
                part: 1,
                before: at(before),
                after: at(after),
            })
        };
        let part = |part| Step::Deed(Deed::Part(part));
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        let line = UndoLine::default();
        let all = |_: &Step| true;
        assert_eq!(line.go(true, all), None);
        line.did_at(turn(0.5, 0.5), begun);
        assert_eq!(line.next(true, all), None, "nothing was turned");
        line.did_at(Step::Sound, begun);
        line.did_at(turn(1.0, 0.5), begun);
        line.did_at(turn(0.5, 0.25), begun);
        line.did_at(part(0), begun);
        line.did_at(turn(0.25, 0.5), begun);
        line.did_at(turn(0.5, 0.0), after(5));
        line.did_at(mix(0.0, -1.0), after(5));
        line.did_at(mix(-1.0, -6.0), after(5));
        let back = [
            mix(0.0, -6.0),
            turn(0.5, 0.0),
            turn(0.25, 0.5),
            part(0),
            turn(1.0, 0.25),
            Step::Sound,
        ];
        for step in back {
            assert_eq!(line.next(true, all), Some(step));
            assert_eq!(line.go(true, all), Some(step));
        }
        assert_eq!(line.go(true, all), None);
        for step in back.into_iter().rev() {
            assert_eq!(line.go(false, all), Some(step));
        }
        assert_eq!(line.go(false, all), None);
        // After an undo the same knob begins anew, and there is nothing to make again.
        line.go(true, all);
        line.did_at(mix(0.0, 3.0), after(5));
        assert_eq!(line.next(false, all), None);
        // What can't be made is passed over, and forgotten.
        let no_knobs = |step: &Step| !matches!(step, Step::Turn(_) | Step::Deed(Deed::Mix { .. }));
        assert_eq!(line.go(true, no_knobs), Some(part(0)));
        assert_eq!(line.go(false, all), Some(part(0)));
        assert_eq!(line.go(false, all), None);
        for seconds in 0..1_000 {
            line.did_at(turn(0.0, 1.0), after(10 + 2 * seconds));
        }
        assert_eq!(line.0.lock().done.len(), STEPS);
        assert!(!line.goes_on_with_sound());
        line.did(Step::Sound);
        assert!(line.goes_on_with_sound());
    }
}
