//! One plugin instance as its threads share it, the audio thread excepted: the generator's client,
//! the instruments so far, and what is saved.

mod choosing;
#[cfg(test)]
mod fixture;
mod library;
mod saving;
mod undoing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::Value;

use self::choosing::Pair;
use self::library::Audition;
pub use self::undoing::Restore;
use super::context::Context;
use super::history::History;
use super::keys::KeyPress;
use super::state;
use super::undo::UndoLine;
use crate::editor::{InstrumentFault, View};
use crate::engine::Telemetry;
use crate::instrument::{Instrument, Macros, export};
use crate::jobs::{
    Client, Ensemble, JobId, Librarian, Preload, Recorder, Request, Snapshot, Source, Status,
    StemOrder,
};
use crate::params::ConsortParams;

/// What comes in besides notes: the sidechain.
pub struct Inputs {
    /// Takes single sounds from it.
    pub recorder: Recorder,
    /// The song on it.
    pub context: Arc<Context>,
    /// The part that goes with that.
    pub stem: Arc<Ensemble>,
    /// What the user has done, there and here.
    pub undo: Arc<UndoLine>,
}

/// Shared by the host's main thread and the UI thread; nothing in it is for the audio thread.
pub struct Session {
    params: Arc<ConsortParams>,
    client: Client,
    telemetry: Arc<Telemetry>,
    inputs: Inputs,
    keys: Mutex<rtrb::Producer<KeyPress>>,
    librarian: Librarian,
    desk: Mutex<Desk>,
    /// The host said at activation that it renders offline.
    offline: AtomicBool,
}

/// Longest that activating, or loading a field, waits when the host renders offline, on its main thread:
/// all keys of an instrument take a second or so, and nobody else's turn comes before.
pub const OFFLINE_PATIENCE: Duration = Duration::from_secs(2);

/// What changes.
#[derive(Default)]
struct Desk {
    history: History,
    /// The line of undo that the history is a part of.
    line: Arc<UndoLine>,
    /// What the user asked to be made, while it is made.
    request: Option<Asked>,
    /// A saved request that failed, with its reason, or that can't be read, as it came.
    refused: Option<Value>,
    /// A saved instrument that can't be read, as it came.
    unreadable: Option<Value>,
    message: Option<String>,
    /// What is morphed with what.
    pair: Option<Pair>,
    /// The entry of the library that was asked for last, and its instrument once that plays.
    audition: Option<Audition>,
    /// Macros that the host's parameters have yet to take.
    macros: Option<Macros>,
    /// The generator's last job that the history has: a make, or the playing of what was chosen.
    taken: Option<JobId>,
    /// The last instrument saved, with which macros, and its saved form: hosts save often.
    encoded: Option<(Arc<Instrument>, Macros, Value)>,
    /// Whether the host has said at which sample rate to play.
    active: bool,
    /// Whether the instrument has changed since the host was last told.
    changed: bool,
}

/// What is being made.
struct Asked {
    request: Request,
    job: JobId,
    /// As projects hold it.
    saved: Value,
}

impl Session {
    /// An instance that has made no sound yet. Touches no file and starts nothing. Main thread.
    pub fn new(
        params: Arc<ConsortParams>,
        client: Client,
        telemetry: Arc<Telemetry>,
        inputs: Inputs,
        keys: rtrb::Producer<KeyPress>,
        librarian: Librarian,
    ) -> Self {
        let watched = params.clone();
        client.watch_macros(Box::new(move || watched.macros()));
        Self {
            params,
            client,
            telemetry,
            desk: Mutex::new(Desk {
                line: inputs.undo.clone(),
                ..Desk::default()
            }),
            inputs,
            keys: Mutex::new(keys),
            librarian,
            offline: AtomicBool::new(false),
        }
    }

    /// The host's parameters. Any thread.
    pub fn params(&self) -> &Arc<ConsortParams> {
        &self.params
    }

    /// What captures sounds from the sidechain. Any thread but audio.
    pub fn recorder(&self) -> &Recorder {
        &self.inputs.recorder
    }

    /// The song on the sidechain. Any thread but audio.
    pub fn context(&self) -> &Arc<Context> {
        &self.inputs.context
    }

    /// The part that goes with it. Any thread but audio.
    pub fn stem(&self) -> &Arc<Ensemble> {
        &self.inputs.stem
    }

    /// Gives the part an order. UI thread.
    pub fn stem_order(&self, order: StemOrder) {
        self.inputs.context.order_part(&self.inputs.stem, order);
    }

