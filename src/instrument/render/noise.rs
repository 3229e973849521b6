//! The noise bank: one stretch of noise for each band, made once for a sample rate and heard by
//! all notes through their envelopes. Since all layers of a column hear the same noise, they
//! cross-fade without a dip, as their partials do.

#![expect(
    unsafe_code,
    reason = "vector instructions, where the processor has them"
)]

use std::sync::{Arc, OnceLock, Weak};

use parking_lot::Mutex;
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner};

use super::envelope::{BLOCK, CONTROL, STEPS, ramp};
#[cfg(target_arch = "x86_64")]
use super::vectors;
use super::vectors::{Eight, LANES, Portable};
use super::{Loop, chance};
use crate::instrument::slots::{NOISE_ROWS, band_edges};

/// Frames after which the noise repeats: a whole number of blocks, 2 s at 48 kHz.
const PERIOD: usize = 384 * BLOCK;
/// Seconds over which a loop's end fades into the noise before its start.
const SEAM_S: f32 = 0.08;
/// Blocks from the noise of the middle to that of the sides.
const SIDE_BLOCKS: usize = 173;

/// Noise of mean square ½ in each band, periodic. A band is made when it is first heard.
pub(super) struct NoiseBank {
    rate: f32,
    inverse: Arc<dyn ComplexToReal<f32>>,
    bands: [OnceLock<Vec<f32>>; NOISE_ROWS],
}

impl NoiseBank {
    /// The bank of a rate; kept as long as somebody uses it.
    pub fn shared(rate: f32) -> Arc<Self> {
        static LATEST: Mutex<Weak<NoiseBank>> = Mutex::new(Weak::new());
        let mut latest = LATEST.lock();
        if let Some(bank) = latest.upgrade().filter(|bank| bank.rate == rate) {
            return bank;
        }
        let bank = Arc::new(Self::new(rate));
        *latest = Arc::downgrade(&bank);
        bank
    }

    fn new(rate: f32) -> Self {
        let inverse = RealFftPlanner::<f32>::new().plan_fft_inverse(PERIOD);
        Self {
            rate,
            inverse,
            bands: [const { OnceLock::new() }; NOISE_ROWS],
        }
    }

    fn band(&self, band: usize) -> &[f32] {
        self.bands[band].get_or_init(|| self.make(band))
    }

    fn make(&self, band: usize) -> Vec<f32> {
        let edges = band_edges();
        let bin_hz = f64::from(self.rate) / PERIOD as f64;
        let (low, high) = (edges[band], edges[band + 1]);
        // The outermost edges are sharp; between bands they overlap with constant power.
        let below = (low - edges[band.saturating_sub(1)]).min(high - low) * 0.25;
        let above = (high - low).min(edges[(band + 2).min(NOISE_ROWS)] - high) * 0.25;
        let first = ((low - below) / bin_hz).ceil().max(1.0) as usize;
        let last = ((high + above) / bin_hz).floor() as usize;
        let mut spectrum = self.inverse.make_input_vec();
        let mut power = 0.0;
        // Bins above half the rate are counted, not drawn.
        for bin in first..=last {
            let hz = bin as f64 * bin_hz;
            let weight = fade(hz, low, below) * fade(-hz, -high, above);
            power += weight * weight;
            if let Some(value) = spectrum[..PERIOD / 2].get_mut(bin) {
                let angle = std::f64::consts::TAU * chance(band as u64, bin as u64);
                let (sin, cos) = (angle as f32).sin_cos();
                *value = Complex::new(cos, sin) * weight as f32;
            }
        }
        // Each bin is a sine of amplitude 2 × weight, of power 2 × weight². The power counts bins
        // above half the rate too: a band that is cut off gets no louder.
        let gain = (0.25 / power.max(1e-9)).sqrt() as f32;
        spectrum.iter_mut().for_each(|bin| *bin *= gain);
        let mut frames = self.inverse.make_output_vec();
        self.inverse
            .process(&mut spectrum, &mut frames)
            .expect("lengths come from the plan, and bins 0 and last are 0");
        frames
    }

    /// A block of a band that starts at a multiple of [`BLOCK`].
    fn block(&self, band: usize, frame: usize) -> &[f32; BLOCK] {
        let start = frame % PERIOD;
        self.band(band)[start..start + BLOCK]
            .try_into()
            .expect("a whole block")
    }

    /// Copies a block of a band that starts at any frame.
    fn read(&self, band: usize, frame: usize, out: &mut [f32; BLOCK]) {
        let noise = self.band(band);
        let start = frame % PERIOD;
        let first = (PERIOD - start).min(BLOCK);
        out[..first].copy_from_slice(&noise[start..start + first]);
        out[first..].copy_from_slice(&noise[..BLOCK - first]);
    }
}

/// √ of a raised cosine from 0 at `edge − half` to 1 at `edge + half`.
fn fade(hz: f64, edge: f64, half: f64) -> f64 {
    if half <= 0.0 {
        return if hz >= edge { 1.0 } else { 0.0 };
    }
    let share = ((hz - edge) / (2.0 * half) + 0.5).clamp(0.0, 1.0);
    (share * std::f64::consts::FRAC_PI_2).sin()
}

/// The noise as one column hears it.
pub(super) struct Noise {
    bank: Arc<NoiseBank>,
    /// Bands, and the indices of their rows among the envelopes' rows.
    bands: Vec<(usize, usize)>,
    /// Where in the bank this column begins: different for each, or chords would hiss in unison.
    offset: usize,
    place: Option<Loop>,
    seam: usize,
}

