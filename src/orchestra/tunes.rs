//! Tunes in the public domain, written out from memory, and textures made of them, for tests.

use super::source::{Given, GivenTrack};
use super::tone::{Tone, sort};
use crate::music::{Chord, Metre, read_class};

/// A tune with chords as songbooks have them.
pub(super) struct Tune {
    pub name: &'static str,
    pub metre: &'static str,
    pub bpm: f64,
    pub key: &'static str,
    /// "C4/1 R/0.5": key and quarter notes.
    pub notes: &'static str,
    /// "C/4 G7/2": chord and quarter notes; empty where several are as usual.
    pub chords: &'static str,
}

pub(super) const TUNES: &[Tune] = &[
    Tune {
        name: "Twinkle, twinkle",
        metre: "4/4",
        bpm: 100.0,
        key: "C major",
        notes: "C4/1 C4/1 G4/1 G4/1 A4/1 A4/1 G4/2 F4/1 F4/1 E4/1 E4/1 D4/1 D4/1 C4/2 G4/1 G4/1 F4/1 F4/1 E4/1 E4/1 D4/2 G4/1 G4/1 F4/1 F4/1 \
            E4/1 E4/1 D4/2 C4/1 C4/1 G4/1 G4/1 A4/1 A4/1 G4/2 F4/1 F4/1 E4/1 E4/1 D4/1 D4/1 C4/2",
        chords: "C/4 F/2 C/2 F/2 C/2 G/2 C/2 C/2 F/2 C/2 G/2 C/2 F/2 C/2 G/2 C/4 F/2 C/2 F/2 C/2 G/2 C/2",
    },
    Tune {
        name: "Ode to joy",
        metre: "4/4",
        bpm: 112.0,
        key: "D major",
        notes: "F#4/1 F#4/1 G4/1 A4/1 A4/1 G4/1 F#4/1 E4/1 D4/1 D4/1 E4/1 F#4/1 F#4/1.5 E4/0.5 E4/2 F#4/1 F#4/1 G4/1 A4/1 A4/1 G4/1 F#4/1 E4/1 \
            D4/1 D4/1 E4/1 F#4/1 E4/1.5 D4/0.5 D4/2 E4/1 E4/1 F#4/1 D4/1 E4/1 F#4/0.5 G4/0.5 F#4/1 D4/1 E4/1 F#4/0.5 G4/0.5 F#4/1 E4/1 D4/1 E4/1 \
            A3/2 F#4/1 F#4/1 G4/1 A4/1 A4/1 G4/1 F#4/1 E4/1 D4/1 D4/1 E4/1 F#4/1 E4/1.5 D4/0.5 D4/2",
        chords: "D/4 A/4 D/4 D/2 A/2 D/4 A/4 D/4 A/2 D/2 A/2 D/2 A/2 D/2 A/2 D/2 D/2 A/2 D/4 A/4 D/4 A/2 D/2",
    },
    Tune {
        name: "Amazing grace",
        metre: "3/4",
        bpm: 80.0,
        key: "G major",
        notes: "R/2 D4/1 G4/2 B4/0.5 G4/0.5 B4/2 A4/1 G4/2 E4/1 D4/2 D4/1 G4/2 B4/0.5 G4/0.5 B4/2 A4/1 D5/3 R/2 B4/1 D5/2 B4/0.5 G4/0.5 B4/2 A4/1 \
            G4/2 E4/1 D4/2 D4/1 G4/2 B4/0.5 G4/0.5 B4/2 A4/1 G4/3",
        chords: "G/3 G/3 G/3 C/3 G/3 G/3 G/3 D/3 D/3 G/3 G/3 C/3 G/3 G/3 D/3 G/3",
    },
    Tune {
        name: "Silent night",
        metre: "6/8",
        bpm: 60.0,
        key: "C major",
        notes: "G4/0.75 A4/0.25 G4/0.5 E4/1.5 G4/0.75 A4/0.25 G4/0.5 E4/1.5 D5/1 D5/0.5 B4/1.5 C5/1 C5/0.5 G4/1.5 A4/1 A4/0.5 C5/0.75 B4/0.25 A4/0.5 \
            G4/0.75 A4/0.25 G4/0.5 E4/1.5 A4/1 A4/0.5 C5/0.75 B4/0.25 A4/0.5 G4/0.75 A4/0.25 G4/0.5 E4/1.5 D5/1 D5/0.5 F5/0.75 D5/0.25 B4/0.5 \
            C5/1.5 E5/1.5 C5/0.75 G4/0.25 E4/0.5 G4/0.75 F4/0.25 D4/0.5 C4/3",
        chords: "C/3 C/3 G/3 C/3 F/3 C/3 F/3 C/3 G/3 C/3 C/1.5 G/1.5 C/3",
    },
    Tune {
        name: "Auld lang syne",
        metre: "4/4",
        bpm: 92.0,
        key: "F major",
        notes: "R/3 C4/1 F4/1.5 F4/0.5 F4/1 A4/1 G4/1.5 F4/0.5 G4/1 A4/1 F4/1.5 F4/0.5 A4/1 C5/1 D5/3 D5/1 C5/1.5 A4/0.5 A4/1 F4/1 G4/1.5 F4/0.5 \
            G4/1 A4/1 F4/1.5 D4/0.5 D4/1 C4/1 F4/3 R/1",
        chords: "F/4 F/4 C/4 F/4 Bb/4 F/4 C/4 Bb/2 C/2 F/4",
    },
    Tune {
        name: "Greensleeves",
        metre: "6/8",
        bpm: 90.0,
        key: "A minor",
        notes: "R/2.5 A4/0.5 C5/1 D5/0.5 E5/0.75 F5/0.25 E5/0.5 D5/1 B4/0.5 G4/0.75 A4/0.25 B4/0.5 C5/1 A4/0.5 A4/0.75 G#4/0.25 A4/0.5 B4/1 G#4/0.5 \
            E4/1 A4/0.5 C5/1 D5/0.5 E5/0.75 F5/0.25 E5/0.5 D5/1 B4/0.5 G4/0.75 A4/0.25 B4/0.5 C5/0.75 B4/0.25 A4/0.5 G#4/0.75 F#4/0.25 G#4/0.5 A4/3",
        chords: "Am/3 Am/3 G/3 Am/3 E/3 Am/3 G/3 Am/1.5 E/1.5 Am/3",
    },
    Tune {
        name: "God rest ye merry",
        metre: "4/4",
        bpm: 104.0,
        key: "E minor",
        notes: "R/3 E4/1 E4/1 B4/1 B4/1 A4/1 G4/1 F#4/1 E4/1 D4/1 E4/1 F#4/1 G4/1 A4/1 B4/3 E4/1 E4/1 B4/1 B4/1 A4/1 G4/1 F#4/1 E4/1 D4/1 E4/1 \
            F#4/1 G4/1 A4/1 B4/3 B4/1 C5/1 A4/1 B4/1 C5/1 D5/1 E5/1 B4/1 A4/1 G4/1 E4/1 F#4/1 G4/1 A4/2 G4/1 A4/1 B4/2 C5/1 B4/1 B4/1 A4/1 G4/1 \
            F#4/1 E4/2 G4/0.5 F#4/0.5 E4/1 A4/2 G4/1 A4/1 B4/1 C5/1 D5/1 E5/1 B4/1 A4/1 G4/1 F#4/1 E4/3 R/1",
        chords: "",
    },
    Tune {
        name: "Old hundredth",
        metre: "4/4",
        bpm: 76.0,
        key: "G major",
        notes: "R/3 G4/1 G4/1 F#4/1 E4/1 D4/1 G4/1 A4/1 B4/2 R/1 B4/1 B4/1 B4/1 A4/1 G4/1 C5/1 B4/1 A4/2 R/1 G4/1 A4/1 B4/1 A4/1 G4/1 E4/1 F#4/1 \
            G4/2 R/1 D5/1 B4/1 G4/1 A4/1 C5/1 B4/1 A4/1 G4/2",
        chords: "",
    },
    Tune {
        name: "Au clair de la lune",
        metre: "4/4",
        bpm: 108.0,
        key: "G major",
        notes: "G4/1 G4/1 G4/1 A4/1 B4/2 A4/2 G4/1 B4/1 A4/1 A4/1 G4/4 G4/1 G4/1 G4/1 A4/1 B4/2 A4/2 G4/1 B4/1 A4/1 A4/1 G4/4 A4/1 A4/1 A4/1 A4/1 \
            E4/2 E4/2 A4/1 G4/1 F#4/1 E4/1 D4/4 G4/1 G4/1 G4/1 A4/1 B4/2 A4/2 G4/1 B4/1 A4/1 A4/1 G4/4",
        chords: "G/4 G/2 D/2 G/2 D/2 G/4 G/4 G/2 D/2 G/2 D/2 G/4 Am/4 Em/4 D/4 D/4 G/4 G/2 D/2 G/2 D/2 G/4",
    },
    Tune {
        name: "Oh Susanna",
        metre: "2/4",
        bpm: 110.0,
        key: "F major",
        notes: "R/1.5 F4/0.25 G4/0.25 A4/0.5 C5/0.5 C5/0.75 D5/0.25 C5/0.5 A4/0.5 F4/0.75 G4/0.25 A4/0.5 A4/0.5 G4/0.5 F4/0.5 G4/1.5 F4/0.25 G4/0.25 \
            A4/0.5 C5/0.5 C5/0.75 D5/0.25 C5/0.5 A4/0.5 F4/0.75 G4/0.25 A4/0.5 A4/0.5 G4/0.5 G4/0.5 F4/2",
        chords: "F/2 F/2 F/2 F/2 C/2 F/2 F/2 F/1 C/1 F/2",
    },
];

