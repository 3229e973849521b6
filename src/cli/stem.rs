//! `consort stem`: a part that fits a song, as MIDI and as sound.

mod changing;
mod listening;
mod mixing;
mod playing;
mod sliders;

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::failure::Failure;
use super::hearing::failed;
use super::instrument::{Share, make};
use super::output::NewFile;
use super::{Context, cancel, input, output};
use crate::instrument::Instrument;
use crate::music::{GridNote, Part, PartKind, Song, midi};
use crate::work::Ticket;
use crate::work::part::{Again, StemAsk, sound as stem_sound, styled, words, write_part};
use changing::Changed;
use listening::{Listened, listen};
use playing::Beside;

/// Add a part to a song: drums, bass, guitar … that fit it, from an instruction.
///
/// The song is listened to: its beats, key, chords, notes and drums; a MIDI file is read instead. Each
/// variation is a MIDI file on the song's own beats, and a WAV file that begins where the song (or its
/// first bar asked for) begins, played on an instrument made from the same words, as loud as fits
/// the song.
#[derive(Args)]
#[command(after_help = "Examples:
  consort stem song.wav \"add jazzy drums\"
  consort stem song.wav \"warm walking bass\" --part bass --bars 9-16 --variations 3 --out stems
  consort stem song.mid \"reggae one drop drums with fills\"
  consort stem song.wav \"busier hi-hats\" --again song-drums-A.mid --out changed
  consort stem song.mid \"house drums, breakdown in bars 9-12, build-up in bars 13-16, drop at bar 17\"
  consort stem song.mid \"house drums, breakdown in bars 9-12, build-up in bars 13-16\" --busy 0.5
  consort stem song.flac --mix \"soft brushes, no cymbals\" --tempo 92 --metre 3/4 --json")]
pub struct Arguments {
    /// A sound file (WAV, FLAC, AIFF, MP3 or OGG Vorbis) or a MIDI file.
    song: PathBuf,
    /// What to add, in English words.
    instruction: Option<String>,
    /// The part; otherwise the one that the instruction names, or drums.
    #[arg(long, value_enum)]
    part: Option<PartName>,
    /// Only these bars: A-B, counted from 1.
    #[arg(long, value_name = "A-B", value_parser = bars)]
    bars: Option<(usize, usize)>,
    /// Change this part, a MIDI file that this command wrote, as the instruction says ("busier", "same but
    /// with sixteenth hats"); with --bars, write those bars of it anew. What doesn't change stays as it is.
    #[arg(long, value_name = "FILE")]
    again: Option<PathBuf>,
    /// How many parts to make, with this seed and those that follow it.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=26))]
    variations: u8,
    /// The seed of every random choice: another seed, another part.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to put the files.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Only MIDI files, which takes less time.
    #[arg(long)]
    midi_only: bool,
    /// Also the song with the part in it, as NAME-mix.wav; for sound files.
    #[arg(long, conflicts_with = "midi_only")]
    mix: bool,
    /// In the mix, the song louder by so many dB, softer if negative; otherwise it stays as it is, but for the limiter that keeps the sum at −1 dBTP.
    #[arg(long, value_name = "DB", requires = "mix", allow_negative_numbers = true, value_parser = decibels)]
    song_gain: Option<f64>,
    /// Replace files that are there.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    told: super::describe::Told,
    #[command(flatten)]
    sliders: sliders::Arguments,
}

/// A part by name.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PartName {
    Drums,
    Bass,
    Guitar,
    Keys,
    Strings,
    Brass,
    Winds,
    Lead,
}

