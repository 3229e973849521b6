//! Beat by beat, how strongly each pitch class sounds: all of it, and the bass.

use super::salience::{ROWS, Salience};
use crate::analysis::Posterior;
use crate::analysis::posterior::{KEYS, LOWEST};

/// Keys below this count as bass fully, those an octave above not at all.
const BASS_BELOW: f64 = 50.0;
/// Keys further than this from the middle count less.
const MIDDLE: f64 = 60.0;
const WIDTH: f64 = 22.0;
/// A transcription model's likelihoods below this are noise.
const UNLIKELY: f32 = 0.12;
/// A vibrato takes a fifth of a second at most: to each side of a moment, s …
const VIBRATO: f64 = 0.1;
/// … in which a key has less than this share of its neighbour where it is only that one's vibrato.
const SPILL: f32 = 0.5;

/// One stretch of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chroma {
    /// From when, s.
    pub start: f64,
    /// Until when, s.
    pub end: f64,
    /// Strength of each pitch class, C first.
    pub all: [f32; 12],
    /// The same of the bass.
    pub bass: [f32; 12],
    /// Sum of the strengths of all keys, mean over the stretch.
    pub level: f32,
}

/// Strengths of the keys over time, from whichever was heard.
pub struct Keys {
    /// One a moment.
    pub rows: Vec<[f32; KEYS]>,
    /// When that is, s.
    pub seconds: Vec<f64>,
}

impl Keys {
    /// As the analysis hears it.
    pub fn of_salience(salience: &Salience) -> Self {
        Self {
            rows: salience.rows.clone(),
            seconds: (0..salience.rows.len()).map(|i| i as f64 / ROWS).collect(),
        }
        .steady()
    }

    /// With what a vibrato spills into neighbouring keys on the key that it is around.
    fn steady(self) -> Self {
        let mut sums = vec![[0.0f64; KEYS]];
        for row in &self.rows {
            let before: &[f64; KEYS] = &sums[sums.len() - 1];
            let sum = std::array::from_fn(|key| before[key] + f64::from(row[key]));
            sums.push(sum);
        }
        let (mut from, mut to) = (0, 0);
        let rows = self.rows.iter().zip(&self.seconds).map(|(row, at)| {
            while self.seconds[from] < at - VIBRATO {
                from += 1;
            }
            while to < self.rows.len() && self.seconds[to] <= at + VIBRATO {
                to += 1;
            }
            let around = |key: usize| (sums[to][key] - sums[from][key]) as f32;
            let mut steady = [0.0f32; KEYS];
            for (key, strength) in row.iter().enumerate() {
                let neighbours = [key.checked_sub(1), Some(key + 1).filter(|key| *key < KEYS)];
                let strongest = neighbours
                    .into_iter()
                    .flatten()
                    .max_by(|a, b| around(*a).total_cmp(&around(*b)));
                let spilt = strongest.filter(|other| around(key) < SPILL * around(*other));
                steady[spilt.unwrap_or(key)] += strength;
            }
            steady
        });
        Self {
            rows: rows.collect(),
            seconds: self.seconds.clone(),
        }
    }

    /// As a transcription model hears it, with what the analysis hears besides: each scaled to the
    /// same mean.
    pub fn of_both(posterior: &Posterior, salience: &Salience, share: f32) -> Self {
        let count = posterior.sounds.len().min(posterior.seconds.len());
        let clean = |x: f32| {
            if x.is_finite() {
                (x.min(1.0) - UNLIKELY).max(0.0)
            } else {
                0.0
            }
        };
        let mean =
            |rows: &[[f32; KEYS]]| rows.iter().flatten().sum::<f32>() / (rows.len().max(1) as f32);
        let mut rows: Vec<[f32; KEYS]> = posterior.sounds[..count]
            .iter()
            .map(|row| row.map(clean))
            .collect();
        let (a, b) = (mean(&rows).max(1e-6), mean(&salience.rows).max(1e-6));
        for (row, seconds) in rows.iter_mut().zip(&posterior.seconds) {
            let other = salience
                .rows
                .get((seconds * ROWS).round().max(0.0) as usize);
            for (key, x) in row.iter_mut().enumerate() {
                let other = other.map_or(0.0, |other| other[key]);
                *x = (1.0 - share) * *x / a + share * other / b;
            }
        }
        Self {
            rows,
            seconds: posterior.seconds[..count].to_vec(),
        }
        .steady()
    }

