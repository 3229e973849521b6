//! The stem as a field of the state: its sheet, and its instrument as `.consort` bytes.

use std::sync::Arc;

use nice_plug::params::persist::PersistentField;
use serde_json::Value;

use super::session::OFFLINE_PATIENCE;
use super::state::{Recalled, read, write};
use crate::jobs::StemDesk;

/// The desk's part.
pub(super) struct SavedStem(pub(super) Arc<StemDesk>);

impl PersistentField<'_, Value> for SavedStem {
    fn set(&self, saved: Value) {
        let instrument = match saved.get("instrument").map(read) {
            Some(Recalled::Instrument(instrument)) => Some(*instrument),
            _ => None,
        };
        self.0.recall(&saved, instrument, OFFLINE_PATIENCE);
    }

    fn map<F: Fn(&Value) -> R, R>(&self, f: F) -> R {
        f(&self.0.saved(&write))
    }
}
