//! A pack's models in memory, each loaded at its first use.

use super::codec::Decoder;
use super::completion::Completion;
use super::drums::{DrumDecoder, DrumMixture};
use super::first_anchor::FirstAnchor;
use super::parts::Parts;
use super::runtime::Runtime;
use super::sound_encoder::{Impression, SoundEncoder};
use super::text::TextEncoder;
use super::timbre::TimbreEncoder;
use super::{Error, Pack};
use crate::analysis::Mel;

/// A pack with those of its models that are loaded. Thread: generator, or a command line's main.
#[derive(Debug)]
pub struct Models {
    pack: Pack,
    text: Option<TextEncoder>,
    first: Option<FirstAnchor>,
    completion: Option<Completion>,
    decoder: Option<Decoder>,
    timbre: Option<TimbreEncoder>,
    sound: Option<SoundEncoder>,
    drum_mixture: Option<DrumMixture>,
    drum_decoder: Option<DrumDecoder>,
    parts: Option<Parts>,
}

impl Models {
    /// Those of the pack in use, for one piece of work: where another has just used them this takes a few
    /// milliseconds, for [`ModelHost`](super::ModelHost) keeps what takes time and memory.
    ///
    /// # Errors
    /// [`Error::Pack`]: it is missing, damaged, or doesn't fit.
    pub fn open() -> Result<Self, Error> {
        Pack::open().map(Self::new)
    }

    /// The models of a pack, none loaded yet.
    #[must_use]
    pub fn new(pack: Pack) -> Self {
        Self {
            pack,
            text: None,
            first: None,
            completion: None,
            decoder: None,
            timbre: None,
            sound: None,
            drum_mixture: None,
            drum_decoder: None,
            parts: None,
        }
    }

    /// Their pack.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// Loads the next thing that a make needs and that isn't loaded yet: ONNX Runtime and the first
    /// model, then a model a call. Whether there is more to load.
    ///
    /// # Errors
    /// [`Error::Runtime`] or [`Error::Pack`]: it can't be loaded.
    pub fn load_next(&mut self) -> Result<bool, Error> {
        if self.text.is_none() {
            Runtime::get()?;
            self.text()?;
        } else if self.first.is_none() {
            self.first()?;
        } else if self.completion.is_none() {
            self.completion()?;
        } else if self.decoder.is_none() {
            self.decoder()?;
        } else {
            self.timbre()?;
        }
        Ok(self.first.is_none()
            || self.completion.is_none()
            || self.decoder.is_none()
            || self.timbre.is_none())
    }

    /// What a sound is like. Thread: as [`Models`]; some 80 ms for ten seconds.
    ///
    /// # Errors
    /// [`Error::Pack`], [`Error::Runtime`] or [`Error::Model`].
    pub fn hear(&mut self, mel: &Mel) -> Result<Impression, Error> {
        load(&self.pack, &mut self.sound, SoundEncoder::load)?.hear(mel)
    }

    /// The vector of a description, in the space of [`Impression::meaning`]. Thread: as [`Models`].
    ///
    /// # Errors
    /// As [`TextEncoder::encode`].
    pub fn describe(&mut self, words: &str) -> Result<Vec<f32>, Error> {
        Ok(self.text()?.encode(words)?.vector)
    }

    /// The network that writes parts. Thread: as [`Models`].
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn parts(&mut self) -> Result<&mut Parts, Error> {
        load(&self.pack, &mut self.parts, Parts::load)
    }

    /// What turns words into vectors. Thread: as [`Models`].
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn text(&mut self) -> Result<&mut TextEncoder, Error> {
        load(&self.pack, &mut self.text, TextEncoder::load)
    }

    pub(super) fn first(&mut self) -> Result<&mut FirstAnchor, Error> {
        load(&self.pack, &mut self.first, FirstAnchor::load)
    }

    pub(super) fn completion(&mut self) -> Result<&mut Completion, Error> {
        load(&self.pack, &mut self.completion, Completion::load)
    }

    pub(super) fn decoder(&mut self) -> Result<&mut Decoder, Error> {
        load(&self.pack, &mut self.decoder, Decoder::load)
    }

    pub(super) fn timbre(&mut self) -> Result<&mut TimbreEncoder, Error> {
        load(&self.pack, &mut self.timbre, TimbreEncoder::load)
    }

    pub(super) fn drum_mixture(&mut self) -> Result<&mut DrumMixture, Error> {
        load(&self.pack, &mut self.drum_mixture, DrumMixture::load)
    }

    pub(super) fn drum_decoder(&mut self) -> Result<&mut DrumDecoder, Error> {
        load(&self.pack, &mut self.drum_decoder, DrumDecoder::load)
    }
}

/// The model in `place`, loaded if it isn't yet.
fn load<'a, M>(
    pack: &Pack,
    place: &'a mut Option<M>,
    load: impl FnOnce(&Pack) -> Result<M, Error>,
) -> Result<&'a mut M, Error> {
    match place {
        Some(model) => Ok(model),
        empty => Ok(empty.insert(load(pack)?)),
    }
}
