//! Every subcommand of `consort` with every odd kind of file: missing ones, folders, pipes, devices,
//! links, cut sounds, MIDI files without beats. What can be wrong is said in one sentence, the same
//! wherever it is.

mod command;

use std::fs::File;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use command::{Desk, Ran};
use consort::music::midi;

/// Each place where a command takes a file to read.
const READ: [&[&str]; 16] = [
    &["info", "FILE"],
    &[
        "render",
        "--instrument",
        "FILE",
        "--midi",
        "song.mid",
        "--out",
        "x",
    ],
    &[
        "render",
        "--instrument",
        "tone.consort",
        "--midi",
        "FILE",
        "--out",
        "x",
    ],
    &["preset", "--instrument", "FILE", "--out", "x"],
    &["note", "--instrument", "FILE", "--out", "x"],
    &["shape", "FILE", "--out", "x"],
    &["morph", "FILE", "tone.consort", "--out", "x"],
    &["morph", "tone.consort", "FILE", "--out", "x"],
    &["describe", "FILE"],
    &["describe", "--fast", "FILE"],
    &["transcribe", "FILE", "--out", "x"],
    &["stem", "FILE", "drums", "--out", "made"],
    &[
        "stem", "song.mid", "busier", "--again", "FILE", "--out", "made",
    ],
    &["instrument", "--sound", "FILE"],
    &["instrument", "--near", "FILE"],
    &["match", "FILE", "--library", "library"],
];

/// Each place where one takes a file to write.
const WRITTEN: [&[&str]; 6] = [
    &[
        "render",
        "--instrument",
        "tone.consort",
        "--midi",
        "song.mid",
        "--out",
        "FILE",
    ],
    &["preset", "--instrument", "tone.consort", "--out", "FILE"],
    &["note", "--instrument", "tone.consort", "--out", "FILE"],
    &["shape", "tone.consort", "--out", "FILE"],
    &["morph", "tone.consort", "tone.consort", "--out", "FILE"],
    &["factory", "export", "Warm Cello", "--out", "FILE"],
];

#[test]
fn what_is_no_file_is_refused_at_once() {
    let desk = Desk::new();
    std::fs::create_dir(desk.file("folder")).unwrap();
    let made = Command::new("mkfifo").arg(desk.file("pipe")).status();
    assert!(made.unwrap().success());
    symlink("pipe", desk.file("link")).unwrap();
    let before = desk.names();
    for arguments in READ {
        for (file, word) in [
            ("missing", "does not exist; check the path."),
            ("folder", "is a folder; name a file in it."),
            ("pipe", "is a pipe or a device"),
            ("link", "is a pipe or a device"),
            ("/dev/zero", "is a pipe or a device"),
            ("/dev/null", "is a pipe or a device"),
        ] {
            desk.run_on(arguments, file).failed(&[file, word]);
        }
    }
    assert_eq!(desk.names(), before);
    let add = ["library", "add", "FILE", "--library", "library"];
    for file in ["pipe", "/dev/zero", "/dev/stdin"] {
        desk.run_on(&add, file)
            .failed(&[file, "is a pipe or a device"]);
    }
}

