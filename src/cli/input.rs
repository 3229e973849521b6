//! The files that a command is given. What can be wrong with one is said in the same sentence, whatever
//! the command.

mod stdin;

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;

use super::Context;
use super::failure::Failure;
use crate::analysis::Sound;
use crate::analysis::sound_file::{self, Extent};
use crate::instrument::{Instrument, open};
use crate::music::{Song, midi};
pub use stdin::there;

/// Largest file that is read whole: far above any instrument, MIDI file or preset.
const LARGEST: u64 = 256 << 20;

/// Fails unless there is a file that can be opened: to be asked before long work begins.
pub fn check(path: &Path) -> Result<(), Failure> {
    let opened = open::open(&there(path)?);
    opened
        .map(drop)
        .map_err(|error| Failure::read(path, &error))
}

/// Its first bytes, so many at most.
pub fn head(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let mut head = Vec::new();
    let opened = open::open(&there(path)?);
    let read = opened.and_then(|file| file.take(most).read_to_end(&mut head));
    read.map_err(|error| Failure::read(path, &error))?;
    Ok(head)
}

/// What files that are made from it are called after.
pub fn stem(path: &Path) -> &OsStr {
    match stdin::is_named(path) {
        true => OsStr::new(stdin::NAME),
        false => path.file_stem().unwrap_or_default(),
    }
}

/// Fails unless there is a folder, or a file that lies there and can be opened: what is piped in doesn't.
pub fn on_disk(path: &Path) -> Result<(), Failure> {
    match open::open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::IsADirectory => {
            Err(Failure::read(path, &error))
        }
        _ => Ok(()),
    }
}

/// The bytes of a file that has to be small.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    open::read(&there(path)?, LARGEST).map_err(|error| Failure::read(path, &error))
}

/// The instrument in a `.consort` file.
pub fn instrument(path: &Path) -> Result<Instrument, Failure> {
    Instrument::from_bytes(&bytes(path)?).map_err(|error| Failure::content(path, error))
}

/// The song in a MIDI file.
pub fn song(path: &Path) -> Result<Song, Failure> {
    midi::read(&bytes(path)?).map_err(|error| Failure::file(path, error))
}

/// The first seconds of a sound file; says so if there is more in it than is read.
pub fn sound(path: &Path, longest: f64, context: &Context) -> Result<Sound, Failure> {
    check(path)?;
    let there = there(path)?;
    let read = sound_file::read(&there, longest);
    let (sound, extent) = read.map_err(|error| {
        // It names the file by its path.
        let [known, given] = [&*there, path].map(|path| format!("“{}”", name(path)));
        Failure::job(error.to_string().replacen(&known, &given, 1))
    })?;
    match extent {
        Extent::Whole => {}
        Extent::Beginning => is_long(longest.min(sound.seconds()), context),
        Extent::Damaged => is_damaged(path, context),
    }
    Ok(sound)
}

/// Says that only the beginning of a song, so many seconds, is used.
pub fn is_long(seconds: f64, context: &Context) {
    let used = match (seconds / 60.0).round() {
        _ if seconds < 55.0 => format!("{seconds:.0} seconds are"),
        1.0 => "minute is".to_owned(),
        minutes => format!("{minutes} minutes are"),
    };
    context.remark(&format!("the song is long; its first {used} used."));
}

/// Says that the file is damaged.
pub fn is_damaged(path: &Path, context: &Context) {
    context.remark(&sound_file::damage(&name(path)));
}

fn name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
}
