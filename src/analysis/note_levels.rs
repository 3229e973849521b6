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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::tests::synthetic::{hertz, saw, tone};

    const RATE: u32 = 32_000;

    /// Velocities of tones of so many harmonics: (key, start s, level dB).
    fn velocities(tones: &[(u8, f64, f64)], harmonics: u32) -> Vec<u8> {
        let mut sound = vec![0.0f32; 8 * RATE as usize];
        let mut notes = Vec::new();
        for &(key, start, level) in tones {
            let part = tone(hertz(f64::from(key)), &saw(harmonics), 1.0, 0.6, RATE);
            let gain = 10f32.powf(level as f32 / 20.0);
            let place = sound[(start * f64::from(RATE)) as usize..].iter_mut();
            place.zip(part).for_each(|(sum, x)| *sum += gain * x);
            notes.push(HeardNote {
                key,
                start,
                end: start + 0.6,
                amplitude: 0.8,
                level: None,
                bend: Vec::new(),
            });
        }
        let peak = sound.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        measure(&mut notes, &sound, peak);
        notes.iter().map(HeardNote::velocity).collect()
    }

    #[test]
    fn a_softer_recording_is_softer() {
        let of = |level: f64| velocities(&[(60, 0.5, level)], 8)[0];
        // 40 log10(v / 127) dB: 12 dB are half of it.
        let [loud, middle, soft] = [-6.0, -18.0, -30.0].map(of);
        assert!(loud.abs_diff(2 * middle) <= 2 && middle.abs_diff(2 * soft) <= 2);
    }

    #[test]
    fn notes_of_a_recording_are_as_loud_as_they_are() {
        for (harmonics, keys) in [
            (1, [60, 62, 70, 81]),
            (8, [40, 52, 59, 72]),
            (20, [33, 45, 47, 66]),
        ] {
            let levels = [-12.0, -3.0, -24.0, -18.0];
            let tones: Vec<_> = (0..4)
                .map(|i| (keys[i], 0.5 + i as f64, levels[i]))
                .collect();
            let found = velocities(&tones, harmonics);
            assert!(
                found[1] > found[0] && found[0] > found[3] && found[3] > found[2],
                "{found:?}"
            );
            let decibels = 40.0 * (f64::from(found[1]) / f64::from(found[0])).log10();
            assert!((decibels - 9.0).abs() < 2.0, "{found:?}");
        }
    }

    #[test]
    fn of_an_octave_each_has_its_own() {
        let found = velocities(
            &[
                (48, 0.5, -6.0),
                (60, 0.5, -18.0),
                (48, 2.0, -18.0),
                (60, 2.0, -6.0),
            ],
            10,
        );
        assert!(found[0] > found[1] && found[3] > found[2], "{found:?}");
    }

    #[test]
    fn nothing_is_nothing() {
        measure(&mut [], &[], 0.0);
        assert_eq!(velocities(&[(60, 0.5, -200.0)], 3), [1]);
    }
}
