//! The onset of an analysed note, set right by its own rendering.
//!
//! Windows that part a note's partials are longer than its onset and smear it, those of a low note
//! most. So the note is rendered as analysed, and its energy in bands, through short windows, is
//! held against the sound's: every row's first moments are moved by what is missing around it. Done
//! once: a second round gains nothing that can be measured.

use super::spectrum::{Fourier, RATE};
use crate::instrument::NoteModel;
use crate::instrument::render;
use crate::instrument::slots::{
    NOISE_ROWS, PARTIAL_ROWS, ROWS, SILENT_DB, TIMES, band_edges, key_frequency, multiples,
    time_grid,
};

/// Seconds of a window, and from one to the next.
const WINDOW: f64 = 0.008;
const HOP: f64 = 0.002;
/// How many windows are compared: 0.1 s.
const FRAMES: usize = 50;
/// Until here a note is corrected in full, and from there less and less until [`UNTIL`], s.
const IN_FULL_UNTIL: f32 = 0.06;
const UNTIL: f32 = 0.08;
/// Bands of equal ratio between these frequencies, Hz, and one below.
const BANDS: usize = 13;
const LOWEST_EDGE: f64 = 250.0;
const HIGHEST_EDGE: f64 = 15_600.0;
/// The lowest band is taken to begin here, Hz.
const LOWEST: f64 = 120.0;
/// What is this far below the loudest band isn't looked at, dB.
const FLOOR_DB: f64 = -60.0;
/// Levels are moved this far at most, dB.
const MOST_DB: f64 = 20.0;

/// Moves the levels of a note's first 80 ms so that its rendering begins as the sound does.
///
/// `note`: as analysed from `sound`, mono at 32 kHz from the onset on; `key`: MIDI key with its
/// fraction; `loudest_db`: what the note calls 0 dB, full scale; `held`: seconds until it is let go
/// or cut off, for what the note model says of later isn't in the sound. Any thread but audio.
pub(super) fn correct(note: &mut NoteModel, sound: &[f32], key: f64, loudest_db: f32, held: f64) {
    let seconds = (FRAMES as f64 * HOP + WINDOW) as f32;
    let nearest = key.round().clamp(0.0, 127.0) as u8;
    let gain = 10f32.powf(loudest_db / 20.0);
    let mut rendered = render::note(note, nearest, seconds, RATE as f32);
    rendered.iter_mut().for_each(|x| *x *= gain);

    let mut fourier = Fourier::default();
    let (truth, ours) = (
        energies(&mut fourier, sound),
        energies(&mut fourier, &rendered),
    );
    let loudest = truth.iter().flatten().fold(0.0f64, |a, &b| a.max(b));
    let floor = loudest * 10f64.powf(FLOOR_DB / 10.0) + 1e-30;
    let missing: Vec<[f64; BANDS]> = truth
        .iter()
        .zip(&ours)
        .enumerate()
        .map(|(frame, (truth, ours))| {
            if frame as f64 * HOP + WINDOW / 2.0 > held {
                return [0.0; BANDS];
            }
            std::array::from_fn(|band| {
                10.0 * ((truth[band] + floor) / (ours[band] + floor)).log10()
            })
        })
        .collect();
    let missing = smooth(&missing);

    for row in 0..ROWS {
        let Some(place) = frequency(row, key).map(place) else {
            continue;
        };
        for (time, level) in note.row_mut(row).iter_mut().enumerate().take(TIMES) {
            let moment = time_grid()[time];
            if moment >= UNTIL {
                break;
            }
            if *level <= SILENT_DB {
                continue;
            }
            let fade = ((UNTIL - moment) / (UNTIL - IN_FULL_UNTIL)).min(1.0);
            let change = at(&missing, f64::from(moment) / HOP, place).clamp(-MOST_DB, MOST_DB);
            *level = (*level + change as f32 * fade).max(SILENT_DB);
        }
    }
}

/// Upper edge of a band, Hz.
fn edge(band: usize) -> f64 {
    LOWEST_EDGE * (HIGHEST_EDGE / LOWEST_EDGE).powf(band as f64 / (BANDS - 1) as f64)
}

/// Energy in each band, window by window.
fn energies(fourier: &mut Fourier, sound: &[f32]) -> Vec<[f64; BANDS]> {
    let centres: Vec<f64> = (0..FRAMES).map(|frame| frame as f64 * HOP).collect();
    let spectra = fourier.spectra(sound, &centres, WINDOW, 1);
    let sums = spectra.rows().map(|row| {
        let mut bands = [0.0; BANDS];
        for (bin, &power) in row.iter().enumerate() {
            let hertz = bin as f64 * spectra.hertz_per_bin;
            if let Some(band) = (0..BANDS).find(|&band| hertz < edge(band)) {
                bands[band] += f64::from(power);
            }
        }
        bands
    });
    sums.collect()
}

