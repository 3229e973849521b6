//! `consort transcribe`: the notes in a sound, as a MIDI file.

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde_json::json;

use super::Context;
use super::cancel;
use super::failure::Failure;
use super::hearing::failed;
use super::input;
use super::output::{self, NewFile};
use crate::analysis::notes::HeardNote;
use crate::analysis::strokes::Stroke;
use crate::analysis::{Posterior, Sound, score, song};
use crate::music::{BarGrid, GridBar, Metre, Song, TempoMap, midi};
use crate::work::{Ticket, hear};

/// Longest sound that is heard, s.
pub(super) const LONGEST: f64 = 20.0 * 60.0;
const TICKS_PER_BEAT: u16 = 480;

/// Write down the notes of a sound: keys, times, velocities and bends, as a MIDI file.
///
/// What is struck on drums is a track of its own, on channel 10.
#[derive(Args)]
#[command(after_help = "Examples:
  consort transcribe song.wav --out song.mid
  consort transcribe melody.flac --out melody.mid --tempo 96")]
pub struct Arguments {
    /// A sound file: WAV, FLAC, AIFF, MP3 or OGG Vorbis.
    sound: PathBuf,
    /// The MIDI file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Its tempo, beats a minute, from the sound's beginning on; else its beats are those heard.
    #[arg(long, value_name = "BPM", value_parser = bpm)]
    tempo: Option<f64>,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    output::check(&arguments.out, arguments.force)?;
    let sound = input::sound(&arguments.sound, LONGEST, context)?;
    let begun = Instant::now();
    let Written {
        notes,
        strokes,
        grid,
        song,
    } = written(&sound, arguments.tempo, context)?;
    let parts = grid
        .as_ref()
        .map(|grid| score::parts(&notes, &strokes, grid));
    let spent = begun.elapsed();
    NewFile::write_all(&arguments.out, arguments.force, &midi::write(&song))?;
    let result = json!({
        "sound": arguments.sound.display().to_string(),
        "out": arguments.out.display().to_string(),
        "seconds": sound.seconds(),
        "seconds_listening": spent.as_secs_f64(),
        "notes": notes
            .iter()
            .map(|note| json!({
                "key": note.key,
                "start": note.start,
                "end": note.end,
                "velocity": note.velocity(),
            }))
            .collect::<Vec<_>>(),
        "drums": strokes
            .iter()
            .map(|stroke| json!({
                "piece": stroke.piece.name(),
                "key": stroke.piece.key(),
                "start": stroke.start,
                "velocity": stroke.velocity,
            }))
            .collect::<Vec<_>>(),
        "bars": grid.as_ref().map(|grid| {
            let bar = |bar: &GridBar| json!({
                "step": bar.step,
                "metre": bar.metre.to_string(),
                "start": grid.seconds_at(f64::from(bar.step)),
            });
            grid.bars().iter().map(bar).collect::<Vec<_>>()
        }),
        "parts": parts,
    });
    let text = match (notes.len(), strokes.len()) {
        (0, 0) => "No notes were heard; the MIDI file is empty.".to_owned(),
        (notes, 0) => format!("{notes} notes: {}", arguments.out.display()),
        (notes, drums) => {
            let file = arguments.out.display();
            format!("{notes} notes and {drums} strokes of drums: {file}")
        }
    };
    context.result(&result, &text)
}

/// What was heard in a sound, and as a song.
pub(super) struct Written {
    pub notes: Vec<HeardNote>,
    pub strokes: Vec<Stroke>,
    pub grid: Option<BarGrid>,
    pub song: Song,
}

/// Writes a sound down, by the tempo asked for or that of its beats.
pub(super) fn written(
    sound: &Sound,
    tempo: Option<f64>,
    context: &Context,
) -> Result<Written, Failure> {
    let progress = context.progress();
    let mut go_on = |share: f32| {
        progress.show("listening", share);
        !cancel::asked()
    };
    let heard = hear::transcribe(sound, &mut Ticket::new(&mut go_on)).map_err(failed)?;
    let hear::Transcription {
        posterior,
        notes,
        strokes,
        no_drums,
    } = heard;
    drop(progress);
    if let Some(why) = no_drums {
        context.remark(&format!("Drums are not written down. {why}"));
    }
    let (tempo, metres, grid) = bars(tempo, sound, &posterior)?;
    let song = score::song(&notes, &strokes, tempo, metres);
    Ok(Written {
        notes,
        strokes,
        grid,
        song,
    })
}

/// Time, metres and bars.
type Bars = (TempoMap, Vec<(u64, Metre)>, Option<BarGrid>);

/// Time, metres and bars: by the tempo asked for, or those of the beats of the sound; 120 beats a minute and
/// no bars where none are heard.
fn bars(asked: Option<f64>, sound: &Sound, posterior: &Posterior) -> Result<Bars, Failure> {
    if let Some(bpm) = asked {
        let tempo = TempoMap::metrical(TICKS_PER_BEAT, &[(0, (60e6 / bpm).round() as u32)]);
        let grid = BarGrid::new(&[0.0, 60.0 / bpm], &[0, 1], Metre { count: 4, unit: 4 });
        return Ok((tempo, Vec::new(), grid));
    }
    let told = song::Corrections::default();
    let heard = song::describe(sound, Some(posterior), None, &told, &cancel::asked);
    cancel::check()?;
    let heard = heard.map_err(|error| Failure::job(error.to_string()))?;
    let metres = heard.metres(TICKS_PER_BEAT);
    Ok((heard.tempo_map(TICKS_PER_BEAT), metres, heard.grid()))
}

/// A tempo that can't be.
#[derive(Debug, thiserror::Error)]
#[error("use a number of beats a minute from 10 to 1000")]
pub(super) struct NoTempo;

pub(super) fn bpm(text: &str) -> Result<f64, NoTempo> {
    let bpm = text
        .parse()
        .ok()
        .filter(|bpm| (10.0..=1000.0).contains(bpm));
    bpm.ok_or(NoTempo)
}
