//! Whatever the `consort` command is given: one sentence that says what to do, or the work done;
//! never a panic, never half a file.

mod command;

use std::path::{Path, PathBuf};

use command::{Desk, RENDER, Ran, tone};
use consort::instrument::Instrument;
use proptest::prelude::*;

const NOTE: [&str; 5] = ["note", "--instrument", "tone.consort", "--out", "x.wav"];
const PRESET: [&str; 5] = [
    "preset",
    "--instrument",
    "tone.consort",
    "--out",
    "x.vstpreset",
];

/// The work was done, or refused in one sentence; nothing half-written is left.
#[track_caller]
fn done_or_refused(desk: &Desk, ran: &Ran) {
    if ran.code != Some(0) {
        ran.failed(&[]);
        assert!(!desk.names().contains(&"x.wav".into()), "{ran:?}");
    }
    assert!(
        !desk.names().iter().any(|name| name.ends_with(".part")),
        "{:?}",
        desk.names()
    );
}

#[test]
fn missing_files() {
    let desk = Desk::new();
    for file in ["tone.consort", "song.mid"] {
        let bytes = desk.get(file);
        std::fs::remove_file(desk.file(file)).unwrap();
        desk.run(&RENDER).failed(&[file, "does not exist"]);
        desk.run(&["info", file]).failed(&[file, "does not exist"]);
        desk.put(file, &bytes);
    }
    desk.run(&["info", "."]).failed(&["folder"]);
    desk.run(&["note", "--instrument", ".", "--out", "x.wav"])
        .failed(&["folder"]);
}

#[test]
fn names_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let name = OsStr::from_bytes(b"so\xffng\x1b[31m.wav");
    let mut command = desk.command(&["--json"]);
    command.args(&NOTE[..3]).arg("--out").arg(name);
    let result = Ran::of(command).json();
    assert!(result["file"].as_str().unwrap().starts_with("so"));
    let mut command = desk.command(&["info"]);
    command.arg(name);
    let ran = Ran::of(command);
    assert!(!ran.ok().contains('\u{1b}'), "{ran:?}");
    let mut prompt = desk.command(&["instrument"]);
    prompt.arg(name);
    assert_eq!(Ran::of(prompt).code, Some(2));
}

#[test]
fn files_without_end() {
    let desk = Desk::new();
    desk.run(&["info", "/dev/zero"])
        .failed(&["/dev/zero", "pipe or a device"]);
}

#[test]
fn foreign_and_empty_files() {
    let desk = Desk::new();
    let midi = desk.get("song.mid");
    for (name, bytes) in [
        ("empty", &b""[..]),
        ("text", b"hello there"),
        ("song", &midi),
    ] {
        desk.put(name, bytes);
        desk.run(&["note", "--instrument", name, "--out", "x.wav"])
            .failed(&[name, ".consort"]);
        desk.run(&["preset", "--instrument", name, "--out", "x.vstpreset"])
            .failed(&[name]);
    }
    for name in ["empty", "text", "tone.consort"] {
        desk.render(name).failed(&[name, "MIDI"]);
    }
    for name in ["empty", "text"] {
        desk.run(&["info", name]).failed(&[name, ".mid"]);
    }
}

#[test]
fn instruments_of_the_future_and_damaged_ones() {
    let desk = Desk::new();
    let whole = desk.get("tone.consort");
    let mut newer = whole.clone();
    newer[8] = 200;
    desk.put("newer.consort", &newer);
    desk.run(&["info", "newer.consort"])
        .failed(&["newer", "update"]);
    for length in [0, 7, 8, 20, 31, 32, whole.len() / 2, whole.len() - 1] {
        desk.put("cut.consort", &whole[..length]);
        desk.run(&["info", "cut.consort"]).failed(&["cut.consort"]);
    }
    // A small file that claims to unpack to 4 GB.
    let mut bomb = whole;
    bomb[28..32].fill(0xFF);
    desk.put("bomb.consort", &bomb);
    desk.run(&["info", "bomb.consort"])
        .failed(&["bomb.consort"]);
}

