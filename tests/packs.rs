//! Model packs that are missing, damaged, or made for something else: each gets one clear sentence.

#[path = "command/mod.rs"]
mod command;

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

/// Those of the instruments' models.
fn settings(manifest: &mut Value) -> &mut Value {
    &mut entry(manifest, "first_anchor")["settings"]
}

/// Packs that were made before settings stood with their models.
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn format_1_is_read() {
    let folder = changed(|manifest| {
        manifest["format"] = 1.into();
        let mut flow = settings(manifest).take();
        let fields = flow.as_object_mut().expect("an object");
        for name in ["code_width", "families"] {
            manifest[name] = fields.remove(name).expect("it is there");
        }
        manifest["flow"] = flow;
        for (task, name) in [
            ("drum_mixture", "drums"),
            ("drum_hearing", "drum_hearing"),
            ("song_tags", "song_tags"),
        ] {
            manifest[name] = entry(manifest, task)["settings"].take();
        }
        for model in manifest["models"].as_array_mut().expect("models") {
            let fields = model.as_object_mut().expect("an object");
            fields.remove("settings");
            fields.remove("bytes");
        }
    });
    let old = Pack::from_folder(folder.path()).expect("it is read");
    let new = Pack::built_in().expect("it is there");
    old.verify().expect("its files are whole");
    let told = |pack: &Pack| {
        let manifest = pack.manifest();
        format!(
            "{:?} {:?} {:?} {:?}",
            manifest.flow, manifest.drums, manifest.drum_hearing, manifest.song_tags
        )
    };
    assert_eq!(told(&old), told(&new));
    assert!(new.manifest().song_tags.is_some() && new.manifest().flow.steps > 0);
}

/// What is added is asked first; what can't be used is refused, or said, and what is inside Consort goes on.
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn packs_are_added_listed_and_removed_by_the_command() {
    let desk = command::Desk::new();
    let run = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        command.env("CONSORT_PACKS", desk.file("packs"));
        command::Ran::of(command)
    };
    let list = || run(&["packs", "list", "--json"]).json();
    let names = |list: &Value| -> Vec<String> {
        let packs = list["packs"].as_array().expect("packs").iter();
        packs
            .map(|pack| pack["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    let built_in = ["Consort built-in models", "Basic Pitch"];
    assert_eq!(names(&list()), built_in);
    let folder = changed(|manifest| manifest["name"] = "Mine".into());
    let path = folder.path().to_str().expect("UTF-8");
    run(&["packs", "add", path]).ok();
    assert_eq!(names(&list()), ["Mine", built_in[0], built_in[1]]);
    let again = run(&["instrument", "warm cello", "--out", "made", "--json"]).json();
    assert!(again.is_object());
    let folders = fs::read_dir(desk.file("made")).expect("made").flatten();
    let files =
        folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let mut files = files.map(|file| file.path());
    let made = files.find(|path| path.extension().is_some_and(|end| end == "consort"));
    let made =
        consort::instrument::Instrument::from_bytes(&fs::read(made.expect("it is")).unwrap());
    assert_eq!(made.unwrap().recipe.pack.unwrap().name, "Mine");

    fs::write(folder.path().join("manifest.json"), "{}").expect("writing");
    let damaged = list();
    assert_eq!(names(&damaged), built_in);
    let why = damaged["faults"][0]["why"].as_str().expect("a sentence");
    assert!(why.contains("is damaged"), "{why}");
    run(&["instrument", "warm cello", "--out", "made", "--force"]).ok();
    run(&["packs", "add", path]).failed(&["damaged"]);
    run(&["packs", "remove", path]).ok();
    run(&["packs", "remove", path]).failed(&["wasn't added"]);
    assert_eq!(list()["faults"], serde_json::json!([]));
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
    let folder = changed(|manifest| manifest["format"] = 3.into());
    assert_eq!(
        sentence(folder.path()),
        "The model pack in FOLDER has format 3, but this version of Consort reads formats 1 to 2; use a pack made for it."
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn other_families() {
    let folder = changed(|manifest| settings(manifest)["families"][3] = "kazoo".into());
    assert!(sentence(folder.path()).contains("has other families"));
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn impossible_settings() {
    let impossible: [(&str, Value); 4] = [
        ("steps", 0.into()),
        ("temperature", (-1.0).into()),
        ("anchor_key_by_family", serde_json::json!({ "bass": 45 })),
        ("range_by_family", serde_json::json!({ "bass": [60, 30] })),
    ];
    for (name, value) in impossible {
        let folder = changed(|manifest| settings(manifest)[name] = value);
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
        "The model pack in FOLDER has a model for \"first_anchor\", but none for \"complete\", which that needs; use a complete pack."
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
    let folder = changed(|manifest| settings(manifest)["code_width"] = 64.into());
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
