//! Files and folders that appear whole or not at all.
//!
//! Everything is written under a temporary name beside its target and renamed when it is complete,
//! so a full disk, a crash or Ctrl-C leaves no half-written file. What exists already is never
//! overwritten unless the user says `--force`.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempDir};

use super::failure::Failure;

/// Fails when `target` exists and may not be replaced: to be asked before long work begins.
pub fn check(target: &Path, force: bool) -> Result<(), Failure> {
    resolve(target, force).map(drop)
}

/// The file that `target` stands for. A link is written through, never replaced: `/dev/stdout` is one.
fn resolve(target: &Path, force: bool) -> Result<PathBuf, Failure> {
    let what = match fs::symlink_metadata(target) {
        Ok(what) => what,
        // Whether the folder is there and can be written is found out by writing.
        Err(_) => return Ok(target.to_owned()),
    };
    let (file, what) = match what.is_symlink() {
        false => (target.to_owned(), what),
        true => fs::canonicalize(target)
            .and_then(|file| fs::metadata(&file).map(|what| (file, what)))
            .map_err(|_| {
                Failure::file(
                    target,
                    "is a link to something that can't be written; choose another --out.",
                )
            })?,
    };
    if what.is_dir() {
        Err(Failure::file(target, "is a folder; name a file in it."))
    } else if !what.is_file() {
        Err(Failure::file(
            target,
            "is not a regular file; choose another --out.",
        ))
    } else if !force {
        Err(exists(target))
    } else {
        Ok(file)
    }
}

fn exists(target: &Path) -> Failure {
    Failure::file(
        target,
        "exists; add --force to replace it, or choose another --out.",
    )
}

/// A file on its way to `target`.
pub struct NewFile {
    target: PathBuf,
    /// The target, or what it is a link to.
    resolved: PathBuf,
    force: bool,
    file: BufWriter<NamedTempFile>,
}

impl NewFile {
    /// Opens a temporary file beside `target`.
    pub fn create(target: &Path, force: bool) -> Result<NewFile, Failure> {
        let resolved = resolve(target, force)?;
        let file = builder(0o666)
            .tempfile_in(folder_of(&resolved))
            .map_err(|error| Failure::write(target, &error))?;
        Ok(NewFile {
            target: target.to_owned(),
            resolved,
            force,
            file: BufWriter::new(file),
        })
    }

    /// The whole content at once.
    pub fn write_all(target: &Path, force: bool, bytes: &[u8]) -> Result<(), Failure> {
        let mut file = NewFile::create(target, force)?;
        file.writer()
            .write_all(bytes)
            .map_err(|error| Failure::write(target, &error))?;
        file.commit()
    }

    /// The same file, for a writer that wants to own one; its writes count for [`Self::commit`].
    pub fn handle(&self) -> Result<File, Failure> {
        let handle = self.file.get_ref().as_file().try_clone();
        handle.map_err(|error| Failure::write(&self.target, &error))
    }

    /// Where the bytes go.
    pub fn writer(&mut self) -> &mut BufWriter<NamedTempFile> {
        &mut self.file
    }

    /// Gives the file its name.
    pub fn commit(self) -> Result<(), Failure> {
        let NewFile {
            target,
            resolved,
            force,
            file,
        } = self;
        let failed = |error: &std::io::Error| Failure::write(&target, error);
        let file = file.into_inner().map_err(|error| failed(error.error()))?;
        file.as_file().sync_all().map_err(|error| failed(&error))?;
        let renamed: Result<File, _> = if force {
            file.persist(&resolved)
        } else {
            file.persist_noclobber(&resolved)
        };
        match renamed {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(exists(&target))
            }
            Err(error) => Err(failed(&error.error)),
        }
    }
}

/// A folder on its way to `target`: filled in a workplace beside it, then moved.
pub struct NewFolder {
    target: PathBuf,
    force: bool,
    folder: TempDir,
}

impl NewFolder {
    /// Fails when `target` exists and may not be replaced; a folder is all that is ever replaced.
    pub fn check(target: &Path, force: bool) -> Result<(), Failure> {
        match fs::symlink_metadata(target) {
            Ok(what) if what.is_symlink() => Err(Failure::file(
                target,
                "is a link; choose another --out, or remove the link.",
            )),
            Ok(what) if !what.is_dir() => Err(Failure::file(
                target,
                "is a file, not a folder; choose another --out.",
            )),
            Ok(_) if !force => Err(exists(target)),
            _ => Ok(()),
        }
    }

