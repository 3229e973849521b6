//! `consort instrument`: from a prompt, a sound or another instrument to an instrument on disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use serde_json::{Value, json};

use super::failure::Failure;
use super::hearing::failed;
use super::output::NewFolder;
use super::progress::Progress;
use super::{Context, cancel, input, keys};
use crate::instrument::export::{self, ExportError, safe_name};
use crate::instrument::{Family, Instrument};
use crate::jobs::librarian::ear::LONGEST_READ;
use crate::models::make::MAX_GUIDANCE;
use crate::models::{Made, Request, SoundFile, Source, Stage};
use crate::work::{self, Ticket};

/// Make a playable instrument from a prompt, a sound, or another instrument: SFZ with 24-bit WAV
/// samples, and a .consort file.
///
/// Each variation gets a folder of its own, named after the prompt (or the sound, or the other
/// instrument) and its seed, for example warm-cello-1/. The same prompt, seed and version give the
/// same instrument. With --sound, its clearest note is found and becomes an instrument over all
/// keys; with --near, another instrument is varied. With either, the prompt says what to change:
/// "darker", "with a softer attack".
#[derive(Args)]
#[command(after_help = "Examples:
  consort instrument \"warm cello\"
  consort instrument \"bright plucked harp\" --seed 7 --variations 4 --out instruments
  consort instrument \"deep sub\" --family bass --range E1-G3 --guidance 2
  consort instrument --sound rhodes.wav
  consort instrument --sound rhodes.wav \"darker, with a softer attack\"
  consort instrument --near warm-cello-1/warm-cello-1.consort --amount 0.3 --variations 4")]
pub struct Arguments {
    /// What it should sound like, in English words; with --sound or --near, what to change.
    #[arg(value_parser = prompt, required_unless_present_any = ["sound", "near"])]
    prompt: Option<String>,
    /// A sound file to learn a note from: WAV, FLAC, AIFF, MP3 or OGG Vorbis.
    #[arg(long, value_name = "FILE", conflicts_with = "near")]
    sound: Option<PathBuf>,
    /// The key of that note, as a MIDI number or a name such as C4; found in the sound otherwise.
    #[arg(long, value_name = "KEY", requires = "sound", value_parser = keys::key)]
    sound_key: Option<u8>,
    /// An instrument to vary (.consort).
    #[arg(long, value_name = "FILE")]
    near: Option<PathBuf>,
    /// How much of the sound or instrument is given up to chance, 0 to 1 [default: 0, with --near
    /// 0.3].
    #[arg(long, value_name = "PART", allow_negative_numbers = true, value_parser = amount)]
    amount: Option<f32>,
    /// The seed of every random choice: another seed, another such instrument.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many instruments to make, with this seed and those that follow it.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=100))]
    variations: u8,
    /// Family, such as strings, bass or "synth lead"; left to the prompt otherwise.
    #[arg(long)]
    family: Option<Family>,
    /// The keys it should be at its best on, as in 36-84 or C2-C6 (C4 is 60).
    #[arg(long, value_name = "LO-HI", value_parser = keys::range)]
    range: Option<(u8, u8)>,
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
    let source = source(arguments, context)?;
    let stem = stem(arguments, &source);
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
        let target = folder(seed);
        let begun = Instant::now();
        let making = make(&request(arguments, &source, *seed), &progress)?;
        let written = Instant::now();
        write(
            &making.instrument,
            &format!("{stem}-{seed}"),
            &target,
            (arguments.rate, arguments.force),
            &progress,
        )?;
        drop(progress);
        if let Some(notice) = making.notice.as_ref().filter(|_| done == 0) {
            context.remark(notice);
        }
        if !context.json {
            context.result(&Value::Null, &target.display().to_string())?;
        }
        made.push(json!({
            "folder": target.display().to_string(),
            "consort": target.join(format!("{stem}-{seed}.consort")).display().to_string(),
            "sfz": target.join(format!("{stem}-{seed}.sfz")).display().to_string(),
            "name": making.instrument.name,
            "seed": seed,
            "prompt_truncated": making.truncated,
            "sound_key": making.instrument.recipe.sound.as_ref().map(|sound| sound.key),
            "seconds_making": (written - begun).as_secs_f64(),
            "seconds_writing": written.elapsed().as_secs_f64(),
            "stages": stages(&making),
        }));
    }
    if context.json {
        context.result(
            &json!({
                "prompt": arguments.prompt,
                "sound": arguments.sound.as_ref().map(|path| path.display().to_string()),
                "near": arguments.near.as_ref().map(|path| path.display().to_string()),
                "instruments": made,
            }),
            "",
        )?;
    }
    Ok(())
}

/// A progress bar's part of one variation.
pub(super) struct Share {
    pub bar: Progress,
    pub before: f32,
    pub size: f32,
}

impl Share {
    fn show(&self, doing: &str, part: f32) {
        self.bar.show(doing, self.before + self.size * part);
    }
}

/// What a variation gives up to chance unless the user says.
const USUAL_AMOUNT: f32 = 0.3;

