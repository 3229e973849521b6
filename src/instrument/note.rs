//! One note as numbers, and any note of the keyboard got from the anchors by moving slots.

use super::anchors::AnchorSet;
use super::decibels::power;
use super::slots::{
    ANCHOR_KEYS, ANCHOR_VELOCITIES, FIRST_GROUP_ROW, PARTIAL_ROWS, ROWS, SILENT_DB, TIMES,
    group_harmonics, harmonic_row,
};
use super::zone::PIANO_KEYS;

/// A row that only one neighbour has is taken to be this many dB down in the other, so that it
/// fades over the keys between them instead of vanishing next to its anchor.
const FADE_DB: f32 = 40.0;
/// A level at or below this is silence when two notes are mixed.
const ABSENT_DB: f32 = SILENT_DB + 1.0;
/// Farthest that a velocity beyond the anchors' is continued, as a share of their distance.
const MOST_VELOCITY_BEYOND: f32 = 0.2;
/// And the most it may change a level, dB.
const MOST_BEYOND_DB: f32 = 4.0;

/// One note of an instrument: levels and frequency offsets of its slots.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteModel {
    /// 176 rows × 136 times, row-major, dB; −80 is silent.
    pub levels: Vec<f32>,
    /// Offset of each partial row from its multiple of the key's frequency, cents.
    pub cents: [f32; PARTIAL_ROWS],
}

impl NoteModel {
    /// A silent note.
    pub fn silent() -> Self {
        Self {
            levels: vec![SILENT_DB; ROWS * TIMES],
            cents: [0.0; PARTIAL_ROWS],
        }
    }

    /// The levels of one row over time, dB.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.levels[row * TIMES..(row + 1) * TIMES]
    }

    /// The levels of one row over time, dB.
    pub fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.levels[row * TIMES..(row + 1) * TIMES]
    }

    /// `self` moved towards `other` by `share` (0 = self, 1 = other): levels in dB, offsets in
    /// cents. A share outside 0..=1 continues the change, by at most a few dB.
    pub(crate) fn towards(&self, other: &Self, share: f32) -> Self {
        if share == 0.0 {
            return self.clone();
        }
        if share == 1.0 {
            return other.clone();
        }
        let levels = self.levels.iter().zip(&other.levels);
        Self {
            levels: levels.map(|(&a, &b)| mix_db(a, b, share)).collect(),
            cents: std::array::from_fn(|row| {
                // A silent row's offset says nothing.
                match (self.is_absent(row), other.is_absent(row)) {
                    (true, false) => other.cents[row],
                    (false, true) => self.cents[row],
                    _ => {
                        let inside = share.clamp(0.0, 1.0);
                        self.cents[row] + (other.cents[row] - self.cents[row]) * inside
                    }
                }
            }),
        }
    }

    /// Level of the whole note at each time of the grid, dB: all harmonics of the groups counted,
    /// partials that would be too high for the key too.
    pub fn total_levels(&self) -> [f32; TIMES] {
        let mut powers = [0.0f32; TIMES];
        for row in 0..ROWS {
            let count = harmonics_in(row);
            for (sum, &db) in powers.iter_mut().zip(self.row(row)) {
                *sum += if db > SILENT_DB {
                    count * power(db)
                } else {
                    0.0
                };
            }
        }
        powers.map(|power| 10.0 * power.max(1e-8).log10())
    }

    /// Power of each row summed over the grid's times: its weight beside other rows. Never 0.
    pub(super) fn row_powers(&self) -> [f64; ROWS] {
        std::array::from_fn(|row| self.row(row).iter().map(|&db| f64::from(power(db))).sum())
    }

    fn is_absent(&self, row: usize) -> bool {
        self.row(row).iter().all(|&db| db <= ABSENT_DB)
    }

    /// Removes the note's own mistuning: afterwards the mean offset of its strong low harmonics,
    /// weighted by power, is 0. Sounds without such harmonics (bells, noise) are left alone.
    pub(super) fn tune(&mut self) {
        let power = |row: usize| -> f64 {
            let row = self.row(row).iter();
            row.map(|&db| 10f64.powf(f64::from(db.max(SILENT_DB)) / 10.0))
                .sum()
        };
        let all: f64 = (0..PARTIAL_ROWS).map(power).sum();
        let harmonics: Vec<(usize, f64)> = (1..=16)
            .filter_map(harmonic_row)
            .map(|row| (row, power(row)))
            .collect();
        let strongest = harmonics.iter().map(|h| h.1).fold(0.0, f64::max);
        if strongest <= 0.0 || strongest < all * 0.02 {
            return;
        }
        let (mut sum, mut weights) = (0.0, 0.0);
        for &(row, power) in harmonics.iter().filter(|h| h.1 > strongest * 0.01) {
            sum += power * f64::from(self.cents[row]);
            weights += power;
        }
        let own = (sum / weights) as f32;
        self.cents.iter_mut().for_each(|cents| *cents -= own);
    }
}

