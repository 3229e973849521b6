//! Opens what is a file on the disk: a pipe or a device would be waited for, perhaps for ever.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Opens a file to read it. Blocks on the disk; any thread but audio.
///
/// # Errors
/// The system's; [`io::ErrorKind::IsADirectory`] for a folder, and [`io::ErrorKind::Unsupported`] for what
/// is neither.
pub fn open(path: &Path) -> io::Result<File> {
    let check = |found: std::fs::Metadata| match found.is_file() {
        true => Ok(()),
        false if found.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        false => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "it is a pipe or a device",
        )),
    };
    // Before it is opened, for that alone makes some devices do something.
    check(std::fs::metadata(path)?)?;
    let mut options = File::options();
    options.read(true);
    // And nobody waits, if it has become a pipe meanwhile.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.open(path)?;
    check(file.metadata()?)?;
    Ok(file)
}

/// The bytes of a file, if it has no more than `most`. Blocks on the disk; any thread but audio.
///
/// # Errors
/// As [`open`]; [`io::ErrorKind::FileTooLarge`] for more.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(bytes),
    }
}
