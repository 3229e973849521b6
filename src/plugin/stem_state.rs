//! The parts as a field of the state: their sheets, and their instruments as `.consort` bytes.

use std::sync::Arc;

use nice_plug::params::persist::PersistentField;
use serde_json::Value;

use super::session::OFFLINE_PATIENCE;
use super::state::{Recalled, read, write};
use crate::jobs::Ensemble;

/// All parts.
pub(super) struct SavedStem(pub(super) Arc<Ensemble>);

impl PersistentField<'_, Value> for SavedStem {
    fn set(&self, saved: Value) {
        let instrument = |saved: &Value| match read(saved) {
            Recalled::Instrument(instrument) => Some(*instrument),
            Recalled::Nothing | Recalled::Unreadable(_) => None,
        };
        self.0.recall(&saved, &instrument, OFFLINE_PATIENCE);
    }

    fn map<F: Fn(&Value) -> R, R>(&self, f: F) -> R {
        f(&self.0.saved(&write))
    }
}
