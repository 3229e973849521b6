//! `consort orchestrate`: a melody or a piece, arranged for an ensemble.

mod sounding;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::instrument::file_name;
use super::output::NewFile;
use super::{Context, input, output, transcribe};
use crate::music::{Song, midi};
use crate::orchestra::{Arrangement, Asked, Given, arrange};

/// Arrange a melody or a piece for an ensemble, from a request: for string quartet, big band, flute over warm strings.
///
/// The melody stays, in one part, and so do key, metre and tempo; every part can be played on its instrument. A sound file is written
/// down first. Leaves one MIDI file with a track a part, a MusicXML score, and unless only these are asked for each part as a WAV
/// file and the mix of them.
#[derive(Args)]
#[command(after_help = "Examples:
  consort orchestrate melody.mid \"for string quartet\"
  consort orchestrate song.wav \"flute melody over warm strings and soft timpani, more dramatic\" --out score
  consort orchestrate piano.mid \"big band\" --seed 3 --midi-only
  consort orchestrate quartet.mid \"piano solo\" --melody 1")]
pub struct Arguments {
    /// A MIDI file, or a sound file (WAV, FLAC, AIFF, MP3 or OGG Vorbis).
    source: PathBuf,
    /// Who plays, and how, in English words.
    request: String,
    /// Where to put the files.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// The seed of every random choice: another seed, another arrangement.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The track that has the melody, counted from 1 (`consort info` lists them); otherwise it is found.
    #[arg(long, value_name = "TRACK", value_parser = clap::value_parser!(u16).range(1..))]
    melody: Option<u16>,
    /// The tempo of a sound, beats a minute, from its beginning on; else its beats are those heard.
    #[arg(long, value_name = "BPM", value_parser = transcribe::bpm)]
    tempo: Option<f64>,
    /// Only the MIDI file and the score, which takes no time.
    #[arg(long)]
    midi_only: bool,
    /// Replace files that are there.
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let asked = Asked::read(&arguments.request).map_err(|error| Failure::job(error.to_string()))?;
    let stem = input::stem(&arguments.source)
        .to_string_lossy()
        .into_owned();
    let called = |what: &str| arguments.out.join(format!("{stem}-{what}"));
    let (file, score) = (called("orchestrated.mid"), called("orchestrated.musicxml"));
    for path in [&file, &score] {
        output::check(path, arguments.force)?;
    }
    let song = song(arguments, context)?;
    let begun = Instant::now();
    let given = Given::from_song(&song);
    let melody = arguments.melody.map(|track| usize::from(track) - 1);
    if melody.is_some_and(|track| track >= song.tracks.len()) {
        let why = format!(
            "has {} tracks; see them with: consort info FILE.",
            song.tracks.len()
        );
        return Err(Failure::file(&arguments.source, why));
    }
    let source = given.told_apart(melody);
    let source = source.map_err(|error| Failure::content(&arguments.source, error))?;
    let made = arrange(&source, &asked, arguments.seed);
    let spent = begun.elapsed().as_secs_f64();
    for part in made.parts.iter().filter(|_| !arguments.midi_only) {
        output::check(
            &called(&format!("{}.wav", file_name(&part.name))),
            arguments.force,
        )?;
    }
    if !arguments.midi_only {
        output::check(&called("mix.wav"), arguments.force)?;
    }
    std::fs::create_dir_all(&arguments.out)
        .map_err(|error| Failure::write(&arguments.out, &error))?;
    let written = made.to_song();
    NewFile::write_all(&file, arguments.force, &midi::write(&written))?;
    NewFile::write_all(&score, arguments.force, made.to_music_xml().as_bytes())?;
    let stems = match arguments.midi_only {
        true => Vec::new(),
        false => {
            let name = |part: &str| called(&format!("{}.wav", file_name(part)));
            let files = sounding::Files {
                name: &name,
                mix: &called("mix.wav"),
                force: arguments.force,
            };
            sounding::write(&made, &written, &files, arguments.seed, context)?
        }
    };
    let told = told(&made, &file, &score);
    let result = json!({
        "source": arguments.source.display().to_string(),
        "request": arguments.request,
        "midi": file.display().to_string(),
        "score": score.display().to_string(),
        "key": made.harmonies.key.to_string(),
        "melody": made.melody.map(|part| &made.parts[part].name),
        "melody_moved_octaves": made.moved.iter().map(|moved| moved.octaves).collect::<Vec<_>>(),
        "parts": made.parts.iter().map(|part| json!({
            "name": part.name,
            "instrument": part.instrument.name,
            "role": part.role.name(),
            "channel": part.channel + 1,
            "notes": part.tones.len(),
        })).collect::<Vec<_>>(),
        "stems": stems.iter().map(|stem| stem.display().to_string()).collect::<Vec<_>>(),
        "mix": (!stems.is_empty()).then(|| called("mix.wav").display().to_string()),
        "seconds_arranging": spent,
    });
    context.result(&result, &told)
}

/// The notes that are arranged: a MIDI file's, or those heard in a sound.
fn song(arguments: &Arguments, context: &Context) -> Result<Song, Failure> {
    let path = &arguments.source;
    match midi::is_midi(&input::head(path, 12)?) {
        true => input::song(path),
        false => {
            let sound = input::sound(path, transcribe::LONGEST, context)?;
            Ok(transcribe::written(&sound, arguments.tempo, context)?.song)
        }
    }
}

/// Who plays what, for people.
fn told(made: &Arrangement, midi: &Path, score: &Path) -> String {
    let parts = made
        .parts
        .iter()
        .map(|part| format!("{} ({})", part.name, part.role.name()));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let key = made.harmonies.key.to_string();
    format!("{key}: {parts}\n{}\n{}", midi.display(), score.display())
}