    /// The host is about to play at a sample rate (Hz): from now on there is sound. What is loaded later
    /// is waited for if it says that it renders offline. Waits for nothing itself. Main thread.
    pub fn activate(&self, sample_rate: f32, offline: bool) {
        let mut desk = self.desk.lock();
        self.offline.store(offline, Ordering::Relaxed);
        self.client.set_sample_rate(sample_rate);
        self.inputs.recorder.set_sample_rate(sample_rate);
        self.inputs.context.activate();
        self.inputs.stem.activate(sample_rate, offline);
        if desk.history.current().is_none() {
            desk.push(Arc::new(Instrument::factory()), self.params.macros());
        }
        if !std::mem::replace(&mut desk.active, true) {
            self.notice(&mut desk);
            self.play_current(&mut desk);
            // What a project asks for gave way to what plays meanwhile.
            if let Some(Asked { request, saved, .. }) = desk.request.take() {
                desk.request = Some(self.ask(request, saved));
            }
        }
    }

    /// Waits until the engine has the instrument, but no longer than until `end`; `take_in` has it read its
    /// mailbox. Main thread.
    pub fn wait_until_taken(&self, end: Instant, take_in: &mut dyn FnMut()) -> bool {
        self.client.wait_until_taken(end, take_in)
    }

    /// Waits for the keys of what was loaded, if the host renders offline: a bounce that begins as soon
    /// as a project is loaded must not miss its first notes.
    fn wait_offline(&self) {
        if self.offline.load(Ordering::Relaxed) {
            self.client.wait_until_rendered(OFFLINE_PATIENCE);
        }
    }

    /// Takes up what the librarian has brought and the generator has made. UI thread, once a frame.
    pub fn poll(&self) {
        let mut desk = self.desk.lock();
        self.take_fetched(&mut desk);
        self.notice(&mut desk);
    }

    /// How things are, for the page. UI thread, once a frame, after [`Self::poll`].
    pub fn view(&self) -> View {
        let desk = self.desk.lock();
        let snapshot = self.client.snapshot();
        let stem = self.inputs.stem.stem();
        let name = |instrument: &Arc<Instrument>| instrument.name.clone();
        View {
            status: snapshot.status,
            instrument: desk.history.current().cloned(),
            ready_keys: snapshot.ready_keys,
            held_keys: self.telemetry.held_keys(),
            voices: self.telemetry.voices(),
            peak: self.telemetry.take_peak(),
            sidechain_peak: self.inputs.context.take_peak(),
            before: self.next(&desk, &stem, true),
            after: self.next(&desk, &stem, false),
            message: desk.message.clone(),
            notice: snapshot.notice.or(match snapshot.preload {
                Preload::Failed(sentence) => Some(sentence),
                _ => None,
            }),
            capture: self.inputs.recorder.capture(),
            song: self.inputs.context.song(),
            stem,
            export: snapshot.export,
            earlier: desk.history.iter().rev().map(name).collect(),
            morph_with: desk.morph_shown(),
            library: self.librarian.shelf(),
            auditioned: desk.auditioned(),
        }
    }

    /// Loads the models, if they aren't, for a make that comes soon. UI thread.
    pub fn prepare(&self) {
        self.client.preload();
    }

    /// A parameter is being turned: if it is a macro, it will be heard soon. UI thread.
    pub fn macros_turn(&self) {
        self.client.macros_turn();
    }

    /// Renders with the macros' new values now; without this it happens a moment later. UI thread.
    pub fn macros_moved(&self) {
        self.client.look_at_macros();
    }

    /// Whether the host should be told that the project changed; asks once. UI thread.
    pub fn take_changed(&self) -> bool {
        let listens = self.inputs.context.take_changed() | self.inputs.stem.take_changed();
        std::mem::take(&mut self.desk.lock().changed) || listens
    }

    /// Makes an instrument, or plays it again if it has been made already. UI thread.
    pub fn make(&self, request: Request) {
        let saved = state::write_request(&request, None);
        self.make_as(request, saved);
    }

    /// The same of what projects hold as `saved`.
    fn make_as(&self, request: Request, saved: Value) {
        let mut desk = self.desk.lock();
        self.settle(&mut desk);
        desk.message = None;
        desk.forget_request();
        // What comes now is no entry of the library.
        desk.audition = None;
        let made = desk.history.find(|known| {
            let recipe = &known.recipe;
            request.source == Source::Words
                && request.kit.is_none()
                && known.kit().is_none()
                && recipe.is_of_words()
                && recipe.prompt == request.prompt
                && recipe.seed == request.seed
                && recipe.family == request.family
                && recipe.pack.is_some()
        });
        match made.cloned() {
            Some(made) => self.choose(&mut desk, made),
            None => desk.request = Some(self.ask(request, saved)),
        }
    }

