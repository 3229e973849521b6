//! Touch: a piece that is struck harder is brighter.
//!
//! The harder a membrane or a cymbal is struck, the more of its energy lies in its upper modes and its noise. Soft hits
//! of the drawn pieces often come out brighter than hard ones (their noise has a floor), which is heard as
//! ghost notes that hiss.

use super::measure::{centroid, hertz, loudness};
use crate::instrument::kit::{Hit, ROWS, TIMES};
use crate::instrument::render::LAYERS;
use crate::instrument::slots::SILENT_DB;

/// How much lower the spectrum's middle lies from layer to layer at least, as a share: over three steps 1.30.
const SNARE: f64 = 1.09;
/// The same of other skins, and of metal and wood.
const OTHER: f64 = 1.06;
/// A tilt is around this frequency, Hz, and at most so steep, dB an octave.
const AROUND_HZ: f64 = 300.0;
const STEEPEST: f32 = 6.0;
const STEPS: usize = 14;

/// Tilts the softer layers until each is darker than the one above it; their loudness stays. Any thread.
pub(super) fn soften(key: u8, hit: &mut Hit) {
    let step = match key {
        38 | 40 => SNARE,
        _ => OTHER,
    };
    for layer in (0..LAYERS - 1).rev() {
        let wanted = centroid(hit, layer + 1) / step;
        if centroid(hit, layer) <= wanted {
            continue;
        }
        let (mut flat, mut steep) = (0.0, STEEPEST);
        for _ in 0..STEPS {
            let middle = (flat + steep) / 2.0;
            match centroid(&tilted(hit, layer, middle), layer) > wanted {
                true => flat = middle,
                false => steep = middle,
            }
        }
        *hit = tilted(hit, layer, steep);
    }
}

/// The hit with one layer darker by so many dB an octave, as loud as before.
fn tilted(hit: &Hit, layer: usize, slope: f32) -> Hit {
    let mut new = hit.clone();
    for row in 0..ROWS {
        let db = -slope * (hertz(hit, row, 0) / AROUND_HZ).log2().max(0.0) as f32;
        add(&mut new.levels[layer][row * TIMES..(row + 1) * TIMES], db);
    }
    let gain = loudness(hit, layer) - loudness(&new, layer);
    add(&mut new.levels[layer], gain);
    new
}

/// Raises what sounds by so many dB.
pub(super) fn add(levels: &mut [f32], db: f32) {
    for level in levels.iter_mut().filter(|level| **level > SILENT_DB) {
        *level = (*level + db).max(SILENT_DB);
    }
}
