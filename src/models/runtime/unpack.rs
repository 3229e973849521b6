//! Unpacks the embedded ONNX Runtime to a folder that libraries can be loaded from.
//!
//! The file is written under a name of its own and renamed when whole, so that processes which
//! unpack at the same time don't see each other's halves; its hash is checked before each load.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::super::Error;
use super::{LIBRARY_VARIABLE, library};

/// The library, compressed by zstd; `None` when it wasn't there at build time.
const COMPRESSED: Option<&[u8]> = include!(concat!(env!("OUT_DIR"), "/runtime_asset.rs"));

/// Which library that is, for each platform.
const PINNED: &str = include_str!("../../../plugin-assets/onnxruntime.json");

#[derive(Deserialize)]
struct Pinned {
    platforms: BTreeMap<String, Platform>,
}

#[derive(Deserialize)]
struct Platform {
    library_sha256: String,
}

/// Path and version of the embedded library, unpacked if it isn't yet.
///
/// # Errors
/// [`Error::Runtime`]: it isn't built in, or can't be unpacked anywhere.
pub(super) fn built_in() -> Result<(PathBuf, String), Error> {
    let hash = pinned_hash()?;
    let compressed = COMPRESSED.ok_or_else(|| {
        Error::Runtime(format!(
            "ONNX Runtime is not built in; run `cargo xtask setup` and build again, or set {LIBRARY_VARIABLE} to its library."
        ))
    })?;
    unpack_and_check(compressed, &hash, &folders())
}

fn pinned_hash() -> Result<String, Error> {
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let pinned: Pinned = serde_json::from_str(PINNED)
        .map_err(|e| Error::Runtime(format!("onnxruntime.json is damaged: {e}.")))?;
    pinned.platforms.get(&platform).map(|found| found.library_sha256.clone()).ok_or_else(|| {
        Error::Runtime(format!("There is no ONNX Runtime for {platform} inside Consort; set {LIBRARY_VARIABLE} to a library."))
    })
}

/// Where to unpack: the user's cache folder, and if that can't be written to, a folder of the
/// user's own in the system's temporary one.
fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = dirs::cache_dir()
        .map(|cache| cache.join("consort"))
        .into_iter()
        .collect();
    folders.push(std::env::temp_dir().join(format!("consort-{}", user())));
    folders
}

#[cfg(unix)]
fn user() -> String {
    // SAFETY: it has no arguments and can't fail.
    #[allow(unsafe_code)]
    unsafe { libc::geteuid() }.to_string()
}

#[cfg(not(unix))]
fn user() -> String {
    std::env::var("USERNAME").unwrap_or_default()
}

/// Tries each folder in turn until one holds a library that loads.
fn unpack_and_check(
    compressed: &[u8],
    hash: &str,
    folders: &[PathBuf],
) -> Result<(PathBuf, String), Error> {
    let mut faults = Vec::new();
    for folder in folders {
        match unpack(compressed, hash, folder) {
            Ok(path) => match library::check(&path) {
                Ok(version) => return Ok((path, version)),
                Err(fault) => faults.push(fault.trim_end_matches('.').to_owned()),
            },
            Err(e) => faults.push(format!("{}: {e}", folder.display())),
        }
    }
    Err(Error::Runtime(format!(
        "ONNX Runtime can't be unpacked ({}); make room or allow writing there, or set {LIBRARY_VARIABLE} to its library.",
        faults.join("; ")
    )))
}

/// The path of the unpacked library in `folder`, written unless a file with the right hash is there.
fn unpack(compressed: &[u8], hash: &str, folder: &Path) -> io::Result<PathBuf> {
    own_folder(folder)?;
    let short = hash.get(..16).unwrap_or(hash);
    let path = folder.join(format!(
        "consort-onnxruntime-{short}{}",
        std::env::consts::DLL_SUFFIX
    ));
    if file_hash(&path).is_ok_and(|found| found == hash) {
        return Ok(path);
    }
    let partial = folder.join(format!(
        "consort-onnxruntime-{short}.{}.partial",
        std::process::id()
    ));
    let written =
        write_library(compressed, hash, &partial).and_then(|()| fs::rename(&partial, &path));
    if let Err(e) = written {
        let _ = fs::remove_file(&partial);
        return Err(e);
    }
    Ok(path)
}

