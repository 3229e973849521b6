//! Log-mel spectrograms, as models hear sound: bands over 40 Hz–15.5 kHz. Levels are relative to the
//! loudest cell, so that it doesn't matter how loud a sound is.

use super::spectrum::{Fourier, RATE};

/// Bands of a frame for the sound encoder, lowest first.
pub const BANDS: usize = 96;
/// Bands of a frame for the hearing of drums.
pub const DRUM_BANDS: usize = 80;
/// Frames a second for the hearing of drums.
pub const DRUM_FRAMES: usize = 100;
const LOWEST_HZ: f64 = 40.0;
const HIGHEST_HZ: f64 = 15_500.0;
/// A cell so many dB below the loudest one is 0; that one is 1.
const RANGE_DB: f32 = 80.0;
/// Nothing that is heard has a band below this power.
const SILENT: f32 = 1e-9;
/// Frames whose spectra are held at once.
const AT_ONCE: usize = 1000;

/// How it is made: bands, seconds from frame to frame, samples of a window.
struct Scale {
    bands: usize,
    hop: f64,
    window: usize,
}

const ENCODER: Scale = Scale {
    bands: BANDS,
    hop: 0.02,
    window: 2048,
};

/// Shorter windows, for strokes are short.
const DRUMS: Scale = Scale {
    bands: DRUM_BANDS,
    hop: 1.0 / DRUM_FRAMES as f64,
    window: 1024,
};

/// A scaled log-mel spectrogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Mel {
    /// `cells[band * frames + frame]`, 0 (80 dB below the loudest cell, or lower) to 1 (that cell).
    pub cells: Vec<f32>,
    /// How many frames it has.
    pub frames: usize,
}

impl Mel {
    /// What the sound encoder hears, mono at [`super::SAMPLE_RATE`]: [`BANDS`], 50 frames a second,
    /// windows of 64 ms; `None` for silence. Takes some 3 ms a second. Any thread but audio.
    pub fn of(sound: &[f32]) -> Option<Self> {
        Self::scaled(sound, &ENCODER)
    }

    /// What the hearing of drums hears: [`DRUM_BANDS`], [`DRUM_FRAMES`] a second, windows of 32 ms.
    /// Otherwise like [`Mel::of`].
    pub fn for_drums(sound: &[f32]) -> Option<Self> {
        Self::scaled(sound, &DRUMS)
    }

    fn scaled(sound: &[f32], scale: &Scale) -> Option<Self> {
        let frames = sound.len().div_ceil((scale.hop * RATE).round() as usize);
        let times: Vec<f64> = (0..frames).map(|frame| frame as f64 * scale.hop).collect();
        let (bank, mut fourier) = (bank(scale), Fourier::default());
        let mut cells = vec![0.0; scale.bands * frames];
        for (turn, times) in times.chunks(AT_ONCE).enumerate() {
            let spectra = fourier.spectra(sound, times, scale.window as f64 / RATE, 1);
            for (frame, power) in spectra.rows().enumerate() {
                let frame = turn * AT_ONCE + frame;
                for (band, (first, weights)) in bank.iter().enumerate() {
                    let within = power[*first..].iter().zip(weights);
                    cells[band * frames + frame] =
                        within.map(|(power, weight)| power * weight).sum();
                }
            }
        }
        let loudest = cells.iter().copied().fold(0.0f32, f32::max);
        if loudest < SILENT {
            return None;
        }
        let decibels = |power: f32| 10.0 * (power + 1e-14).log10();
        let top = decibels(loudest);
        for cell in &mut cells {
            *cell = ((decibels(*cell) - top) / RANGE_DB + 1.0).max(0.0);
        }
        Some(Self { cells, frames })
    }
}

