//! Onset strength: how much is beginning at each moment, in three bands.
//!
//! Half-wave rectified flux of a log-mel spectrogram, over the maximum of neighbouring bands two
//! frames before, so that a vibrato is no onset (SuperFlux: Böck & Widmer, DAFx 2013).

use std::ops::Range;

use super::Stopped;
use crate::analysis::spectrum::{Fourier, RATE, frame};

/// Frames a second.
pub const FRAMES: f64 = 100.0;
/// Bands told apart: below 200 Hz (kick, bass), up to 2 kHz, above (hi-hat).
pub const BANDS: usize = 3;
const WINDOW: usize = 2048;
const MEL_BANDS: usize = 40;
const LOWEST_HZ: f64 = 30.0;
const HIGHEST_HZ: f64 = 14_000.0;
/// Upper ends of the lower two bands, Hz.
const BORDERS_HZ: [f64; 2] = [200.0, 2000.0];
/// What the flux is taken over, frames.
const LAG: usize = 2;
/// Amplitudes are multiplied by this before the logarithm of one more.
const COMPRESSION: f32 = 1000.0;
/// Work between two looks at whether to stop, frames.
const STOP_EVERY: usize = 256;

/// Onset strength of a mono sound at [`crate::analysis::SAMPLE_RATE`], a row every 1 /
/// [`FRAMES`] s from its start. Takes about 1 ms a second. Any thread but audio.
///
/// # Errors
/// [`Stopped`] when `stop` says so.
pub fn of(sound: &[f32], stop: &dyn Fn() -> bool) -> Result<Vec<[f32; BANDS]>, Stopped> {
    let count = (sound.len() as f64 / RATE * FRAMES) as usize + 1;
    let mut fourier = Fourier::default();
    let window = fourier.window(WINDOW);
    let fft = fourier.forward(WINDOW);
    let scale = 2.0 / window.iter().sum::<f32>();
    let filters = filters();
    let bands: Vec<usize> = filters.iter().map(|filter| filter.band).collect();
    let (mut input, mut spectrum) = (fft.make_input_vec(), fft.make_output_vec());
    let mut scratch = fft.make_scratch_vec();
    let mut amplitude = vec![0.0f32; spectrum.len()];
    let mut past: [[f32; MEL_BANDS]; LAG + 1] = [[0.0; MEL_BANDS]; LAG + 1];
    let mut rows = Vec::with_capacity(count);
    for number in 0..count {
        if number % STOP_EVERY == 0 && stop() {
            return Err(Stopped);
        }
        frame(sound, number as f64 / FRAMES, WINDOW, &mut input);
        input.iter_mut().zip(&*window).for_each(|(x, w)| *x *= w);
        fft.process_with_scratch(&mut input, &mut spectrum, &mut scratch)
            .expect("buffers of the plan's own size");
        for (amplitude, bin) in amplitude.iter_mut().zip(&spectrum) {
            *amplitude = bin.norm_sqr().sqrt() * scale;
        }
        let now = number % (LAG + 1);
        for (filter, level) in filters.iter().zip(&mut past[now]) {
            let bins = amplitude[filter.bins.clone()].iter();
            let sum: f32 = bins.zip(&filter.weights).map(|(a, w)| a * w).sum();
            *level = (1.0 + COMPRESSION * sum).ln();
        }
        let mut row = [0.0f32; BANDS];
        if number >= LAG {
            let before = &past[(number - LAG) % (LAG + 1)];
            for (band, level) in past[now].iter().enumerate() {
                let near = band.saturating_sub(1)..(band + 2).min(MEL_BANDS);
                let most = before[near].iter().copied().fold(0.0, f32::max);
                row[bands[band]] += (level - most).max(0.0);
            }
        }
        rows.push(row);
    }
    Ok(rows)
}

struct Filter {
    bins: Range<usize>,
    weights: Vec<f32>,
    band: usize,
}

/// Triangles on the mel scale, each with a sum of 1.
fn filters() -> Vec<Filter> {
    let mel = |hertz: f64| 1127.0 * (1.0 + hertz / 700.0).ln();
    let hertz = |mel: f64| 700.0 * ((mel / 1127.0).exp() - 1.0);
    let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
    let step = (high - low) / (MEL_BANDS + 1) as f64;
    let per_bin = RATE / WINDOW as f64;
    (0..MEL_BANDS)
        .map(|band| {
            let at = |offset: usize| hertz(low + (band + offset) as f64 * step);
            let (left, middle, right) = (at(0), at(1), at(2));
            let first = ((left / per_bin).ceil() as usize).max(1);
            // Low triangles are narrower than a bin: such a one takes the bin nearest.
            let nearest = (middle / per_bin).round() as usize;
            let bins = first.min(nearest)..((right / per_bin) as usize).max(nearest) + 1;
            let weigh = |bin: usize| {
                let at = bin as f64 * per_bin;
                let rising = (at - left) / (middle - left);
                let falling = (right - at) / (right - middle);
                rising.min(falling).max(0.0) as f32
            };
            let mut weights: Vec<f32> = bins.clone().map(weigh).collect();
            let sum: f32 = weights.iter().sum();
            if sum < 1e-3 {
                weights.fill(1.0 / bins.len() as f32);
            } else {
                weights.iter_mut().for_each(|w| *w /= sum);
            }
            Filter {
                bins,
                weights,
                band: BORDERS_HZ.iter().filter(|&&hz| middle > hz).count(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_is_an_onset_where_it_is_and_nothing_else() {
        let mut sound = vec![0.0f32; 64_000];
        for (i, x) in sound[32_000..32_400].iter_mut().enumerate() {
            *x = 0.5 * (i as f32 * 0.9).sin();
        }
        let rows = of(&sound, &|| false).unwrap();
        let total: Vec<f32> = rows.iter().map(|row| row.iter().sum()).collect();
        let most = (0..total.len()).max_by(|&a, &b| total[a].total_cmp(&total[b]));
        assert!((97..=102).contains(&most.unwrap()), "{most:?}");
        assert!(total[..90].iter().chain(&total[115..]).all(|&x| x == 0.0));
    }

    #[test]
    fn bands_are_told_apart_and_it_can_be_stopped() {
        let tone = |hertz: f64| -> Vec<f32> {
            let turn = std::f64::consts::TAU * hertz / RATE;
            let wave = (0..16_000).map(|i| (0.3 * (turn * i as f64).sin()) as f32);
            std::iter::repeat_n(0.0, 16_000).chain(wave).collect()
        };
        for (hertz, band) in [(60.0, 0), (700.0, 1)] {
            let rows = of(&tone(hertz), &|| false).unwrap();
            // Well inside the tone's first frames, before its edge has spread.
            let sum: Vec<f32> = (0..BANDS)
                .map(|b| rows[50..60].iter().map(|r| r[b]).sum())
                .collect();
            let most = (0..BANDS).max_by(|&a, &b| sum[a].total_cmp(&sum[b]));
            assert!(most == Some(band) || sum[band] > 2.0, "{hertz} Hz: {sum:?}");
        }
        assert!(of(&tone(60.0), &|| true).is_err());
    }
}
