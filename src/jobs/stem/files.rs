//! A part in files: MIDI, and sound.

use std::path::{Path, PathBuf};

use super::asking::Sheet;
use crate::instrument::{Instrument, export};
use crate::jobs::offline::{self, Player, Tail};
use crate::jobs::said::{NotSaved, save};
use crate::music::{PartKind, Song, TempoMap, midi};

const TICKS: u16 = 480;

/// The part from its first bar on, at the host's tempo.
fn song(sheet: &Sheet) -> Song {
    let part = sheet.part().cloned().unwrap_or_default();
    let tick = |step: f64| (step * sheet.pace * f64::from(TICKS)).round().max(0.0) as u64;
    let metres = sheet.metres().into_iter();
    let mut track = part.to_track(&tick);
    track.ends = tick(sheet.steps as f64);
    let micros = (60e6 / sheet.bpm.clamp(10.0, 1000.0)).round() as u32;
    Song {
        tempo: TempoMap::metrical(TICKS, &[(0, micros)]),
        metres: metres
            .map(|(step, metre)| (tick(f64::from(step)), metre))
            .collect(),
        tracks: vec![track],
    }
}

fn name(sheet: &Sheet) -> String {
    let kind = sheet.kind.map_or("Part", PartKind::name);
    let letter = char::from(b'A' + (sheet.chosen % 26) as u8);
    format!("{kind} {letter}, {}", sheet.title.replace('/', "-"))
}

/// Writes it as a new MIDI file, and returns its path. Any thread but audio.
///
/// # Errors
/// [`NotSaved`]: the folder can't be written to.
pub fn midi_file(sheet: &Sheet, folder: &Path) -> Result<PathBuf, NotSaved> {
    save(folder, &name(sheet), ".mid", &midi::write(&song(sheet)))
}

/// The variation that is chosen, from its first bar on, as a player plays it; `None` when `stop` says so.
pub(super) fn play(
    player: &mut Player,
    sheet: &Sheet,
    rate: u32,
    tail: Tail,
    stop: &dyn Fn() -> bool,
) -> Option<Vec<[f32; 2]>> {
    let events = offline::events(&song(sheet).performance(|_| true), rate);
    let mut frames: Vec<[f32; 2]> = Vec::new();
    let played = player.play(&events, tail, &mut |left, right| {
        frames.extend(left.iter().zip(right).map(|(left, right)| [*left, *right]));
        if stop() { Err(()) } else { Ok(()) }
    });
    played.ok().map(|()| frames)
}

/// Saves it as sound, as loud as it plays, in floats, for beside a loud song it may go beyond full scale; `None` when `stop` says so.
pub(super) fn save_wav(
    sheet: &Sheet,
    instrument: &Instrument,
    rate: u32,
    folder: &Path,
    stop: &dyn Fn() -> bool,
) -> Option<Result<PathBuf, NotSaved>> {
    let mut player = Player::new(instrument, rate, sheet.keys(), stop, &mut |_| ())?;
    let mut frames = play(&mut player, sheet, rate, Tail::Silence, stop)?;
    let trim = sheet.gain();
    frames.iter_mut().flatten().for_each(|x| *x *= trim);
    Some(save_frames(&frames, rate, &name(sheet), folder))
}

/// Saves frames as a new WAV file of 32-bit float: nothing clips.
pub(super) fn save_frames(
    frames: &[[f32; 2]],
    rate: u32,
    name: &str,
    folder: &Path,
) -> Result<PathBuf, NotSaved> {
    let wav = export::float_wav(frames, rate);
    save(folder, name, ".wav", &wav)
}