/// How many sines a partial row stands for; 1 for a band of noise.
fn harmonics_in(row: usize) -> f32 {
    if (FIRST_GROUP_ROW..PARTIAL_ROWS).contains(&row) {
        group_harmonics(row - FIRST_GROUP_ROW).count() as f32
    } else {
        1.0
    }
}

/// Mixes two levels in dB; one that is silent counts as [`FADE_DB`] below the other.
fn mix_db(a: f32, b: f32, share: f32) -> f32 {
    match (a <= ABSENT_DB, b <= ABSENT_DB) {
        (true, true) => return SILENT_DB,
        (true, false) if share <= 0.0 => return a,
        (false, true) if share >= 1.0 => return b,
        _ => {}
    }
    let (from, to) = (a.max(b - FADE_DB), b.max(a - FADE_DB));
    let mixed = from + (to - from) * share;
    let mixed = if share < 0.0 {
        mixed.clamp(from - MOST_BEYOND_DB, from + MOST_BEYOND_DB)
    } else if share > 1.0 {
        mixed.clamp(to - MOST_BEYOND_DB, to + MOST_BEYOND_DB)
    } else {
        mixed
    };
    mixed.max(SILENT_DB)
}

/// Where `value` lies among ascending `grid` points: the lower point's index and the share of the
/// way to the next, below 0 or above 1 when outside the grid.
fn place(grid: &[u8], value: f32) -> (usize, f32) {
    let above = grid.partition_point(|&point| f32::from(point) <= value);
    let lower = above.clamp(1, grid.len() - 1) - 1;
    let (low, high) = (f32::from(grid[lower]), f32::from(grid[lower + 1]));
    (lower, (value - low) / (high - low))
}

/// The note of any key (brought into 21..=108) and velocity (brought into 1..=127), by moving the
/// slots of the nearest anchors: partials move with the key, noise stays where it is. Keys beyond
/// the outermost anchors sound like those, moved. Any thread but audio.
pub fn note(anchors: &AnchorSet, key: u8, velocity: u8) -> NoteModel {
    let key = key.clamp(*PIANO_KEYS.start(), *PIANO_KEYS.end());
    let velocity = f32::from(velocity.clamp(1, 127));
    let (low_key, key_share) = place(&ANCHOR_KEYS, f32::from(key));
    let key_share = key_share.clamp(0.0, 1.0);
    let (low_velocity, velocity_share) = place(&ANCHOR_VELOCITIES, velocity);
    let velocity_share = velocity_share.clamp(-MOST_VELOCITY_BEYOND, 1.0 + MOST_VELOCITY_BEYOND);

    let at_velocity = |velocity_index: usize| {
        let anchor = |k: usize| anchors.note(k * ANCHOR_VELOCITIES.len() + velocity_index);
        match key_share {
            0.0 => anchor(low_key),
            1.0 => anchor(low_key + 1),
            share => anchor(low_key).towards(&anchor(low_key + 1), share),
        }
    };
    match velocity_share {
        0.0 => at_velocity(low_velocity),
        1.0 => at_velocity(low_velocity + 1),
        share => at_velocity(low_velocity).towards(&at_velocity(low_velocity + 1), share),
    }
}

#[cfg(test)]
mod tests {
    use super::super::slots::ANCHORS;
    use super::*;

