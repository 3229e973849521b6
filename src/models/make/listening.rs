//! A sound file becomes the note to learn from: for a long file that takes half a second.

use std::panic::catch_unwind;

use super::SoundFile;
use crate::analysis::segment::LONGEST_SEARCHED;
use crate::analysis::{Extent, Heard, ReadError, listen, sound_file};
use crate::models::Error;

/// A sound shorter than this says too little, s.
const SHORTEST: f64 = 0.05;

/// What was heard.
#[derive(Debug)]
pub(super) struct Learned {
    /// The file's name.
    pub(super) name: String,
    pub(super) heard: Heard,
    /// What the user may want to know about the file, in a sentence.
    pub(super) notice: Option<String>,
}

/// Listens to a file. Whatever a decoder does with it is this file's fault only.
pub(super) fn listen_to(file: &SoundFile) -> Result<Learned, Error> {
    let heard = catch_unwind(|| learned(file));
    heard.unwrap_or_else(|_| {
        let name = file.path.file_name().unwrap_or(file.path.as_os_str());
        Err(Error::Sound(format!(
            "Something in Consort went wrong with “{}”; choose another sound, and please report it.",
            name.to_string_lossy()
        )))
    })
}

fn learned(file: &SoundFile) -> Result<Learned, Error> {
    let said = |error: ReadError| Error::Sound(error.to_string());
    let name = file.path.file_name().unwrap_or(file.path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    let read;
    let (sound, extent) = match &file.sound {
        Some(sound) => (&**sound, Extent::Whole),
        None => {
            read = sound_file::read_sounding(&file.path, LONGEST_SEARCHED).map_err(said)?;
            (&read.0, read.1)
        }
    };
    if sound.seconds() < SHORTEST {
        return Err(Error::Sound(format!(
            "“{name}” lasts only {:.0} ms; choose a sound of a tenth of a second or more.",
            sound.seconds() * 1000.0
        )));
    }
    let heard = listen(sound, file.key).map_err(|reason| {
        said(ReadError::Sound {
            name: name.clone(),
            reason,
        })
    })?;
    if heard.pitch.is_none() {
        return Err(Error::Sound(format!(
            "“{name}” has no clear pitch; choose a sound in which one note is played."
        )));
    }
    let notice = match (extent, heard.segment.notes) {
        (Extent::Damaged, _) => Some(sound_file::damage(&name)),
        (_, 2..) => Some(format!(
            "Of the {} notes in “{name}” the clearest was taken.",
            heard.segment.notes
        )),
        _ => None,
    };
    Ok(Learned {
        name,
        heard,
        notice,
    })
}
