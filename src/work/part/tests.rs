//! Parts for a cadence, held against it.

use super::*;
use crate::analysis::song::SongDescription;
use crate::analysis::song::description::{ChordHeard, KeyHeard, MetreHeard, Tempo};
use crate::models::Error;
use crate::music::{BarGrid, Chord, GridNote, Metre, Mode, Part, PartKind};
use crate::work::Ticket;

/// So many bars of C, F, G and C at 110 beats a minute, with a piano of block chords.
fn cadence(bars: usize, metre: &str) -> StemSong {
    let metre: Metre = metre.parse().unwrap();
    let felt = usize::from(metre.beats());
    let beats: Vec<f64> = (0..bars * felt)
        .map(|beat| beat as f64 * 60.0 / 110.0)
        .collect();
    let places: Vec<usize> = (0..beats.len()).map(|beat| beat % felt).collect();
    let bar = felt as f64 * 60.0 / 110.0;
    let chords = ["C", "F", "G", "C"];
    let chord = |number: usize| chords[number % 4].parse::<Chord>().unwrap();
    let song = SongDescription {
        seconds_used: bars as f64 * bar,
        tempo: Some(Tempo {
            bpm: 110.0,
            confidence: 1.0,
            from_host: true,
            range: [110.0; 2],
            alternatives: Vec::new(),
        }),
        metre: Some(MetreHeard {
            name: metre.to_string(),
            metre,
            confidence: 1.0,
        }),
        key: Some(KeyHeard {
            name: "C major".into(),
            tonic: 0,
            mode: Mode::Major,
            confidence: 1.0,
            alternatives: Vec::new(),
        }),
        chords: (0..bars)
            .map(|n| ChordHeard::new(n as f64 * bar, (n + 1) as f64 * bar, chord(n), 1.0))
            .collect(),
        ..SongDescription::default()
    };
    let steps = (metre.quarters() * felt as f64 * 4.0) as u32;
    let piano = (0..bars).flat_map(|number| {
        let chord = chord(number);
        chord.quality.intervals().iter().map(move |step| GridNote {
            step: number as u32 * steps,
            offset: 0.0,
            length: steps as f32,
            key: 60 + chord.root + step,
            velocity: 80,
        })
    });
    let piano = Part::new(None, piano.collect());
    let grid = BarGrid::new(&beats, &places, metre).unwrap();
    StemSong::new(&song, &grid, &[piano]).unwrap()
}

/// A part, as [`write_part`] writes it; `go_on` as a [`Ticket`]'s.
pub(super) fn made(
    song: &StemSong,
    ask: &StemAsk,
    go_on: &mut dyn FnMut(f32) -> bool,
) -> Result<Part, Error> {
    write_part(song, ask, &mut Ticket::new(go_on))
}

fn ask(words: &str, seed: u64) -> StemAsk {
    StemAsk {
        words: words.into(),
        seed,
        ..StemAsk::default()
    }
}

