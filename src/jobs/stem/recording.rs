//! A recording as a part: a sound file with its place in the song. Projects remember where it was and what is
//! in it; the file itself is kept beside the library, so that one that is moved or deleted is missed by nobody.

mod kept;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::kept::Source;
use crate::analysis::Sound;
use crate::analysis::sound_file::{self, Extent, ReadError};
use crate::engine::clip::Clip;
use crate::jobs::kept::Kept;

/// Longest recording, seconds.
pub const LONGEST: f64 = 600.0;
/// So many seconds more are read, to tell.
const MORE: f64 = 0.5;
/// Letters of its name that are shown in lists.
const NAME_LETTERS: usize = 20;

/// Says where the library is, which copies are kept beside. Any thread but audio.
pub type LibraryFolder = Arc<dyn Fn() -> PathBuf + Send + Sync>;

/// Why a recording isn't added, or isn't there. `Display` is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordingFault {
    /// The file isn't there, or gives no sound.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is longer than [`LONGEST`].
    #[error("“{0}” is longer than ten minutes: cut it shorter, and add it again.")]
    TooLong(String),
    /// Neither the file that a project names nor what was kept of it is there.
    #[error(
        "“{name}” isn't at {path} any more, nor is there a copy: bring it back and open the project again, or add another recording. All else plays."
    )]
    Gone {
        /// Its name.
        name: String,
        /// Where it was.
        path: String,
    },
}

/// What projects remember.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct File {
    /// Where it was chosen.
    path: PathBuf,
    /// SHA-256 of all its bytes, in hexadecimal digits.
    sha256: String,
    /// Quarter notes from the song's start to its first frame.
    begins: f64,
    /// Its length.
    seconds: f64,
}

/// Where it is in what projects remember of a part.
const CLIP: &str = "clip";

/// See the [module](self). Any thread but audio.
pub struct Recording {
    file: File,
    loaded: Mutex<Loaded>,
    /// What a project holds of it besides what this version knows.
    kept: Option<Arc<Kept>>,
}

#[derive(Default)]
enum Loaded {
    /// It has to be read.
    #[default]
    Not,
    /// Left and right at a rate.
    At(u32, Arc<[[f32; 2]]>),
    /// It can't be.
    Fault(RecordingFault),
}

/// A recording that was added, and what the user may want to know of it.
pub(super) struct Added {
    pub(super) recording: Recording,
    pub(super) notices: Vec<String>,
}

impl Recording {
    /// Reads a file for a host of `rate` frames a second, to begin at a quarter note, and keeps a copy of it.
    /// Takes some seconds for a long one.
    pub(super) fn add(
        path: &Path,
        begins: f64,
        rate: u32,
        folder: &Path,
    ) -> Result<Added, RecordingFault> {
        let (sound, extent) = sound_file::read(path, LONGEST + MORE)?;
        let name = name(path);
        let mut notices = Vec::new();
        match extent {
            _ if sound.seconds() > LONGEST => return Err(RecordingFault::TooLong(name)),
            Extent::Whole | Extent::Beginning => {}
            Extent::Damaged => notices.push(sound_file::damage(&name)),
        }
        let (sha256, not_kept) = kept::keep(path, folder)?;
        notices.extend(not_kept);
        let file = File {
            path: path.to_owned(),
            sha256,
            begins,
            seconds: sound.seconds(),
        };
        let loaded = Loaded::At(rate, frames(sound, rate));
        let recording = Self {
            file,
            loaded: Mutex::new(loaded),
            kept: None,
        };
        Ok(Added { recording, notices })
    }

    /// What a project holds of a part; nothing where that isn't a recording. Reads no file.
    pub(super) fn recalled(saved: &Value) -> Option<Self> {
        let file = File::deserialize(saved.get(CLIP)?).ok()?;
        let sane = file.begins.is_finite() && file.seconds.is_finite() && file.seconds > 0.0;
        let digits = file.sha256.bytes().all(|digit| digit.is_ascii_hexdigit());
        (sane && digits && file.sha256.len() == 64).then(|| Self {
            kept: Kept::of(saved, &json!({ CLIP: file })),
            loaded: Mutex::default(),
            file,
        })
    }

