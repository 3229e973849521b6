//! Instruments that the user chooses instead of making: from the factory library, and morphs.

use std::sync::Arc;

use super::{Desk, Session};
use crate::editor::{InstrumentFault, Other};
use crate::instrument::factory::{self, Kind};
use crate::instrument::morph::MorphError;
use crate::instrument::recipe::Origin;
use crate::instrument::{Instrument, Macros, morph};

/// Two instruments, and what lies between them.
pub(super) struct Pair {
    a: Arc<Instrument>,
    b: Arc<Instrument>,
    /// The morph in the history, once there is one.
    between: Option<Arc<Instrument>>,
    /// How far it is to go, until the generator has come there.
    awaited: Option<f32>,
}

impl Pair {
    /// Whether it is a morph of these two that is waited for, or one on the way there.
    fn awaits(&self, morphed: &Arc<Instrument>) -> bool {
        let is = |origin: &Origin, of: &Instrument| {
            origin.name == of.name && origin.seed == of.recipe.seed
        };
        let recipe = &morphed.recipe;
        let known = |known| Arc::ptr_eq(known, morphed);
        self.awaited.is_some()
            && !self.between.as_ref().is_some_and(known)
            && recipe.variation_of.as_ref().is_some_and(|a| is(a, &self.a))
            && recipe
                .morphed_with
                .as_ref()
                .is_some_and(|(b, _)| is(b, &self.b))
    }
}

impl Session {
    /// Plays an instrument of the factory library and returns its macros, for the host's
    /// parameters. UI thread.
    pub fn play_factory(&self, name: &str) -> Result<Macros, InstrumentFault> {
        let instrument = of_library(name)?;
        let macros = instrument.macros;
        self.adopt(instrument);
        Ok(macros)
    }

    /// From now on [`Self::morph`] goes towards this one. UI thread.
    pub fn morph_with(&self, other: &Other) -> Result<(), InstrumentFault> {
        let b = match other {
            Other::Earlier(index) => {
                let desk = self.desk.lock();
                let earlier = desk.history.iter().rev().nth(*index).cloned();
                earlier.ok_or(InstrumentFault::Forgotten)?
            }
            Other::Factory(name) => of_library(name)?,
            Other::File(path) => Arc::new(super::read_file(path)?),
        };
        let mut desk = self.desk.lock();
        self.settle(&mut desk);
        let a = match desk.current_pair() {
            Some(pair) => pair.a.clone(),
            None => desk
                .history
                .current()
                .cloned()
                .ok_or(InstrumentFault::NoInstrument)?,
        };
        let between = desk.current_pair().and_then(|pair| pair.between.clone());
        desk.pair = Some(Pair {
            a,
            b,
            between,
            awaited: None,
        });
        Ok(())
    }

    /// Plays what lies that share (0 to 1) of the way from the instrument that was there to the one
    /// chosen, as soon as the generator has made it; also under notes that sound. UI thread.
    pub fn morph(&self, share: f32) -> Result<(), InstrumentFault> {
        let desk = &mut *self.desk.lock();
        self.notice(desk);
        let again = desk.current_pair().is_some();
        let current = desk.history.current().cloned();
        let (Some(pair), Some(current)) = (&mut desk.pair, current) else {
            return Err(InstrumentFault::NoOther);
        };
        if !again {
            // The user has gone on to another instrument: the way begins there.
            pair.a = current;
            pair.between = None;
        }
        if pair.a.kit().is_some() || pair.b.kit().is_some() {
            return Err(MorphError::Kit.into());
        }
        let share = share.clamp(0.0, 1.0);
        pair.awaited = Some(share);
        desk.message = None;
        if desk.active {
            self.client.morph(pair.a.clone(), pair.b.clone(), share);
        } else {
            self.settle(desk);
        }
        Ok(())
    }

    /// What the generator has made, and a morph that it has yet to make: whoever is about to save,
    /// undo or go on from what the user chose must not meet what was before. The latter takes a
    /// tenth of a second, and is seldom needed.
    pub(super) fn settle(&self, desk: &mut Desk) {
        self.notice(desk);
        let Some(pair) = &mut desk.pair else { return };
        let Some(share) = pair.awaited else { return };
        match morph(&pair.a, &pair.b, share) {
            Ok(morphed) => desk.take_up_morph(&Arc::new(morphed), self.params.macros()),
            Err(error) => {
                pair.awaited = None;
                desk.message = Some(error.to_string());
            }
        }
    }
}