/// A file that is piped in is read as if it lay there.
#[test]
#[cfg(target_os = "linux")]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn what_is_piped_in_is_read() {
    let desk = Desk::new();
    let note = ["note", "--instrument", "tone.consort", "--out", "note.wav"];
    desk.run(&note).ok();
    let flac = include_bytes!("data/sounds/a440.flac");
    desk.put("note.flac", flac);
    let piped: [(&[&str], &str); 8] = [
        (&["info", "FILE"], "song.mid"),
        (&["info", "FILE"], "tone.consort"),
        (&["info", "FILE"], "note.wav"),
        (&["describe", "--fast", "--json", "FILE"], "note.flac"),
        (
            &["transcribe", "FILE", "--json", "--force", "--out", "x.mid"],
            "note.wav",
        ),
        (
            &[
                "render",
                "--instrument",
                "tone.consort",
                "--midi",
                "FILE",
                "--force",
                "--out",
                "x.wav",
            ],
            "song.mid",
        ),
        (
            &[
                "render",
                "--instrument",
                "FILE",
                "--midi",
                "song.mid",
                "--force",
                "--out",
                "x.wav",
            ],
            "tone.consort",
        ),
        (
            &["shape", "FILE", "--force", "--out", "x.consort"],
            "tone.consort",
        ),
    ];
    // What differs is the file's name, and how long it took.
    let told = |ran: Ran, name: &str| -> Vec<String> {
        let out = ran.ok().replace(name, "FILE");
        let mut json = serde_json::from_str::<serde_json::Value>(&out);
        if let Ok(json) = &mut json {
            for field in [
                "seconds_describing",
                "seconds_listening",
                "seconds_transcribing",
                "seconds_a_part",
            ] {
                json.as_object_mut().unwrap().remove(field);
            }
            return vec![json.to_string()];
        }
        out.lines().map(str::to_owned).collect()
    };
    for (arguments, file) in piped {
        let by_name = told(desk.run_on(arguments, file), file);
        for name in ["-", "/dev/stdin"] {
            let ran = Ran::piped(desk.command_on(arguments, name), &desk.get(file));
            assert_eq!(told(ran, name).len(), by_name.len(), "{arguments:?} {name}");
        }
    }
    // What is made of it is called after it.
    let stem = [
        "stem",
        "FILE",
        "drums",
        "--midi-only",
        "--force",
        "--out",
        "made",
    ];
    for name in ["-", "/dev/stdin"] {
        Ran::piped(desk.command_on(&stem, name), &desk.get("song.mid")).ok();
        assert!(desk.file("made/stdin-drums-A.mid").is_file());
        std::fs::remove_file(desk.file("made/stdin-drums-A.mid")).unwrap();
    }
    // What is wrong with it is said by the name that it was given.
    for (bytes, arguments, words) in [
        (
            &b""[..],
            &["info", "FILE"][..],
            "is none that Consort knows",
        ),
        (b"a text", &["describe", "FILE"], "isn't a sound file"),
        (b"", &["describe", "FILE"], "is an empty file"),
        (
            b"MThd\0\0\0\x06\0\0",
            &["stem", "FILE", "drums", "--midi-only"],
            "damaged or cut-off",
        ),
    ] {
        let ran = Ran::piped(desk.command_on(arguments, "-"), bytes);
        ran.failed(&[words]);
        assert!(!ran.stderr.contains("/proc"), "{ran:?}");
    }
    // A file that is stdin is read as well, and nothing is left behind.
    let mut command = desk.command_on(&["info", "FILE"], "/dev/stdin");
    command.stdin(File::open(desk.file("song.mid")).unwrap());
    Ran::of(command).ok();
}

#[test]
fn a_link_is_written_through_and_stays() {
    let desk = Desk::new();
    symlink("far", desk.file("link")).unwrap();
    symlink("/nowhere/at/all", desk.file("broken")).unwrap();
    for arguments in WRITTEN {
        let force = [arguments, &["--force"]].concat();
        desk.put("far", b"precious");
        desk.run_on(arguments, "link").failed(&["link", "--force"]);
        assert_eq!(desk.get("far"), b"precious");
        desk.run_on(&force, "link").ok();
        assert!(desk.get("far").len() > 100);
        desk.run_on(&force, "broken").failed(&["broken", "link"]);
        // A pipe of this test, which is no place for a file.
        desk.run_on(&force, "/dev/stdout")
            .failed(&["/dev/stdout", "--out"]);
        assert!(desk.file("link").is_symlink() && desk.file("broken").is_symlink());
    }
    assert!(std::path::Path::new("/dev/stdout").is_symlink());
    assert_eq!(
        desk.names(),
        ["broken", "far", "link", "song.mid", "tone.consort"]
    );
}

