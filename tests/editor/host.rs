//! Plays the plugin's part.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use consort::editor::{Controls, InstrumentFault, LibraryOrder, Other, StemControls, View};
use consort::instrument::Instrument;
use consort::jobs::librarian::Shelf;
use consort::jobs::{Request, Song, SongOrder, Status, Stem, StemOrder};
use consort::params::ConsortParams;
use nice_plug::params::internals::ParamPtr;

/// Shows what the test says, and writes down what the page asks for.
pub struct Host {
    pub params: ConsortParams,
    shown: Mutex<View>,
    asked: Mutex<Vec<Asked>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    Make(Request),
    Cancel,
    Undo,
    Redo,
    Dismiss,
    Key(u8, Option<f32>),
    Begin(ParamPtr),
    Set(ParamPtr, f32),
    End(ParamPtr),
    Prepare,
    Open(PathBuf),
    Save(PathBuf),
    Export(PathBuf),
    CancelExport,
    Capture,
    StopCapture,
    CancelCapture,
    Song(SongOrder),
    Stem(StemOrder),
    Factory(String),
    MorphWith(Other),
    Morph(f32),
    Library(LibraryOrder),
}

impl Host {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            params: ConsortParams::default(),
            shown: Mutex::new(View {
                status: Status::Idle,
                instrument: Some(Arc::new(Instrument::factory())),
                ready_keys: u128::MAX,
                held_keys: 0,
                voices: 0,
                peak: 0.0,
                sidechain_peak: 0.0,
                before: None,
                after: None,
                message: None,
                notice: None,
                capture: None,
                song: Song::default(),
                stem: Stem::default(),
                export: None,
                earlier: vec!["glass bells".into(), "warm cello".into()],
                morph_with: None,
                library: Shelf::default(),
                auditioned: None,
            }),
            asked: Mutex::default(),
        })
    }

    pub fn show(&self, change: impl FnOnce(&mut View)) {
        change(&mut self.shown.lock().unwrap());
    }

    pub fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn note(&self, asked: Asked) {
        self.asked.lock().unwrap().push(asked);
    }
}

impl Controls for Host {
    fn view(&self) -> View {
        self.shown.lock().unwrap().clone()
    }
    fn params(&self) -> &ConsortParams {
        &self.params
    }
    fn make(&self, request: Request) {
        self.note(Asked::Make(request));
    }
    fn cancel(&self) {
        self.note(Asked::Cancel);
    }
    fn dismiss(&self) {
        self.note(Asked::Dismiss);
    }
    fn key(&self, key: u8, velocity: Option<f32>) {
        self.note(Asked::Key(key, velocity));
    }
    fn prepare(&self) {
        self.note(Asked::Prepare);
    }
    fn library(&self, order: LibraryOrder) {
        self.note(Asked::Library(order));
    }
    fn open(&self, file: &Path) -> Result<(), InstrumentFault> {
        self.note(Asked::Open(file.to_owned()));
        Err(consort::instrument::FileError::NotConsort.into())
    }
    fn save(&self, folder: &Path) -> Result<PathBuf, InstrumentFault> {
        self.note(Asked::Save(folder.to_owned()));
        Ok(folder.join("factory.consort"))
    }
    fn export(&self, folder: &Path) {
        self.note(Asked::Export(folder.to_owned()));
    }
    fn capture(&self) {
        self.note(Asked::Capture);
    }
    fn stop_capture(&self) {
        self.note(Asked::StopCapture);
    }
    fn cancel_capture(&self) {
        self.note(Asked::CancelCapture);
    }
    fn song(&self, order: SongOrder) {
        self.note(Asked::Song(order));
    }
    fn play_factory(&self, name: &str) -> Result<(), InstrumentFault> {
        self.note(Asked::Factory(name.into()));
        Ok(())
    }
    fn morph_with(&self, other: &Other) -> Result<(), InstrumentFault> {
        self.note(Asked::MorphWith(other.clone()));
        Ok(())
    }
    fn morph(&self, share: f32) -> Result<(), InstrumentFault> {
        self.note(Asked::Morph(share));
        Ok(())
    }
    fn cancel_export(&self) {
        self.note(Asked::CancelExport);
    }
}

impl StemControls for Host {
    fn stem(&self, order: StemOrder) {
        self.note(Asked::Stem(order));
    }
    fn undo(&self) {
        self.note(Asked::Undo);
    }
    fn redo(&self) {
        self.note(Asked::Redo);
    }
    fn begin_edit(&self, param: ParamPtr) {
        self.note(Asked::Begin(param));
    }
    fn edit(&self, param: ParamPtr, normalized: f32) {
        self.note(Asked::Set(param, normalized));
    }
    fn end_edit(&self, param: ParamPtr) {
        self.note(Asked::End(param));
    }
}
