//! Twelve measured properties of a note (how bright, how slow, how noisy, …), each as a *score*: its
//! rank among the training instruments as a normal deviate, 0 the median, 1 a standard deviation
//! above. The text encoder says which scores a prompt asks for, and how sure it is; the first-anchor
//! flow is told them; a drawn note is measured against them.

use std::f64::consts::SQRT_2;

use super::noise;
use super::pack::manifest::ToneTable;
use crate::instrument::slots::{
    FIRST_GROUP_ROW, HIGHEST_PARTIAL_HZ, PARTIAL_ROWS, QUARTER_ROWS, RELEASE_AT, ROWS, SILENT_DB,
    TIMES, band_edges, group_harmonics, key_frequency, multiple, time_grid,
};

/// How many properties there are.
pub const TONES: usize = 12;
/// Scores farther from 0 aren't told apart.
const MOST: f32 = 2.2;
/// A prompt asks for a property when its score is this far from the middle.
const ASKED: f32 = 0.5;
/// The share of its doubt by which what is asked varies from seed to seed.
const VARIED: f32 = 0.6;
/// Nothing is asked more exactly than this.
const LEAST_DOUBT: f32 = 0.5;
/// Keeps the draw of scores apart from the draw of the note itself.
const SALT: u64 = 0x746f_6e65;

/// The names of the properties, in the order of the models.
pub const NAMES: [&str; TONES] = [
    "brightness",
    "attack_s",
    "half_second_db",
    "decay_db",
    "release_s",
    "noise_db",
    "fundamental_db",
    "sub_db",
    "hollow_db",
    "between_db",
    "stretch_cents",
    "motion_db",
];

/// Some of them, by their places in [`NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Time to the loudest moment.
    Attack = 1,
    /// What is lost in half a second.
    HalfSecond = 2,
    /// Time to fall after the release.
    Release = 4,
    /// Share of noise.
    Noise = 5,
    /// Share of the fundamental.
    Fundamental = 6,
}

/// What a prompt asks of each property.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Scores; those near 0 ask for nothing.
    pub score: [f32; TONES],
    /// Their standard deviations.
    pub doubt: [f32; TONES],
}

impl Asked {
    /// Nothing is asked. Thread: any.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            score: [0.0; TONES],
            doubt: [1.0; TONES],
        }
    }

    /// Takes back what `denied` asks for. Thread: any.
    pub fn deny(&mut self, denied: &Self) {
        for (score, denied) in self.score.iter_mut().zip(denied.score) {
            *score = (*score - denied).clamp(-MOST, MOST);
        }
    }

    /// Only what is asked of some properties. Thread: any.
    #[must_use]
    pub fn only(mut self, tones: &[Tone]) -> Self {
        for (i, score) in self.score.iter_mut().enumerate() {
            if !tones.iter().any(|&tone| tone as usize == i) {
                *score = 0.0;
            }
        }
        self
    }

    /// Noise or breath is asked for. Thread: any.
    #[must_use]
    pub fn is_noisy(&self) -> bool {
        self.score[Tone::Noise as usize] >= ASKED
    }

    fn asks(&self, i: usize) -> bool {
        self.score[i].abs() >= ASKED
    }

    /// What the flow is told for a seed: scores drawn as the prompt asks, 0 where it doesn't; then
    /// whether it asks. Thread: any but audio.
    #[must_use]
    pub fn told(&self, seed: u64) -> [f32; 2 * TONES] {
        let drawn = noise::normal(seed ^ SALT, TONES);
        let mut told = [0.0; 2 * TONES];
        for (i, normal) in drawn.into_iter().enumerate() {
            if self.asks(i) {
                let varied = self.score[i] + VARIED * self.doubt[i] * normal;
                told[i] = varied.clamp(-MOST, MOST);
                told[TONES + i] = 1.0;
            }
        }
        told
    }

    /// How far a note's scores are from what is asked, in standard deviations: the root mean square
    /// over what is asked, 0 when nothing is. Thread: any.
    #[must_use]
    pub fn distance(&self, scores: &[f32; TONES]) -> f32 {
        let asked = (0..TONES).filter(|&i| self.asks(i));
        let (sum, count) = asked.fold((0.0, 0.0), |(sum, count), i| {
            let off = (scores[i] - self.score[i]) / self.doubt[i].max(LEAST_DOUBT);
            (sum + off.powi(2), count + 1.0)
        });
        (sum / f32::max(count, 1.0)).sqrt()
    }
}

