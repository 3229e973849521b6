//! Instruments of the library: heard one after the other, and kept.

use std::sync::Arc;

use super::{Desk, Session};
use crate::editor::LibraryOrder;
use crate::instrument::{Instrument, Macros};
use crate::jobs::librarian::Playable;
use crate::jobs::{Request, Source};
use crate::library::EntryId;
use crate::plugin::history::same_sound;
use crate::plugin::state;

/// An entry of the library that is heard.
pub(super) struct Audition {
    entry: EntryId,
    /// It is to stay: the next one is a step of its own.
    keep: bool,
    /// It is being made from the entry's sound.
    making: bool,
    /// What plays: this entry, or while it is brought or made the one before.
    plays: Option<Arc<Instrument>>,
    /// That is this entry.
    arrived: bool,
}

impl Session {
    /// Gives the library an order. UI thread.
    pub fn library(&self, order: LibraryOrder) {
        let librarian = &self.librarian;
        match order {
            LibraryOrder::Ask(wish) => librarian.ask(wish),
            LibraryOrder::Add(paths) => librarian.add(paths),
            LibraryOrder::CancelAdding => librarian.cancel(),
            LibraryOrder::Audition(id) => self.audition(id, false),
            LibraryOrder::Load(id) => self.audition(id, true),
            LibraryOrder::Favourite(id, favourite) => librarian.set_favourite(id, favourite),
            LibraryOrder::Tags(id, tags) => librarian.set_tags(id, tags),
            LibraryOrder::Remove(id) => librarian.remove(id),
            LibraryOrder::Undo => librarian.undo(),
            LibraryOrder::Dismiss => librarian.dismiss(),
        }
    }

    /// The macros of an instrument that came from the library, for the host's parameters; once. UI
    /// thread.
    pub fn take_macros(&self) -> Option<Macros> {
        self.desk.lock().macros.take()
    }

    fn audition(&self, entry: EntryId, keep: bool) {
        let mut desk = self.desk.lock();
        if keep && desk.auditioned() == Some(entry) {
            // It plays already.
            desk.audition = None;
            return;
        }
        // What is heard now gives way, unless it is to stay.
        let before = desk.audition.take().filter(|audition| !audition.keep);
        desk.audition = Some(Audition {
            entry,
            keep,
            making: false,
            arrived: false,
            plays: before.and_then(|audition| audition.plays),
        });
        desk.message = None;
        self.librarian.fetch(entry);
    }

    /// Plays what the librarian has brought.
    pub(super) fn take_fetched(&self, desk: &mut Desk) {
        let fetched = match self.librarian.take_fetched() {
            None => return,
            Some(Ok(fetched)) => fetched,
            Some(Err(fault)) => {
                desk.audition = None;
                desk.message = Some(fault.to_string());
                return;
            }
        };
        let awaited = desk.audition.as_ref().map(|audition| audition.entry);
        if awaited != Some(fetched.id) {
            return;
        }
        match fetched.playable {
            Playable::Instrument(instrument) => {
                desk.macros = Some(instrument.macros);
                self.settle(desk);
                if desk.hear(&instrument, self.params.macros()) {
                    self.play_current(desk);
                }
            }
            Playable::Sound(file) => {
                let request = Request {
                    source: Source::Sound(file),
                    ..Request::default()
                };
                let saved = state::write_request(&request, None);
                desk.forget_request();
                desk.request = Some(self.ask(request, saved));
                desk.audition
                    .iter_mut()
                    .for_each(|audition| audition.making = true);
            }
        }
    }
}

impl Desk {
    /// Takes up an instrument that was made of an entry's sound; whether it is one.
    pub(super) fn take_up_audition(&mut self, made: &Arc<Instrument>, macros: Macros) -> bool {
        let awaited = self
            .audition
            .as_ref()
            .is_some_and(|audition| audition.making);
        awaited && made.recipe.sound.is_some() && {
            self.hear(made, macros);
            true
        }
    }

