//! What the models hear in a song, for the commands that need it.

use super::Context;
use super::cancel;
use super::failure::Failure;
use super::progress::Progress;
use crate::analysis::notes::HeardNote;
use crate::analysis::song::description::Tags;
use crate::analysis::song::{self, SongDescription};
use crate::analysis::strokes::Stroke;
use crate::analysis::{Posterior, Sound, transcript};
use crate::models::basic_pitch::BasicPitch;
use crate::models::drum_hearing::DrumHearing;
use crate::models::song_tags::{self, SongTags};
use crate::models::sound_encoder::SoundEncoder;
use crate::models::{Error, Pack};

/// What the models hear in the part that is used.
pub(super) struct Transcribed {
    pub posterior: Posterior,
    pub notes: Vec<HeardNote>,
    pub strokes: Vec<Stroke>,
}

impl Transcribed {
    /// Its genre and instruments.
    pub fn tags(&self, sound: &Sound, song: &SongDescription) -> Result<Tags, Error> {
        SongTags::load(&Pack::open()?)?.of(sound, song, &self.notes, &self.strokes)
    }

    /// The numbers that those are told by.
    pub fn features(
        &self,
        sound: &Sound,
        song: &SongDescription,
    ) -> Result<Option<Vec<f32>>, Error> {
        let mut encoder = SoundEncoder::load(&Pack::open()?)?;
        song_tags::features(&mut encoder, sound, song, &self.notes, &self.strokes)
    }
}

/// Hears it; nothing where there is no model.
pub(super) fn transcribe(
    sound: &Sound,
    progress: &Progress,
    context: &Context,
) -> Result<Option<Transcribed>, Failure> {
    let beginning = song::beginning(sound).map_err(|error| Failure::job(error.to_string()))?;
    let sound = beginning.as_ref().unwrap_or(sound);
    let heard = BasicPitch::load().and_then(|mut model| {
        model.listen(sound, &mut |part| {
            progress.show("Transcribing", 0.1 + 0.5 * part);
            !cancel::asked()
        })
    });
    let (posterior, contours) = match heard {
        Ok(heard) => heard,
        Err(Error::Cancelled) => return Err(Failure::cancelled()),
        Err(error) => {
            context.remark(&format!(
                "Key and chords are heard without the model. {error}"
            ));
            return Ok(None);
        }
    };
    let strokes = match Pack::open().and_then(|pack| DrumHearing::load(&pack)) {
        Ok(mut drums) => {
            let strikes = drums.listen(sound, &mut |part| {
                progress.show("Listening to the drums", 0.6 + 0.1 * part);
                !cancel::asked()
            });
            strikes.map_err(failed)?.strokes()
        }
        // Another pack: all else can be heard.
        Err(Error::Pack(_)) => Vec::new(),
        Err(error) => return Err(failed(error)),
    };
    Ok(Some(Transcribed {
        notes: transcript::of(sound, &posterior, &contours),
        posterior,
        strokes,
    }))
}

pub(super) fn failed(error: Error) -> Failure {
    match error {
        Error::Cancelled => Failure::cancelled(),
        error => Failure::job(error.to_string()),
    }
}
