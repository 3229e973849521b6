//! Songs of several metres, held against the bars that they say.

use super::super::{Again, StemAsk, tests::made};
use super::*;
use crate::analysis::song::{Corrections, written};
use crate::music::{Note, PartKind, Song, TempoMap, Track};

/// A song of so many bars of each metre, with a chord on each bar's one, and a bass note on each of its quarters.
fn song(metres: &[(&str, u64)]) -> Result<StemSong, Unfit> {
    let written = of(metres);
    StemSong::new(&written.description, &written.grid, &written.parts)
}

fn of(metres: &[(&str, u64)]) -> written::Written {
    let roots = [48, 53, 55, 48];
    let (mut changes, mut notes, mut tick) = (Vec::new(), Vec::new(), 0);
    for (number, (metre, count)) in metres.iter().enumerate() {
        let metre: Metre = metre.parse().unwrap();
        changes.push((tick, metre));
        let bar = u64::from(metre.count) * 4 * 480 / u64::from(metre.unit);
        for index in 0..*count {
            let root = roots[(number + index as usize) % 4];
            let mut note = |key, start, length| {
                notes.push(Note {
                    channel: 0,
                    key,
                    velocity: 80,
                    start,
                    length,
                });
            };
            for above in [12, 16, 19] {
                note(root + above, tick, bar - 20);
            }
            (0..bar.div_ceil(480)).for_each(|beat| note(root, tick + beat * 480, 200));
            tick += bar;
        }
    }
    notes.sort_by_key(|note| note.start);
    let song = Song {
        tempo: TempoMap::metrical(480, &[(0, 500_000)]),
        metres: changes,
        tracks: vec![Track {
            program: Some(0),
            notes,
            ..Track::default()
        }],
    };
    written::read(&song, &Corrections::default()).unwrap()
}

