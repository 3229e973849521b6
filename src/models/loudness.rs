//! Brings decoded levels to the scale of anchors: silence is silent, and the loudest moment of the
//! middle anchor is 0 dB, as in the sounds the models learned from.

use crate::instrument::slots::{
    ANCHORS, FIRST_GROUP_ROW, MIDDLE_ANCHOR, PARTIAL_ROWS, ROWS, TIMES, multiples,
};

/// The decoder's own floor: so many dB below a note's highest level it knows nothing, and nothing
/// is heard.
const FLOOR_DB: f32 = 70.0;
/// Levels so near to the floor belong to it.
const FLOOR_MARGIN_DB: f32 = 1.0;

/// Makes levels silent that lie at the decoder's floor (dB, anchors × rows × times), else 176 rows
/// of "nothing" would add up to a hiss. Thread: any but audio.
pub(super) fn silence_floor(levels: &mut [f32]) {
    for note in levels.chunks_mut(ROWS * TIMES) {
        let peak = note.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let floor = peak - FLOOR_DB + FLOOR_MARGIN_DB;
        for level in note.iter_mut().filter(|level| **level <= floor) {
            *level = f32::MIN;
        }
    }
}

/// Moves all levels (dB, anchors × rows × times) so that the middle anchor's loudest moment is
/// 0 dB. Leaves levels alone whose middle anchor is silent. Thread: any but audio.
pub(super) fn to_reference(levels: &mut [f32]) {
    debug_assert_eq!(levels.len(), ANCHORS * ROWS * TIMES);
    let middle = &levels[MIDDLE_ANCHOR * ROWS * TIMES..(MIDDLE_ANCHOR + 1) * ROWS * TIMES];
    let loudest = (0..TIMES)
        .map(|time| power(middle, time))
        .fold(0.0, f64::max);
    if loudest > 1e-6 {
        let offset = (10.0 * loudest.log10()) as f32;
        levels.iter_mut().for_each(|level| *level -= offset);
    }
}

/// Sum of the squared amplitudes of all rows at one time; a group counts once for each of its
/// harmonics.
fn power(note: &[f32], time: usize) -> f64 {
    let row_power = |row: usize| {
        let count = if (FIRST_GROUP_ROW..PARTIAL_ROWS).contains(&row) {
            multiples(row).count()
        } else {
            1
        };
        count as f64 * 10_f64.powf(f64::from(note[row * TIMES + time]) / 10.0)
    };
    (0..ROWS).map(row_power).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_at_the_floor_is_silent() {
        let mut levels = vec![-90.0; ROWS * TIMES];
        (levels[0], levels[1], levels[2]) = (-20.0, -88.0, -89.5);
        silence_floor(&mut levels);
        assert_eq!(levels[..4], [-20.0, -88.0, f32::MIN, f32::MIN]);
    }

    #[test]
    fn the_middle_anchor_peaks_at_0_db() {
        let mut levels = vec![-80.0; ANCHORS * ROWS * TIMES];
        levels[(MIDDLE_ANCHOR * ROWS + 3) * TIMES + 20] = 12.0;
        levels[3 * TIMES] = 15.0;
        to_reference(&mut levels);
        assert!((levels[(MIDDLE_ANCHOR * ROWS + 3) * TIMES + 20]).abs() < 0.01);
        assert!((levels[3 * TIMES] - 3.0).abs() < 0.01);
    }
}