impl Tune {
    /// Its notes.
    pub fn melody(&self) -> Vec<Tone> {
        let mut at = 0.0;
        let mut found = Vec::new();
        for word in self.notes.split_whitespace() {
            let (name, length) = word.split_once('/').unwrap();
            let length: f64 = length.parse().unwrap();
            if name != "R" {
                let (class, octave) = read_class(name).unwrap();
                let octave: u8 = octave.parse().unwrap();
                found.push(tone(
                    at,
                    length,
                    i32::from(class) + 12 * (i32::from(octave) + 1),
                    84,
                ));
            }
            at += length;
        }
        found
    }

    /// Its chords, with where they begin and how long they are.
    pub fn chords(&self) -> Vec<(f64, f64, Chord)> {
        let mut at = 0.0;
        let chord = |word: &str| {
            let (name, length) = word.rsplit_once('/').unwrap();
            let length: f64 = length.parse().unwrap();
            at += length;
            (at - length, length, name.parse().unwrap())
        };
        self.chords.split_whitespace().map(chord).collect()
    }

    pub fn metre(&self) -> Metre {
        self.metre.parse().unwrap()
    }

    /// The melody alone.
    pub fn given(&self) -> Given {
        Given::one(self.melody(), self.metre(), self.bpm)
    }

    /// The melody in one track with this accompaniment.
    pub fn with(&self, accompaniment: Accompaniment) -> Given {
        let mut given = self.given();
        let tones = &mut given.tracks[0].tones;
        tones.extend(accompaniment.over(&self.chords()));
        sort(tones);
        given
    }

