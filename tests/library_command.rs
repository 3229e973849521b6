//! `consort library` and `consort match` as their users meet them.

mod command;

use std::os::unix::fs::symlink;
use std::process::Command;

use command::{Desk, Ran};
use serde_json::Value;

/// A folder with sounds, and a library beside it.
fn desk() -> Desk {
    let desk = Desk::new();
    let flac = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/sounds/a440.flac"
    ));
    desk.put("a440.flac", &flac.unwrap());
    desk.put("notes.txt", b"x");
    desk
}

fn run(desk: &Desk, arguments: &[&str]) -> Ran {
    desk.run(&[arguments, &["--library", "library"]].concat())
}

fn json(desk: &Desk, arguments: &[&str]) -> Value {
    run(desk, &[arguments, &["--json"]].concat()).json()
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn what_is_added_is_listed_matched_checked_and_removed() {
    let desk = desk();
    let added = json(&desk, &["library", "add", "a440.flac", "tone.consort"]);
    assert_eq!((&added["added"], &added["entries"]), (&2.into(), &2.into()));
    let again = json(&desk, &["library", "add", "."]);
    assert_eq!((&again["added"], &again["known"]), (&0.into(), &2.into()));

    let listed = json(&desk, &["library", "list"]);
    let entries = listed["entries"].as_array().unwrap();
    let find = |name: &str| entries.iter().find(|entry| entry["name"] == name).unwrap();
    assert_eq!(find("a440")["kind"], "imported");
    assert!(entries.iter().any(|entry| entry["kind"] == "factory"));
    assert!(
        run(&desk, &["library", "list", "--family", "bass"])
            .ok()
            .lines()
            .count()
            >= 1
    );

    let matched = json(&desk, &["match", "a440.flac", "--top", "3"]);
    let hits = matched["hits"].as_array().unwrap();
    assert_eq!((hits.len(), &hits[0]["name"]), (3, &Value::from("a440")));
    assert!(hits[0]["score"].as_f64().unwrap() > 0.99);
    assert_eq!(matched["heard"].as_object().unwrap().len(), 16);
    let words = json(&desk, &["match", "--words", "a440"]);
    assert_eq!(words["hits"][0]["name"], "a440");
    let told = run(&desk, &["match", "a440.flac", "--family", "drum"]);
    assert!(told.ok().to_lowercase().contains("no drum "), "{told:?}");

    std::fs::remove_file(desk.file("a440.flac")).unwrap();
    let checked = json(&desk, &["library", "check", "--tidy"]);
    assert_eq!(
        (&checked["removed"], &checked["whole"]),
        (&1.into(), &true.into())
    );
    run(&desk, &["library", "remove", "Kazoo"]).failed(&["Kazoo", "library list"]);
    let name = find("tone")["name"].as_str().map(str::to_owned);
    assert!(
        run(&desk, &["library", "remove", &name.unwrap()])
            .ok()
            .contains("1 removed")
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn what_can_not_be_is_one_sentence() {
    let desk = desk();
    run(&desk, &["library", "add", "notes.txt"]).failed(&["notes.txt", "WAV"]);
    run(&desk, &["library", "add", "nowhere"]).failed(&["nowhere"]);
    run(&desk, &["match", "nowhere.wav"]).failed(&["nowhere.wav"]);
    run(&desk, &["match", "notes.txt"]).failed(&["notes.txt"]);
    run(&desk, &["match"]).refused(&["SOUND"]);
    run(&desk, &["match", "a440.flac", "--family", "kazoo"]).refused(&["kazoo"]);
    desk.put("blocked", b"x");
    let blocked = desk.run(&["library", "list", "--library", "blocked"]);
    blocked.failed(&["CONSORT_LIBRARY"]);
}

/// What is wrong with a file is one sentence, whoever is given it.
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn the_library_says_what_all_others_say() {
    let desk = Desk::new();
    let made = Command::new("mkfifo").arg(desk.file("pipe.wav")).status();
    assert!(made.unwrap().success());
    desk.put("empty.wav", b"");
    desk.put("text.wav", b"this is no sound at all, but a text");
    desk.put("empty.consort", b"");
    desk.put("text.consort", b"this is no instrument");
    symlink("nowhere.wav", desk.file("broken.wav")).unwrap();
    let sound = ["describe", "--fast", "FILE"];
    let instrument = ["instrument", "--near", "FILE"];
    let add = ["library", "add", "FILE", "--library", "library"];
    let files = [
        ("missing.wav", &sound[..]),
        ("broken.wav", &sound),
        ("pipe.wav", &sound),
        ("empty.wav", &sound),
        ("text.wav", &sound),
        ("missing.consort", &instrument),
        ("empty.consort", &instrument),
        ("text.consort", &instrument),
    ];
    for (file, other) in files {
        let (added, other) = (desk.run_on(&add, file), desk.run_on(other, file));
        added.failed(&[file]);
        assert_eq!(added.stderr, other.stderr, "{file}");
        // Beside a sound one it is a remark, and the other is added.
        let both = ["library", "add", "FILE", "tone.consort", "--library", file];
        let library = format!("library-{file}");
        let mut both = both.to_vec();
        both[5] = &library;
        let ran = desk.run_on(&both, file);
        let sentence = other.stderr.trim_start_matches("error: ").trim_end();
        assert!(ran.ok().starts_with("1 added"), "{ran:?}");
        assert!(ran.stderr.contains(sentence), "{ran:?} has not: {sentence}");
    }
}
