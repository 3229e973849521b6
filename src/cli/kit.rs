//! `consort kit`: from a prompt to a drum kit on disk.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde_json::{Value, json};

use super::failure::Failure;
use super::instrument::{Share, file_name, guidance, make, stages, write};
use super::output::NewFolder;
use super::{Context, instrument};
use crate::models::{KitWish, Request};

/// Make a drum kit from a prompt: SFZ with 24-bit WAV samples, and a .consort file.
///
/// The kit has the pieces of the General MIDI drum map (keys 35 to 81) at four velocities; hi-hats
/// and the like silence each other. It gets a folder of its own, named after the prompt and its
/// seed. The same prompt, seed and version give the same kit.
#[derive(Args)]
#[command(after_help = "Examples:
  consort kit \"tight 70s funk kit\"
  consort kit \"808\" --seed 7 --variations 4 --out kits
  consort render --instrument 808-7/808-7.consort --midi beat.mid --channel 10 --out beat.wav")]
pub struct Arguments {
    /// What it should sound like, in English words.
    #[arg(value_parser = instrument::prompt)]
    prompt: String,
    /// The seed of every random choice: another seed, another such kit.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many kits to make, with this seed and those that follow it.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=100))]
    variations: u8,
    /// How strictly to follow the prompt, 0 to 10; the models' own setting otherwise.
    #[arg(long, value_name = "G", allow_negative_numbers = true, value_parser = guidance)]
    guidance: Option<f32>,
    /// Sample rate of the WAV files in Hz.
    #[arg(long, value_name = "HZ", default_value_t = 48_000, value_parser = clap::value_parser!(u32).range(8_000..=48_000))]
    rate: u32,
    /// Where to put the folders.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Replace folders that exist.
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let seeds: Vec<u64> = (0..u64::from(arguments.variations))
        .map(|n| arguments.seed.wrapping_add(n))
        .collect();
    let stem = file_name(&arguments.prompt);
    let folder = |seed: &u64| arguments.out.join(format!("{stem}-{seed}"));
    for seed in &seeds {
        NewFolder::check(&folder(seed), arguments.force)?;
    }
    let mut made = Vec::new();
    for (done, seed) in seeds.iter().enumerate() {
        let progress = Share {
            bar: context.progress(),
            before: done as f32 / seeds.len() as f32,
            size: 1.0 / seeds.len() as f32,
        };
        let (target, name) = (folder(seed), format!("{stem}-{seed}"));
        let begun = Instant::now();
        let request = Request {
            prompt: arguments.prompt.clone(),
            seed: *seed,
            guidance: arguments.guidance,
            kit: Some(KitWish::default()),
            ..Request::default()
        };
        let making = make(&request, &progress)?;
        let written = Instant::now();
        let settings = (arguments.rate, arguments.force);
        write(&making.instrument, &name, &target, settings, &progress)?;
        drop(progress);
        if let Some(notice) = making.notice.as_ref().filter(|_| done == 0) {
            context.remark(notice);
        }
        if !context.json {
            context.result(&Value::Null, &target.display().to_string())?;
        }
        made.push(json!({
            "folder": target.display().to_string(),
            "consort": target.join(format!("{name}.consort")).display().to_string(),
            "sfz": target.join(format!("{name}.sfz")).display().to_string(),
            "name": making.instrument.name,
            "seed": seed,
            "pieces": making.instrument.kit().map_or(0, |kit| kit.pieces().len()),
            "prompt_truncated": making.truncated,
            "seconds_making": (written - begun).as_secs_f64(),
            "seconds_writing": written.elapsed().as_secs_f64(),
            "stages": stages(&making),
        }));
    }
    if context.json {
        context.result(&json!({ "prompt": arguments.prompt, "kits": made }), "")?;
    }
    Ok(())
}