#[test]
fn midi_files_that_cannot_be_played() {
    let desk = Desk::new();
    let render = |name| desk.render(name);
    let whole = desk.get("song.mid");
    for length in [4, 13, 14, 21, whole.len() / 2, whole.len() - 1] {
        desk.put("cut.mid", &whole[..length]);
        render("cut.mid").failed(&["cut.mid", "damaged"]);
    }
    let header = |format: u8| [&b"MThd\0\0\0\x06\0"[..], &[format, 0, 1, 1, 224]].concat();
    let track =
        |events: &[u8]| [&b"MTrk"[..], &(events.len() as u32).to_be_bytes(), events].concat();
    let end = [0, 0xFF, 0x2F, 0];
    desk.put("patterns.mid", &[header(2), track(&end)].concat());
    render("patterns.mid").failed(&["format 0 or 1"]);
    desk.put("silent.mid", &[header(0), track(&end)].concat());
    render("silent.mid").failed(&["no notes"]);
    // A note in a month: two delta times of 2^28 ticks.
    let late = [
        0xFF, 0xFF, 0xFF, 0x7F, 0x90, 60, 90, 0xFF, 0xFF, 0xFF, 0x7F, 0x80, 60, 0,
    ];
    desk.put(
        "late.mid",
        &[header(0), track(&[&late[..], &end].concat())].concat(),
    );
    render("late.mid").failed(&["hours"]);
    assert!(!desk.names().contains(&"x.wav".into()));
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn sounds_that_are_no_note() {
    let desk = Desk::new();
    let write = |name: &str, samples: &[f32]| {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 44_100,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        let mut wav = hound::WavWriter::create(desk.file(name), spec).unwrap();
        samples.iter().for_each(|&x| wav.write_sample(x).unwrap());
        wav.finalize().unwrap();
    };
    let tone = |n: usize| (n as f32 * 0.06).sin() * 0.5;
    let mut noise = 1u32;
    let mut next = |_| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 8) as f32 / 16_777_216.0 - 0.5
    };
    write("silent.wav", &[0.0; 44_100]);
    write("nan.wav", &[0.1, f32::NAN, 0.2]);
    write("short.wav", &(0..400).map(tone).collect::<Vec<_>>());
    write("noise.wav", &(0..44_100).map(&mut next).collect::<Vec<_>>());
    write("none.wav", &[]);
    desk.put("empty.wav", b"");
    desk.put("text.wav", b"hello there");
    let before = desk.names();
    for (name, word) in [
        ("silent.wav", "silent"),
        ("nan.wav", "not numbers"),
        ("short.wav", "lasts only"),
        ("noise.wav", "no clear pitch"),
        ("none.wav", "none.wav"),
        ("empty.wav", "empty"),
        ("text.wav", "text.wav"),
        ("song.mid", "isn't a sound file"),
        ("missing.wav", "does not exist"),
        (".", "folder"),
    ] {
        let ran = desk.run(&["instrument", "--sound", name]);
        ran.failed(&[word]);
        assert_eq!(desk.names(), before, "{name}");
    }
    desk.run(&["instrument", "--near", "missing.consort"])
        .failed(&["missing.consort", "does not exist"]);
    desk.run(&["instrument", "--near", "song.mid"])
        .failed(&["song.mid", ".consort"]);
    for wrong in ["2", "-1", "NaN", "much"] {
        desk.run(&["instrument", "--near", "tone.consort", "--amount", wrong])
            .refused(&["0 to 1"]);
    }
    desk.run(&["instrument", "--near", "a", "--sound", "b"])
        .refused(&["--near"]);
}

#[test]
fn other_damaged_files_are_described_as_such() {
    let desk = Desk::new();
    desk.run(&NOTE).ok();
    desk.run(&PRESET).ok();
    for name in ["x.wav", "x.vstpreset"] {
        let whole = desk.get(name);
        // Of a sound that is cut later on, what is there can be described.
        let latest = if name == "x.wav" { 44 } else { whole.len() / 2 };
        for length in [4, 11, 30, 43, latest] {
            desk.put("cut", &whole[..length]);
            desk.run(&["info", "cut"]).failed(&["cut"]);
        }
    }
}

#[test]
fn places_that_cannot_be_written() {
    let desk = Desk::new();
    std::fs::create_dir(desk.file("folder")).unwrap();
    for (out, word) in [
        ("nowhere/x.wav", "folder does not exist"),
        ("tone.consort/x.wav", "no folder"),
        ("folder", "is a folder"),
        ("/dev/full", "not a regular file"),
        // Nothing can be made there, not even by root.
        ("/proc/x.wav", "/proc/x.wav"),
    ] {
        for arguments in [&RENDER[..6], &NOTE[..4], &PRESET[..4]] {
            let ran = desk.run(&[arguments, &[out, "--force"]].concat());
            ran.failed(&[word]);
        }
    }
    assert_eq!(desk.names(), ["folder", "song.mid", "tone.consort"]);
}

