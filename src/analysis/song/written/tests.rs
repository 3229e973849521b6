//! Songs written down, as they are read.

use super::*;
use crate::music::{Note, TempoMap, Track};

/// Two bars of C and G on a piano, a kick on each beat, a bass.
fn song(metres: Vec<(u64, Metre)>) -> Song {
    let note = |channel, key, start, length| Note {
        channel,
        key,
        velocity: 90,
        start,
        length,
    };
    let chord = |keys: [u8; 3], start| keys.map(|key| note(0, key, start, 1_900));
    let track = |program, notes| Track {
        program,
        notes,
        ..Track::default()
    };
    let chords = [0, 3840].map(|start| chord([60, 64, 67], start));
    let others = [1920, 5760].map(|start| chord([59, 62, 67], start));
    let bass = [(36, 0), (43, 1920), (36, 3840), (43, 5760)];
    Song {
        tempo: TempoMap::metrical(480, &[(0, 400_000)]),
        metres,
        tracks: vec![
            track(Some(0), [chords, others].concat().concat()),
            track(
                Some(33),
                bass.map(|(key, start)| note(1, key, start, 1_900)).to_vec(),
            ),
            track(
                None,
                (0..16).map(|beat| note(9, 36, beat * 480, 60)).collect(),
            ),
        ],
    }
}

#[test]
fn a_written_song_has_its_own_bars_chords_and_parts() {
    let written = read(&song(Vec::new()), &Corrections::default()).unwrap();
    let description = &written.description;
    assert_eq!(description.key.as_ref().unwrap().name, "C major");
    let chords: Vec<String> = description
        .chords
        .iter()
        .map(|heard| heard.chord.to_string())
        .collect();
    assert_eq!(chords, ["C", "G", "C", "G"]);
    assert!((description.tempo.as_ref().unwrap().bpm - 150.0).abs() < 0.01);
    let kinds: Vec<_> = written
        .parts
        .iter()
        .map(|part| part.kind.unwrap())
        .collect();
    assert_eq!(kinds, [PartKind::Drums, PartKind::Bass, PartKind::Keys]);
    let kicks: Vec<u32> = written.parts[0].notes.iter().map(|n| n.step).collect();
    assert_eq!(kicks, (0..16).map(|beat| beat * 4).collect::<Vec<_>>());
}

#[test]
fn an_upbeat_is_the_end_of_a_bar() {
    let metre = |name: &str| name.parse::<Metre>().unwrap();
    for (first, then, ticks, steps) in [
        ("1/4", "4/4", 480, 12.0),
        ("3/4", "4/4", 1440, 4.0),
        ("2/4", "3/4", 960, 4.0),
        ("1/8", "6/8", 240, 10.0),
        ("3/8", "6/8", 720, 6.0),
    ] {
        let found = read(
            &song(vec![(0, metre(first)), (ticks, metre(then))]),
            &Corrections::default(),
        );
        let found = found.unwrap();
        let bars = found.grid.bars();
        assert!(bars.iter().all(|bar| bar.metre == metre(then)), "{first}");
        assert!((found.grid.step_at(0.0) - steps).abs() < 1e-6, "{first}");
        let line = found.grid.seconds_at(f64::from(bars[1].step));
        assert!(
            (line - ticks as f64 / 480.0 * 0.4).abs() < 1e-6,
            "{first}: {line}"
        );
        assert_eq!(found.metres.len(), 2, "what is written keeps its own");
    }
    // Two bars of another metre are no upbeat.
    let two = song(vec![(0, metre("2/4")), (1920, metre("4/4"))]);
    let found = read(&two, &Corrections::default()).unwrap();
    assert_eq!(found.grid.bars()[0].metre, metre("2/4"));
}