impl From<PartName> for PartKind {
    fn from(name: PartName) -> Self {
        PartKind::ALL[name as usize]
    }
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    let instruction = arguments.instruction.as_deref().unwrap_or_default().trim();
    let again = arguments.again.as_deref().map(Changed::open).transpose()?;
    let asked = arguments.part.map(PartKind::from);
    let kind = asked
        .or(again.as_ref().map(|changed| changed.kind))
        .unwrap_or(words::read(instruction).part());
    if let Some(notice) = words::for_part(instruction, kind).notice(kind) {
        context.remark(&notice);
    }
    let stem = input::stem(&arguments.song).to_string_lossy();
    let called = |variation: u8, ending: &str| {
        let letter = char::from(b'A' + variation);
        let name = format!("{}-{}-{letter}{ending}", stem, kind.name().to_lowercase());
        arguments.out.join(name)
    };
    for variation in 0..arguments.variations {
        output::check(&called(variation, ".mid"), arguments.force)?;
        if !arguments.midi_only {
            output::check(&called(variation, ".wav"), arguments.force)?;
        }
        if arguments.mix {
            output::check(&called(variation, "-mix.wav"), arguments.force)?;
        }
    }
    // A part that is changed keeps its other bars.
    let cut = arguments.bars.filter(|_| again.is_none());
    let listened = listen(&arguments.song, &arguments.told, cut, context)?;
    if arguments.mix && listened.sound.is_none() {
        let why = "is a MIDI file, which has no sound to mix; leave --mix out.";
        return Err(Failure::file(&arguments.song, why));
    }
    let own = words::for_part(instruction, kind).words;
    let notice = match &again {
        None => styled::notice(&own, kind, listened.stem_song.first().metre),
        Some(_) => styled::unknown(&own),
    };
    if let Some(notice) = notice {
        context.remark(&notice);
    }
    let bars = listened.stem_song.bars();
    if cut.is_none() && arguments.bars.is_some_and(|(_, last)| last > bars) {
        let why = format!("has {bars} bars; choose bars of 1-{bars}.");
        return Err(Failure::file(&arguments.song, why));
    }
    let again = again.map(|changed| {
        let within = |bar: usize| arguments.bars.is_none_or(|(a, b)| (a..=b).contains(&bar));
        Ok(Again {
            part: changed.part(kind, &listened.grid)?,
            bars: (1..=bars).map(within).collect(),
            ..Again::default()
        })
    });
    let again = again.transpose()?;
    let from = f64::from(listened.first);
    std::fs::create_dir_all(&arguments.out)
        .map_err(|error| Failure::write(&arguments.out, &error))?;

    let begun = Instant::now();
    let mut parts = Vec::new();
    for variation in 0..arguments.variations {
        let progress = context.progress();
        let ask = StemAsk {
            words: instruction.to_owned(),
            kind: Some(kind),
            seed: arguments.seed.wrapping_add(u64::from(variation)),
            again: again.clone(),
            sliders: arguments.sliders.set(),
        };
        let mut go_on = |share| {
            progress.show("Writing the part", share);
            !cancel::asked()
        };
        let part = write_part(&listened.stem_song, &ask, &mut Ticket::new(&mut go_on));
        let is_as_before = |again: &Again| part.as_ref().is_ok_and(|part| *part == again.part);
        if !instruction.is_empty() && again.as_ref().is_some_and(is_as_before) {
            context.remark("Nothing in these words changes the part: it stays as it is.");
        }
        parts.push(after_beginning(part.map_err(failed)?, &listened, from));
    }
    let writing = begun.elapsed().as_secs_f64() / f64::from(arguments.variations);
    let instrument = match arguments.midi_only {
        true => None,
        false => Some(instrument(instruction, kind, arguments.seed, context)?),
    };
    let mut made = Vec::new();
    for (variation, part) in (0..).zip(&parts) {
        let song = to_song(part, &listened, from);
        let file = called(variation, ".mid");
        NewFile::write_all(&file, arguments.force, &midi::write(&song))?;
        let mut result = json!({
            "midi": file.display().to_string(),
            "seed": arguments.seed.wrapping_add(u64::from(variation)),
            "notes": part.notes.len(),
            "part": part,
        });
        let mut told = format!("{} ({} notes)", file.display(), part.notes.len());
        if let Some(instrument) = &instrument {
            let file = called(variation, ".wav");
            let sound = listened.sound.as_ref();
            let second = |step: f64| listened.grid.seconds_at(step).max(0.0);
            let beside = Beside {
                sound,
                begins: if cut.is_some() { second(from) } else { 0.0 },
                ends: cut.map(|_| second(from + listened.stem_song.steps() as f64)),
            };
            let played = playing::play((&song, kind, instruction), instrument, beside, context)?;
            let peak = played.write(&file, arguments.force)?;
            result["peak_db"] = json!(peak);
            result["wav"] = json!(file.display().to_string());
            result["gain_db"] = json!(played.gain_db);
            result["under_song_lu"] = json!(played.under_lu);
            told += &format!(", {}", file.display());
            if let Some(over) = peak.filter(|peak| *peak > 0.0) {
                told += &format!(" (32-bit float: alone it peaks {over:.1} dB over full scale)");
            }
            if let (Some(sound), true) = (sound, arguments.mix) {
                let file = called(variation, "-mix.wav");
                let song = (sound, beside.begins);
                let mixed = played.write_mix(song, arguments.song_gain, &file, arguments.force)?;
                result["mix"] = json!(file.display().to_string());
                result["mix_song_db"] = json!(mixed.song_db);
                result["mix_part_db"] = json!(mixed.part_db);
                told += &format!(", {}", file.display());
                if mixed.part_db < 0.0 {
                    let softer = -mixed.part_db;
                    context.remark(&format!("In the mix the part is {softer:.0} dB softer than alone, so that the song stays as loud as it is; --song-gain -{softer:.0} turns the song down instead."));
                }
            }
        }
        if !context.json {
            context.result(&Value::Null, &told)?;
        }
        made.push(result);
    }
    if context.json {
        let result = json!({
            "song": arguments.song.display().to_string(),
            "instruction": instruction,
            "part": kind.name().to_lowercase(),
            "instrument": instrument.as_ref().map(|instrument| &instrument.name),
            "description": listened.song,
            "seconds_listening": listened.seconds,
            "seconds_a_part": writing,
            "variations": made,
        });
        context.result(&result, "")?;
    }
    Ok(())
}

