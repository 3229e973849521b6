//! Undo and redo, of whatever the user did last.

use std::sync::Arc;

use nice_plug::params::internals::ParamPtr;

use super::{Desk, Inputs, Session};
use crate::instrument::{Instrument, Macros};
use crate::jobs::Stem;
use crate::plugin::undo::{self, Step, Turn};

/// What undo and redo ask the host's parameters to take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Restore {
    /// One of them, to a normalized value.
    Param(ParamPtr, f32),
    /// The macros, as they were with the instrument that is there again.
    Macros(Macros),
}

impl Session {
    /// Takes the user's last step back (or makes the next one again), whichever page it was made on; what the
    /// host's parameters are to take. UI thread.
    pub fn step(&self, back: bool) -> Option<Restore> {
        let mut desk = self.desk.lock();
        self.settle(&mut desk);
        let Inputs {
            context,
            stem,
            undo,
            ..
        } = &self.inputs;
        match undo.go(back, |step| self.can(&desk, step, back))? {
            Step::Sound => {
                let macros = desk.history.go(back, self.params.macros())?;
                desk.message = None;
                desk.forget_request();
                desk.changed = true;
                self.play_current(&mut desk);
                Some(Restore::Macros(macros))
            }
            Step::Turn(turn) => {
                let value = if back { turn.before } else { turn.after };
                Some(Restore::Param(turn.param, value))
            }
            Step::Deed(deed) => {
                undo::make(deed, back, stem, context);
                None
            }
        }
    }

    fn can(&self, desk: &Desk, step: &Step, back: bool) -> bool {
        let Inputs { context, stem, .. } = &self.inputs;
        match step {
            Step::Sound => desk.history.next(back).is_some(),
            Step::Turn(_) => true,
            Step::Deed(deed) => undo::can(*deed, back, stem, context),
        }
    }

    /// What undo (`back`) or redo would bring back or change, in words.
    pub(super) fn next(&self, desk: &Desk, stem: &Stem, back: bool) -> Option<String> {
        let line = &self.inputs.undo;
        let step = line.next(back, |step| self.can(desk, step, back))?;
        let instrument = || desk.history.next(back).map(str::to_owned);
        step.name(stem).or_else(instrument)
    }

    /// The user has turned a knob: a step, too. UI thread.
    pub fn turned(&self, turn: Turn) {
        let mut desk = self.desk.lock();
        self.settle(&mut desk);
        self.inputs.undo.did(Step::Turn(turn));
    }
}

impl Desk {
    /// The user's instrument is this one from now on: a step, but for the first.
    pub(super) fn push(&mut self, instrument: Arc<Instrument>, macros: Macros) {
        let first = self.history.current().is_none();
        self.history.push(instrument, macros);
        if !first {
            self.line.did(Step::Sound);
        }
    }

    /// The same, in the place of the one before where that was the last step.
    pub(super) fn replace(&mut self, instrument: Arc<Instrument>, macros: Macros) {
        if self.line.goes_on_with_sound() {
            self.history.replace(instrument);
        } else {
            self.push(instrument, macros);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use nice_plug::params::Param;
    use nice_plug::params::persist::PersistentField;

    use super::*;
    use crate::jobs::stem::desk::fixture::heard;
    use crate::jobs::{MixSettings, StemOrder};
    use crate::plugin::context::SavedSong;
    use crate::plugin::session::fixture::{self, look};

    #[test]
    fn steps_are_taken_back_in_order_whichever_page_they_were_made_on() {
        let (session, _engine) = fixture::session(&std::env::temp_dir());
        let song = serde_json::json!({ "heard": *heard() });
        SavedSong(session.context().clone()).set(song);
        let shown = || {
            let view = look(&session);
            let mixed = view.stem.parts.iter().map(|tab| tab.mix.gain_db);
            (
                view.instrument.unwrap().name.clone(),
                view.stem.sheet.is_some(),
                mixed.collect::<Vec<_>>(),
                view.before,
            )
        };
        let first = look(&session).instrument.unwrap().name.clone();
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(shown(), (first.clone(), false, vec![], None));

        session.adopt(Arc::new(Instrument {
            name: "Second".into(),
            ..Instrument::factory()
        }));
        session.stem_order(StemOrder::Make {
            words: "rock drums".into(),
            kind: None,
            seed: 1,
        });
        let begun = Instant::now();
        while look(&session).stem.sheet.is_none() {
            let view = look(&session);
            assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", view.stem);
            std::thread::sleep(Duration::from_millis(5));
        }
        session.stem_order(StemOrder::Cancel);
        let tone = session.params().tone.as_ptr();
        session.turned(Turn {
            param: tone,
            before: 1.0,
            after: 0.5,
        });
        let softer = MixSettings {
            gain_db: -6.0,
            ..MixSettings::default()
        };
        session.stem_order(StemOrder::Mix(0, softer));
        let all = ("Second".into(), true, vec![-6.0]);
        let (instrument, part, mixed, before) = shown();
        assert_eq!((instrument, part, mixed), all);
        assert_eq!(before, named("how Drums is mixed"));

        assert_eq!(session.step(true), None);
        assert_eq!(shown().2, [0.0]);
        assert_eq!(shown().3, named("Tone"));
        assert_eq!(session.step(true), Some(Restore::Param(tone, 1.0)));
        assert_eq!(shown().3, named("Drums"));
        assert_eq!(session.step(true), None);
        assert_eq!(shown(), ("Second".into(), false, vec![], named(&first)));
        assert!(matches!(session.step(true), Some(Restore::Macros(_))));
        assert_eq!(shown(), (first.clone(), false, vec![], None));
        assert_eq!(session.step(true), None);

        let macros = session.step(false);
        assert!(matches!(macros, Some(Restore::Macros(_))));
        assert_eq!(look(&session).after, named("a part"));
        assert_eq!(session.step(false), None);
        assert_eq!(session.step(false), Some(Restore::Param(tone, 0.5)));
        assert_eq!(session.step(false), None);
        assert_eq!(shown().2, [-6.0]);
        assert_eq!(look(&session).after, None);

        // A project's own mix isn't what undo would take back.
        session.stem().mix(0, MixSettings::default());
        assert_eq!(shown().3, named("Tone"));
    }
}
