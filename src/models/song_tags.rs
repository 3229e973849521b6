//! Tags of a song: which genre it is, and which instruments play. A small network over what the sound
//! encoder hears and where in the bar things fall; trained by `training.tags`.

mod features;

use super::model::{Model, Usage};
use super::sound_encoder::SoundEncoder;
use super::tensor::{Slot, Tensor};
use super::{Error, Impression, Pack};
use crate::analysis::notes::HeardNote;
use crate::analysis::song::SongDescription;
use crate::analysis::song::description::{TagHeard, Tags};
use crate::analysis::strokes::Stroke;
use crate::analysis::{Mel, SAMPLE_RATE, Sound};

/// Seconds that the sound encoder hears at once, and how many stretches of a song are heard.
const STRETCH: f64 = 10.0;
const MOST_STRETCHES: usize = 3;
/// Genres that are told, and how likely they have to be.
const GENRES_TOLD: usize = 3;
const LEAST: f64 = 0.1;

/// The song → tags model.
#[derive(Debug)]
pub struct SongTags {
    model: Model,
    encoder: SoundEncoder,
    genres: Vec<String>,
    instruments: Vec<(String, f32)>,
}

/// The numbers of a song that its tags are told by; for training. `None` where nothing sounds.
///
/// # Errors
/// [`Error`]. Thread: as [`SongTags::load`].
pub fn features(
    encoder: &mut SoundEncoder,
    sound: &Sound,
    song: &SongDescription,
    notes: &[HeardNote],
    strokes: &[Stroke],
) -> Result<Option<Vec<f32>>, Error> {
    let mono = sound.mono_at(SAMPLE_RATE);
    let length = (STRETCH * f64::from(SAMPLE_RATE)) as usize;
    let stretches = mono.len().div_ceil(length.max(1)).clamp(1, MOST_STRETCHES);
    // Spread over the song.
    let apart = mono.len().saturating_sub(length) / (stretches.max(2) - 1);
    let mut heard: Vec<Impression> = Vec::new();
    for stretch in 0..stretches {
        let from = stretch * apart;
        let to = (from + length).min(mono.len());
        if let Some(mel) = Mel::of(&mono[from..to]) {
            heard.push(encoder.hear(&mel)?);
        }
    }
    Ok(Impression::mean(&heard).map(|mean| features::of(&mean, song, notes, strokes)))
}

impl SongTags {
    /// Loads it, with the sound encoder. Thread: any but audio.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn load(pack: &Pack) -> Result<Self, Error> {
        let settings = pack.manifest().song_tags.as_ref();
        let settings = settings.ok_or_else(|| {
            pack.fault("doesn't say what the tags of songs mean; install the pack again.")
        })?;
        let (genres, instruments) = (settings.genres.clone(), &settings.instruments);
        let instruments: Vec<(String, f32)> = instruments
            .iter()
            .map(|i| (i.name.clone(), i.threshold))
            .collect();
        let inputs = [Slot::floats("features", &[None, Some(features::COUNT)])];
        let outputs = [
            Slot::floats("genres", &[None, Some(genres.len())]),
            Slot::floats("instruments", &[None, Some(instruments.len())]),
        ];
        Ok(Self {
            model: Model::load(pack, "song_tags", Usage::Often, &inputs, &outputs)?,
            encoder: SoundEncoder::load(pack)?,
            genres,
            instruments,
        })
    }

    /// The tags of a song; none of silence. Some 250 ms. Thread: as [`SongTags::load`].
    ///
    /// # Errors
    /// [`Error::Model`].
    pub fn of(
        &mut self,
        sound: &Sound,
        song: &SongDescription,
        notes: &[HeardNote],
        strokes: &[Stroke],
    ) -> Result<Tags, Error> {
        let numbers = features(&mut self.encoder, sound, song, notes, strokes)?;
        let Some(numbers) = numbers else {
            return Ok(Tags::default());
        };
        let given = Tensor::floats("features", &[1, features::COUNT], &numbers);
        let outputs = [
            ("genres", self.genres.len()),
            ("instruments", self.instruments.len()),
        ];
        let [genres, instruments] = self.model.run(&[given], outputs)?;
        let most = genres.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let shares: Vec<f64> = genres.iter().map(|x| f64::from((x - most).exp())).collect();
        let total: f64 = shares.iter().sum();
        let tag = |(name, confidence): (&String, f64)| TagHeard {
            name: name.clone(),
            confidence,
        };
        let shares = shares.iter().map(|share| share / total);
        let mut genres: Vec<TagHeard> = self.genres.iter().zip(shares).map(tag).collect();
        genres.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        genres.retain(|genre| genre.confidence >= LEAST);
        genres.truncate(GENRES_TOLD);
        let sure = |logit: &f32| f64::from(1.0 / (1.0 + (-logit).exp()));
        let heard = self.instruments.iter().zip(instruments.iter().map(sure));
        let heard = heard.filter(|((_, least), sure)| *sure >= f64::from(*least));
        let mut instruments: Vec<TagHeard> =
            heard.map(|((name, _), sure)| tag((name, sure))).collect();
        instruments.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        Ok(Tags {
            genres,
            instruments,
        })
    }
}
