//! Windowed power spectra of a sound at chosen times.

use std::collections::HashMap;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// The rate that all analysis works at, Hz.
pub const SAMPLE_RATE: u32 = 32_000;
/// [`SAMPLE_RATE`] for sums.
pub(super) const RATE: f64 = SAMPLE_RATE as f64;
/// How many bins of a Hann spectrum a flat noise's power is spread over.
pub(super) const HANN_NOISE_BANDWIDTH: f64 = 1.5;

/// Symmetric Hann window without zeros at its ends.
pub(super) fn hann(size: usize) -> Vec<f32> {
    let turn = std::f64::consts::TAU / size as f64;
    (0..size)
        .map(|i| (0.5 - 0.5 * (turn * (i as f64 + 0.5)).cos()) as f32)
        .collect()
}

/// The smallest number ≥ `size` with no prime factor above 5: a length that transforms fast.
pub(super) fn fast_length(size: usize) -> usize {
    let smooth = |mut n: usize| {
        for factor in [2, 3, 5] {
            while n.is_multiple_of(factor) {
                n /= factor;
            }
        }
        n == 1
    };
    (size.max(2)..)
        .find(|&n| smooth(n))
        .expect("there is a power of two above any size")
}

/// Samples of a stretch of `seconds`.
pub(super) fn samples_in(seconds: f64) -> usize {
    (seconds * RATE).round_ties_even() as usize
}

/// `size` samples of `sound` around `centre` seconds; zeros where the sound doesn't reach.
pub(super) fn frame(sound: &[f32], centre: f64, size: usize, into: &mut [f32]) {
    let start = (centre * RATE).round_ties_even() as i64 - (size / 2) as i64;
    let from = start.clamp(0, sound.len() as i64);
    let to = (start + size as i64).clamp(from, sound.len() as i64);
    into[..size].fill(0.0);
    let at = (from - start).clamp(0, size as i64) as usize;
    let found = &sound[from as usize..to as usize];
    into[at..at + found.len()].copy_from_slice(found);
}

/// Power spectra of one sound at several times, row-major by time. A sinusoid's peak is its
/// amplitude squared.
pub(super) struct Spectra {
    pub power: Vec<f32>,
    /// Values in each row.
    pub bins: usize,
    pub hertz_per_bin: f64,
    /// From a sum of bins to the power that a sinusoid of that energy would peak at.
    pub to_energy: f64,
}

impl Spectra {
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.power.chunks_exact(self.bins)
    }

    /// The mean over time.
    pub fn mean(&self) -> Vec<f32> {
        let mut sum = vec![0.0f32; self.bins];
        for row in self.rows() {
            sum.iter_mut().zip(row).for_each(|(sum, p)| *sum += p);
        }
        let count = (self.power.len() / self.bins).max(1) as f32;
        sum.iter_mut().for_each(|sum| *sum /= count);
        sum
    }
}

/// Plans of Fourier transforms and windows, kept between spectra.
#[derive(Default)]
pub(super) struct Fourier {
    planner: Option<RealFftPlanner<f32>>,
    windows: HashMap<usize, Arc<Vec<f32>>>,
}

impl Fourier {
    /// A forward transform.
    pub fn forward(&mut self, length: usize) -> Arc<dyn RealToComplex<f32>> {
        self.planner
            .get_or_insert_with(RealFftPlanner::new)
            .plan_fft_forward(length)
    }

    /// A backward transform, not scaled.
    pub fn backward(&mut self, length: usize) -> Arc<dyn realfft::ComplexToReal<f32>> {
        self.planner
            .get_or_insert_with(RealFftPlanner::new)
            .plan_fft_inverse(length)
    }

    /// The Hann window of a size.
    pub fn window(&mut self, size: usize) -> Arc<Vec<f32>> {
        self.windows
            .entry(size)
            .or_insert_with(|| Arc::new(hann(size)))
            .clone()
    }

