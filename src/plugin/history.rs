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

    /// Whether this very instrument (not an equal one) is in the line.
    pub fn contains(&self, instrument: &Arc<Instrument>) -> bool {
        self.instruments
            .iter()
            .any(|known| Arc::ptr_eq(known, instrument))
    }

    /// The last remembered instrument that fits.
    pub fn find(&self, fits: impl Fn(&Instrument) -> bool) -> Option<&Arc<Instrument>> {
        self.instruments.iter().rev().find(|known| fits(known))
    }
}