#[test]
fn contexts_have_whole_bars_of_metres_that_the_network_knows() {
    for (metre, bar, steps) in [
        ("4/4", 16, 128),
        ("3/4", 12, 96),
        ("6/8", 12, 96),
        ("5/4", 20, 160),
    ] {
        let song = cadence(8, metre);
        let context = song.first();
        assert_eq!(
            (context.bar, context.steps, context.bars()),
            (bar, steps, 8),
            "{metre}"
        );
        assert_eq!(context.chords.len(), steps);
        assert_eq!(context.chords[bar].root, 5, "{metre}: F in the second bar");
    }
    let two = cadence(3, "2/4");
    let two = two.first();
    assert_eq!((two.metre, two.steps, two.bar_written()), ("4/4", 32, 8));
    let grid = BarGrid::new(&[0.0, 0.5], &[0, 1], "11/8".parse().unwrap()).unwrap();
    let refused = StemSong::new(&SongDescription::default(), &grid, &[]);
    assert!(refused.unwrap_err().to_string().contains("11/8"));
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn parts_fit_the_song_and_the_words() {
    let context = cadence(8, "4/4");
    let make = |ask: &StemAsk| made(&context, ask, &mut |_| true).unwrap();

    let bass = make(&ask("walking bass", 1));
    assert_eq!(bass.kind, Some(PartKind::Bass));
    let in_chord = |note: &&GridNote| {
        let chord = context.first().chords[note.step as usize];
        [0, 4, 7].contains(&((note.key + 12 - chord.root) % 12))
    };
    let fits = bass.notes.iter().filter(in_chord).count();
    println!("bass: {fits} of {} notes in the chord", bass.notes.len());
    assert!(bass.notes.len() >= 8 && fits * 2 > bass.notes.len());
    assert!(
        bass.notes
            .iter()
            .all(|note| note.key < 64 && note.step < 128)
    );

    let drums = make(&ask("add jazzy drums", 1));
    assert_eq!(drums.kind, Some(PartKind::Drums));
    // Held chords leave much open; a kit plays all the same.
    let hits = [1, 2, 3].map(|seed| make(&ask("add jazzy drums", seed)).notes.len());
    println!("jazzy drums over held chords: {hits:?} hits");
    assert!(hits.iter().all(|hits| *hits > 32));
    assert_eq!(
        drums,
        make(&ask("add jazzy drums", 1)),
        "the same seed, the same part"
    );
    assert_ne!(drums, make(&ask("add jazzy drums", 2)));
    let dry = make(&ask("rock drums, no cymbals", 1));
    assert!(
        dry.notes
            .iter()
            .all(|note| ![42, 44, 46, 49, 51].contains(&note.key))
    );
    assert!(!dry.notes.is_empty());
    let silent = make(&ask("", 1));
    assert!(!silent.notes.is_empty(), "no words: what fits");

    // A bar anew: all others stay as they are, to the last bit.
    let again = Again {
        part: drums.clone(),
        bars: (0..8).map(|bar| bar == 2).collect(),
        ..Again::default()
    };
    let other = make(&StemAsk {
        again: Some(again),
        ..ask("add jazzy drums", 9)
    });
    let outside = |part: &Part| -> Vec<GridNote> {
        let notes = part.notes.iter().filter(|note| note.step / 16 != 2);
        notes.copied().collect()
    };
    assert_eq!(outside(&other), outside(&drums));
    assert_ne!(other, drums);

    // What it was made from is no edit, and its fills are not where nothing was asked for.
    let slow = Again {
        part: drums.clone(),
        bars: (0..8).map(|bar| bar == 2).collect(),
        same_words: true,
        ..Again::default()
    };
    let again = make(&StemAsk {
        again: Some(slow),
        ..ask("half-time drums with fills", 9)
    });
    assert_eq!(outside(&again), outside(&drums));
    assert_ne!(again, drums);

    // What is locked stays, also in an edit; busier is more, sparser less, softer softer.
    let edit = |words: &str| StemAsk {
        again: Some(Again {
            part: drums.clone(),
            locked_bars: vec![true],
            ..Again::default()
        }),
        ..ask(words, 3)
    };
    let count = |part: &Part| part.notes.len();
    let first = |part: &Part| -> Vec<GridNote> {
        let notes = part.notes.iter().filter(|note| note.step < 16);
        notes.copied().collect()
    };
    let loud = |part: &Part| -> u32 { part.notes.iter().map(|n| u32::from(n.velocity)).sum() };
    let [busier, sparser, softer] = ["busier", "sparser", "softer"].map(|words| make(&edit(words)));
    println!(
        "{} notes, busier {}, sparser {}",
        count(&drums),
        count(&busier),
        count(&sparser)
    );
    assert!(count(&busier) > count(&drums) && count(&sparser) < count(&drums));
    assert!(loud(&softer) < loud(&drums) && count(&softer) == count(&drums));
    for part in [&busier, &sparser, &softer] {
        assert_eq!(first(part), first(&drums));
    }
    let fill = make(&ask("rock drums with a fill in bar 8", 4));
    let plain = make(&ask("rock drums with a", 4));
    assert!(fill.notes.iter().any(|note| note.step >= 112));
    let before = |part: &Part| part.notes.iter().filter(|n| n.step < 112).count();
    assert!(before(&fill) > 0 && before(&plain) > 0);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn new_parts_are_as_busy_and_as_swung_as_they_are_asked_to_be() {
    let context = cadence(8, "4/4");
    let make = |words: &str, seed| made(&context, &ask(words, seed), &mut |_| true);
    for seed in 1..=4 {
        let mut count = |words: &str| make(words, seed).unwrap().notes.len();
        let [busy, sparse] = ["busy drums", "sparse drums"].map(&mut count);
        let [busy_bass, sparse_bass] = ["busy bass", "sparse bass"].map(&mut count);
        println!("drums {sparse} to {busy}, bass {sparse_bass} to {busy_bass} notes");
        assert!(busy > sparse && sparse >= 4);
        assert!(busy_bass > sparse_bass && sparse_bass >= 4);
    }
    let late = |part: &Part| {
        let within = part.notes.iter().map(|note| note.start() % 4.0);
        let count =
            |range: std::ops::Range<f64>| within.clone().filter(|at| range.contains(at)).count();
        (count(2.4..2.9), count(1.8..2.2))
    };
    let (swung, none) = late(&make("swung drums on the hi-hat", 1).unwrap());
    let (no_swing, straight) = late(&make("rock drums, straight eighths", 1).unwrap());
    assert!(swung > 0 && none == 0, "{swung} {none}");
    assert!(straight > 0 && no_swing == 0, "{no_swing} {straight}");
    let half = make("half-time rock drums", 1).unwrap();
    let snares = half
        .notes
        .iter()
        .filter(|note| (37..=40).contains(&note.key));
    let steps: Vec<u32> = snares.map(|note| note.step % 16).collect();
    assert!(steps.iter().all(|step| *step == 8), "{steps:?}");
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn short_and_long_songs_get_parts_as_long_as_they_are() {
    for (bars, metre) in [
        (1, "4/4"),
        (2, "3/4"),
        (4, "6/8"),
        (16, "4/4"),
        (21, "4/4"),
        (9, "5/4"),
    ] {
        let context = cadence(bars, metre);
        let mut last = 0.0;
        let made = made(&context, &ask("drums", 1), &mut |part| {
            assert!(part >= last && part <= 1.0);
            last = part;
            true
        });
        let made = made.unwrap();
        assert!(
            made.notes
                .iter()
                .all(|note| (note.step as usize) < context.steps())
        );
        // Every bar has something in it.
        let bar = context.first().bar_written();
        let filled = (0..context.bars()).filter(|number| {
            made.notes
                .iter()
                .any(|note| note.step as usize / bar == *number)
        });
        assert!(
            filled.count() * 10 >= context.bars() * 9,
            "{bars} of {metre}"
        );
    }
    let stopped = made(&cadence(32, "4/4"), &ask("drums", 1), &mut |part| {
        part < 0.3
    });
    assert_eq!(stopped, Err(Error::Cancelled));
}
