//! The key of a song: by the profile of its pitch classes, and by the chords that fit it.

use super::chords::{self, Fit};
use super::chroma::Chroma;
use super::key_sections;
use crate::music::{Key, Mode};

/// A profile of pitch classes over the tonic.
type Profile = [f32; 12];
/// How often pitch classes occur in chords (Budge, 1943), in percent, as Bellman uses it, "About the
/// determination of the key of a musical excerpt" (CMMR 2005): major.
const MAJOR: Profile = [
    16.80, 0.86, 12.95, 1.41, 13.49, 11.93, 1.25, 20.28, 1.80, 8.04, 0.62, 10.57,
];
/// The same for minor.
const MINOR: Profile = [
    18.16, 0.69, 12.99, 13.34, 1.07, 11.15, 1.38, 21.07, 7.49, 1.53, 0.92, 10.21,
];
/// How much a correlation counts against a stretch's log-likelihood of chords.
const CORRELATION: f64 = 14.0;
const CHORDS: f64 = 0.5;
/// Stretches that say something of their own: more of them add no certainty.
const INDEPENDENT: f64 = 32.0;
/// Pitch classes that differ by less than this from their mean, as a share of it, are noise.
const EVEN: f32 = 0.15;
/// Below this correlation with the best profile there is no key.
const LEAST: f64 = 0.25;
/// Differences of scores are divided by this to become confidences; fitted on validation songs
/// (`python -m training.evaluate song calibration --validation`, and `scores` alike).
const TEMPERATURE: f64 = 1.57;

/// Keys with how likely they are, best first, or the known one; and the first one's chords.
pub struct Found {
    /// All 24, with shares that sum to 1.
    pub keys: Vec<(Key, f64)>,
    /// States of the stretches, as [`chords::decode`] gives them.
    pub path: Vec<usize>,
    /// From when on it is in which, s; none where it stays in one.
    pub changes: Vec<(f64, Key)>,
}

/// Finds the key, unless it is known; `None` where no profile fits. Where the key changes, the first is that of the longest section, others
/// are as likely as they are long, and chords follow the key of their section. Any thread but audio.
pub fn find(chroma: &[Chroma], fits: &[Fit], costs: &[f32], known: Option<Key>) -> Option<Found> {
    let whole = || of_section(chroma, fits, costs, known);
    let sections = key_sections::of(chroma);
    if known.is_some() || sections.len() < 2 {
        return whole();
    }
    let mut changes: Vec<(f64, Key)> = Vec::new();
    let found: Option<Vec<(f64, Found)>> = sections
        .into_iter()
        .map(|of| {
            let seconds = chroma[of.end - 1].end - chroma[of.start].start;
            let at = chroma[of.start].start;
            let found = of_section(&chroma[of.clone()], &fits[of.clone()], &costs[of], None)?;
            changes.push((at, found.keys[0].0));
            Some((seconds, found))
        })
        .collect();
    let Some(sections) = found else {
        return whole();
    };
    changes.dedup_by_key(|(_, key)| *key);
    Some(Found {
        changes: if changes.len() > 1 {
            changes
        } else {
            Vec::new()
        },
        ..together(sections)
    })
}

/// Sections of some seconds as one song.
fn together(sections: Vec<(f64, Found)>) -> Found {
    let total: f64 = sections.iter().map(|(seconds, _)| seconds).sum();
    let mut keys: Vec<(Key, f64)> = Key::all().map(|key| (key, 0.0)).collect();
    let mut lengths = vec![0.0; keys.len()];
    let mut path = Vec::new();
    for (seconds, found) in sections {
        for (place, (key, share)) in keys.iter_mut().enumerate() {
            let here = found.keys.iter().find(|other| other.0 == *key);
            *share += seconds / total * here.map_or(0.0, |here| here.1);
            if found.keys[0].0 == *key {
                lengths[place] += seconds;
            }
        }
        path.extend(found.path);
    }
    let longest = lengths.iter().copied().fold(0.0, f64::max);
    let main = lengths.iter().position(|length| *length >= longest);
    let main = main.map(|place| keys[place].0);
    keys.sort_by(|a, b| b.1.total_cmp(&a.1));
    if let Some(place) = keys.iter().position(|key| Some(key.0) == main) {
        keys[..=place].rotate_right(1);
    }
    Found {
        keys,
        path,
        changes: Vec::new(),
    }
}

