//! Prompts where something is wrong with the machine: models or ONNX Runtime missing, damaged or
//! of another version, no place to write. Each gives one clear sentence, and the plugin plays on.
//!
//! Such things are decided once per process, so each case runs in a process of its own: this
//! program again, with only the test `the_case` in it.

#[path = "host/mod.rs"]
mod host;

use host::{Session, load, note_of};
use std::path::Path;
use std::process::Command;

/// Makes an instrument in a fresh process with some environment; what the plugin said, or `made`.
#[track_caller]
fn told_with(environment: &[(&str, &Path)]) -> String {
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(program);
    command.args(["--exact", "the_case", "--ignored", "--nocapture"]);
    command.envs(environment.iter().copied());
    let output = command.output().expect("this program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{environment:?}\n{text}\n{errors}");
    let told = text
        .lines()
        .find_map(|line| line.strip_prefix("told: "))
        .expect("it tells");
    println!("{environment:?}: {told}");
    told.to_owned()
}

/// One sentence for a user: no debug print, no stack, an end, and something to go by.
#[track_caller]
fn assert_clear(told: &str, names: &str) {
    assert!(
        told.ends_with('.') && told.len() > 20 && told.len() < 400,
        "{told}"
    );
    assert!(
        !told.contains("Error {") && !told.contains("panicked"),
        "{told}"
    );
    assert!(
        told.to_lowercase().contains(&names.to_lowercase()),
        "{names:?} is not in: {told}"
    );
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn the_case() {
    let entry = load();
    let mut session = Session::ready(&entry, 48_000.0, 512);
    let before = session.save();
    match session.make("warm cello", 1) {
        Ok(_) => println!("told: made"),
        Err(message) => {
            println!("told: {message}");
            assert_eq!(
                session.save().instrument(),
                before.instrument(),
                "what was there stays"
            );
        }
    }
    let state = session.save();
    let sound = session.play(&note_of(60, 0.8, 0, 4_000), 8_000, &[512]);
    assert!(sound.peak(0..8_000) > 1e-3, "it plays on");
    // A project saved now opens, and doesn't make again what failed.
    let mut other = Session::create(&entry);
    assert!(other.load(&state));
}

#[test]
fn all_is_well_without_adversity() {
    assert_eq!(told_with(&[]), "made");
}

#[test]
fn onnxruntime_is_missing() {
    let nothing = Path::new("/nonexistent/libonnxruntime.so");
    assert_clear(
        &told_with(&[("CONSORT_ONNXRUNTIME", nothing)]),
        "ONNX Runtime",
    );
}

#[test]
fn onnxruntime_is_another_library() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("libonnxruntime.so");
    std::fs::write(&text, "not a library").unwrap();
    assert_clear(
        &told_with(&[("CONSORT_ONNXRUNTIME", &text)]),
        "CONSORT_ONNXRUNTIME",
    );
    // A real library, but not this one: the plugin itself.
    assert_clear(
        &told_with(&[("CONSORT_ONNXRUNTIME", &host::bundle())]),
        "ONNX Runtime",
    );
}

#[test]
fn the_models_are_missing_or_damaged() {
    let nothing = Path::new("/nonexistent/models");
    assert_clear(&told_with(&[("CONSORT_MODELS", nothing)]), "model");

    let empty = tempfile::tempdir().unwrap();
    assert_clear(&told_with(&[("CONSORT_MODELS", empty.path())]), "model");

    let pack = copy_of_the_models();
    let manifest = pack.path().join("manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, &text[..text.len() / 2]).unwrap();
    assert_clear(&told_with(&[("CONSORT_MODELS", pack.path())]), "model");

    let newer = text.replacen("\"format\": 2", "\"format\": 99", 1);
    let newer = newer.replacen("\"format\":2", "\"format\":99", 1);
    assert_ne!(newer, text, "the manifest says its format");
    std::fs::write(&manifest, newer).unwrap();
    assert_clear(&told_with(&[("CONSORT_MODELS", pack.path())]), "model");

    std::fs::write(&manifest, text).unwrap();
    let model = std::fs::read_dir(pack.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let model = model
        .filter(|path| path.extension().is_some_and(|e| e == "onnx"))
        .min()
        .unwrap();
    let mut bytes = std::fs::read(&model).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    std::fs::write(&model, bytes).unwrap();
    let told = told_with(&[("CONSORT_MODELS", pack.path())]);
    assert_clear(&told, &model.file_name().unwrap().to_string_lossy());
}

#[test]
fn a_copy_of_the_models_works() {
    assert_eq!(
        told_with(&[("CONSORT_MODELS", copy_of_the_models().path())]),
        "made"
    );
}

#[test]
fn there_is_no_place_to_write() {
    // A file where folders are wanted: full disks and read-only ones fail in the same calls.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let told = told_with(&[
        ("HOME", &file),
        ("XDG_CACHE_HOME", &file),
        ("TMPDIR", &file),
    ]);
    if cfg!(target_os = "linux") {
        assert_eq!(told, "made", "memory will do");
    } else {
        assert_clear(&told, "ONNX Runtime");
    }
}

fn copy_of_the_models() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin-assets/models");
    for entry in std::fs::read_dir(models).unwrap().flatten() {
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    folder
}
