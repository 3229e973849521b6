//! `consort notes`: notes of many instruments through a pipe, for measurements.

use std::io::{self, BufRead, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::failure::Failure;
use super::hearing::failed;
use super::{Context, cancel, input};
use crate::instrument::{Family, Instrument, render};
use crate::models::make::MAX_GUIDANCE;
use crate::models::{Request, SoundFile, Source};
use crate::work::{self, Ticket};

/// Make instruments and play their notes as asked for on stdin, onto stdout, for measurements.
///
/// Each line of stdin is a JSON object: `prompt` and `seed` (also `family`, `guidance`, and `sound`,
/// a file, with its `sound_key` if that needn't be found), or `instrument`, a .consort file;
/// `notes`, a list of [key, velocity]; `seconds` of sound of each (none without); and `levels`,
/// true for the note models themselves. Each answer is a line of JSON, `{"error": SENTENCE}` or
/// `{"floats": N, "sound_key": KEY}`, and then N little-endian 32-bit floats, note by note: its
/// sound, mono and released after 3 s, and its 176 × 136 levels in dB and 136 offsets in cents.
#[derive(Args)]
#[command(
    hide = true,
    after_help = "Examples:
  consort notes --rate 48000 < requests.jsonl > notes.bin
  echo '{\"prompt\": \"warm cello\", \"seed\": 1, \"notes\": [[60, 80]], \"seconds\": 4}' | consort notes > note.f32"
)]
pub struct Arguments {
    /// Sample rate in Hz.
    #[arg(long, value_name = "HZ", default_value_t = 32_000, value_parser = clap::value_parser!(u32).range(8_000..=384_000))]
    rate: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    prompt: String,
    seed: u64,
    family: Option<String>,
    guidance: Option<f32>,
    sound: Option<PathBuf>,
    sound_key: Option<f64>,
    instrument: Option<PathBuf>,
    notes: Vec<(u8, u8)>,
    seconds: f32,
    levels: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            prompt: String::new(),
            seed: 1,
            family: None,
            guidance: None,
            sound: None,
            sound_key: None,
            instrument: None,
            notes: Vec::new(),
            seconds: 0.0,
            levels: false,
        }
    }
}

impl Wanted {
    /// JSON holds numbers that a 32-bit float doesn't.
    fn check(&self) -> Result<(), Failure> {
        let guidance = self.guidance.unwrap_or(0.0);
        let key = self.sound_key.unwrap_or(0.0);
        let keys = |&(key, velocity): &(u8, u8)| key < 128 && (1..128).contains(&velocity);
        if self.seconds.is_finite()
            && (0.0..=MAX_GUIDANCE).contains(&guidance)
            && (0.0..128.0).contains(&key)
            && self.notes.iter().all(keys)
        {
            return Ok(());
        }
        Err(Failure::job(format!(
            "This is no request: keys are 0 to 127, velocities 1 to 127, guidance is 0 to {MAX_GUIDANCE}."
        )))
    }
}

pub fn run(arguments: &Arguments, _: &Context) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        cancel::check()?;
        let line = line.map_err(|error| {
            Failure::job(format!(
                "The requests could not be read from stdin: {error}."
            ))
        })?;
        let answered = match answer(&line, arguments.rate) {
            Ok((key, floats)) => write(&mut out, key, &floats),
            // One line that can't be done is no reason to stop the others.
            Err(failure) => writeln!(out, "{}", json!({ "error": failure.sentence() })),
        };
        match answered.and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(|error| Failure::print(&error))?,
        }
    }
    Ok(())
}

/// The key of the sound that an instrument is made from, and the floats of its notes.
type Answer = (Option<f32>, Vec<f32>);

fn answer(line: &str, rate: u32) -> Result<Answer, Failure> {
    let wanted: Wanted = serde_json::from_str(line)
        .map_err(|error| Failure::job(format!("This is no request: {error}.")))?;
    wanted.check()?;
    let instrument = made(&wanted)?;
    let mut floats = Vec::new();
    for &(key, velocity) in &wanted.notes {
        let note = instrument.note(key, velocity).ok_or_else(|| {
            Failure::job(format!(
                "\"{}\" is a drum kit, which has no notes.",
                instrument.name
            ))
        })?;
        if wanted.seconds > 0.0 {
            floats.extend(render::note(
                &note,
                key,
                wanted.seconds.min(60.0),
                rate as f32,
            ));
        }
        if wanted.levels {
            floats.extend(&note.levels);
            floats.extend(note.cents);
        }
    }
    let sound = instrument.recipe.sound.as_ref();
    Ok((sound.map(|sound| sound.key), floats))
}

fn made(wanted: &Wanted) -> Result<Instrument, Failure> {
    if let Some(path) = &wanted.instrument {
        return input::instrument(path);
    }
    let family = wanted.family.as_deref().map(str::parse::<Family>);
    let family = family
        .transpose()
        .map_err(|error| Failure::job(error.to_string()))?;
    let request = Request {
        source: wanted.sound.clone().map_or(Source::Words, |path| {
            let key = wanted.sound_key;
            Source::Sound(SoundFile {
                path,
                key,
                sound: None,
            })
        }),
        prompt: wanted.prompt.clone(),
        seed: wanted.seed,
        family,
        guidance: wanted.guidance,
        ..Request::default()
    };
    if let Some(path) = &wanted.sound {
        input::check(path)?;
    }
    let mut go_on = |_| !cancel::asked();
    let made = work::make(&request, &mut Ticket::new(&mut go_on));
    made.map(|made| made.instrument).map_err(failed)
}

fn write(out: &mut impl Write, sound_key: Option<f32>, floats: &[f32]) -> io::Result<()> {
    let head = json!({ "floats": floats.len(), "sound_key": sound_key });
    writeln!(out, "{head}")?;
    floats
        .iter()
        .try_for_each(|float| out.write_all(&float.to_le_bytes()))
}
