//! The spectrum of a note's beginning, by which it is told how loud the note is and whether it is one.

use std::ops::Range;

use super::notes::HeardNote;
use super::spectrum::{Fourier, RATE};

/// Window of the spectra, s: it tells partials apart that lie 31 Hz from each other.
const WINDOW: f64 = 0.128;
/// From the first spectrum to the second, where the note is long enough, s.
const HOP: f64 = 0.064;
/// A partial is looked for within this share of its frequency (half a semitone) …
const NEAR: f64 = 0.029;
/// … but at least so many bins to each side.
const NEAR_BINS: f64 = 1.5;
/// Partials above this count as missing, Hz.
const HIGHEST: f64 = 10_000.0;
/// The amplitude of a missing partial.
const MISSING: f32 = 1e-6;
/// Who begins this long after a note still sounds with its beginning, s.
const LATE: f64 = 0.05;
/// Who ends sooner than this after a note's start doesn't sound with it, s.
const SOON: f64 = 0.03;

/// Amplitudes at a note's beginning.
pub(super) struct Beginning {
    amplitudes: Vec<f32>,
    hertz_per_bin: f64,
}

impl Beginning {
    /// Of a note in a sound at [`super::SAMPLE_RATE`].
    pub fn of(note: &HeardNote, sound: &[f32], fourier: &mut Fourier) -> Self {
        let first = note.start + WINDOW / 2.0;
        let second = (first + HOP + WINDOW / 4.0 < note.end).then_some(first + HOP);
        let times: Vec<f64> = [Some(first), second].into_iter().flatten().collect();
        let spectra = fourier.spectra(sound, &times, WINDOW, 2);
        Self {
            amplitudes: spectra.mean().iter().map(|power| power.sqrt()).collect(),
            hertz_per_bin: spectra.hertz_per_bin,
        }
    }

    /// Amplitude of the partial near a frequency (Hz) of a tone.
    pub fn at(&self, hertz: f64) -> f32 {
        if hertz > HIGHEST.min(RATE / 2.0) {
            return MISSING;
        }
        let near = self.amplitudes[self.bins(hertz)].iter();
        near.copied().fold(MISSING, f32::max)
    }

    /// What a tone's partial is expected to be by its neighbours: their geometric mean, for spectra are smooth (Klapuri,
    /// IEEE TSAP 11(6), 2003). `number` from 2.
    pub fn expected(&self, fundamental: f64, number: usize) -> f32 {
        let [below, above] = [number - 1, number + 1].map(|n| self.at(fundamental * n as f64));
        (below * above).sqrt()
    }

    fn bins(&self, hertz: f64) -> Range<usize> {
        let middle = hertz / self.hertz_per_bin;
        let half = (NEAR * middle).max(NEAR_BINS);
        let last = self.amplitudes.len();
        let from = (middle - half).ceil().max(0.0) as usize;
        from.min(last)..((middle + half) as usize + 1).min(last)
    }
}

/// Whether another note sounds when one begins.
pub(super) fn sounds_with(other: &HeardNote, note: &HeardNote) -> bool {
    other.start <= note.start + LATE && other.end > note.start + SOON
}

/// Which partial of a tone lies within half a semitone of a frequency.
pub(super) fn partial_near(hertz: f64, fundamental: f64) -> Option<usize> {
    let number = (hertz / fundamental).round();
    (number >= 1.0 && (hertz / fundamental / number - 1.0).abs() < NEAR).then_some(number as usize)
}
