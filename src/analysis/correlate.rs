//! Autocorrelation of short stretches of a sound: how much it repeats itself after each lag.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealToComplex};

use super::spectrum::{Fourier, RATE, frame, hann};

/// The lowest pitch looked for, Hz.
pub(super) const LOWEST_HZ: f64 = 25.0;
/// The highest pitch looked for, Hz.
pub(super) const HIGHEST_HZ: f64 = 4500.0;
/// Samples of a window: three and a half periods of the lowest pitch.
pub(super) const WINDOW: usize = 4608;
/// [`WINDOW`] in seconds.
pub(super) const SPAN: f64 = WINDOW as f64 / RATE;
/// Samples of a transform: no lag wraps around to another.
const LENGTH: usize = 8192;
/// Lags in one sample: periods of the highest notes are only few samples long.
pub(super) const LAGS_PER_SAMPLE: usize = 2;
/// Lags, from 0 to one past the longest period.
pub(super) const LAGS: usize = LAGS_PER_SAMPLE * (RATE / LOWEST_HZ) as usize + 2;
/// Above this many Hz the spectrum counts less and less: pitch is heard below.
const DULL_HZ: f64 = 2000.0;

/// Computes autocorrelations.
pub(super) struct Correlator {
    forward: Arc<dyn RealToComplex<f32>>,
    backward: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
    /// What each lag's correlation is divided by: that of the window itself.
    taper: Vec<f32>,
    weights: Vec<f32>,
    input: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    powers: Vec<Complex<f32>>,
    correlation: Vec<f32>,
}

impl Correlator {
    /// Ready for any sound.
    pub fn new(fourier: &mut Fourier) -> Self {
        let forward = fourier.forward(LENGTH);
        let backward = fourier.backward(LENGTH * LAGS_PER_SAMPLE);
        let mut new = Self {
            window: hann(WINDOW),
            taper: vec![1.0; LAGS],
            weights: vec![1.0; LENGTH / 2 + 1],
            input: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            powers: backward.make_input_vec(),
            correlation: backward.make_output_vec(),
            forward,
            backward,
        };
        let ones = vec![1.0; WINDOW];
        new.taper = new.at(&ones, WINDOW as f64 / 2.0 / RATE).0;
        new.weights = (0..=LENGTH / 2)
            .map(|bin| {
                let hertz = bin as f64 * RATE / LENGTH as f64;
                // Nothing below 20 Hz: what a direct current and rumble leave.
                let low = (hertz / 20.0).min(1.0).powi(4);
                (low / (1.0 + (hertz / DULL_HZ).powi(2))) as f32
            })
            .collect();
        new
    }

    /// Autocorrelation around `centre` seconds, 1 at lag 0, [`LAGS`] lags; and the mean square of
    /// the frame. All 0 for silence.
    pub fn at(&mut self, sound: &[f32], centre: f64) -> (Vec<f32>, f32) {
        frame(sound, centre, WINDOW, &mut self.input);
        self.input[WINDOW..].fill(0.0);
        let windowed = self.input.iter_mut().zip(&self.window);
        windowed.for_each(|(x, w)| *x *= w);
        let energy: f32 = self.input[..WINDOW].iter().map(|x| x * x).sum();
        let energy = energy / (WINDOW as f32 * 0.375);
        self.forward
            .process(&mut self.input, &mut self.spectrum)
            .expect("buffers of the plan's own size");
        // Zeros above the spectrum make the lags finer; the transform uses its input up.
        self.powers.fill(Complex::ZERO);
        let spectrum = self.spectrum.iter().zip(&self.weights);
        for (power, (value, weight)) in self.powers.iter_mut().zip(spectrum) {
            power.re = value.norm_sqr() * weight;
        }
        self.backward
            .process(&mut self.powers, &mut self.correlation)
            .expect("buffers of the plan's own size");
        let whole = self.correlation[0];
        if whole <= 1e-20 {
            return (vec![0.0; LAGS], energy);
        }
        let lags = self.correlation.iter().zip(&self.taper);
        (
            lags.map(|(value, taper)| value / whole / taper).collect(),
            energy,
        )
    }
}

/// A lag after which a sound repeats itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Period {
    pub hertz: f64,
    /// The autocorrelation there: 1 for a perfect repetition.
    pub strength: f64,
}

/// All local maxima of an autocorrelation that can be periods.
pub(super) fn periods(correlation: &[f32]) -> Vec<Period> {
    let rate = RATE * LAGS_PER_SAMPLE as f64;
    let shortest = (rate / HIGHEST_HZ) as usize;
    (shortest.max(1)..correlation.len() - 1)
        .filter_map(|lag| {
            let [a, b, c] =
                [-1i64, 0, 1].map(|step| f64::from(correlation[(lag as i64 + step) as usize]));
            if b <= 0.0 || b < a || b <= c {
                return None;
            }
            let shift = (0.5 * (a - c) / (a - 2.0 * b + c)).clamp(-0.5, 0.5);
            Some(Period {
                hertz: rate / (lag as f64 + shift),
                strength: b - 0.25 * (a - c) * shift,
            })
        })
        .collect()
}