    /// Puts an entry's instrument into the history, in the place of the one heard before; whether it
    /// is another one than plays.
    fn hear(&mut self, instrument: &Arc<Instrument>, macros: Macros) -> bool {
        let current = self.history.current().cloned();
        let Some(audition) = &mut self.audition else {
            return false;
        };
        let known = current
            .as_ref()
            .filter(|current| same_sound(current, instrument));
        let plays = known.unwrap_or(instrument).clone();
        let before = audition.plays.replace(plays.clone());
        (audition.making, audition.arrived) = (false, true);
        if audition.keep {
            self.audition = None;
        }
        if known.is_some() {
            return false;
        }
        match (before, current) {
            (Some(before), Some(current)) if Arc::ptr_eq(&before, &current) => {
                self.replace(plays, macros);
            }
            _ => self.push(plays, macros),
        }
        self.unreadable = None;
        self.forget_request();
        self.message = None;
        self.changed = true;
        true
    }

    /// The entry of the library that plays.
    pub(super) fn auditioned(&self) -> Option<EntryId> {
        let audition = self.audition.as_ref().filter(|audition| audition.arrived)?;
        let (plays, current) = (audition.plays.as_ref()?, self.history.current()?);
        Arc::ptr_eq(plays, current).then_some(audition.entry)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::instrument::Family;
    use crate::library::{Kind, Library, NewEntry, Place};
    use crate::plugin::session::fixture::{look, session};

    /// A library of saved instruments; their entries.
    fn entries(folder: &Path, names: &[&str]) -> Vec<EntryId> {
        let new = names.iter().enumerate().map(|(index, name)| {
            let path = folder.join(name).with_extension("consort");
            let mut instrument = Instrument {
                name: (*name).into(),
                ..Instrument::factory()
            };
            instrument.recipe.seed = index as u64;
            instrument.macros.brightness = 0.25;
            std::fs::write(&path, instrument.to_bytes()).unwrap();
            NewEntry {
                kind: Kind::Saved,
                name: (*name).into(),
                family: Family::Keys,
                tags: Vec::new(),
                place: Place::File(path),
                stamp: 0,
                bytes: None,
                encoder: "none".into(),
                timbre: vec![0.0625; 256],
                meaning: vec![0.0625; 256],
            }
        });
        let new: Vec<NewEntry> = new.collect();
        Library::open(folder).unwrap().add(&new).unwrap()
    }

    #[test]
    fn entries_heard_one_after_the_other_are_one_step_and_one_that_is_loaded_stays() {
        let folder = tempfile::tempdir().unwrap();
        let ids = entries(folder.path(), &["One", "Two", "Three", "Gone"]);
        let (session, _engine) = session(folder.path());
        let shown = || {
            let view = look(&session);
            (
                view.instrument.unwrap().name.clone(),
                view.before,
                view.auditioned,
            )
        };
        let hear = |order: LibraryOrder, name: &str| {
            session.library(order);
            let begun = Instant::now();
            while shown().0 != name {
                assert!(
                    begun.elapsed() < Duration::from_secs(60),
                    "{:?}",
                    look(&session).message
                );
                std::thread::sleep(Duration::from_millis(2));
            }
        };
        let piano = || Some("Electric Piano".to_owned());
        hear(LibraryOrder::Audition(ids[0]), "One");
        assert_eq!(
            session.take_macros().map(|macros| macros.brightness),
            Some(0.25)
        );
        assert_eq!(session.take_macros(), None);
        assert_eq!(shown(), ("One".into(), piano(), Some(ids[0])));
        hear(LibraryOrder::Audition(ids[1]), "Two");
        assert_eq!(shown(), ("Two".into(), piano(), Some(ids[1])), "one step");
        // What plays stays when it is loaded; the next one is another step.
        session.library(LibraryOrder::Load(ids[1]));
        hear(LibraryOrder::Audition(ids[2]), "Three");
        assert_eq!(shown().1.as_deref(), Some("Two"));
        hear(LibraryOrder::Load(ids[0]), "One");
        assert_eq!(shown(), ("One".into(), Some("Two".into()), None));
        session.step(true);
        assert_eq!(shown(), ("Two".into(), piano(), None));
        // After an undo, what is heard doesn't take the place of what is there now.
        hear(LibraryOrder::Audition(ids[2]), "Three");
        assert_eq!(shown().1.as_deref(), Some("Two"));

        std::fs::remove_file(folder.path().join("Gone.consort")).unwrap();
        session.library(LibraryOrder::Audition(ids[3]));
        let begun = Instant::now();
        while look(&session).message.is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(look(&session).message.unwrap().contains("Gone"));
        assert_eq!(shown().0, "Three", "what played plays on");
    }
}
