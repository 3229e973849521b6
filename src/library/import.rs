//! Which instruments there are in files and folders.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::entry::{Kind, Place};
use super::sfz;
use crate::analysis::sound_file::ENDINGS;

/// Folders in folders are looked into so deep.
const DEEPEST: usize = 16;
/// More files than this are no library, but a whole disk.
const MOST: usize = 100_000;

/// An instrument in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// A `.consort`, SFZ or sound file.
    pub path: PathBuf,
    /// Saved, or imported.
    pub kind: Kind,
    /// Its name: the file's.
    pub name: String,
    /// When the file was last changed, and how long it is, in one number.
    pub stamp: i64,
}

impl Found {
    /// Its place in the library. Any thread.
    pub fn place(&self) -> Place {
        Place::File(self.path.clone())
    }
}

/// Which sound to hear of a file, and the MIDI key of its note where the file says that.
#[derive(Clone, Debug, PartialEq)]
pub struct Audible {
    /// A sound file.
    pub path: PathBuf,
    /// The key.
    pub key: Option<f64>,
}

/// An SFZ file of this name has nothing to hear. `Display` is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” names no samples that are there; check its folder.")]
pub struct NoSamples(String);

/// What is heard of an imported file: itself, or of an SFZ file the sample near middle C. Reads an
/// SFZ file; any thread but audio.
///
/// # Errors
/// [`NoSamples`].
pub fn audible(path: &Path) -> Result<Audible, NoSamples> {
    if !has_ending(path, &["sfz"]) {
        return Ok(Audible {
            path: path.to_owned(),
            key: None,
        });
    }
    let first = sfz::samples(path).into_iter().find(|sample| sample.plays);
    first
        .map(|sample| Audible {
            path: sample.path,
            key: sample.key,
        })
        .ok_or_else(|| {
            let name = path.file_name().unwrap_or_default();
            NoSamples(name.to_string_lossy().into_owned())
        })
}

/// The instruments in files and folders (with those inside), in order of their paths, and a sentence
/// for each path that can't be read. The samples of an SFZ instrument aren't instruments of their
/// own, nor is the SFZ file beside a `.consort` file of the same name. Blocks on the disk.
pub fn find(paths: &[PathBuf], cancelled: &dyn Fn() -> bool) -> (Vec<Found>, Vec<String>) {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for path in paths {
        let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        match std::fs::metadata(&whole) {
            Ok(about) if about.is_dir() => walk(&whole, DEEPEST, &mut files, &mut faults, cancelled),
            Ok(about) if about.is_file() && is_instrument(&whole) => files.push(whole),
            Ok(_) => faults.push(format!(
                "“{}” is no instrument; add .consort, SFZ, WAV, FLAC, AIFF, MP3 or OGG files, or folders of them.",
                path.display()
            )),
            Err(error) => faults.push(format!("“{}” can't be read ({error}).", path.display())),
        }
    }
    let mut samples = HashSet::new();
    for file in files.iter().filter(|file| has_ending(file, &["sfz"])) {
        samples.extend(
            sfz::samples(file)
                .into_iter()
                .map(|sample| tidy(&sample.path)),
        );
    }
    let consorts: HashSet<PathBuf> = files
        .iter()
        .filter(|file| has_ending(file, &["consort"]))
        .cloned()
        .collect();
    let mut found: Vec<Found> = files
        .into_iter()
        .filter(|file| {
            let beside = file.with_extension("consort");
            let is_export = has_ending(file, &["sfz"]) && consorts.contains(&beside);
            !(is_export || samples.contains(&tidy(file)))
        })
        .filter_map(|path| match path.to_str() {
            Some(_) => Some(of_file(path)),
            None => {
                faults.push(format!(
                    "“{}” has a name that is no text; rename it.",
                    path.display()
                ));
                None
            }
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup();
    (found, faults)
}

fn of_file(path: PathBuf) -> Found {
    let kind = if has_ending(&path, &["consort"]) {
        Kind::Saved
    } else {
        Kind::Imported
    };
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    Found {
        kind,
        name: name.replace('_', " "),
        stamp: stamp(&path),
        path,
    }
}

/// When a file was last changed, and how long it is, in one number; 0 for none. Any thread but
/// audio.
pub fn stamp(path: &Path) -> i64 {
    let Ok(about) = std::fs::metadata(path) else {
        return 0;
    };
    let changed = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let since = changed
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    (since.as_millis() as i64)
        .wrapping_mul(31)
        .wrapping_add(about.len() as i64)
}

fn walk(
    folder: &Path,
    deep: usize,
    files: &mut Vec<PathBuf>,
    faults: &mut Vec<String>,
    cancelled: &dyn Fn() -> bool,
) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(format!("“{}” can't be read ({error}).", folder.display()));
            return;
        }
    };
    for entry in entries.flatten() {
        if cancelled() {
            return;
        }
        if files.len() >= MOST {
            let full = format!(
                "There are more than {MOST} files; the others aren't added: add fewer folders."
            );
            if !faults.contains(&full) {
                faults.push(full);
            }
            return;
        }
        let path = entry.path();
        // A linked folder may lead back here.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        } else if is_folder && deep > 0 {
            walk(&path, deep - 1, files, faults, cancelled);
        } else if is_folder {
            faults.push(format!(
                "“{}” lies more than {DEEPEST} folders deep and isn't looked into; add it by itself.",
                path.display()
            ));
        } else if is_instrument(&path) && path.is_file() {
            files.push(path);
        }
    }
}

