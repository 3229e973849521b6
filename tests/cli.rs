//! The `consort` command as its users meet it: arguments, results, exit codes.

mod command;

use std::io::Write;
use std::process::Stdio;

use command::{Desk, RENDER, Ran};
use consort::instrument::Instrument;
use consort::instrument::slots::{PARTIAL_ROWS, ROWS, TIMES};

const COMMANDS: [&str; 14] = [
    "instrument",
    "kit",
    "render",
    "info",
    "preset",
    "providers",
    "note",
    "notes",
    "match",
    "library",
    "licences",
    "describe",
    "transcribe",
    "stem",
];

#[test]
fn help_comes_with_examples() {
    let desk = Desk::new();
    assert!(
        desk.run(&["--help"])
            .ok()
            .contains("consort instrument \"warm cello\"")
    );
    for command in COMMANDS {
        let help = desk.run(&[command, "--help"]);
        assert!(
            help.ok().contains(&format!("  consort {command} ")),
            "{help:?}"
        );
    }
    assert!(desk.run(&["--version"]).ok().starts_with("consort "));
}

#[test]
fn licences_are_in_the_program() {
    let file = include_str!("../THIRD-PARTY-LICENSES");
    let desk = Desk::new();
    for command in ["licences", "licenses"] {
        assert!(desk.run(&[command]).ok() == file);
    }
}

#[test]
fn wrong_arguments_exit_with_2() {
    let desk = Desk::new();
    assert_eq!(desk.run(&[]).code, Some(2));
    desk.run(&["sing"]).refused(&["sing"]);
    desk.run(&["instrument"]).refused(&["PROMPT"]);
    for empty in ["", "   ", "\n\t"] {
        desk.run(&["instrument", empty]).refused(&["warm cello"]);
    }
    let wrong: &[(&[&str], &str)] = &[
        (&["--family", "kazoo"], "kazoo"),
        (&["--range", "84-36"], "downwards"),
        (&["--range", "C2"], "LO-HI"),
        (&["--guidance", "-1"], "0 to 10"),
        (&["--guidance", "NaN"], "0 to 10"),
        (&["--variations", "0"], "0"),
        (&["--seed", "-1"], "-1"),
        (&["--seed", "many"], "many"),
    ];
    for (arguments, word) in wrong {
        desk.run(&[&["instrument", "warm cello"], *arguments].concat())
            .refused(&[word]);
    }
    let wrong: &[(&[&str], &str)] = &[
        (&["--rate", "1"], "8000"),
        (&["--bits", "20"], "24"),
        (&["--tail", "long"], "auto"),
        (&["--gain", "inf"], "decibels"),
        (&["--channel", "17"], "17"),
    ];
    for (arguments, word) in wrong {
        desk.run(&[&RENDER[..], *arguments].concat())
            .refused(&[word]);
    }
    assert_eq!(desk.names(), ["song.mid", "tone.consort"]);
}

#[test]
fn a_song_becomes_sound() {
    let desk = Desk::new();
    let render = &RENDER[..6];
    let ran = desk.run(&[render, &["song.wav", "--json"]].concat());
    assert_eq!(ran.stderr, "", "not a terminal: no progress");
    let result = ran.json();
    assert_eq!(result["notes"], 6);
    assert_eq!(result["rate"], 48_000);
    let mut wav = hound::WavReader::open(desk.file("song.wav")).unwrap();
    assert_eq!((wav.spec().channels, wav.spec().bits_per_sample), (2, 24));
    let samples: Vec<i32> = wav.samples::<i32>().map(Result::unwrap).collect();
    let seconds = samples.len() as f64 / 2.0 / 48_000.0;
    assert_eq!(result["seconds"].as_f64().unwrap(), seconds);
    assert!((2.0..10.0).contains(&seconds), "{seconds}");
    // Something is heard, nothing clips, and it ends in silence.
    let peak = samples.iter().map(|sample| sample.abs()).max().unwrap();
    assert!((1 << 17..1 << 23).contains(&peak), "{peak}");
    let end = &samples[samples.len() - 200..];
    assert!(end.iter().all(|sample| sample.abs() < 1 << 10), "{end:?}");

    // The same again, for people, at another rate and depth.
    let again = desk.run(&[render, &["low.wav", "--rate", "22050", "--bits", "16"]].concat());
    assert!(again.ok().starts_with("low.wav ("), "{again:?}");
    let wav = hound::WavReader::open(desk.file("low.wav")).unwrap();
    assert_eq!(
        (wav.spec().sample_rate, wav.spec().bits_per_sample),
        (22_050, 16)
    );

    // The same input gives the same file; quiet means quiet.
    let same = desk.run(&[render, &["same.wav", "--quiet"]].concat());
    assert_eq!(same.ok(), "");
    assert_eq!(desk.get("same.wav"), desk.get("song.wav"));
}

