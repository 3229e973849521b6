//! `consort morph`: an instrument between two others.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output::{self, NewFile};
use super::{Context, input};
use crate::instrument;

/// Morph between two instruments, partial by partial.
#[derive(Args)]
#[command(after_help = "Examples:
  consort morph cello.consort bells.consort --out between.consort
  consort morph cello.consort bells.consort --share 0.25 --out mostly-cello.consort")]
pub struct Arguments {
    /// The instrument to start from (.consort).
    a: PathBuf,
    /// The instrument to go towards (.consort).
    b: PathBuf,
    /// How far to go: 0 is the first, 1 the second.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, allow_negative_numbers = true, value_parser = share)]
    share: f32,
    /// The instrument to write (.consort).
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the file if it exists.
    #[arg(long)]
    force: bool,
}

fn share(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("write a number from 0 to 1".into()),
    }
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    output::check(&arguments.out, arguments.force)?;
    let (a, b) = (
        input::instrument(&arguments.a)?,
        input::instrument(&arguments.b)?,
    );
    let morphed = instrument::morph(&a, &b, arguments.share)
        .map_err(|error| Failure::job(error.to_string()))?;
    let bytes = morphed.to_bytes();
    NewFile::write_all(&arguments.out, arguments.force, &bytes)?;
    let result = json!({
        "file": arguments.out.display().to_string(),
        "name": morphed.name,
        "share": arguments.share,
        "bytes": bytes.len(),
    });
    context.result(&result, &arguments.out.display().to_string())
}