    /// What a project remembers of the part.
    pub(super) fn saved(&self) -> Value {
        let saved = json!({ CLIP: self.file });
        match &self.kept {
            Some(kept) => kept.with(saved),
            None => saved,
        }
    }

    /// The same at another place in the song.
    pub(super) fn at(&self, begins: f64) -> Self {
        let loaded = match &*self.loaded.lock() {
            Loaded::At(rate, frames) => Loaded::At(*rate, frames.clone()),
            Loaded::Not | Loaded::Fault(_) => Loaded::Not,
        };
        let file = self.file.clone();
        Self {
            file: File { begins, ..file },
            loaded: Mutex::new(loaded),
            kept: self.kept.clone(),
        }
    }

    /// Whether it is the same file at the same place.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.file == other.file
    }

    /// Its file's name.
    #[must_use]
    pub fn name(&self) -> String {
        name(&self.file.path)
    }

    /// The same in few letters, without its ending.
    #[must_use]
    pub fn short_name(&self) -> String {
        let stem = self.file.path.file_stem().unwrap_or_default();
        let stem = stem.to_string_lossy();
        let mut letters = stem.chars();
        let mut short: String = letters.by_ref().take(NAME_LETTERS).collect();
        if letters.next().is_some() {
            short.push('…');
        }
        short
    }

    /// Its length.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.file.seconds
    }

    /// Quarter notes from the song's start to its first frame.
    #[must_use]
    pub fn begins(&self) -> f64 {
        self.file.begins
    }

    /// Left and right at the host's rate, as soon as they are there.
    #[must_use]
    pub fn frames(&self) -> Option<Arc<[[f32; 2]]>> {
        match &*self.loaded.lock() {
            Loaded::At(_, frames) => Some(frames.clone()),
            Loaded::Not | Loaded::Fault(_) => None,
        }
    }

    /// Why it isn't heard, if it can't be read.
    #[must_use]
    pub fn fault(&self) -> Option<RecordingFault> {
        match &*self.loaded.lock() {
            Loaded::Fault(fault) => Some(fault.clone()),
            Loaded::Not | Loaded::At(..) => None,
        }
    }

    /// As it is played by a host of this rate, if it is there at that.
    pub(super) fn clip(&self, rate: u32) -> Option<Clip> {
        match &*self.loaded.lock() {
            Loaded::At(at, frames) if *at == rate => {
                Some(Clip::new(frames.clone(), rate, self.file.begins))
            }
            _ => None,
        }
    }

    /// Whether it has yet to be read for a host of this rate.
    pub(super) fn is_awaited(&self, rate: u32) -> bool {
        match &*self.loaded.lock() {
            Loaded::Not => true,
            Loaded::At(at, _) => *at != rate,
            Loaded::Fault(_) => false,
        }
    }

    /// Reads it for a host of this rate. Takes some seconds for a long one.
    pub(super) fn load(&self, rate: u32, folder: &Path) {
        let File { path, sha256, .. } = &self.file;
        let read = match kept::find(path, sha256, folder) {
            Some(Source::Copy(copy)) => sound_file::read(&copy, LONGEST + MORE).ok(),
            Some(Source::Original) => sound_file::read(path, LONGEST + MORE).ok(),
            None => None,
        };
        let loaded = match read {
            Some((sound, _)) => Loaded::At(rate, frames(sound, rate)),
            None => Loaded::Fault(RecordingFault::Gone {
                name: self.name(),
                path: path.display().to_string(),
            }),
        };
        *self.loaded.lock() = loaded;
    }

    /// Gives back the memory of its sound, up to 230 MB at 48 kHz: it isn't what is there any more.
    pub(super) fn unload(&self) {
        *self.loaded.lock() = Loaded::Not;
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(f)
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// Both sides at a rate; of one channel the same.
fn frames(sound: Sound, rate: u32) -> Arc<[[f32; 2]]> {
    let sound = match sound.rate() == rate {
        true => sound,
        false => sound.resampled(rate),
    };
    match sound.channels() {
        [left, right, ..] => left.iter().zip(right).map(|(l, r)| [*l, *r]).collect(),
        [one] => one.iter().map(|x| [*x; 2]).collect(),
        [] => Arc::default(),
    }
}

#[cfg(test)]
mod tests;
