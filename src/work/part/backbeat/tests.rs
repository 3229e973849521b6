//! Drums of words, seeds and songs, held against what a drummer plays in four.

use super::super::words;
use super::super::{StemAsk, StemSong, tests::made};
use super::*;
use crate::analysis::song::{Corrections, written};
use crate::music::{Note, Song, TempoMap, Track};

fn drums(bars: u32, hits: &[(u32, u8)]) -> Part {
    let bar = |bar: u32| {
        hits.iter().map(move |&(step, key)| GridNote {
            step: 16 * bar + step,
            offset: 0.0,
            length: 1.0,
            key,
            velocity: 90,
        })
    };
    Part::new(Some(PartKind::Drums), (0..bars).flat_map(bar).collect())
}

fn steps(part: &Part, keys: &[u8]) -> Vec<u32> {
    let notes = part.notes.iter().filter(|note| keys.contains(&note.key));
    notes.map(|note| note.step).collect()
}

#[test]
fn what_drums_lack_of_a_backbeat_they_are_given() {
    // Two hits a bar, a snare on each one beside the kick, and a kit that hardly strikes its snare.
    for hits in [
        &[(0, 36), (8, 42)][..],
        &[(0, 36), (0, 38), (4, 38), (8, 36), (12, 38)],
        &[(4, 42), (12, 42), (14, 38)],
    ] {
        let given = given(drums(4, hits), 4);
        for bar in 0..4 {
            let has = |keys: &[u8], step: u32| steps(&given, keys).contains(&(16 * bar + step));
            assert!(
                has(&KICKS, 0) && has(&BACKBEATS, 4) && has(&BACKBEATS, 12),
                "{hits:?}"
            );
            assert!(!has(&SNARES, 0), "{hits:?}");
        }
    }
    // What has it stays: also in half-time, by the stick, or by a jazz drummer's foot.
    for hits in [
        &[(0, 36), (4, 38), (8, 36), (12, 38)][..],
        &[(0, 36), (8, 38)],
        &[(0, 36), (4, 37), (12, 39)],
        &[(0, 51), (4, 44), (10, 38), (12, 44)],
    ] {
        let part = drums(4, hits);
        assert_eq!(given(part.clone(), 4), part, "{hits:?}");
    }
    let missed = given(drums(4, &[(0, 36), (4, 38), (11, 38)]), 4);
    let snares: Vec<u32> = steps(&missed, &SNARES)
        .iter()
        .map(|step| step % 16)
        .collect();
    assert_eq!(snares, [4, 12].repeat(4), "what missed it is moved");
    // One bar of four is a fill, and one snare on a downbeat of many too.
    let beat = drums(16, &[(0, 36), (4, 38), (12, 38)]);
    let mut fill = beat.clone();
    fill.notes.retain(|note| note.step / 16 != 7);
    fill.notes.push(GridNote {
        step: 112,
        key: 38,
        ..fill.notes[0]
    });
    let fill = Part::new(fill.kind, fill.notes);
    assert_eq!(given(fill.clone(), 16), fill);
    let bass = Part {
        kind: Some(PartKind::Bass),
        ..drums(2, &[(0, 40)])
    };
    assert_eq!(given(bass.clone(), 2), bass);
}

#[test]
fn words_of_other_styles_keep_them() {
    let wanted = |words: &str| is_wanted(words, &words::read(words), ("4/4", 16));
    for words in [
        "",
        "add drums",
        "rock drums",
        "simple drums",
        "four on the floor",
        "funky beat",
        "trap",
        "half-time drums",
        "disco drums, loud snare",
        "drums like a shuffle",
        "drums without cymbals",
        "drums with only kick and snare",
        "no hi-hats, please",
    ] {
        assert!(wanted(words), "{words}");
    }
    for words in [
        "reggae one drop drums",
        "One Drop",
        "drums, no snare",
        "sparse drums",
        "soft brushes",
        "jazzy drums",
        "bossa nova",
        "only hi-hats",
        "military march",
        "snare on every beat",
        "congas",
        "orchestral percussion",
        "drums with no backbeat",
    ] {
        assert!(!wanted(words), "{words}");
    }
    let said = words::read("add drums");
    for metre in [("3/4", 12), ("6/8", 12), ("5/4", 20), ("4/4", 8)] {
        assert!(!is_wanted("add drums", &said, metre), "{metre:?}");
    }
}

/// Which notes of a bar a song has, by its number: beat, beats long, key, velocity.
type Bar = fn(u64) -> Vec<(f64, f64, u8, u8)>;

/// Roots and chords of four bars.
fn harmony(bar: u64) -> (u8, [u8; 3]) {
    [
        (48, [60, 64, 67]),
        (45, [57, 60, 64]),
        (41, [57, 60, 65]),
        (43, [55, 59, 62]),
    ][(bar % 4) as usize]
}

