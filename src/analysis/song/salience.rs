//! Which keys sound, when no transcription model has heard them: harmonic combs fitted to the
//! spectrum with weights that are never negative, after Mauch & Dixon, "Approximate note
//! transcription for the improved identification of difficult chords" (ISMIR 2010, section 2).

use super::Stopped;
use crate::analysis::posterior::{KEYS, LOWEST};
use crate::analysis::spectrum::{Fourier, RATE, hann};

/// Rows a second.
pub const ROWS: f64 = 20.0;
/// Bins a semitone.
const FINE: usize = 3;
/// Bins of the logarithmic spectrum: the keys and the partials above the highest.
const BINS: usize = (KEYS + 24) * FINE;
/// Low tones need long windows, high ones change fast: below the border the spectrum is of half a
/// second at an eighth of the rate, above it of an eighth of a second.
const BORDER_HZ: f64 = 600.0;
const DECIMATION: usize = 8;
const LOW_WINDOW: usize = 2048;
const HIGH_WINDOW: usize = 4096;
/// Partials of a comb, each this much of the one before.
const PARTIALS: usize = 12;
const FALL: f32 = 0.75;
const ITERATIONS: usize = 15;
/// Half the width over which the spectrum is made even, bins, and how even (0 to 1).
const EVEN_WIDTH: usize = 18 * FINE;
const EVENNESS: f32 = 0.8;
const STOP_EVERY: usize = 32;

/// How strongly each key sounds.
#[derive(Clone, Debug, Default)]
pub struct Salience {
    /// Rows of strengths from key [`LOWEST`] up, not negative, [`ROWS`] a second from the start;
    /// the loudest frames are around 1.
    pub rows: Vec<[f32; KEYS]>,
    /// How far its A4 lies from 440 Hz, cents, −50..50.
    pub tuning_cents: f64,
}

/// Of a mono sound at [`crate::analysis::SAMPLE_RATE`]. Takes some 5 ms a second. Any thread but
/// audio.
///
/// # Errors
/// [`Stopped`] when `stop` says so.
pub fn of(sound: &[f32], stop: &dyn Fn() -> bool) -> Result<Salience, Stopped> {
    let low = decimate(sound);
    let mut lows = Frames::new(&low, RATE / DECIMATION as f64, LOW_WINDOW);
    let mut highs = Frames::new(sound, RATE, HIGH_WINDOW);
    let tuning_cents = tuning(&mut lows, sound.len());
    let combs = Combs::new();
    let count = (sound.len() as f64 / RATE * ROWS) as usize + 1;
    let mut rows = Vec::with_capacity(count);
    let mut loudest = 0.0f32;
    for number in 0..count {
        if number % STOP_EVERY == 0 && stop() {
            return Err(Stopped);
        }
        let seconds = number as f64 / ROWS;
        let mut bins = logarithmic(lows.at(seconds), highs.at(seconds), tuning_cents);
        let level = bins.iter().map(|x| x * x).sum::<f32>().sqrt();
        loudest = loudest.max(level);
        even_out(&mut bins);
        let mut row = combs.fit(&bins);
        // Back to how loud it was, compressed: a soft chord counts nearly as much as a loud one.
        let total: f32 = row.iter().sum();
        let share = level.sqrt() / total.max(1e-9);
        row.iter_mut().for_each(|x| *x *= share);
        rows.push(row);
    }
    let scale = 1.0 / loudest.sqrt().max(1e-9);
    rows.iter_mut().flatten().for_each(|x| *x *= scale);
    Ok(Salience { rows, tuning_cents })
}

/// Every eighth sample after a low pass.
fn decimate(sound: &[f32]) -> Vec<f32> {
    const TAPS: usize = 16 * DECIMATION;
    let window = hann(TAPS);
    let mut taps: Vec<f32> = (0..TAPS)
        .map(|i| {
            let t = (i as f64 + 0.5 - TAPS as f64 / 2.0) / DECIMATION as f64 * 0.9;
            let sinc = (std::f64::consts::PI * t).sin() / (std::f64::consts::PI * t);
            sinc as f32 * window[i]
        })
        .collect();
    let sum: f32 = taps.iter().sum();
    taps.iter_mut().for_each(|tap| *tap /= sum);
    (0..sound.len().div_ceil(DECIMATION))
        .map(|i| {
            let start = (i * DECIMATION) as i64 - (TAPS / 2) as i64;
            let from = start.max(0) as usize;
            let to = ((start + TAPS as i64) as usize).min(sound.len());
            let taps = &taps[(from as i64 - start) as usize..];
            sound[from..to.max(from)]
                .iter()
                .zip(taps)
                .map(|(x, t)| x * t)
                .sum()
        })
        .collect()
}

