//! What a pack's manifest says. Format 2 has each task's settings with its model; format 1, which had them beside each other,
//! is read as if it were that.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The newest manifest format that this version of Consort reads.
pub const FORMAT: u64 = 2;

/// Why a manifest can't be read.
#[derive(Debug)]
pub(super) enum Misread {
    /// Its format is another one, than there was when this version was made.
    Format(u64),
    /// It isn't one: what the reader said.
    Damaged(String),
}

/// The manifest as it is written.
#[derive(Deserialize)]
struct Written {
    name: String,
    version: String,
    licence: String,
    models: Vec<ModelEntry>,
    #[serde(default)]
    tokenizer: Option<TokenizerEntry>,
}

impl Manifest {
    /// From the bytes of a `manifest.json`.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Misread> {
        let mut value: Value = serde_json::from_slice(bytes).map_err(damaged)?;
        match value.get("format").and_then(Value::as_u64) {
            Some(1) => as_format_2(&mut value),
            Some(FORMAT) => {}
            Some(other) => return Err(Misread::Format(other)),
            None => return Err(Misread::Damaged("it says no format".to_owned())),
        }
        let Written {
            name,
            version,
            licence,
            models,
            tokenizer,
        } = Written::deserialize(value).map_err(damaged)?;
        Ok(Self {
            flow: settings(&models, "first_anchor")?.unwrap_or_default(),
            drums: settings(&models, "drum_mixture")?,
            drum_hearing: settings(&models, "drum_hearing")?,
            song_tags: settings(&models, "song_tags")?,
            name,
            version,
            licence,
            models,
            tokenizer,
        })
    }

    /// Each of its files, with its hash and (if that is known) its length.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str, Option<u64>)> {
        let models = self.models.iter().flat_map(|model| {
            let words = model.vocabulary.iter();
            let words = words.map(|words| (&*words.file, &*words.sha256, None));
            std::iter::once((&*model.file, &*model.sha256, model.bytes)).chain(words)
        });
        let tokenizer = self.tokenizer.iter();
        models.chain(tokenizer.map(|entry| (&*entry.file, &*entry.sha256, None)))
    }
}

fn damaged(error: serde_json::Error) -> Misread {
    Misread::Damaged(error.to_string())
}

/// The settings of a task, if it has any.
fn settings<T: DeserializeOwned>(models: &[ModelEntry], task: &str) -> Result<Option<T>, Misread> {
    let model = models.iter().find(|model| model.task == task);
    let settings = model.map(|model| &model.settings);
    let settings = settings.filter(|settings| !settings.is_null());
    let read = |settings: &Value| T::deserialize(settings).map_err(damaged);
    settings.map(read).transpose()
}

/// Puts the settings of format 1 with the models that they are of.
fn as_format_2(manifest: &mut Value) {
    let mut take = |name: &str| manifest.as_object_mut()?.remove(name);
    let mut flow = take("flow").unwrap_or_default();
    for name in ["code_width", "families"] {
        if let (Some(value), Some(flow)) = (take(name), flow.as_object_mut()) {
            flow.insert(name.to_owned(), value);
        }
    }
    let settings: Map<String, Value> = [
        ("first_anchor", Some(flow)),
        ("drum_mixture", take("drums")),
        ("drum_hearing", take("drum_hearing")),
        ("song_tags", take("song_tags")),
    ]
    .into_iter()
    .filter_map(|(task, settings)| Some((task.to_owned(), settings?)))
    .collect();
    let models = manifest.get_mut("models").and_then(Value::as_array_mut);
    for model in models.into_iter().flatten() {
        let task = model["task"].as_str().unwrap_or_default();
        if let Some(own) = settings.get(task).cloned()
            && let Some(model) = model.as_object_mut()
        {
            model.insert("settings".to_owned(), own);
        }
    }
}

/// What a pack says of itself.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Name of the pack.
    pub name: String,
    /// Version of the pack.
    pub version: String,
    /// Licence of the weights.
    pub licence: String,
    /// Settings of the instruments' models; packs without those have the usual ones.
    pub flow: Flow,
    /// Settings of the sampler that draws drum kits; a pack may have none.
    pub drums: Option<Drums>,
    /// When a drum counts as heard; packs without that model don't say.
    pub drum_hearing: Option<DrumHearing>,
    /// What the tags of songs mean.
    pub song_tags: Option<SongTags>,
    /// The models.
    pub models: Vec<ModelEntry>,
    /// The text encoder's tokenizer.
    pub tokenizer: Option<TokenizerEntry>,
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

/// Settings of the first-anchor sampler, and what it shares with the instruments' other models.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Flow {
    /// Numbers in the code of one note.
    pub code_width: usize,
    /// The families, in the order of the models' one-hot inputs.
    pub families: Vec<String>,
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
    /// Its name, see [`crate::models::tones::NAMES`].
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
    /// How long that file is; packs of format 1 don't say.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// Licence of its weights, where it isn't the pack's.
    #[serde(default)]
    pub licence: Option<String>,
    /// What its task is to be done with: an object that the task reads.
    #[serde(default)]
    pub settings: Value,
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
