//! Which chord follows which, set by hand after harmony books (Piston, "Harmony"; Kostka and Payne, "Tonal
//! Harmony": tables of usual root movements), one table a mode; no corpus was counted.

use super::Manner;
use crate::music::{Chord, Key, Mode, Quality};

/// A chord of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Degree {
    /// Semitones of its root over the tonic.
    pub root: u8,
    pub quality: Quality,
    /// How usual it is, of 10, in hymns and in songs.
    usual: [f64; 2],
    /// What follows it, how often, of 10: indices of the same table.
    next: &'static [(usize, f64)],
    /// Whether a piece or a phrase may end on it: 0 never, 1 yes.
    pub ends: f64,
    /// Whether it comes before such an end.
    pub before_end: f64,
}

use Quality::{
    Diminished as Dim, Major as Maj, Minor as Min, MinorSeventh as Min7, Seventh as Dom,
};

/// `I ii iii IV V vi V7 vii° V/V V/vi V/ii I7 iv bVII ii7`.
const MAJOR: &[Degree] = &[
    degree(
        0,
        Maj,
        [6.0, 10.0],
        &[
            (0, 1.5),
            (3, 3.0),
            (4, 3.0),
            (5, 2.6),
            (6, 1.5),
            (1, 2.2),
            (2, 0.9),
            (7, 0.8),
            (8, 0.3),
            (11, 0.3),
            (14, 0.8),
            (9, 0.2),
            (10, 0.2),
            (13, 0.1),
        ],
        1.0,
        0.3,
    ),
    degree(
        2,
        Min,
        [4.5, 2.0],
        &[
            (4, 5.0),
            (6, 3.0),
            (7, 0.8),
            (0, 0.6),
            (3, 0.3),
            (5, 0.7),
            (14, 0.6),
            (8, 0.4),
        ],
        0.0,
        0.2,
    ),
    degree(
        4,
        Min,
        [2.0, 0.8],
        &[(5, 4.0), (3, 3.0), (1, 1.0), (0, 0.7)],
        0.0,
        0.0,
    ),
    degree(
        5,
        Maj,
        [5.0, 6.0],
        &[
            (0, 4.0),
            (4, 3.0),
            (6, 1.5),
            (1, 1.0),
            (7, 0.5),
            (12, 0.3),
            (5, 0.4),
            (14, 0.6),
        ],
        0.1,
        0.8,
    ),
    degree(
        7,
        Maj,
        [7.0, 5.0],
        &[(0, 5.0), (5, 2.2), (6, 1.2), (3, 0.5), (2, 0.4), (9, 0.3)],
        0.5,
        1.0,
    ),
    degree(
        9,
        Min,
        [5.0, 2.5],
        &[
            (3, 2.2),
            (1, 2.2),
            (4, 1.8),
            (6, 0.7),
            (8, 0.7),
            (2, 0.6),
            (0, 1.0),
            (14, 0.6),
            (9, 0.3),
        ],
        0.05,
        0.1,
    ),
    degree(
        7,
        Dom,
        [4.0, 5.0],
        &[(0, 8.0), (5, 1.2), (3, 0.1)],
        0.0,
        2.4,
    ),
    degree(
        11,
        Dim,
        [1.0, 0.2],
        &[(0, 6.0), (5, 0.5), (2, 0.3)],
        0.0,
        0.3,
    ),
    degree(2, Dom, [0.9, 0.5], &[(4, 7.0), (6, 2.0)], 0.0, 0.2),
    degree(4, Dom, [0.4, 0.2], &[(5, 7.0), (3, 1.0)], 0.0, 0.0),
    degree(
        9,
        Dom,
        [0.4, 0.3],
        &[(1, 7.0), (14, 1.0), (8, 0.8)],
        0.0,
        0.0,
    ),
    degree(0, Dom, [0.4, 0.4], &[(3, 8.0), (12, 0.3)], 0.0, 0.0),
    degree(5, Min, [0.1, 0.2], &[(0, 6.0), (4, 1.0)], 0.0, 0.3),
    degree(10, Maj, [0.1, 0.4], &[(3, 4.0), (0, 3.0)], 0.0, 0.1),
    degree(
        2,
        Min7,
        [1.4, 0.8],
        &[(4, 5.0), (6, 4.0), (0, 0.4), (7, 0.3)],
        0.0,
        0.4,
    ),
];

