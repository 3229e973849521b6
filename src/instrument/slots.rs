//! The note model: one note as partials on a grid relative to its key, and bands of noise, over
//! time (harmonic plus noise: Serra & Smith 1990; bandwidth-enhanced partials: Fitz & Haken 2002).
//!
//! | rows | what | frequency |
//! |---|---|---|
//! | 0..32 | quarter-harmonics | (row + 1) / 4 × the key's frequency |
//! | 32..120 | whole harmonics 9..=96 | (row − 23) × the key's frequency |
//! | 120..136 | groups of harmonics above the 96th; level *per harmonic* | see [`group_harmonics`] |
//! | 136..176 | bands of noise | fixed, see [`band_edges`] |
//!
//! Levels are dB: 20·log10(amplitude) of a partial, and for a band of mean-square power `P` the
//! level 10·log10(2·P), so that a sine and a band of the same level are equally loud.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// Partial rows: quarter-harmonics to the 8th, whole harmonics to the 96th, 16 harmonic groups.
pub const PARTIAL_ROWS: usize = 136;
/// Bands of noise, equally wide on the ERB-rate scale.
pub const NOISE_ROWS: usize = 40;
/// All rows of a note.
pub const ROWS: usize = PARTIAL_ROWS + NOISE_ROWS;
/// Points in time, from the onset to one second after a release at [`RELEASE_AT`].
pub const TIMES: usize = 136;
/// Seconds from onset to the release in the model's time grid.
pub const RELEASE_AT: f32 = 3.0;
/// Seconds the time grid describes.
pub const NOTE_SECONDS: f32 = 4.0;

/// Rows of quarter-harmonics.
pub const QUARTER_ROWS: usize = 32;
/// First row of a harmonic group.
pub const FIRST_GROUP_ROW: usize = 120;
/// Partials above this many Hz are not part of the model.
pub const HIGHEST_PARTIAL_HZ: f64 = 15_400.0;

/// The level of silence, dB; nothing is lower.
pub const SILENT_DB: f32 = -80.0;
/// The highest level, dB.
pub const LOUDEST_DB: f32 = 24.0;
/// The largest frequency offset of a partial, cents, either way.
pub const MAX_CENTS: f32 = 100.0;

/// MIDI keys of the anchors.
pub const ANCHOR_KEYS: [u8; 9] = [24, 34, 44, 54, 64, 74, 84, 94, 104];
/// MIDI velocities of the anchors.
pub const ANCHOR_VELOCITIES: [u8; 3] = [40, 80, 120];
/// Anchors of an instrument; index = key index × 3 + velocity index.
pub const ANCHORS: usize = ANCHOR_KEYS.len() * ANCHOR_VELOCITIES.len();
/// The anchor whose loudest moment is the instrument's 0 dB: key 64, velocity 80.
pub const MIDDLE_ANCHOR: usize = 4 * ANCHOR_VELOCITIES.len() + 1;

/// Frequency of a MIDI key in Hz, A4 = key 69 = 440 Hz. Any thread.
pub fn key_frequency(key: f64) -> f64 {
    440.0 * ((key - 69.0) / 12.0).exp2()
}

/// The multiple of the key's frequency at which a row below [`FIRST_GROUP_ROW`] sits. Any thread.
pub fn multiple(row: usize) -> f64 {
    debug_assert!(row < FIRST_GROUP_ROW);
    if row < QUARTER_ROWS {
        (row + 1) as f64 / 4.0
    } else {
        (row - QUARTER_ROWS + 9) as f64
    }
}

/// The whole harmonics that a group row (`group` in 0..16) stands for; each has the row's level.
/// Any thread.
pub fn group_harmonics(group: usize) -> RangeInclusive<u32> {
    let edge = |g: usize| {
        // Exact at g = 16, where rounding would lose the last harmonic.
        let position = 96.0 * (600.0f64 / 96.0).powf(g as f64 / 16.0);
        (position + 1e-9).floor() as u32
    };
    edge(group) + 1..=edge(group + 1)
}

