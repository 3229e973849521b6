//! The noise of a note: its density between the partials, and how much of what a band holds at the
//! attack leaked there from the partials.

use super::spectrum::{Fourier, HANN_NOISE_BANDWIDTH, RATE, fast_length, hann, rank};
use crate::instrument::slots::{NOISE_ROWS, TIMES, band_edges, time_grid};

/// Length of a window for noise, seconds.
pub(super) const WINDOW: f64 = 0.256;
/// Where on the model's time grid the noise is measured; between these it is interpolated.
pub(super) const MOMENTS: [f64; 12] = [
    0.13, 0.25, 0.4, 0.6, 0.9, 1.3, 1.8, 2.4, 2.85, 3.15, 3.4, 3.8,
];
/// Median over mean of a Hann periodogram's bins.
const MEDIAN_OF_NOISE: f64 = 0.69;
/// Bins to both sides of a partial that it covers.
const COVERED: i64 = 3;

/// Centre and width of a noise band, Hz.
pub(super) fn band(index: usize) -> (f64, f64) {
    let (low, high) = (band_edges()[index], band_edges()[index + 1]);
    ((low * high).sqrt(), high - low)
}

/// Density of noise in each band over the time grid, `[band][time]`: power per hertz, as that of a
/// sinusoid (amplitude squared). `moments`: (time of the model, second of the sound), ascending.
pub(super) fn density(
    fourier: &mut Fourier,
    sound: &[f32],
    moments: &[(f64, f64)],
    partials: impl Iterator<Item = f64>,
    f0: f64,
) -> Vec<[f64; TIMES]> {
    let (at, from): (Vec<f64>, Vec<f64>) = moments.iter().copied().unzip();
    let spectra = fourier.spectra(sound, &from, WINDOW, 1);
    let bins = spectra.bins;
    let mut free = vec![true; bins];
    for hertz in partials {
        let bin = (hertz / spectra.hertz_per_bin).round_ties_even() as i64;
        for covered in bin - COVERED..=bin + COVERED {
            free[covered.clamp(0, bins as i64 - 1) as usize] = false;
        }
    }
    let mut chosen = Vec::new();
    (0..NOISE_ROWS)
        .map(|index| {
            let (centre, width) = band(index);
            let half = (width / 2.0).max(0.5 * f0).max(40.0);
            let first = ((centre - half) / spectra.hertz_per_bin).max(1.0) as usize;
            let last = (((centre + half) / spectra.hertz_per_bin) as usize + 2).min(bins);
            let unmasked = free[first..last].iter().filter(|&&free| free).count() >= 4;
            let logs: Vec<f64> = spectra
                .rows()
                .map(|row| {
                    chosen.clear();
                    let both = row[first..last].iter().zip(&free[first..last]);
                    chosen.extend(
                        both.filter(|&(_, &free)| free || !unmasked)
                            .map(|(&power, _)| power),
                    );
                    let (place, scale) = if unmasked {
                        (chosen.len() / 2, 1.0 / MEDIAN_OF_NOISE)
                    } else {
                        ((chosen.len() as f64 * 0.15) as usize, 1.0)
                    };
                    let power = rank(&mut chosen, place) / HANN_NOISE_BANDWIDTH;
                    (power * scale / spectra.hertz_per_bin + 1e-24).ln()
                })
                .collect();
            time_grid().map(|time| interpolate(&at, &logs, f64::from(time)).exp())
        })
        .collect()
}

/// Piecewise linear interpolation, constant beyond the ends; `at` ascends and is not empty.
pub(super) fn interpolate(at: &[f64], values: &[f64], x: f64) -> f64 {
    let above = at.partition_point(|&point| point <= x);
    match above {
        0 => values[0],
        above if above == at.len() => values[at.len() - 1],
        above => {
            let share = (x - at[above - 1]) / (at[above] - at[above - 1]);
            values[above - 1] + (values[above] - values[above - 1]) * share
        }
    }
}

/// How the power of a partial spreads about its frequency in a Hann window.
pub(super) struct Leakage {
    /// Share of the power below each frequency, on an even grid.
    below: Vec<f64>,
    lowest_hertz: f64,
    hertz_per_step: f64,
}

impl Leakage {
    /// Of a window of `size` samples.
    pub fn new(fourier: &mut Fourier, size: usize) -> Self {
        // As of a window a quarter shorter, for a partial that moves or beats has a wider lobe.
        let narrow = size * 3 / 4;
        let length = fast_length(narrow * 4);
        let fft = fourier.forward(length);
        let mut input = fft.make_input_vec();
        input[..narrow].copy_from_slice(&hann(narrow));
        let mut spectrum = fft.make_output_vec();
        fft.process(&mut input, &mut spectrum)
            .expect("buffers of the plan's own size");
        let power: Vec<f64> = spectrum.iter().map(|c| f64::from(c.norm_sqr())).collect();
        let main_lobe = |bin: usize| (bin * narrow) < 2 * length;

        // Side lobes as an envelope, four times too high and never below −50 dB: a moving partial
        // leaks more than a steady one, and leakage must not be taken for noise.
        let mut half = power.clone();
        let mut envelope = 0.0f64;
        for bin in (0..power.len()).rev() {
            envelope = envelope.max(power[bin]);
            if !main_lobe(bin) {
                half[bin] = (4.0 * envelope).max(power[0] * 1e-5);
            }
        }
        let lobe: f64 = (0..power.len())
            .filter(|&b| main_lobe(b))
            .map(|b| power[b])
            .sum();
        let mut sum = 0.0;
        let both = half.iter().skip(1).rev().chain(&half);
        let below = both
            .map(|bin| {
                sum += bin;
                sum / (2.0 * lobe - power[0])
            })
            .collect();
        let step = RATE / length as f64;
        let last = half.len() as f64 - 1.0;
        Self {
            below,
            // The upper edge of the lowest bin.
            lowest_hertz: -last * step + step / 2.0,
            hertz_per_step: step,
        }
    }

    /// Share of a partial's power between `low` and `high`, Hz relative to the partial.
    pub fn share(&self, low: f64, high: f64) -> f64 {
        self.below_hertz(high) - self.below_hertz(low)
    }

    fn below_hertz(&self, hertz: f64) -> f64 {
        let last = self.below.len() - 1;
        let place = ((hertz - self.lowest_hertz) / self.hertz_per_step).clamp(0.0, last as f64);
        let index = (place as usize).min(last - 1);
        let share = place - index as f64;
        self.below[index] + (self.below[index + 1] - self.below[index]) * share
    }
}