    fn ask(&self, request: Request, saved: Value) -> Asked {
        let job = self.client.make(request.clone());
        Asked {
            request,
            job,
            saved,
        }
    }

    /// Stops what is being made. UI thread.
    pub fn cancel(&self) {
        self.client.cancel();
    }

    /// Takes the message away. UI thread.
    pub fn dismiss(&self) {
        let mut desk = self.desk.lock();
        self.notice(&mut desk);
        desk.message = None;
        if matches!(self.client.snapshot().status, Status::Failed(_)) {
            desk.request = None;
        }
        // What can't be read stays: nobody has seen what it is.
        let failed = desk
            .refused
            .take_if(|saved| state::failure(saved).is_some());
        desk.changed |= failed.is_some();
    }

    /// Presses a key, or lets it go; full rings drop the press, never the host. UI thread.
    pub fn key(&self, key: u8, velocity: Option<f32>) {
        let _ = self.keys.lock().push(KeyPress { key, velocity });
    }

    /// Opens a `.consort` file and returns its macros, for the host's parameters. UI thread.
    pub fn open(&self, file: &Path) -> Result<Macros, InstrumentFault> {
        let instrument = read_file(file)?;
        let macros = instrument.macros;
        self.adopt(Arc::new(instrument));
        Ok(macros)
    }

    /// Saves the instrument as a new `.consort` file in a folder, adds it to the library, and returns
    /// its path. UI thread.
    pub fn save(&self, folder: &Path) -> Result<PathBuf, InstrumentFault> {
        let instrument = self.current().ok_or(InstrumentFault::NoInstrument)?;
        let file = export::consort(&instrument, folder)?;
        self.librarian.add(vec![file.clone()]);
        Ok(file)
    }

    /// Begins to export the instrument to a folder. UI thread.
    pub fn export(&self, folder: &Path) {
        if let Some(instrument) = self.current() {
            self.client.export(Arc::new(instrument), folder.to_owned());
        }
    }

    /// Stops the export. UI thread.
    pub fn cancel_export(&self) {
        self.client.cancel_export();
    }

    /// The instrument that plays, as it sounds.
    fn current(&self) -> Option<Instrument> {
        let mut desk = self.desk.lock();
        self.settle(&mut desk);
        Some(self.as_heard(desk.history.current()?))
    }

    /// Plays an instrument that the user chose, from now on.
    fn adopt(&self, instrument: Arc<Instrument>) {
        let mut desk = self.desk.lock();
        self.settle(&mut desk);
        self.choose(&mut desk, instrument);
    }

    fn choose(&self, desk: &mut Desk, instrument: Arc<Instrument>) {
        let current = desk.history.current();
        if current.is_some_and(|current| Arc::ptr_eq(current, &instrument)) {
            return;
        }
        desk.push(instrument, self.params.macros());
        desk.unreadable = None;
        desk.forget_request();
        desk.message = None;
        desk.changed = true;
        self.play_current(desk);
    }

    fn play_current(&self, desk: &mut Desk) {
        if let Some(instrument) = desk.history.current().filter(|_| desk.active) {
            desk.taken = Some(self.client.play(Arc::new(self.as_heard(instrument))));
        }
    }

    /// The instrument with the macros as the host's parameters have them.
    fn as_heard(&self, instrument: &Instrument) -> Instrument {
        Instrument {
            macros: self.params.macros(),
            ..instrument.clone()
        }
    }

    /// Takes up what the generator has made since the last look, unless something else was chosen
    /// after it was asked for.
    fn notice(&self, desk: &mut Desk) -> Snapshot {
        let macros = self.params.macros();
        let snapshot = self.client.snapshot();
        desk.take_refusal(&snapshot);
        if let Some(playing) = &snapshot.instrument
            && playing.recipe.morphed_with.is_some()
        {
            desk.take_up_morph(playing, macros);
        }
        if let Some((job, made)) = &snapshot.made
            && desk.taken < Some(*job)
        {
            desk.taken = Some(*job);
            if !desk.history.contains(made) {
                if !desk.take_up_audition(made, macros) {
                    self.librarian.keep(made.clone());
                    desk.push(made.clone(), macros);
                }
                desk.unreadable = None;
                desk.changed = true;
            }
            // What was asked for after it is still to come.
            let later = desk.request.as_ref().is_some_and(|asked| asked.job > *job);
            if !later {
                desk.forget_request();
            }
        }
        snapshot
    }
}

fn read_file(file: &Path) -> Result<Instrument, InstrumentFault> {
    let bytes = std::fs::read(file).map_err(|error| InstrumentFault::Unreadable {
        file: file.display().to_string(),
        reason: error.to_string(),
    })?;
    Ok(Instrument::from_bytes(&bytes)?)
}
