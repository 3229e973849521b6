//! Unpacks the embedded ONNX Runtime to a place that libraries can be loaded from.
//!
//! A file in a folder is kept for the processes after this one. It is written under a random name and
//! renamed when whole, so that processes which unpack at the same time don't see each other's halves,
//! whatever their process ids are; and what is loaded is the open file whose hash was checked
//! ([`checked`]), not what has its name by then.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tempfile::NamedTempFile;

use super::super::Error;
use super::checked::{self, Checked};
use super::library::{self, Loaded};
use super::{LIBRARY_VARIABLE, folder};

/// The library, compressed by zstd; `None` when it wasn't there at build time.
const COMPRESSED: Option<&[u8]> = include!(concat!(env!("OUT_DIR"), "/runtime_asset.rs"));

/// Which library that is, for each platform.
const PINNED: &str = include_str!("../../../plugin-assets/onnxruntime.json");

/// The environment variable that moves the first folder, or the second where that can't be moved.
const FOLDER_VARIABLE: &str = if cfg!(target_os = "linux") {
    "XDG_CACHE_HOME"
} else if cfg!(windows) {
    "TEMP"
} else {
    "TMPDIR"
};

#[derive(Deserialize)]
struct Pinned {
    platforms: BTreeMap<String, Platform>,
}

#[derive(Deserialize)]
struct Platform {
    library_sha256: String,
}

/// The embedded library, loaded, and unpacked before if it isn't yet.
///
/// # Errors
/// [`Error::Runtime`]: it isn't built in, or can't be unpacked anywhere.
pub(super) fn built_in() -> Result<Loaded, Error> {
    let hash = pinned_hash()?;
    let compressed = COMPRESSED.ok_or_else(|| {
        Error::Runtime(format!(
            "ONNX Runtime is not built in; run `cargo xtask setup` and build again, or set {LIBRARY_VARIABLE} to its library."
        ))
    })?;
    load(compressed, &hash, &places())
}

fn pinned_hash() -> Result<String, Error> {
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let pinned: Pinned = serde_json::from_str(PINNED)
        .map_err(|e| Error::Runtime(format!("onnxruntime.json is damaged: {e}.")))?;
    pinned.platforms.get(&platform).map(|found| found.library_sha256.clone()).ok_or_else(|| {
        Error::Runtime(format!("There is no ONNX Runtime for {platform} inside Consort; set {LIBRARY_VARIABLE} to a library."))
    })
}

/// Where a library may be unpacked to.
#[derive(Debug, Clone)]
enum Place {
    Folder(PathBuf),
    #[cfg(target_os = "linux")]
    Memory,
}

/// The user's cache folder; if that won't do, a folder of the user's own in the system's temporary
/// one; if that won't do either, memory.
fn places() -> Vec<Place> {
    let cache = dirs::cache_dir().map(|cache| cache.join("consort"));
    let other = std::env::temp_dir().join(format!("consort-{}", user()));
    let folders = cache.into_iter().chain([other]);
    let places = folders.map(Place::Folder);
    #[cfg(target_os = "linux")]
    let places = places.chain([Place::Memory]);
    places.collect()
}

#[cfg(unix)]
fn user() -> String {
    folder::user().to_string()
}

#[cfg(not(unix))]
fn user() -> String {
    std::env::var("USERNAME").unwrap_or_default()
}

/// Tries each place in turn until the library loads from one.
fn load(compressed: &[u8], hash: &str, places: &[Place]) -> Result<Loaded, Error> {
    let mut faults = Vec::new();
    for place in places {
        let (name, unpacked) = match place {
            Place::Folder(folder) => (
                folder.display().to_string(),
                unpack(compressed, hash, folder),
            ),
            #[cfg(target_os = "linux")]
            Place::Memory => (
                String::from("memory"),
                super::memory::unpack(compressed, hash),
            ),
        };
        match unpacked.map(library::load_checked) {
            Ok(Ok(loaded)) => return Ok(loaded),
            Ok(Err(fault)) => faults.push(fault.trim_end_matches('.').to_owned()),
            Err(e) => faults.push(format!("{name}: {e}")),
        }
    }
    Err(Error::Runtime(format!(
        "ONNX Runtime can't be unpacked ({}); set {FOLDER_VARIABLE} to a folder of your own with room, in which libraries may be loaded, or set {LIBRARY_VARIABLE} to its library.",
        faults.join("; ")
    )))
}

/// How the name of a file begins that isn't whole yet, and how it ends.
const PARTIAL: (&str, &str) = ("consort-onnxruntime-", ".partial");

/// The library in `folder`, written unless a file with the right hash is there.
fn unpack(compressed: &[u8], hash: &str, folder: &Path) -> io::Result<Checked> {
    let folder = folder::own(folder)?;
    folder::allows_libraries(&folder)?;
    folder::sweep(&folder, PARTIAL.0, PARTIAL.1);
    let short = hash.get(..16).unwrap_or(hash);
    let path = folder.join(format!(
        "consort-onnxruntime-{short}{}",
        std::env::consts::DLL_SUFFIX
    ));
    if let Ok(found) = checked::open(&path, hash) {
        return Ok(found);
    }
    let partial = write(compressed, hash, &folder)?;
    let file = match partial.persist_noclobber(&path) {
        Ok(file) => file,
        Err(refused) => {
            // Another process was quicker, or what is there is damaged.
            if let Ok(found) = checked::open(&path, hash) {
                return Ok(found);
            }
            refused.file.persist(&path)?
        }
    };
    checked::written(file, &path, hash)
}

/// A new file of a random name, that only this user can read.
fn write(compressed: &[u8], hash: &str, folder: &Path) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(PARTIAL.0)
        .suffix(PARTIAL.1)
        .rand_bytes(16)
        .tempfile_in(folder)?;
    // Not synced to the disk: what a crash makes of it is found out by its hash, and written again.
    checked::unpack(compressed, hash, file.as_file_mut())?;
    Ok(file)
}

#[cfg(test)]
mod tests;
