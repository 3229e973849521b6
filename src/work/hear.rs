//! What is heard in a song: its notes, what is struck on drums, its genre and instruments.

use super::Ticket;
use crate::analysis::notes::HeardNote;
use crate::analysis::song::SongDescription;
use crate::analysis::song::description::Tags;
use crate::analysis::strokes::Stroke;
use crate::analysis::{Posterior, Sound, transcript};
use crate::models::basic_pitch::BasicPitch;
use crate::models::{Error, Models};

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
    let (posterior, contours) =
        BasicPitch::load()?.listen(sound, &mut |share| of_notes.done(share))?;
    let mut of_drums = ticket.part(NOTES..1.0);
    let mut drums = || {
        let mut models = Models::open()?;
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
    let mut models = Models::open()?;
    models.song_tags()?.of(sound, song, notes, strokes)
}
