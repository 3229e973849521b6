//! `consort note`: single notes as sound, for measurements.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::wav::{Bits, WavFile, Written, decibels};
use super::{Context, cancel, input, keys, output};
use crate::engine::{NoteAddress, NoteEvent};
use crate::instrument::slots::key_frequency;
use crate::instrument::{Instrument, render};
use crate::jobs::offline::{FramedEvent, Player, Tail};

/// Play single notes of an instrument into a WAV file, for measurements.
#[derive(Args)]
#[command(
    hide = true,
    after_help = "Examples:
  consort note --instrument cello.consort --key C4 --velocity 80 --seconds 4 --out c4.wav
  consort note --instrument cello.consort --key 64 --raw --out model.wav
  consort note --instrument cello.consort --all-keys --json --out keys.wav > onsets.json"
)]
pub struct Arguments {
    /// The instrument to play (.consort).
    #[arg(long, value_name = "FILE")]
    instrument: PathBuf,
    /// The key: a MIDI number or a name such as C4.
    #[arg(long, value_name = "KEY", default_value = "60", value_parser = keys::key)]
    key: u8,
    /// MIDI velocity.
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u8).range(1..=127))]
    velocity: u8,
    /// Seconds that each key is held.
    #[arg(long, default_value_t = 2.0, value_parser = seconds)]
    seconds: f64,
    /// Play every key of a range one after another, a second apart; --json gives their onsets.
    #[arg(long, conflicts_with_all = ["key", "raw"])]
    all_keys: bool,
    /// The range for --all-keys.
    #[arg(long, value_name = "LO-HI", default_value = "21-108", value_parser = keys::range)]
    keys: (u8, u8),
    /// The note as the model describes it: mono, released after 3 s, no sampler, no macros.
    #[arg(long)]
    raw: bool,
    /// Sample rate in Hz.
    #[arg(long, value_name = "HZ", default_value_t = 48_000, value_parser = clap::value_parser!(u32).range(8_000..=384_000))]
    rate: u32,
    /// Bits of a sample; 32 is floating point.
    #[arg(long, value_enum, default_value = "24")]
    bits: Bits,
    /// The WAV file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the WAV file if it exists.
    #[arg(long)]
    force: bool,
}

/// Silence before the first note, so that "before" can be measured too.
const LEAD_S: f64 = 0.25;
/// From a key's release to the next key of a row: what still rings is choked halfway.
const GAP_S: f64 = 1.0;

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    output::check(&arguments.out, arguments.force)?;
    let instrument = input::instrument(&arguments.instrument)?;
    if arguments.raw {
        return raw(&instrument, arguments, context);
    }
    let row: Vec<u8> = if arguments.all_keys {
        (arguments.keys.0..=arguments.keys.1).collect()
    } else {
        vec![arguments.key]
    };
    let progress = context.progress();
    let mask = row.iter().fold(0u128, |mask, key| mask | 1 << key);
    let mut player = Player::new(
        &instrument,
        arguments.rate,
        mask,
        &cancel::asked,
        &mut |part| {
            progress.show("Rendering the instrument", part);
        },
    )
    .ok_or_else(Failure::cancelled)?;
    let (events, notes) = row_of_notes(&row, arguments);
    let mut file = WavFile::create(
        &arguments.out,
        arguments.force,
        arguments.rate,
        arguments.bits,
    )?;
    player.play(&events, Tail::Silence, &mut |left, right| {
        cancel::check()?;
        file.write(left, right)
    })?;
    finish(file.finish()?, &instrument, notes, arguments, context)
}

fn row_of_notes(row: &[u8], arguments: &Arguments) -> (Vec<FramedEvent>, serde_json::Value) {
    let rate = f64::from(arguments.rate);
    let frame = |seconds: f64| (seconds * rate).round() as u64;
    let all = NoteAddress::default();
    let mut events = Vec::new();
    let mut notes = Vec::new();
    let mut now = LEAD_S;
    for (place, &key) in row.iter().enumerate() {
        let (start, end) = (frame(now), frame(now + arguments.seconds));
        let velocity = f32::from(arguments.velocity) / 127.0;
        let down = NoteEvent::NoteOn {
            note_id: None,
            channel: 0,
            key,
            velocity,
        };
        events.push(FramedEvent {
            frame: start,
            event: down,
        });
        events.push(FramedEvent {
            frame: end,
            event: NoteEvent::NoteOff(all),
        });
        if place + 1 < row.len() {
            let choke = frame(now + arguments.seconds + GAP_S / 2.0);
            events.push(FramedEvent {
                frame: choke,
                event: NoteEvent::Choke(all),
            });
        }
        notes.push(json!({
            "key": key,
            "name": crate::music::key_name(key),
            "hertz": key_frequency(f64::from(key)),
            "start": start as f64 / rate,
            "end": end as f64 / rate,
        }));
        now += arguments.seconds + GAP_S;
    }
    (events, notes.into())
}

fn raw(instrument: &Instrument, arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let (key, rate) = (arguments.key, arguments.rate);
    let note = instrument.note(key, arguments.velocity).ok_or_else(|| {
        Failure::content(
            &arguments.instrument,
            "is a drum kit, which has no notes; leave out --raw to hear its pieces.",
        )
    })?;
    let sound = render::note(&note, key, arguments.seconds as f32, rate as f32);
    let mut file = WavFile::create(&arguments.out, arguments.force, rate, arguments.bits)?;
    file.write(&sound, &sound)?;
    let hertz = key_frequency(f64::from(key));
    let notes =
        json!([{ "key": key, "name": crate::music::key_name(key), "hertz": hertz, "start": 0.0 }]);
    finish(file.finish()?, instrument, notes, arguments, context)
}

fn finish(
    written: Written,
    instrument: &Instrument,
    notes: serde_json::Value,
    arguments: &Arguments,
    context: &Context,
) -> Result<(), Failure> {
    let result = json!({
        "file": arguments.out.display().to_string(),
        "instrument": instrument.name,
        "rate": arguments.rate,
        "seconds": written.frames as f64 / f64::from(arguments.rate),
        "velocity": arguments.velocity,
        "peak_db": decibels(written.peak),
        "clipped": written.clipped,
        "notes": notes,
    });
    context.result(&result, &arguments.out.display().to_string())
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.01..=60.0).contains(&seconds) => Ok(seconds),
        _ => Err("write seconds from 0.01 to 60".into()),
    }
}
