//! The strike note of a bell: its partials are no harmonics, and it is heard an octave below the nominal (Rossing, *Science of
//! Percussion Instruments*, 2000, chapter 11).

use super::spectrum::{is_peak, loudest, refine};

/// Frequency (Hz) and power of a peak.
pub(super) type Peak = (f64, f64);

/// What a bell sounds, over its strike note, from where to where: hum, prime, tierce, quint, nominal, tenth and eleventh, superquint,
/// octave nominal, and what is above.
pub(super) const PARTIALS: [(f64, f64); 10] = [
    (0.45, 0.55),
    (0.93, 1.07),
    TIERCE,
    (1.44, 1.57),
    (1.98, 2.02),
    (2.45, 2.75),
    (2.9, 3.12),
    (3.85, 4.35),
    (4.9, 5.6),
    (6.0, 7.0),
];
const TIERCE: (f64, f64) = (1.16, 1.245);
/// Within this share of the tierce's second and third harmonic, which the third of a chord has, there is less than so much of its
/// power (−20 dB).
const OF_THIRD: f64 = 0.012;
const LEAST_OF_THIRD: f64 = 0.01;
/// What a harmonic tone has whose fourth and fifth harmonics lie where the prime and the tierce do.
const HARMONIC: [(f64, f64); 3] = [(0.22, 0.28), (0.72, 0.78), (1.72, 1.78)];
/// The band by which a bell is told, over its strike note.
const BAND: (f64, f64) = (0.0, 4.4);
/// Partials as much softer than the loudest are none (−36 dB), the nominal may be −20 dB; as powers.
const LEAST: f64 = 2.5e-4;
const LEAST_NOMINAL: f64 = 0.01;
/// A bell's partials have at least so much of the power in its band.
const LEAST_SHARE: f64 = 0.93;
/// And the tierce of all of that (−20 dB): what is softer may be noise.
const LEAST_TIERCE: f64 = 0.01;
/// Of the hum, prime, quint, superquint and octave nominal it has at least so many.
const LEAST_OTHERS: usize = 3;
/// The strike notes that are looked for, Hz.
const STRIKES: (f64, f64) = (60.0, 2500.0);

/// Frequency of the strike note of the sound with this power spectrum, if that is a bell's: half its nominal, Hz. Any thread.
pub(super) fn strike(power: &[f32], hertz_per_bin: f64) -> Option<f64> {
    let least = LEAST * loudest(power);
    let peaks: Vec<(f64, f64)> = (1..power.len())
        .filter(|&bin| f64::from(power[bin]) >= least && is_peak(power, bin))
        .map(|bin| (refine(power, bin) * hertz_per_bin, f64::from(power[bin])))
        .collect();
    strike_of(&peaks)
}

/// The same of the peaks of a spectrum.
pub(super) fn strike_of(peaks: &[Peak]) -> Option<f64> {
    let loudest = peaks.iter().map(|peak| peak.1).fold(0.0, f64::max);
    let nominals = peaks
        .iter()
        .filter(|peak| peak.1 >= LEAST_NOMINAL * loudest);
    let strikes = nominals.map(|nominal| nominal.0 / 2.0);
    let mut bells = strikes.filter(|strike| is_bell(peaks, *strike));
    bells.next()
}

fn is_bell(peaks: &[Peak], strike: f64) -> bool {
    let power = |(from, to): (f64, f64)| -> f64 {
        let near = peaks
            .iter()
            .filter(|peak| (from..=to).contains(&(peak.0 / strike)));
        near.map(|peak| peak.1).sum()
    };
    let in_band = |range: &&(f64, f64)| range.1 <= BAND.1;
    let own: f64 = PARTIALS.iter().filter(in_band).copied().map(power).sum();
    let tierce = power(TIERCE);
    let others = [0, 1, 3, 6, 7].map(|partial| power(PARTIALS[partial]));
    (STRIKES.0..=STRIKES.1).contains(&strike)
        && tierce >= LEAST_TIERCE * own
        && others.iter().filter(|power| **power > 0.0).count() >= LEAST_OTHERS
        && !has_harmonics(peaks, strike)
        && HARMONIC.iter().all(|range| power(*range) == 0.0)
        && own >= LEAST_SHARE * power(BAND)
}

/// Whether the tierce has harmonics of its own, as the third of a chord has.
fn has_harmonics(peaks: &[Peak], strike: f64) -> bool {
    let in_tierce = |peak: &&(f64, f64)| (TIERCE.0..=TIERCE.1).contains(&(peak.0 / strike));
    let tierces = peaks.iter().filter(in_tierce);
    let Some(tierce) = tierces.max_by(|a, b| a.1.total_cmp(&b.1)) else {
        return false;
    };
    [2.0, 3.0].into_iter().any(|harmonic| {
        let near = |peak: &&(f64, f64)| (peak.0 / tierce.0 / harmonic - 1.0).abs() < OF_THIRD;
        let power: f64 = peaks.iter().filter(near).map(|peak| peak.1).sum();
        power > LEAST_OF_THIRD * tierce.1
    })
}
