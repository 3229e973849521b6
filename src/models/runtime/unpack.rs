//! Unpacks what travels inside Consort, ONNX Runtime for one, to a place that libraries can be loaded and
//! programs be run from.
//!
//! A file in a folder is kept for the processes after this one. It is written under a random name and
//! renamed when whole, so that processes which unpack at the same time don't see each other's halves,
//! whatever their process ids are; and what is loaded is the open file whose hash was checked
//! ([`checked`]), not what has its name by then.

use std::collections::BTreeMap;
use std::fmt::Display;
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

/// Whether there is one inside.
pub(super) fn is_built_in() -> bool {
    COMPRESSED.is_some() && pinned_hash().is_ok()
}

fn pinned_hash() -> Result<String, Error> {
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let pinned: Pinned = serde_json::from_str(PINNED)
        .map_err(|e| Error::Runtime(format!("onnxruntime.json is damaged: {e}.")))?;
    pinned.platforms.get(&platform).map(|found| found.library_sha256.clone()).ok_or_else(|| {
        Error::Runtime(format!("There is no ONNX Runtime for {platform} inside Consort; set {LIBRARY_VARIABLE} to a library."))
    })
}

/// Something that travels inside Consort.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carried<'a> {
    /// How its file's name begins, and ends.
    pub name: (&'static str, &'static str),
    /// Its bytes, compressed by zstd.
    pub compressed: &'a [u8],
    /// SHA-256 of them as they were.
    pub hash: &'a str,
    /// It is a program.
    #[cfg_attr(not(unix), expect(dead_code, reason = "any file can be run there"))]
    pub runs: bool,
}

/// ONNX Runtime.
fn library<'a>(compressed: &'a [u8], hash: &'a str) -> Carried<'a> {
    Carried {
        name: ("consort-onnxruntime-", std::env::consts::DLL_SUFFIX),
        compressed,
        hash,
        runs: false,
    }
}

/// Where such a thing may be unpacked to.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Folder(PathBuf),
    #[cfg(target_os = "linux")]
    Memory,
}

/// The user's cache folder; if that won't do, a folder of the user's own in the system's temporary
/// one; if that won't do either, memory.
pub(super) fn places() -> Vec<Place> {
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
    first(library(compressed, hash), places, library::load_checked).map_err(|faults| {
        Error::Runtime(format!(
            "ONNX Runtime can't be unpacked ({faults}); set {FOLDER_VARIABLE} to a folder of your own with room, in which libraries may be loaded, or set {LIBRARY_VARIABLE} to its library."
        ))
    })
}

/// What was wrong with each place that something could have been unpacked to: a part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub(super) struct Nowhere(Vec<String>);

/// Unpacks to each place in turn until `work` can do with it what it should.
///
/// # Errors
/// What was wrong with each place.
pub(super) fn first<T, E: Display>(
    carried: Carried<'_>,
    places: &[Place],
    work: impl Fn(Checked) -> Result<T, E>,
) -> Result<T, Nowhere> {
    let mut faults = Vec::new();
    for place in places {
        let (name, unpacked) = match place {
            Place::Folder(folder) => (folder.display().to_string(), unpack(carried, folder)),
            #[cfg(target_os = "linux")]
            Place::Memory => (String::from("memory"), super::memory::unpack(carried)),
        };
        match unpacked.map(&work) {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(fault)) => faults.push(fault.to_string().trim_end_matches('.').to_owned()),
            Err(e) => faults.push(format!("{name}: {e}")),
        }
    }
    Err(Nowhere(faults))
}

/// How the name of a file ends that isn't whole yet.
const PARTIAL: &str = ".partial";

/// The file in `folder`, written unless one with the right hash is there.
fn unpack(carried: Carried<'_>, folder: &Path) -> io::Result<Checked> {
    let (hash, (begins, ends)) = (carried.hash, carried.name);
    let folder = folder::own(folder)?;
    folder::allows_libraries(&folder)?;
    folder::sweep(&folder, begins, PARTIAL);
    let short = hash.get(..16).unwrap_or(hash);
    let path = folder.join(format!("{begins}{short}{ends}"));
    if let Ok(found) = checked::open(&path, hash) {
        return Ok(found);
    }
    let partial = write(carried, &folder)?;
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
fn write(carried: Carried<'_>, folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(carried.name.0)
        .suffix(PARTIAL)
        .rand_bytes(16);
    #[cfg(unix)]
    if carried.runs {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    let mut file = builder.tempfile_in(folder)?;
    // Not synced to the disk: what a crash makes of it is found out by its hash, and written again.
    checked::unpack(carried.compressed, carried.hash, file.as_file_mut())?;
    Ok(file)
}

#[cfg(test)]
mod tests;