    /// Over each stretch between two of `edges` (s, rising).
    pub fn between(&self, edges: &[f64]) -> Vec<Chroma> {
        let mut first = 0;
        edges
            .windows(2)
            .map(|edge| {
                while first < self.seconds.len() && self.seconds[first] < edge[0] {
                    first += 1;
                }
                let mut last = first;
                while last < self.seconds.len() && self.seconds[last] < edge[1] {
                    last += 1;
                }
                // A stretch shorter than a row takes the one before it.
                let rows = if last > first {
                    &self.rows[first..last]
                } else {
                    let at = first.saturating_sub(1).min(self.rows.len());
                    &self.rows[at..(at + 1).min(self.rows.len())]
                };
                chroma(rows, edge[0], edge[1])
            })
            .collect()
    }
}

fn chroma(rows: &[[f32; KEYS]], start: f64, end: f64) -> Chroma {
    let mut made = Chroma {
        start,
        end,
        ..Chroma::default()
    };
    let scale = 1.0 / rows.len().max(1) as f32;
    for number in 0..KEYS {
        let strength: f32 = rows.iter().map(|row| row[number]).sum::<f32>() * scale;
        let key = f64::from(LOWEST) + number as f64;
        let class = (usize::from(LOWEST) + number) % 12;
        let middle = (-0.5 * ((key - MIDDLE) / WIDTH).powi(2)).exp() as f32;
        let low = (1.0 - (key - BASS_BELOW) / 12.0).clamp(0.0, 1.0) as f32;
        made.all[class] += strength * middle;
        made.bass[class] += strength * low;
        made.level += strength;
    }
    made
}

impl Chroma {
    /// The pitch classes with a sum of squares of 1 after a square root, or zeros.
    pub fn unit(&self) -> [f32; 12] {
        unit(&self.all)
    }

    /// The same of the bass.
    pub fn bass_unit(&self) -> [f32; 12] {
        unit(&self.bass)
    }
}

fn unit(classes: &[f32; 12]) -> [f32; 12] {
    let sum: f32 = classes.iter().sum();
    if sum < 1e-6 {
        return [0.0; 12];
    }
    classes.map(|x| (x / sum).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_take_their_own_rows_and_the_bass_is_apart() {
        let mut salience = Salience::default();
        for row in 0..40 {
            let mut keys = [0.0f32; KEYS];
            keys[if row < 20 { 19 } else { 24 }] = 1.0; // E2, then A2
            keys[43] = 1.0; // E4
            salience.rows.push(keys);
        }
        let chroma = Keys::of_salience(&salience).between(&[0.0, 1.0, 2.0, 2.01, 9.0]);
        assert_eq!(chroma.len(), 4);
        assert_eq!(chroma[0].bass[4], 1.0);
        assert_eq!(chroma[1].bass[9], 1.0);
        assert!(chroma[1].all[4] > 0.9 && chroma[1].bass[4] == 0.0);
        assert!(chroma[3].level < 2.1);
        assert_eq!(
            Keys::of_salience(&Salience::default()).between(&[0.0, 1.0])[0].level,
            0.0
        );
    }

    #[test]
    fn a_vibrato_stays_on_its_key_and_a_second_is_two() {
        let made = |other: f32| {
            let mut salience = Salience::default();
            for row in 0..40 {
                let mut keys = [0.0f32; KEYS];
                let up = row % 3 == 0;
                keys[39] = if up { 0.4 } else { 1.0 };
                keys[40] = if up { other } else { 0.0 };
                keys[38] = other;
                salience.rows.push(keys);
            }
            Keys::of_salience(&salience).between(&[0.0, 2.0])[0].all
        };
        // C4, and the keys beside it.
        let [vibrato, second] = [0.3, 0.9].map(made);
        assert!(
            vibrato[0] > 0.0 && vibrato[1] == 0.0 && vibrato[11] == 0.0,
            "{vibrato:?}"
        );
        assert!(second[0] > 0.0 && second[11] > 0.0, "{second:?}");
    }
}
