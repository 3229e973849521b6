//! Sound files into numbers. Symphonia decodes them all. It also finds the sound in FLAC, MP3, OGG and MPEG-4 files;
//! where it lies bare, in WAV, Wave64, AIFF, AU and CAF files, we do, for those are often closed badly.

mod aiff;
mod au;
mod bare;
mod caf;
mod chunks;
mod container;
mod decoding;
mod wave;

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use symphonia::core::io::{MediaSource, ReadOnlySource};

use super::sound::{Sound, SoundError};
use crate::instrument::open;
use container::Found;
use decoding::{Decoded, Wanted};

/// Endings of sound files that are read.
pub const ENDINGS: [&str; 18] = [
    "wav", "wave", "bwf", "rf64", "w64", "flac", "aif", "aiff", "aifc", "mp3", "mp2", "ogg", "oga",
    "au", "snd", "caf", "m4a", "mp4",
];
/// Those endings and others. Any thread.
#[must_use]
pub const fn endings_and<const MORE: usize, const ALL: usize>(
    more: [&'static str; MORE],
) -> [&'static str; ALL] {
    assert!(ENDINGS.len() + MORE == ALL, "as many as both");
    let mut all = [""; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = if at < ENDINGS.len() {
            ENDINGS[at]
        } else {
            more[at - ENDINGS.len()]
        };
        at += 1;
    }
    all
}

/// Bytes by which other files are told.
const HEAD: u64 = 64;

/// How much of a file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// As many seconds as were asked for; it is longer.
    Beginning,
    /// What could be read of a damaged file.
    Damaged,
}

/// Why a file gives no sound. `Display` is one sentence that names the file and says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// There is none.
    #[error("“{0}” isn't there any more; choose the file again.")]
    Missing(String),
    /// The system doesn't let it be read.
    #[error("“{name}” can't be read ({reason}); check that you may open it.")]
    Unreadable {
        /// The file's name.
        name: String,
        /// The system's words.
        reason: String,
    },
    /// It has no bytes.
    #[error("“{0}” is an empty file; choose one with a sound in it.")]
    Empty(String),
    /// It is something else.
    #[error("“{0}” isn't a sound file that Consort reads; use WAV, FLAC, AIFF, MP3 or OGG Vorbis.")]
    NotAudio(String),
    /// It is sound, or nearly, in a form that isn't read.
    #[error(
        "“{name}” isn't a sound file that Consort reads, for it holds {what}; convert it to WAV or FLAC."
    )]
    Unread {
        /// The file's name.
        name: String,
        /// What it is.
        what: String,
    },
    /// It is a sound file, but broken from the start.
    #[error("“{0}” is damaged and no sound can be read from it; export it again.")]
    Damaged(String),
    /// What it holds is no usable sound.
    #[error("“{name}” can't be used: {reason}")]
    Sound {
        /// The file's name.
        name: String,
        /// What is wrong with the sound.
        reason: SoundError,
    },
}

/// What the user is told of a file that gave [`Extent::Damaged`]. Any thread.
pub fn damage(name: &str) -> String {
    format!("“{name}” is damaged or cut off; what could be read of it was used.")
}

/// Reads the first `longest_seconds` of a sound file. More than two channels: the first two, which
/// are left and right in every common order. Blocks on the disk; any thread but audio.
///
/// # Errors
/// [`ReadError`], one for each kind of bad file. A file damaged further on gives what comes before
/// and between ([`Extent::Damaged`]).
pub fn read(path: &Path, longest_seconds: f64) -> Result<(Sound, Extent), ReadError> {
    let wanted = Wanted {
        seconds: longest_seconds,
        sounding: false,
    };
    decode(path, wanted)
}

/// The same, from near where it begins to sound: a long silence before that is left out.
///
/// # Errors
/// As [`read`].
pub fn read_sounding(path: &Path, longest_seconds: f64) -> Result<(Sound, Extent), ReadError> {
    let wanted = Wanted {
        seconds: longest_seconds,
        sounding: true,
    };
    match decode(path, wanted) {
        // All of it was hardly anything, or nothing.
        Err(ReadError::Sound { .. } | ReadError::Damaged(_)) => read(path, longest_seconds),
        read => read,
    }
}

fn decode(path: &Path, wanted: Wanted) -> Result<(Sound, Extent), ReadError> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    let unreadable = |fault: std::io::Error| match fault.kind() {
        std::io::ErrorKind::NotFound => ReadError::Missing(name.clone()),
        std::io::ErrorKind::IsADirectory | std::io::ErrorKind::Unsupported => {
            ReadError::NotAudio(name.clone())
        }
        _ => ReadError::Unreadable {
            name: name.clone(),
            reason: fault.to_string(),
        },
    };
    let mut file = open::open(path).map_err(unreadable)?;
    let about = file.metadata().map_err(unreadable)?;
    if about.len() == 0 {
        return Err(ReadError::Empty(name));
    }
    let head = chunks::bytes(&mut file, 0, HEAD).map_err(unreadable)?;
    let found = container::find(&mut file, about.len()).map_err(unreadable)?;
    let decoded = match found {
        Found::Bare(bare) => decoding::bare(&mut file, &bare, wanted),
        Found::Packets(packets) => decoding::packets(&mut file, &packets, wanted),
        Found::Mpeg(data) => {
            file.seek(SeekFrom::Start(data.start)).map_err(unreadable)?;
            let part = ReadOnlySource::new(file.take(data.end - data.start));
            decoding::packed(Box::new(part), Some("mp3"), wanted)
        }
        Found::Unread(what) => Err(Fault::Unread(what)),
        Found::Damaged => Err(Fault::Damaged),
        Found::Other => {
            let source: Box<dyn MediaSource> = Box::new(open::open(path).map_err(unreadable)?);
            let ending = path.extension().and_then(|ending| ending.to_str());
            decoding::packed(source, ending, wanted)
        }
    };
    let unread = |what| ReadError::Unread {
        name: name.clone(),
        what,
    };
    let decoded = decoded.map_err(|fault| match (fault, container::other(&head)) {
        (Fault::Unread(what), _) => unread(what),
        (Fault::NotAudio | Fault::Damaged, Some(what)) => unread(what.to_owned()),
        (Fault::NotAudio, None) => ReadError::NotAudio(name.clone()),
        (Fault::Damaged, None) => ReadError::Damaged(name.clone()),
        (Fault::System(error), _) => unreadable(error),
    })?;
    let Decoded {
        channels,
        rate,
        extent,
    } = decoded;
    let sound = Sound::new(channels, rate).map_err(|reason| ReadError::Sound { name, reason })?;
    Ok((sound, extent))
}

/// Why nothing could be decoded.
enum Fault {
    NotAudio,
    Damaged,
    /// It holds this, which isn't read.
    Unread(String),
    System(std::io::Error),
}
