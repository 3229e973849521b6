//! The song that a part is to fit: a sound that is listened to, or notes that are read.

use std::path::Path;
use std::time::Instant;

use super::super::describe::Told;
use super::super::failure::Failure;
use super::super::{Context, cancel, hearing, input};
use crate::analysis::song::{self, Corrections, SongDescription, written};
use crate::analysis::{Sound, score};
use crate::music::{BarGrid, Metre, Part, TempoMap, midi};
use crate::work::part::{StemSong, Unfit};

/// Longest song that is listened to, s.
const LONGEST: f64 = song::LONGEST;
/// Ticks of a quarter note in what is written.
const TICKS: u16 = 480;

/// A song as the part needs it.
pub struct Listened {
    /// Its sound, where it is one.
    pub sound: Option<Sound>,
    pub song: SongDescription,
    pub grid: BarGrid,
    /// What the part has to fit: all of it, or the bars that were asked for.
    pub stem_song: StemSong,
    /// The step of the song that those begin at.
    pub first: u32,
    /// Its own time.
    pub tempo: TempoMap,
    /// And its metres, by that time's ticks.
    pub metres: Vec<(u64, Metre)>,
    /// What hearing it took, s.
    pub seconds: f64,
}

/// Bars, the first and the last, from 1.
type Bars = Option<(usize, usize)>;

/// Listens to a sound file, or reads a MIDI file; of it all the part has to fit these bars, where any are said.
pub fn listen(
    path: &Path,
    told: &Told,
    bars: Bars,
    context: &Context,
) -> Result<Listened, Failure> {
    let told = told.corrections();
    match is_midi(path)? {
        true => read(path, &told, bars, context),
        false => hear(path, &told, bars, context),
    }
}

/// What a part has to fit, and where that begins.
fn fitted(
    song: &SongDescription,
    grid: &BarGrid,
    parts: &[Part],
    bars: Bars,
    context: &Context,
) -> Result<(StemSong, u32), Unfit> {
    let found = match bars {
        Some((first, last)) => StemSong::of_bars(song, grid, parts, first - 1..last)?,
        None => (StemSong::new(song, grid, parts)?, 0),
    };
    if let Some(notice) = &found.0.notice {
        context.remark(notice);
    }
    Ok(found)
}

fn is_midi(path: &Path) -> Result<bool, Failure> {
    Ok(midi::is_midi(&input::head(path, 12)?))
}

fn read(
    path: &Path,
    told: &Corrections,
    bars: Bars,
    context: &Context,
) -> Result<Listened, Failure> {
    let begun = Instant::now();
    let notes = input::song(path)?;
    let found = written::read(&notes, told).map_err(|error| Failure::file(path, error))?;
    let (song, grid) = (found.description, found.grid);
    if song.seconds_used < song.seconds {
        input::is_long(song.seconds_used, context);
    }
    let (fitted, first) = fitted(&song, &grid, &found.parts, bars, context)
        .map_err(|error| Failure::content(path, error))?;
    Ok(Listened {
        sound: None,
        song,
        grid,
        stem_song: fitted,
        first,
        tempo: found.tempo,
        metres: found.metres,
        seconds: begun.elapsed().as_secs_f64(),
    })
}

fn hear(
    path: &Path,
    told: &Corrections,
    bars: Bars,
    context: &Context,
) -> Result<Listened, Failure> {
    let progress = context.progress();
    progress.show("Reading the song", 0.0);
    let sound = input::sound(path, LONGEST, context)?;
    let begun = Instant::now();
    let heard = hearing::hear((path, &sound), told, &progress, context)?;
    cancel::check()?;
    drop(progress);
    let tempo = heard.description.tempo.as_ref();
    if let Some(tempo) = tempo.filter(|tempo| tempo.is_unsure()) {
        let (bpm, sure) = (tempo.bpm, 100.0 * tempo.confidence);
        context.remark(&format!(
            "Consort can't hear the beat of this well ({bpm:.0} bpm, {sure:.0} % sure): give its tempo, as in --tempo 96."
        ));
    }
    let Some(grid) = heard.description.grid() else {
        let why = "has no beat that a part could follow; give its tempo, as in --tempo 96.";
        return Err(Failure::file(path, why));
    };
    let parts = score::parts(&heard.notes, heard.drums(), &grid);
    let song = heard.description;
    let (fitted, first) = fitted(&song, &grid, &parts, bars, context)
        .map_err(|error| Failure::content(path, error))?;
    Ok(Listened {
        tempo: song.tempo_map(TICKS),
        metres: song.metres(TICKS),
        sound: Some(sound),
        song,
        grid,
        stem_song: fitted,
        first,
        seconds: begun.elapsed().as_secs_f64(),
    })
}
