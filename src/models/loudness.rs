//! Brings decoded levels to the instrument's reference: the loudest moment of its middle anchor is
//! 0 dB, as in the sounds the models learned from.

use crate::instrument::slots::{
    ANCHORS, FIRST_GROUP_ROW, MIDDLE_ANCHOR, PARTIAL_ROWS, ROWS, TIMES, multiples,
};

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
    fn the_middle_anchor_peaks_at_0_db() {
        let mut levels = vec![-80.0; ANCHORS * ROWS * TIMES];
        levels[(MIDDLE_ANCHOR * ROWS + 3) * TIMES + 20] = 12.0;
        levels[3 * TIMES] = 15.0;
        to_reference(&mut levels);
        assert!((levels[(MIDDLE_ANCHOR * ROWS + 3) * TIMES + 20]).abs() < 0.01);
        assert!((levels[3 * TIMES] - 3.0).abs() < 0.01);
    }
}
