//! `consort info`: what is in a file.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::failure::Failure;
use super::wav::decibels;
use super::{Context, input, vstpreset};
use crate::instrument::Instrument;
use crate::music::{Change, Song, midi};

/// Say what is in an instrument, MIDI, WAV or preset file.
#[derive(Args)]
#[command(after_help = "Examples:
  consort info warm-cello-1/warm-cello-1.consort
  consort info song.mid
  consort info song.wav --json")]
pub struct Arguments {
    /// A .consort, .mid, .wav or .vstpreset file; its content decides, not its name.
    file: PathBuf,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let path = &arguments.file;
    let bytes = input::bytes(path)?;
    let mut facts = match bytes.get(..4) {
        _ if midi::is_midi(&bytes) => {
            let song = midi::read(&bytes).map_err(|error| Failure::file(path, error))?;
            song_facts(&song)
        }
        Some(b"RIFF" | b"RF64") => wav_facts(path, &bytes, context)?,
        Some(b"VST3") => preset_facts(path, &bytes)?,
        _ => {
            let instrument = Instrument::from_bytes(&bytes)
                .map_err(|error| unknown(path, &bytes).unwrap_or(Failure::content(path, error)))?;
            instrument_facts(&instrument)
        }
    };
    facts.insert("bytes".into(), bytes.len().into());
    let mut lines = vec![path.display().to_string()];
    lines.extend(facts.iter().filter(|(_, value)| !value.is_null()).map(line));
    context.result(&Value::Object(facts), &lines.join("\n"))
}

type Facts = serde_json::Map<String, Value>;

/// Says which files can be described, unless this one is at least meant to be an instrument.
fn unknown(path: &Path, bytes: &[u8]) -> Option<Failure> {
    let meant = bytes.starts_with(b"consort") || path.extension().is_some_and(|e| e == "consort");
    (!meant).then(|| {
        Failure::file(
            path,
            "is none that Consort knows; choose a .consort, .mid, .wav or .vstpreset file.",
        )
    })
}

fn instrument_facts(instrument: &Instrument) -> Facts {
    let recipe = &instrument.recipe;
    facts(json!({
        "kind": if instrument.kit().is_some() { "drum kit" } else { "instrument" },
        "pieces": instrument.kit().map(|kit| kit.pieces().len()),
        "name": instrument.name,
        "prompt": Some(&recipe.prompt).filter(|prompt| !prompt.is_empty()),
        "seed": recipe.seed,
        "family": recipe.family.map(|family| family.name()),
        "range": recipe.range.map(|(low, high)| format!("{}-{}", crate::music::key_name(low), crate::music::key_name(high))),
        "guidance": recipe.guidance,
        "models": recipe.pack.as_ref().map(|pack| format!("{} {}", pack.name, pack.version)),
        "variation_of": recipe.variation_of.as_ref().map(|origin| &origin.name),
        "sound": recipe.sound.as_ref().map(|sound| &sound.name),
        "sound_key": recipe.sound.as_ref().map(|sound| tenths(f64::from(sound.key))),
        "morphed_with": recipe.morphed_with.as_ref().map(|(origin, share)| format!("{}, {:.0} %", origin.name, share * 100.0)),
        "macros": instrument.macros,
    }))
}