#[test]
fn bars_are_the_songs_own() {
    type Case<'a> = (&'a [(&'a str, u64)], &'a [(&'a str, usize)], &'a [usize]);
    let cases: [Case; 8] = [
        // One odd bar, one long one, one of seven eighths.
        (
            &[("4/4", 8), ("2/4", 1), ("4/4", 7)],
            &[("4/4", 256)],
            &[8, 9],
        ),
        (
            &[("3/4", 6), ("5/4", 1), ("3/4", 5)],
            &[("3/4", 156)],
            &[6, 7],
        ),
        (
            &[("4/4", 4), ("7/8", 2), ("4/4", 4)],
            &[("4/4", 160)],
            &[4, 6],
        ),
        // A verse and a refrain, an odd bar between them.
        (
            &[("4/4", 8), ("2/4", 1), ("3/4", 8)],
            &[("4/4", 144), ("3/4", 96)],
            &[8, 9],
        ),
        (
            &[("6/8", 4), ("4/4", 4), ("6/8", 4)],
            &[("6/8", 48), ("4/4", 64), ("6/8", 48)],
            &[4],
        ),
        // The verse comes back for two bars.
        (
            &[("4/4", 4), ("3/4", 4), ("7/8", 1), ("4/4", 2)],
            &[("4/4", 64), ("3/4", 72), ("4/4", 32)],
            &[4, 8, 9],
        ),
        // It begins with odd bars.
        (
            &[("5/4", 1), ("3/4", 1), ("4/4", 6)],
            &[("4/4", 144)],
            &[1, 2],
        ),
        // No metre goes on: the commonest.
        (
            &[("4/4", 2), ("3/4", 1), ("4/4", 2), ("3/4", 1)],
            &[("4/4", 96)],
            &[2, 3],
        ),
    ];
    for (metres, expected, changes) in cases {
        let song = song(metres).unwrap();
        let stretches = song.stretches().iter();
        let found: Vec<(&str, usize)> = stretches
            .map(|stretch| (stretch.context.metre, stretch.context.steps))
            .collect();
        assert_eq!(found, expected, "{metres:?}");
        let mut line = 0;
        let mut lines = vec![0];
        for (metre, count) in metres {
            for _ in 0..*count {
                line += bar_steps(metre.parse().unwrap()) as usize;
                lines.push(line);
            }
        }
        assert_eq!(song.lines(), lines, "{metres:?}");
        assert_eq!((song.bars(), song.steps()), (lines.len() - 1, line));
        let bars = song.odd_bars();
        assert!(
            changes
                .iter()
                .all(|bar| bars[*bar].metre != bars[bar - 1].metre)
        );
        let notice = song.notice.unwrap();
        assert!(
            notice.contains(expected[0].0) && notice.ends_with('.'),
            "{notice}"
        );
    }
}

#[test]
fn songs_of_one_metre_are_as_before_and_those_of_none_are_refused() {
    let even = song(&[("4/4", 9)]).unwrap();
    assert!(even.odd_bars().is_empty() && even.notice.is_none());
    assert_eq!((even.bars(), even.stretches().len()), (9, 1));
    assert!(
        song(&[("11/8", 8)])
            .unwrap_err()
            .to_string()
            .contains("11/8")
    );
    assert!(
        song(&[("11/8", 4), ("13/8", 4)])
            .unwrap_err()
            .to_string()
            .contains("11/8")
    );
    // Bars of one metre that are chosen from it have nothing odd.
    let written = of(&[("4/4", 4), ("2/4", 1), ("4/4", 4)]);
    let bars = |bars| StemSong::of_bars(&written.description, &written.grid, &written.parts, bars);
    let (chosen, first) = bars(5..9).unwrap();
    assert!(chosen.notice.is_none() && (first, chosen.steps()) == (72, 64));
    let (chosen, first) = bars(3..6).unwrap();
    assert_eq!((first, chosen.lines()), (48, vec![0, 16, 24, 40]));
}

#[test]
fn notes_go_with_their_bars_and_come_back_as_they_were() {
    let song = song(&[("4/4", 4), ("2/4", 1), ("4/4", 4), ("3/4", 4), ("7/8", 1)]).unwrap();
    let note = |step: u32, length: f32, offset: f32| GridNote {
        step,
        offset,
        length,
        key: 40,
        velocity: 90,
    };
    // Before the odd bar, in it, over its end, after it, in the second stretch and in its last bar.
    let notes = vec![
        note(3, 1.5, -0.3),
        note(60, 9.0, 0.1),
        note(64, 2.0, 0.0),
        note(70, 3.25, -0.4),
        note(72, 16.0, 0.0),
        note(136, 4.0, 0.2),
        note(184, 20.0, 0.0),
    ];
    let part = Part::new(Some(PartKind::Bass), notes);
    let mut back = Vec::new();
    for stretch in song.stretches() {
        let again = stretch.again(&Again {
            part: part.clone(),
            bars: (0..14).map(|bar| bar == 4 || bar == 13).collect(),
            ..Again::default()
        });
        let bars = stretch.context.bars();
        assert_eq!(again.bars.len(), bars);
        assert_eq!(
            again.bars.iter().filter(|bar| **bar).count(),
            if bars == 9 { 1 } else { 2 }
        );
        back.extend(stretch.to_song(again.part.notes, None));
    }
    // The last of them goes beyond the song.
    let last = back.pop().unwrap();
    assert_eq!((last.step, last.length), (184, 14.0));
    assert_eq!(back.len(), 6);
    for (note, was) in back.iter().zip(&part.notes) {
        assert_eq!((note.step, note.offset), (was.step, was.offset));
        assert!((note.length - was.length).abs() < 1e-4, "{note:?} {was:?}");
    }
    // The bar after the odd one has its own chord, and its one is where the song has it.
    let first = &song.stretches()[0];
    assert_eq!(first.context.chords[80].root, 7);
    assert_eq!(in_song(&first.places, 80), Some(72));
    assert_eq!(in_song(&first.places, 73), None);
    assert_eq!(
        (first.own(&[5, 6, 13]), song.stretches()[1].own(&[10, 13])),
        (vec![5, 6], vec![1, 4])
    );
}

/// What a drummer plays who reads the song: each bar's one is the kick's, also the odd bar's and those after it;
/// nobody plays on where a bar is over.
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn parts_follow_the_bars() {
    for metres in [
        &[("4/4", 8), ("2/4", 1), ("4/4", 7)][..],
        &[("4/4", 6), ("3/4", 6), ("4/4", 4)],
        &[("4/4", 5), ("7/8", 1), ("4/4", 5)],
    ] {
        let song = song(metres).unwrap();
        let lines = song.lines();
        for (words, seed) in [
            ("rock drums", 1),
            ("rock drums", 2),
            ("four on the floor", 3),
        ] {
            let ask = StemAsk {
                words: words.into(),
                seed,
                ..StemAsk::default()
            };
            let mut done = 0.0;
            let part = made(&song, &ask, &mut |share| {
                assert!((done..=1.0).contains(&share));
                done = share;
                true
            });
            let part = part.unwrap();
            let has = |keys: &[u8], step: usize| {
                let mut notes = part.notes.iter();
                notes.any(|note| note.step as usize == step && keys.contains(&note.key))
            };
            let bars = lines.len() - 1;
            let ones = lines[..bars]
                .iter()
                .filter(|line| has(&[35, 36], **line))
                .count();
            let filled = lines
                .windows(2)
                .filter(|bar| (bar[0]..bar[1]).any(|step| has(&[36, 38, 42, 46, 51], step)));
            assert!(
                ones * 4 >= bars * 3,
                "{metres:?} {words} {seed}: {ones} of {bars}"
            );
            assert_eq!(filled.count(), bars, "{metres:?} {words} {seed}");
            assert!(
                part.notes
                    .iter()
                    .all(|note| (note.step as usize) < song.steps())
            );
            // A bar of it anew: all others stay, to the last bit.
            let odd = metres[0].1 as usize;
            let again = StemAsk {
                again: Some(Again {
                    part: part.clone(),
                    bars: (0..bars).map(|bar| bar == odd).collect(),
                    ..Again::default()
                }),
                seed: 9,
                ..ask
            };
            let again = made(&song, &again, &mut |_| true).unwrap();
            let outside = |part: &Part| -> Vec<GridNote> {
                let within = lines[odd]..lines[odd + 1];
                let notes = part.notes.iter();
                notes
                    .filter(|note| !within.contains(&(note.step as usize)))
                    .copied()
                    .collect()
            };
            assert_eq!(outside(&again), outside(&part), "{metres:?} {words}");
        }
        let bass = StemAsk {
            words: "walking bass".into(),
            seed: 1,
            ..StemAsk::default()
        };
        let bass = made(&song, &bass, &mut |_| true).unwrap();
        let end = song.steps() as f64 + 0.5;
        assert!(bass.notes.len() > lines.len());
        assert!(
            bass.notes
                .iter()
                .all(|note| note.start() + f64::from(note.length) <= end)
        );
    }
}
