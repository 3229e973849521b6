//! Files on their way into the library, one at a time; and what the library has to hear again.

use std::collections::VecDeque;
use std::sync::Arc;

use super::ear::Ear;
use super::shelf::Adding as Progress;
use crate::instrument::{Instrument, factory};
use crate::library::import::Found;
use crate::library::{Entry, EntryId, Library, LibraryError, NewEntry, Place};
use crate::models::Error;

/// Entries written at once: each write waits for the disk.
const BATCH: usize = 16;
/// Faults that are told one by one.
const FAULTS: usize = 3;

/// Something to be heard and added.
pub(super) enum Item {
    File(Found),
    Factory(&'static factory::Entry),
    Generated(Arc<Instrument>),
    /// Its vectors are another encoder's.
    Again(Box<Entry>),
}

/// What is to be added.
#[derive(Default)]
pub(super) struct Adding {
    waiting: VecDeque<Item>,
    heard: Vec<NewEntry>,
    done: usize,
    faults: Vec<String>,
    /// Files that were added by a user's hand, for undo.
    pub(super) added: Vec<EntryId>,
}

impl Adding {
    pub(super) fn push(&mut self, items: impl IntoIterator<Item = Item>) {
        self.waiting.extend(items);
    }

    /// A sentence about something that can't be added.
    pub(super) fn fault(&mut self, sentence: String) {
        self.faults.push(sentence);
    }

    pub(super) fn has_work(&self) -> bool {
        !self.waiting.is_empty() || !self.heard.is_empty()
    }

    pub(super) fn progress(&self) -> Option<Progress> {
        self.has_work().then(|| Progress {
            done: self.done,
            total: self.done + self.waiting.len(),
        })
    }

    /// What waits is forgotten, but for instruments that were made; what was heard is written.
    pub(super) fn cancel(&mut self) {
        self.waiting
            .retain(|item| matches!(item, Item::Generated(_)));
    }

    /// One item, or one write.
    pub(super) fn step(
        &mut self,
        ear: &mut Ear,
        library: &mut Library,
    ) -> Result<(), LibraryError> {
        if let Some(item) = self.waiting.pop_front() {
            self.done += 1;
            match hear(&item, ear, library) {
                Ok(Some(entry)) => self.heard.push(entry),
                Ok(None) => {}
                Err(Error::Cancelled) => self.waiting.push_front(item),
                // One fault is enough: it is everything's.
                Err(error @ (Error::Runtime(_) | Error::Pack(_))) => {
                    self.waiting.clear();
                    self.faults = vec![error.to_string()];
                }
                // Files that are gone may come back with the disk that they are on.
                Err(_) if matches!(item, Item::Again(_)) => {}
                Err(error) => self.faults.push(error.to_string()),
            }
        }
        if self.heard.len() >= BATCH || self.waiting.is_empty() {
            // When that fails, they are lost, as are those that come after them.
            let heard = std::mem::take(&mut self.heard);
            let ids = library.add(&heard).inspect_err(|_| self.waiting.clear())?;
            let by_hand = |entry: &NewEntry| matches!(entry.place, Place::File(_));
            let added = ids
                .into_iter()
                .zip(&heard)
                .filter(|(_, entry)| by_hand(entry));
            self.added.extend(added.map(|(id, _)| id));
        }
        if !self.has_work() {
            self.done = 0;
        }
        Ok(())
    }

    /// What couldn't be added, in a sentence or a few, once all is done.
    pub(super) fn take_faults(&mut self) -> Option<String> {
        if self.has_work() || self.faults.is_empty() {
            return None;
        }
        let faults = std::mem::take(&mut self.faults);
        let mut said = faults[..faults.len().min(FAULTS)].join(" ");
        if faults.len() > FAULTS {
            said.push_str(&format!(
                " And {} more files can't be added.",
                faults.len() - FAULTS
            ));
        }
        Some(said)
    }
}

/// Hears an item; `None` when the library has it already.
fn hear(item: &Item, ear: &mut Ear, library: &Library) -> Result<Option<NewEntry>, Error> {
    match item {
        Item::File(found) => {
            let known = library.at_place(&found.place()).ok().flatten();
            if known.is_some_and(|(_, stamp)| stamp == found.stamp) {
                return Ok(None);
            }
            ear.found(found)
        }
        Item::Factory(entry) => ear.factory(entry),
        Item::Generated(instrument) => ear.generated(instrument),
        Item::Again(entry) => ear.again(library, entry),
    }
    .map(Some)
}
