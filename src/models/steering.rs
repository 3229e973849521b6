//! Words that change a known sound: "darker", "with a softer attack".
//!
//! The flow says which way words would change a note's code ([`FirstAnchor::direction`]); here is
//! how far to go. Far enough that a change is heard, not so far that it is another sound; and where
//! the words name something that can be measured, until that has moved.
//!
//! [`FirstAnchor::direction`]: super::first_anchor::FirstAnchor::direction

use crate::instrument::slots::{
    PARTIAL_ROWS, RELEASE_AT, ROWS, SILENT_DB, TIMES, band_edges, multiples, time_grid,
};

/// Multiples of a direction that are tried.
pub(super) const STRENGTHS: [f32; 8] = [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0];
/// A change that is heard, a plain one, and the largest that leaves a sound itself: dB between
/// notes ([`distance`]).
const HEARD: f32 = 3.0;
const PLAIN: f32 = 5.0;
const LARGEST: f32 = 8.0;
/// The least share of a step that counts as moving.
const LEAST: f32 = 0.1;
/// Cells so far below a note's loudest don't count, dB.
const COUNTS_DB: f32 = 55.0;

/// Comparatives as the models' captions say them.
const POSITIVES: [(&str, &str); 24] = [
    ("darker", "dark"),
    ("brighter", "bright"),
    ("warmer", "warm"),
    ("softer", "soft"),
    ("harder", "hard"),
    ("sharper", "sharp"),
    ("slower", "slow"),
    ("faster", "fast"),
    ("longer", "long"),
    ("shorter", "short"),
    ("breathier", "breathy"),
    ("airier", "airy"),
    ("noisier", "noisy"),
    ("cleaner", "clean"),
    ("purer", "pure"),
    ("thinner", "thin"),
    ("fuller", "full"),
    ("richer", "rich"),
    ("rounder", "round"),
    ("mellower", "mellow"),
    ("duller", "dull"),
    ("harsher", "harsh"),
    ("grittier", "gritty"),
    ("smoother", "smooth"),
];

/// Words to be understood as positives, without what only joins them to "this sound".
pub(super) fn wording(prompt: &str) -> String {
    let words = prompt.split_whitespace().filter_map(|word| {
        let plain = word
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        let joins = [
            "more", "with", "but", "a", "an", "this", "and", "much", "very",
        ];
        let positive = POSITIVES
            .iter()
            .find(|(comparative, _)| *comparative == plain);
        match positive {
            Some((_, positive)) => Some((*positive).to_owned()),
            None => (!joins.contains(&plain.as_str())).then_some(plain),
        }
    });
    let said = words.collect::<Vec<_>>().join(" ");
    // Of an attack "soft" is said of its level; what is meant is its pace too.
    let said = said.replace("soft attack", "slow soft attack");
    let said = said.replace("sharp attack", "sharp fast attack");
    if said.contains(' ') || said.is_empty() {
        said
    } else {
        format!("{said} sound")
    }
}

/// Something about a note that can be measured.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Measure {
    /// Octaves of the spectrum's centre.
    Brightness,
    /// Octaves of the time to the loudest moment.
    Attack,
    /// dB that are left a while after the release, above silence.
    Release,
    /// dB of the noise's share.
    Noise,
}

/// What words ask to be moved, which way, and by how much to be heard.
fn wanted(wording: &str) -> Option<(Measure, f32, f32)> {
    let has = |words: &[&str]| wording.split(' ').any(|word| words.contains(&word));
    let slow = has(&["soft", "slow", "gentle", "swelling"]);
    let (measure, more, less, step) = if has(&["attack", "onset"]) {
        let fast = has(&["sharp", "fast", "hard", "short", "punchy", "quick"]);
        (Measure::Attack, slow, fast, 0.5)
    } else if has(&["release", "tail", "ring"]) {
        (
            Measure::Release,
            has(&["long", "slow"]),
            has(&["short", "fast"]),
            3.0,
        )
    } else if has(&["breathy", "airy", "noisy", "clean", "pure"]) {
        let noisy = has(&["breathy", "airy", "noisy"]);
        (Measure::Noise, noisy, !noisy, 3.0)
    } else {
        let bright = has(&["bright", "brilliant", "sparkling", "harsh"]);
        let dark = has(&["dark", "warm", "mellow", "dull", "muffled"]);
        (Measure::Brightness, bright, dark, 0.15)
    };
    (more != less).then(|| (measure, if more { 1.0 } else { -1.0 }, step))
}

impl Measure {
    /// Of one note's levels.
    fn of(self, levels: &[f32]) -> f32 {
        let power = |row: usize, time: usize| {
            let db = levels[row * TIMES + time];
            if db > SILENT_DB {
                10f32.powf(db / 10.0)
            } else {
                0.0
            }
        };
        let total = |time: usize| (0..ROWS).map(|row| power(row, time)).sum::<f32>();
        let grid = time_grid();
        let release = grid.partition_point(|&time| time < RELEASE_AT);
        let row_power = |row: usize| -> f32 {
            (1..release)
                .map(|time| power(row, time) * (grid[time] - grid[time - 1]))
                .sum()
        };
        match self {
            Self::Brightness => {
                let (mut sum, mut weights) = (0.0, 1e-9);
                for row in 0..ROWS {
                    let weight = row_power(row).sqrt();
                    sum += weight * height(row);
                    weights += weight;
                }
                sum / weights
            }
            Self::Attack => {
                let loudest = (0..release).map(total).fold(0.0, f32::max);
                let first = (0..release).find(|&time| total(time) > loudest * 0.5);
                (grid[first.unwrap_or(0)] + 0.005).log2()
            }
            Self::Release => {
                let at =
                    |seconds: f32| total(grid.partition_point(|&time| time < seconds)).max(1e-7);
                10.0 * (at(RELEASE_AT + 0.5) / at(RELEASE_AT)).log10()
            }
            Self::Noise => {
                let noise: f32 = (PARTIAL_ROWS..ROWS).map(row_power).sum();
                let all: f32 = (0..ROWS).map(row_power).sum();
                10.0 * ((noise + 1e-9) / (all + 1e-9)).log10()
            }
        }
    }
}