#[test]
fn film_frames_take_a_tempo_and_long_songs_are_read_to_their_end() {
    let mut film = song(Vec::new());
    film.tempo = TempoMap::timecode(25.0, 40);
    let untold = read(&film, &Corrections::default()).unwrap_err();
    assert_eq!(untold, Unwritten::FilmFrames);
    let told = Corrections {
        tempo: Some(124.0),
        ..Corrections::default()
    };
    let found = read(&film, &told).unwrap();
    assert!((found.description.tempo.unwrap().bpm - 124.0).abs() < 0.01);
    assert!((found.description.seconds - film.seconds()).abs() < 0.01);
    assert!((found.tempo.seconds_at(480) - 60.0 / 124.0).abs() < 1e-5);

    let mut long = song(Vec::new());
    let whole = long.seconds();
    let kick = long.tracks[2].notes[0];
    let at = |beat: u64| Note {
        start: beat * 480,
        ..kick
    };
    // A note that was left behind is no reason to go on through twenty minutes of silence.
    long.tracks[2].notes.push(at(3_000));
    let found = read(&long, &Corrections::default()).unwrap();
    assert!((found.description.seconds_used - whole).abs() < 0.5);
    long.tracks[2].notes.extend([at(1_000), at(2_000)]);
    let found = read(&long, &Corrections::default()).unwrap();
    let steps = found.parts[0].notes.iter().map(|note| note.step).max();
    let steps = steps.unwrap();
    assert_eq!(
        (steps, found.description.seconds_used >= 1_200.0),
        (12_000, true)
    );
}

#[test]
fn metres_are_the_files_own_or_those_told() {
    let three = Metre { count: 3, unit: 4 };
    let six = Metre { count: 6, unit: 8 };
    let found = read(&song(vec![(0, three)]), &Corrections::default()).unwrap();
    assert_eq!(found.grid.bars()[1].step, 12);
    let told = Corrections {
        metre: Some(six),
        ..Corrections::default()
    };
    let found = read(&song(vec![(0, three)]), &told).unwrap();
    assert_eq!(found.description.metre.unwrap().metre, six);
    let told = Corrections {
        tempo: Some(90.0),
        ..Corrections::default()
    };
    let told = read(&song(Vec::new()), &told).unwrap_err();
    assert_eq!(told, Unwritten::OwnTempo);
    let empty = Song {
        tracks: Vec::new(),
        ..song(Vec::new())
    };
    let nothing = read(&empty, &Corrections::default()).unwrap_err();
    assert_eq!(nothing, Unwritten::NoNotes);
}

#[test]
fn what_goes_on_is_judged_by_onsets_velocities_and_the_kit() {
    let note = |channel, key, velocity, start| Note {
        channel,
        key,
        velocity,
        start,
        length: 200,
    };
    let song = |us_a_beat, notes: Vec<Note>| {
        let song = Song {
            tempo: TempoMap::metrical(480, &[(0, us_a_beat)]),
            metres: Vec::new(),
            tracks: vec![Track {
                notes,
                ..Track::default()
            }],
        };
        read(&song, &Corrections::default()).unwrap().description
    };
    // A slow song of soft chords on the beats; the same in full chords of both hands.
    for keys in [&[60, 64, 67][..], &[36, 48, 55, 60, 64, 67, 72, 76]] {
        let notes =
            (0..32).flat_map(|beat| keys.iter().map(move |key| note(0, *key, 45, beat * 480)));
        let slow = song(1_000_000, notes.collect());
        assert!(slow.energy < 0.25, "{}", slow.energy);
        assert!(
            (0.9..1.1).contains(&slow.density.unwrap()),
            "{:?}",
            slow.density
        );
        assert!(!slow.sentence.contains("dense"), "{}", slow.sentence);
    }
    // Fast rock: eighths on the hats and of the bass, a backbeat, chords.
    let mut notes = Vec::new();
    for eighth in 0..128 {
        let at = eighth * 240;
        notes.extend([note(9, 42, 100, at), note(1, 40, 105, at)]);
        let (drum, beat) = if eighth % 4 == 2 {
            (38, true)
        } else {
            (36, eighth % 4 == 0)
        };
        notes.extend(beat.then(|| note(9, drum, 120, at)));
        notes.extend([52, 59, 64].map(|key| note(0, key, 110, at)));
    }
    let fast = song(60_000_000 / 160, notes);
    assert!(fast.energy > 0.65, "{}", fast.energy);
    assert!(
        (1.8..2.1).contains(&fast.density.unwrap()),
        "{:?}",
        fast.density
    );
    assert!(!fast.sentence.contains("calm"), "{}", fast.sentence);
}
