//! What is heard in a song, for the commands that need it.

use std::path::Path;

use super::Context;
use super::cancel;
use super::failure::Failure;
use super::progress::Progress;
use crate::analysis::Sound;
use crate::analysis::song::Corrections;
use crate::models::Error;
use crate::work::Ticket;
use crate::work::hear::{self, HeardSong, Unheard};

/// Hears the song in a file; says so where there is no model.
pub(super) fn hear(
    (path, sound): (&Path, &Sound),
    told: &Corrections,
    progress: &Progress,
    context: &Context,
) -> Result<HeardSong, Failure> {
    let mut go_on = |share: f32| {
        progress.show("Hearing the song", 0.1 + 0.9 * share);
        !cancel::asked()
    };
    let heard = hear::song(sound, None, told, &mut Ticket::new(&mut go_on));
    let heard = heard.map_err(|error| match error {
        Unheard::Models(error) => failed(error),
        Unheard::Sound(error) => Failure::content(path, error),
    })?;
    if let Some(error) = &heard.no_notes {
        context.remark(&format!(
            "Key and chords are heard without the model. {error}"
        ));
    }
    Ok(heard)
}

/// What the models say is a sentence already.
pub(super) fn failed(error: Error) -> Failure {
    match error {
        Error::Cancelled => Failure::cancelled(),
        error => Failure::job(error.to_string()),
    }
}
