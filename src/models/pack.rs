//! A model pack: a folder (or the one built in) with a `manifest.json`, the models' ONNX files and
//! the tokenizer. Every file is checked against the manifest before it is used, and the manifest
//! against what this version of Consort can drive.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Error;
use crate::instrument::{Family, PackVersion};

/// The environment variable that names the folder of another pack.
pub const FOLDER_VARIABLE: &str = "CONSORT_MODELS";

/// The manifest format this version of Consort reads.
pub const FORMAT: u32 = 1;

/// Width of a text vector.
pub const TEXT_WIDTH: usize = 256;

/// Name and bytes of each file of the built-in pack; empty when it wasn't there at build time.
const BUILT_IN: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/pack_files.rs"));

/// `manifest.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    /// Version of this structure; see [`FORMAT`].
    pub format: u32,
    /// Name of the pack.
    pub name: String,
    /// Version of the pack.
    pub version: String,
    /// Licence of the weights.
    pub licence: String,
    /// Numbers in the code of one note.
    pub code_width: usize,
    /// The families, in the order of the models' one-hot inputs.
    pub families: Vec<String>,
    /// Settings of the sampler that draws first anchors.
    pub flow: Flow,
    /// Settings of the sampler that draws drum kits; a pack may have none.
    #[serde(default)]
    pub drums: Option<Drums>,
    /// When a drum counts as heard; packs without that model don't say.
    #[serde(default)]
    pub drum_hearing: Option<DrumHearing>,
    /// What the tags of songs mean.
    #[serde(default)]
    pub song_tags: Option<SongTags>,
    /// The models.
    pub models: Vec<ModelEntry>,
    /// The tokenizer.
    pub tokenizer: TokenizerEntry,
}

/// What the tags of songs mean, in the order of the model's outputs.
#[derive(Clone, Debug, Deserialize)]
pub struct SongTags {
    /// Genres.
    pub genres: Vec<String>,
    /// Instruments.
    pub instruments: Vec<InstrumentTag>,
}

/// An instrument that is heard in songs.
#[derive(Clone, Debug, Deserialize)]
pub struct InstrumentTag {
    /// "strings".
    pub name: String,
    /// How sure the model has to be, 0..=1.
    pub threshold: f32,
}

/// Settings of the first-anchor sampler.
#[derive(Clone, Debug, Deserialize)]
pub struct Flow {
    /// Steps from noise to data, 1 or more.
    pub steps: usize,
    /// Strength of the prompt when the request doesn't say.
    pub guidance: f32,
    /// Scale of the noise that the sampler starts from; 1 = as trained.
    #[serde(default = "one")]
    pub temperature: f32,
    /// MIDI key of the first anchor, by family.
    #[serde(default)]
    pub anchor_key_by_family: BTreeMap<String, u8>,
    /// Lowest and highest useful MIDI key, by family.
    #[serde(default)]
    pub range_by_family: BTreeMap<String, (u8, u8)>,
    /// Text vectors that stand for the families: a prompt that names none gets the nearest.
    #[serde(default)]
    pub family_text_vectors: BTreeMap<String, Vec<f32>>,
    /// From the values of measured properties to their scores.
    #[serde(default)]
    pub tones: Vec<ToneTable>,
}

/// The values of a measured property that equal shares of the training instruments lie below.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ToneTable {
    /// Its name, see [`super::tones::NAMES`].
    pub name: String,
    /// Ascending, in the property's own unit.
    pub quantiles: Vec<f32>,
}

fn one() -> f32 {
    1.0
}

/// Settings of the sampler that draws drum kits.
#[derive(Clone, Debug, Deserialize)]
pub struct Drums {
    /// Strength of the prompt when the request doesn't say; 1 = as in the data.
    pub guidance: f32,
}

impl Default for Drums {
    fn default() -> Self {
        Self { guidance: 4.0 }
    }
}

/// Settings of the hearing of drums.
#[derive(Clone, Debug, Deserialize)]
pub struct DrumHearing {
    /// How surely each piece must be struck to count, 0..=1.
    pub thresholds: Vec<f32>,
}

