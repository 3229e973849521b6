//! Packs of the user beside those inside Consort.

use serde_json::{Value, json};

use super::*;

/// A pack that hears drums, as Consort's own does, in a folder of that name.
fn pack(folder: &Path, name: &str, change: impl FnOnce(&mut Value)) -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin-assets/models");
    let manifest = fs::read(own.join("manifest.json")).unwrap();
    let mut manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let fields = manifest.as_object_mut().unwrap();
    fields.remove("tokenizer");
    fields["name"] = name.into();
    let models = fields["models"].as_array_mut().unwrap();
    models.retain(|model| model["task"] == "drum_hearing");
    change(&mut manifest);
    let path = folder.join(name);
    fs::create_dir_all(&path).unwrap();
    fs::copy(
        own.join("drum_hearing.onnx"),
        path.join("drum_hearing.onnx"),
    )
    .unwrap();
    fs::write(path.join("manifest.json"), manifest.to_string()).unwrap();
    path
}

fn names(set: &PackSet) -> Vec<&str> {
    let packs = set.packs().iter();
    packs.map(|pack| &*pack.manifest().name).collect()
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn packs_of_the_user_come_first_and_what_is_wrong_with_one_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let packs = folder.path().join("packs");
    assert_eq!(names(&PackSet::of_user(&packs)), [""; 0], "there are none");
    pack(&packs, "b", |_| ());
    pack(&packs, "a", |manifest| {
        manifest["models"][0]["licence"] = "CC0-1.0".into()
    });
    let elsewhere = pack(folder.path(), "elsewhere", |_| ());
    assert_eq!(
        add_to(&packs, &elsewhere).unwrap().manifest().name,
        "elsewhere"
    );
    assert_eq!(
        add_to(&packs, &elsewhere).unwrap().manifest().name,
        "elsewhere"
    );
    let set = PackSet::of_user(&packs);
    assert_eq!(names(&set), ["a", "b", "elsewhere"]);
    let drums = set.of("drum_hearing").unwrap();
    let licence = drums.model("drum_hearing").unwrap().licence.as_deref();
    assert_eq!(
        (drums.folder(), licence),
        (Some(&*packs.join("a")), Some("CC0-1.0"))
    );

    // Whatever is wrong with a pack, none of it is used.
    pack(&packs, "a", |manifest| manifest["format"] = 3.into());
    pack(&packs, "b", |_| ());
    fs::write(packs.join("b/drum_hearing.onnx"), "half").unwrap();
    let before = fs::read(packs.join(ADDED)).unwrap();
    let error = add_to(&packs, &folder.path().join("nowhere")).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    let error = add_to(&packs, &packs).unwrap_err().to_string();
    assert!(error.contains("manifest.json"), "{error}");
    assert_eq!(fs::read(packs.join(ADDED)).unwrap(), before);
    // What was checked once is checked again when its manifest is another one.
    pack(&packs, "b", |manifest| manifest["version"] = "2".into());
    fs::write(packs.join("b/drum_hearing.onnx"), "half").unwrap();
    let set = PackSet::of_user(&packs);
    assert_eq!(names(&set), ["elsewhere"]);
    let faults: Vec<String> = set
        .faults()
        .iter()
        .map(|(_, error)| error.to_string())
        .collect();
    assert_eq!(faults.len(), 2);
    assert!(
        faults[0].contains("reads formats 1 to 2; use a pack made for it."),
        "{faults:?}"
    );
    assert!(
        faults[1].ends_with("is damaged; install the pack again."),
        "{faults:?}"
    );

    assert!(remove_from(&packs, &elsewhere).unwrap());
    assert!(!remove_from(&packs, &elsewhere).unwrap());
    assert_eq!(names(&PackSet::of_user(&packs)), [""; 0]);
    assert!(
        elsewhere.join("drum_hearing.onnx").is_file(),
        "its files stay"
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_pack_that_lacks_what_its_models_need_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let lonely = pack(folder.path(), "lonely", |manifest| {
        manifest["models"][0]["task"] = "parts".into();
    });
    let error = Pack::from_folder(lonely).unwrap_err().to_string();
    let needs = "has a model for \"parts\", but none for \"text_encoder\", which that needs; use a complete pack.";
    assert!(error.ends_with(needs), "{error}");
    let long = pack(folder.path(), "long", |manifest| {
        manifest["models"][0]["bytes"] = json!(3);
    });
    let error = Pack::from_folder(long)
        .unwrap()
        .verify()
        .unwrap_err()
        .to_string();
    assert!(error.contains("doesn't know how long its file"), "{error}");
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn transcribing_is_a_task_of_a_pack_of_its_own() {
    let set = PackSet {
        packs: [Pack::built_in(), Pack::basic_pitch()]
            .into_iter()
            .flatten()
            .collect(),
        ..PackSet::default()
    };
    assert_eq!(
        set.of("transcription").unwrap().manifest().licence,
        "Apache-2.0"
    );
    assert_eq!(
        set.of("first_anchor").unwrap().manifest().name,
        "Consort built-in models"
    );
    let error = set.of("juggling").unwrap_err().to_string();
    assert_eq!(
        error,
        "No model pack does \"juggling\"; install Consort again."
    );
}
