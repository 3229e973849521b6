//! A sound file becomes the note to learn from, on a thread of its own: a long file takes half a
//! second, and others wait for the generator.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::SoundFile;
use crate::analysis::segment::LONGEST_SEARCHED;
use crate::analysis::{Extent, Heard, ReadError, listen, sound_file};
use crate::models::{Error, runtime};

/// How long one look at the thread waits.
const PATIENCE: Duration = Duration::from_millis(20);
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

/// A file that is being listened to. Dropping it leaves the thread to end by itself.
#[derive(Debug)]
pub(super) struct Listening {
    name: String,
    outcome: Receiver<Result<Learned, Error>>,
}

impl Listening {
    pub(super) fn begin(file: SoundFile) -> Result<Self, Error> {
        let name = file.path.file_name().unwrap_or(file.path.as_os_str());
        let name = name.to_string_lossy().into_owned();
        let (sender, outcome) = sync_channel(1);
        let spawned = runtime::spawn("consort-listening", move || {
            let _ = sender.send(learned(&file));
        });
        spawned.map_err(|_| {
            Error::Sound(
                "Consort can't start a thread to listen; close other programs and try again."
                    .to_owned(),
            )
        })?;
        Ok(Self { name, outcome })
    }

    /// What was heard, or `None` while listening goes on.
    pub(super) fn poll(&self) -> Result<Option<Learned>, Error> {
        match self.outcome.recv_timeout(PATIENCE) {
            Ok(outcome) => outcome.map(Some),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Error::Sound(format!(
                "Something in Consort went wrong with “{}”; choose another sound, and please report it.",
                self.name
            ))),
        }
    }
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
