//! Where in a sound there is anything to hear: not in noise, hum or an offset far below the rest.

/// Below this there is nothing (−48 dB full scale, root mean square) …
const FLOOR: f64 = 0.004;
/// … unless the whole sound is soft: then as far below its loudest (−30 dB).
const BELOW_LOUDEST: f64 = 0.0316;
/// The stretch around a moment by which it is judged, s.
const AROUND: f64 = 0.09;

/// Whether there is anything to hear at each of these moments, seconds. Any thread but audio.
#[must_use]
pub fn at(samples: &[f32], rate: u32, moments: &[f64]) -> Vec<bool> {
    // Sums up to each sample, of it and of its square: an offset is no sound.
    let mut sums = Vec::with_capacity(samples.len() + 1);
    let mut sum = (0.0f64, 0.0f64);
    sums.push(sum);
    for sample in samples.iter().map(|x| f64::from(*x)) {
        sum = (sum.0 + sample, sum.1 + sample * sample);
        sums.push(sum);
    }
    let half = (AROUND / 2.0 * f64::from(rate)) as usize;
    let levels: Vec<f64> = moments
        .iter()
        .map(|seconds| {
            let middle = (seconds * f64::from(rate)).max(0.0) as usize;
            let from = middle.saturating_sub(half).min(samples.len());
            let to = (middle + half).min(samples.len());
            let count = (to - from).max(1) as f64;
            let mean = (sums[to].0 - sums[from].0) / count;
            ((sums[to].1 - sums[from].1) / count - mean * mean)
                .max(0.0)
                .sqrt()
        })
        .collect();
    let loudest = levels.iter().copied().fold(0.0, f64::max);
    let least = FLOOR.min(BELOW_LOUDEST * loudest);
    levels
        .iter()
        .map(|level| *level >= least && *level > 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_far_below_is_nothing_and_a_soft_sound_is_something() {
        let wave = |frame: i32, level: f32| level * (frame as f32 * 0.2).sin();
        let noise = |frame: i32| (frame as f32 * frame as f32 * 0.37).sin();
        let heard = |level: f32, rest: &dyn Fn(i32) -> f32| {
            let sound = (0..8_000).map(|frame| wave(frame, level) + rest(frame));
            let rest = (8_000..16_000).map(rest);
            at(&sound.chain(rest).collect::<Vec<_>>(), 8_000, &[0.5, 1.5])
        };
        assert_eq!(heard(0.3, &|_| 0.0), [true, false]);
        assert_eq!(heard(0.3, &|frame| 0.004 * noise(frame)), [true, false]);
        assert_eq!(heard(0.3, &|frame| wave(frame, 0.0004)), [true, false]);
        assert_eq!(heard(0.3, &|_| 0.01), [true, false], "an offset");
        assert_eq!(heard(0.3, &|frame| wave(frame, 0.02)), [true, true]);
        assert_eq!(
            heard(0.002, &|frame| wave(frame, 0.001)),
            [true, true],
            "all is soft"
        );
        assert_eq!(at(&[], 8_000, &[0.0]), [false]);
    }
}
