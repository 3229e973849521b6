//! A picture of sound: time to the right, frequency upwards (logarithmic), level as colour.

use crate::shell::Result;
use realfft::RealFftPlanner;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

const WIDTH: usize = 1200;
const HEIGHT: usize = 600;
/// Samples in a window: a compromise between sharp onsets and separate partials.
const WINDOW: usize = 4096;
/// The lowest and highest frequency shown, Hz.
const FREQUENCIES: (f64, f64) = (40.0, 16_000.0);
/// What is shown black, in dB below the loudest.
const FLOOR_DB: f64 = -90.0;
/// From silence to the loudest; in between colours are mixed.
const COLOURS: [[f64; 3]; 5] = [
    [0.0, 0.0, 4.0],
    [81.0, 18.0, 124.0],
    [183.0, 55.0, 121.0],
    [252.0, 137.0, 97.0],
    [252.0, 253.0, 191.0],
];

/// Writes the spectrogram of a mono sound as PNG.
///
/// # Errors
/// When the file can't be written.
pub fn write(path: &Path, samples: &[f32], sample_rate: f64) -> Result {
    let levels = levels(samples, sample_rate);
    let loudest = levels.iter().copied().fold(f64::MIN, f64::max);
    let pixels: Vec<u8> = levels
        .iter()
        .flat_map(|level| colour(((level - loudest) / -FLOOR_DB + 1.0).clamp(0.0, 1.0)))
        .collect();
    let save = || -> std::result::Result<(), png::EncodingError> {
        let file = BufWriter::new(File::create(path)?);
        let mut encoder = png::Encoder::new(file, WIDTH as u32, HEIGHT as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&pixels)
    };
    save().map_err(|error| format!("{} could not be written: {error}.", path.display()))
}

/// Level in dB for each pixel, row by row from the top.
fn levels(samples: &[f32], sample_rate: f64) -> Vec<f64> {
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(WINDOW);
    let mut input = transform.make_input_vec();
    let mut output = transform.make_output_vec();
    let mut levels = vec![0.0; WIDTH * HEIGHT];
    for column in 0..WIDTH {
        let middle = column * samples.len() / WIDTH;
        for (index, slot) in input.iter_mut().enumerate() {
            let at = (middle + index)
                .checked_sub(WINDOW / 2)
                .and_then(|at| samples.get(at));
            let phase = std::f64::consts::TAU * index as f64 / WINDOW as f64;
            *slot = f64::from(at.copied().unwrap_or(0.0)) * (0.5 - 0.5 * phase.cos());
        }
        transform
            .process(&mut input, &mut output)
            .expect("the lengths are the transform's own");
        let bin = |row: f64| {
            let (low, high) = FREQUENCIES;
            let hz = low * (high / low).powf(1.0 - row / HEIGHT as f64);
            ((hz / sample_rate * WINDOW as f64) as usize).min(output.len() - 1)
        };
        for row in 0..HEIGHT {
            // The strongest bin of a pixel: thin partials must not fall between pixels.
            let bins = bin(row as f64 + 1.0)..=bin(row as f64);
            let power = output[bins]
                .iter()
                .map(|x| x.norm_sqr())
                .fold(0.0, f64::max);
            levels[row * WIDTH + column] = 10.0 * (power + 1e-20).log10();
        }
    }
    levels
}

/// The colour of a level from 0 to 1.
fn colour(level: f64) -> [u8; 3] {
    let place = level * (COLOURS.len() - 1) as f64;
    let below = (place as usize).min(COLOURS.len() - 2);
    let part = place - below as f64;
    [0, 1, 2].map(|c| (COLOURS[below][c] * (1.0 - part) + COLOURS[below + 1][c] * part) as u8)
}
