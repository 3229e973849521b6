//! What is unpacked is what is loaded, whatever others do meanwhile.

use std::fs;
#[cfg(target_os = "linux")]
use std::io::Write;

use sha2::{Digest, Sha256};

use super::*;

fn packed(plain: &[u8]) -> (Vec<u8>, String) {
    let hash = checked::hex(&Sha256::digest(plain));
    (zstd::encode_all(plain, 1).expect("compressing"), hash)
}

fn something() -> (Vec<u8>, String) {
    packed(&vec![7_u8; 100_000])
}

#[test]
fn unpacks_once_and_repairs_a_damaged_file() {
    let (compressed, hash) = something();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("consort");
    let path = || {
        let found = unpack(library(&compressed, &hash), &folder).expect("unpacking");
        found.place().to_owned()
    };
    let modified = |path: &Path| fs::metadata(path).and_then(|found| found.modified());
    let first = path();
    let written = modified(&first).expect("time");
    assert_eq!(path(), first);
    assert_eq!(modified(&first).expect("time"), written);
    fs::write(&first, "damaged").expect("writing");
    assert_eq!(path(), first);
    assert!(checked::open(&first, &hash).is_ok(), "repaired");
    let files = fs::read_dir(&folder).expect("listing").count();
    assert_eq!(files, 1, "no partial file is left");
}

#[test]
fn a_damaged_library_inside_is_refused() {
    let (compressed, _) = something();
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("consort");
    let fault = unpack(library(&compressed, &"0".repeat(64)), &folder).expect_err("damaged");
    assert!(fault.to_string().contains("install Consort again"));
    assert_eq!(fs::read_dir(&folder).expect("listing").count(), 0);
}

#[test]
fn a_folder_that_cannot_be_written_falls_back_and_then_says_so() {
    let (compressed, hash) = something();
    let base = tempfile::tempdir().expect("a folder");
    let file = base.path().join("file");
    fs::write(&file, "").expect("writing");
    let blocked = Place::Folder(file.join("consort"));
    let message = load(&compressed, &hash, std::slice::from_ref(&blocked))
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
    let _ = load(&compressed, &hash, &[blocked, Place::Folder(good.clone())]);
    assert_eq!(
        fs::read_dir(good).expect("listing").count(),
        1,
        "the second folder was used"
    );
}

/// Libraries that say that they are ONNX Runtime of some version.
#[cfg(target_os = "linux")]
fn counterfeit(version: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = super::super::library::tests::counterfeit(folder.path(), version, true);
    fs::read(path).expect("reading")
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_where_no_folder_will() {
    let (compressed, hash) = packed(&counterfeit("1.24.7"));
    let places = [Place::Folder("/dev/null/consort".into()), Place::Memory];
    let loaded = load(&compressed, &hash, &places).expect("loading");
    assert_eq!(loaded.version(), "1.24.7");
    assert!(
        fs::OpenOptions::new()
            .write(true)
            .open(loaded.name())
            .and_then(|mut file| file.write_all(b"changed"))
            .is_err(),
        "it is sealed"
    );
    assert!(super::super::memory::unpack(library(&compressed, &"0".repeat(64))).is_err());
}

/// Somebody who may write to the folder exchanges the file all the time, for what would load as well.
#[cfg(target_os = "linux")]
#[test]
fn what_takes_the_name_of_the_library_is_never_loaded() {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    const TRIES: usize = 1000;
    let (compressed, hash) = packed(&counterfeit("1.24.8"));
    let other = counterfeit("1.99.0");
    let base = tempfile::tempdir().expect("a folder");
    let folder = base.path().join("consort");
    let first = unpack(library(&compressed, &hash), &folder).expect("unpacking");
    let (path, own) = (first.place().to_owned(), base.path().join("own"));
    fs::copy(&path, &own).expect("copying");
    let (ended, swapped) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut versions = std::collections::BTreeMap::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                for bytes in [other.as_slice(), &fs::read(&own).expect("reading")] {
                    let next = base.path().join("next");
                    fs::write(&next, bytes).expect("writing");
                    fs::rename(&next, &path).expect("renaming");
                    swapped.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let mut tries = 0;
        while tries < TRIES || swapped.load(Ordering::Relaxed) < TRIES {
            tries += 1;
            let loaded = load(&compressed, &hash, &[Place::Folder(folder.clone())]);
            let version = loaded.map_or_else(|e| e.to_string(), |found| found.version().to_owned());
            *versions.entry(version).or_insert(0) += 1;
        }
        ended.store(true, Ordering::Relaxed);
    });
    println!("{swapped:?} swaps, loaded: {versions:?}");
    assert_eq!(versions.into_keys().collect::<Vec<_>>(), ["1.24.8"]);
}