/// One model of a pack.
#[derive(Clone, Debug, Deserialize)]
pub struct ModelEntry {
    /// What it does, such as `text_encoder`.
    pub task: String,
    /// Its file in the pack.
    pub file: String,
    /// SHA-256 of that file, lower-case hexadecimal.
    pub sha256: String,
    /// What its numbers mean, where that is a file of its own.
    #[serde(default)]
    pub vocabulary: Option<VocabularyEntry>,
    /// Version of the weights.
    pub version: String,
    /// Its inputs.
    pub inputs: Vec<TensorEntry>,
    /// Its outputs.
    pub outputs: Vec<TensorEntry>,
}

/// The vocabulary of a model.
#[derive(Clone, Debug, Deserialize)]
pub struct VocabularyEntry {
    /// Its file in the pack.
    pub file: String,
    /// SHA-256 of that file, lower-case hexadecimal.
    pub sha256: String,
}

/// Name and shape of a tensor.
#[derive(Clone, Debug, Deserialize)]
pub struct TensorEntry {
    /// Name in the ONNX graph.
    pub name: String,
    /// Its dimensions.
    pub shape: Vec<Dimension>,
}

/// One dimension: a number, or a letter when it may vary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Dimension {
    /// Always so many.
    Fixed(usize),
    /// Any number.
    Free(String),
}

/// The tokenizer of a pack.
#[derive(Clone, Debug, Deserialize)]
pub struct TokenizerEntry {
    /// Its file, in the Hugging Face tokenizers format.
    pub file: String,
    /// SHA-256 of that file.
    pub sha256: String,
}

/// Where the files of a pack are.
#[derive(Clone, Debug)]
enum Place {
    BuiltIn,
    Folder(PathBuf),
}

/// A set of models with its manifest.
#[derive(Clone, Debug)]
pub struct Pack {
    place: Place,
    manifest: Arc<Manifest>,
}

impl Pack {
    /// The pack that `CONSORT_MODELS` names, or the one built in.
    ///
    /// # Errors
    /// [`Error::Pack`]: it is missing, damaged, or doesn't fit. Thread: any but audio.
    pub fn open() -> Result<Self, Error> {
        match std::env::var_os(FOLDER_VARIABLE).filter(|value| !value.is_empty()) {
            Some(folder) => Self::from_folder(folder),
            None => Self::built_in(),
        }
    }

    /// The pack in `folder`.
    ///
    /// # Errors
    /// [`Error::Pack`]: it is missing, damaged, or doesn't fit. Thread: any but audio.
    pub fn from_folder(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::at(Place::Folder(folder.into()))
    }

    /// The pack inside Consort.
    ///
    /// # Errors
    /// [`Error::Pack`]: Consort was built without one. Thread: any but audio.
    pub fn built_in() -> Result<Self, Error> {
        Self::at(Place::BuiltIn)
    }

