//! The macros on the hits of a kit: brightness, attack, decay and body. (Width acts while
//! rendering; motion, release and detune mean nothing to a hit.) Each leaves the hit untouched at
//! 0.

use super::LAYERS;
use crate::instrument::Macros;
use crate::instrument::kit::{Hit, MODES, ROWS, TIMES, mode_centre, time_grid};
use crate::instrument::slots::{LOUDEST_DB, SILENT_DB, band_edges};

/// Tilt at the ends of the brightness macro, dB an octave around this frequency.
const TILT_DB: f32 = 4.0;
const TILT_HZ: f32 = 800.0;
const MOST_TILT_DB: f32 = 20.0;
/// How many times longer and shorter hits get.
const LONGER: f32 = 2.5;
/// The onset stays where it is for so long, seconds.
const ONSET_S: f32 = 0.004;
/// The accent of a sharp attack, dB and seconds; a soft one rises over so many seconds at most.
const ACCENT_DB: f32 = 9.0;
const ACCENT_S: f32 = 0.008;
const SOFTEST_S: f32 = 0.06;

/// Changes a hit by the macros.
pub(super) fn apply(hit: &mut Hit, macros: &Macros) {
    if macros.decay != 0.0 {
        stretch(hit, LONGER.powf(macros.decay));
    }
    let before = loudest(hit);
    if macros.brightness != 0.0 {
        change(hit, |hertz, _, _| {
            let tilt = macros.brightness * TILT_DB * (hertz / TILT_HZ).log2();
            tilt.clamp(-MOST_TILT_DB, MOST_TILT_DB)
        });
    }
    if macros.body != 0.0 {
        let (modes, noise) = if macros.body > 0.0 {
            (0.0, -24.0 * macros.body)
        } else {
            (9.0 * macros.body, -9.0 * macros.body)
        };
        change(hit, |_, row, _| if row < MODES { modes } else { noise });
    }
    if macros.brightness != 0.0 || macros.body != 0.0 {
        let gain = before - loudest(hit);
        change(hit, |_, _, _| gain);
    }
    if macros.attack < 0.0 {
        change(hit, |_, _, t| {
            -macros.attack * ACCENT_DB * (-t / ACCENT_S).exp()
        });
    } else if macros.attack > 0.0 {
        let length = SOFTEST_S * macros.attack;
        change(hit, |_, _, t| 40.0 * (t / length).clamp(0.01, 1.0).log10());
    }
}

/// Runs through what follows the onset slower by `factor`.
fn stretch(hit: &mut Hit, factor: f32) {
    let grid = time_grid();
    let places = grid.map(|t| {
        let source = if t < ONSET_S {
            t
        } else {
            ONSET_S + (t - ONSET_S) / factor
        };
        let lower = grid.partition_point(|&g| g <= source).clamp(1, TIMES - 1) - 1;
        let share = (source - grid[lower]) / (grid[lower + 1] - grid[lower]);
        (lower, share.clamp(0.0, 1.0))
    });
    let rows = hit
        .levels
        .iter_mut()
        .flat_map(|layer| layer.chunks_mut(TIMES));
    for row in rows.chain(hit.cents.chunks_mut(TIMES)) {
        let old = row.to_vec();
        for (value, (lower, share)) in row.iter_mut().zip(places) {
            *value = old[lower] + (old[lower + 1] - old[lower]) * share;
        }
    }
}

/// Raises every cell that sounds by a gain from its frequency in Hz, row and time in seconds.
fn change(hit: &mut Hit, gain: impl Fn(f32, usize, f32) -> f32) {
    for row in 0..ROWS {
        let hertz = |time: usize| match row.checked_sub(MODES) {
            None => mode_centre(row) as f32 * (hit.cents[row * TIMES + time] / 1200.0).exp2(),
            Some(band) => (band_edges()[band] * band_edges()[band + 1]).sqrt() as f32,
        };
        let gains: [f32; TIMES] =
            std::array::from_fn(|time| gain(hertz(time), row, time_grid()[time]));
        for layer in &mut hit.levels {
            for (db, gain) in layer[row * TIMES..][..TIMES].iter_mut().zip(gains) {
                if *db > SILENT_DB {
                    *db = (*db + gain).clamp(SILENT_DB, LOUDEST_DB);
                }
            }
        }
    }
}

/// Level of the hardest layer's loudest moment, dB.
fn loudest(hit: &Hit) -> f32 {
    let total = |time: usize| -> f32 {
        let powers = (0..ROWS).map(|row| 10f32.powf(hit.row(LAYERS - 1, row)[time] / 10.0));
        powers.sum()
    };
    10.0 * (0..TIMES).map(total).fold(1e-8, f32::max).log10()
}
