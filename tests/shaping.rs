//! `consort morph`, `shape` and `factory`, as their users meet them.

mod command;

use command::Desk;
use consort::instrument::Instrument;

fn read(desk: &Desk, name: &str) -> Instrument {
    Instrument::from_bytes(&desk.get(name)).unwrap()
}

#[test]
fn help_comes_with_examples() {
    let desk = Desk::new();
    for command in ["morph", "shape", "factory"] {
        let help = desk.run(&[command, "--help"]);
        assert!(
            help.ok().contains(&format!("  consort {command} ")),
            "{help:?}"
        );
    }
}

#[test]
fn a_morph_lies_between_two_files() {
    let desk = Desk::new();
    desk.run(&[
        "factory",
        "export",
        "electric piano",
        "--out",
        "piano.consort",
    ])
    .ok();
    let files = ["morph", "tone.consort", "piano.consort"];
    for (share, same) in [
        ("0", Some("tone.consort")),
        ("1", Some("piano.consort")),
        ("0.5", None),
    ] {
        let out = format!("{share}.consort");
        let ran = desk.run(&[&files[..], &["--share", share, "--out", &out, "--json"]].concat());
        assert_eq!(ran.json()["file"], out.as_str());
        let made = read(&desk, &out);
        match same {
            Some(end) => assert_eq!(made.body, read(&desk, end).body),
            None => {
                assert_ne!(made.body, read(&desk, "tone.consort").body);
                let info = desk.run(&["info", &out, "--json"]).json();
                assert_eq!(info["variation_of"], "tone");
                assert_eq!(info["morphed_with"], "Electric Piano, 50 %");
            }
        }
    }
    desk.run(&[&files[..], &["--out", "0.consort"]].concat())
        .failed(&["0.consort", "exists", "--force"]);
    desk.run(&[&files[..], &["--share", "1.5", "--out", "x.consort"]].concat())
        .refused(&["0 to 1"]);
    desk.run(&[
        "morph",
        "tone.consort",
        "none.consort",
        "--out",
        "x.consort",
    ])
    .failed(&["none.consort", "does not exist"]);
    desk.run(&["morph", "tone.consort", "song.mid", "--out", "x.consort"])
        .failed(&["song.mid", "choose a .consort file"]);
}

#[test]
fn macros_given_are_set_and_others_stay() {
    let desk = Desk::new();
    let shape = |file: &str, rest: &[&str]| desk.run(&[&["shape", file], rest].concat());
    shape(
        "tone.consort",
        &[
            "--brightness",
            "-0.5",
            "--detune",
            "1",
            "--out",
            "a.consort",
        ],
    )
    .ok();
    let ran = shape(
        "a.consort",
        &["--release", "0.25", "--out", "b.consort", "--json"],
    );
    assert_eq!(ran.json()["macros"]["release"], 0.25);
    let macros = read(&desk, "b.consort").macros;
    assert_eq!(
        (
            macros.brightness,
            macros.detune,
            macros.release,
            macros.body
        ),
        (-0.5, 1.0, 0.25, 0.0)
    );
    shape("tone.consort", &["--width", "2", "--out", "x.consort"]).refused(&["-1 to 1"]);
    shape("tone.consort", &["--width", "NaN", "--out", "x.consort"]).refused(&["-1 to 1"]);
}

#[test]
fn the_factory_library_is_listed_and_exported() {
    let desk = Desk::new();
    let all = desk.run(&["factory", "list", "--json"]).json();
    let all = all["instruments"].as_array().unwrap();
    assert!(all.iter().any(|entry| entry["name"] == "Electric Piano"));
    let list = desk.run(&["factory", "list", "electric", "--family", "keys"]);
    assert!(
        list.ok()
            .lines()
            .any(|line| line.starts_with("Electric Piano "))
    );
    let none = desk.run(&["factory", "list", "kazoo"]);
    assert_eq!(none.ok().trim(), "");

    desk.run(&["factory", "export", "Electric Piano"]).ok();
    assert_eq!(read(&desk, "Electric Piano.consort"), Instrument::factory());
    desk.run(&["factory", "export", "Electric Piano"])
        .failed(&["exists", "--force"]);
    desk.run(&["factory", "export", "Kazoo"])
        .failed(&["Kazoo", "consort factory list"]);
}
