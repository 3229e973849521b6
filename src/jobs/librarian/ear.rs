//! How sounds and instruments are heard, and become entries of the library.

use std::path::Path;

use crate::analysis::{Mel, Sound, sound_file};
use crate::instrument::{Family, FileError, Instrument, factory, open};
use crate::library::import::{self, Found, audible};
use crate::library::{Entry, Kind, Library, NewEntry, Place, reference};
use crate::models::runtime::{self, Runtime};
use crate::models::{Error, Impression, Models, SoundFile};

/// So much of a file is looked through for its loudest stretch, seconds.
pub const LONGEST_READ: f64 = 60.0;
/// The largest `.consort` file that is read.
const LARGEST: u64 = 64 << 20;
/// Letters of an encoder's hash that tell it from others.
const ENCODER: usize = 16;

/// Hears by the models of a pack; to be opened anew for each piece of work. Thread: librarian, or a command line's main.
pub struct Ear {
    models: Models,
    encoder: String,
}

impl Ear {
    /// By the pack in use. Loads nothing yet.
    ///
    /// # Errors
    /// [`Error::Pack`]: it is missing, damaged, or has no sound encoder.
    pub fn open() -> Result<Self, Error> {
        let models = Models::of("sound_encoder")?;
        let encoder = models
            .pack()
            .model("sound_encoder")?
            .sha256
            .chars()
            .take(ENCODER)
            .collect();
        Ok(Self { models, encoder })
    }

    /// Names the model that hears: vectors of different ones can't be compared.
    #[must_use]
    pub fn encoder(&self) -> &str {
        &self.encoder
    }

    /// The vector of a description, in the space of [`Impression::meaning`].
    ///
    /// # Errors
    /// [`Error::Prompt`]: the model knows none of the words. Or another.
    pub fn describe(&mut self, words: &str) -> Result<Vec<f32>, Error> {
        Runtime::get()?;
        self.models.describe(words)
    }

    /// What a sound file, or what was captured, is like: the loudest ten seconds of its first minute.
    ///
    /// # Errors
    /// One sentence.
    pub fn sound(&mut self, file: &SoundFile) -> Result<Impression, Error> {
        match &file.sound {
            Some(sound) => self.listen(sound),
            None => self.file(&file.path),
        }
    }

    /// What an instrument is like: the mean of its [`mod@reference`] notes, or a kit's beats.
    ///
    /// # Errors
    /// One sentence.
    pub fn instrument(&mut self, instrument: &Instrument) -> Result<Impression, Error> {
        let sounds = reference::sounds(instrument, &runtime::exiting).ok_or(Error::Cancelled)?;
        let (mut heard, mut fault) = (Vec::new(), Error::Cancelled);
        for sound in &sounds {
            match self.hear(sound) {
                Ok(impression) => heard.push(impression),
                // A key may be silent where others sound.
                Err(error) => fault = error,
            }
        }
        Impression::mean(&heard).ok_or(fault)
    }

    fn file(&mut self, path: &Path) -> Result<Impression, Error> {
        let audible = audible(path).map_err(|fault| Error::Sound(fault.to_string()))?;
        let (sound, _) = sound_file::read_sounding(&audible.path, LONGEST_READ)
            .map_err(|fault| Error::Sound(fault.to_string()))?;
        self.listen(&sound)
    }

    fn listen(&mut self, sound: &Sound) -> Result<Impression, Error> {
        let mono = sound.for_analysis();
        self.hear(reference::loudest(&mono))
    }

    fn hear(&mut self, sound: &[f32]) -> Result<Impression, Error> {
        let mel = Mel::of(sound);
        let mel = mel.ok_or_else(|| {
            Error::Sound("It is silent; choose a sound that can be heard.".into())
        })?;
        Runtime::get()?;
        self.models.hear(&mel)
    }

    /// An instrument in a file, as an entry.
    ///
    /// # Errors
    /// One sentence that names the file.
    pub fn found(&mut self, found: &Found) -> Result<NewEntry, Error> {
        let folder = found.path.parent().and_then(Path::file_name);
        let tags = folder.map(|folder| folder.to_string_lossy().into_owned());
        let (impression, instrument) = self.in_file(&found.path, found.kind)?;
        let name = instrument
            .as_ref()
            .map_or(&found.name, |instrument| &instrument.name);
        Ok(NewEntry {
            kind: found.kind,
            name: name.clone(),
            family: family(instrument.as_ref(), &impression),
            tags: tags.into_iter().collect(),
            stamp: found.stamp,
            ..self.entry(found.place(), impression)
        })
    }

