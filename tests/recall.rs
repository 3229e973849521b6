//! A project with an instrument that was made from a prompt opens with no models and no ONNX
//! Runtime anywhere, and sounds exactly as it did.

#[path = "dice/mod.rs"]
mod dice;
#[path = "host/mod.rs"]
mod host;

use dice::Dice;
use host::{Event, Session, Sound, State, What, load};
use serde_json::{Value, json};
use std::process::Command;

fn sound_of(session: &mut Session) -> Sound {
    let mut events = Vec::new();
    for (index, key) in (21..=108).enumerate() {
        events.push(Event::at(
            index * 500,
            What::On(key, 0.2 + 0.009 * index as f64),
        ));
        events.push(Event::at(index * 500 + 2_000, What::Off(key)));
    }
    events.sort_by_key(|event| event.frame);
    session.play(&events, 96_000, &[512])
}

fn bytes_of(sound: &Sound) -> Vec<u8> {
    sound
        .left
        .iter()
        .chain(&sound.right)
        .flat_map(|x| x.to_le_bytes())
        .collect()
}

#[test]
fn a_project_opens_without_models() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::ready(&load(), 48_000.0, 512);
    let state = session.make("bright bell", 5).expect("it is made").state;
    std::fs::write(folder.path().join("project"), state.bytes()).unwrap();
    std::fs::write(
        folder.path().join("sound"),
        bytes_of(&sound_of(&mut session)),
    )
    .unwrap();

    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "the_project_opened_elsewhere",
            "--ignored",
            "--nocapture",
        ])
        .env("CONSORT_TEST_PROJECT", folder.path())
        .env("CONSORT_MODELS", "/nonexistent")
        .env("CONSORT_ONNXRUNTIME", "/nonexistent")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn the_project_opened_elsewhere() {
    let folder = std::env::var_os("CONSORT_TEST_PROJECT").expect("run by the test above");
    let read = |name: &str| std::fs::read(std::path::Path::new(&folder).join(name)).unwrap();
    let mut session = Session::open(&load(), 48_000.0, 512);
    assert!(session.load(&State::from_bytes(read("project"))));
    session.wait_for_keys();
    assert!(
        bytes_of(&sound_of(&mut session)) == read("sound"),
        "the exact sound"
    );
}

/// Loaded as CLAP hosts do it, before the plugin is active.
#[test]
fn what_fails_or_cannot_be_read_stays_in_the_project() {
    let entry = load();
    let mut session = Session::create(&entry);
    let request = json!({ "prompt": "x", "sound": { "path": "/nonexistent.wav" } });
    let part = json!({ "sheet": { "pace": "slow" } });
    let state = session.save().with_field("request", &request);
    assert!(session.load(&state.with_field("stem", &part)));
    session.activate(48_000.0, 512);
    let saved = session.wait_for_keys();
    let failed = saved.request();
    assert_eq!(failed["sound"], request["sound"]);
    assert!(
        failed["failed"]
            .as_str()
            .is_some_and(|why| why.ends_with('.'))
    );
    assert_eq!(saved.field("stem"), Some(part));
    let mut other = Session::open(&entry, 48_000.0, 512);
    assert!(other.load(&saved));
    assert_eq!(other.wait_for_keys().request(), failed);
}

/// What is being made when a project is opened before the plugin is active is made all the same.
#[test]
fn a_request_is_made_after_activation() {
    let entry = load();
    let mut session = Session::create(&entry);
    let state = session.save().asking_for("bright bell", 5);
    assert!(session.load(&state));
    session.activate(48_000.0, 512);
    let saved = session.wait_for_keys();
    assert_eq!(saved.request(), json!(null));
    assert_ne!(saved.instrument(), state.instrument());
}

/// Puts fields of names that no version has into about every second object, at any depth.
fn sprinkled(value: &Value, dice: &mut Dice) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: serde_json::Map<String, Value> = fields
                .iter()
                .map(|(name, value)| (name.clone(), sprinkled(value, dice)))
                .collect();
            if dice.below(2) == 0 {
                let what = [
                    json!(1),
                    json!("x"),
                    json!(null),
                    json!([{ "y": 2 }]),
                    json!({ "z": [] }),
                ];
                let name = format!("later_{}", dice.below(1_000));
                fields.insert(name, what[dice.below(5) as usize].clone());
            }
            fields.into()
        }
        Value::Array(all) => all.iter().map(|one| sprinkled(one, dice)).collect(),
        other => other.clone(),
    }
}