/// A disk that is full after some kilobytes, as the largest size a file may have. (`/dev/full` is
/// no file to rename to, and a small file system needs root.)
#[test]
fn full_disks() {
    use std::os::unix::process::CommandExt;
    let desk = Desk::new();
    for (arguments, limit) in [(&RENDER[..], 100_000), (&NOTE, 30), (&PRESET, 100)] {
        let mut command = desk.command(arguments);
        // SAFETY: both calls are allowed between fork and exec.
        unsafe {
            command.pre_exec(move || {
                let limit = libc::rlimit {
                    rlim_cur: limit,
                    rlim_max: limit,
                };
                // Ignored, so that the write fails as on a full disk.
                libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
                match libc::setrlimit(libc::RLIMIT_FSIZE, &limit) {
                    0 => Ok(()),
                    _ => Err(std::io::Error::last_os_error()),
                }
            });
        }
        Ran::of(command).failed(&["does not fit", "free some space"]);
        assert_eq!(desk.names(), ["song.mid", "tone.consort"]);
    }
}

/// A real file system of 256 KiB, where the process may mount one.
#[test]
fn a_full_file_system() {
    let desk = Desk::new();
    std::fs::create_dir(desk.file("small")).unwrap();
    let small = desk.file("small");
    let mount = |command: &str, arguments: &[&str]| {
        let status = std::process::Command::new(command)
            .args(arguments)
            .arg(&small)
            .output();
        status.is_ok_and(|output| output.status.success())
    };
    if !mount("mount", &["-t", "tmpfs", "-o", "size=256k", "tmpfs"]) {
        eprintln!("only root may mount: the other test of full disks has to do");
        return;
    }
    let ran = desk.run(&[&RENDER[..6], &["small/x.wav"]].concat());
    let left = std::fs::read_dir(&small).unwrap().count();
    assert!(mount("umount", &[]));
    ran.failed(&["small/x.wav", "does not fit"]);
    assert_eq!(left, 0);
}

#[test]
fn odd_prompts() {
    let desk = Desk::new();
    let long = "warm cello ".repeat(1000);
    let endless = "a".repeat(10_000);
    for prompt in [
        &long,
        &endless,
        "暖かいチェロ",
        "теплая виолончель",
        "🎻🔥",
        "xq zzvb kkwp ñññ",
        "\u{202e}olleC \u{7}\u{1b}[31m",
        "--",
        "../../../cello",
        "NULL; DROP TABLE instruments",
    ] {
        let ran = desk.run(&[
            "instrument",
            "--json",
            "--out",
            "made",
            "--force",
            "--",
            prompt,
        ]);
        if ran.code == Some(0) {
            let made = ran.json();
            let folder = made["instruments"][0]["folder"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(
                desk.file(&folder).starts_with(desk.file("made")),
                "{folder}"
            );
            assert!(!folder.contains(".."), "{folder}");
        } else {
            ran.failed(&[]);
            assert!(!ran.stderr.contains('\u{1b}'), "{ran:?}");
        }
    }
    let truncated = desk.run(&["instrument", &long, "--out", "made", "--force"]);
    assert!(truncated.stderr.contains("counted"), "{truncated:?}");
}

#[test]
fn models_that_cannot_be_used() {
    let desk = Desk::new();
    let with = |folder: &Path| {
        let mut command = desk.command(&["instrument", "warm cello"]);
        command.env("CONSORT_MODELS", folder);
        Ran::of(command)
    };
    with(&desk.file("nowhere")).failed(&["nowhere"]);
    let pack = Pack::copy(desk.file("pack"));
    pack.put("manifest.json", b"{\"format\": 1");
    with(&pack.0).failed(&["manifest", "damaged"]);
    let manifest = String::from_utf8(pack.original("manifest.json")).unwrap();
    let mut other: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    other["format"] = 99.into();
    pack.put("manifest.json", other.to_string().as_bytes());
    with(&pack.0).failed(&["99"]);
    pack.put("manifest.json", manifest.as_bytes());
    let mut damaged = pack.original("codec_decoder.onnx");
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    pack.put("codec_decoder.onnx", &damaged);
    with(&pack.0).failed(&["codec_decoder.onnx", "damaged"]);
    std::fs::remove_file(pack.0.join("codec_decoder.onnx")).unwrap();
    with(&pack.0).failed(&["codec_decoder.onnx"]);
    assert_eq!(desk.names(), ["pack", "song.mid", "tone.consort"]);
}

#[test]
fn a_runtime_that_is_missing_or_something_else() {
    let desk = Desk::new();
    desk.put("text.so", b"no library at all");
    for library in ["missing.so", "text.so"] {
        let mut command = desk.command(&["instrument", "warm cello"]);
        command.env("CONSORT_ONNXRUNTIME", desk.file(library));
        Ran::of(command).failed(&[library]);
    }
    assert_eq!(desk.names(), ["song.mid", "text.so", "tone.consort"]);
}

/// A copy of the models at hand, to be damaged.
struct Pack(PathBuf);

impl Pack {
    /// Links, where nothing is changed: models are large.
    fn copy(to: PathBuf) -> Pack {
        std::fs::create_dir(&to).unwrap();
        for entry in std::fs::read_dir(Pack::folder()).unwrap() {
            let from = std::fs::canonicalize(entry.unwrap().path()).unwrap();
            std::os::unix::fs::symlink(&from, to.join(from.file_name().unwrap())).unwrap();
        }
        Pack(to)
    }

    fn folder() -> PathBuf {
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin-assets/models");
        std::env::var_os("CONSORT_MODELS").map_or(built_in, PathBuf::from)
    }

    fn original(&self, name: &str) -> Vec<u8> {
        std::fs::read(Pack::folder().join(name)).unwrap()
    }

    /// Replaces a link by a file.
    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        let _ = std::fs::remove_file(&path);
        std::fs::write(path, bytes).unwrap();
    }
}

