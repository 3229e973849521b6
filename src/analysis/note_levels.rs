//! How loud notes are: the energy of their partials when they begin.

use super::beginning::{Beginning, partial_near, sounds_with};
use super::notes::HeardNote;
use super::spectrum::Fourier;
use crate::instrument::slots::key_frequency;

/// Partials that count.
const PARTIALS: usize = 8;
/// Of a partial's energy a note has at least this share, however much of it others may have (−10 dB).
const LEAST_SHARE: f32 = 0.1;
/// Softer than this counts as this, dB.
const SOFTEST: f32 = -90.0;

/// Says how loud notes are in a mono sound at [`super::SAMPLE_RATE`]: see [`HeardNote::level`]. The loudest of them is as loud as
/// `peak`, the recording's highest sample (0..). Some 0.3 ms a note. Any thread but audio.
pub fn measure(notes: &mut [HeardNote], sound: &[f32], peak: f32) {
    let mut fourier = Fourier::default();
    let energies: Vec<f32> = (0..notes.len())
        .map(|index| energy(index, notes, sound, &mut fourier))
        .collect();
    let decibels = |power: f32| 10.0 * power.max(1e-12).log10();
    let loudest = energies.iter().copied().fold(0.0, f32::max);
    let peak = (2.0 * decibels(peak)).min(0.0);
    for (note, energy) in notes.iter_mut().zip(energies) {
        let level = decibels(energy) - decibels(loudest) + peak;
        note.level = Some(level.max(SOFTEST));
    }
}

/// Energy of a note's partials, without what belongs to others that sound with it.
fn energy(index: usize, notes: &[HeardNote], sound: &[f32], fourier: &mut Fourier) -> f32 {
    let note = &notes[index];
    let beginning = Beginning::of(note, sound, fourier);
    let others = notes
        .iter()
        .filter(|other| other.key != note.key && sounds_with(other, note));
    let others: Vec<f64> = others
        .map(|other| key_frequency(f64::from(other.key)))
        .collect();
    let fundamental = key_frequency(f64::from(note.key));
    let own = |number: usize| {
        let hertz = fundamental * number as f64;
        let all = beginning.at(hertz).powi(2);
        let mut own = all;
        for &other in &others {
            match partial_near(hertz, other) {
                // A higher note's: this note has as much as its neighbouring partials say.
                Some(_) if other > fundamental && number > 1 => {
                    own = own.min(beginning.expected(fundamental, number).powi(2));
                }
                // A lower note's overtone: that has as much as its neighbours say.
                Some(partial) if other < fundamental && partial > 1 => {
                    own -= beginning.expected(other, partial).powi(2);
                }
                _ => {}
            }
        }
        own.max(LEAST_SHARE * all)
    };
    (1..=PARTIALS).map(own).sum()
}
