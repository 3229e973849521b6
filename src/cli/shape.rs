//! `consort shape`: an instrument with other macros.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output::{self, NewFile};
use super::{Context, input};
use crate::instrument::{Instrument, Macros};

/// Set an instrument's macros, each from -1 to 1; those not given stay as they are.
#[derive(Args)]
#[command(after_help = "Examples:
  consort shape cello.consort --brightness -0.5 --release 0.3 --out dark-cello.consort
  consort shape pad.consort --detune 0.4 --width 1 --out wide-pad.consort")]
pub struct Arguments {
    /// The instrument (.consort).
    instrument: PathBuf,
    /// -1 dark, 1 bright.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount)]
    brightness: Option<f32>,
    /// -1 sharp, 1 slow.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount)]
    attack: Option<f32>,
    /// -1 dies away quickly, 1 goes on.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount)]
    decay: Option<f32>,
    /// -1 stops at once, 1 rings on.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount)]
    release: Option<f32>,
    /// -1 breathy, 1 pure.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount)]
    body: Option<f32>,
    /// -1 mono, 1 wide.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount)]
    width: Option<f32>,
    /// -1 still, 1 shimmering.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount)]
    motion: Option<f32>,
    /// -1 in tune throughout, 1 as many voices in unison.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true, value_parser = amount)]
    detune: Option<f32>,
    /// The instrument to write (.consort).
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    force: bool,
}

fn amount(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(amount) if (-1.0..=1.0).contains(&amount) => Ok(amount),
        _ => Err("write a number from -1 to 1".into()),
    }
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    output::check(&arguments.out, arguments.force)?;
    let instrument = input::instrument(&arguments.instrument)?;
    let old = instrument.macros;
    let macros = Macros {
        brightness: arguments.brightness.unwrap_or(old.brightness),
        attack: arguments.attack.unwrap_or(old.attack),
        decay: arguments.decay.unwrap_or(old.decay),
        release: arguments.release.unwrap_or(old.release),
        body: arguments.body.unwrap_or(old.body),
        width: arguments.width.unwrap_or(old.width),
        motion: arguments.motion.unwrap_or(old.motion),
        detune: arguments.detune.unwrap_or(old.detune),
    };
    let shaped = Instrument {
        macros,
        ..instrument
    };
    NewFile::write_all(&arguments.out, arguments.force, &shaped.to_bytes())?;
    let result = json!({
        "file": arguments.out.display().to_string(),
        "name": shaped.name,
        "macros": macros,
    });
    context.result(&result, &arguments.out.display().to_string())
}
