//! Chords beat by beat: how well each fits the pitch classes and the bass, made steady by a hidden
//! Markov model that knows the key and the bars.
//!
//! Templates and smoothing follow Sheh & Ellis (ISMIR 2003) and Mauch & Dixon (IEEE TASLP 18(6),
//! 2010): bass apart, changes rather at downbeats, chords of the key likelier. All numbers are
//! chosen by hand: nothing is learnt from progressions.

use super::chroma::Chroma;
use crate::music::{Chord, Key, Mode, Quality};

/// Qualities that are told apart; the triads come first.
pub const QUALITIES: [Quality; 8] = [
    Quality::Major,
    Quality::Minor,
    Quality::Seventh,
    Quality::MajorSeventh,
    Quality::MinorSeventh,
    Quality::Diminished,
    Quality::HalfDiminished,
    Quality::Suspended,
];
/// Chords; [`NONE`] comes after them.
pub const CHORDS: usize = 12 * QUALITIES.len();
/// The state without a chord.
pub const NONE: usize = CHORDS;
const STATES: usize = CHORDS + 1;

/// How much the fit counts.
const SHARPNESS: f32 = 18.0;
const BASS_SHARPNESS: f32 = 3.0;
/// The fit of no chord, and how much quieter than the loudest tenth nothing sounds.
const NONE_FITS: f32 = 0.62;
const QUIET: f32 = 0.02;
/// Strengths of the root, third, fifth and seventh in a template.
const STRENGTHS: [f32; 4] = [1.0, 0.85, 0.8, 0.6];
/// What changing costs at a downbeat, at the middle of a bar, elsewhere.
const CHANGE: [f32; 3] = [1.0, 2.2, 3.6];
/// How much the key counts.
const KEY_WEIGHT: f32 = 1.0;

/// A chord of a number.
pub fn chord(number: usize) -> Chord {
    Chord {
        root: (number / QUALITIES.len()) as u8,
        quality: QUALITIES[number % QUALITIES.len()],
        bass: None,
    }
}

/// The number of a chord, or of the one most like it: its root, its third, then most of its notes.
pub fn nearest(chord: Chord) -> usize {
    let mine = chord.quality.intervals();
    let like = |quality: &Quality| {
        let other = quality.intervals();
        let shared = other.iter().filter(|step| mine.contains(step)).count();
        (other[1] == mine[1], 2 * shared as i32 - other.len() as i32)
    };
    let best = (0..QUALITIES.len()).max_by_key(|&number| like(&QUALITIES[number]));
    usize::from(chord.root) * QUALITIES.len() + best.unwrap_or(0)
}

/// How well every chord fits a stretch; log-likelihoods but for a constant.
pub type Fit = [f32; STATES];

/// Fits of all stretches. Any thread but audio.
pub fn fits(chroma: &[Chroma]) -> Vec<Fit> {
    let templates = templates();
    let mut levels: Vec<f32> = chroma.iter().map(|c| c.level).collect();
    let place = levels.len() * 9 / 10;
    let loud = match levels.is_empty() {
        true => 0.0,
        false => *levels.select_nth_unstable_by(place, f32::total_cmp).1,
    };
    chroma
        .iter()
        .map(|stretch| {
            let (all, bass) = (stretch.unit(), stretch.bass_unit());
            let silent = stretch.level <= QUIET * loud || stretch.level < 1e-6;
            std::array::from_fn(|number| {
                if number == NONE {
                    return SHARPNESS * if silent { 1.0 } else { NONE_FITS };
                }
                let (template, quality) = (&templates[number], QUALITIES[number % QUALITIES.len()]);
                let fit: f32 = template.iter().zip(&all).map(|(a, b)| a * b).sum();
                let root = number / QUALITIES.len();
                let low = quality
                    .intervals()
                    .iter()
                    .enumerate()
                    .map(|(place, &step)| {
                        let weight = if place == 0 { 1.0 } else { 0.4 };
                        weight * bass[(root + usize::from(step)) % 12].powi(2)
                    });
                SHARPNESS * fit + BASS_SHARPNESS * low.sum::<f32>() - complexity(quality)
            })
        })
        .collect()
}

/// Richer chords have to fit better, since they always fit nearly as well.
fn complexity(quality: Quality) -> f32 {
    match quality {
        Quality::Major | Quality::Minor => 0.0,
        Quality::Seventh | Quality::MajorSeventh | Quality::MinorSeventh => 0.35,
        _ => 0.9,
    }
}

fn templates() -> Vec<[f32; 12]> {
    (0..CHORDS)
        .map(|number| {
            let chord = chord(number);
            let mut template = [0.04f32; 12];
            for (&step, strength) in chord.quality.intervals().iter().zip(STRENGTHS) {
                template[usize::from((chord.root + step) % 12)] = strength;
            }
            let sum: f32 = template.iter().sum();
            template.map(|x| (x / sum).sqrt())
        })
        .collect()
}