/// The mean of each window's and its neighbours' values, theirs counting half.
fn smooth(values: &[[f64; BANDS]]) -> Vec<[f64; BANDS]> {
    let last = values.len() - 1;
    let mean = |at: usize, band: usize| {
        let (before, after) = (values[at.saturating_sub(1)], values[(at + 1).min(last)]);
        0.25 * before[band] + 0.5 * values[at][band] + 0.25 * after[band]
    };
    (0..=last)
        .map(|at| std::array::from_fn(|band| mean(at, band)))
        .collect()
}

/// The middle of a row's frequencies at a key, Hz.
fn frequency(row: usize, key: f64) -> Option<f64> {
    if let Some(band) = row.checked_sub(PARTIAL_ROWS) {
        debug_assert!(band < NOISE_ROWS);
        return Some((band_edges()[band] * band_edges()[band + 1]).sqrt());
    }
    let (first, last) = (multiples(row).next()?, multiples(row).last()?);
    Some(f64::midpoint(first, last) * key_frequency(key))
}

/// Where a frequency lies among the bands' middles: 0.5 is halfway from the first to the second.
fn place(hertz: f64) -> f64 {
    let middle = |band: usize| {
        let low = band.checked_sub(1).map_or(LOWEST, edge);
        (low * edge(band)).sqrt().ln()
    };
    let log = hertz.ln();
    let above = (0..BANDS).find(|&band| middle(band) > log);
    match above {
        Some(0) => 0.0,
        None => (BANDS - 1) as f64,
        Some(band) => {
            let (a, b) = (middle(band - 1), middle(band));
            (band - 1) as f64 + (log - a) / (b - a)
        }
    }
}

/// A value between the windows and bands.
fn at(values: &[[f64; BANDS]], frame: f64, band: f64) -> f64 {
    let between = |row: &[f64; BANDS]| {
        let low = (band as usize).min(BANDS - 2);
        let share = band - low as f64;
        row[low] * (1.0 - share) + row[low + 1] * share
    };
    let low = (frame as usize).min(values.len() - 2);
    let share = (frame - low as f64).min(1.0);
    between(&values[low]) * (1.0 - share) + between(&values[low + 1]) * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Analysis, Timing};

    /// A low tone that begins at once, with harmonics.
    fn struck(hertz: f64) -> Vec<f32> {
        let sample = |n: usize| {
            let time = n as f64 / RATE;
            let sum: f64 = (1..40)
                .map(|h| {
                    (std::f64::consts::TAU * hertz * f64::from(h) * time + f64::from(h * h)).sin()
                })
                .sum();
            (0.01 * sum * (-time * 2.0).exp()) as f32
        };
        (0..(4.0 * RATE) as usize).map(sample).collect()
    }

    /// Bands that the tone has harmonics in.
    const HEARD: usize = 6;

    /// Mean difference in dB of the first 40 ms between a note's rendering and the sound.
    fn error(note: &NoteModel, sound: &[f32], key: u8, loudest_db: f32) -> f64 {
        let mut rendered = render::note(note, key, 0.2, RATE as f32);
        let gain = 10f32.powf(loudest_db / 20.0);
        rendered.iter_mut().for_each(|x| *x *= gain);
        let mut fourier = Fourier::default();
        let truth = energies(&mut fourier, sound);
        let ours = energies(&mut fourier, &rendered);
        let pairs = truth[..20].iter().zip(&ours[..20]);
        let difference = pairs.flat_map(|(a, b)| {
            (0..HEARD).map(|band| (10.0 * ((a[band] + 1e-7) / (b[band] + 1e-7)).log10()).abs())
        });
        difference.sum::<f64>() / (20 * HEARD) as f64
    }

    #[test]
    fn a_low_note_begins_as_the_sound_does() {
        let key = 28;
        let sound = struck(key_frequency(f64::from(key)));
        let analysis = Analysis::of(&sound, key_frequency(f64::from(key)), Timing::MODEL);
        let loudest = analysis.loudest_db();
        let before = analysis.note(loudest);
        let mut after = before.clone();
        correct(&mut after, &sound, f64::from(key), loudest, 3.0);
        let (before, after) = (
            error(&before, &sound, key, loudest),
            error(&after, &sound, key, loudest),
        );
        assert!(after < 0.9 * before, "{before:.2} dB, then {after:.2} dB");
    }

    #[test]
    fn what_comes_after_a_short_note_stays_as_it_was_thought() {
        let key = 64;
        let sound = struck(key_frequency(f64::from(key)));
        let analysis = Analysis::of(&sound, key_frequency(f64::from(key)), Timing::MODEL);
        let loudest = analysis.loudest_db();
        let before = analysis.note(loudest);
        let mut after = before.clone();
        let short = &sound[..(0.03 * RATE) as usize];
        correct(&mut after, short, f64::from(key), loudest, 0.03);
        let later = time_grid().partition_point(|&time| time < 0.032);
        assert_eq!(before.row(3)[later..], after.row(3)[later..]);
        assert_ne!(before.row(3)[..later], after.row(3)[..later]);
    }

    #[test]
    fn silence_stays_silent() {
        let mut note = NoteModel::silent();
        correct(&mut note, &[0.0; 100], 60.0, -20.0, 3.0);
        assert!(note.levels.iter().all(|&level| level == SILENT_DB));
    }
}
