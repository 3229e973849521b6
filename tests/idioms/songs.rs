//! The songs that parts are asked for: eight bars each, their chords known.

use consort::music::{Metre, Note, Song, TempoMap, Track, midi};

/// Bars of each song.
pub const BARS: usize = 8;
/// Ticks of a quarter note.
const QUARTER: u64 = 480;
/// How many songs there are.
pub const SONGS: usize = 3;

/// Time of a song, as its statement gives it.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    /// Felt beats a minute: dotted quarters in 6/8, 9/8 and 12/8, else quarters.
    pub bpm: f64,
    pub metre: Metre,
}

impl Time {
    /// Counted units (what the metre's lower number says) of a quarter note.
    pub fn quarter(self) -> f64 {
        f64::from(self.metre.unit) / 4.0
    }

    fn quarters_a_minute(self) -> f64 {
        self.bpm * if self.metre.compound() { 1.5 } else { 1.0 }
    }

    /// Counted units a second.
    pub fn units_a_second(self) -> f64 {
        self.quarters_a_minute() * self.quarter() / 60.0
    }
}

/// What sounds in a bar: its root, and its tones above it in semitones.
#[derive(Clone, Copy, Debug)]
pub struct Harmony {
    pub root: u8,
    pub tones: &'static [u8],
}

const MAJOR: &[u8] = &[0, 4, 7];
const MINOR: &[u8] = &[0, 3, 7];
const SEVENTH: &[u8] = &[0, 4, 7, 10];

/// The chords of song `number`, and the classes of its key.
pub fn harmony(number: usize) -> ([Harmony; BARS], &'static [u8]) {
    let chord = |(root, tones)| Harmony { root, tones };
    let (chords, scale): ([(u8, &'static [u8]); BARS], &[u8]) = match number {
        0 => {
            let four = [(0, MAJOR), (9, MINOR), (5, MAJOR), (7, MAJOR)];
            let twice = std::array::from_fn(|bar| four[bar % 4]);
            (twice, &[0, 2, 4, 5, 7, 9, 11])
        }
        1 => {
            let four = [(9, MINOR), (2, MINOR), (5, MAJOR), (4, MAJOR)];
            let each_twice = std::array::from_fn(|bar| four[bar / 2]);
            (each_twice, &[9, 11, 0, 2, 4, 5, 7, 8])
        }
        _ => {
            let roots = [5, 10, 5, 5, 10, 10, 5, 0];
            let sevenths = roots.map(|root| (root, SEVENTH));
            (sevenths, &[5, 7, 9, 10, 0, 2, 4, 3, 8])
        }
    };
    (chords.map(chord), scale)
}

/// Song `number` as a MIDI file. The first is played by a piano in whole bars, the second by a guitar in beats
/// with a bass below, the third by an organ in beats.
pub fn song(number: usize, time: Time) -> Vec<u8> {
    let (chords, _) = harmony(number);
    let unit = QUARTER * 4 / u64::from(time.metre.unit);
    let bar = unit * u64::from(time.metre.count);
    let beat = if time.metre.compound() {
        3 * unit
    } else {
        unit
    };
    let apart = if number == 0 { bar } else { beat };
    let mut comping = Vec::new();
    let mut bass = Vec::new();
    for (start, harmony) in (0..).map(|number| number * bar).zip(chords) {
        let note = |key, start, length, velocity| Note {
            channel: 0,
            key,
            velocity,
            start,
            length,
        };
        for at in (0..bar).step_by(apart as usize) {
            let length = apart.min(bar - at) - 20;
            let voices = harmony
                .tones
                .iter()
                .map(|tone| 55 + (harmony.root + tone + 5) % 12);
            let strength = if at == 0 { 92 } else { 80 };
            comping.extend(voices.map(|key| note(key, start + at, length, strength)));
        }
        let root = 33 + (harmony.root + 3) % 12;
        let half = (bar / beat / 2).max(1) * beat;
        bass.push(note(root, start, half - 20, 96));
        if half < bar {
            bass.push(note(root + 7, start + half, bar - half - 20, 88));
        }
    }
    let track = |program, notes: Vec<Note>, channel: u8| Track {
        program: Some(program),
        notes: notes
            .into_iter()
            .map(|note| Note { channel, ..note })
            .collect(),
        ..Track::default()
    };
    let mut tracks = vec![track([0, 24, 16][number], comping, 0)];
    if number == 1 {
        tracks.push(track(33, bass, 1));
    }
    let micros = (60e6 / time.quarters_a_minute()).round() as u32;
    midi::write(&Song {
        tempo: TempoMap::metrical(QUARTER as u16, &[(0, micros)]),
        metres: vec![(0, time.metre)],
        tracks,
    })
}