    /// An instrument of the factory library, as an entry.
    ///
    /// # Errors
    /// One sentence.
    pub fn factory(&mut self, entry: &factory::Entry) -> Result<NewEntry, Error> {
        let impression = self.instrument(&entry.instrument())?;
        Ok(NewEntry {
            kind: Kind::Factory,
            name: entry.name.clone(),
            family: entry.family,
            tags: entry.tags.clone(),
            ..self.entry(Place::Factory(entry.name.clone()), impression)
        })
    }

    /// An instrument that was made, as an entry that holds it.
    ///
    /// # Errors
    /// One sentence.
    pub fn generated(&mut self, instrument: &Instrument) -> Result<NewEntry, Error> {
        let impression = self.instrument(instrument)?;
        let bytes = instrument.to_bytes();
        let place = Place::inside(&bytes);
        let prompt = instrument.recipe.prompt.trim().to_owned();
        Ok(NewEntry {
            kind: Kind::Generated,
            name: instrument.name.clone(),
            family: family(Some(instrument), &impression),
            tags: (!prompt.is_empty()).then_some(prompt).into_iter().collect(),
            bytes: Some(bytes),
            ..self.entry(place, impression)
        })
    }

    /// Hears an entry again, for its vectors are another encoder's.
    ///
    /// # Errors
    /// One sentence.
    pub fn again(&mut self, library: &Library, entry: &Entry) -> Result<NewEntry, Error> {
        let mut stamp = 0;
        let impression = match &entry.place {
            Place::Factory(name) => {
                let gone =
                    || Error::Sound(format!("“{name}” is no longer in the factory library."));
                self.instrument(&factory::named(name).ok_or_else(gone)?.instrument())?
            }
            Place::Inside(_) => {
                let bytes = library
                    .bytes(entry.id)
                    .map_err(|fault| Error::Sound(fault.to_string()))?;
                let instrument = Instrument::from_bytes(&bytes);
                self.instrument(&instrument.map_err(|fault| Error::Sound(fault.to_string()))?)?
            }
            Place::File(path) => {
                stamp = import::stamp(path);
                self.in_file(path, entry.kind)?.0
            }
        };
        Ok(NewEntry {
            kind: entry.kind,
            name: entry.name.clone(),
            family: entry.family,
            tags: entry.tags.clone(),
            stamp,
            ..self.entry(entry.place.clone(), impression)
        })
    }

    /// What is in a file, and the instrument if it is a saved one.
    fn in_file(
        &mut self,
        path: &Path,
        kind: Kind,
    ) -> Result<(Impression, Option<Instrument>), Error> {
        if kind != Kind::Saved {
            return Ok((self.file(path)?, None));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let instrument = read(path).map_err(|fault| Error::Sound(format!("“{name}”: {fault}")))?;
        Ok((self.instrument(&instrument)?, Some(instrument)))
    }

    /// An entry that says only where it is and what it sounds like.
    fn entry(&self, place: Place, impression: Impression) -> NewEntry {
        NewEntry {
            kind: Kind::Imported,
            name: String::new(),
            family: surest(&impression),
            tags: Vec::new(),
            place,
            stamp: 0,
            bytes: None,
            encoder: self.encoder.clone(),
            timbre: impression.timbre,
            meaning: impression.meaning,
        }
    }
}

/// Where people look for it: what an instrument says itself, else what is heard.
fn family(instrument: Option<&Instrument>, impression: &Impression) -> Family {
    match instrument {
        Some(instrument) if instrument.kit().is_some() => Family::Drum,
        Some(instrument) => instrument
            .recipe
            .family
            .unwrap_or_else(|| surest(impression)),
        None => surest(impression),
    }
}

/// The family that is heard most surely.
fn surest(impression: &Impression) -> Family {
    let sure = |family: &Family| impression.families[family.index()];
    let surest = Family::ALL
        .into_iter()
        .max_by(|a, b| sure(a).total_cmp(&sure(b)));
    surest.unwrap_or(Family::Effect)
}

/// Why a `.consort` file holds no instrument. `Display` is one sentence, after the file's name.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoInstrument {
    /// No instrument is that large.
    #[error("it is too large to be an instrument.")]
    TooLarge,
    /// The disk says so.
    #[error("it can't be read ({0}).")]
    Unreadable(String),
    /// What is in it is none.
    #[error("{0}")]
    Content(#[from] FileError),
}

/// The instrument in a `.consort` file. Any thread but audio.
pub(super) fn read(path: &Path) -> Result<Instrument, NoInstrument> {
    let bytes = open::read(path, LARGEST).map_err(|error| match error.kind() {
        std::io::ErrorKind::FileTooLarge => NoInstrument::TooLarge,
        _ => NoInstrument::Unreadable(error.to_string()),
    })?;
    Ok(Instrument::from_bytes(&bytes)?)
}
