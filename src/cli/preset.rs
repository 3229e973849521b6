//! `consort preset`: an instrument as a preset of the VST3 plugin.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output::{self, NewFile};
use super::{Context, input, vstpreset};
use crate::plugin::state;
use crate::vst3::classes::INSTRUMENT;

/// Turn an instrument into a preset that VST3 hosts load into Consort.
///
/// The preset holds the instrument itself: loading it needs neither the .consort file nor models.
#[derive(Args)]
#[command(after_help = "Examples:
  consort preset --instrument cello.consort --out cello.vstpreset

Hosts look for presets in ~/.vst3/presets/Consort/Consort (Linux),
~/Library/Audio/Presets/Consort/Consort (macOS) or
Documents\\VST3 Presets\\Consort\\Consort (Windows).")]
pub struct Arguments {
    /// The instrument (.consort).
    #[arg(long, value_name = "FILE")]
    instrument: PathBuf,
    /// The preset to write (.vstpreset).
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the preset if it exists.
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    output::check(&arguments.out, arguments.force)?;
    let instrument = input::instrument(&arguments.instrument)?;
    let preset = vstpreset::write(&INSTRUMENT.id, &state::preset(&instrument));
    NewFile::write_all(&arguments.out, arguments.force, &preset)?;
    let result = json!({
        "file": arguments.out.display().to_string(),
        "instrument": instrument.name,
        "bytes": preset.len(),
    });
    context.result(&result, &arguments.out.display().to_string())
}