impl Noise {
    /// `bands` as (band, index among the envelopes' rows); another `key` hears another stretch of the noise.
    pub fn new(
        bank: Arc<NoiseBank>,
        bands: Vec<(usize, usize)>,
        key: u32,
        place: Option<Loop>,
    ) -> Self {
        let offset = key as usize * 37 * BLOCK % PERIOD;
        let seam = (SEAM_S * bank.rate) as usize;
        let seam = place.map_or(0, |place| seam.min((place.end - place.start) / 2));
        Self {
            bank,
            bands,
            offset,
            place,
            seam,
        }
    }

    /// Adds the noise over the block that starts at `frame`: the middle's to `middle`, that of the
    /// sides to `side`, each by layer. `envelopes` as in [`partials::add`](super::partials::add).
    pub fn add<const L: usize>(
        &self,
        envelopes: &[Vec<f32>; STEPS + 1],
        frame: usize,
        middle: &mut [[f32; BLOCK]; L],
        side: &mut [[f32; BLOCK]; L],
    ) {
        let (mut seam, mut seam_of_sides) = ([0.0; BLOCK], [0.0; BLOCK]);
        for &(band, row) in &self.bands {
            let heard = |v: &Vec<f32>| v[row * L..(row + 1) * L].iter().any(|&a| a > 0.0);
            if !envelopes.iter().any(heard) {
                continue;
            }
            let noise = self.block(band, frame, 0, &mut seam);
            let noise_of_sides = self.block(band, frame, SIDE_BLOCKS, &mut seam_of_sides);
            add_shaped([noise, noise_of_sides], envelopes, row, [middle, side]);
        }
    }

    /// A block of a band, `blocks` later than the column's own; towards the loop's end it fades,
    /// with equal power, into the noise that leads to the loop's start.
    fn block<'a>(
        &'a self,
        band: usize,
        frame: usize,
        blocks: usize,
        seam: &'a mut [f32; BLOCK],
    ) -> &'a [f32; BLOCK] {
        let at = self.offset + blocks * BLOCK + frame;
        let noise = self.bank.block(band, at);
        let Some(place) = self
            .place
            .filter(|place| frame + BLOCK + self.seam > place.end)
        else {
            return noise;
        };
        self.bank
            .read(band, at + PERIOD - (place.end - place.start) % PERIOD, seam);
        let seam_start = place.end - self.seam;
        for (i, (now, before)) in noise.iter().zip(seam.iter_mut()).enumerate() {
            let into = (frame + i).saturating_sub(seam_start) as f32 / self.seam as f32;
            let (sin, cos) = (into.min(1.0) * std::f32::consts::FRAC_PI_2).sin_cos();
            *before = *now * cos + *before * sin;
        }
        seam
    }
}

/// Adds two stretches of noise, shaped by the envelopes of one row, each to its own `out`.
fn add_shaped<const L: usize>(
    noise: [&[f32; BLOCK]; 2],
    envelopes: &[Vec<f32>; STEPS + 1],
    row: usize,
    out: [&mut [[f32; BLOCK]; L]; 2],
) {
    #[cfg(target_arch = "x86_64")]
    if vectors::has_avx2() {
        // SAFETY: the processor has just said that it knows AVX2.
        return unsafe { add_shaped_avx2(noise, envelopes, row, out) };
    }
    add_shaped_with::<Portable, L>(noise, envelopes, row, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_shaped_avx2<const L: usize>(
    noise: [&[f32; BLOCK]; 2],
    envelopes: &[Vec<f32>; STEPS + 1],
    row: usize,
    out: [&mut [[f32; BLOCK]; L]; 2],
) {
    add_shaped_with::<vectors::Avx2, L>(noise, envelopes, row, out);
}

#[inline(always)]
fn add_shaped_with<V: Eight, const L: usize>(
    noise: [&[f32; BLOCK]; 2],
    envelopes: &[Vec<f32>; STEPS + 1],
    row: usize,
    [middle, side]: [&mut [[f32; BLOCK]; L]; 2],
) {
    for layer in 0..L {
        for step in 0..STEPS {
            let (from, to) = (
                envelopes[step][row * L + layer],
                envelopes[step + 1][row * L + layer],
            );
            let (mut amplitude, rise): (V, V) = ramp(from, to);
            for start in (step * CONTROL..(step + 1) * CONTROL).step_by(LANES) {
                add_product(amplitude, noise[0], &mut middle[layer], start);
                add_product(amplitude, noise[1], &mut side[layer], start);
                amplitude = amplitude.add(rise);
            }
        }
    }
}

/// Adds eight frames of `noise` from `start`, times `amplitude`, to `out`.
#[inline(always)]
fn add_product<V: Eight>(amplitude: V, noise: &[f32; BLOCK], out: &mut [f32; BLOCK], start: usize) {
    let noise: &[f32; LANES] = noise[start..start + LANES]
        .try_into()
        .expect("eight frames");
    let out: &mut [f32; LANES] = (&mut out[start..start + LANES])
        .try_into()
        .expect("eight frames");
    V::load(out).add(amplitude.mul(V::load(noise))).store(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_band_has_mean_square_one_half_and_lies_where_it_should() {
        let bank = NoiseBank::new(48_000.0);
        for band in 0..NOISE_ROWS {
            let frames = bank.band(band);
            let power: f32 = frames.iter().map(|x| x * x).sum::<f32>() / PERIOD as f32;
            assert!((power - 0.5).abs() < 0.01, "band {band}: {power}");
        }
    }

    #[test]
    fn bands_above_half_the_rate_are_empty() {
        let bank = NoiseBank::new(22_050.0);
        assert!(bank.band(NOISE_ROWS - 1).iter().all(|x| x.abs() < 1e-6));
        assert!(bank.band(0).iter().any(|x| x.abs() > 0.1));
    }
}