/// Octaves of a row above its key's fundamental, or of a band of noise above middle C.
fn height(row: usize) -> f32 {
    if row < PARTIAL_ROWS {
        multiples(row).next().unwrap_or(1.0).log2() as f32
    } else {
        (band_edges()[row - PARTIAL_ROWS] / 261.6).log2() as f32
    }
}

/// Mean difference of two notes' levels over what is heard, dB.
fn distance(one: &[f32], other: &[f32]) -> f32 {
    let loudest = one.iter().copied().fold(SILENT_DB, f32::max) - COUNTS_DB;
    let (mut sum, mut count) = (0.0, 1e-9);
    for (&a, &b) in one.iter().zip(other).filter(|(a, b)| a.max(**b) > loudest) {
        sum += (a.max(SILENT_DB) - b.max(SILENT_DB)).abs();
        count += 1.0;
    }
    sum / count
}

/// Which of [`STRENGTHS`] to take: `changed` are the levels of the note at each, one after the
/// other, `known` those of the note as it is. `None` when none of them does what the words ask for.
/// Thread: any but audio.
pub(super) fn strength(known: &[f32], changed: &[f32], wording: &str) -> Option<f32> {
    let changed: Vec<&[f32]> = changed.chunks(ROWS * TIMES).collect();
    let distances: Vec<f32> = changed
        .iter()
        .map(|levels| distance(known, levels))
        .collect();
    let allowed = |&n: &usize| distances[n] <= LARGEST;
    let largest = (0..changed.len()).rfind(allowed).unwrap_or(0);
    let plain = (0..=largest)
        .find(|&n| distances[n] >= PLAIN)
        .unwrap_or(largest);
    let Some((measure, way, step)) = wanted(wording) else {
        return Some(STRENGTHS[plain]);
    };
    let before = measure.of(known);
    let moved = |n: usize| way * (measure.of(changed[n]) - before);
    let enough = (0..=largest).find(|&n| distances[n] >= HEARD && moved(n) >= step);
    let most = (0..=largest)
        .max_by(|&a, &b| moved(a).total_cmp(&moved(b)))
        .filter(|&n| moved(n) > step * LEAST);
    enough.or(most).map(|n| STRENGTHS[n])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_understood_as_captions_say_them() {
        assert_eq!(wording("darker"), "dark sound");
        assert_eq!(
            wording("this, but with a softer attack"),
            "slow soft attack"
        );
        assert_eq!(wording("Brighter, breathier"), "bright breathy");
        assert_eq!(wording("with a longer release"), "long release");
        assert_eq!(wording("glass bell"), "glass bell");
        assert_eq!(wording(" ... "), "");
    }

    #[test]
    fn what_can_be_measured_is_wanted() {
        let way = |words: &str| wanted(&wording(words)).map(|(measure, way, _)| (measure, way));
        assert_eq!(way("darker"), Some((Measure::Brightness, -1.0)));
        assert_eq!(way("brighter"), Some((Measure::Brightness, 1.0)));
        assert_eq!(way("with a softer attack"), Some((Measure::Attack, 1.0)));
        assert_eq!(way("a sharper attack"), Some((Measure::Attack, -1.0)));
        assert_eq!(way("shorter release"), Some((Measure::Release, -1.0)));
        assert_eq!(way("breathier"), Some((Measure::Noise, 1.0)));
        assert_eq!(way("like a clarinet"), None);
    }

    /// A note whose harmonics fall by so many dB each.
    fn falling(db: f32) -> Vec<f32> {
        let mut levels = vec![f32::MIN; ROWS * TIMES];
        for harmonic in 1..=8 {
            let row = harmonic * 4 - 1;
            levels[row * TIMES..(row + 1) * TIMES].fill(-db * harmonic as f32);
        }
        levels
    }

    #[test]
    fn the_smallest_change_that_does_what_was_asked_is_taken() {
        let known = falling(3.0);
        let darker: Vec<f32> = STRENGTHS.iter().flat_map(|s| falling(3.0 + s)).collect();
        let brighter: Vec<f32> = STRENGTHS
            .iter()
            .flat_map(|s| falling(3.0 - s * 0.3))
            .collect();
        let strength = |changed: &[f32], words: &str| strength(&known, changed, words);
        let taken = strength(&darker, "dark sound").unwrap();
        assert!((0.5..=1.5).contains(&taken), "{taken}");
        assert!(strength(&brighter, "bright sound").unwrap() >= 1.5);
        assert_eq!(strength(&darker, "bright sound"), None);
        // What can't be measured changes plainly, but not beyond what leaves the sound itself.
        let plain = strength(&darker, "like a clarinet").unwrap();
        assert!((1.0..=2.0).contains(&plain), "{plain}");
    }
}
