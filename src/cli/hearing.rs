//! What the models hear in a song, for the commands that need it.

use super::Context;
use super::cancel;
use super::failure::Failure;
use super::progress::Progress;
use crate::analysis::Sound;
use crate::analysis::song::{self};
use crate::models::Error;
use crate::work::{Ticket, hear};

/// Hears the part of a song that is used; nothing where there is no model.
pub(super) fn transcribe(
    sound: &Sound,
    progress: &Progress,
    context: &Context,
) -> Result<Option<hear::Transcription>, Failure> {
    let beginning = song::beginning(sound).map_err(|error| Failure::job(error.to_string()))?;
    let sound = beginning.as_ref().unwrap_or(sound);
    let mut go_on = |share: f32| {
        progress.show("Transcribing", 0.1 + 0.6 * share);
        !cancel::asked()
    };
    match hear::transcribe(sound, &mut Ticket::new(&mut go_on)) {
        Ok(heard) => Ok(Some(heard)),
        Err(error @ (Error::Pack(_) | Error::Runtime(_))) => {
            context.remark(&format!(
                "Key and chords are heard without the model. {error}"
            ));
            Ok(None)
        }
        Err(error) => Err(failed(error)),
    }
}

pub(super) fn failed(error: Error) -> Failure {
    match error {
        Error::Cancelled => Failure::cancelled(),
        error => Failure::job(error.to_string()),
    }
}
