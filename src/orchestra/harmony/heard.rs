//! Chords of notes that have harmony: the template that explains a beat best, and changes that cost something.

use super::{Harmony, weights};
use crate::music::{Chord, Key, Quality};
use crate::orchestra::tone::{Beat, Tone};

/// Qualities that are told apart.
const QUALITIES: [Quality; 9] = [
    Quality::Major,
    Quality::Minor,
    Quality::Seventh,
    Quality::MajorSeventh,
    Quality::MinorSeventh,
    Quality::Diminished,
    Quality::HalfDiminished,
    Quality::DiminishedSeventh,
    Quality::Suspended,
];
/// What a change of chord costs on a bar line, on a strong beat, elsewhere.
const CHANGE: [f64; 3] = [0.3, 0.45, 0.75];

/// Whether most beats have three pitch classes near them, and not all of them are melody's.
pub(super) fn has_harmony(all: &[Tone], harmony: &[Tone], beats: &[Beat]) -> bool {
    let mut sounding = (0, 0);
    for beat in beats {
        let length = beat.end - beat.start;
        let under = weights(harmony, beat.start - length, beat.end + length, 0.0);
        let whole = weights(all, beat.start - length, beat.end + length, 0.0);
        let classes = |heard: &[f64; 12]| heard.iter().filter(|weight| **weight > 0.05).count();
        if classes(&whole) > 0 {
            sounding.0 += 1;
            sounding.1 += usize::from(classes(&under) >= 2 && classes(&whole) >= 3);
        }
    }
    2 * sounding.1 > sounding.0
}

/// The chord of each beat.
pub(super) fn chords(all: &[Tone], bass: &[Tone], key: Key, beats: &[Beat]) -> Vec<Harmony> {
    let known: Vec<Chord> = (0..12)
        .flat_map(|root| {
            QUALITIES.iter().map(move |quality| Chord {
                root,
                quality: *quality,
                bass: None,
            })
        })
        .collect();
    let fits: Vec<Vec<f64>> = beats
        .iter()
        .map(|beat| fit(&known, all, bass, key, beat))
        .collect();
    let path = best(&fits, beats, known.len());
    let mut found = Vec::with_capacity(beats.len());
    for ((beat, fits), at) in beats.iter().zip(&fits).zip(path) {
        let mut order: Vec<usize> = (0..known.len()).collect();
        order.sort_by(|a, b| fits[*b].total_cmp(&fits[*a]));
        let other: Vec<usize> = order
            .into_iter()
            .filter(|other| *other != at && known[*other].root != known[at].root)
            .take(2)
            .collect();
        let ahead = fits[at] - other.first().map_or(0.0, |other| fits[*other]);
        found.push(Harmony {
            start: beat.start,
            end: beat.end,
            chord: known[at],
            sure: (1.0 / (1.0 + (-3.0 * ahead).exp())) as f32,
            others: other.iter().map(|other| known[*other]).collect(),
        });
    }
    found
}

/// How well each chord explains a beat.
fn fit(known: &[Chord], all: &[Tone], bass: &[Tone], key: Key, beat: &Beat) -> Vec<f64> {
    let mut heard = weights(all, beat.start, beat.end, 0.5);
    let total: f64 = heard.iter().sum();
    if total <= 0.0 {
        return vec![0.0; known.len()];
    }
    heard.iter_mut().for_each(|weight| *weight /= total);
    let low = weights(bass, beat.start, beat.end, 0.3);
    let low = (0..12)
        .filter(|class| low[*class] > 0.0)
        .max_by(|a, b| low[*a].total_cmp(&low[*b]));
    let scale = key.mode.scale();
    known
        .iter()
        .map(|chord| {
            let classes = chord
                .quality
                .intervals()
                .iter()
                .map(|over| usize::from((chord.root + over) % 12));
            let inside: f64 = classes.clone().map(|class| heard[class]).sum();
            let missing = classes.clone().filter(|class| heard[*class] < 0.02).count() as f64;
            let root = usize::from(chord.root);
            let mut score = inside - (1.0 - inside) - 0.22 * missing;
            if chord.quality.intervals().len() > 3 {
                score -= 0.14;
            }
            if chord.quality == Quality::Suspended {
                score -= 0.2;
            }
            if low == Some(root) {
                score += 0.25;
            }
            if heard[root] < 0.02 {
                score -= 0.3;
            }
            let outside = classes
                .filter(|class| {
                    !scale.contains(&(((*class + 12 - usize::from(key.tonic)) % 12) as u8))
                })
                .count() as f64;
            score - 0.04 * outside
        })
        .collect()
}

/// The best way through (Viterbi).
fn best(fits: &[Vec<f64>], beats: &[Beat], states: usize) -> Vec<usize> {
    let mut worth = vec![0.0f64; states];
    let mut back: Vec<Vec<usize>> = Vec::with_capacity(fits.len());
    for (fits, beat) in fits.iter().zip(beats) {
        let cost = CHANGE[if beat.place == 0 {
            0
        } else if beat.strong {
            1
        } else {
            2
        }];
        let top = (0..states)
            .max_by(|a, b| worth[*a].total_cmp(&worth[*b]))
            .unwrap_or(0);
        let from: Vec<usize> = (0..states)
            .map(|to| {
                if worth[to] >= worth[top] - cost {
                    to
                } else {
                    top
                }
            })
            .collect();
        worth = (0..states)
            .map(|to| worth[from[to]] - if from[to] == to { 0.0 } else { cost } + fits[to])
            .collect();
        back.push(from);
    }
    let mut at = (0..states)
        .max_by(|a, b| worth[*a].total_cmp(&worth[*b]))
        .unwrap_or(0);
    let mut path = Vec::with_capacity(fits.len());
    for from in back.iter().rev() {
        path.push(at);
        at = from[at];
    }
    path.reverse();
    path
}