    /// Opens a temporary folder beside `target`, making the folders above it when they are missing.
    pub fn create(target: &Path, force: bool) -> Result<NewFolder, Failure> {
        NewFolder::check(target, force)?;
        let above = folder_of(target);
        fs::create_dir_all(above).map_err(|error| Failure::write(above, &error))?;
        let folder = builder(0o700)
            .tempdir_in(above)
            .map_err(|error| Failure::write(target, &error))?;
        Ok(NewFolder {
            target: target.to_owned(),
            force,
            folder,
        })
    }

    /// A folder of our own, to be filled with one folder of the target's name.
    pub fn workplace(&self) -> &Path {
        self.folder.path()
    }

    /// Gives the folder its name. The one it replaces is moved aside first and deleted last.
    pub fn commit(self) -> Result<(), Failure> {
        let NewFolder {
            target,
            force,
            folder,
        } = self;
        NewFolder::check(&target, force)?;
        let failed = |error: std::io::Error| Failure::write(&target, &error);
        let aside = if fs::symlink_metadata(&target).is_ok() {
            let aside = builder(0o700)
                .tempdir_in(folder_of(&target))
                .map_err(failed)?;
            fs::rename(&target, aside.path().join("replaced")).map_err(failed)?;
            Some(aside)
        } else {
            None
        };
        let filled = folder.path().join(target.file_name().unwrap_or_default());
        if let Err(error) = fs::rename(filled, &target) {
            if let Some(aside) = aside {
                fs::rename(aside.path().join("replaced"), &target).map_err(failed)?;
            }
            return Err(failed(error));
        }
        Ok(())
    }
}

fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Temporary files are private by default; what the user gets follows the umask like any file,
/// from `mode` down.
fn builder(mode: u32) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".consort-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_without_commit_and_nothing_is_overwritten_without_force() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.txt");
        drop(NewFile::create(&target, false).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        NewFile::write_all(&target, false, b"one").unwrap();
        assert!(NewFile::write_all(&target, false, b"two").is_err());
        assert_eq!(fs::read(&target).unwrap(), b"one");
        NewFile::write_all(&target, true, b"two").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_written_through_and_stay() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("far")).unwrap();
        fs::write(at("far/file"), b"old").unwrap();
        symlink("far/file", at("link")).unwrap();
        symlink(at("nowhere"), at("broken")).unwrap();
        symlink("/dev/null", at("device")).unwrap();
        symlink("far", at("folder")).unwrap();
        assert!(NewFile::write_all(&at("link"), false, b"new").is_err());
        assert_eq!(fs::read(at("far/file")).unwrap(), b"old");
        NewFile::write_all(&at("link"), true, b"new").unwrap();
        assert_eq!(fs::read(at("far/file")).unwrap(), b"new");
        for name in ["broken", "device", "folder"] {
            assert!(
                NewFile::write_all(&at(name), true, b"new").is_err(),
                "{name}"
            );
            assert!(NewFolder::create(&at(name), true).is_err(), "{name}");
        }
        for name in ["link", "broken", "device", "folder"] {
            assert!(at(name).is_symlink(), "{name}");
        }
        assert_eq!(fs::read_dir(at("far")).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_appears_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.txt");
        let mut file = NewFile::create(&target, false).unwrap();
        file.writer().write_all(b"late").unwrap();
        fs::write(&target, b"early").unwrap();
        assert!(file.commit().is_err());
        assert_eq!(fs::read(&target).unwrap(), b"early");
    }

    #[test]
    fn folders_are_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("new/cello");
        for content in ["one", "two"] {
            let new = NewFolder::create(&target, true).unwrap();
            fs::create_dir(new.workplace().join("cello")).unwrap();
            fs::write(new.workplace().join("cello").join(content), content).unwrap();
            new.commit().unwrap();
        }
        let names: Vec<_> = fs::read_dir(&target)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names, ["two"]);
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 1);
        assert!(NewFolder::create(&target, false).is_err());
    }
}
