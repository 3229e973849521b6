//! The context, what plays around Consort, as main and UI thread share it: how loud it is, who listens
//! to it, and what a project remembers of that. Both plugins have one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use nice_plug::params::persist::PersistentField;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::ear::{Ear, Peak};
use crate::engine::capture;
use crate::instrument::export::music_folder;
use crate::jobs::kept::Kept;
use crate::jobs::song::{Heard, Source};
use crate::jobs::{Deeds, Ensemble, Listener, Song, SongListener, SongOrder, StemOrder};

/// Room for what is heard until who listens has read it: 12 s at 48 kHz, 3 at 192. Memory that is
/// never written costs nothing.
pub(super) const CAPTURE_FRAMES: usize = 12 * 48_000;

/// One instance's context.
pub struct Context {
    peak: Arc<Peak>,
    song: SongListener,
    /// What a project remembers has changed since the host was last told.
    changed: AtomicBool,
    /// What was heard when the host was last told.
    heard: Mutex<Option<Arc<Heard>>>,
    /// What a project remembers and this version can't read, as it came, until bars are taken.
    unreadable: Mutex<Option<Value>>,
    /// What else a later version remembers beside what was heard.
    later: Mutex<Map<String, Value>>,
}

/// What this version knows of it, and what it reads in tests only.
const KNOWN: [&str; 5] = ["listen", "bars", "heard", "take", "save"];

/// Where this variable is set, a state may give orders besides, which tests do in hosts without a window: no project
/// or preset can do that by itself.
const TESTED: &str = "CONSORT_TESTED";

const UNREADABLE: &str = "What this project remembers of the song can't be read by this version: it stays in the project until you take bars.";

impl Context {
    /// One that comes from `source`, and the audio thread's end; `news` is told of every change.
    /// Touches no file and starts nothing. Main thread.
    pub fn new(source: Source, news: Listener) -> (Arc<Self>, Ear) {
        let (writer, reader) = capture::channel(CAPTURE_FRAMES);
        let peak = Arc::new(Peak::default());
        let context = Self {
            peak: peak.clone(),
            song: SongListener::new(reader, source, news),
            changed: AtomicBool::new(false),
            heard: Mutex::default(),
            unreadable: Mutex::default(),
            later: Mutex::default(),
        };
        (Arc::new(context), Ear::new(peak, writer))
    }

    /// As [`SongListener::tell`].
    pub fn tell(&self, deeds: &Deeds) {
        self.song.tell(deeds);
    }

    /// The host is about to play. Main thread.
    pub fn activate(&self) {
        self.song.activate();
    }

    /// Highest sample since the look before. UI thread.
    pub fn take_peak(&self) -> f32 {
        self.peak.take()
    }

    /// How it stands with listening. Any thread but audio.
    pub fn song(&self) -> Song {
        self.song.song()
    }

    /// Gives who listens an order; what projects remember of it, the host is to be told. UI thread.
    pub fn order(&self, order: SongOrder) {
        if matches!(order, SongOrder::Listen(_) | SongOrder::Bars(_)) {
            self.changed.store(true, Relaxed);
        }
        self.song.order(order);
    }

    /// Gives the parts an order about what was taken and heard: a recording begins with the bars that were taken, if
    /// there are any. UI thread.
    pub fn order_part(&self, parts: &Ensemble, order: StemOrder) {
        let song = self.song();
        let order = match order {
            StemOrder::AddRecording { file, begins: None } => StemOrder::AddRecording {
                begins: taken_at(&song),
                file,
            },
            order => order,
        };
        parts.order(order, song.heard_in_it().cloned());
    }

    /// Whether the host should be told that the project changed; asks once. UI thread.
    pub fn take_changed(&self) -> bool {
        let song = self.song();
        let now = song.heard_in_it();
        let mut told = self.heard.lock();
        let same = now.map(Arc::as_ptr) == told.as_ref().map(Arc::as_ptr);
        // While something is being heard, what was heard before is remembered no more.
        told.clone_from(&now.cloned());
        self.changed.swap(false, Relaxed) || !same
    }

    /// What a project remembers was heard. Any thread but audio.
    fn recall(&self, heard: Heard) {
        let heard = Arc::new(heard);
        *self.heard.lock() = Some(heard.clone());
        *self.unreadable.lock() = None;
        self.song.recall(heard);
    }

    /// Keeps what a project remembers and can't be read.
    fn keep(&self, saved: Value) {
        *self.heard.lock() = None;
        *self.unreadable.lock() = Some(saved);
        self.song.forget(UNREADABLE);
    }

    /// What a project is to remember. Any thread but audio.
    fn saved(&self) -> Value {
        let song = self.song();
        let mut saved = write(&song);
        let mut unreadable = self.unreadable.lock();
        if song.taken.is_some() || song.hearing.is_some() {
            *unreadable = None;
        }
        match &*unreadable {
            Some(kept) if kept.is_object() => saved["heard"] = kept["heard"].clone(),
            Some(kept) => return kept.clone(),
            None => {}
        }
        if let Value::Object(fields) = &mut saved {
            fields.extend(self.later.lock().clone());
        }
        saved
    }
}

/// The listening as a field of the state. States without it leave that as it is: a preset is no reason
/// to stop.
pub(super) struct SavedSong(pub(super) Arc<Context>);

