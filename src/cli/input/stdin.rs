//! What is piped in, as the file that `-` or `/dev/stdin` names. It is read once, into a file that nobody else sees and
//! that goes with the process, for sound files are read here and there, not from one end to the other.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::super::failure::Failure;

/// Names of what is piped in.
const NAMES: [&str; 4] = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];
/// More than any sound file that is read.
#[cfg(target_os = "linux")]
const MOST: u64 = 8 << 30;

/// What it is called in sentences and in the names of what is made of it.
pub(super) const NAME: &str = "stdin";

/// Whether a path names what is piped in: a file that is given as stdin is a file by its path.
pub fn is_named(path: &Path) -> bool {
    let named = NAMES.iter().any(|name| path == Path::new(name));
    let is_file = std::fs::metadata(path).is_ok_and(|about| about.is_file());
    named && (path == Path::new(NAMES[0]) || !is_file)
}

/// Where a file that was named lies: what is piped in, in a file of its own.
pub fn there(path: &Path) -> Result<Cow<'_, Path>, Failure> {
    static READ: OnceLock<Result<(PathBuf, File), Failure>> = OnceLock::new();
    if !is_named(path) {
        return Ok(Cow::Borrowed(path));
    }
    match READ.get_or_init(|| read(path)) {
        Ok((there, _)) => Ok(Cow::Borrowed(there)),
        Err(failure) => Err(failure.clone()),
    }
}

/// The file, and where it can be opened as often as it is wanted, though it has no name.
#[cfg(target_os = "linux")]
fn read(path: &Path) -> Result<(PathBuf, File), Failure> {
    use std::io::{IsTerminal, Read};
    use std::os::fd::AsRawFd;

    let stdin = io::stdin();
    if stdin.is_terminal() {
        let why =
            "is what is piped in, and nothing is: write `consort … - < file`, or name the file.";
        return Err(Failure::file(path, why));
    }
    let kept = |error: io::Error| {
        let why =
            format!("can't be kept while it is read ({error}); save it to a file, and name that.");
        Failure::file(path, why)
    };
    let mut file = tempfile::tempfile().map_err(kept)?;
    let count = io::copy(&mut stdin.lock().take(MOST + 1), &mut file).map_err(kept)?;
    if count > MOST {
        return Err(Failure::read(path, &io::ErrorKind::FileTooLarge.into()));
    }
    let there = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    Ok((there, file))
}

/// Elsewhere a file without a name can't be opened again.
#[cfg(not(target_os = "linux"))]
fn read(path: &Path) -> Result<(PathBuf, File), Failure> {
    Err(Failure::read(path, &io::ErrorKind::Unsupported.into()))
}