/// The scores of a note, with the tables of a pack: `levels` are its [`ROWS`] × [`TIMES`] dB,
/// `cents` its [`PARTIAL_ROWS`] offsets. A property without a table scores 0. Any thread but audio.
#[must_use]
pub fn scores(levels: &[f32], cents: &[f32], key: u8, tables: &[ToneTable]) -> [f32; TONES] {
    let values = measured(levels, cents, key);
    std::array::from_fn(|i| {
        let table = tables.iter().find(|table| table.name == NAMES[i]);
        table.map_or(0.0, |table| score(values[i], &table.quantiles))
    })
}

/// The score of a value among `quantiles`, which lie at equal shares of all instruments.
fn score(value: f64, quantiles: &[f32]) -> f32 {
    let count = quantiles.len();
    // Equal quantiles share the middle of their scores.
    let normal = |value: f32| {
        let first = quantiles.partition_point(|&q| q < value);
        let last = quantiles.partition_point(|&q| q <= value).max(first + 1);
        let scores = (first..last).map(|i| deviate((i as f64 + 0.5) / count as f64));
        scores.sum::<f64>() / (last - first) as f64
    };
    let above = quantiles.partition_point(|&q| f64::from(q) < value);
    let Some((&first, &last)) = quantiles.first().zip(quantiles.last()) else {
        return 0.0;
    };
    let found = if above == 0 {
        normal(first)
    } else if above == count {
        normal(last)
    } else {
        let (low, high) = (quantiles[above - 1], quantiles[above]);
        let share = (value - f64::from(low)) / f64::from(high - low);
        normal(low) + share * (normal(high) - normal(low))
    };
    (found as f32).clamp(-MOST, MOST)
}

/// The normal deviate below which a share (0..1) of all values lies: the inverse error function by
/// Giles's approximation (2012), good to 1e-6.
fn deviate(share: f64) -> f64 {
    let x = 2.0 * share - 1.0;
    let w = -((1.0 - x) * (1.0 + x)).ln();
    let polynomial = |w: f64, terms: &[f64]| terms.iter().fold(0.0, |sum, term| sum * w + term);
    let central = [
        2.810_226_36e-8,
        3.432_739_39e-7,
        -3.523_387_7e-6,
        -4.391_506_54e-6,
        2.185_808_7e-4,
        -1.253_725_03e-3,
        -4.177_681_64e-3,
        0.246_640_727,
        1.501_409_41,
    ];
    let outer = [
        -2.002_142_57e-4,
        1.009_505_58e-4,
        1.349_343_22e-3,
        -3.673_428_44e-3,
        5.739_507_73e-3,
        -7.622_461_3e-3,
        9.438_870_47e-3,
        1.001_674_06,
        2.832_976_82,
    ];
    let factor = if w < 5.0 {
        polynomial(w - 2.5, &central)
    } else {
        polynomial(w.sqrt() - 3.0, &outer)
    };
    SQRT_2 * factor * x
}

/// Index of the first time of the grid that isn't before `seconds`.
fn at(seconds: f32) -> usize {
    time_grid().partition_point(|&time| time < seconds)
}

fn db(power: f64) -> f64 {
    10.0 * power.log10()
}

/// The middle frequency of each row at a key, Hz, and how many sines it stands for there.
pub(super) fn rows(key: u8) -> [(f64, f64); ROWS] {
    let hz = key_frequency(f64::from(key));
    let edges = band_edges();
    std::array::from_fn(|row| {
        if row < FIRST_GROUP_ROW {
            (multiple(row) * hz, 1.0)
        } else if row < PARTIAL_ROWS {
            let harmonics = group_harmonics(row - FIRST_GROUP_ROW);
            let (first, last) = (*harmonics.start(), *harmonics.end());
            let heard = last.min((HIGHEST_PARTIAL_HZ / hz) as u32);
            let middle = f64::from(first + last) / 2.0;
            (middle * hz, f64::from((heard + 1).saturating_sub(first)))
        } else {
            let band = row - PARTIAL_ROWS;
            ((edges[band] * edges[band + 1]).sqrt(), 1.0)
        }
    })
}