    /// Anchors whose row 3 (the fundamental) has a level set by key and velocity.
    fn anchors(level: impl Fn(u8, u8) -> f32, cents: impl Fn(u8, u8) -> f32) -> AnchorSet {
        let mut levels = vec![SILENT_DB; ANCHORS * ROWS * TIMES];
        let mut offsets = vec![0.0; ANCHORS * PARTIAL_ROWS];
        for (k, &key) in ANCHOR_KEYS.iter().enumerate() {
            for (v, &velocity) in ANCHOR_VELOCITIES.iter().enumerate() {
                let start = ((k * 3 + v) * ROWS + 3) * TIMES;
                levels[start..start + TIMES].fill(level(key, velocity));
                offsets[(k * 3 + v) * PARTIAL_ROWS + 3] = cents(key, velocity);
            }
        }
        AnchorSet::from_levels(&levels, &offsets).unwrap()
    }

    #[test]
    fn levels_and_offsets_are_linear_between_anchors_and_exact_on_them() {
        let level =
            |key: u8, velocity: u8| -40.0 + f32::from(key) * 0.2 + f32::from(velocity) * 0.1;
        let set = anchors(level, |key, _| f32::from(key) / 4.0);
        for (key, velocity) in [
            (24, 40),
            (64, 80),
            (104, 120),
            (50, 100),
            (67, 60),
            (99, 80),
        ] {
            let note = note(&set, key, velocity);
            let at = |time: usize| note.row(3)[time];
            assert!(
                (at(0) - level(key, velocity)).abs() < 0.25,
                "{key} {velocity}: {}",
                at(0)
            );
            assert_eq!(at(0), at(100));
            assert!((note.cents[3] - f32::from(key) / 4.0).abs() < 0.01);
        }
    }

    #[test]
    fn beyond_the_anchors_notes_stay_bounded() {
        let set = anchors(
            |key, velocity| {
                if velocity == 120 {
                    0.0
                } else {
                    f32::from(key) / 8.0 - 60.0
                }
            },
            |_, _| 1.0,
        );
        let edge = note(&set, 104, 120);
        assert_eq!(note(&set, 108, 120), edge);
        assert_eq!(note(&set, 127, 120), edge);
        assert_eq!(note(&set, 0, 80), note(&set, 24, 80));
        let loudest = note(&set, 64, 127).row(3)[0];
        assert!(loudest > edge.row(3)[0] && loudest <= edge.row(3)[0] + MOST_BEYOND_DB + 0.01);
    }

    #[test]
    fn a_partial_of_one_neighbour_only_fades_out_between_them() {
        let set = anchors(
            |key, _| if key == 64 { 0.0 } else { SILENT_DB },
            |key, _| if key == 64 { 30.0 } else { 0.0 },
        );
        let levels: Vec<f32> = (64..=74).map(|key| note(&set, key, 80).row(3)[0]).collect();
        assert!(levels.windows(2).all(|w| w[0] > w[1]), "{levels:?}");
        assert!((levels[5] + 20.0).abs() < 0.3, "{levels:?}");
        assert!(levels[10] <= SILENT_DB);
        assert!((note(&set, 70, 80).cents[3] - 30.0).abs() < 0.01);
    }

    #[test]
    fn tuning_removes_the_mean_offset_of_strong_harmonics_only() {
        let mut tone = NoteModel::silent();
        for (harmonic, db, cents) in [(1, 0.0, 20.0), (2, -6.0, 20.0), (3, -70.0, -90.0)] {
            let row = harmonic_row(harmonic).unwrap();
            tone.row_mut(row).fill(db);
            tone.cents[row] = cents;
        }
        tone.tune();
        assert!(tone.cents[3].abs() < 1e-3 && tone.cents[7].abs() < 1e-3);
        assert!((tone.cents[11] + 110.0).abs() < 1e-3);

        let mut bell = NoteModel::silent();
        bell.row_mut(10).fill(0.0);
        bell.cents[10] = 40.0;
        bell.row_mut(3).fill(-40.0);
        bell.cents[3] = 55.0;
        bell.tune();
        assert_eq!(bell.cents[10], 40.0);
    }
}