#[test]
fn a_fixed_tail_and_a_channel_are_followed() {
    let desk = Desk::new();
    let result = desk
        .run(&[&RENDER[..], &["--tail", "0.5", "--json"]].concat())
        .json();
    // The song's last event is at 2 s.
    assert!(
        (result["seconds"].as_f64().unwrap() - 2.5).abs() < 1e-6,
        "{result}"
    );
    let other = desk.run(&[&RENDER[..], &["--channel", "2", "--force"]].concat());
    other.failed(&["song.mid", "channels", "consort info"]);
}

#[test]
fn nothing_is_overwritten_unless_asked_for() {
    let desk = Desk::new();
    desk.put("x.wav", b"precious");
    desk.run(&RENDER).failed(&["x.wav", "exists", "--force"]);
    assert_eq!(desk.get("x.wav"), b"precious");
    desk.run(&[&RENDER[..], &["--force"]].concat()).ok();
    assert!(desk.get("x.wav").starts_with(b"RIFF"));
    assert_eq!(desk.names(), ["song.mid", "tone.consort", "x.wav"]);
}

#[test]
fn files_are_described() {
    let desk = Desk::new();
    let song = desk.run(&["info", "song.mid", "--json"]).json();
    assert_eq!(song["kind"], "midi");
    assert_eq!(song["notes"], 6);
    assert_eq!(song["keys"], "C3-C5");
    assert_eq!(song["channels"], serde_json::json!([1]));
    assert_eq!(song["seconds"], 2.0);
    assert_eq!(song["tempo"], 120.0);
    let instrument = desk.run(&["info", "tone.consort", "--json"]).json();
    assert_eq!(instrument["kind"], "instrument");
    assert_eq!(instrument["prompt"], "plain tone");
    assert_eq!(instrument["seed"], 3);
    let text = desk.run(&["info", "tone.consort"]);
    assert!(
        text.ok().contains("plain tone") && text.ok().lines().count() > 4,
        "{text:?}"
    );
    desk.run(&["note", "--instrument", "tone.consort", "--out", "c.wav"])
        .ok();
    let wav = desk.run(&["info", "c.wav", "--json"]).json();
    assert_eq!(
        (&wav["kind"], &wav["rate"]),
        (&"wav".into(), &48_000.into())
    );
}

