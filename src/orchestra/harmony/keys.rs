//! The key of notes: how their pitch classes lie, and what the last one is.

use super::weights;
use crate::music::{Key, Mode};
use crate::orchestra::tone::Tone;

/// A key, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoundKey {
    /// The likeliest.
    pub key: Key,
    /// How far it is before the next, 0..=1.
    pub sure: f32,
    /// The next.
    pub other: Key,
}

// Krumhansl and Kessler, "Tracing the dynamic changes in perceived tonal organization" (1982): how well each tone fits.
const MAJOR: [f64; 12] = [
    6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88,
];
const MINOR: [f64; 12] = [
    6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17,
];

/// The key of notes that end as `line` does; C major for none. Any thread.
#[must_use]
pub fn key_of(tones: &[Tone], line: &[Tone]) -> FoundKey {
    let heard = weights(tones, 0.0, f64::INFINITY, 0.0);
    let class = |tone: Option<&Tone>| tone.map(Tone::class);
    let (first, last) = (class(line.first()), class(line.last()));
    let alone = tones.len() == line.len();
    let scored = Key::all().map(|key| {
        let profile = match key.mode {
            Mode::Major => MAJOR,
            Mode::Minor => MINOR,
        };
        let third = match key.mode {
            Mode::Major => 4,
            Mode::Minor => 3,
        };
        let over = |class: u8| (class + 12 - key.tonic) % 12;
        let last = last.map_or(0.0, |class| match over(class) {
            0 => 0.6,
            // A bass ends on nothing else.
            above if above == third && alone => 0.2,
            7 if alone => 0.15,
            _ => 0.0,
        });
        let first = first.map_or(0.0, |class| match over(class) {
            0 => 0.6,
            7 => 0.5,
            above if above == third => 0.4,
            _ => 0.0,
        });
        (
            correlation(&heard, &profile, key.tonic) + last + 0.2 * first,
            key,
        )
    });
    let mut scored: Vec<(f64, Key)> = scored.collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    FoundKey {
        key: scored[0].1,
        sure: ((scored[0].0 - scored[1].0) * 2.0).clamp(0.0, 1.0) as f32,
        other: scored[1].1,
    }
}

/// Pearson's, of what was heard and a profile on a tonic.
fn correlation(heard: &[f64; 12], profile: &[f64; 12], tonic: u8) -> f64 {
    let mean = |values: &[f64; 12]| values.iter().sum::<f64>() / 12.0;
    let (a, b) = (mean(heard), mean(profile));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for over in 0..12usize {
        let x = heard[(over + usize::from(tonic)) % 12] - a;
        let y = profile[over] - b;
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa * bb > 0.0 {
        ab / (aa * bb).sqrt()
    } else {
        0.0
    }
}
