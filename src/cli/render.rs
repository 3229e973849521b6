//! `consort render`: a MIDI file played on an instrument, as a WAV file.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::wav::{Bits, WavFile, decibels};
use super::{Context, cancel, input, output};
use crate::engine::Settings;
use crate::jobs::offline::{self, Player, Tail};
use crate::music::{Action, Song, TimedAction};

/// Play a MIDI file on an instrument into a WAV file.
///
/// Everything in the file plays on the one instrument, except General MIDI's drum channel (10): that
/// is what a drum kit plays.
/// Sustain, sostenuto, pitch bend, mod wheel, expression, volume, pan and pressure are followed.
#[derive(Args)]
#[command(after_help = "Examples:
  consort render --instrument cello.consort --midi song.mid --out song.wav
  consort render --instrument cello.consort --midi song.mid --out song.wav --rate 44100 --bits 16
  consort render --instrument bass.consort --midi band.mid --out bass.wav --channel 2 --tail 1.5")]
pub struct Arguments {
    /// The instrument to play (.consort).
    #[arg(long, value_name = "FILE")]
    instrument: PathBuf,
    /// The notes to play (Standard MIDI File, format 0 or 1).
    #[arg(long, value_name = "FILE")]
    midi: PathBuf,
    /// The WAV file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Sample rate in Hz.
    #[arg(long, value_name = "HZ", default_value_t = 48_000, value_parser = clap::value_parser!(u32).range(8_000..=384_000))]
    rate: u32,
    /// Bits of a sample; 32 is floating point.
    #[arg(long, value_enum, default_value = "24")]
    bits: Bits,
    /// Seconds to go on after the last event, or "auto": until all is silent.
    #[arg(long, value_name = "SECONDS", default_value = "auto", value_parser = tail)]
    tail: Tail,
    /// Gain in dB.
    #[arg(long, value_name = "DB", default_value_t = 0.0, allow_negative_numbers = true, value_parser = gain)]
    gain: f32,
    /// Play only this MIDI channel (1 to 16); may be given more than once.
    #[arg(long = "channel", value_name = "N", value_parser = clap::value_parser!(u8).range(1..=16))]
    channels: Vec<u8>,
    /// Replace the WAV file if it exists.
    #[arg(long)]
    force: bool,
}

/// Longer songs are refused: more likely a damaged file than a wish.
const LONGEST_SONG: f64 = 4.0 * 3600.0;
/// General MIDI's drum channel, counted from 0.
const DRUMS: u8 = 9;

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    output::check(&arguments.out, arguments.force)?;
    let instrument = input::instrument(&arguments.instrument)?;
    let song = input::song(&arguments.midi)?;
    let performance = performance(&song, arguments, instrument.kit().is_some())?;
    let keys = performance
        .iter()
        .fold(0u128, |keys, timed| match timed.action {
            Action::NoteOn { key, .. } => keys | 1 << key,
            _ => keys,
        });

    let progress = context.progress();
    let mut player = Player::new(
        &instrument,
        arguments.rate,
        keys,
        &cancel::asked,
        &mut |part| {
            progress.show("Rendering the instrument", part * 0.5);
        },
    )
    .ok_or_else(Failure::cancelled)?;
    let level = 10f32.powf(arguments.gain / 20.0);
    player.set(&Settings {
        level,
        ..Settings::default()
    });

    let mut file = WavFile::create(
        &arguments.out,
        arguments.force,
        arguments.rate,
        arguments.bits,
    )?;
    let events = offline::events(&performance, arguments.rate);
    let total = song.seconds() * f64::from(arguments.rate) + 1.0;
    let mut played = 0;
    player.play(&events, arguments.tail, &mut |left, right| {
        cancel::check()?;
        played += left.len();
        progress.show("Playing", 0.5 + 0.5 * (played as f64 / total) as f32);
        file.write(left, right)
    })?;
    let written = file.finish()?;
    drop(progress);

    if written.clipped {
        context.remark(&format!(
            "the sound exceeds full scale and was clipped; use --gain {:.0} or --bits 32.",
            -decibels(written.peak).unwrap_or(0.0).ceil()
        ));
    }
    let seconds = written.frames as f64 / f64::from(arguments.rate);
    let result = json!({
        "file": arguments.out.display().to_string(),
        "instrument": instrument.name,
        "seconds": seconds,
        "rate": arguments.rate,
        "bits": arguments.bits.count(),
        "notes": performance.iter().filter(|timed| timed.is_note_on()).count(),
        "peak_db": decibels(written.peak),
        "clipped": written.clipped,
    });
    context.result(
        &result,
        &format!("{} ({seconds:.1} s)", arguments.out.display()),
    )
}

/// What is played: the channels asked for, or all but drums (which a melody instrument would play
/// as wild notes), or the drums when there is nothing else; on a kit, the drums if there are any.
fn performance(
    song: &Song,
    arguments: &Arguments,
    is_kit: bool,
) -> Result<Vec<TimedAction>, Failure> {
    let asked = &arguments.channels;
    let performance = if asked.is_empty() {
        let any = |drums: bool| song.notes().any(|note| (note.channel == DRUMS) == drums);
        let all = !any(is_kit);
        song.performance(|channel| all || (channel == DRUMS) == is_kit)
    } else {
        song.performance(|channel| asked.contains(&(channel + 1)))
    };
    let midi = &arguments.midi;
    if !performance.iter().any(TimedAction::is_note_on) {
        return Err(Failure::file(
            midi,
            match asked.is_empty() {
                true => "has no notes; choose a MIDI file with notes.",
                false => "has no notes on these channels; see them with: consort info FILE.",
            },
        ));
    }
    let last = performance.last().map_or(0.0, |timed| timed.seconds);
    if last > LONGEST_SONG {
        let hours = last / 3600.0;
        return Err(Failure::file(
            midi,
            format_args!(
                "lasts {hours:.0} hours, and Consort renders up to 4; check the file or cut it."
            ),
        ));
    }
    Ok(performance)
}

fn tail(text: &str) -> Result<Tail, String> {
    if text == "auto" {
        return Ok(Tail::Silence);
    }
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=600.0).contains(&seconds) => Ok(Tail::Seconds(seconds)),
        _ => Err("write \"auto\" or seconds from 0 to 600".into()),
    }
}

fn gain(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(gain) if (-96.0..=24.0).contains(&gain) => Ok(gain),
        _ => Err("write decibels from -96 to 24".into()),
    }
}
