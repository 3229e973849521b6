//! What projects save of an instance, and what they bring back.

use std::sync::Arc;

use serde_json::Value;

use super::Session;
use crate::instrument::Instrument;
use crate::jobs::{Stage, Status};
use crate::plugin::history::same_sound;
use crate::plugin::state::{self, Recalled};

impl Session {
    /// What to save of the request: what is being made, so that the project makes it when it is
    /// opened, or what could not be made and why. Main thread.
    pub fn saved_request(&self) -> Value {
        let mut desk = self.desk.lock();
        let snapshot = self.notice(&mut desk);
        let Some((request, asked)) = &desk.request else {
            return Value::Null;
        };
        match snapshot.status {
            Status::Working { job, stage, .. } if job == *asked && stage != Stage::Rendering => {
                state::write_request(request, None)
            }
            Status::Failed(why) => state::write_request(request, Some(&why)),
            _ => {
                desk.request = None;
                Value::Null
            }
        }
    }

    /// Takes up a saved request. Main thread.
    pub fn recall_request(&self, saved: &Value) {
        let current = self.desk.lock().history.current().cloned();
        match state::read_request(saved, current.as_ref()) {
            Some(request) => self.make(request),
            None => {
                let mut desk = self.desk.lock();
                if desk.request.take().is_some() {
                    self.client.cancel();
                }
            }
        }
    }

    /// What to save for the instrument. Main thread.
    pub fn saved(&self) -> Value {
        let mut desk = self.desk.lock();
        self.settle(&mut desk);
        if let Some(original) = &desk.unreadable {
            return original.clone();
        }
        if desk.history.current().is_none() {
            // Before it has sounded and after it has, an untouched instance has one and the same
            // state.
            desk.history.push(Arc::new(Instrument::factory()));
        }
        let Some(instrument) = desk.history.current().cloned() else {
            return Value::Null;
        };
        let macros = self.params.macros();
        if let Some((encoded, with, saved)) = &desk.encoded
            && Arc::ptr_eq(encoded, &instrument)
            && *with == macros
        {
            return saved.clone();
        }
        let saved = state::write(&self.as_heard(&instrument).to_bytes());
        desk.encoded = Some((instrument, macros, saved.clone()));
        saved
    }

    /// Takes up what a project or preset saved. Main thread.
    pub fn recall(&self, saved: Value) {
        let mut desk = self.desk.lock();
        self.settle(&mut desk);
        desk.unreadable = None;
        desk.message = None;
        let instrument = match state::read(&saved) {
            Recalled::Instrument(instrument) => *instrument,
            Recalled::Nothing => Instrument::factory(),
            Recalled::Unreadable(why) => {
                desk.message = Some(format!(
                    "{why} The factory instrument plays instead; what was saved stays in the \
                     project until you make another instrument."
                ));
                desk.unreadable = Some(saved);
                Instrument::factory()
            }
        };
        let instrument = Arc::new(instrument);
        let current = desk.history.current();
        // Hosts load the same again, for example to undo a turn of a knob: what plays plays on.
        if !current.is_some_and(|current| same_sound(current, &instrument)) {
            desk.history.push(instrument);
            self.play_current(&mut desk);
        }
        self.client.look_at_macros();
        let active = desk.active;
        drop(desk);
        if active {
            self.wait_offline();
        }
    }
}