/// How likely chords are in a key, as logarithms: those of its scale, and dominants of others.
pub fn in_key(key: Key) -> Fit {
    std::array::from_fn(|number| {
        if number == NONE {
            return -2.5;
        }
        let chord = chord(number);
        let above = (chord.root + 12 - key.tonic) % 12;
        let scale = key.mode.scale();
        let minor = key.mode == Mode::Minor;
        let belongs = |class: u8| {
            let degree = class % 12;
            // The leading note belongs to minor, too, where the dominant has it.
            scale.contains(&degree) || (minor && degree == 11 && matches!(above, 7 | 11))
        };
        let outside = chord
            .quality
            .intervals()
            .iter()
            .filter(|&&step| !belongs(above + step));
        let outside = outside.count() as f32;
        let degree = match (above, minor) {
            (0, _) => 0.9,
            (7, _) => 0.6,
            (5, _) => 0.5,
            (9, false) | (8 | 3 | 10, true) => 0.1,
            (2, false) => 0.2,
            _ => -0.3,
        };
        degree - 1.3 * outside
    })
}

/// What a change costs at the beginning of each stretch: see [`CHANGE`].
pub fn costs(places: &[Option<usize>], beats: usize) -> Vec<f32> {
    let cost = |place: &Option<usize>| match place {
        Some(0) => CHANGE[0],
        Some(place) if beats.is_multiple_of(2) && *place == beats / 2 => CHANGE[1],
        Some(_) => CHANGE[2],
        None => CHANGE[1],
    };
    places.iter().map(cost).collect()
}

/// The likeliest chords in a key: their log-likelihood, and each stretch's state with how sure it
/// is. Any thread but audio.
pub fn decode(fits: &[Fit], costs: &[f32], key: Key) -> (f64, Vec<usize>) {
    let prior = in_key(key).map(|x| KEY_WEIGHT * x);
    let normal = prior.iter().map(|x| x.exp()).sum::<f32>().ln();
    let Some(first) = fits.first() else {
        return (0.0, Vec::new());
    };
    let mut now: Fit = std::array::from_fn(|state| first[state] + prior[state] - normal);
    let mut before: Vec<[u8; STATES]> = Vec::with_capacity(fits.len());
    for (fit, &cost) in fits.iter().zip(costs).skip(1) {
        let best = (0..STATES)
            .max_by(|&a, &b| now[a].total_cmp(&now[b]))
            .expect("states");
        let mut from = [0u8; STATES];
        let next: Fit = std::array::from_fn(|state| {
            let moved = now[best] - cost + prior[state] - normal;
            let (score, source) = if moved > now[state] {
                (moved, best)
            } else {
                (now[state], state)
            };
            from[state] = source as u8;
            score + fit[state]
        });
        before.push(from);
        now = next;
    }
    let mut state = (0..STATES)
        .max_by(|&a, &b| now[a].total_cmp(&now[b]))
        .expect("states");
    let score = f64::from(now[state]);
    let mut path = vec![state];
    for from in before.iter().rev() {
        state = usize::from(from[state]);
        path.push(state);
    }
    path.reverse();
    (score, path)
}

/// Chords over time, from states of stretches.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// From when, s.
    pub start: f64,
    /// Until when, s.
    pub end: f64,
    /// Which.
    pub chord: Chord,
    /// How surely, 0..=1.
    pub confidence: f64,
}

/// Joins stretches of the same chord; [`NONE`] is left out. With the bass, where another note of
/// the chord is clearly the lowest.
pub fn spans(chroma: &[Chroma], fits: &[Fit], path: &[usize]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut from = 0;
    while from < path.len() {
        let mut to = from + 1;
        while to < path.len() && path[to] == path[from] {
            to += 1;
        }
        if path[from] != NONE {
            let mut found = chord(path[from]);
            found.bass = other_bass(&chroma[from..to], found);
            let sure: f64 = fits[from..to]
                .iter()
                .map(|fit| certainty(fit, path[from]))
                .sum();
            spans.push(Span {
                start: chroma[from].start,
                end: chroma[to - 1].end,
                chord: found,
                confidence: sure / (to - from) as f64,
            });
        }
        from = to;
    }
    spans
}

/// Share of a state among all, by their fit alone; chords of the same root and third count as one.
fn certainty(fit: &Fit, state: usize) -> f64 {
    let most = fit.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let same = |other: usize| {
        other == state || (state != NONE && other != NONE && family(other) == family(state))
    };
    let share = |number: usize| f64::from((fit[number] - most).exp());
    let total: f64 = (0..STATES).map(share).sum();
    (0..STATES)
        .filter(|&other| same(other))
        .map(share)
        .sum::<f64>()
        / total
}

fn family(number: usize) -> (u8, bool) {
    let chord = chord(number);
    (chord.root, chord.quality.intervals()[1] == 3)
}

fn other_bass(chroma: &[Chroma], chord: Chord) -> Option<u8> {
    let mut bass = [0.0f32; 12];
    for stretch in chroma {
        bass.iter_mut()
            .zip(&stretch.bass)
            .for_each(|(sum, x)| *sum += x);
    }
    let total: f32 = bass.iter().sum();
    let lowest = (0..12).max_by(|&a, &b| bass[a].total_cmp(&bass[b]))? as u8;
    let above = (lowest + 12 - chord.root) % 12;
    let clear = bass[usize::from(lowest)] > 0.6 * total
        && bass[usize::from(lowest)] > 4.0 * bass[usize::from(chord.root)];
    (above != 0 && clear && chord.quality.intervals().contains(&above)).then_some(lowest)
}
