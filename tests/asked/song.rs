//! The song that parts are asked for: C, A minor, F and G over and over, a bar each, at 110 beats a minute.

use consort::analysis::song::SongDescription;
use consort::analysis::song::description::{ChordHeard, KeyHeard, MetreHeard, Tempo};
use consort::music::{BarGrid, Chord, GridNote, Metre, Mode, Part};
use consort::work::part::StemSong;

const BPM: f64 = 110.0;
const CHORDS: [&str; 4] = ["C", "Am", "F", "G"];

/// The chord of a bar, from 0.
pub fn chord(bar: usize) -> Chord {
    CHORDS[bar % CHORDS.len()].parse().unwrap()
}

/// So many bars of it, with a piano that holds the chords.
pub fn song(bars: usize, metre: Metre) -> StemSong {
    let felt = usize::from(metre.beats());
    let second = |beat: usize| beat as f64 * 60.0 / BPM;
    let beats: Vec<f64> = (0..bars * felt).map(second).collect();
    let places: Vec<usize> = (0..beats.len()).map(|beat| beat % felt).collect();
    let bar = second(felt);
    let steps = (metre.quarters() * felt as f64 * 4.0) as u32;
    let heard = SongDescription {
        seconds_used: bars as f64 * bar,
        tempo: Some(Tempo {
            bpm: BPM,
            confidence: 1.0,
            from_host: true,
            range: [BPM; 2],
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
    let piano = (0..bars).flat_map(|number| {
        let chord = chord(number);
        let tones = chord.quality.intervals().iter();
        tones.map(move |above| GridNote {
            step: number as u32 * steps,
            offset: 0.0,
            length: steps as f32,
            key: 60 + chord.root + above,
            velocity: 80,
        })
    });
    let piano = Part::new(None, piano.collect());
    let grid = BarGrid::new(&beats, &places, metre).unwrap();
    StemSong::new(&heard, &grid, &[piano]).unwrap()
}
