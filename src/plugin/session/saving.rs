//! What projects save of an instance, and what they bring back.

use std::sync::Arc;

use serde_json::Value;

use super::{Desk, Session};
use crate::instrument::Instrument;
use crate::jobs::{Snapshot, Stage, Status};
use crate::plugin::history::same_sound;
use crate::plugin::state::{self, Recalled};

const NO_REQUEST: &str = "What this project asks for can't be read by this version; it stays in the \
    project until you make another instrument.";

impl Session {
    /// What to save of the request: what is being made, so that the project makes it when it is
    /// opened, or what could not be made and why. Main thread.
    pub fn saved_request(&self) -> Value {
        let mut desk = self.desk.lock();
        let snapshot = self.notice(&mut desk);
        if let Some(refused) = &desk.refused {
            return refused.clone();
        }
        let Some(asked) = &desk.request else {
            return Value::Null;
        };
        match &snapshot.status {
            Status::Failed(why) => state::failed(&asked.saved, why),
            // Other work, such as what plays being rendered, may go on besides.
            Status::Working { job, stage, .. }
                if *job != asked.job || *stage != Stage::Rendering =>
            {
                asked.saved.clone()
            }
            Status::Idle | Status::Working { .. } => {
                desk.request = None;
                Value::Null
            }
        }
    }

    /// Takes up a saved request; one that failed before, or that can't be read, is kept. Main thread.
    pub fn recall_request(&self, saved: &Value) {
        let current = {
            let desk = self.desk.lock();
            // What plays in the place of an unreadable instrument isn't what was to be varied.
            let current = desk.history.current().cloned();
            current.filter(|_| desk.unreadable.is_none())
        };
        if let Some(request) = state::read_request(saved, current.as_ref()) {
            self.make_as(request, saved.clone());
            return;
        }
        let mut desk = self.desk.lock();
        if desk.request.take().is_some() {
            self.client.cancel();
        }
        desk.refused = None;
        if !saved.is_null() {
            desk.say(state::failure(saved).unwrap_or(NO_REQUEST));
            desk.refused = Some(saved.clone());
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
            desk.push(Arc::new(Instrument::factory()), self.params.macros());
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
            desk.push(instrument, self.params.macros());
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

impl Desk {
    /// Nothing is asked for any more.
    pub(super) fn forget_request(&mut self) {
        self.request = None;
        self.refused = None;
    }

    /// Keeps what was asked for and failed, with the reason, whatever is done besides.
    pub(super) fn take_refusal(&mut self, snapshot: &Snapshot) {
        let Some((job, why)) = &snapshot.refused else {
            return;
        };
        if let Some(asked) = self.request.take_if(|asked| asked.job == *job) {
            self.refused = Some(state::failed(&asked.saved, why));
            self.say(why);
            self.changed = true;
        }
    }

    /// A sentence for the user, after what is said already.
    fn say(&mut self, sentence: &str) {
        match &mut self.message {
            Some(said) if said.contains(sentence) => {}
            Some(said) => *said = format!("{said} {sentence}"),
            None => self.message = Some(sentence.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::*;
    use crate::plugin::session::fixture::{self, look};

    #[test]
    fn a_request_that_failed_is_shown_and_stays_until_the_user_goes_on() {
        let (session, _engine) = fixture::session(&std::env::temp_dir());
        let asked = json!({ "prompt": "x", "sound": { "path": "/nonexistent.wav" } });
        session.recall_request(&asked);
        let begun = Instant::now();
        let message = loop {
            assert_eq!(session.saved_request()["sound"], asked["sound"], "always");
            if let Some(message) = look(&session).message {
                break message;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing is said");
            std::thread::sleep(Duration::from_millis(1));
        };
        let failed = session.saved_request();
        assert_eq!(failed["failed"].as_str(), Some(&message[..]));
        assert!(session.take_changed(), "the host is told");

        // Opened again it is shown again, and not made again.
        let (other, _engine) = fixture::session(&std::env::temp_dir());
        other.recall_request(&failed);
        assert_eq!(look(&other).message.as_deref(), Some(&message[..]));
        assert_eq!(other.saved_request(), failed);
        other.dismiss();
        assert_eq!(other.saved_request(), Value::Null);
        assert!(other.take_changed());

        // What can't be read outlives its sentence, but not another instrument.
        let foreign = json!(["warm", "cello"]);
        other.recall_request(&foreign);
        other.dismiss();
        assert_eq!(other.saved_request(), foreign);
        other.adopt(Arc::new(Instrument::factory()));
        assert_eq!(other.saved_request(), Value::Null);
    }

    /// It would be a variation of what plays in its place, and take the place of what can't be read.
    #[test]
    fn nothing_is_varied_in_the_place_of_an_unreadable_instrument() {
        let (session, _engine) = fixture::session(&std::env::temp_dir());
        let of_later = json!({ "partials": 3 });
        session.recall(of_later.clone());
        for request in [
            json!({ "prompt": "x", "near": true }),
            json!({ "prompt": "kit", "kit": { "kept": "ff", "seed": 3 } }),
        ] {
            session.recall_request(&request);
            assert_eq!(session.saved_request(), request);
            assert_eq!(session.saved(), of_later);
        }
        let message = look(&session).message.unwrap();
        assert!(message.contains("factory instrument"), "{message}");
    }
}
