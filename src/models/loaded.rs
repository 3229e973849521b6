//! A pack's models for one piece of work, each loaded at its first use.

use super::codec::Decoder;
use super::completion::Completion;
use super::drum_hearing::DrumHearing;
use super::drums::{DrumDecoder, DrumMixture};
use super::first_anchor::FirstAnchor;
use super::parts::Parts;
use super::runtime::Runtime;
use super::song_tags::SongTags;
use super::sound_encoder::{Impression, SoundEncoder};
use super::text::TextEncoder;
use super::timbre::TimbreEncoder;
use super::{Error, Pack, pack_for};
use crate::analysis::Mel;

/// A pack with those of its models that are loaded. To be had anew for each piece of work: what of them takes
/// time and memory the process's [`ModelHost`](super::ModelHost) keeps for as long as anybody uses it. Any
/// thread but audio.
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
    drum_hearing: Option<DrumHearing>,
    song_tags: Option<SongTags>,
}

impl Models {
    /// Those of the pack that makes instruments, none loaded yet.
    ///
    /// # Errors
    /// As [`pack_for`].
    pub fn open() -> Result<Self, Error> {
        Pack::open().map(Self::new)
    }

    /// Those of the pack that does `task`, likewise.
    ///
    /// # Errors
    /// As [`pack_for`].
    pub fn of(task: &str) -> Result<Self, Error> {
        pack_for(task).map(Self::new)
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
            drum_hearing: None,
            song_tags: None,
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

    /// What hears drums. Any thread but audio.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn drum_hearing(&mut self) -> Result<&mut DrumHearing, Error> {
        load(&self.pack, &mut self.drum_hearing, DrumHearing::load)
    }

    /// What tells a song's genre and instruments. Any thread but audio.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn song_tags(&mut self) -> Result<&mut SongTags, Error> {
        load(&self.pack, &mut self.song_tags, SongTags::load)
    }

    /// What hears what a sound is like. Any thread but audio.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn sound(&mut self) -> Result<&mut SoundEncoder, Error> {
        load(&self.pack, &mut self.sound, SoundEncoder::load)
    }

    /// What a sound is like. Any thread but audio; some 80 ms for ten seconds.
    ///
    /// # Errors
    /// [`Error::Pack`], [`Error::Runtime`] or [`Error::Model`].
    pub fn hear(&mut self, mel: &Mel) -> Result<Impression, Error> {
        self.sound()?.hear(mel)
    }

    /// The vector of a description, in the space of [`Impression::meaning`]. Any thread but audio.
    ///
    /// # Errors
    /// As [`TextEncoder::encode`].
    pub fn describe(&mut self, words: &str) -> Result<Vec<f32>, Error> {
        Ok(self.text()?.encode(words)?.vector)
    }

    /// The network that writes parts. Any thread but audio.
    ///
    /// # Errors
    /// [`Error::Pack`] or [`Error::Runtime`].
    pub fn parts(&mut self) -> Result<&mut Parts, Error> {
        load(&self.pack, &mut self.parts, Parts::load)
    }

    /// What turns words into vectors. Any thread but audio.
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
