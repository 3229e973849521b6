//! `consort orchestrate` as its users meet it: the melody stays in one part, everybody plays what their instrument
//! can play, files are ones that others read, and what can't be gets a sentence.

mod command;

use command::Desk;
use consort::music::{Metre, Note, Song, TempoMap, Track, midi};
use serde_json::Value;

/// A name, and the lowest and highest key that can be played.
type Player = (&'static str, u8, u8);

/// "Ode to Joy" (Beethoven, 1824), its first eight bars, alone.
const TUNE: [(u8, f64); 30] = [
    (64, 1.0),
    (64, 1.0),
    (65, 1.0),
    (67, 1.0),
    (67, 1.0),
    (65, 1.0),
    (64, 1.0),
    (62, 1.0),
    (60, 1.0),
    (60, 1.0),
    (62, 1.0),
    (64, 1.0),
    (64, 1.5),
    (62, 0.5),
    (62, 2.0),
    (64, 1.0),
    (64, 1.0),
    (65, 1.0),
    (67, 1.0),
    (67, 1.0),
    (65, 1.0),
    (64, 1.0),
    (62, 1.0),
    (60, 1.0),
    (60, 1.0),
    (62, 1.0),
    (64, 1.0),
    (62, 1.5),
    (60, 0.5),
    (60, 2.0),
];

fn tune(channel: u8) -> Song {
    let mut at = 0.0;
    let notes = TUNE.map(|(key, beats)| {
        let note = Note {
            channel,
            key,
            velocity: 90,
            start: (at * 480.0) as u64,
            length: (beats * 480.0) as u64 - 20,
        };
        at += beats;
        note
    });
    Song {
        tempo: TempoMap::metrical(480, &[(0, 500_000)]),
        metres: vec![(0, Metre { count: 4, unit: 4 })],
        tracks: vec![Track {
            notes: notes.to_vec(),
            ..Track::default()
        }],
    }
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("tune.mid", &midi::write(&tune(0)));
    desk
}

/// Start and pitch class of each note, sixteenths.
fn line(track: &Track) -> Vec<(u64, u8)> {
    let mut line: Vec<(u64, u8)> = track
        .notes
        .iter()
        .map(|note| ((note.start + 30) / 120, note.key % 12))
        .collect();
    line.sort_unstable();
    line
}

#[test]
fn a_melody_becomes_ensembles_that_keep_it() {
    // Who is to be there, and the lowest and highest key that each can play.
    let asks: [(&str, &[Player]); 4] = [
        (
            "for string quartet",
            &[
                ("violin 1", 55, 103),
                ("violin 2", 55, 103),
                ("viola", 48, 91),
                ("cello", 36, 84),
            ],
        ),
        (
            "brass quintet",
            &[
                ("trumpet 1", 52, 87),
                ("trumpet 2", 52, 87),
                ("horn", 34, 80),
                ("trombone", 34, 77),
                ("tuba", 24, 65),
            ],
        ),
        (
            "oboe melody with harp",
            &[("oboe", 58, 94), ("harp", 23, 104)],
        ),
        (
            "SATB choir",
            &[
                ("soprano", 57, 86),
                ("alto", 50, 79),
                ("tenor", 45, 72),
                ("bass", 36, 67),
            ],
        ),
    ];
    for (words, players) in asks {
        let desk = desk();
        let ran = desk.run(&["orchestrate", "tune.mid", words, "--midi-only", "--json"]);
        assert_eq!(ran.code, Some(0), "{words}: {}", ran.stderr);
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        let song = midi::read(&desk.get("tune-orchestrated.mid")).unwrap();
        let tracks: Vec<&Track> = song
            .tracks
            .iter()
            .filter(|track| !track.notes.is_empty())
            .collect();
        assert_eq!(tracks.len(), players.len(), "{words}");
        for (name, low, high) in players {
            let named = |track: &&&Track| {
                track
                    .name
                    .as_deref()
                    .is_some_and(|found| found.contains(name))
            };
            let track = tracks
                .iter()
                .find(named)
                .unwrap_or_else(|| panic!("{words}: no {name}"));
            for note in &track.notes {
                assert!(
                    (*low..=*high).contains(&note.key),
                    "{words}: {name} plays {}",
                    note.key
                );
            }
        }
        let melody = told["melody"].as_str().unwrap();
        let has_it = tracks
            .iter()
            .find(|track| track.name.as_deref() == Some(melody))
            .unwrap();
        let (wanted, found) = (line(&tune(0).tracks[0]), line(has_it));
        let kept = wanted.iter().filter(|note| found.contains(note)).count();
        assert_eq!(
            kept,
            wanted.len(),
            "{words}: the {melody} has {kept} of {} notes",
            wanted.len()
        );
        assert_eq!(song.tempo.seconds_at(960), 1.0, "{words}");
        let score = String::from_utf8(desk.get("tune-orchestrated.musicxml")).unwrap();
        assert_eq!(score.matches("<part id=").count(), players.len(), "{words}");
        // The same again, another with another seed.
        let again = desk.run(&["orchestrate", "tune.mid", words, "--midi-only", "--force"]);
        assert_eq!(again.code, Some(0));
        assert_eq!(
            midi::read(&desk.get("tune-orchestrated.mid")).unwrap(),
            song,
            "{words}"
        );
    }
}

#[test]
fn what_cant_be_gets_a_sentence_and_writes_nothing() {
    let desk = desk();
    desk.put("drums.mid", &midi::write(&tune(9)));
    let empty = Song {
        tracks: vec![Track::default()],
        ..tune(0)
    };
    desk.put("empty.mid", &midi::write(&empty));
    desk.put("broken.mid", b"MThd\0\0");
    let before = desk.names();
    for (arguments, says) in [
        (["tune.mid", "for quantum kazoo and cello"], "kazoo"),
        (["tune.mid", "for 40 violins"], "12"),
        (["drums.mid", "for string quartet"], ""),
        (["empty.mid", "for string quartet"], ""),
        (["broken.mid", "for string quartet"], "broken.mid"),
        (["nothing.mid", "for string quartet"], "nothing.mid"),
    ] {
        let ran = desk.run(&["orchestrate", arguments[0], arguments[1], "--midi-only"]);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
        assert!(
            ran.stderr.trim().lines().count() == 1 && ran.stderr.trim().ends_with(['.', '?']),
            "{}",
            ran.stderr
        );
    }
    let ran = desk.run(&[
        "orchestrate",
        "tune.mid",
        "piano",
        "--melody",
        "9",
        "--midi-only",
    ]);
    assert!(
        ran.code == Some(1) && ran.stderr.contains("tracks"),
        "{}",
        ran.stderr
    );
    assert_eq!(desk.names(), before);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn each_part_sounds_and_so_does_the_mix() {
    let desk = desk();
    let ran = desk.run(&[
        "orchestrate",
        "tune.mid",
        "flute and cello",
        "--json",
        "--out",
        "made",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let mut levels = Vec::new();
    for file in told["stems"]
        .as_array()
        .unwrap()
        .iter()
        .chain([&told["mix"]])
    {
        let mut wav = hound::WavReader::open(desk.file(file.as_str().unwrap())).unwrap();
        let samples: Vec<f64> = wav
            .samples::<i32>()
            .map(|x| f64::from(x.unwrap()) / f64::from(1 << 23))
            .collect();
        let peak = samples.iter().fold(0.0f64, |peak, x| peak.max(x.abs()));
        let power = samples.iter().map(|x| x * x).sum::<f64>() / samples.len() as f64;
        assert!(peak < 0.9, "{file}: {peak}");
        assert!(samples.len() > 15 * 48_000 * 2, "{file}");
        levels.push(10.0 * power.log10());
    }
    assert_eq!(levels.len(), 3);
    assert!(levels.iter().all(|level| *level > -50.0), "{levels:?}");
    assert!(
        (levels[0] - levels[1]).abs() < 9.0,
        "the flute and the cello are balanced: {levels:?}"
    );
}