#[test]
fn what_cannot_be_printed_is_a_failure() {
    let desk = Desk::new();
    let runs: [&[&str]; 7] = [
        &["info", "song.mid"],
        &["info", "song.mid", "--json"],
        &["factory", "list"],
        &["shape", "tone.consort", "--out", "y", "--force"],
        &["--help"],
        &["render", "--help"],
        &["--version"],
    ];
    for arguments in runs {
        let mut full = desk.command(arguments);
        full.stdout(File::create("/dev/full").unwrap());
        full.stderr(Stdio::piped());
        let ended = full.spawn().unwrap().wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("could not be printed"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        // Who has read enough isn't missed.
        let mut closed = desk.command(arguments);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        closed.stdout(writer);
        assert_eq!(closed.status().unwrap().code(), Some(0), "{arguments:?}");
    }
    let mut quiet = desk.command(&["info", "song.mid", "--quiet"]);
    quiet.stdout(File::create("/dev/full").unwrap());
    assert!(
        quiet.status().unwrap().success(),
        "nothing had to be printed"
    );
}

#[test]
fn what_is_no_number_is_no_argument() {
    let desk = Desk::new();
    let numbers: [&[&str]; 11] = [
        &["instrument", "cello", "--amount"],
        &["instrument", "cello", "--guidance"],
        &["kit", "808", "--guidance"],
        &[
            "render",
            "--instrument",
            "a",
            "--midi",
            "b",
            "--out",
            "c",
            "--gain",
        ],
        &[
            "render",
            "--instrument",
            "a",
            "--midi",
            "b",
            "--out",
            "c",
            "--tail",
        ],
        &["note", "--instrument", "a", "--out", "c", "--seconds"],
        &["morph", "a", "b", "--out", "c", "--share"],
        &["shape", "a", "--out", "c", "--attack"],
        &["describe", "a", "--tempo"],
        &["stem", "a", "drums", "--tempo"],
        &["transcribe", "a", "--out", "c", "--tempo"],
    ];
    for arguments in numbers {
        for number in ["nan", "NaN", "inf", "-inf", "infinity", "1e999"] {
            let ran = desk.run(&[arguments, &[number]].concat());
            assert_eq!(ran.code, Some(2), "{arguments:?} {number}: {ran:?}");
        }
    }
    desk.run(&["match", "a", "--top", "0"]).refused(&["--top"]);
    desk.run(&["library", "list", "--top", "0"])
        .refused(&["--top"]);
}

/// `song.mid` with another division: ticks of a beat, or film frames.
fn divided(desk: &Desk, name: &str, division: [u8; 2]) {
    let mut bytes = desk.get("song.mid");
    bytes[12..14].copy_from_slice(&division);
    desk.put(name, &bytes);
}

const READ_MIDI: [&[&str]; 4] = [
    &["info", "FILE"],
    &[
        "render",
        "--instrument",
        "tone.consort",
        "--midi",
        "FILE",
        "--out",
        "x",
    ],
    &["stem", "FILE", "drums", "--midi-only", "--out", "made"],
    &[
        "stem",
        "song.mid",
        "busier",
        "--midi-only",
        "--again",
        "FILE",
        "--out",
        "made",
    ],
];

#[test]
fn midi_files_without_ticks_are_damaged() {
    let desk = Desk::new();
    divided(&desk, "none.mid", [0, 0]);
    divided(&desk, "frames.mid", [0xE7, 0]);
    for arguments in READ_MIDI {
        for file in ["none.mid", "frames.mid"] {
            let sentence = format!("The file \"{file}\" says that a beat has no ticks");
            desk.run_on(arguments, file).failed(&[&sentence]);
        }
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn film_frames_take_a_tempo() {
    let desk = Desk::new();
    // 25 frames of 40 ticks: a tick is a millisecond, and the song lasts 1.92 s.
    divided(&desk, "film.mid", [0xE7, 40]);
    let info = desk.run(&["info", "film.mid", "--json"]).json();
    assert!(info["tempo"].is_null() && info["ticks_per_beat"].is_null());
    assert_eq!(info["seconds"], 1.92);
    desk.render("film.mid").ok();
    let stem = ["stem", "film.mid", "drums", "--midi-only", "--out", "made"];
    desk.run(&stem)
        .failed(&["film.mid", "film frames", "--tempo 96"]);
    desk.run(&[&stem[..], &["--tempo", "125"]].concat()).ok();
    let part = midi::read(&desk.get("made/film-drums-A.mid")).unwrap();
    let (_, bpm) = part.tempo.beats_per_minute().next().unwrap();
    assert!((bpm - 125.0).abs() < 0.01, "{bpm}");
    // Those with beats say their tempo themselves.
    let other = ["stem", "song.mid", "drums", "--midi-only", "--tempo", "96"];
    desk.run(&other).failed(&["song.mid", "leave --tempo out"]);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_song_of_days_is_said_to_be_long() {
    let desk = Desk::new();
    let mut song = command::song();
    let mut late = song.tracks[0].notes[0];
    // 960 ticks a second.
    late.start = 78 * 3600 * 960;
    song.tracks[0].notes.push(late);
    desk.put("long.mid", &midi::write(&song));
    let ran = desk.run(&["stem", "long.mid", "drums", "--midi-only", "--out", "made"]);
    ran.ok();
    assert!(
        ran.stderr.contains("its first 2 seconds are used."),
        "{ran:?}"
    );
    desk.render("long.mid").failed(&["long.mid", "78 hours"]);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_cut_sound_is_said_to_be_cut() {
    let desk = Desk::new();
    let note = [
        "note",
        "--instrument",
        "tone.consort",
        "--seconds",
        "4",
        "--out",
        "whole.wav",
    ];
    desk.run(&note).ok();
    let whole = desk.get("whole.wav");
    desk.put("cut.wav", &whole[..whole.len() / 2]);
    desk.put("head.wav", &whole[..44]);
    let sounds = READ.into_iter().filter(|arguments| {
        matches!(arguments[0], "info" | "describe" | "transcribe" | "match")
            || arguments.starts_with(&["instrument", "--sound"])
            || arguments.starts_with(&["stem", "FILE"])
    });
    for arguments in sounds {
        let forced = match arguments[0] {
            "transcribe" | "stem" | "instrument" => [arguments, &["--force"]].concat(),
            _ => arguments.to_vec(),
        };
        for (file, sentence) in [
            (
                "cut.wav",
                "“cut.wav” is damaged or cut off; what could be read of it was used.",
            ),
            (
                "head.wav",
                "is damaged and no sound can be read from it; export it again.",
            ),
        ] {
            let mut command = desk.command_on(&forced, file);
            command.env("CONSORT_LIBRARY", desk.file("library"));
            let ran = Ran::of(command);
            assert!(ran.stderr.contains(sentence), "{arguments:?}: {ran:?}");
        }
    }
}

/// A home that nothing can be written to, nor to the system's temporary folder.
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_read_only_home_does_for_what_needs_no_file() {
    let desk = Desk::new();
    std::fs::create_dir(desk.file("home")).unwrap();
    let home = desk.file("home");
    let run = |arguments: &[&str]| {
        let script = "mount -t tmpfs -o ro none \"$HOME\" || exit 77; exec \"$@\"";
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "sh", "-c", script, "sh"])
            .arg(env!("CARGO_BIN_EXE_consort"))
            .args(arguments)
            .current_dir(desk.path())
            .env("HOME", &home);
        for other in ["XDG_CACHE_HOME", "XDG_DATA_HOME", "CONSORT_LIBRARY"] {
            command.env_remove(other);
        }
        Ran::of(command)
    };
    let ran = run(&[
        "instrument",
        "warm cello",
        "--rate",
        "8000",
        "--out",
        "made",
    ]);
    if !matches!(ran.code, Some(0)) && ran.stdout.is_empty() && !ran.stderr.contains("error:") {
        eprintln!("only root may mount: nothing was tried");
        return;
    }
    ran.ok();
    run(&["info", "tone.consort"]).ok();
    run(&["factory", "list"]).ok();
    run(&["stem", "song.mid", "drums", "--midi-only", "--out", "made"]).ok();
    let listed = run(&["library", "list"]);
    assert!(listed.ok().lines().count() > 10, "{listed:?}");
    assert!(listed.stderr.contains("isn't kept"), "{listed:?}");
    assert!(
        run(&["match", "--words", "warm cello"])
            .ok()
            .lines()
            .count()
            > 3
    );
    run(&["library", "remove", "1"]).failed(&["CONSORT_LIBRARY"]);
}
