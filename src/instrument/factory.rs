//! The instrument that a new plugin instance plays: a tine piano, computed from a few rules, so
//! that it needs no model and no file.

use super::slots::{
    ANCHOR_KEYS, ANCHOR_VELOCITIES, ANCHORS, FIRST_GROUP_ROW, HIGHEST_PARTIAL_HZ, NOISE_ROWS,
    PARTIAL_ROWS, RELEASE_AT, ROWS, SILENT_DB, TIMES, band_edges, key_frequency, multiple,
    time_grid,
};
use super::{AnchorSet, Instrument, Macros, Recipe};

/// Row of the tine's own ring, at 27/4 of the key's frequency.
const TINE_ROW: usize = 26;
/// Seconds in which a struck tine comes to its full level.
const RISE_S: f32 = 0.002;
/// Seconds in which a damped note falls by 60 dB.
const DAMPED_S: f32 = 0.3;

impl Instrument {
    /// The instrument of a new plugin instance. Takes about 10 ms. Any thread but audio.
    pub fn factory() -> Self {
        let mut levels = vec![SILENT_DB; ANCHORS * ROWS * TIMES];
        let notes = ANCHOR_KEYS
            .iter()
            .flat_map(|&key| ANCHOR_VELOCITIES.map(|velocity| (key, velocity)));
        for ((key, velocity), note) in notes.zip(levels.chunks_exact_mut(ROWS * TIMES)) {
            strike(key, velocity, note);
        }
        let cents = vec![0.0; ANCHORS * PARTIAL_ROWS];
        Self {
            name: "Tine piano".into(),
            recipe: Recipe::default(),
            macros: Macros::default(),
            anchors: AnchorSet::from_levels(&levels, &cents)
                .expect("it has sound of the right shape"),
        }
    }
}

/// Fills in the levels of one note, row by row.
fn strike(key: u8, velocity: u8, note: &mut [f32]) {
    let hz = key_frequency(f64::from(key));
    // 0 at the softest anchor, 1 at the hardest; 0 at the lowest anchor, 1 at the highest.
    let hard = f32::from(velocity - 40) / 80.0;
    let high = f32::from(key - 24) / 80.0;
    let loudness = -14.0 * (1.0 - hard);
    let rings_s = 14.0 * 0.2f32.powf(high);
    for row in 0..FIRST_GROUP_ROW {
        let multiple = multiple(row);
        if multiple * hz > HIGHEST_PARTIAL_HZ {
            continue;
        }
        let order = multiple as f32;
        if multiple.fract() == 0.0 {
            // Even partials come from the pick-up's bend, more of it with harder strokes.
            let slope = 17.0 - 7.0 * hard - 3.0 * (1.0 - high);
            let even = if row % 8 == 7 { 2.0 } else { -3.0 };
            let start = loudness - slope * order.log2() + if order > 1.0 { even } else { 0.0 };
            fill(note, row, start, rings_s / (1.0 + 0.3 * (order - 1.0)));
        } else if row == TINE_ROW {
            fill(note, row, loudness - 26.0 + 10.0 * hard, 0.5 - 0.3 * high);
        }
    }
    for band in 0..NOISE_ROWS {
        // The hammer's knock.
        let centre = (band_edges()[band] * band_edges()[band + 1]).sqrt() as f32;
        let off = (centre / 350.0).log2();
        let start = loudness - 34.0 + 6.0 * hard - 5.0 * off * off;
        fill(note, PARTIAL_ROWS + band, start, 0.12);
    }
}

/// A level that rises at once, falls by 60 dB in `rings_s` seconds, and faster once released.
fn fill(note: &mut [f32], row: usize, start_db: f32, rings_s: f32) {
    for (level, &time) in note[row * TIMES..][..TIMES].iter_mut().zip(time_grid()) {
        let rise = if time < RISE_S { -18.0 } else { 0.0 };
        let damped = (time - RELEASE_AT).max(0.0) * 60.0 / DAMPED_S;
        *level = (start_db + rise - time * 60.0 / rings_s - damped).max(SILENT_DB);
    }
}

#[cfg(test)]
mod tests {
    use super::super::slots::{MIDDLE_ANCHOR, harmonic_row};
    use super::*;

    #[test]
    fn it_decays_and_is_brighter_when_struck_harder() {
        let piano = Instrument::factory();
        let note = piano.anchors.note(MIDDLE_ANCHOR);
        let first = note.row(harmonic_row(1).unwrap());
        assert!(first[2] > first[100] && first[100] > first[135]);
        assert_eq!(first[135], SILENT_DB);
        let above = |index: usize| {
            let note = piano.anchors.note(index);
            note.row(harmonic_row(8).unwrap())[2] - note.row(harmonic_row(1).unwrap())[2]
        };
        assert!(above(MIDDLE_ANCHOR + 1) > above(MIDDLE_ANCHOR - 1) + 6.0);
        assert_eq!(Instrument::factory(), piano);
    }
}
