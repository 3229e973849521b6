//! Copies of sound files beside the library, each named by what is in it. Nothing is ever deleted there: no
//! instance knows which projects need it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::analysis::sound_file::ReadError;
use crate::instrument::open;
use crate::models::runtime::hash_of;

/// The folder in the library's.
const FOLDER: &str = "sounds";

/// Where a sound is to be read from.
pub(super) enum Source {
    /// This copy.
    Copy(PathBuf),
    /// The file that was chosen: it is as it was.
    Original,
}

/// Keeps a copy of a file in the library's folder, unless there is one; its hash, and a sentence if it can't be
/// kept.
///
/// # Errors
/// The file can't be read.
pub(super) fn keep(path: &Path, folder: &Path) -> Result<(String, Option<String>), ReadError> {
    let unreadable = |error: io::Error| ReadError::Unreadable {
        name: super::name(path),
        reason: error.to_string(),
    };
    let sha256 = hash(path).map_err(unreadable)?;
    let folder = folder.join(FOLDER);
    let not_kept = copy(path, &sha256, &folder).err().map(|error| {
        format!(
            "No copy of the recording could be kept in {} ({error}): if the file is moved, the project will miss it.",
            folder.display()
        )
    });
    Ok((sha256, not_kept))
}

fn copy(path: &Path, sha256: &str, folder: &Path) -> io::Result<()> {
    let place = place(path, sha256, folder);
    if hash(&place).is_ok_and(|found| found == sha256) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let mut copy = tempfile::NamedTempFile::new_in(folder)?;
    let file = copy.as_file_mut();
    let copied = hash_of(&mut open::open(path)?, |bytes| file.write_all(bytes))?;
    if copied != sha256 {
        return Err(io::Error::other("it was changed meanwhile"));
    }
    copy.persist(place)?;
    Ok(())
}

/// The file that a project names, by its copy or where it was.
pub(super) fn find(path: &Path, sha256: &str, folder: &Path) -> Option<Source> {
    let is = |path: &Path| hash(path).is_ok_and(|found| found == sha256);
    let copy = place(path, sha256, &folder.join(FOLDER));
    if is(&copy) {
        return Some(Source::Copy(copy));
    }
    is(path).then_some(Source::Original)
}

fn place(path: &Path, sha256: &str, folder: &Path) -> PathBuf {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    // What tells a decoder something, and no more.
    let ending = ending.chars().filter(char::is_ascii_alphanumeric).take(8);
    folder
        .join(sha256)
        .with_extension(ending.collect::<String>())
}

fn hash(path: &Path) -> io::Result<String> {
    hash_of(&mut open::open(path)?, |_| Ok(()))
}