/// What was heard of a song, with something of everything.
fn heard() -> Value {
    let chord = json!({ "root": 9, "quality": "minor", "bass": null });
    json!({
        "title": "Bars 1–2, 4/4, 120 bpm", "begins": 0.0, "host_bpm": 120.0,
        "description": {
            "sentence": "120 bpm, A minor.", "seconds": 4.0, "seconds_used": 4.0,
            "tempo": {
                "bpm": 120.0, "confidence": 1.0, "from_host": true, "range": [120.0, 120.0],
                "alternatives": [{ "bpm": 60.0, "confidence": 0.1 }],
            },
            "metre": { "name": "4/4", "count": 4, "unit": 4, "confidence": 1.0 },
            "beats": [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5], "downbeats": [0.0, 2.0],
            "key": {
                "name": "A minor", "tonic": 9, "mode": "minor", "confidence": 0.5,
                "alternatives": [{ "name": "C major", "confidence": 0.25 }],
            },
            "chords": [{
                "start": 0.0, "end": 4.0, "name": "Am", "label": "A:min", "chord": chord.clone(),
                "confidence": 0.5,
            }],
            "swing": { "ratio": 1.0, "confidence": 0.5 }, "density": 1.0,
            "register": { "lowest": 40, "median": 50, "highest": 60 },
            "tuning_cents": 0.0, "loudness_lufs": -20.0,
            "genres": [{ "name": "rock", "confidence": 0.5 }], "instruments": [],
            "mood": { "name": "quiet", "valence": 0.0, "arousal": 0.0 }, "energy": 0.5,
        },
        "tags": { "genres": [], "instruments": [{ "name": "bass", "confidence": 0.5 }] },
        "told": {
            "metre": { "count": 3, "unit": 4 },
            "chords": [{ "start": 0.0, "end": 1.0, "chord": chord }],
        },
        "notes": [{ "key": 57, "start": 0.0, "end": 1.0, "amplitude": 0.5 }],
        "strokes": [{ "piece": "Kick", "start": 0.0, "velocity": 90 }],
    })
}

/// Fields and parameters that only a later version knows are saved again where they were, at every level; a state
/// without any is saved as it always was, to the byte.
#[test]
fn what_a_later_version_knows_stays_in_the_project() {
    let entry = load();
    let mut dice = Dice(11);
    for (id, file) in [
        (c"org.consort.consort", "instrument"),
        (c"org.consort.stems", "stems"),
    ] {
        let file = format!("tests/data/states/{file}.vst3.json");
        let golden =
            State::from_json(&serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap());
        let mut session = Session::create_one(&entry, id);
        let song = json!({ "listen": false, "bars": 8, "heard": heard() });
        assert!(session.load(&golden.with_field("song", &song)));
        let plain = session.save();
        assert!(session.load(&plain));
        assert_eq!(session.save().bytes(), plain.bytes(), "nothing is added");

        for _ in 0..20 {
            let mut json = plain.json();
            let fields = json["fields"].as_object_mut().unwrap();
            for name in ["song", "stem"] {
                let field = serde_json::from_str(fields[name].as_str().unwrap()).unwrap();
                fields[name] = sprinkled(&field, &mut dice).to_string().into();
            }
            fields.insert("later_scenes".into(), "[{\"a\":1}]".into());
            let state = State::from_json(&json);
            assert!(session.load(&state));
            let saved = session.save();
            for name in ["song", "stem", "later_scenes"] {
                assert_eq!(saved.field(name), state.field(name), "{name}");
            }
            // Loaded and saved once more, and by an instance that is new, it is the same.
            let mut other = Session::create_one(&entry, id);
            assert!(other.load(&saved));
            assert_eq!(other.save().bytes(), saved.bytes());
        }
        // A parameter that it doesn't know comes and goes with the state.
        let mut json = plain.json();
        json["params"]["granulate"] = json!({ "f32": 0.25 });
        assert!(session.load(&State::from_json(&json)));
        let saved = session.save();
        assert!(saved.json()["fields"].to_string().contains("granulate"));
        let mut other = Session::create_one(&entry, id);
        assert!(other.load(&saved));
        assert_eq!(other.save().bytes(), saved.bytes());
        // A project without any takes all of it away.
        assert!(other.load(&plain));
        assert_eq!(other.save().bytes(), plain.bytes());
    }
}