/// The row of whole harmonic `harmonic` (1..=96), or `None` for another number. Any thread.
pub fn harmonic_row(harmonic: usize) -> Option<usize> {
    match harmonic {
        1..=8 => Some(harmonic * 4 - 1),
        9..=96 => Some(harmonic - 9 + QUARTER_ROWS),
        _ => None,
    }
}

/// All harmonics (or quarter-harmonics) that a partial row stands for, as multiples of the key's
/// frequency. Any thread.
pub fn multiples(row: usize) -> impl Iterator<Item = f64> {
    let (single, group) = if row < FIRST_GROUP_ROW {
        (Some(multiple(row)), None)
    } else {
        (None, Some(group_harmonics(row - FIRST_GROUP_ROW)))
    };
    single
        .into_iter()
        .chain(group.into_iter().flatten().map(f64::from))
}

/// The time grid in seconds, ascending: 2.5 ms steps to 160 ms, 10 ms to 0.5 s, 125 ms to the
/// release at 3 s, then 20 ms and 100 ms. Any thread.
pub fn time_grid() -> &'static [f32; TIMES] {
    static GRID: LazyLock<[f32; TIMES]> = LazyLock::new(|| {
        let stretches = [
            (0.0, 0.0025, 64),
            (0.16, 0.01, 34),
            (0.5625, 0.125, 20),
            (3.0, 0.02, 10),
            (3.25, 0.1, 8),
        ];
        let mut times = stretches
            .iter()
            .flat_map(|&(start, step, count)| (0..count).map(move |i| start + f64::from(i) * step));
        std::array::from_fn(|_| times.next().expect("136 times") as f32)
    });
    &GRID
}

/// The edges of the noise bands in Hz: band `b` lies between edges `b` and `b + 1`. Any thread.
pub fn band_edges() -> &'static [f64; NOISE_ROWS + 1] {
    static EDGES: LazyLock<[f64; NOISE_ROWS + 1]> = LazyLock::new(|| {
        let erb = |hz: f64| 21.4 * (1.0 + 0.00437 * hz).log10();
        let (low, high) = (erb(40.0), erb(15_500.0));
        std::array::from_fn(|i| {
            let at = low + (high - low) * i as f64 / NOISE_ROWS as f64;
            (10f64.powf(at / 21.4) - 1.0) / 0.00437
        })
    });
    &EDGES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_grid_is_the_one_of_the_analysis() {
        let grid = time_grid();
        assert!(grid.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(grid[0], 0.0);
        assert_eq!(grid[64], 0.16);
        assert_eq!(grid[98], 0.5625);
        assert_eq!(grid[118], 3.0);
        assert_eq!(grid[128], 3.25);
        assert!((grid[135] - 3.95).abs() < 1e-6);
    }

    #[test]
    fn rows_cover_each_whole_harmonic_to_the_600th_once() {
        let mut seen = vec![0; 601];
        for row in 0..PARTIAL_ROWS {
            for m in multiples(row).filter(|m| m.fract() == 0.0) {
                seen[m as usize] += 1;
            }
        }
        assert_eq!(seen[0], 0);
        assert!(seen[1..].iter().all(|&count| count == 1));
        assert_eq!(harmonic_row(1), Some(3));
        assert_eq!(harmonic_row(9), Some(32));
        assert_eq!(multiple(harmonic_row(96).unwrap()), 96.0);
    }

    #[test]
    fn noise_bands_reach_from_40_to_15500_hz() {
        let edges = band_edges();
        assert!((edges[0] - 40.0).abs() < 1e-9);
        assert!((edges[NOISE_ROWS] - 15_500.0).abs() < 1e-6);
        assert!(edges.windows(3).all(|w| w[2] - w[1] > w[1] - w[0]));
    }

    #[test]
    fn middle_anchor_is_key_64_velocity_80() {
        assert_eq!(ANCHOR_KEYS[MIDDLE_ANCHOR / 3], 64);
        assert_eq!(ANCHOR_VELOCITIES[MIDDLE_ANCHOR % 3], 80);
    }
}