/// Deviation in dB of a row of levels from its own straight line.
fn wobble(levels: &[f64]) -> f64 {
    let count = levels.len() as f64;
    let mean = levels.iter().sum::<f64>() / count;
    let time = |i: usize| 2.0 * i as f64 / (count - 1.0) - 1.0;
    let (along, square) = levels
        .iter()
        .enumerate()
        .fold((0.0, 0.0), |(a, s), (i, l)| {
            (a + (l - mean) * time(i), s + time(i).powi(2))
        });
    let rest = levels.iter().enumerate();
    let rest = rest.map(|(i, l)| (l - mean - along / square * time(i)).powi(2));
    (rest.sum::<f64>() / count).sqrt()
}

/// The properties of one note in their own units, as the training data's were measured.
fn measured(levels: &[f32], cents: &[f32], key: u8) -> [f64; TONES] {
    let rows = rows(key);
    let power: Vec<f64> = levels
        .iter()
        .enumerate()
        .map(|(i, &level)| {
            let sines = rows[i / TIMES].1;
            let heard = if level > SILENT_DB { sines } else { 0.0 };
            heard * 10f64.powf(f64::from(level) / 10.0)
        })
        .collect();
    let of = |row: usize| &power[row * TIMES..(row + 1) * TIMES];
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let total: [f64; TIMES] =
        std::array::from_fn(|time| (0..ROWS).map(|row| of(row)[time]).sum::<f64>() + 1e-12);
    let envelope = total.map(db);
    let held = at(RELEASE_AT);
    let loudest = envelope[..held].iter().copied().fold(f64::MIN, f64::max);
    let reached = envelope[..held]
        .iter()
        .position(|&level| level >= loudest - 4.0);
    let after = |from: f32, to: f32| loudest - mean(&envelope[at(from)..at(to)]);
    let fallen = envelope[held..]
        .iter()
        .position(|&level| level < envelope[at(2.9)] - 20.0);
    let release = fallen.map_or(1.0, |i| f64::from(time_grid()[held + i] - RELEASE_AT));

    // The spectrum of the loudest part, with the attack's fine grid counting most.
    let heard: [f64; ROWS] = std::array::from_fn(|row| mean(&of(row)[..at(1.5)]));
    let all = heard.iter().sum::<f64>() + 1e-30;
    let share = |which: &dyn Fn(usize) -> bool| {
        let sum: f64 = (0..ROWS)
            .filter(|&row| which(row))
            .map(|row| heard[row])
            .sum();
        db((sum + 1e-9) / all)
    };
    let is_whole = |row: usize| row >= QUARTER_ROWS || (row + 1).is_multiple_of(4);
    let harmonics = |first: usize| -> f64 {
        let rows = (first..=9).step_by(2).map(|harmonic| match harmonic {
            9 => QUARTER_ROWS,
            _ => 4 * harmonic - 1,
        });
        rows.map(|row| heard[row]).sum()
    };
    let (bent, weights) = (0..FIRST_GROUP_ROW).fold((0.0, 0.0), |(bent, weights), row| {
        let weight = heard[row].sqrt() + 1e-9;
        (
            bent + weight * f64::from(cents[row].abs()),
            weights + weight,
        )
    });
    let sustain = at(0.5625)..at(2.9);
    let strong = mean(&total[sustain.clone()]) * 10f64.powf(-3.5);
    let mut motion: Vec<f64> = (0..PARTIAL_ROWS)
        .map(|row| &of(row)[sustain.clone()])
        .filter(|row| mean(row) > strong)
        .take(40)
        .map(|row| wobble(&row.iter().map(|p| db(p + 1e-9)).collect::<Vec<_>>()))
        .collect();
    motion.sort_by(f64::total_cmp);
    let middle = motion.len() / 2;
    let motion = match motion.len() {
        0 => 0.0,
        n if n % 2 == 1 => motion[middle],
        _ => (motion[middle - 1] + motion[middle]) / 2.0,
    };
    [
        share(&|row| rows[row].0 > 2500.0),
        reached.map_or(0.0, |i| f64::from(time_grid()[i])),
        after(0.5, 0.6),
        after(2.5, 2.95),
        release,
        share(&|row| row >= PARTIAL_ROWS),
        share(&|row| row == 3),
        share(&|row| row < 3),
        db((harmonics(3) + 1e-9) / (harmonics(2) + 1e-9)).clamp(-30.0, 30.0),
        share(&|row| row < FIRST_GROUP_ROW && !is_whole(row)),
        bent / weights,
        motion,
    ]
}

#[cfg(test)]
mod tests;
