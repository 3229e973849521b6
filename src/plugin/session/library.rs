//! Instruments of the library: heard one after the other, and kept.

use std::sync::Arc;

use super::{Desk, Session};
use crate::editor::LibraryOrder;
use crate::instrument::{Instrument, Macros};
use crate::jobs::librarian::Playable;
use crate::jobs::{Request, Source};
use crate::library::EntryId;
use crate::plugin::history::same_sound;

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
            Some(Err(sentence)) => {
                desk.audition = None;
                desk.message = Some(sentence);
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
                if desk.hear(&instrument) {
                    self.play_current(desk);
                }
            }
            Playable::Sound(file) => {
                let request = Request {
                    source: Source::Sound(file),
                    ..Request::default()
                };
                let job = self.client.make(request.clone());
                desk.request = Some((request, job));
                desk.audition
                    .iter_mut()
                    .for_each(|audition| audition.making = true);
            }
        }
    }
}

impl Desk {
    /// Takes up an instrument that was made of an entry's sound; whether it is one.
    pub(super) fn take_up_audition(&mut self, made: &Arc<Instrument>) -> bool {
        let awaited = self
            .audition
            .as_ref()
            .is_some_and(|audition| audition.making);
        awaited && made.recipe.sound.is_some() && {
            self.hear(made);
            true
        }
    }

    /// Puts an entry's instrument into the history, in the place of the one heard before; whether it
    /// is another one than plays.
    fn hear(&mut self, instrument: &Arc<Instrument>) -> bool {
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
                self.history.replace(plays);
            }
            _ => self.history.push(plays),
        }
        self.unreadable = None;
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