/// The instrument or kit that the words ask for.
fn instrument(
    instruction: &str,
    kind: PartKind,
    seed: u64,
    context: &Context,
) -> Result<Instrument, Failure> {
    let share = || Share {
        bar: context.progress(),
        before: 0.0,
        size: 1.0,
    };
    let wished = stem_sound::request(instruction, kind, seed);
    match make(&wished, &share()) {
        Ok(made) => Ok(made.instrument),
        Err(error) if !cancel::asked() => {
            let usual = stem_sound::usual(kind, seed);
            context.remark(&format!(
                "it is played on “{}”: {}",
                usual.prompt,
                error.sentence()
            ));
            Ok(make(&usual, &share())?.instrument)
        }
        Err(error) => Err(error),
    }
}

/// A note before the song by less than this is at its beginning, s.
const EARLY: f64 = 0.03;

/// The part without what lies before the song, where that begins with an upbeat.
fn after_beginning(part: Part, listened: &Listened, from: f64) -> Part {
    let within = |note: &GridNote| listened.grid.seconds_at(from + note.start()) > -EARLY;
    Part::new(part.kind, part.notes.into_iter().filter(within).collect())
}

/// The part on the song's own beats, its steps counted from `from`.
fn to_song(part: &Part, listened: &Listened, from: f64) -> Song {
    let tempo = listened.tempo.clone();
    let tick = |step: f64| tempo.tick_at(listened.grid.seconds_at(from + step).max(0.0));
    let mut track = part.to_track(&tick);
    track.ends = tick(listened.stem_song.steps() as f64);
    let tracks = vec![track];
    Song {
        metres: listened.metres.clone(),
        tempo,
        tracks,
    }
}

fn decibels(text: &str) -> Result<f64, String> {
    let db = text.parse().ok().filter(|db| (-60.0..=12.0).contains(db));
    db.ok_or_else(|| "use a number of dB from -60 to 12".to_owned())
}

fn bars(text: &str) -> Result<(usize, usize), String> {
    let read = || {
        let (first, last) = text.split_once(['-', '–'])?;
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first >= 1 && first <= last).then_some((first, last))
    };
    read().ok_or_else(|| "write two bars, the first from 1, as in 9-16".to_owned())
}
