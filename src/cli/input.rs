//! The files that a command is given. What can be wrong with one is said in the same sentence, whatever
//! the command.

use std::path::Path;

use super::Context;
use super::failure::Failure;
use crate::analysis::Sound;
use crate::analysis::sound_file::{self, Extent};
use crate::instrument::{Instrument, open};
use crate::music::{Song, midi};

/// Largest file that is read whole: far above any instrument, MIDI file or preset.
const LARGEST: u64 = 256 << 20;

/// Fails unless there is a file that can be opened: to be asked before long work begins.
pub fn check(path: &Path) -> Result<(), Failure> {
    let opened = open::open(path);
    opened
        .map(drop)
        .map_err(|error| Failure::read(path, &error))
}

/// The bytes of a file that has to be small.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    open::read(path, LARGEST).map_err(|error| Failure::read(path, &error))
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
    let read = sound_file::read(path, longest);
    let (sound, extent) = read.map_err(|error| Failure::job(error.to_string()))?;
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
    let name = path.file_name().unwrap_or(path.as_os_str());
    context.remark(&sound_file::damage(&name.to_string_lossy()));
}