fn write_library(compressed: &[u8], hash: &str, path: &Path) -> io::Result<()> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(compressed)?;
    let mut file = File::create(path)?;
    let mut hasher = Sha256::new();
    copy(&mut decoder, |piece| {
        hasher.update(piece);
        file.write_all(piece)
    })?;
    if hex(&hasher.finalize()) != hash {
        return Err(io::Error::other(
            "the library inside Consort is damaged; install Consort again",
        ));
    }
    file.sync_data()
}

/// Makes a folder that only this user writes to, or checks that it is one: what is loaded from it
/// runs with the user's rights.
fn own_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, MetadataExt};
        builder.mode(0o700).create(folder)?;
        let found = fs::symlink_metadata(folder)?;
        if !found.is_dir() || found.uid().to_string() != user() || found.mode() & 0o022 != 0 {
            return Err(io::Error::other("the folder isn't this user's alone"));
        }
        Ok(())
    }
    #[cfg(not(unix))]
    builder.create(folder)
}

/// SHA-256 of a file, in lower-case hexadecimal.
fn file_hash(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    copy(&mut File::open(path)?, |piece| {
        hasher.update(piece);
        Ok(())
    })?;
    Ok(hex(&hasher.finalize()))
}

fn copy(from: &mut dyn Read, mut to: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 18];
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
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

    fn something() -> (Vec<u8>, String) {
        let plain = vec![7_u8; 100_000];
        let hash = hex(&Sha256::digest(&plain));
        (
            zstd::encode_all(plain.as_slice(), 1).expect("compressing"),
            hash,
        )
    }

    #[test]
    fn unpacks_once_and_repairs_a_damaged_file() {
        let (compressed, hash) = something();
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("consort");
        let path = unpack(&compressed, &hash, &folder).expect("unpacking");
        let first = fs::metadata(&path)
            .expect("metadata")
            .modified()
            .expect("time");
        assert_eq!(unpack(&compressed, &hash, &folder).expect("again"), path);
        assert_eq!(
            fs::metadata(&path)
                .expect("metadata")
                .modified()
                .expect("time"),
            first
        );
        fs::write(&path, "damaged").expect("writing");
        assert_eq!(unpack(&compressed, &hash, &folder).expect("repair"), path);
        assert_eq!(file_hash(&path).expect("hash"), hash);
        assert_eq!(
            fs::read_dir(&folder).expect("listing").count(),
            1,
            "no partial file is left"
        );
    }

    #[test]
    fn a_damaged_library_inside_is_refused() {
        let (compressed, _) = something();
        let folder = tempfile::tempdir().expect("a folder");
        let wrong = "0".repeat(64);
        let fault =
            unpack(&compressed, &wrong, &folder.path().join("consort")).expect_err("damaged");
        assert!(fault.to_string().contains("install Consort again"));
    }

    #[test]
    fn a_folder_that_cannot_be_written_falls_back_and_then_says_so() {
        let (compressed, hash) = something();
        let base = tempfile::tempdir().expect("a folder");
        let file = base.path().join("file");
        fs::write(&file, "").expect("writing");
        let blocked = file.join("consort");
        let message = unpack_and_check(&compressed, &hash, std::slice::from_ref(&blocked))
            .expect_err("blocked")
            .to_string();
        assert!(
            message.starts_with("ONNX Runtime can't be unpacked ("),
            "{message}"
        );
        assert!(
            message.ends_with("set CONSORT_ONNXRUNTIME to its library."),
            "{message}"
        );
        let good = base.path().join("good");
        let _ = unpack_and_check(&compressed, &hash, &[blocked, good.clone()]);
        assert_eq!(
            fs::read_dir(good).expect("listing").count(),
            1,
            "the second folder was used"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_others_can_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let base = tempfile::tempdir().expect("a folder");
        let shared = base.path().join("shared");
        fs::create_dir(&shared).expect("making");
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o777)).expect("permissions");
        assert!(own_folder(&shared).is_err());
    }
}