fn left_hand(bar: u64) -> Vec<(f64, f64, u8, u8)> {
    let (root, chord) = harmony(bar);
    let quarters =
        (0..4).map(|beat| (f64::from(beat), 0.9, root, if beat == 0 { 100 } else { 70 }));
    chord
        .map(|key| (0.0, 3.9, key, 80))
        .into_iter()
        .chain(quarters)
        .collect()
}

fn halves(bar: u64) -> Vec<(f64, f64, u8, u8)> {
    let (root, chord) = harmony(bar);
    let halves = [0.0, 2.0].map(|beat| (beat, 1.9, root, 90));
    chord
        .map(|key| (0.0, 3.9, key, 80))
        .into_iter()
        .chain(halves)
        .collect()
}

fn held(bar: u64) -> Vec<(f64, f64, u8, u8)> {
    let (root, chord) = harmony(bar);
    let all = [chord[0], chord[1], chord[2], root];
    all.map(|key| (0.0, 4.0, key, 60)).to_vec()
}

fn offbeats(bar: u64) -> Vec<(f64, f64, u8, u8)> {
    let (root, chord) = harmony(bar);
    let stabs = (0..4).flat_map(|beat| chord.map(|key| (f64::from(beat) + 0.5, 0.4, key, 85)));
    stabs
        .chain([(0.0, 1.5, root, 95), (1.5, 1.0, root, 80)])
        .collect()
}

fn arpeggio(bar: u64) -> Vec<(f64, f64, u8, u8)> {
    let (root, chord) = harmony(bar);
    let keys = [root, chord[0], chord[1], chord[2]];
    let eighth = |n: usize| {
        (
            n as f64 / 2.0,
            0.5,
            keys[n % 4],
            if n == 0 { 90 } else { 70 },
        )
    };
    (0..8).map(eighth).collect()
}

fn tune(bar: u64) -> Vec<(f64, f64, u8, u8)> {
    let (_, chord) = harmony(bar);
    [(0.0, 1.0), (1.5, 0.5), (2.0, 1.0), (3.0, 0.5), (3.5, 0.5)]
        .into_iter()
        .zip([0, 2, 1, 2, 0])
        .map(|((at, long), key)| (at, long, 12 + chord[key], 88))
        .collect()
}

fn song(bar: Bar, bpm: f64, program: u8) -> StemSong {
    let tick = |beat: f64| (beat * 480.0).round() as u64;
    let notes = (0..16u64).flat_map(|number| {
        bar(number)
            .into_iter()
            .map(move |(at, long, key, velocity)| Note {
                channel: 0,
                key,
                velocity,
                start: number * 1_920 + tick(at),
                length: tick(long),
            })
    });
    let song = Song {
        tempo: TempoMap::metrical(480, &[(0, (60e6 / bpm) as u32)]),
        metres: Vec::new(),
        tracks: vec![Track {
            program: Some(program),
            notes: notes.collect(),
            ..Track::default()
        }],
    };
    let song = written::read(&song, &Corrections::default()).unwrap();
    StemSong::new(&song.description, &song.grid, &song.parts).unwrap()
}

fn hold(songs: &[(&str, Bar, f64, u8)], words: &[&str]) {
    let mut faults = Vec::new();
    for &(name, bar, bpm, program) in songs {
        let song = song(bar, bpm, program);
        for words in words {
            for seed in 0..5 {
                let ask = StemAsk {
                    words: (*words).to_owned(),
                    seed,
                    ..StemAsk::default()
                };
                let part = made(&song, &ask, &mut |_| true).unwrap();
                let on = |keys: &[u8], place: u32| {
                    let here = |bar: &u32| steps(&part, keys).contains(&(16 * bar + place));
                    (0..16).filter(here).count()
                };
                let (kick, one) = (on(&KICKS, 0), on(&SNARES, 0));
                let (two, three, four) = (on(&BACKBEATS, 4), on(&BACKBEATS, 8), on(&BACKBEATS, 12));
                let backed = two.min(four).max(three);
                if kick < 11 || backed < 11 || one > 4 {
                    let letter = char::from(b'A' + seed as u8);
                    faults.push(format!(
                        "{name} {bpm} “{words}” {letter}: kick on 1 {kick}, snare on {one} {two} {three} {four}"
                    ));
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {}:\n{}",
        faults.len(),
        songs.len() * words.len() * 5,
        faults.join("\n")
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn drums_in_four_have_a_backbeat() {
    hold(
        &[
            ("left hand", left_hand, 100.0, 0),
            ("halves", halves, 84.0, 0),
            ("pad", held, 120.0, 89),
        ],
        &[
            "add drums",
            "add rock drums",
            "rock drums, four on the floor",
            "punk drums",
            "simple drums",
        ],
    );
}

/// Songs and words that weren't looked at while the rules were made.
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn drums_of_other_songs_in_four_have_one_too() {
    hold(
        &[
            ("offbeats", offbeats, 132.0, 27),
            ("arpeggio", arpeggio, 72.0, 24),
            ("tune", tune, 165.0, 73),
        ],
        &[
            "",
            "pop drums",
            "funky drums",
            "disco drums",
            "heavy metal drums",
        ],
    );
}