#[test]
fn every_key_sounds_at_its_onset() {
    let desk = Desk::new();
    let result = desk
        .run(&[
            "note",
            "--instrument",
            "tone.consort",
            "--all-keys",
            "--keys",
            "C3-C4",
            "--seconds",
            "0.3",
            "--out",
            "keys.wav",
            "--json",
        ])
        .json();
    let notes = result["notes"].as_array().unwrap();
    assert_eq!(notes.len(), 13);
    let wav = hound::WavReader::open(desk.file("keys.wav")).unwrap();
    let left: Vec<i32> = wav
        .into_samples::<i32>()
        .step_by(2)
        .map(Result::unwrap)
        .collect();
    let loudest = |from: f64, to: f64| {
        let frames = &left[(from * 48_000.0) as usize..(to * 48_000.0) as usize];
        frames.iter().map(|sample| sample.abs()).max().unwrap()
    };
    for note in notes {
        let start = note["start"].as_f64().unwrap();
        assert_eq!(loudest(start - 0.2, start), 0, "silence before {note}");
        assert!(loudest(start, start + 0.3) > 1 << 15, "sound in {note}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    use std::process::Stdio;
    let desk = Desk::new();
    let mut child = desk
        .command(&["info", "song.mid"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().code().is_some_and(|code| code != 101));
}

/// The whole chain, with the models that Consort has: prompt, samples, `.consort`, preset.
#[test]
fn a_prompt_becomes_an_instrument() {
    let desk = Desk::new();
    let make = [
        "instrument",
        "Warm cello!",
        "--seed",
        "5",
        "--variations",
        "2",
        "--out",
        "made",
    ];
    let result = desk.run(&[&make[..], &["--json"]].concat()).json();
    let made = result["instruments"].as_array().unwrap();
    assert_eq!(made.len(), 2);
    let mut bytes = Vec::new();
    for (seed, instrument) in (5..).zip(made) {
        let folder = format!("made/warm-cello-{seed}");
        let consort = desk.get(&format!("{folder}/warm-cello-{seed}.consort"));
        let read = Instrument::from_bytes(&consort).unwrap();
        assert_eq!(
            (read.recipe.prompt.as_str(), read.recipe.seed),
            ("Warm cello!", seed)
        );
        assert_eq!(instrument["seed"], seed);
        sfz_is_whole(&desk, &folder, &format!("warm-cello-{seed}.sfz"));
        bytes.push(consort);
    }
    assert_ne!(bytes[0], bytes[1], "another seed, another instrument");

    // Nothing is overwritten; with --force the same seed gives the same bytes.
    desk.run(&make)
        .failed(&["warm-cello-5", "exists", "--force"]);
    let again = [
        "instrument",
        "Warm cello!",
        "--seed",
        "6",
        "--out",
        "made",
        "--force",
    ];
    assert_eq!(desk.run(&again).ok().trim_end(), "made/warm-cello-6");
    assert_eq!(desk.get("made/warm-cello-6/warm-cello-6.consort"), bytes[1]);

    let consort = "made/warm-cello-5/warm-cello-5.consort";
    desk.run(&[
        "preset",
        "--instrument",
        consort,
        "--out",
        "cello.vstpreset",
    ])
    .ok();
    let preset = desk.run(&["info", "cello.vstpreset", "--json"]).json();
    assert_eq!(preset["kind"], "vst3 preset");
}

/// Every sample that the SFZ file names is a 24-bit WAV with sound in it.
#[track_caller]
fn sfz_is_whole(desk: &Desk, folder: &str, name: &str) {
    let sfz = String::from_utf8(desk.get(&format!("{folder}/{name}"))).unwrap();
    let samples: Vec<&str> = sfz
        .lines()
        .filter_map(|line| line.split_once("sample="))
        .map(|(_, name)| name.trim())
        .collect();
    assert!(samples.len() >= 100, "{}", samples.len());
    for sample in samples {
        let path = desk
            .file(folder)
            .join(sample.split_whitespace().next().unwrap());
        let wav =
            hound::WavReader::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(wav.spec().bits_per_sample, 24);
        assert!(wav.duration() > 1000);
    }
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    let desk = Desk::new();
    let mut child = desk
        .command(&[
            "note",
            "--instrument",
            "tone.consort",
            "--all-keys",
            "--seconds",
            "60",
            "--out",
            "x.wav",
        ])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    // SAFETY: a signal to a child of our own that has not been waited for.
    unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGINT) };
    let begun = std::time::Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(desk.names(), ["song.mid", "tone.consort"]);
}

#[test]
fn a_prompt_without_models_fails_in_a_sentence() {
    let desk = Desk::new();
    let mut command = desk.command(&["instrument", "warm cello"]);
    command.env("CONSORT_MODELS", "nowhere");
    Ran::of(command).failed(&["nowhere"]);
    assert_eq!(desk.names(), ["song.mid", "tone.consort"]);
}

#[test]
fn notes_come_through_a_pipe() {
    let desk = Desk::new();
    let mut command = desk.command(&["notes"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let asked = [
        r#"{"instrument": "tone.consort", "notes": [[64, 120], [64, 40]], "seconds": 0.5, "levels": true}"#,
        r#"{"instrument": "missing.consort", "notes": [[64, 80]]}"#,
        r#"{"notes": 3}"#,
        r#"{"instrument": "tone.consort"}"#,
    ];
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(asked.join("\n").as_bytes()).unwrap();
    drop(stdin);
    let answer = process.wait_with_output().unwrap();
    assert!(answer.status.success(), "{answer:?}");

    let mut rest = &answer.stdout[..];
    let mut next = || {
        let end = rest.iter().position(|&byte| byte == b'\n').unwrap();
        let head: serde_json::Value = serde_json::from_slice(&rest[..end]).unwrap();
        let size = 4 * head["floats"].as_u64().unwrap_or(0) as usize;
        let (bytes, after) = rest[end + 1..].split_at(size);
        rest = after;
        let floats = bytes
            .chunks(4)
            .map(|four| f32::from_le_bytes(four.try_into().unwrap()));
        (head, floats.collect::<Vec<f32>>())
    };
    let (_, floats) = next();
    let (loud, quiet) = floats.split_at(floats.len() / 2);
    assert_eq!(loud.len(), 16_000 + ROWS * TIMES + PARTIAL_ROWS);
    let power = |note: &[f32]| note[..16_000].iter().map(|x| x * x).sum::<f32>();
    // Twelve decibels between the velocities; harmonics fall by six, and there are eight.
    let ratio = 10.0 * (power(loud) / power(quiet)).log10();
    assert!((ratio - 12.0).abs() < 0.5, "{ratio} dB");
    let first = |harmonic: usize| loud[16_000 + (4 * harmonic - 1) * TIMES];
    assert!((first(1) - first(2) - 6.0).abs() < 0.5);

    // What can't be done is said, and the next is done.
    let error = next().0["error"].as_str().unwrap().to_owned();
    assert!(
        error.contains("missing.consort") && error.ends_with('.'),
        "{error}"
    );
    assert!(next().0["error"].as_str().unwrap().contains("no request"));
    assert_eq!(next().0["floats"], 0);
    assert!(rest.is_empty());
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_sound_becomes_an_instrument_and_another_one_near_it() {
    let desk = Desk::new();
    desk.put("a440.flac", include_bytes!("data/sounds/a440.flac"));
    let instrument = |arguments: &[&str]| {
        let all = [&["instrument", "--rate", "8000", "--json"], arguments].concat();
        let made = desk.run(&all).json()["instruments"][0].take();
        let file = made["consort"].as_str().unwrap().to_owned();
        (made, file)
    };
    let (made, file) = instrument(&["--sound", "a440.flac"]);
    assert!((made["sound_key"].as_f64().unwrap() - 69.0).abs() < 0.05);
    assert_eq!(made["folder"], "./a440-1");
    let info = desk.run(&["info", &file, "--json"]).json();
    assert_eq!(info["sound"], "a440.flac");
    assert_eq!(info["sound_key"], 69.0);
    // The note is there on its own key: its fundamental leads, and is in tune.
    let note = Instrument::from_bytes(&desk.get(&file))
        .unwrap()
        .note(69, 80)
        .unwrap();
    let loudest = |levels: &[f32]| levels.iter().copied().fold(f32::MIN, f32::max);
    assert!(loudest(note.row(3)) > loudest(&note.levels) - 1.0);
    assert!(note.cents[3].abs() < 2.0, "{}", note.cents[3]);

    let (_, brighter) = instrument(&["--sound", "a440.flac", "brighter"]);
    assert!(brighter.starts_with("./a440-brighter-1"), "{brighter}");
    let (_, near) = instrument(&["--near", &file, "--amount", "0.5", "--seed", "7"]);
    let info = desk.run(&["info", &near, "--json"]).json();
    assert_eq!(info["variation_of"], "a440");
    assert_eq!(info["seed"], 7);
    assert_ne!(desk.get(&near), desk.get(&file));
}