/// Triangular filters: the first bin of each, and the weights from there on.
fn bank(scale: &Scale) -> Vec<(usize, Vec<f32>)> {
    let mel = |hertz: f64| 2595.0 * (1.0 + hertz / 700.0).log10();
    let (low, high) = (mel(LOWEST_HZ), mel(HIGHEST_HZ));
    let last = scale.window / 2;
    let edge = |index: usize| {
        let mel = low + (high - low) * index as f64 / (scale.bands + 1) as f64;
        700.0 * (10f64.powf(mel / 2595.0) - 1.0) * scale.window as f64 / RATE
    };
    (0..scale.bands)
        .map(|band| {
            let (a, b, c) = (edge(band), edge(band + 1), edge(band + 2));
            let weight = |bin: usize| {
                let bin = bin as f64;
                ((bin - a) / (b - a)).min((c - bin) / (c - b)).max(0.0) as f32
            };
            let first = a.floor() as usize;
            let weights: Vec<f32> = (first..=(c as usize).min(last)).map(weight).collect();
            if weights.iter().sum::<f32>() < 0.5 {
                // No bin is near its middle: the nearest one stands for it.
                return (b.round_ties_even() as usize, vec![1.0]);
            }
            (first, weights)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f64, level: f64, seconds: f64) -> Vec<f32> {
        (0..(seconds * RATE) as usize)
            .map(|i| (level * (std::f64::consts::TAU * hertz * i as f64 / RATE).sin()) as f32)
            .collect()
    }

    #[test]
    fn a_tone_is_where_its_pitch_is_however_loud() {
        let (loud, soft) = (tone(1000.0, 0.5, 0.5), tone(1000.0, 0.001, 0.5));
        let mel = Mel::of(&loud).unwrap();
        assert_eq!((mel.frames, mel.cells.len()), (25, 25 * BANDS));
        let at = |band: usize| mel.cells[band * mel.frames + 12];
        let loudest = (0..BANDS).max_by(|&a, &b| at(a).total_cmp(&at(b)));
        // 1 kHz is 1000 mel of the 64.. 3619 that the bands share.
        assert!((24..=27).contains(&loudest.unwrap()), "{loudest:?}");
        let apart = |other: &Mel| {
            let both = mel.cells.iter().zip(&other.cells);
            both.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
        };
        assert!(apart(&Mel::of(&soft).unwrap()) < 0.05);
    }

    #[derive(serde::Deserialize)]
    struct Golden {
        tolerance: f32,
        sounds: Vec<GoldenSound>,
    }

    /// Band, frame, value.
    type Cell = (usize, usize, f32);

    #[derive(serde::Deserialize)]
    struct GoldenSound {
        name: String,
        seconds: f64,
        /// Amplitude, decay, frequency and phase of each sine.
        parts: Vec<(f64, f64, f64, f64)>,
        frames: usize,
        cells: Vec<Cell>,
        drum_frames: usize,
        drum_cells: Vec<Cell>,
    }

    /// The models were trained on what `training.data.sound_mel` computes.
    #[test]
    fn it_is_what_models_were_trained_on() {
        let golden = include_str!("../../training/golden/mel.json");
        let golden: Golden = serde_json::from_str(golden).unwrap();
        let check = |name: &str, mel: &Mel, frames: usize, cells: &[Cell]| {
            assert_eq!(mel.frames, frames, "{name}");
            for &(band, frame, wanted) in cells {
                let found = mel.cells[band * mel.frames + frame];
                let apart = (found - wanted).abs();
                assert!(
                    apart < golden.tolerance,
                    "{name} {band} {frame}: {found} {wanted}"
                );
            }
        };
        for sound in &golden.sounds {
            let at = |t: f64| {
                let sine = |&(amplitude, decay, hertz, phase): &(f64, f64, f64, f64)| {
                    amplitude
                        * (-decay * t).exp()
                        * (std::f64::consts::TAU * hertz * t + phase).sin()
                };
                sound.parts.iter().map(sine).sum::<f64>() as f32
            };
            let count = (sound.seconds * RATE).round() as usize;
            let samples: Vec<f32> = (0..count).map(|i| at(i as f64 / RATE)).collect();
            let (mel, drums) = (Mel::of(&samples), Mel::for_drums(&samples));
            check(&sound.name, &mel.unwrap(), sound.frames, &sound.cells);
            let (frames, cells) = (sound.drum_frames, &sound.drum_cells);
            check(&sound.name, &drums.unwrap(), frames, cells);
        }
    }

    #[test]
    fn silence_has_none() {
        assert_eq!(Mel::of(&[]), None);
        assert_eq!(Mel::of(&[0.0; 5000]), None);
    }
}