impl PersistentField<'_, Value> for SavedSong {
    fn set(&self, saved: Value) {
        for order in read(&saved) {
            self.0.song.order(order);
        }
        let mut later = saved.as_object().cloned().unwrap_or_default();
        later.retain(|name, _| !KNOWN.contains(&name.as_str()));
        *self.0.later.lock() = later;
        let came = saved.get("heard").filter(|heard| !heard.is_null());
        match came.map(Heard::deserialize) {
            Some(Ok(mut heard)) => {
                let known = serde_json::to_value(&heard).unwrap_or_default();
                heard.kept = came.and_then(|came| Kept::of(came, &known));
                self.0.recall(heard);
            }
            None if saved.is_object() || saved.is_null() => {}
            Some(Err(_)) | None => self.0.keep(saved),
        }
    }

    fn map<F: Fn(&Value) -> R, R>(&self, f: F) -> R {
        f(&self.0.saved())
    }
}

/// The saved form of how the song is listened to. Any thread but audio.
/// Where in the host's song the bars begin that were taken, quarter notes.
fn taken_at(song: &Song) -> Option<f64> {
    let taken = song.taken.as_ref();
    let begins = taken.and_then(|taken| taken.bars.first().and(taken.start.beats));
    begins.or_else(|| song.heard_in_it()?.begins)
}

fn write(song: &Song) -> Value {
    let mut saved = json!({ "listen": song.listens, "bars": song.bars });
    if let Some(heard) = song.heard_in_it() {
        let known = serde_json::to_value(heard.as_ref()).unwrap_or_default();
        saved["heard"] = match &heard.kept {
            Some(kept) => kept.with(known),
            None => known,
        };
    }
    saved
}

/// The orders that bring that back. Any thread but audio.
///
/// In a process that is being tested (see [`TESTED`]) also `"take": "last"` or `"next"`, which takes bars, and `"save": true`, which
/// saves what was taken before; neither is ever written.
fn read(saved: &Value) -> Vec<SongOrder> {
    let mut orders = Vec::new();
    let bars = saved.get("bars").and_then(Value::as_u64);
    if let Some(bars) = bars.and_then(|bars| u32::try_from(bars).ok()) {
        orders.push(SongOrder::Bars(bars));
    }
    if let Some(listen) = saved.get("listen").and_then(Value::as_bool) {
        orders.push(SongOrder::Listen(listen));
    }
    if std::env::var_os(TESTED).is_none() {
        return orders;
    }
    match saved.get("take").and_then(Value::as_str) {
        Some("last") => orders.push(SongOrder::TakeLast),
        Some("next") => orders.push(SongOrder::FromNextBar),
        _ => {}
    }
    if saved.get("save") == Some(&Value::Bool(true)) {
        orders.push(SongOrder::Save(music_folder().join("Captured songs")));
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listening_comes_back_and_what_is_foreign_changes_nothing() {
        let song = Song {
            listens: true,
            bars: 8,
            ..Song::default()
        };
        let orders = [SongOrder::Bars(8), SongOrder::Listen(true)];
        assert_eq!(read(&write(&song)), orders);
        for foreign in [
            Value::Null,
            json!(3),
            json!({ "bars": -1, "listen": "yes", "take": "last", "save": true }),
        ] {
            assert_eq!(read(&foreign), [], "{foreign}");
        }
    }

    #[test]
    fn the_host_is_told_of_what_projects_remember_once() {
        let (context, _ear) = Context::new(Source::Track, Box::new(|| ()));
        context.order(SongOrder::TakeLast);
        assert!(!context.take_changed());
        context.order(SongOrder::Bars(8));
        assert!(context.take_changed());
        assert!(!context.take_changed());
    }

    #[test]
    fn a_project_remembers_what_was_heard() {
        let mut heard = Heard::default();
        heard.title = "Bars 5–8, 4/4, 120 bpm".into();
        heard.begins = Some(16.0);
        heard.description.sentence = "120 bpm, A minor, calm.".into();
        heard.told.metre = "3/4".parse().ok();
        let (context, _ear) = Context::new(Source::Track, Box::new(|| ()));
        context.recall(heard.clone());
        assert!(!context.take_changed(), "it is the project's own");
        let saved = write(&context.song());
        let (other, _ear) = Context::new(Source::Track, Box::new(|| ()));
        SavedSong(other.clone()).set(saved);
        let song = other.song();
        let back = song.heard_in_it().expect("it was saved");
        assert_eq!((&back.title, back.begins), (&heard.title, heard.begins));
        assert_eq!(
            (&back.description, &back.told),
            (&heard.description, &heard.told)
        );
        assert!(!back.follows);
    }

    #[test]
    fn what_cannot_be_read_is_saved_as_it_came() {
        let (context, _ear) = Context::new(Source::Track, Box::new(|| ()));
        let field = SavedSong(context.clone());
        let saved = || field.map(Value::clone);
        context.recall(Heard::default());
        let of_later = json!({ "heard": { "told": 3 }, "listen": false, "bars": 8 });
        field.set(of_later.clone());
        assert_eq!(saved(), of_later);
        assert!(
            context.song().heard_in_it().is_none(),
            "it isn't the project's"
        );
        let said = context.song().said.unwrap();
        assert!(
            said.is_fault() && said.sentence().ends_with('.'),
            "{said:?}"
        );
        context.order(SongOrder::Bars(2));
        assert_eq!(saved()["heard"], of_later["heard"]);
        assert_eq!(saved()["bars"], 2, "what can be read goes on");
        for foreign in [json!("bars 1 to 4"), json!([1, 2]), json!(7)] {
            field.set(foreign.clone());
            assert_eq!(saved(), foreign);
        }
        context.recall(Heard::default());
        assert!(saved()["heard"]["told"].is_object());
    }
}
