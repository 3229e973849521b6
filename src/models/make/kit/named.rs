//! What a kit's name promises of single pieces: an 808's kick that is held, brushes that swish.

use super::measure::{loudness, rings};
use crate::instrument::kit::{Hit, MODES, ROWS, TIMES, time_grid};
use crate::instrument::render::LAYERS;
use crate::instrument::slots::{SILENT_DB, band_edges};

/// Seconds in which the kick of an 808 falls by 30 dB, and of one that is to be long or short.
const BOOM_S: f32 = 0.7;
const LONG_BOOM_S: f32 = 1.2;
const SHORT_BOOM_S: f32 = 0.3;
/// How many times longer it gets at most.
const MOST: f32 = 6.0;
/// What comes before is its onset, seconds.
const ONSET_S: f32 = 0.01;
/// A sweep of brushes rises and falls within so many seconds: a tap's rub, and a stirred stroke (General MIDI 2's
/// brush kit has it at key 40).
const RUB_S: (f32, f32) = (0.035, 0.16);
const STIR_S: (f32, f32) = (0.14, 0.34);
/// The rub of a tap lies so far below its stroke, dB.
const RUB_DB: f32 = -7.0;
/// Where wires on a coated head are heard, Hz, and how fast they fall beyond, dB an octave.
const WIRES_HZ: (f64, f64) = (1_500.0, 6_000.0);
const FALL: f64 = 5.0;

/// Keys of kicks.
const KICKS: [u8; 2] = [35, 36];
/// Keys of a snare that is tapped, and of one that is stirred.
const TAP: u8 = 38;
const STIR: u8 = 40;

/// Changes a piece by what the prompt calls the kit. Any thread.
pub(super) fn shape(prompt: &str, key: u8, hit: &mut Hit) {
    let lower = prompt.to_lowercase();
    let says = |word: &str| lower.contains(word);
    if says("808") && KICKS.contains(&key) {
        let wanted = match () {
            () if says("long") || says("boom") || says("sustain") => LONG_BOOM_S,
            () if says("short") || says("tight") || says("dry") => SHORT_BOOM_S,
            () => BOOM_S,
        };
        lengthen(hit, (wanted / rings(hit).max(0.02)).clamp(1.0, MOST));
    }
    if says("brush") {
        match key {
            TAP => rub(hit, RUB_S, RUB_DB),
            STIR => stir(hit),
            _ => {}
        }
    }
}

/// Runs through the modes after the onset slower.
fn lengthen(hit: &mut Hit, factor: f32) {
    let grid = time_grid();
    for layer in &mut hit.levels {
        for row in layer[..MODES * TIMES].chunks_mut(TIMES) {
            slower(row, grid, factor);
        }
    }
    for row in hit.cents.chunks_mut(TIMES) {
        slower(row, grid, factor.sqrt());
    }
}

fn slower(row: &mut [f32], grid: &[f32; TIMES], factor: f32) {
    let old = row.to_vec();
    for (value, &time) in row.iter_mut().zip(grid) {
        let source = if time < ONSET_S {
            time
        } else {
            ONSET_S + (time - ONSET_S) / factor
        };
        let lower = grid.partition_point(|at| *at <= source).clamp(1, TIMES - 1) - 1;
        let share = ((source - grid[lower]) / (grid[lower + 1] - grid[lower])).clamp(0.0, 1.0);
        *value = old[lower] + (old[lower + 1] - old[lower]) * share;
    }
}

/// Adds the noise of wires that go over the head: rising and falling, as loud as told beside the hit.
fn rub(hit: &mut Hit, (rise, fall): (f32, f32), beside: f32) {
    let wires = swish(hit, (rise, fall));
    for layer in 0..LAYERS {
        let gain = loudness(hit, layer) + beside - loudness(&wires, layer);
        for (level, wire) in hit.levels[layer].iter_mut().zip(&wires.levels[layer]) {
            let (stroke, wire) = (10f32.powf(*level / 10.0), 10f32.powf((wire + gain) / 10.0));
            if *level > SILENT_DB || wire > 10f32.powf(SILENT_DB / 10.0) {
                *level = 10.0 * (stroke + wire).log10();
            }
        }
    }
}

/// A stroke that is stirred has no tap: only the wires.
fn stir(hit: &mut Hit) {
    let before: Vec<f32> = (0..LAYERS).map(|layer| loudness(hit, layer)).collect();
    *hit = swish(hit, STIR_S);
    for (layer, before) in before.into_iter().enumerate() {
        let gain = before - loudness(hit, layer);
        super::touch::add(&mut hit.levels[layer], gain);
    }
}

/// The wires alone.
fn swish(hit: &Hit, (rise, fall): (f32, f32)) -> Hit {
    let grid = time_grid();
    let over_time = |time: f32| match time < rise {
        true => 20.0 * ((time / rise).max(0.03)).log10(),
        false => -60.0 * ((time - rise) / (fall * 2.0)).powf(1.3),
    };
    let by_band = |band: usize| {
        let middle = (band_edges()[band] * band_edges()[band + 1]).sqrt();
        let below = (WIRES_HZ.0 / middle).log2().max(0.0);
        let above = (middle / WIRES_HZ.1).log2().max(0.0);
        -((below + above) * FALL) as f32
    };
    let mut levels = vec![SILENT_DB; ROWS * TIMES];
    for row in MODES..ROWS {
        for (level, &time) in levels[row * TIMES..(row + 1) * TIMES].iter_mut().zip(grid) {
            *level = (by_band(row - MODES) + over_time(time) - 20.0).max(SILENT_DB);
        }
    }
    Hit {
        levels: std::array::from_fn(|_| levels.clone()),
        cents: hit.cents.clone(),
    }
}
