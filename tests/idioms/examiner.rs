//! The examiner examined: parts written here by hand, and claims that are true and false of them.

use consort::music::{DRUM_CHANNEL, Metre, Note, Song, TempoMap, Track};

use crate::check::Take;
use crate::language::read;
use crate::songs::{self, BARS, Time};

const TIME: Time = Time {
    bpm: 120.0,
    metre: Metre { count: 4, unit: 4 },
};

/// Eight bars of one bar: beat from 1, key, velocity, length in beats.
fn take(bar: &[(f64, u8, u8, f64)], is_drums: bool) -> Take {
    let notes = (0..BARS).flat_map(|number| {
        bar.iter().map(move |&(beat, key, velocity, length)| Note {
            channel: if is_drums { DRUM_CHANNEL } else { 0 },
            key,
            velocity,
            start: ((number as f64 * 4.0 + beat - 1.0) * 480.0).round() as u64,
            length: (length * 480.0).round() as u64,
        })
    });
    let song = Song {
        tempo: TempoMap::metrical(480, &[(0, 500_000)]),
        metres: Vec::new(),
        tracks: vec![Track {
            notes: notes.collect(),
            ..Track::default()
        }],
    };
    Take::of(&song, TIME, songs::harmony(0), is_drums)
}

#[track_caller]
fn all(take: &Take, claims: &[&str], hold: bool) {
    for text in claims {
        let claims = read(text, 4, 1.0).unwrap();
        let verdicts: Vec<_> = claims.iter().map(|claim| take.judge(claim)).collect();
        assert_eq!(
            verdicts.iter().any(|verdict| verdict.0),
            hold,
            "{text}: {verdicts:?}"
        );
    }
}

#[test]
fn drums_are_judged() {
    let shuffle = [
        (1.0, 36, 100, 0.1),
        (1.0, 42, 80, 0.1),
        (1.667, 42, 60, 0.1),
        (2.0, 38, 110, 0.1),
        (2.0, 42, 80, 0.1),
        (2.667, 38, 40, 0.1),
        (3.0, 36, 100, 0.1),
        (3.667, 42, 60, 0.1),
        (4.0, 38, 110, 0.1),
    ];
    let take = take(&shuffle, true);
    let is_so = [
        "snare on 2,4 >= 0.9",
        "loud snare only 2,4 >= 0.9",
        "soft snare count 1..1",
        "snare accent 2,4 >= 50",
        "hat swing 1.8..2.2",
        "hat on 1,2,1s,3l >= 1",
        "kick on 2 <= 0.1",
        "kick count 2..2",
        "notes same >= 1",
        "ride on 1 >= 0.5 or hat on 1 >= 0.5",
    ];
    all(&take, &is_so, true);
    let is_not = [
        "kick on * >= 0.6",
        "snare only 2,4 >= 0.9",
        "hat on *& >= 0.1",
        "hat swing 0.9..1.2",
        "ride count >= 0.1",
        "ride swing 0..9",
    ];
    all(&take, &is_not, false);
}

#[test]
fn pitches_are_judged() {
    // The first song goes C, A minor, F, G: C is the root of one bar in four.
    let bar = [
        (1.0, 36, 90, 0.9),
        (2.0, 48, 90, 0.9),
        (3.0, 36, 90, 0.4),
        (3.5, 60, 90, 0.5),
        (3.5, 64, 90, 0.5),
        (3.5, 67, 90, 0.5),
    ];
    let take = take(&bar, false);
    let is_so = [
        "notes root 1 0.25..0.25",
        "notes voices 1..1",
        "chords voices 3..3",
        "chords only *& >= 1",
        "bottom octaves 0.5..0.6",
        "under50 key 36..36",
        "top key 48..67",
        "notes span 31..31",
        "bottom lower 1 2 12..12",
        "under40 length 0.39..0.91",
        "notes held 0.67..0.68",
        "notes fits >= 1",
    ];
    all(&take, &is_so, true);
    all(&take, &["notes root 1 >= 0.9", "notes steps >= 0.1"], false);
}

#[test]
fn what_cannot_be_read_is_refused() {
    for text in [
        "drum on 1 >= 1",
        "kick at 1 >= 1",
        "kick on 5 >= 1",
        "kick on 1",
        "kick on 1 >= x",
        "kick on 1x >= 1",
        "",
    ] {
        assert!(read(text, 4, 1.0).is_err(), "{text}");
    }
}