/// Amplitude spectra of a sound.
struct Frames<'a> {
    sound: &'a [f32],
    rate: f64,
    window: Vec<f32>,
    scale: f32,
    fft: std::sync::Arc<dyn realfft::RealToComplex<f32>>,
    input: Vec<f32>,
    spectrum: Vec<realfft::num_complex::Complex<f32>>,
    amplitudes: Vec<f32>,
}

/// One of them.
struct Spectrum<'a> {
    amplitudes: &'a [f32],
    per_bin: f64,
}

impl<'a> Frames<'a> {
    fn new(sound: &'a [f32], rate: f64, size: usize) -> Self {
        let window = hann(size);
        let fft = Fourier::default().forward(size);
        Self {
            sound,
            rate,
            scale: 2.0 / window.iter().sum::<f32>(),
            window,
            input: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            amplitudes: vec![0.0; size / 2 + 1],
            fft,
        }
    }

    fn at(&mut self, seconds: f64) -> Spectrum<'_> {
        let size = self.window.len();
        let start = (seconds * self.rate).round() as i64 - (size / 2) as i64;
        for (i, x) in self.input.iter_mut().enumerate() {
            let at = usize::try_from(start + i as i64).ok();
            let sample = at.and_then(|at| self.sound.get(at)).copied();
            *x = sample.unwrap_or(0.0) * self.window[i];
        }
        self.fft
            .process(&mut self.input, &mut self.spectrum)
            .expect("buffers of the plan's own size");
        for (amplitude, bin) in self.amplitudes.iter_mut().zip(&self.spectrum) {
            *amplitude = bin.norm_sqr().sqrt() * self.scale;
        }
        Spectrum {
            amplitudes: &self.amplitudes,
            per_bin: self.rate / size as f64,
        }
    }
}

impl Spectrum<'_> {
    fn amplitude(&self, hertz: f64) -> f32 {
        let at = hertz / self.per_bin;
        let bin = at as usize;
        let Some([a, b]) = self
            .amplitudes
            .get(bin..bin + 2)
            .and_then(|x| x.first_chunk())
        else {
            return 0.0;
        };
        a + (b - a) * (at - bin as f64) as f32
    }
}

/// Hertz of a bin of the logarithmic spectrum, of which every third lies on a key.
fn hertz(bin: usize, tuning_cents: f64) -> f64 {
    let key = f64::from(LOWEST) + (bin as f64 - 1.0) / FINE as f64 + tuning_cents / 100.0;
    440.0 * ((key - 69.0) / 12.0).exp2()
}

fn logarithmic(low: Spectrum, high: Spectrum, tuning_cents: f64) -> [f32; BINS] {
    std::array::from_fn(|bin| {
        let hertz = hertz(bin, tuning_cents);
        if hertz < BORDER_HZ {
            low.amplitude(hertz)
        } else {
            high.amplitude(hertz)
        }
    })
}

/// Divides by the mean of the neighbourhood, nearly.
fn even_out(bins: &mut [f32; BINS]) {
    let mut sums = [0.0f32; BINS + 1];
    for (i, x) in bins.iter().enumerate() {
        sums[i + 1] = sums[i] + x;
    }
    let overall = (sums[BINS] / BINS as f32).max(1e-9);
    for (i, x) in bins.iter_mut().enumerate() {
        let (from, to) = (i.saturating_sub(EVEN_WIDTH), (i + EVEN_WIDTH + 1).min(BINS));
        let mean = (sums[to] - sums[from]) / (to - from) as f32;
        // What is much weaker than the rest of the frame isn't raised to its level.
        *x = (*x - mean).max(0.0) / (mean + 0.03 * overall).powf(EVENNESS);
    }
}

/// From the places of spectral peaks between the keys (as in Dressler & Streich, ISMIR 2007).
fn tuning(lows: &mut Frames, samples: usize) -> f64 {
    let seconds = samples as f64 / RATE;
    let looks = (seconds * 4.0).clamp(1.0, 240.0) as usize;
    let (mut real, mut imaginary) = (0.0f64, 0.0f64);
    for look in 0..looks {
        let spectrum = lows.at((look as f64 + 0.5) / looks as f64 * seconds);
        let a = spectrum.amplitudes;
        let (first, last) = (110.0, 1300.0);
        let bins = (first / spectrum.per_bin) as usize..(last / spectrum.per_bin) as usize;
        let most = a[bins.clone()].iter().copied().fold(1e-5, f32::max);
        for bin in bins {
            if a[bin] > 0.05 * most && a[bin] > a[bin - 1] && a[bin] >= a[bin + 1] {
                let log = |i: usize| f64::from(a[i].max(1e-12)).ln();
                let (l, c, r) = (log(bin - 1), log(bin), log(bin + 1));
                let offset = (0.5 * (l - r) / (l - 2.0 * c + r - 1e-9)).clamp(-0.5, 0.5);
                let key = 12.0 * ((bin as f64 + offset) * spectrum.per_bin / 440.0).log2();
                let (sine, cosine) = (std::f64::consts::TAU * key).sin_cos();
                let weight = f64::from(a[bin]).sqrt();
                real += weight * cosine;
                imaginary += weight * sine;
            }
        }
    }
    imaginary.atan2(real) / std::f64::consts::TAU * 100.0
}

