//! Instruments as files: an SFZ and its WAV samples in a folder of their own, for other programs, and
//! `.consort` files.

mod folder;
mod names;
mod sfz;
mod wav;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Instrument, Macros};

pub use folder::Export;
pub use names::safe_name;
pub use wav::{float_wav, wav};

/// Why an instrument couldn't be exported. Nothing is left behind then.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file or folder couldn't be written.
    #[error("{} couldn't be written: {}", path.display(), advice(source))]
    Write {
        /// What was being written.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Stopped on request.
    #[error("The export was cancelled.")]
    Cancelled,
}

fn advice(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full; make room (about 100 MB) or choose another folder.".into()
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "the folder may not be written to; choose another one.".into()
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a file is in the way; choose another folder.".into()
        }
        _ => format!("{error}; choose another folder."),
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ExportError {
    move |source| ExportError::Write {
        path: path.to_path_buf(),
        source,
    }
}

/// Renders the whole instrument at `sample_rate` (halved above 50 kHz) and writes it to a new
/// folder in `parent`, named after the instrument: `NAME/NAME.sfz` and `NAME/samples/*.wav`,
/// 24-bit with loop points. `parent` is made if need be; a folder of that name is kept and the new
/// one gets a number. `progress` hears the share done, 0..=1. Returns the SFZ's path.
/// Any thread but audio; takes seconds.
pub fn sfz(
    instrument: &Instrument,
    macros: &Macros,
    sample_rate: f32,
    parent: &Path,
    cancelled: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(f32),
) -> Result<PathBuf, ExportError> {
    let mut export = Export::new(Arc::new(instrument.clone()), *macros, sample_rate, parent)?;
    loop {
        let done = export.step(cancelled)?;
        progress(export.progress());
        if let Some(path) = done {
            return Ok(path);
        }
    }
}

/// Saves the instrument as a `.consort` file in `folder` (made if need be), under its name; a file
/// of that name is kept and the new one gets a number. It is there whole or not at all. Returns its
/// path. Any thread but audio.
pub fn consort(instrument: &Instrument, folder: &Path) -> Result<PathBuf, ExportError> {
    let name = safe_name(&instrument.name);
    file(folder, &name, ".consort", &instrument.to_bytes())
        .map_err(failed(&folder.join(name + ".consort")))
}

/// Writes a new file in `folder` (made if need be), as [`consort`] does. Any thread but audio.
pub fn file(folder: &Path, name: &str, ending: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let path = names::free(folder, name, ending);
    let mut file = builder(0o666).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(&path)?;
    Ok(path)
}

/// Where the user's instruments and sounds are kept unless another folder is named: with the user's
/// music. Any thread but audio.
pub fn music_folder() -> PathBuf {
    dirs::audio_dir()
        .or_else(|| Some(dirs::home_dir()?.join("Music")))
        .unwrap_or_else(std::env::temp_dir)
        .join("Consort")
}

/// What is unfinished is hidden and has a name that says so. Temporary files are private by default;
/// what the user gets follows the umask like any file, from `mode` down.
fn builder(mode: u32) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".consort-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    builder
}

#[cfg(test)]
mod tests;