/// Some bytes changed, then a piece taken out.
fn damage() -> impl Strategy<Value = (Vec<(prop::sample::Index, u8)>, prop::sample::Index, usize)> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (changes, any::<prop::sample::Index>(), 0..40usize)
}

type Damage = (Vec<(prop::sample::Index, u8)>, prop::sample::Index, usize);

fn damaged(mut bytes: Vec<u8>, (changes, place, length): &Damage) -> Vec<u8> {
    for (place, byte) in changes {
        let place = place.index(bytes.len());
        bytes[place] = *byte;
    }
    let start = place.index(bytes.len());
    bytes.drain(start..(start + length).min(bytes.len()));
    bytes
}

proptest! {
    // A process each: enough to meet every part of the files in a few seconds.
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_instruments(damage in damage()) {
        let desk = Desk::new();
        let bytes = damaged(desk.get("tone.consort"), &damage);
        desk.put("tone.consort", &bytes);
        let ran = desk.run(&["info", "tone.consort"]);
        done_or_refused(&desk, &ran);
        if let Ok(read) = Instrument::from_bytes(&bytes) {
            prop_assert_eq!(read, tone(), "damage is seen, or harmless");
        } else {
            prop_assert_eq!(ran.code, Some(1));
        }
        done_or_refused(&desk, &desk.run(&PRESET));
    }

    #[test]
    fn damaged_songs(damage in damage()) {
        let desk = Desk::new();
        desk.put("song.mid", &damaged(desk.get("song.mid"), &damage));
        done_or_refused(&desk, &desk.run(&["info", "song.mid"]));
        // A damaged song may last for an hour: what it holds is played, its time is not.
        let mut short = desk.command(&RENDER);
        short.args(["--rate", "8000", "--bits", "16", "--tail", "0"]);
        let seconds = desk.run(&["info", "song.mid", "--json"]);
        let long = seconds.code == Some(0) && seconds.json()["seconds"].as_f64() > Some(60.0);
        if !long {
            done_or_refused(&desk, &Ran::of(short));
        }
    }

    #[test]
    fn damaged_sounds_and_presets(damage in damage()) {
        let desk = Desk::new();
        let mut wav = Vec::new();
        let spec = hound::WavSpec { channels: 2, sample_rate: 48_000, bits_per_sample: 24, sample_format: hound::SampleFormat::Int };
        let mut writer = hound::WavWriter::new(std::io::Cursor::new(&mut wav), spec).unwrap();
        for sample in 0..200 {
            writer.write_sample(sample * 1000).unwrap();
        }
        writer.finalize().unwrap();
        desk.put("damaged", &damaged(wav, &damage));
        done_or_refused(&desk, &desk.run(&["info", "damaged"]));
    }

    /// No process, so many more cases: instruments whose checksum was made to fit.
    #[test]
    fn instruments_with_a_fitting_checksum(damage in damage()) {
        use sha2::{Digest, Sha256};
        let mut bytes = damaged(tone().to_bytes(), &damage);
        if bytes.len() > 32 {
            let sum = Sha256::digest(&bytes[32..]);
            bytes[12..28].copy_from_slice(&sum[..16]);
        }
        if let Err(error) = Instrument::from_bytes(&bytes) {
            prop_assert!(error.to_string().len() > 20);
        }
    }
}
