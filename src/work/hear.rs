//! What is heard in a song: its notes, what is struck on drums, its beats, key and chords, its genre and
//! instruments.

use std::cell::{Cell, RefCell};

use super::Ticket;
use crate::analysis::notes::HeardNote;
use crate::analysis::song::description::Tags;
use crate::analysis::song::{self, Corrections, HostGrid, SongDescription, SongError};
use crate::analysis::strokes::Stroke;
use crate::analysis::{Posterior, Sound, SoundError, transcript};
use crate::models::basic_pitch::{self, BasicPitch};
use crate::models::{Error, Models, pack_for};

/// Of the time that hearing a song takes, the part until its notes and drums are there, and until all but what
/// follows from them is.
const TRANSCRIBED: f32 = 0.8;
const LISTENED: f32 = 0.95;
/// Of the time that hearing takes, the part until the notes are there.
const NOTES: f32 = 0.75;

/// What the models hear.
#[derive(Clone, Debug)]
pub struct Transcription {
    /// Which keys sound when, moment by moment.
    pub posterior: Posterior,
    /// The notes, without the drums'.
    pub notes: Vec<HeardNote>,
    /// What is struck on drums; nothing where the pack doesn't hear them.
    pub strokes: Vec<Stroke>,
    /// Why drums couldn't be heard: one sentence.
    pub no_drums: Option<String>,
}

/// Hears the notes and drums of a sound, in a tenth of its own length on a slow core. Any thread but
/// audio.
///
/// # Errors
/// [`Error::Cancelled`], [`Error::Model`], [`Error::Runtime`]; [`Error::Pack`] where notes can't be heard.
pub fn transcribe(sound: &Sound, ticket: &mut Ticket<'_>) -> Result<Transcription, Error> {
    let mut of_notes = ticket.part(0.0..NOTES);
    let (posterior, contours) = BasicPitch::load(&pack_for(basic_pitch::TASK)?)?
        .listen(sound, &mut |share| of_notes.done(share))?;
    let mut of_drums = ticket.part(NOTES..1.0);
    let mut drums = || {
        let mut models = Models::of("drum_hearing")?;
        let drums = models.drum_hearing()?;
        Ok(drums
            .listen(sound, &mut |share| of_drums.done(share))?
            .strokes())
    };
    let (strokes, no_drums) = match drums() {
        Ok(strokes) => (strokes, None),
        // Another pack: all else can be heard.
        Err(Error::Pack(why)) => (Vec::new(), Some(why)),
        Err(error) => return Err(error),
    };
    Ok(Transcription {
        notes: transcript::of(sound, &posterior, &contours),
        posterior,
        strokes,
        no_drums,
    })
}

/// A song as it is heard.
#[derive(Clone, Debug)]
pub struct HeardSong {
    /// What it is like.
    pub description: SongDescription,
    /// What that was concluded from.
    pub evidence: song::Heard,
    /// And this, where there is a model.
    pub posterior: Option<Posterior>,
    /// Its notes, without the drums'.
    pub notes: Vec<HeardNote>,
    /// What seems to be struck on drums; see [`Self::drums`].
    pub strokes: Vec<Stroke>,
    /// Genres and instruments as they are heard.
    pub tags: Option<Tags>,
    /// Why its notes couldn't be heard, nor what follows from them: [`Error::Pack`] or [`Error::Runtime`].
    pub no_notes: Option<Error>,
    /// Why its genre and instruments couldn't.
    pub no_tags: Option<Error>,
}

/// Why a song couldn't be heard. `Display` is one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unheard {
    /// The models say so, or it isn't wanted any more.
    #[error(transparent)]
    Models(#[from] Error),
    /// It is no usable sound; a sentence after its name.
    #[error(transparent)]
    Sound(#[from] SoundError),
}

impl From<SongError> for Unheard {
    fn from(error: SongError) -> Self {
        match error {
            SongError::Stopped(_) => Self::Models(Error::Cancelled),
            SongError::Sound(error) => Self::Sound(error),
        }
    }
}

/// Hears a song, of more than [`song::LONGEST`] its beginning; time comes from `host` where there is one, and
/// what is `told` isn't looked for. A tenth of its own length on a slow core. Any thread but audio.
///
/// # Errors
/// [`Unheard`]. Without models all that needs none is heard.
pub fn song(
    sound: &Sound,
    host: Option<&HostGrid>,
    told: &Corrections,
    ticket: &mut Ticket<'_>,
) -> Result<HeardSong, Unheard> {
    let beginning = song::beginning(sound).map_err(|error| Error::Sound(error.to_string()))?;
    let used = beginning.as_ref().unwrap_or(sound);
    let (transcription, no_notes) = match transcribe(used, &mut ticket.part(0.0..TRANSCRIBED)) {
        Ok(heard) => (Some(heard), None),
        Err(error @ (Error::Pack(_) | Error::Runtime(_))) => (None, Some(error)),
        Err(error) => return Err(error.into()),
    };
    let within = RefCell::new(ticket.part(TRANSCRIBED..LISTENED));
    let done = Cell::new(0.0);
    let stop = || !within.borrow_mut().done(done.get());
    let evidence = song::listen(sound, &stop)?;
    done.set(1.0);
    let posterior = transcription.as_ref().map(|heard| &heard.posterior);
    let description = song::conclude(&evidence, posterior, host, told, &stop);
    let description = description.map_err(|_| Error::Cancelled)?;
    let mut heard = HeardSong {
        description,
        evidence,
        posterior: None,
        notes: Vec::new(),
        strokes: Vec::new(),
        tags: None,
        no_notes,
        no_tags: None,
    };
    let Some(transcription) = transcription else {
        return Ok(heard);
    };
    heard.posterior = Some(transcription.posterior);
    (heard.notes, heard.strokes) = (transcription.notes, transcription.strokes);
    // Noise has no genre.
    if heard.description.key.is_none() && heard.notes.is_empty() {
        return Ok(heard);
    }
    match tags(sound, &heard.description, &heard.notes, &heard.strokes) {
        Ok(tags) => {
            heard.description = heard.description.tagged(told.tags(&tags));
            heard.tags = Some(tags);
        }
        Err(error) => heard.no_tags = Some(error),
    }
    Ok(heard)
}

impl HeardSong {
    /// What is struck on drums, where there are any: what a piano's hammers seem to strike is none. Any
    /// thread.
    #[must_use]
    pub fn drums(&self) -> &[Stroke] {
        match &self.tags {
            Some(tags) if !tags.plays("drums") => &[],
            _ => &self.strokes,
        }
    }
}

/// A song's genre and instruments, from what was heard in it. Some 250 ms. Any thread but audio.
///
/// # Errors
/// [`Error::Pack`]: the pack doesn't tell them; [`Error::Model`], [`Error::Runtime`].
pub fn tags(
    sound: &Sound,
    song: &SongDescription,
    notes: &[HeardNote],
    strokes: &[Stroke],
) -> Result<Tags, Error> {
    let mut models = Models::of("song_tags")?;
    models.song_tags()?.of(sound, song, notes, strokes)
}