fn song_facts(song: &Song) -> Facts {
    let keys_used = || song.notes().map(|note| note.key);
    let range = keys_used().min().zip(keys_used().max());
    let mut channels: Vec<u8> = song.notes().map(|note| note.channel + 1).collect();
    channels.sort_unstable();
    channels.dedup();
    let controls = song.tracks.iter().flat_map(|track| &track.controls);
    let mut controllers: Vec<u8> = controls
        .filter_map(|control| match control.change {
            Change::Controller { number, .. } => Some(number),
            _ => None,
        })
        .collect();
    controllers.sort_unstable();
    controllers.dedup();
    let tempi: Vec<f64> = song
        .tempo
        .beats_per_minute()
        .map(|(_, bpm)| tenths(bpm))
        .collect();
    // Film frames aren't beats.
    let film = song.tempo.is_timecode();
    let (low, high) = tempi.iter().fold((f64::MAX, 0f64), |(low, high), &bpm| {
        (low.min(bpm), high.max(bpm))
    });
    facts(json!({
        "kind": "midi",
        "seconds": (song.seconds() * 1000.0).round() / 1000.0,
        "tracks": song.tracks.iter().filter(|track| !track.notes.is_empty()).map(|track| {
            json!({ "name": track.name, "notes": track.notes.len() })
        }).collect::<Vec<_>>(),
        "notes": song.notes().count(),
        "keys": range.map(|(low, high)| format!("{}-{}", crate::music::key_name(low), crate::music::key_name(high))),
        "channels": channels,
        "controllers": controllers,
        "tempo": if film { Value::Null } else if low == high { json!(low) } else { json!([low, high]) },
        "ticks_per_beat": Some(song.tempo.ticks_per_beat()).filter(|_| !film),
    }))
}

/// What a WAV file says, or where that is wrong or rare, what can be read of its first two channels.
fn wav_facts(path: &Path, bytes: &[u8], context: &Context) -> Result<Facts, Failure> {
    let said = said_facts(bytes).ok();
    if let Some((facts, 1..)) = said {
        return Ok(facts);
    }
    match (input::sound(path, f64::INFINITY, context), said) {
        (Ok(sound), _) => {
            let samples = sound.channels().iter().flatten();
            Ok(facts(json!({
                "kind": "wav",
                "seconds": rounded(sound.seconds()),
                "rate": sound.rate(),
                "channels": sound.channels().len(),
                "peak_db": decibels(samples.fold(0.0, |peak, x| x.abs().max(peak))),
            })))
        }
        (Err(_), Some((facts, _))) => Ok(facts),
        (Err(error), None) => Err(error),
    }
}

/// The facts of a WAV file by its head, and its frames.
fn said_facts(bytes: &[u8]) -> hound::Result<(Facts, u32)> {
    let mut reader = hound::WavReader::new(bytes)?;
    let spec = reader.spec();
    let mut peak = 0f32;
    match spec.sample_format {
        hound::SampleFormat::Float => {
            for sample in reader.samples::<f32>() {
                peak = peak.max(sample?.abs());
            }
        }
        hound::SampleFormat::Int => {
            let full = 2f32.powi(i32::from(spec.bits_per_sample) - 1);
            for sample in reader.samples::<i32>() {
                peak = peak.max(sample?.unsigned_abs() as f32 / full);
            }
        }
    }
    let seconds = f64::from(reader.duration()) / f64::from(spec.sample_rate.max(1));
    let facts = facts(json!({
        "kind": "wav",
        "seconds": rounded(seconds),
        "rate": spec.sample_rate,
        "channels": spec.channels,
        "bits": spec.bits_per_sample,
        "peak_db": decibels(peak),
    }));
    Ok((facts, reader.duration()))
}

/// To the millisecond.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

fn preset_facts(path: &Path, bytes: &[u8]) -> Result<Facts, Failure> {
    let damaged = || {
        Failure::file(
            path,
            "is a damaged or cut-off VST3 preset; export it again.",
        )
    };
    let preset = vstpreset::read(bytes).ok_or_else(damaged)?;
    Ok(facts(json!({
        "kind": "vst3 preset",
        "class_id": preset.class_id,
        "state_bytes": preset.state.len(),
    })))
}

fn facts(value: Value) -> Facts {
    match value {
        Value::Object(facts) => facts,
        _ => unreachable!("facts are written as an object"),
    }
}

/// A fact as a line for people.
fn line((name, value): (&String, &Value)) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        other => short(other),
    };
    format!("  {:<15}{text}", name.replace('_', " "))
}

fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{name} {}", short(value));
            fields.iter().map(field).collect::<Vec<_>>().join(" ")
        }
        Value::Number(number) if number.is_f64() => number
            .as_f64()
            .map(|value| (value * 1000.0).round() / 1000.0)
            .unwrap_or(0.0)
            .to_string(),
        other => other.to_string(),
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
