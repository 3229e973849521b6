//! The pitch of a note: how often it repeats itself, then exactly from its partials.
//!
//! The autocorrelation of short stretches (Boersma 1993: divided by that of the window) is averaged
//! over the note; the lag where it is nearly 1 is the period. Multiples of the period do as well, so
//! each octave down costs a little: a sound counts as an octave lower only when a sub-octave of some
//! 7% of its power is really there. That is right within a few cents and the right octave; the
//! median of the first twelve harmonics in a half-second spectrum then gives the last tenths. A bell repeats itself after four
//! periods of the note that it is heard as, so bells are told by their partials ([`super::bell`]).

use super::bell;
use super::correlate::{Correlator, HIGHEST_HZ, LAGS, Period, SPAN, periods};
use super::partials::tuning;
use super::spectrum::{Fourier, RATE};
use super::timing::{LONG_WINDOW, Timing};

/// What an octave costs, as a share of a perfect repetition.
const OCTAVE_COST: f64 = 0.07;
/// Below this a sound repeats itself too little to have a pitch.
const LEAST_CONFIDENCE: f64 = 0.5;
/// Seconds between two frames.
const HOP: f64 = 0.05;
/// Seconds of a note that are listened to.
const LONGEST: f64 = 3.0;
/// How far the partials may be from the autocorrelation's pitch, cents.
const FIRST_LIMIT: f64 = 50.0;
/// And from what they say at first.
const SECOND_LIMIT: f64 = 20.0;

/// The pitch of a sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pitch {
    /// Fundamental, Hz, 25..=4500.
    pub hertz: f64,
    /// How well the sound repeats itself: 0.5 barely, 1 perfectly.
    pub confidence: f64,
}

impl Pitch {
    /// As a MIDI key with its fraction: 69 is A4 = 440 Hz.
    pub fn key(self) -> f64 {
        69.0 + 12.0 * (self.hertz / 440.0).log2()
    }
}

/// The pitch of `sound`, one note, mono at [`SAMPLE_RATE`](super::SAMPLE_RATE); the first three
/// seconds count. `None` for a sound without one: silence, noise, most drums. A sound of less than
/// a few periods has none. Takes some 15 ms. Any thread but audio.
pub fn find(sound: &[f32]) -> Option<Pitch> {
    let mut fourier = Fourier::default();
    let seconds = (sound.len() as f64 / RATE).min(LONGEST);
    let mut correlator = Correlator::new(&mut fourier);
    let mut mean = vec![0.0f32; LAGS];
    let mut weights = 0.0f32;
    let mut centre = SPAN.min(seconds) / 2.0;
    let last = seconds - centre;
    while centre <= last + 1e-9 {
        let (correlation, energy) = correlator.at(sound, centre);
        let weight = energy.sqrt();
        weights += weight;
        let both = mean.iter_mut().zip(correlation);
        both.for_each(|(mean, value)| *mean += weight * value);
        centre += HOP;
    }
    if weights <= 1e-6 {
        return None;
    }
    mean.iter_mut().for_each(|mean| *mean /= weights);
    let period = best(&mean);
    let timing = Timing {
        held: sound.len() as f64 / RATE,
        released: false,
    };
    let long = fourier.spectra(sound, &timing.long_moments(), LONG_WINDOW, 1);
    let (mean, hertz_per_bin) = (long.mean(), long.hertz_per_bin);
    let confidence = period.map_or(LEAST_CONFIDENCE, |period| period.strength.min(1.0));
    if let Some(hertz) = bell::strike(&mean, hertz_per_bin) {
        return Some(Pitch { hertz, confidence });
    }
    Some(Pitch {
        hertz: exact(&mean, hertz_per_bin, period?.hertz),
        confidence,
    })
}

/// The period that a sound is heard by, when it has a pitch.
pub(super) fn best(correlation: &[f32]) -> Option<Period> {
    let score = |p: &Period| p.strength - OCTAVE_COST * (HIGHEST_HZ / p.hertz).log2();
    periods(correlation)
        .into_iter()
        .max_by(|a, b| score(a).total_cmp(&score(b)))
        .filter(|period| period.strength >= LEAST_CONFIDENCE)
}

/// The pitch near `hertz` that the partials in a power spectrum agree on.
fn exact(power: &[f32], hertz_per_bin: f64, hertz: f64) -> f64 {
    [FIRST_LIMIT, SECOND_LIMIT]
        .into_iter()
        .fold(hertz, |hertz, limit| {
            let cents = tuning(power, hertz_per_bin, hertz, limit).unwrap_or(0.0);
            hertz * (cents / 1200.0).exp2()
        })
}