    /// The melody in a track of its own, among others.
    pub fn band(&self, name: &str) -> Given {
        let mut given = self.given();
        let chords = self.chords();
        let others = [Accompaniment::Chords, Accompaniment::Low];
        let track = |how: &Accompaniment| GivenTrack {
            tones: how.over(&chords),
            ..GivenTrack::default()
        };
        given.tracks[0].name = name.to_owned();
        given.tracks.splice(0..0, others.iter().map(track));
        given
    }
}

fn tone(start: f64, length: f64, key: i32, velocity: u8) -> Tone {
    Tone {
        start,
        end: start + length,
        key: key as u8,
        velocity,
    }
}

/// What is played to a tune.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Accompaniment {
    /// Broken chords in eighths, below.
    Broken,
    /// Chords on every beat, close under the melody.
    Chords,
    /// Bass, and chords after it.
    AfterBeat,
    /// Broken chords in sixteenths across the melody's range, softly.
    Harp,
    /// Roots.
    Low,
}

impl Accompaniment {
    pub const PIANO: [Self; 4] = [Self::Broken, Self::Chords, Self::AfterBeat, Self::Harp];

    fn over(self, chords: &[(f64, f64, Chord)]) -> Vec<Tone> {
        let mut found = Vec::new();
        for (start, length, chord) in chords {
            let up: Vec<i32> = chord
                .quality
                .intervals()
                .iter()
                .map(|above| i32::from(*above))
                .collect();
            let root = 36 + (i32::from(chord.root) + 8) % 12 + 4;
            let mut every = |step: f64, play: &dyn Fn(usize, f64) -> Vec<Tone>| {
                let count = (length / step).round() as usize;
                for at in 0..count {
                    found.extend(play(at, start + at as f64 * step));
                }
            };
            match self {
                Self::Broken => every(0.5, &|at, start| {
                    vec![tone(
                        start,
                        0.5,
                        root + [0, up[2], 12, up[1] + 12][at % 4],
                        62,
                    )]
                }),
                Self::Chords => every(1.0, &|_, start| {
                    up.iter()
                        .take(3)
                        .map(|above| tone(start, 0.9, 48 + (root + above) % 12, 64))
                        .chain([tone(start, 0.9, root, 66)])
                        .collect()
                }),
                Self::AfterBeat => every(0.5, &|at, start| match at % 2 {
                    0 => vec![tone(start, 0.5, root, 70)],
                    _ => up
                        .iter()
                        .take(3)
                        .map(|above| tone(start, 0.4, 52 + (root + above - 52).rem_euclid(12), 60))
                        .collect(),
                }),
                Self::Harp => every(0.25, &|at, start| {
                    vec![tone(
                        start,
                        0.25,
                        root + 12 + [0, up[1], up[2], 12, 12 + up[1], 12, up[2], up[1]][at % 8],
                        54,
                    )]
                }),
                Self::Low => every(2.0f64.min(*length), &|_, start| {
                    vec![tone(start, 2.0f64.min(*length), root, 80)]
                }),
            }
        }
        found
    }
}