/// `i ii° III iv V VI V7 vii° VII v I V7/III V7/iv IV`: V and V7 have the raised seventh, I is Picardy's.
const MINOR: &[Degree] = &[
    degree(
        0,
        Min,
        [5.0, 10.0],
        &[
            (3, 3.0),
            (4, 3.0),
            (5, 1.5),
            (6, 1.5),
            (8, 1.0),
            (7, 0.8),
            (1, 0.8),
            (2, 0.7),
            (9, 0.6),
            (0, 0.8),
            (12, 0.2),
            (2, 1.4),
            (5, 1.0),
            (13, 0.4),
        ],
        0.8,
        0.2,
    ),
    degree(
        2,
        Dim,
        [1.2, 0.3],
        &[(4, 5.0), (6, 4.0), (0, 0.5)],
        0.0,
        0.3,
    ),
    degree(
        3,
        Maj,
        [3.4, 1.8],
        &[(5, 3.0), (3, 2.0), (8, 1.4), (0, 1.6), (4, 1.0), (11, 0.6)],
        0.25,
        0.0,
    ),
    degree(
        5,
        Min,
        [4.0, 3.5],
        &[(4, 4.0), (0, 3.0), (6, 2.0), (8, 1.0), (7, 0.6), (1, 0.4)],
        0.0,
        0.5,
    ),
    degree(
        7,
        Maj,
        [6.0, 4.0],
        &[(0, 7.0), (5, 1.5), (6, 1.0), (10, 0.3), (3, 0.2)],
        0.55,
        1.2,
    ),
    degree(
        8,
        Maj,
        [3.2, 2.2],
        &[
            (3, 2.0),
            (4, 2.0),
            (8, 1.5),
            (2, 1.2),
            (1, 0.8),
            (0, 1.0),
            (6, 0.8),
        ],
        0.0,
        0.3,
    ),
    degree(
        7,
        Dom,
        [4.0, 4.0],
        &[(0, 8.0), (5, 1.0), (10, 0.4)],
        0.0,
        2.4,
    ),
    degree(11, Dim, [1.2, 0.2], &[(0, 7.0), (4, 0.5)], 0.0, 0.3),
    degree(
        10,
        Maj,
        [3.2, 2.6],
        &[(2, 4.0), (0, 2.0), (5, 1.0), (3, 0.4)],
        0.05,
        0.2,
    ),
    degree(
        7,
        Min,
        [1.2, 0.8],
        &[(0, 2.0), (5, 1.5), (3, 1.0), (8, 0.5)],
        0.0,
        0.1,
    ),
    degree(
        0,
        Maj,
        [0.6, 0.1],
        &[(3, 6.0), (4, 0.6), (0, 0.4)],
        0.35,
        0.0,
    ),
    degree(10, Dom, [0.6, 0.5], &[(2, 8.0)], 0.0, 0.0),
    degree(0, Dom, [0.3, 0.1], &[(3, 8.0)], 0.0, 0.0),
    degree(
        5,
        Maj,
        [1.4, 0.5],
        &[(4, 3.0), (0, 3.0), (8, 2.0), (6, 1.0), (7, 1.0)],
        0.0,
        0.4,
    ),
];

const fn degree(
    root: u8,
    quality: Quality,
    usual: [f64; 2],
    next: &'static [(usize, f64)],
    ends: f64,
    before_end: f64,
) -> Degree {
    Degree {
        root,
        quality,
        usual,
        next,
        ends,
        before_end,
    }
}

/// The chords of a mode.
pub(super) fn degrees(mode: Mode) -> &'static [Degree] {
    match mode {
        Mode::Major => MAJOR,
        Mode::Minor => MINOR,
    }
}

impl Degree {
    /// How likely it is by itself; not a probability yet.
    pub fn usual(&self, manner: Manner) -> f64 {
        match manner {
            Manner::Hymn => self.usual[0],
            Manner::Song => self.usual[1],
        }
    }

    /// How likely another follows where the chord changes or may stay; `own` is its index, `stays` how likely it is to stay.
    pub fn follows(&self, own: usize, other: usize, usual: f64, stays: f64) -> f64 {
        let listed = self
            .next
            .iter()
            .filter(|(to, _)| *to == other)
            .map(|(_, often)| often)
            .sum::<f64>();
        let stay = if own == other { stays } else { 0.0 };
        listed + stay + 0.04 * usual
    }

    /// The chord in a key.
    pub fn chord(&self, key: Key) -> Chord {
        Chord {
            root: (key.tonic + self.root) % 12,
            quality: self.quality,
            bass: None,
        }
    }

    /// How likely a pitch class over the tonic is while it sounds.
    pub fn sounds(&self, class: usize, mode: Mode) -> f64 {
        let over = (class + 12 - usize::from(self.root)) % 12;
        let part = self
            .quality
            .intervals()
            .iter()
            .position(|interval| usize::from(*interval) == over);
        let seventh_chord = self.quality.intervals().len() > 3;
        match part {
            Some(0) => 0.28,
            Some(1) => 0.27,
            Some(2) => 0.25,
            Some(_) if seventh_chord => 0.14,
            Some(_) => 0.2,
            None => {
                let scale = mode.scale();
                let raised = mode == Mode::Minor && class == 11;
                if scale.contains(&(class as u8)) {
                    0.027
                } else if raised {
                    0.012
                } else {
                    0.006
                }
            }
        }
    }
}
