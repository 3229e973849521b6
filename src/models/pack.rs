//! A model pack: a folder (or one that is built in) with a `manifest.json`, the models' ONNX files and
//! the tokenizer. Every file is checked against the manifest before it is used, and the manifest
//! against what this version of Consort can drive. Which pack does what: [`super::packs`].
//!
//! | module | what it is |
//! |---|---|
//! | [`manifest`] | what a pack says of itself |

pub mod manifest;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use self::manifest::Misread;
pub use self::manifest::{FORMAT, Manifest, ModelEntry};
use super::Error;
use crate::instrument::{Family, PackVersion};

/// The environment variable that names the folder of another pack.
pub const FOLDER_VARIABLE: &str = "CONSORT_MODELS";

/// Width of a text vector.
pub const TEXT_WIDTH: usize = 256;

/// Name and bytes of each file of the pack that we trained; empty when it wasn't there at build time.
const TRAINED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/pack_files.rs"));

/// The transcription model, and what there is to say of it: a pack by itself, for it is somebody else's.
const BASIC_PITCH: Option<&[u8]> = include!(concat!(env!("OUT_DIR"), "/basic_pitch_asset.rs"));
const BASIC_PITCH_MANIFEST: &[u8] = include_bytes!("../../plugin-assets/basic_pitch.json");

/// Tasks that are of use with others of their own pack only: what one makes, the other takes.
const TOGETHER: [(&str, &[&str]); 8] = [
    (
        "first_anchor",
        &[
            "text_encoder",
            "complete",
            "codec_decoder",
            "timbre_encoder",
        ],
    ),
    ("complete", &["first_anchor"]),
    ("codec_decoder", &["first_anchor"]),
    ("timbre_encoder", &["first_anchor"]),
    ("sound_encoder", &["text_encoder"]),
    ("drum_mixture", &["text_encoder", "drum_decoder"]),
    ("drum_decoder", &["drum_mixture"]),
    ("parts", &["text_encoder"]),
];

/// Where the files of a pack are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Place {
    Trained,
    BasicPitch,
    Folder(PathBuf),
}

/// A set of models with its manifest.
#[derive(Clone, Debug)]
pub struct Pack {
    place: Place,
    manifest: Arc<Manifest>,
}

impl Pack {
    /// The pack in `folder`.
    ///
    /// # Errors
    /// [`Error::Pack`]: it is missing, damaged, or doesn't fit. Thread: any but audio.
    pub fn from_folder(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        Self::at(Place::Folder(folder.into()))
    }

    /// The pack inside Consort that we trained.
    ///
    /// # Errors
    /// [`Error::Pack`]: Consort was built without one. Thread: any but audio.
    pub fn built_in() -> Result<Self, Error> {
        Self::at(Place::Trained)
    }

    /// The pack inside Consort with the transcription model.
    ///
    /// # Errors
    /// As [`Pack::built_in`].
    pub fn basic_pitch() -> Result<Self, Error> {
        Self::at(Place::BasicPitch)
    }

    fn at(place: Place) -> Result<Self, Error> {
        let bytes = read(&place, "manifest.json")?;
        let manifest = Manifest::read(&bytes).map_err(|misread| {
            let place = describe(&place);
            Error::Pack(match misread {
                Misread::Damaged(why) => format!(
                    "The manifest of the {place} is damaged ({why}); install the pack again."
                ),
                Misread::Format(format) => format!(
                    "The {place} has format {format}, but this version of Consort reads formats 1 to {FORMAT}; use a pack made for it."
                ),
            })
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

    /// Its folder, if it isn't built in. Thread: any.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.place {
            Place::Folder(folder) => Some(folder),
            Place::Trained | Place::BasicPitch => None,
        }
    }

    /// Whether it has a model for `task`. Thread: any.
    #[must_use]
    pub fn does(&self, task: &str) -> bool {
        self.manifest.models.iter().any(|model| model.task == task)
    }

    /// Checks all of its files. Some 5 ms a megabyte. Thread: any but audio.
    ///
    /// # Errors
    /// [`Error::Pack`]: one is missing or damaged.
    pub fn verify(&self) -> Result<(), Error> {
        for (name, sha256, bytes) in self.manifest.files() {
            let found = self.file(name, sha256)?;
            if bytes.is_some_and(|bytes| bytes != found.len() as u64) {
                return Err(self.fault(&format!(
                    "doesn't know how long its file {name} is; install the pack again."
                )));
            }
        }
        Ok(())
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
        for (task, others) in TOGETHER {
            if let Some(other) = others
                .iter()
                .find(|other| self.does(task) && !self.does(other))
            {
                return Err(self.fault(&format!(
                    "has a model for \"{task}\", but none for \"{other}\", which that needs; use a complete pack."
                )));
            }
        }
        if self.does("text_encoder") && self.manifest.tokenizer.is_none() {
            return Err(self.fault("has no tokenizer; use a complete pack."));
        }
        let drums = self.manifest.drums.clone().unwrap_or_default();
        if !drums.guidance.is_finite() {
            return Err(self.fault(IMPOSSIBLE));
        }
        if !self.does("first_anchor") {
            return Ok(());
        }
        let flow = &self.manifest.flow;
        let families = &flow.families;
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
        let numbers_fit =
            flow.guidance.is_finite() && flow.temperature.is_finite() && flow.temperature >= 0.0;
        if !(1..=1000).contains(&flow.steps)
            || !(1..=65536).contains(&flow.code_width)
            || !vectors_fit
            || !keys_fit
            || !ranges_fit
            || !numbers_fit
            || !tables_fit
        {
            return Err(self.fault(IMPOSSIBLE));
        }
        Ok(())
    }
}

const IMPOSSIBLE: &str = "has settings that can't be right; install the pack again.";

fn describe(place: &Place) -> String {
    match place {
        Place::Trained => "built-in model pack".to_owned(),
        Place::BasicPitch => "built-in transcription pack".to_owned(),
        Place::Folder(folder) => format!("model pack in {}", folder.display()),
    }
}

fn read(place: &Place, name: &str) -> Result<Cow<'static, [u8]>, Error> {
    match place {
        Place::BasicPitch if name == "manifest.json" => Ok(BASIC_PITCH_MANIFEST.into()),
        Place::BasicPitch => BASIC_PITCH.map(Cow::Borrowed).ok_or_else(|| {
            Error::Pack("The transcription model is not built in; run `cargo xtask setup` and build Consort again.".to_owned())
        }),
        Place::Trained => {
            let found = TRAINED.iter().find(|(file, _)| *file == name);
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
                Error::Pack(format!("The {} can't be read ({name}: {e}); install the pack again, or take it away to use what is inside Consort.", describe(place)))
            })
        }
    }
}