/// The partials of each key, as (bin, weight).
struct Combs(Vec<Vec<(usize, f32)>>);

impl Combs {
    fn new() -> Self {
        let comb = |key: usize| {
            let mut comb = Vec::new();
            let mut weight = 1.0f32;
            for partial in 1..=PARTIALS {
                let up = ((12 * FINE) as f64 * (partial as f64).log2()).round() as usize;
                let middle = key * FINE + 1 + up;
                for (bin, share) in [(middle - 1, 0.5), (middle, 1.0), (middle + 1, 0.5)] {
                    if bin < BINS {
                        comb.push((bin, weight * share));
                    }
                }
                weight *= FALL;
            }
            let norm = comb.iter().map(|c| c.1 * c.1).sum::<f32>().sqrt();
            comb.iter_mut().for_each(|c| c.1 /= norm);
            comb
        };
        Self((0..KEYS).map(comb).collect())
    }

    /// Weights of the combs whose sum is nearest to `bins` (multiplicative updates: Lee & Seung 2001).
    fn fit(&self, bins: &[f32; BINS]) -> [f32; KEYS] {
        let dot = |comb: &[(usize, f32)], with: &[f32; BINS]| -> f32 {
            comb.iter().map(|&(bin, weight)| weight * with[bin]).sum()
        };
        let wanted: [f32; KEYS] = std::array::from_fn(|key| dot(&self.0[key], bins));
        let mut weights = wanted;
        let mut made = [0.0f32; BINS];
        for _ in 0..ITERATIONS {
            made.fill(0.0);
            for (comb, &weight) in self.0.iter().zip(&weights) {
                if weight > 0.0 {
                    comb.iter()
                        .for_each(|&(bin, share)| made[bin] += share * weight);
                }
            }
            for ((comb, weight), &wanted) in self.0.iter().zip(&mut weights).zip(&wanted) {
                if *weight > 0.0 {
                    *weight *= wanted / dot(comb, &made).max(1e-9);
                    if *weight < 1e-7 {
                        *weight = 0.0;
                    }
                }
            }
        }
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::tests::synthetic::{hertz, saw, tone};

    fn chord(keys: &[f64]) -> Vec<f32> {
        let mut sum = vec![0.0f32; 64_000];
        for &key in keys {
            let part = tone(hertz(key), &saw(12), 0.5, 2.0, 32_000);
            sum.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
        }
        sum
    }

    #[test]
    fn the_keys_of_a_chord_are_the_strongest() {
        for keys in [[48.0, 60.0, 64.0, 67.0], [41.0, 56.0, 60.0, 65.0]] {
            let heard = of(&chord(&keys), &|| false).unwrap();
            let row = heard.rows[20];
            let mut order: Vec<usize> = (0..KEYS).collect();
            order.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
            // Octaves are easily taken for each other; pitch classes aren't.
            let is_in_it = |class: usize| keys.iter().any(|&key| key as usize % 12 == class);
            let classes: Vec<usize> = order.iter().map(|key| (key + 21) % 12).collect();
            assert!(
                classes[..4].iter().all(|&class| is_in_it(class)),
                "{classes:?}"
            );
            for key in keys {
                assert!(
                    classes[..8].contains(&(key as usize % 12)),
                    "{key}: {classes:?}"
                );
            }
        }
    }

    #[test]
    fn tuning_is_found() {
        for cents in [-30.0, 0.0, 20.0] {
            let keys = [60.0, 64.0, 67.0].map(|key| key + cents / 100.0);
            let heard = of(&chord(&keys), &|| false).unwrap();
            assert!(
                (heard.tuning_cents - cents).abs() < 5.0,
                "{}",
                heard.tuning_cents
            );
        }
    }

    #[test]
    fn nothing_sounds_in_silence() {
        let heard = of(&[0.0; 3000], &|| false).unwrap();
        assert!(heard.rows.iter().flatten().all(|&x| x == 0.0));
        assert!(of(&[], &|| false).unwrap().rows.len() == 1);
    }
}