/// What to make instruments from besides words.
fn source(arguments: &Arguments, context: &Context) -> Result<Source, Failure> {
    Ok(match (&arguments.sound, &arguments.near) {
        (Some(path), _) => {
            input::check(path)?;
            let there = input::there(path)?;
            // What is piped in has no path to be found by.
            let piped = *there != **path;
            let read = || input::sound(path, LONGEST_READ, context).map(Arc::new);
            Source::Sound(SoundFile {
                path: if piped {
                    input::stem(path).into()
                } else {
                    path.clone()
                },
                key: arguments.sound_key.map(f64::from),
                sound: piped.then(read).transpose()?,
            })
        }
        (None, Some(path)) => Source::Near(Arc::new(input::instrument(path)?)),
        (None, None) => Source::Words,
    })
}

/// What the folders are named after.
fn stem(arguments: &Arguments, source: &Source) -> String {
    let prompt = arguments.prompt.as_deref().unwrap_or_default();
    let known = match source {
        Source::Words => String::new(),
        Source::Sound(file) => {
            let stem = file.path.file_stem().unwrap_or_default();
            stem.to_string_lossy().into_owned()
        }
        Source::Near(instrument) => instrument.name.clone(),
    };
    file_name(format!("{known} {prompt}").trim())
}

/// From prompt to anchors takes about a fifth of the time, the samples the rest.
const MAKING: f32 = 0.2;

fn request(arguments: &Arguments, source: &Source, seed: u64) -> Request {
    Request {
        source: source.clone(),
        amount: arguments.amount.unwrap_or(match source {
            Source::Near(_) => USUAL_AMOUNT,
            Source::Words | Source::Sound(_) => 0.0,
        }),
        prompt: arguments.prompt.clone().unwrap_or_default(),
        seed,
        family: arguments.family,
        range: arguments.range,
        guidance: arguments.guidance,
        kit: None,
    }
}

/// Makes what is asked for.
pub(super) fn make(request: &Request, progress: &Share) -> Result<Made, Failure> {
    let mut go_on = |stage: Stage, part: f32| {
        progress.show(stage.label(), part * MAKING);
        !cancel::asked()
    };
    work::make(request, &mut Ticket::of_stages(&mut go_on)).map_err(failed)
}

/// Seconds of each stage.
pub(super) fn stages(made: &Made) -> Value {
    let stages = made.stages.iter();
    let stages =
        stages.map(|(stage, spent)| (stage.label().to_lowercase(), json!(spent.as_secs_f64())));
    Value::Object(stages.collect())
}

/// Writes it to its folder: samples at a rate, replacing a folder if that is wanted.
pub(super) fn write(
    instrument: &Instrument,
    name: &str,
    target: &Path,
    (rate, force): (u32, bool),
    progress: &Share,
) -> Result<(), Failure> {
    let folder = NewFolder::create(target, force)?;
    let show = |part: f32| progress.show("Rendering samples", MAKING + (1.0 - MAKING) * part);
    // The export names its files after the instrument.
    let named = Instrument {
        name: name.into(),
        ..instrument.clone()
    };
    let sfz = export::sfz(
        &named,
        &instrument.macros,
        rate as f32,
        folder.workplace(),
        &cancel::asked,
        &mut |part| show(part),
    )
    .map_err(|error| match error {
        ExportError::Cancelled => Failure::cancelled(),
        ExportError::Write { source, .. } => Failure::write(target, &source),
    })?;
    std::fs::write(sfz.with_extension("consort"), instrument.to_bytes())
        .map_err(|error| Failure::write(target, &error))?;
    cancel::check()?;
    folder.commit()
}

/// The prompt as a file name: in lower case, with hyphens between its words; short enough that
/// [`safe_name`] leaves it alone with a seed after it (60 characters, 21 of them the seed's).
pub(super) fn file_name(prompt: &str) -> String {
    let name = safe_name(prompt).to_lowercase().replace(' ', "-");
    let name: String = name.chars().take(38).collect();
    match name.trim_matches('-') {
        "" => "instrument".into(),
        name => name.into(),
    }
}

/// Why arguments don't ask for an instrument: what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unasked {
    #[error("type what the instrument should sound like, for example: \"warm cello\"")]
    NoPrompt,
    #[error("write a number from 0 to {MAX_GUIDANCE}")]
    Guidance,
}

pub(super) fn prompt(text: &str) -> Result<String, Unasked> {
    match text.trim() {
        "" => Err(Unasked::NoPrompt),
        text => Ok(text.into()),
    }
}

fn amount(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(amount) if (0.0..=1.0).contains(&amount) => Ok(amount),
        _ => Err("write a number from 0 to 1".into()),
    }
}

pub(super) fn guidance(text: &str) -> Result<f32, Unasked> {
    match text.parse::<f32>() {
        Ok(guidance) if (0.0..=MAX_GUIDANCE).contains(&guidance) => Ok(guidance),
        _ => Err(Unasked::Guidance),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_become_file_names() {
        assert_eq!(file_name("Warm  cello!"), "warm-cello");
        assert_eq!(file_name("../../etc/passwd"), "etc-passwd");
        assert_eq!(file_name("暖かいチェロ"), "instrument");
        assert_eq!(file_name("--force"), "force");
        assert_eq!(file_name("--"), "instrument");
        let longest = format!("{}-{}", file_name(&"ab ".repeat(5000)), u64::MAX);
        assert_eq!(safe_name(&longest), longest);
    }
}
