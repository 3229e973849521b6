//! Makes a `.consort` file from analysed notes: how the factory instruments are made, see
//! `plugin-assets/factory/README.md`.
//!
//! `cargo run --example make_factory -- ANCHORS.f32 NAME OUT.consort`
//!
//! `ANCHORS.f32` holds little-endian 32-bit floats: 27 × 176 × 136 levels in dB, then 27 × 136
//! offsets in cents.

use std::process::ExitCode;

use consort::instrument::slots::{ANCHORS, ROWS, TIMES};
use consort::instrument::{AnchorSet, Body, Instrument, Macros, Recipe};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [anchors, name, out] = arguments.as_slice() else {
        eprintln!("usage: make_factory ANCHORS.f32 NAME OUT.consort");
        return ExitCode::from(2);
    };
    match make(anchors, name, out) {
        Ok(size) => {
            println!("{out}: {name}, {size} bytes");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn make(anchors: &str, name: &str, out: &str) -> Result<usize, Box<dyn std::error::Error>> {
    let bytes = std::fs::read(anchors)?;
    let numbers: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    let (levels, cents) = numbers.split_at((ANCHORS * ROWS * TIMES).min(numbers.len()));
    let instrument = Instrument {
        name: name.into(),
        recipe: Recipe {
            prompt: name.to_lowercase(),
            ..Recipe::default()
        },
        macros: Macros::default(),
        body: Body::Keys(AnchorSet::from_levels(levels, cents)?),
    };
    let bytes = instrument.to_bytes();
    std::fs::write(out, &bytes)?;
    Ok(bytes.len())
}
