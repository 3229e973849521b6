//! How sounds and instruments are heard, and become entries of the library.

use std::path::Path;

use crate::analysis::{Mel, Sound, sound_file};
use crate::instrument::{Family, Instrument, factory};
use crate::library::import::{Found, audible};
use crate::library::{Entry, Kind, Library, NewEntry, Place, reference};
use crate::models::runtime::{self, Runtime};
use crate::models::{Error, Impression, Models, Pack, SoundFile};

/// So much of a file is looked through for its loudest stretch, seconds.
const LONGEST_READ: f64 = 60.0;
/// The largest `.consort` file that is read.
const LARGEST: u64 = 64 << 20;
/// Letters of an encoder's hash that tell it from others.
const ENCODER: usize = 16;

/// Hears by the models of a pack. Thread: librarian, or a command line's main.
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
        let pack = Pack::open()?;
        let encoder = pack
            .model("sound_encoder")?
            .sha256
            .chars()
            .take(ENCODER)
            .collect();
        Ok(Self {
            models: Models::new(pack),
            encoder,
        })
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

    /// What an instrument is like: its [`reference`] note, or a kit's beats.
    ///
    /// # Errors
    /// One sentence.
    pub fn instrument(&mut self, instrument: &Instrument) -> Result<Impression, Error> {
        let heard = reference::sound(instrument, &runtime::exiting);
        self.hear(&heard.ok_or(Error::Cancelled)?)
    }

    fn file(&mut self, path: &Path) -> Result<Impression, Error> {
        let said = |fault: String| Error::Sound(fault);
        let audible = audible(path).map_err(said)?;
        let (sound, _) = sound_file::read(&audible.path, LONGEST_READ)
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
        let name = found
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let named = |fault: &dyn std::fmt::Display| Error::Sound(format!("“{name}”: {fault}"));
        let folder = found.path.parent().and_then(Path::file_name);
        let tags = folder.map(|folder| folder.to_string_lossy().into_owned());
        let tags = tags.into_iter().collect();
        if found.kind == Kind::Saved {
            let instrument = read(&found.path).map_err(|fault| named(&fault))?;
            let impression = self.instrument(&instrument)?;
            return Ok(NewEntry {
                stamp: found.stamp,
                ..self.entry(found.kind, &instrument, tags, found.place(), impression)
            });
        }
        let impression = self.file(&found.path)?;
        Ok(NewEntry {
            kind: found.kind,
            name: found.name.clone(),
            family: surest(&impression),
            tags,
            place: found.place(),
            stamp: found.stamp,
            bytes: None,
            encoder: self.encoder.clone(),
            timbre: impression.timbre,
            meaning: impression.meaning,
        })
    }

    /// An instrument of the factory library, as an entry.
    ///
    /// # Errors
    /// One sentence.
    pub fn factory(&mut self, entry: &factory::Entry) -> Result<NewEntry, Error> {
        let instrument = entry.instrument();
        let impression = self.instrument(&instrument)?;
        let place = Place::Factory(entry.name.clone());
        Ok(NewEntry {
            name: entry.name.clone(),
            family: entry.family,
            ..self.entry(
                Kind::Factory,
                &instrument,
                entry.tags.clone(),
                place,
                impression,
            )
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
        let words = instrument
            .recipe
            .prompt
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let tags = (!words.is_empty()).then_some(words).into_iter().collect();
        Ok(NewEntry {
            bytes: Some(bytes),
            ..self.entry(Kind::Generated, instrument, tags, place, impression)
        })
    }

    /// Hears an entry again, for its vectors are another encoder's.
    ///
    /// # Errors
    /// One sentence.
    pub fn again(&mut self, library: &Library, entry: &Entry) -> Result<NewEntry, Error> {
        let (impression, stamp) = match &entry.place {
            Place::Factory(name) => {
                let gone =
                    || Error::Sound(format!("“{name}” is no longer in the factory library."));
                return self.factory(factory::named(name).ok_or_else(gone)?);
            }
            Place::Inside(_) => {
                let bytes = library
                    .bytes(entry.id)
                    .map_err(|fault| Error::Sound(fault.to_string()))?;
                let instrument = Instrument::from_bytes(&bytes)
                    .map_err(|fault| Error::Sound(fault.to_string()))?;
                (self.instrument(&instrument)?, 0)
            }
            Place::File(path) if entry.kind == Kind::Saved => {
                let instrument = read(path).map_err(Error::Sound)?;
                (
                    self.instrument(&instrument)?,
                    crate::library::import::stamp(path),
                )
            }
            Place::File(path) => (self.file(path)?, crate::library::import::stamp(path)),
        };
        Ok(NewEntry {
            kind: entry.kind,
            name: entry.name.clone(),
            family: if entry.kind == Kind::Imported {
                surest(&impression)
            } else {
                entry.family
            },
            tags: entry.tags.clone(),
            place: entry.place.clone(),
            stamp,
            bytes: None,
            encoder: self.encoder.clone(),
            timbre: impression.timbre,
            meaning: impression.meaning,
        })
    }

    fn entry(
        &self,
        kind: Kind,
        instrument: &Instrument,
        tags: Vec<String>,
        place: Place,
        impression: Impression,
    ) -> NewEntry {
        let family = match &instrument.recipe.family {
            _ if instrument.kit().is_some() => Family::Drum,
            Some(family) => *family,
            None => surest(&impression),
        };
        NewEntry {
            kind,
            name: instrument.name.clone(),
            family,
            tags,
            place,
            stamp: 0,
            bytes: None,
            encoder: self.encoder.clone(),
            timbre: impression.timbre,
            meaning: impression.meaning,
        }
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

/// The instrument in a `.consort` file; otherwise a sentence. Any thread but audio.
pub(super) fn read(path: &Path) -> Result<Instrument, String> {
    let about = std::fs::metadata(path).map_err(|error| format!("it can't be read ({error})."))?;
    if about.len() > LARGEST {
        return Err("it is too large to be an instrument.".into());
    }
    let bytes = std::fs::read(path).map_err(|error| format!("it can't be read ({error})."))?;
    Instrument::from_bytes(&bytes).map_err(|error| error.to_string())
}
