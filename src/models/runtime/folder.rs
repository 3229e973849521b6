//! A folder that nobody but this user can change, and that libraries may be loaded from.

#![expect(unsafe_code, reason = "libraries are loaded, and found, in C")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Makes the folder or takes the one that is there, and returns it without links in its path.
///
/// # Errors
/// Where it can't be made, or somebody else could put another file in its place.
pub(super) fn own(folder: &Path) -> io::Result<PathBuf> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    // In a folder such as /tmp, anybody may make a link of that name.
    if !fs::symlink_metadata(folder)?.is_dir() {
        return Err(io::Error::other("it is a link"));
    }
    let folder = fs::canonicalize(folder)?;
    #[cfg(unix)]
    trust(&folder)?;
    Ok(folder)
}

/// Whether only this user, or root, can change what is found under this path. From the root on:
/// what is above is known to stay where it is when the next one is looked at.
#[cfg(unix)]
fn trust(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    const OTHERS_WRITE: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    let mut path: Vec<&Path> = folder.ancestors().collect();
    path.reverse();
    for part in path {
        let found = fs::symlink_metadata(part)?;
        let itself = part == folder;
        let fault = if !found.is_dir() {
            "isn't a folder"
        } else if found.uid() != user() && (itself || found.uid() != 0) {
            "belongs to somebody else"
        } else if found.mode() & OTHERS_WRITE == 0 {
            continue;
        } else if itself || found.mode() & STICKY == 0 {
            "can be changed by others"
        } else {
            // In a sticky folder everybody makes files, and only owners rename them.
            continue;
        };
        return Err(io::Error::other(format!("{} {fault}", part.display())));
    }
    Ok(())
}

/// The user's number.
#[cfg(unix)]
pub(super) fn user() -> u32 {
    // SAFETY: it has no arguments and can't fail.
    unsafe { libc::geteuid() }
}

/// Fails where the system loads no libraries from.
pub(super) fn allows_libraries(folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{StatVfsMountFlags, statvfs};
        if statvfs(folder)?.f_flag.contains(StatVfsMountFlags::NOEXEC) {
            return Err(io::Error::other(
                "no library can be loaded from there, for it is mounted noexec",
            ));
        }
    }
    let _ = folder;
    Ok(())
}

/// A partial file is written in a second; one that hasn't been written to for so long is left over.
const LEFT_OVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes the files in a folder of ours that a process was killed over: those whose name begins and
/// ends like that, old, and this user's own.
pub(super) fn sweep(folder: &Path, begins: &str, ends: &str) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let is_partial = name
            .to_str()
            .is_some_and(|name| name.starts_with(begins) && name.ends_with(ends));
        // That of a link itself, not of what it leads to.
        if is_partial && entry.metadata().is_ok_and(|found| is_left_over(&found)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_left_over(found: &fs::Metadata) -> bool {
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::uid(found) != user() {
        return false;
    }
    let age = found
        .modified()
        .ok()
        .and_then(|written| SystemTime::now().duration_since(written).ok());
    found.is_file() && age.is_some_and(|age| age > LEFT_OVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn allow(folder: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(mode)).expect("permissions");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_change_or_rename_is_refused() {
        let base = tempfile::tempdir().expect("a folder");
        let above = base.path().join("above");
        let folder = above.join("folder");
        let made = own(&folder).expect("a new folder");
        assert_eq!(made, fs::canonicalize(&folder).expect("it is there"));
        for (above_mode, mode, trusted) in [
            (0o755, 0o700, true),
            (0o755, 0o755, true),
            (0o755, 0o775, false),
            (0o755, 0o707, false),
            (0o755, 0o1777, false),
            (0o775, 0o700, false),
            (0o777, 0o700, false),
            (0o1777, 0o700, true),
        ] {
            allow(&above, above_mode);
            allow(&folder, mode);
            let found = own(&folder);
            assert_eq!(found.is_ok(), trusted, "{above_mode:o} {mode:o}: {found:?}");
        }
        allow(&above, 0o755);
        std::os::unix::fs::symlink(&folder, above.join("link")).expect("a link");
        assert!(own(&above.join("link")).is_err(), "anybody can make a link");
        assert!(
            own(&above.join("link").join("within")).is_ok(),
            "the user's own links lead somewhere that is checked"
        );
    }

    /// Only root can give files away.
    #[cfg(unix)]
    #[test]
    fn a_folder_of_somebody_else_is_refused() {
        const NOBODY: Option<u32> = Some(65534);
        if user() != 0 {
            return;
        }
        let base = tempfile::tempdir().expect("a folder");
        let above = base.path().join("above");
        let folder = above.join("folder");
        own(&folder).expect("a new folder");
        for theirs in [&above, &folder] {
            std::os::unix::fs::chown(theirs, NOBODY, None).expect("giving it away");
            let fault = own(&folder).expect_err("theirs").to_string();
            assert!(fault.ends_with(" belongs to somebody else"), "{fault}");
            std::os::unix::fs::chown(theirs, Some(0), None).expect("taking it back");
        }
    }

    #[test]
    fn only_old_partial_files_of_ours_are_swept() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, hours: u64| {
            let path = folder.path().join(name);
            let file = fs::File::create(&path).expect("making");
            let then = SystemTime::now() - Duration::from_secs(hours * 3600);
            file.set_modified(then).expect("setting its time");
            path
        };
        let old = file("ours-1.partial", 25);
        let stay = [
            file("ours-2.partial", 1),
            file("theirs.partial", 25),
            file("ours-3.so", 25),
        ];
        let within = folder.path().join("ours-4.partial");
        fs::create_dir(&within).expect("making");
        sweep(folder.path(), "ours-", ".partial");
        assert!(!old.exists());
        assert!(within.exists() && stay.iter().all(|path| path.exists()));
    }
}
