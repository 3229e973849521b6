//! Sound files that are added, moved, damaged, and missing.

use std::fs;

use super::*;
use crate::instrument::export;

/// A tone of one channel, as WAV.
fn tone(path: &Path, seconds: f64, rate: u32) {
    let count = (seconds * f64::from(rate)) as usize;
    let wave = (0..count).map(|at| (at as f32 * 0.05).sin() * 0.5);
    let sound = Sound::new(vec![wave.collect()], rate).unwrap();
    fs::write(path, sound.to_wav()).unwrap();
}

fn recalled(saved: &Value) -> Recording {
    Recording::recalled(saved).expect("a recording")
}

#[test]
fn a_file_that_is_moved_is_found_in_its_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (library, path) = (
        folder.path().join("library"),
        folder.path().join("a take.WAV"),
    );
    tone(&path, 0.5, 44_100);
    let Added { recording, notices } = Recording::add(&path, 16.0, 48_000, &library).unwrap();
    assert_eq!(notices, [""; 0]);
    assert_eq!(
        (recording.name(), recording.short_name()),
        ("a take.WAV".into(), "a take".into())
    );
    assert!((recording.seconds() - 0.5).abs() < 1e-4);
    let frames = recording.frames().unwrap();
    assert!(frames.len().abs_diff(24_000) <= 1, "{}", frames.len());
    assert!(recording.clip(48_000).is_some() && recording.clip(44_100).is_none());
    let saved = recording.saved();
    // Nothing is read before it is asked for, and the same comes back at any rate.
    let back = recalled(&saved);
    assert!(back.is(&recording) && back.saved() == saved && back.frames().is_none());
    fs::rename(&path, folder.path().join("elsewhere.wav")).unwrap();
    assert!(back.is_awaited(48_000));
    back.load(48_000, &library);
    assert!(back.frames().unwrap() == frames);
    assert!(back.is_awaited(44_100) && !back.is_awaited(48_000));
    back.load(44_100, &library);
    assert_eq!(back.frames().unwrap().len(), 22_050);
    // One copy, however often it is added.
    fs::copy(folder.path().join("elsewhere.wav"), &path).unwrap();
    Recording::add(&path, 0.0, 48_000, &library).unwrap();
    assert_eq!(fs::read_dir(library.join("sounds")).unwrap().count(), 1);
    // Without the copy the file itself will do, if it is as it was.
    fs::remove_dir_all(&library).unwrap();
    let back = recalled(&saved);
    back.load(48_000, &library);
    assert!(back.frames().is_some() && back.fault().is_none());
    tone(&path, 0.4, 44_100);
    let back = recalled(&saved);
    back.load(48_000, &library);
    let fault = back.fault().unwrap().to_string();
    assert!(
        fault.contains("“a take.WAV”") && fault.ends_with('.'),
        "{fault}"
    );
    assert!(back.frames().is_none() && !back.is_awaited(48_000));
    assert_eq!(back.saved(), saved, "the project keeps it");
}

#[test]
fn what_is_no_recording_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let refused = |name: &str| {
        let added = Recording::add(&at(name), 0.0, 48_000, &at("library"));
        let fault = added.err().expect(name).to_string();
        assert!(fault.contains(name) && fault.ends_with('.'), "{fault}");
        fault
    };
    refused("missing.wav");
    fs::write(at("empty.wav"), "").unwrap();
    refused("empty.wav");
    fs::write(at("text.wav"), "no sound at all, only words").unwrap();
    refused("text.wav");
    fs::write(
        at("damaged.flac"),
        [b"fLaC".as_slice(), &[0x55; 300]].concat(),
    )
    .unwrap();
    refused("damaged.flac");
    let silence = export::wav(&[[0.0; 2]; 1_000], 1.0, 48_000);
    fs::write(at("silent.wav"), silence).unwrap();
    assert!(refused("silent.wav").contains("silent"));
    tone(&at("long.wav"), 601.0, 8_000);
    assert!(refused("long.wav").contains("ten minutes"));
    assert!(!at("library").exists(), "nothing of it is kept");
    // Ten minutes are not too long, and what is cut off is used as far as it goes, and told.
    tone(&at("ten.wav"), 600.0, 8_000);
    assert!(Recording::add(&at("ten.wav"), 0.0, 8_000, &at("library")).is_ok());
    tone(&at("cut.wav"), 1.0, 8_000);
    let whole = fs::read(at("cut.wav")).unwrap();
    fs::write(at("cut.wav"), &whole[..whole.len() / 2]).unwrap();
    let cut = Recording::add(&at("cut.wav"), 0.0, 8_000, &at("library")).unwrap();
    assert!((cut.recording.seconds() - 0.5).abs() < 0.01);
    assert!(cut.notices[0].contains("damaged or cut off"));
}

#[test]
fn a_library_that_cannot_be_written_is_told_of_and_the_rest_works() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    tone(&path, 0.1, 48_000);
    let library = folder.path().join("file");
    fs::write(&library, "in the way").unwrap();
    let Added { recording, notices } = Recording::add(&path, 0.0, 48_000, &library).unwrap();
    assert!(notices[0].contains("No copy"), "{notices:?}");
    let back = recalled(&recording.saved());
    back.load(48_000, &library);
    assert!(back.frames().is_some());
}

#[test]
fn what_later_versions_say_of_it_stays_and_nonsense_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    tone(&path, 0.1, 48_000);
    let Added { recording, .. } =
        Recording::add(&path, 3.5, 48_000, &folder.path().join("l")).unwrap();
    let mut saved = recording.saved();
    saved["clip"]["stretch"] = 1.5.into();
    saved["colour"] = "red".into();
    assert_eq!(recalled(&saved).saved(), saved);
    for (field, value) in [
        ("begins", json!("x")),
        ("seconds", json!(-1.0)),
        ("sha256", json!("../../etc/passwd")),
        ("path", json!(7)),
    ] {
        let mut odd = recording.saved();
        odd["clip"][field] = value;
        assert!(Recording::recalled(&odd).is_none(), "{field}");
    }
    assert!(Recording::recalled(&Value::Null).is_none());
}