    fn at(place: Place) -> Result<Self, Error> {
        let bytes = read(&place, "manifest.json")?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|e| {
            Error::Pack(format!(
                "The manifest of the {} is damaged ({e}); install the pack again.",
                describe(&place)
            ))
        })?;
        let manifest = Arc::new(manifest);
        let pack = Self { place, manifest };
        pack.check()?;
        Ok(pack)
    }

    /// Where it is, in words. Thread: any.
    pub(super) fn place(&self) -> String {
        describe(&self.place)
    }

    /// The manifest. Thread: any.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Name and version, as recipes keep them. Thread: any but audio.
    #[must_use]
    pub fn version(&self) -> PackVersion {
        PackVersion {
            name: self.manifest.name.clone(),
            version: self.manifest.version.clone(),
        }
    }

    /// The entry of the model that does `task`.
    ///
    /// # Errors
    /// [`Error::Pack`]: there is none. Thread: any but audio.
    pub fn model(&self, task: &str) -> Result<&ModelEntry, Error> {
        self.manifest
            .models
            .iter()
            .find(|model| model.task == task)
            .ok_or_else(|| {
                Error::Pack(format!(
                    "The {} has no model for \"{task}\"; use a complete pack.",
                    describe(&self.place)
                ))
            })
    }

    /// The bytes of a file, checked against `sha256`.
    ///
    /// # Errors
    /// [`Error::Pack`]: it is missing or damaged. Thread: any but audio.
    pub fn file(&self, name: &str, sha256: &str) -> Result<Cow<'static, [u8]>, Error> {
        let bytes = read(&self.place, name)?;
        let found = super::runtime::hex(&Sha256::digest(&bytes));
        if found == sha256 {
            return Ok(bytes);
        }
        Err(Error::Pack(format!(
            "The file {name} of the {} is damaged; install the pack again.",
            describe(&self.place)
        )))
    }

    /// An error about this pack: `fault` completes "The built-in model pack …".
    pub(super) fn fault(&self, fault: &str) -> Error {
        Error::Pack(format!("The {} {fault}", describe(&self.place)))
    }

    fn check(&self) -> Result<(), Error> {
        let Manifest {
            format,
            code_width,
            families,
            flow,
            ..
        } = &*self.manifest;
        if *format != FORMAT {
            return Err(self.fault(&format!(
                "has format {format}, but this version of Consort reads format {FORMAT}; use a pack made for it."
            )));
        }
        let expected = Family::ALL.map(Family::name);
        if families.iter().map(String::as_str).ne(expected) {
            return Err(self.fault(
                "has other families than this version of Consort; use a pack made for it.",
            ));
        }
        let vectors_fit = flow
            .family_text_vectors
            .values()
            .all(|vector| vector.len() == TEXT_WIDTH);
        let keys_fit = flow
            .anchor_key_by_family
            .values()
            .all(|key| crate::instrument::slots::ANCHOR_KEYS.contains(key));
        let ranges_fit = flow
            .range_by_family
            .values()
            .all(|&(low, high)| low <= high && high < 128);
        let tables_fit = flow.tones.iter().all(|table| {
            table.quantiles.iter().all(|q| q.is_finite()) && table.quantiles.is_sorted()
        });
        let drums = self.manifest.drums.clone().unwrap_or_default();
        let drums_fit = drums.guidance.is_finite();
        let numbers_fit =
            flow.guidance.is_finite() && flow.temperature.is_finite() && flow.temperature >= 0.0;
        if !(1..=1000).contains(&flow.steps)
            || !(1..=65536).contains(code_width)
            || !vectors_fit
            || !keys_fit
            || !ranges_fit
            || !numbers_fit
            || !tables_fit
            || !drums_fit
        {
            return Err(self.fault("has settings that can't be right; install the pack again."));
        }
        Ok(())
    }
}

fn describe(place: &Place) -> String {
    match place {
        Place::BuiltIn => "built-in model pack".to_owned(),
        Place::Folder(folder) => format!("model pack in {}", folder.display()),
    }
}

fn read(place: &Place, name: &str) -> Result<Cow<'static, [u8]>, Error> {
    match place {
        Place::BuiltIn => {
            let found = BUILT_IN.iter().find(|(file, _)| *file == name);
            found.map(|(_, bytes)| Cow::Borrowed(*bytes)).ok_or_else(|| {
                Error::Pack(format!(
                    "This build of Consort has no models inside ({name} is missing); set {FOLDER_VARIABLE} to a folder with a model pack."
                ))
            })
        }
        Place::Folder(folder) => {
            // A name from a manifest must not lead out of the pack's folder.
            let inside = PathBuf::from(name)
                .components()
                .eq([std::path::Component::Normal(name.as_ref())]);
            if !inside {
                return Err(Error::Pack(format!(
                    "The {} names a file outside its folder ({name}); install the pack again.",
                    describe(place)
                )));
            }
            std::fs::read(folder.join(name)).map(Cow::Owned).map_err(|e| {
                Error::Pack(format!("The {} can't be read ({name}: {e}); install the pack again, or unset {FOLDER_VARIABLE} to use the one inside Consort.", describe(place)))
            })
        }
    }
}
