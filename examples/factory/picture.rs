//! A sheet of all instruments: each one's middle note, time to the right, frequency upwards.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use consort::instrument::Instrument;
use consort::instrument::slots::{
    FIRST_GROUP_ROW, NOTE_SECONDS, PARTIAL_ROWS, ROWS, SILENT_DB, TIMES, band_edges, key_frequency,
    multiple, time_grid,
};

use crate::Result;

const COLUMNS: usize = 10;
/// One instrument, pixels.
const WIDTH: usize = 150;
const HEIGHT: usize = 110;
const GAP: usize = 4;
const KEY: u8 = 60;

/// Writes the sheet as PNG: in the order of the index, ten in a row.
pub fn write(path: &Path, instruments: &[&Instrument]) -> Result<()> {
    let rows = instruments.len().div_ceil(COLUMNS).max(1);
    let (width, height) = (COLUMNS * (WIDTH + GAP), rows * (HEIGHT + GAP));
    let mut pixels = vec![40u8; width * height];
    for (index, instrument) in instruments.iter().enumerate() {
        let left = index % COLUMNS * (WIDTH + GAP);
        let top = index / COLUMNS * (HEIGHT + GAP);
        for (y, line) in draw(instrument).chunks(WIDTH).enumerate() {
            let start = (top + y) * width + left;
            pixels[start..start + WIDTH].copy_from_slice(line);
        }
    }
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(())
}

fn draw(instrument: &Instrument) -> Vec<u8> {
    let note = instrument.note(KEY, 96).expect("no kit");
    let hz = key_frequency(f64::from(KEY));
    let (bottom, top) = (80.0f64, 15_500.0f64);
    let y = |hz: f64| {
        let place = (hz / bottom).ln() / (top / bottom).ln();
        ((1.0 - place) * (HEIGHT - 1) as f64).round()
    };
    let mut levels = vec![SILENT_DB; WIDTH * HEIGHT];
    for row in 0..ROWS {
        let (from, to, dimmed) = if row < FIRST_GROUP_ROW {
            let at = y(hz * multiple(row));
            (at, at, 0.0)
        } else if row < PARTIAL_ROWS {
            continue;
        } else {
            let band = row - PARTIAL_ROWS;
            (y(band_edges()[band + 1]), y(band_edges()[band]), 12.0)
        };
        if to < 0.0 || from >= HEIGHT as f64 {
            continue;
        }
        for x in 0..WIDTH {
            // The first tenth of a second fills the left third.
            let share = x as f32 / WIDTH as f32;
            let seconds = if share < 0.33 {
                share / 3.3
            } else {
                0.1 + (share - 0.33) / 0.67 * (NOTE_SECONDS - 0.1)
            };
            let time = time_grid()
                .partition_point(|&t| t <= seconds)
                .clamp(1, TIMES)
                - 1;
            let level = note.row(row)[time] - dimmed;
            for line in from.max(0.0) as usize..=(to.max(0.0) as usize).min(HEIGHT - 1) {
                let pixel = &mut levels[line * WIDTH + x];
                *pixel = pixel.max(level);
            }
        }
    }
    levels
        .into_iter()
        .map(|db| (((db + 70.0) / 70.0).clamp(0.0, 1.0) * 255.0) as u8)
        .collect()
}
