//! What the levels of a hit say of its sound: how loud it is, how bright, and how long it rings.

use crate::instrument::kit::{Hit, MODES, ROWS, TIMES, mode_centre, time_grid};
use crate::instrument::slots::{SILENT_DB, band_edges};

/// Seconds from the onset that a listener takes for one stroke.
const STROKE_S: f32 = 0.4;
/// A hit this far below its loudest moment is over, dB.
const OVER_DB: f32 = 30.0;

/// The frequency of a row at a time of the grid, Hz. Any thread.
pub(super) fn hertz(hit: &Hit, row: usize, time: usize) -> f64 {
    match row.checked_sub(MODES) {
        None => mode_centre(row) * (f64::from(hit.cents[row * TIMES + time]) / 1200.0).exp2(),
        Some(band) => (band_edges()[band] * band_edges()[band + 1]).sqrt(),
    }
}

/// The loudness of a stroke at a layer, dB: the energy of its first 0.4 s, weighted as ITU-R BS.1770-4
/// weights a programme. Any thread.
pub(super) fn loudness(hit: &Hit, layer: usize) -> f32 {
    10.0 * (energy(hit, layer, weight) + 1e-12).log10() as f32
}

/// The middle of a stroke's spectrum at a layer, Hz. Any thread.
pub(super) fn centroid(hit: &Hit, layer: usize) -> f64 {
    energy(hit, layer, |hertz| hertz) / (energy(hit, layer, |_| 1.0) + 1e-12)
}

/// Seconds until a stroke at the hardest layer has fallen by 30 dB. Any thread.
pub(super) fn rings(hit: &Hit) -> f32 {
    let layer = hit.levels.len() - 1;
    let power = |time: usize| -> f32 {
        let rows = (0..ROWS).map(|row| power(hit.row(layer, row)[time]));
        rows.sum()
    };
    let powers: Vec<f32> = (0..TIMES).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0, f32::max);
    let over = loudest * 10f32.powf(-OVER_DB / 10.0);
    let last = powers.iter().rposition(|power| *power > over).unwrap_or(0);
    time_grid()[last]
}

/// The energy of a stroke, each moment of each row weighted by its frequency.
fn energy(hit: &Hit, layer: usize, weight: impl Fn(f64) -> f64) -> f64 {
    let grid = time_grid();
    let times = 1 + grid[1..]
        .iter()
        .take_while(|time| **time <= STROKE_S)
        .count();
    let mut sum = 0.0;
    for row in 0..ROWS {
        let levels = hit.row(layer, row);
        // A band stays where it is.
        let still = (row >= MODES).then(|| weight(hertz(hit, row, 0)));
        let at = |time: usize| {
            f64::from(power(levels[time])) * still.unwrap_or_else(|| weight(hertz(hit, row, time)))
        };
        let mut before = at(0);
        for time in 1..times {
            let now = at(time);
            sum += (before + now) / 2.0 * f64::from(grid[time] - grid[time - 1]);
            before = now;
        }
    }
    sum
}

fn power(db: f32) -> f32 {
    match db <= SILENT_DB {
        true => 0.0,
        false => 10f32.powf(db / 10.0),
    }
}

/// The K weighting of a frequency, as power: its shelf (+4 dB above 1.5 kHz) and its high-pass at 38 Hz.
fn weight(hertz: f64) -> f64 {
    let shelf = 1.585f64.powi(2);
    let (x, low) = ((hertz / 1500.0).powi(4), (hertz / 38.0).powi(2));
    (1.0 + shelf * x) / (1.0 + x) * (low / (1.0 + low)).powi(2)
}