impl Desk {
    /// The pair chosen, while its first instrument or what lies between is the current one.
    fn current_pair(&self) -> Option<&Pair> {
        let current = self.history.current()?;
        let pair = self.pair.as_ref()?;
        let at = pair.between.as_ref().unwrap_or(&pair.a);
        Arc::ptr_eq(at, current).then_some(pair)
    }

    /// The name of what is morphed with, and how far the way there has gone or is to go.
    pub(super) fn morph_shown(&self) -> Option<(String, f32)> {
        let name = &self.pair.as_ref()?.b.name;
        let heard = || {
            let (with, share) = self.history.current()?.recipe.morphed_with.as_ref()?;
            (with.name == *name).then_some(*share)
        };
        let awaited = self.current_pair().and_then(|pair| pair.awaited);
        Some((name.clone(), awaited.or_else(heard).unwrap_or(0.0)))
    }

    /// Takes a morph that was made into the history, if it is waited for; the macros are where they
    /// are told to be.
    pub(super) fn take_up_morph(&mut self, morphed: &Arc<Instrument>, macros: Macros) {
        let goes_on = self.current_pair().is_some();
        let Some(pair) = self.pair.as_mut().filter(|pair| pair.awaits(morphed)) else {
            return;
        };
        if !goes_on {
            pair.awaited = None;
            return;
        }
        let share = morphed
            .recipe
            .morphed_with
            .as_ref()
            .map(|(_, share)| *share);
        pair.awaited.take_if(|awaited| Some(*awaited) == share);
        if pair.between.replace(morphed.clone()).is_some() {
            self.replace(morphed.clone(), macros);
        } else {
            self.push(morphed.clone(), macros);
        }
        self.unreadable = None;
        self.refused = None;
        self.changed = true;
    }
}

