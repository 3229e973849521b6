//! A kit's balance: how loud its pieces are beside its kick.
//!
//! Pieces are drawn each by itself, so one may come out far louder or softer than a drummer or a programmer
//! would have it. What recorded kits have, as loudness of a stroke at velocity 90 beside the kick's, holds within
//! a few dB; within these the kit's own character stays.

use super::measure::loudness;
use crate::instrument::kit::Hit;

/// The layer that is measured, of the velocity 96.
const LAYER: usize = 2;
/// How far a piece may be from what is usual, dB: what carries the beat, and the rest.
const NEAR_DB: f32 = 1.8;
const FAR_DB: f32 = 4.0;
/// The keys of the kick.
const KICKS: [u8; 2] = [36, 35];

/// The kinds of kits whose balance differs. From the words of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Sticks.
    Sticks,
    /// A jazz drummer's sticks: the cymbals lead, the snare answers.
    Jazz,
    /// Brushes on the snare.
    Brushes,
    /// A drum machine.
    Machine,
}

/// Words that tell kinds, the first that is found counts.
const WORDS: [(Kind, &[&str]); 3] = [
    (Kind::Brushes, &["brush"]),
    (
        Kind::Machine,
        &[
            "808",
            "909",
            "606",
            "707",
            "machine",
            "electro",
            "techno",
            "house",
            "trap",
            "drill",
            "trance",
            "synth",
            "digital",
            "garage",
            "dubstep",
            "hardstyle",
            "cr-78",
        ],
    ),
    (Kind::Jazz, &["jazz", "swing", "bop", "big band"]),
];

impl Kind {
    /// The kind that a prompt asks for. Any thread.
    pub(super) fn of(prompt: &str) -> Self {
        let lower = prompt.to_lowercase();
        let found = WORDS
            .iter()
            .find(|(_, words)| words.iter().any(|word| lower.contains(word)));
        found.map_or(Kind::Sticks, |(kind, _)| *kind)
    }

    /// The usual loudness of a key beside the kick's, dB; medians of the kits in FluidR3, TimGM6mb and MuseScore
    /// General.
    fn usual(self, key: u8) -> Option<f32> {
        let own: &[(u8, f32)] = match self {
            Kind::Sticks => &[],
            Kind::Jazz => &[(38, -2.5), (40, -2.5), (51, -3.0), (49, 5.0)],
            Kind::Brushes => &[
                (38, -7.5),
                (39, -5.5),
                (40, -7.5),
                (42, -11.0),
                (44, -11.0),
                (46, -9.0),
                (51, -3.0),
            ],
            Kind::Machine => &[
                (37, -8.5),
                (38, -0.8),
                (46, -3.2),
                (49, -1.5),
                (51, -7.7),
                (53, -9.0),
            ],
        };
        let usual = |of: &[(u8, f32)]| of.iter().find(|(at, _)| *at == key).map(|(_, db)| *db);
        usual(own).or_else(|| usual(&USUAL))
    }
}

/// Of kits played with sticks.
const USUAL: [(u8, f32); 44] = [
    (35, 0.1),
    (37, -4.7),
    (38, 0.6),
    (39, -2.6),
    (40, -1.0),
    (41, 1.2),
    (42, -9.6),
    (43, 1.5),
    (44, -8.3),
    (45, 0.8),
    (46, -7.0),
    (47, 0.5),
    (48, 0.3),
    (49, 4.0),
    (50, 0.0),
    (51, -5.9),
    (52, 2.1),
    (53, -6.1),
    (54, -2.0),
    (55, 0.8),
    (56, -3.7),
    (57, 4.0),
    (59, -6.6),
    (60, -4.2),
    (61, -2.8),
    (62, -6.9),
    (63, -1.6),
    (64, 0.7),
    (65, 0.3),
    (66, 1.1),
    (67, -3.3),
    (68, -3.0),
    (69, -3.0),
    (70, -5.5),
    (73, -1.8),
    (74, -1.3),
    (75, -1.0),
    (76, -2.9),
    (77, -2.5),
    (78, 1.0),
    (79, 1.0),
    (80, -4.1),
    (81, -2.0),
    (71, 2.0),
];

/// How many dB each of a kit's pieces has to be moved, in their order; nothing where there is no kick. Any thread.
pub(super) fn moves(kind: Kind, pieces: &[(u8, &Hit)]) -> Vec<f32> {
    let kick = KICKS
        .iter()
        .find_map(|kick| pieces.iter().find(|(key, _)| key == kick));
    let Some(kick) = kick.map(|(_, hit)| loudness(hit, LAYER)) else {
        return vec![0.0; pieces.len()];
    };
    let moved = |(key, hit): &(u8, &Hit)| {
        let Some(usual) = kind.usual(*key) else {
            return 0.0;
        };
        let near = if matches!(key, 35..=46) {
            NEAR_DB
        } else {
            FAR_DB
        };
        let is = loudness(hit, LAYER) - kick;
        is.clamp(usual - near, usual + near) - is
    };
    pieces.iter().map(moved).collect()
}