/// The key of stretches that stay in one, or the known one.
fn of_section(chroma: &[Chroma], fits: &[Fit], costs: &[f32], known: Option<Key>) -> Option<Found> {
    let mut mean = [0.0f32; 12];
    for stretch in chroma {
        let weight = (stretch.end - stretch.start) as f32;
        for (mean, x) in mean.iter_mut().zip(stretch.unit()) {
            *mean += weight * x * x;
        }
    }
    let total: f32 = mean.iter().sum();
    let uneven = mean.iter().map(|x| (x - total / 12.0).abs()).sum::<f32>();
    if total <= 0.0 || uneven < EVEN * total && known.is_none() {
        return None;
    }
    let scale = INDEPENDENT / (fits.len() as f64).max(INDEPENDENT);
    let mut scored: Vec<(Key, f64, f64, Vec<usize>)> = Key::all()
        .map(|key| {
            let correlation = correlation(&mean, key);
            let (likelihood, path) = chords::decode(fits, costs, key);
            let score = CORRELATION * correlation + CHORDS * scale * likelihood;
            (key, score, correlation, path)
        })
        .collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1));
    let best = scored[0].1;
    if scored[0].2 < LEAST && known.is_none() {
        return None;
    }
    let share = |score: f64| ((score - best) / TEMPERATURE).exp();
    let total: f64 = scored.iter().map(|s| share(s.1)).sum();
    if let Some(place) = scored.iter().position(|s| Some(s.0) == known) {
        scored[..=place].rotate_right(1);
    }
    let path = std::mem::take(&mut scored[0].3);
    let keys = scored.iter().map(|s| (s.0, share(s.1) / total));
    Some(Found {
        keys: keys.collect(),
        path,
        changes: Vec::new(),
    })
}

/// How often pitch classes (C first) occur in a key's chords, percent.
pub(super) fn profile(key: Key) -> [f64; 12] {
    let profile = match key.mode {
        Mode::Major => &MAJOR,
        Mode::Minor => &MINOR,
    };
    std::array::from_fn(|class| f64::from(profile[(class + 12 - usize::from(key.tonic)) % 12]))
}

/// Pearson's correlation of pitch classes with a key's profile.
fn correlation(classes: &[f32; 12], key: Key) -> f64 {
    let profile = profile(key);
    let a = classes.iter().sum::<f32>() / 12.0;
    let b = profile.iter().sum::<f64>() / 12.0;
    let (mut both, mut left, mut right) = (0.0f64, 0.0f64, 0.0f64);
    for class in 0..12 {
        let x = f64::from(classes[class] - a);
        let y = profile[class] - b;
        both += x * y;
        left += x * x;
        right += y * y;
    }
    both / (left * right).sqrt().max(1e-12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_with_its_cadence_is_in_its_key() {
        for (tonic, mode, triads) in [
            (
                0u8,
                Mode::Major,
                [[0, 4, 7], [5, 9, 0], [7, 11, 2], [0, 4, 7]],
            ),
            (
                9,
                Mode::Minor,
                [[9, 0, 4], [2, 5, 9], [4, 8, 11], [9, 0, 4]],
            ),
        ] {
            for up in 0..12u8 {
                let chroma: Vec<Chroma> = (0..16)
                    .map(|beat| {
                        let mut all = [0.02f32; 12];
                        for class in triads[beat / 4] {
                            all[(class + usize::from(up)) % 12] = 1.0;
                        }
                        let mut bass = [0.0f32; 12];
                        bass[(triads[beat / 4][0] + usize::from(up)) % 12] = 1.0;
                        let (start, end) = (beat as f64, beat as f64 + 1.0);
                        Chroma {
                            start,
                            end,
                            all,
                            bass,
                            level: 3.0,
                        }
                    })
                    .collect();
                let fits = chords::fits(&chroma);
                let places: Vec<Option<usize>> = (0..16).map(|beat| Some(beat % 4)).collect();
                let found = find(&chroma, &fits, &chords::costs(&places, 4), None).unwrap();
                let tonic = (tonic + up) % 12;
                assert_eq!(found.keys[0].0, Key { tonic, mode });
                let spans = chords::spans(&chroma, &fits, &found.path);
                let roots: Vec<u8> = spans.iter().map(|span| span.chord.root).collect();
                let expected = triads.map(|t| ((t[0] + usize::from(up)) % 12) as u8);
                assert_eq!(roots, expected);
            }
        }
        assert!(find(&[], &[], &[], None).is_none());
    }
}