fn of_library(name: &str) -> Result<Arc<Instrument>, InstrumentFault> {
    let entry = factory::named(name).filter(|entry| entry.kind == Kind::Instrument);
    let entry = entry.ok_or_else(|| InstrumentFault::NotInFactory(name.to_owned()))?;
    Ok(Arc::new(entry.instrument()))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::engine::{Engine, NoteEvent};
    use crate::instrument::slots::{ANCHORS, PARTIAL_ROWS, ROWS, TIMES};
    use crate::instrument::{AnchorSet, Body};
    use crate::plugin::session::fixture::{self, look};

    fn session() -> (Session, Engine) {
        fixture::session(&std::env::temp_dir())
    }

    /// A file with an instrument of the fourth harmonic alone.
    fn file() -> tempfile::NamedTempFile {
        let mut levels = vec![-80.0; ANCHORS * ROWS * TIMES];
        for anchor in 0..ANCHORS {
            levels[(anchor * ROWS + 15) * TIMES..][..TIMES].fill(-6.0);
        }
        let instrument = Instrument {
            name: "Fourth".into(),
            body: Body::Keys(
                AnchorSet::from_levels(&levels, &[0.0; ANCHORS * PARTIAL_ROWS]).unwrap(),
            ),
            ..Instrument::factory()
        };
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, instrument.to_bytes()).unwrap();
        file
    }

    /// The next frames of the left channel.
    fn render(engine: &mut Engine) -> Vec<f32> {
        let (mut left, mut right) = (vec![0.0; 480], vec![0.0; 480]);
        engine.render(&mut left, &mut right);
        left
    }

    /// Crossings of zero: more for a brighter sound.
    fn crossings(sound: &[f32]) -> usize {
        sound
            .windows(2)
            .filter(|w| (w[0] < 0.0) != (w[1] < 0.0))
            .count()
    }

    #[test]
    fn a_morph_is_one_step_of_the_history_and_begins_where_the_user_is() {
        let (session, _engine) = session();
        let file = file();
        let shown = || {
            let view = look(&session);
            let instrument = view.instrument.unwrap();
            let share = instrument
                .recipe
                .morphed_with
                .as_ref()
                .map(|(_, share)| *share);
            (instrument.name.clone(), share, view.before)
        };
        let arrives = |share: f32| {
            let begun = Instant::now();
            while shown().1 != Some(share) {
                assert!(begun.elapsed() < Duration::from_secs(60), "it never comes");
                std::thread::sleep(Duration::from_millis(2));
            }
        };
        assert!(matches!(session.morph(0.5), Err(InstrumentFault::NoOther)));
        let missing = Other::Factory("Kazoo".into());
        assert!(
            session
                .morph_with(&missing)
                .unwrap_err()
                .to_string()
                .contains("Kazoo")
        );
        session
            .morph_with(&Other::File(file.path().to_owned()))
            .unwrap();
        assert_eq!(look(&session).morph_with, Some(("Fourth".into(), 0.0)));
        session.morph(0.25).unwrap();
        arrives(0.25);
        session.morph(0.5).unwrap();
        session.morph(0.75).unwrap();
        assert_eq!(look(&session).morph_with, Some(("Fourth".into(), 0.75)));
        arrives(0.75);
        let piano = || Some("Electric Piano".to_owned());
        assert_eq!(shown().1, Some(0.75));
        assert_eq!(shown().2, piano(), "one step, however often it is moved");
        session.step(true);
        assert_eq!((Some(shown().0), shown().1), (piano(), None));
        session.step(false);
        assert_eq!(shown().1, Some(0.75));
        session.step(true);
        session.morph(1.0).unwrap();
        arrives(1.0);
        assert_eq!(shown().2, piano());
        let fourth = read_body(&file);
        assert_eq!(look(&session).instrument.unwrap().body, fourth);
        // The same pair, the other way round.
        session.morph_with(&Other::Earlier(1)).unwrap();
        assert_eq!(look(&session).morph_with.unwrap().0, piano().unwrap());
    }

    /// The generator takes a moment, but nobody who saves or undoes sees that.
    #[test]
    fn a_morph_that_is_on_its_way_counts() {
        let (session, _engine) = session();
        let file = file();
        session
            .morph_with(&Other::File(file.path().to_owned()))
            .unwrap();
        session.morph(1.0).unwrap();
        let saved = session.saved();
        let crate::plugin::state::Recalled::Instrument(instrument) =
            crate::plugin::state::read(&saved)
        else {
            panic!("it isn't saved");
        };
        assert_eq!(instrument.body, read_body(&file));
        session.morph(0.5).unwrap();
        session.step(true);
        let name = || look(&session).instrument.unwrap().name.clone();
        assert_eq!(name(), "Electric Piano");
        assert!(look(&session).before.is_none(), "one step");
        session.step(false);
        assert!(name().ends_with("50 %"), "{}", name());
        session.morph(0.25).unwrap();
        session.open(file.path()).unwrap();
        assert_eq!(name(), "Fourth");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(1) {
            assert_eq!(name(), "Fourth", "what comes late stays out");
            std::thread::sleep(Duration::from_millis(10));
        }
        session.step(true);
        assert!(name().ends_with("25 %"), "{}", name());
    }

    fn read_body(file: &tempfile::NamedTempFile) -> Body {
        super::super::read_file(file.path()).unwrap().body
    }

    #[test]
    fn a_held_note_hears_a_morph_soon_after_it_is_let_go() {
        let (session, mut engine) = session();
        while matches!(look(&session).status, crate::jobs::Status::Working { .. })
            || look(&session).ready_keys.count_ones() < 88
        {
            render(&mut engine);
            std::thread::sleep(Duration::from_millis(5));
        }
        for _ in 0..10 {
            render(&mut engine);
            std::thread::sleep(Duration::from_millis(10));
        }
        engine.handle(NoteEvent::NoteOn {
            note_id: None,
            channel: 0,
            key: 60,
            velocity: 0.8,
        });
        (0..20).for_each(|_| drop(render(&mut engine)));
        let before = crossings(&render(&mut engine));
        let file = file();
        session
            .morph_with(&Other::File(file.path().to_owned()))
            .unwrap();
        let begun = Instant::now();
        session.morph(1.0).unwrap();
        while crossings(&render(&mut engine)) < before.max(15) {
            assert!(begun.elapsed() < Duration::from_secs(60), "never heard");
            std::thread::sleep(Duration::from_millis(10));
        }
        println!("heard after {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
        assert_eq!(engine.active_voices(), 1);
    }

    #[test]
    fn factory_instruments_play_and_can_be_undone() {
        let (session, _engine) = session();
        let names = || {
            factory::entries()
                .iter()
                .filter(|e| e.kind == Kind::Instrument)
        };
        let other = names().find(|entry| entry.name != "Electric Piano");
        let Some(entry) = other else {
            return;
        };
        let macros = session.play_factory(&entry.name).unwrap();
        assert_eq!(macros, entry.instrument().macros);
        let view = look(&session);
        assert_eq!(view.instrument.unwrap().name, entry.name);
        assert_eq!(view.before.as_deref(), Some("Electric Piano"));
        session.step(true);
        assert_eq!(look(&session).instrument.unwrap().name, "Electric Piano");
        let kazoo = session.play_factory("Kazoo").unwrap_err();
        assert!(kazoo.to_string().contains("Kazoo"));
    }
}
