//! The matcher's spectrogram: power in bands of a 24th of an octave, and levels in half decibels.

use super::super::spectrum::{Fourier, RATE};

/// Bands: 40 Hz to 12.9 kHz.
pub(super) const BANDS: usize = 200;
/// Bands in a semitone.
pub(super) const SEMITONE: isize = 2;
const LOWEST: f64 = 40.0;
const PER_OCTAVE: f64 = 24.0;
/// Seconds between frames.
const HOP: f64 = 0.01;
/// The window, seconds.
const WINDOW: f64 = 0.128;
/// A band is at least so wide to either side, Hz: about a bin.
const NARROWEST: f64 = 8.0;
/// The loudest cell's level; a step is half a decibel.
pub(super) const LOUDEST: u8 = 255;

/// Power of each band at each frame, row-major by frame.
pub(super) struct Cells {
    pub power: Vec<f32>,
}

impl Cells {
    /// Of a sound at [`crate::analysis::SAMPLE_RATE`], frames at 0, 10, 20 ms … to its end.
    pub fn of(sound: &[f32]) -> Self {
        let count = sound.len() / (HOP * RATE) as usize + 1;
        let times: Vec<f64> = (0..count).map(|frame| frame as f64 * HOP).collect();
        let mut fourier = Fourier::default();
        let mut power = Vec::with_capacity(count * BANDS);
        let mut bank = Vec::new();
        for some in times.chunks(64) {
            let spectra = fourier.spectra(sound, some, WINDOW, 1);
            if bank.is_empty() {
                bank = triangles(spectra.bins, spectra.hertz_per_bin);
            }
            for row in spectra.rows() {
                power.extend(bank.iter().map(|(first, weights): &(usize, Vec<f32>)| {
                    let bins = row[*first..].iter().zip(weights);
                    bins.map(|(p, w)| p * w).sum::<f32>()
                }));
            }
        }
        Self { power }
    }

    pub fn frames(&self) -> usize {
        self.power.len() / BANDS
    }

    /// Levels in half decibels below the loudest cell, [`LOUDEST`]; 0 is 127.5 dB below, or nothing.
    pub fn levels(&self) -> Vec<u8> {
        let decibels = |power: &f32| 10.0 * (power + 1e-20).log10();
        let loudest = self.power.iter().map(decibels).fold(-200.0, f32::max);
        let level = |power| f32::from(LOUDEST) + 2.0 * (decibels(power) - loudest);
        self.power.iter().map(|p| level(p).round() as u8).collect()
    }
}

/// First bin and weights of each band.
fn triangles(bins: usize, hertz_per_bin: f64) -> Vec<(usize, Vec<f32>)> {
    (0..BANDS)
        .map(|band| {
            let centre = LOWEST * (band as f64 / PER_OCTAVE).exp2();
            let width = (centre * ((1.0 / PER_OCTAVE).exp2() - 1.0)).max(NARROWEST);
            let first = ((centre - width) / hertz_per_bin).ceil().max(0.0) as usize;
            let last = (((centre + width) / hertz_per_bin) as usize).min(bins - 1);
            let weight = |bin| 1.0 - (bin as f64 * hertz_per_bin - centre).abs() / width;
            let weights = (first..=last).map(|bin| weight(bin) as f32).collect();
            (first, weights)
        })
        .collect()
}
