//! A file whose bytes have been checked, held open, and loaded through what is held.
//!
//! Between a check and a load by name, another file may take the name. So the open file itself is
//! checked, and is then loaded: on Linux by its entry in `/proc/self/fd`. On Windows nobody can write,
//! rename or remove it while it is held. macOS loads by name only: there the folder has to be one that
//! nobody else changes, which it is asked to be everywhere ([`super::folder`]).

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// It has to be held for as long as the library is: the name it is loaded by is its own only so long.
#[derive(Debug)]
pub(super) struct Checked {
    _file: File,
    name: PathBuf,
    place: PathBuf,
}

impl Checked {
    /// What to load.
    pub(super) fn name(&self) -> &Path {
        &self.name
    }

    /// Where it is, for people.
    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// Of a file that was checked already, and that nobody else can change.
    #[cfg(target_os = "linux")]
    pub(super) fn held(file: File, place: PathBuf) -> Self {
        Self {
            name: name_of(&file),
            _file: file,
            place,
        }
    }
}

/// Opens the file at `path` and checks that it is this user's and has this hash.
pub(super) fn open(path: &Path, hash: &str) -> io::Result<Checked> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        /// Others may read it, and nothing else, while it is open.
        const FILE_SHARE_READ: u32 = 1;
        options.share_mode(FILE_SHARE_READ);
    }
    let mut file = options.open(path)?;
    if !is_ours(&file.metadata()?) {
        return Err(io::Error::other("somebody else can change it"));
    }
    verify(&hash_of(&mut file, |_| Ok(()))?, hash)?;
    Ok(Checked {
        #[cfg(target_os = "linux")]
        name: name_of(&file),
        #[cfg(not(target_os = "linux"))]
        name: path.to_owned(),
        _file: file,
        place: path.to_owned(),
    })
}

/// What [`unpack`] has written and is named `path` now, without the right to write it.
pub(super) fn written(file: File, path: &Path, hash: &str) -> io::Result<Checked> {
    #[cfg(target_os = "linux")]
    {
        let _ = hash;
        Ok(Checked::held(File::open(name_of(&file))?, path.to_owned()))
    }
    #[cfg(not(target_os = "linux"))]
    {
        drop(file);
        open(path, hash)
    }
}

/// A name of the open file itself. The loader takes libraries of one name for the same one, though
/// their file may have been closed since: hence a spelling that is nobody else's.
#[cfg(target_os = "linux")]
fn name_of(file: &File) -> PathBuf {
    use std::os::fd::AsRawFd;
    format!("/proc/self/fd/./{}", file.as_raw_fd()).into()
}

fn is_ours(found: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if found.uid() != super::folder::user() || found.mode() & 0o022 != 0 {
            return false;
        }
    }
    found.is_file()
}

/// Unpacks into an empty file of ours, which nobody else can write to.
pub(super) fn unpack(compressed: &[u8], hash: &str, to: &mut File) -> io::Result<()> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(compressed)?;
    let found = hash_of(&mut decoder, |piece| to.write_all(piece))?;
    verify(&found, hash)
}

fn verify(found: &str, hash: &str) -> io::Result<()> {
    if found == hash {
        return Ok(());
    }
    Err(io::Error::other(
        "what is inside Consort is damaged; install Consort again",
    ))
}

/// SHA-256 in lower-case hexadecimal of all that there is to read, handing it on piece by piece. Any thread but
/// audio.
///
/// # Errors
/// What reading or handing on says.
pub fn hash_of(
    from: &mut dyn Read,
    mut to: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..count]);
        to(&buffer[..count])?;
    }
}

/// Lower-case hexadecimal.
pub(in crate::models) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_files_that_others_can_write_to_are_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        fs::write(&path, "library").expect("writing");
        let hash = hex(&Sha256::digest("library"));
        assert!(open(&path, &hash).is_ok());
        assert!(open(&path, &hex(&Sha256::digest("other"))).is_err());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        assert!(open(&link, &hash).is_err());
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|status| status.success()));
        assert!(open(&pipe, &hash).is_err(), "and nobody waits for it");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("permissions");
        assert!(open(&path, &hash).is_err());
    }
}