    /// Spectra of `sound` (at [`SAMPLE_RATE`]) with windows of `seconds` around `times`, padded
    /// with zeros to `zero_padding` times their length.
    pub fn spectra(
        &mut self,
        sound: &[f32],
        times: &[f64],
        seconds: f64,
        zero_padding: usize,
    ) -> Spectra {
        let size = samples_in(seconds);
        let window = self.window(size);
        let length = fast_length(size * zero_padding);
        let fft = self.forward(length);
        let scale = (2.0 / window.iter().map(|&w| f64::from(w)).sum::<f64>()).powi(2) as f32;
        let bins = length / 2 + 1;
        let mut power = Vec::with_capacity(times.len() * bins);
        let mut input = fft.make_input_vec();
        let mut spectrum = fft.make_output_vec();
        let mut scratch = fft.make_scratch_vec();
        for &time in times {
            frame(sound, time, size, &mut input);
            input[size..].fill(0.0);
            input.iter_mut().zip(&*window).for_each(|(x, w)| *x *= w);
            fft.process_with_scratch(&mut input, &mut spectrum, &mut scratch)
                .expect("buffers of the plan's own size");
            power.extend(spectrum.iter().map(|c: &Complex<f32>| c.norm_sqr() * scale));
        }
        Spectra {
            power,
            bins,
            hertz_per_bin: RATE / length as f64,
            to_energy: size as f64 / length as f64 / HANN_NOISE_BANDWIDTH,
        }
    }
}

/// Whether a bin is a local maximum.
pub(super) fn is_peak(power: &[f32], bin: usize) -> bool {
    bin > 0 && bin + 1 < power.len() && power[bin] > power[bin - 1] && power[bin] >= power[bin + 1]
}

/// The loudest local maximum of `power` among `bins`, if any.
pub(super) fn highest_peak(power: &[f32], bins: std::ops::Range<usize>) -> Option<usize> {
    bins.filter(|&bin| is_peak(power, bin))
        .reduce(|best, bin| if power[bin] > power[best] { bin } else { best })
}

/// Parabolic interpolation of a peak in log power: its fractional bin.
pub(super) fn refine(power: &[f32], bin: usize) -> f64 {
    let log = |bin: usize| (f64::from(power[bin]) + 1e-30).ln();
    let (a, b, c) = (log(bin - 1), log(bin), log(bin + 1));
    bin as f64 + (0.5 * (a - c) / (a - 2.0 * b + c - 1e-9)).clamp(-0.5, 0.5)
}

/// The loudest value.
pub(super) fn loudest(power: &[f32]) -> f64 {
    f64::from(power.iter().copied().fold(0.0, f32::max))
}

/// The value that a share of `values` lie below; reorders them. 0 for none.
pub(super) fn rank(values: &mut [f32], rank: usize) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let rank = rank.min(values.len() - 1);
    f64::from(*values.select_nth_unstable_by(rank, f32::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sinusoid_peaks_at_its_amplitude_squared_and_its_frequency() {
        let sound: Vec<f32> = (0..16_384)
            .map(|i| (0.5 * (std::f64::consts::TAU * 1000.3 * i as f64 / RATE).sin()) as f32)
            .collect();
        let spectra = Fourier::default().spectra(&sound, &[0.25], 0.25, 2);
        let bin = highest_peak(&spectra.power, 0..spectra.bins).unwrap();
        assert!((spectra.power[bin] - 0.25).abs() < 0.01);
        let hertz = refine(&spectra.power, bin) * spectra.hertz_per_bin;
        assert!((hertz - 1000.3).abs() < 0.05, "{hertz}");
    }

    #[test]
    fn lengths_are_products_of_small_primes() {
        assert_eq!(fast_length(5761), 5832);
        assert_eq!(fast_length(8000), 8000);
        assert_eq!(fast_length(7), 8);
    }

    #[test]
    fn frames_beyond_the_sound_are_silent() {
        let mut got = [9.0; 4];
        frame(&[1.0, 2.0], 0.0, 4, &mut got);
        assert_eq!(got, [0.0, 0.0, 1.0, 2.0]);
        frame(&[1.0, 2.0], 1.0, 4, &mut got);
        assert_eq!(got, [0.0; 4]);
    }
}