fn is_instrument(path: &Path) -> bool {
    has_ending(path, &["consort", "sfz"]) || has_ending(path, &ENDINGS)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        endings
            .iter()
            .any(|known| known.eq_ignore_ascii_case(ending))
    })
}

/// The path without detours, so that two ways to one file are seen to be the same.
fn tidy(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_its_instruments_once_each() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("deep/samples")).unwrap();
        std::fs::create_dir_all(at(".hidden")).unwrap();
        for name in [
            "a_b.WAV",
            "x.txt",
            ".hidden/c.wav",
            "deep/samples/c4.wav",
            "deep/made.consort",
            "deep/made.sfz",
        ] {
            std::fs::write(at(name), "x").unwrap();
        }
        std::fs::write(
            at("deep/piano.sfz"),
            "<region> sample=../deep/samples/c4.wav key=60",
        )
        .unwrap();
        let paths = [
            folder.path().to_owned(),
            at("a_b.WAV"),
            at("x.txt"),
            at("none"),
        ];
        let (found, faults) = find(&paths, &|| false);
        let names: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.kind)).collect();
        let expected = [
            ("a b", Kind::Imported),
            ("made", Kind::Saved),
            ("piano", Kind::Imported),
        ];
        assert_eq!(names, expected);
        assert_eq!(faults.len(), 2, "{faults:?}");
        let heard = audible(&at("deep/piano.sfz")).unwrap();
        assert_eq!(heard.key, Some(60.0));
        assert!(heard.path.ends_with("c4.wav"));
        assert!(
            audible(&at("deep/made.sfz"))
                .unwrap_err()
                .to_string()
                .contains("made.sfz")
        );
        assert!(find(&paths, &|| true).0.len() <= 1, "cancelled");
        assert_ne!(stamp(&at("a_b.WAV")), 0);
    }

    #[test]
    fn folders_too_deep_are_said() {
        let folder = tempfile::tempdir().unwrap();
        let deep =
            |depth: usize| (0..depth).fold(folder.path().to_owned(), |path, _| path.join("x"));
        std::fs::create_dir_all(deep(DEEPEST + 2)).unwrap();
        for depth in [DEEPEST, DEEPEST + 1] {
            std::fs::write(deep(depth).join("a.w64"), "x").unwrap();
        }
        let (found, faults) = find(&[folder.path().to_owned()], &|| false);
        assert_eq!((found.len(), faults.len()), (1, 1), "{faults:?}");
        assert!(faults[0].contains("add it by itself"));
        let (found, faults) = find(&[deep(DEEPEST + 1)], &|| false);
        assert_eq!((found.len(), faults.len()), (1, 0), "{faults:?}");
    }
}
