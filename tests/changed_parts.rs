//! `consort stem --again`: a part that was written is changed as the words say, and stays as it is elsewhere.
#![cfg(built_in_models)]

mod command;

use command::Desk;
use consort::music::{Note, Song, TempoMap, Track, midi};

/// Ticks of a bar.
const BAR: u64 = 1_920;
const HATS: [u8; 3] = [42, 44, 46];

/// Eight bars of C, F, G and C by a piano, at 110 beats a minute, and drums for them.
fn desk() -> Desk {
    let desk = Desk::new();
    let roots = [60, 65, 67, 60];
    let chords = (0..8u64).flat_map(|bar| {
        let root = roots[bar as usize % 4];
        [0, 4, 7].map(|above| Note {
            channel: 0,
            key: root + above,
            velocity: 90,
            start: bar * BAR,
            length: BAR - 20,
        })
    });
    let song = Song {
        tempo: TempoMap::metrical(480, &[(0, 545_455)]),
        metres: Vec::new(),
        tracks: vec![Track {
            program: Some(0),
            notes: chords.collect(),
            ..Track::default()
        }],
    };
    desk.put("song.mid", &midi::write(&song));
    desk.run(&["stem", "song.mid", "rock drums", "--midi-only"])
        .ok();
    desk
}

/// Start, key and velocity of each note.
fn notes(desk: &Desk, file: &str) -> Vec<(u64, u8, u8)> {
    let song = midi::read(&desk.get(file)).unwrap();
    let mut notes: Vec<_> = song.notes().map(|n| (n.start, n.key, n.velocity)).collect();
    notes.sort_unstable();
    notes
}

fn change(desk: &Desk, arguments: &[&str]) -> Vec<(u64, u8, u8)> {
    let fixed = ["stem", "song.mid", "--again", "song-drums-A.mid"];
    let out = ["--midi-only", "--out", "changed", "--force"];
    desk.run(&[&fixed[..], arguments, &out].concat()).ok();
    notes(desk, "changed/song-drums-A.mid")
}

#[test]
fn what_is_not_asked_for_stays() {
    let desk = desk();
    let before = notes(&desk, "song-drums-A.mid");
    let without_hats = |notes: &[(u64, u8, u8)]| -> Vec<_> {
        let some = notes.iter().filter(|note| !HATS.contains(&note.1));
        some.copied().collect()
    };
    let hats = change(&desk, &["same but with sixteenth hats"]);
    assert!(hats.len() > before.len());
    assert_eq!(without_hats(&hats), without_hats(&before));
    let outside = |notes: &[(u64, u8, u8)]| -> Vec<_> {
        // A little before a bar line belongs to its bar.
        let inside = 2 * BAR - 60..3 * BAR - 60;
        let some = notes.iter().filter(|note| !inside.contains(&note.0));
        some.copied().collect()
    };
    let third = change(&desk, &["rock drums", "--bars", "3-3", "--seed", "7"]);
    assert_eq!(outside(&third), outside(&before));
    let louder = change(&desk, &["louder"]);
    let places = |notes: &[(u64, u8, u8)]| notes.iter().map(|n| (n.0, n.1)).collect::<Vec<_>>();
    assert_eq!(places(&louder), places(&before));
    let loud = |notes: &[(u64, u8, u8)]| notes.iter().map(|n| u32::from(n.2)).sum::<u32>();
    assert!(loud(&louder) > loud(&before));
}

#[test]
fn what_cannot_be_changed_gets_a_sentence() {
    let desk = desk();
    let ask = |file: &str, more: &[&str]| {
        let fixed = [
            "stem",
            "song.mid",
            "busier",
            "--midi-only",
            "--out",
            "x",
            "--again",
            file,
        ];
        desk.run(&[&fixed[..], more].concat())
    };
    ask("nowhere.mid", &[]).failed(&["nowhere.mid", "does not exist"]);
    ask("song-drums-A.mid", &["--part", "bass"]).failed(&["song-drums-A.mid", "has no bass"]);
    let empty = Song {
        tempo: TempoMap::metrical(480, &[]),
        metres: Vec::new(),
        tracks: vec![Track::default()],
    };
    desk.put("empty.mid", &midi::write(&empty));
    ask("empty.mid", &[]).failed(&["empty.mid", "no notes to change"]);
    assert!(!desk.file("x").exists());
}
