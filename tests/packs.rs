//! Model packs that are missing, damaged, or made for something else: each gets one clear sentence.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use consort::models::{Error, Models, Pack, Request, make_instrument};
use serde_json::Value;

/// The built-in pack's files.
fn original() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin-assets/models")
}

/// A copy of the built-in pack in a folder of its own, its manifest changed.
fn changed(change: impl FnOnce(&mut Value)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(original()).expect("listing").flatten() {
        fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("copying");
    }
    let path = folder.path().join("manifest.json");
    let mut manifest = serde_json::from_slice(&fs::read(&path).expect("reading")).expect("JSON");
    change(&mut manifest);
    fs::write(&path, manifest.to_string()).expect("writing");
    folder
}

/// The sentence that making an instrument with this pack ends in.
fn sentence(folder: &Path) -> String {
    let attempt = Pack::from_folder(folder).and_then(|pack| {
        let request = Request {
            prompt: "warm cello".to_owned(),
            ..Request::default()
        };
        make_instrument(&mut Models::new(pack), &request, &mut |_, _| {
            ControlFlow::Continue(())
        })
    });
    let error = attempt.expect_err("a pack that doesn't work");
    assert!(matches!(error, Error::Pack(_)), "{error:?}");
    let sentence = error.to_string();
    assert!(
        sentence.ends_with('.') && !sentence.contains('\n'),
        "{sentence}"
    );
    sentence.replace(&folder.display().to_string(), "FOLDER")
}

fn entry<'a>(manifest: &'a mut Value, task: &str) -> &'a mut Value {
    let models = manifest["models"].as_array_mut().expect("models");
    models
        .iter_mut()
        .find(|model| model["task"] == task)
        .expect("the task")
}

#[test]
fn a_missing_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let begins = "The model pack in FOLDER can't be read (manifest.json: ";
    assert!(
        sentence(folder.path()).starts_with(begins),
        "{}",
        sentence(folder.path())
    );
}

#[test]
fn a_manifest_that_is_no_json() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("manifest.json"), "{\"format\": 1, ").expect("writing");
    assert!(
        sentence(folder.path())
            .starts_with("The manifest of the model pack in FOLDER is damaged (")
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn another_format() {
    let folder = changed(|manifest| manifest["format"] = 2.into());
    assert_eq!(
        sentence(folder.path()),
        "The model pack in FOLDER has format 2, but this version of Consort reads format 1; use a pack made for it."
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn other_families() {
    let folder = changed(|manifest| manifest["families"][3] = "kazoo".into());
    assert!(sentence(folder.path()).contains("has other families"));
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn impossible_settings() {
    let settings: [(&str, Value); 4] = [
        ("steps", 0.into()),
        ("temperature", (-1.0).into()),
        ("anchor_key_by_family", serde_json::json!({ "bass": 45 })),
        ("range_by_family", serde_json::json!({ "bass": [60, 30] })),
    ];
    for (name, value) in settings {
        let folder = changed(|manifest| manifest["flow"][name] = value);
        assert!(
            sentence(folder.path()).contains("has settings that can't be right"),
            "{name}"
        );
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn missing_files_and_models() {
    let folder = changed(|_| ());
    fs::remove_file(folder.path().join("first_anchor.onnx")).expect("removing");
    assert!(
        sentence(folder.path())
            .starts_with("The model pack in FOLDER can't be read (first_anchor.onnx: ")
    );
    let folder = changed(|manifest| entry(manifest, "complete")["task"] = "something else".into());
    assert_eq!(
        sentence(folder.path()),
        "The model pack in FOLDER has no model for \"complete\"; use a complete pack."
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_damaged_file() {
    for name in ["first_anchor.onnx", "tokenizer.json"] {
        let folder = changed(|_| ());
        let path = folder.path().join(name);
        let mut bytes = fs::read(&path).expect("reading");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).expect("writing");
        assert_eq!(
            sentence(folder.path()),
            format!(
                "The file {name} of the model pack in FOLDER is damaged; install the pack again."
            )
        );
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_manifest_of_other_shapes() {
    let folder = changed(|manifest| manifest["code_width"] = 64.into());
    assert!(
        sentence(folder.path()).contains("has a model of another shape (first_anchor.onnx: noisy)")
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_model_that_is_not_what_the_manifest_says() {
    let folder = changed(|manifest| {
        let other = entry(manifest, "complete").clone();
        let first = entry(manifest, "first_anchor");
        first["file"] = other["file"].clone();
        first["sha256"] = other["sha256"].clone();
    });
    assert!(sentence(folder.path()).contains("has a model of another shape (complete.onnx: "));
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_file_that_is_no_model() {
    let folder = changed(|manifest| {
        let tokenizer = manifest["tokenizer"].clone();
        let first = entry(manifest, "first_anchor");
        first["file"] = tokenizer["file"].clone();
        first["sha256"] = tokenizer["sha256"].clone();
    });
    assert!(
        sentence(folder.path())
            .contains("has a model that ONNX Runtime can't load (tokenizer.json: ")
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_name_that_leads_out_of_the_folder() {
    let folder =
        changed(|manifest| entry(manifest, "text_encoder")["file"] = "../text_encoder.onnx".into());
    assert!(sentence(folder.path()).contains("names a file outside its folder"));
}
