//! Where notes begin: rises of the bands' amplitudes, each beside its loudest nearby.
//!
//! Amplitudes, not decibels: a window that hears the first few samples of a note already rises by
//! many decibels, so that a flux of those fires up to 60 ms early, and an atom that is 10 ms off
//! loses half of its evidence.

use super::cells::BANDS;

/// Frames to either side in which a band's loudest is looked for.
const NEARBY: usize = 40;
/// Rises over so many frames.
const RISE: usize = 4;
/// Frames between two onsets at least.
const APART: usize = 5;
/// An onset rises by so much at least, mean over the bands.
const LEAST: f32 = 0.02;
/// Quieter than this part of the loudest cell counts for little.
const QUIET: f32 = 1e-3;

/// Frames of the `most` strongest onsets, in order.
pub(super) fn onsets(power: &[f32], most: usize) -> Vec<usize> {
    let frames = power.len() / BANDS;
    let amplitude: Vec<f32> = power.iter().map(|p| p.sqrt()).collect();
    let loudest = amplitude.iter().copied().fold(0.0, f32::max).max(1e-12);
    let mut relative = vec![0.0f32; amplitude.len()];
    let mut column = vec![0.0f32; frames];
    for band in 0..BANDS {
        for (frame, x) in column.iter_mut().enumerate() {
            *x = amplitude[frame * BANDS + band];
        }
        let near = loudest_nearby(&column);
        for (frame, (x, near)) in column.iter().zip(near).enumerate() {
            relative[frame * BANDS + band] = x / (near + QUIET * loudest);
        }
    }
    let row = |frame: usize| &relative[frame * BANDS..][..BANDS];
    let rise = |frame: usize| {
        if frame == 0 {
            return row(0).iter().sum::<f32>() / BANDS as f32;
        }
        if frame < RISE / 2 || frame + RISE / 2 >= frames {
            return 0.0;
        }
        let (before, after) = (row(frame - RISE / 2), row(frame + RISE / 2));
        let rises = after.iter().zip(before).map(|(b, a)| (b - a).max(0.0));
        rises.sum::<f32>() / BANDS as f32
    };
    let flux: Vec<f32> = (0..frames).map(rise).collect();
    let is_peak = |frame: usize| {
        let around = frame.saturating_sub(2)..(frame + 3).min(frames);
        flux[frame] >= LEAST && flux[around].iter().all(|x| *x <= flux[frame])
    };
    let mut peaks: Vec<usize> = (0..frames).filter(|frame| is_peak(*frame)).collect();
    peaks.sort_by(|a, b| flux[*b].total_cmp(&flux[*a]).then(a.cmp(b)));
    let mut found: Vec<usize> = Vec::new();
    for peak in peaks {
        if found.len() < most && found.iter().all(|other| peak.abs_diff(*other) >= APART) {
            found.push(peak);
        }
    }
    found.sort_unstable();
    found
}

/// The largest value within [`NEARBY`] of each: van Herk's running maximum, over blocks as long as the window.
fn loudest_nearby(values: &[f32]) -> Vec<f32> {
    let (count, block) = (values.len(), 2 * NEARBY + 1);
    let (mut before, mut after) = (values.to_vec(), values.to_vec());
    for i in 1..count {
        if i % block != 0 {
            before[i] = before[i].max(before[i - 1]);
        }
        let j = count - 1 - i;
        if (j + 1) % block != 0 {
            after[j] = after[j].max(after[j + 1]);
        }
    }
    (0..count)
        .map(|i| {
            let first = i.saturating_sub(NEARBY);
            let last = (i + NEARBY).min(count - 1);
            if first / block == last / block {
                // One block holds it all: only at the ends.
                return values[first..=last].iter().copied().fold(0.0, f32::max);
            }
            after[first].max(before[last])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_maximum_is_the_maximum() {
        let mut seed = 7u32;
        let values: Vec<f32> = (0..400)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32
            })
            .collect();
        for count in [1, 30, 81, 82, 100, 400] {
            let found = loudest_nearby(&values[..count]);
            for (i, x) in found.iter().enumerate() {
                let around = &values[i.saturating_sub(NEARBY)..(i + NEARBY + 1).min(count)];
                assert_eq!(
                    *x,
                    around.iter().copied().fold(0.0, f32::max),
                    "{count} {i}"
                );
            }
        }
    }
}
