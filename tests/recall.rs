//! A project with an instrument that was made from a prompt opens with no models and no ONNX
//! Runtime anywhere, and sounds exactly as it did.

#[path = "host/mod.rs"]
mod host;

use host::{Event, Session, Sound, State, What, load};
use serde_json::json;
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
