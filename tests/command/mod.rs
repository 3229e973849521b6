//! Runs the `consort` command as a user would, in a folder of its own, and makes it things to read.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use consort::instrument::slots::{ANCHORS, PARTIAL_ROWS, ROWS, TIMES};
use consort::instrument::{AnchorSet, Body, Instrument, Macros, Recipe};
use consort::music::{Change, Control, Note, Song, TempoMap, Track, midi};

/// Renders the song of a [`Desk`] with its instrument; the file to write comes last.
pub const RENDER: [&str; 7] = [
    "render",
    "--instrument",
    "tone.consort",
    "--midi",
    "song.mid",
    "--out",
    "x.wav",
];

/// A folder to run commands in; gone when dropped.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// With `tone.consort` (an instrument), `song.mid` (a short song).
    pub fn new() -> Desk {
        let desk = Desk {
            folder: tempfile::tempdir().unwrap(),
        };
        desk.put("tone.consort", &tone().to_bytes());
        desk.put("song.mid", &midi::write(&song()));
        desk
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.file(name), bytes).unwrap();
    }

    pub fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.file(name)).unwrap()
    }

    /// Names of all files and folders, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_consort"));
        command.args(arguments).current_dir(self.path());
        command
    }

    /// Renders this MIDI file with the instrument.
    pub fn render(&self, midi: &str) -> Ran {
        let mut arguments = RENDER;
        arguments[4] = midi;
        self.run(&arguments)
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments))
    }

    /// A command with this file where it says FILE; ended after a minute, for it may wait for ever.
    pub fn command_on(&self, arguments: &[&str], file: &str) -> Command {
        let mut command = Command::new("timeout");
        command.args(["60", env!("CARGO_BIN_EXE_consort")]);
        command.current_dir(self.path());
        command.args(arguments.iter().map(|&word| match word {
            "FILE" => file,
            word => word,
        }));
        command
    }

    /// Runs a command on a file.
    pub fn run_on(&self, arguments: &[&str], file: &str) -> Ran {
        Ran::of(self.command_on(arguments, file))
    }
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(mut command: Command) -> Ran {
        Ran::ended(command.output().unwrap())
    }

    /// Runs a command that these bytes are piped into.
    pub fn piped(mut command: Command, bytes: &[u8]) -> Ran {
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        // Who has read enough closes it.
        let _ = process.stdin.take().unwrap().write_all(bytes);
        Ran::ended(process.wait_with_output().unwrap())
    }

    fn ended(output: Output) -> Ran {
        let Output {
            status,
            stdout,
            stderr,
        } = output;
        Ran {
            code: status.code(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    /// It did its work; gives stdout.
    #[track_caller]
    pub fn ok(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        &self.stdout
    }

    /// It did its work and printed one JSON object.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        let text = self.ok();
        assert_eq!(text.lines().count(), 1, "{self:?}");
        serde_json::from_str(text).unwrap()
    }

    /// It failed as a job does: one sentence on stderr that holds all of `words`, nothing on
    /// stdout, no panic.
    #[track_caller]
    pub fn failed(&self, words: &[&str]) {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        let sentence = self.stderr.trim_end();
        assert!(
            sentence.starts_with("error: ") && sentence.ends_with('.'),
            "{self:?}"
        );
        assert_eq!(sentence.lines().count(), 1, "{self:?}");
        assert!(sentence.len() > 30, "says too little: {self:?}");
        for word in words {
            assert!(sentence.contains(word), "\"{word}\" is not in {self:?}");
        }
    }

    /// The arguments were refused.
    #[track_caller]
    pub fn refused(&self, words: &[&str]) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert!(self.stderr.starts_with("error: "), "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "\"{word}\" is not in {self:?}");
        }
    }
}

/// The time of the release in the model's time grid: 3 s.
const RELEASE: usize = 64 + 34 + 20;

/// An instrument of eight harmonics that fall by 6 dB each and decay slowly, the same at every
/// anchor but for its level.
pub fn tone() -> Instrument {
    let mut levels = vec![-80.0f32; ANCHORS * ROWS * TIMES];
    for anchor in 0..ANCHORS {
        let softer = 6.0 * (2 - anchor % 3) as f32;
        for harmonic in 1..=8usize {
            // Rows 0..32 are quarter-harmonics: the fourth is the first harmonic.
            let row = harmonic * 4 - 1;
            let start = (anchor * ROWS + row) * TIMES;
            for time in 0..TIMES {
                let released = time.saturating_sub(RELEASE) as f32;
                levels[start + time] =
                    -6.0 * harmonic as f32 - softer - 0.05 * time as f32 - 4.0 * released;
            }
        }
    }
    let cents = vec![0.0; ANCHORS * PARTIAL_ROWS];
    Instrument {
        name: "tone".into(),
        recipe: Recipe {
            prompt: "plain tone".into(),
            seed: 3,
            ..Recipe::default()
        },
        macros: Macros::default(),
        body: Body::Keys(AnchorSet::from_levels(&levels, &cents).unwrap()),
    }
}

/// Two seconds: an arpeggio, a chord under the pedal, a bend.
pub fn song() -> Song {
    let note = |key, start, length, velocity| Note {
        channel: 0,
        key,
        velocity,
        start,
        length,
    };
    let control = |tick, change| Control {
        channel: 0,
        tick,
        change,
    };
    let pedal = |tick, value| control(tick, Change::Controller { number: 64, value });
    Song {
        tempo: TempoMap::metrical(480, &[(0, 500_000)]),
        metres: Vec::new(),
        tracks: vec![Track {
            name: Some("Melody".into()),
            program: None,
            notes: vec![
                note(48, 0, 460, 100),
                note(55, 240, 220, 70),
                note(60, 480, 240, 90),
                note(64, 720, 240, 40),
                note(67, 960, 480, 120),
                note(72, 1200, 720, 80),
            ],
            controls: vec![
                pedal(480, 127),
                control(1300, Change::Bend(0.5)),
                control(1440, Change::Bend(0.0)),
                pedal(1500, 0),
            ],
            ends: 0,
        }],
    }
}
