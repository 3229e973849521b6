//! What the page shows and what it can ask for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::page::stem::StemControls;
use crate::instrument::export::ExportError;
use crate::instrument::morph::MorphError;
use crate::instrument::{FileError, Instrument};
use crate::jobs::librarian::{Shelf, Wish};
use crate::jobs::{Capture, Export, Request, Song, SongOrder, Status, Stem};
use crate::library::EntryId;
use crate::params::ConsortParams;

/// A moment of the plugin instance, as the page shows it.
#[derive(Clone)]
pub struct View {
    /// What the generator is doing.
    pub status: Status,
    /// The instrument that plays.
    pub instrument: Option<Arc<Instrument>>,
    /// Keys whose sound exists: bit *k* is MIDI key *k*.
    pub ready_keys: u128,
    /// Keys that are down, likewise.
    pub held_keys: u128,
    /// Voices that sound.
    pub voices: u32,
    /// Highest output sample since the view before (linear).
    pub peak: f32,
    /// Highest sidechain sample since the view before (linear).
    pub sidechain_peak: f32,
    /// What undo changes or returns to, in words; nothing to undo otherwise.
    pub before: Option<String>,
    /// The same of redo.
    pub after: Option<String>,
    /// What went wrong last, in a sentence.
    pub message: Option<String>,
    /// What the user may want to know besides, in a sentence.
    pub notice: Option<String>,
    /// The capture of a sound that goes on, or what became of the last one.
    pub capture: Option<Capture>,
    /// How it stands with listening to the song.
    pub song: Song,
    /// How it stands with the stem.
    pub stem: Stem,
    /// The export that is being written, or what became of the last one.
    pub export: Option<Export>,
    /// Names of the instruments that are remembered, the latest first.
    pub earlier: Vec<String>,
    /// Name of the instrument that was chosen to morph with, and how far (0..=1) the way there has
    /// gone or is about to go.
    pub morph_with: Option<(String, f32)>,
    /// The library.
    pub library: Shelf,
    /// The entry of the library that plays.
    pub auditioned: Option<EntryId>,
}

/// An instrument to morph with.
#[derive(Clone, Debug, PartialEq)]
pub enum Other {
    /// By its index in [`View::earlier`].
    Earlier(usize),
    /// One of the factory library, by name.
    Factory(String),
    /// A `.consort` file.
    File(PathBuf),
}

/// Why an instrument isn't played, morphed, opened or saved. `Display` is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum InstrumentFault {
    /// The factory library has none of this name.
    #[error("There is no factory instrument \"{0}\"; choose another.")]
    NotInFactory(String),
    /// So many instruments have come since that it is forgotten.
    #[error("This instrument is no longer remembered; choose another.")]
    Forgotten,
    /// None plays yet.
    #[error("There is no instrument yet; make or open one first.")]
    NoInstrument,
    /// Nothing was chosen to morph with.
    #[error("Choose an instrument to morph with first.")]
    NoOther,
    /// These two have nothing between them.
    #[error(transparent)]
    Unlike(#[from] MorphError),
    /// The file isn't there, or can't be read.
    #[error("Could not read {file} ({reason}); check that it is there and that you may open it.")]
    Unreadable {
        /// Its path.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// The file is no instrument.
    #[error(transparent)]
    File(#[from] FileError),
    /// It can't be written.
    #[error(transparent)]
    NotSaved(#[from] ExportError),
}

/// What can be asked of the library.
#[derive(Clone, Debug, PartialEq)]
pub enum LibraryOrder {
    /// Show what fits.
    Ask(Wish),
    /// Add files and folders.
    Add(Vec<PathBuf>),
    /// Stop adding.
    CancelAdding,
    /// Play an entry for a while: all that are heard so, one after the other, are one step of undo.
    Audition(EntryId),
    /// Play an entry from now on.
    Load(EntryId),
    /// Mark it, or take the mark away.
    Favourite(EntryId, bool),
    /// Give it other tags.
    Tags(EntryId, Vec<String>),
    /// Take it out of the library; its file stays.
    Remove(EntryId),
    /// Take the last change of the library back.
    Undo,
    /// Take the sentence that says what went wrong away.
    Dismiss,
}

/// What the page can do. All methods are for the UI thread and return at once.
pub trait Controls: StemControls {
    /// How things are now. Call once a frame.
    fn view(&self) -> View;
    /// The host's parameters.
    fn params(&self) -> &ConsortParams;

    /// Makes an instrument, or returns to it where it has been made already.
    fn make(&self, request: Request);
    /// Stops what is being made; what plays goes on.
    fn cancel(&self);
    /// Takes the message away.
    fn dismiss(&self);

    /// Presses a MIDI key (velocity 0 to 1) or, with `None`, lets it go.
    fn key(&self, key: u8, velocity: Option<f32>);

    /// The user is about to ask for an instrument: loads the models, if they aren't.
    fn prepare(&self);

    /// Waits for a sound on the sidechain, and takes it until it ends.
    fn capture(&self);
    /// Ends that sound here.
    fn stop_capture(&self);
    /// Ends and forgets it.
    fn cancel_capture(&self);

    /// Listens to the song on the sidechain, and takes bars of it; [`View::song`] shows what comes of
    /// it.
    fn song(&self, order: SongOrder);

    /// Plays an instrument of the factory library, by name; otherwise a sentence that says why not.
    fn play_factory(&self, name: &str) -> Result<(), InstrumentFault>;
    /// Chooses what to morph with; otherwise a sentence that says why not.
    fn morph_with(&self, other: &Other) -> Result<(), InstrumentFault>;
    /// Plays what lies this share (0 to 1) of the way to it; otherwise a sentence.
    fn morph(&self, share: f32) -> Result<(), InstrumentFault>;

    /// Gives the library an order; [`View::library`] shows what comes of it.
    fn library(&self, order: LibraryOrder);

    /// Opens a `.consort` file; otherwise a sentence that says why not.
    fn open(&self, file: &Path) -> Result<(), InstrumentFault>;
    /// Saves the instrument as a new `.consort` file in a folder and returns its path; otherwise a
    /// sentence that says why not.
    fn save(&self, folder: &Path) -> Result<PathBuf, InstrumentFault>;
    /// Begins to write the instrument as SFZ and WAV to a new folder in this one.
    fn export(&self, folder: &Path);
    /// Stops that and leaves nothing of it.
    fn cancel_export(&self);
}
