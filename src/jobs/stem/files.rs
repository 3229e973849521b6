//! A part in files: MIDI, and sound.

use std::path::Path;

use super::asking::Sheet;
use crate::instrument::{Instrument, export};
use crate::jobs::offline::{self, Player, Tail};
use crate::music::{DRUM_CHANNEL, Note, PartKind, Song, TempoMap, Track, midi};

const TICKS: u16 = 480;

/// The part from its first bar on, at the host's tempo.
fn song(sheet: &Sheet) -> Song {
    let part = sheet.part().cloned().unwrap_or_default();
    let channel = match part.kind {
        Some(PartKind::Drums) => DRUM_CHANNEL,
        _ => 0,
    };
    let tick = |step: f64| (step * sheet.pace * f64::from(TICKS)).round().max(0.0) as u64;
    let notes = part.notes.iter().map(|note| {
        let start = tick(note.start());
        let end = tick(note.start() + f64::from(note.length));
        Note {
            channel,
            key: note.key,
            velocity: note.velocity,
            start,
            length: end.saturating_sub(start).max(1),
        }
    });
    let micros = (60e6 / sheet.bpm.clamp(10.0, 1000.0)).round() as u32;
    Song {
        tempo: TempoMap::metrical(TICKS, &[(0, micros)]),
        metres: sheet.metre.map(|metre| (0, metre)).into_iter().collect(),
        tracks: vec![Track {
            name: part.kind.map(|kind| kind.name().to_owned()),
            program: part.kind.and_then(PartKind::program),
            notes: notes.collect(),
            ..Track::default()
        }],
    }
}

fn name(sheet: &Sheet) -> String {
    let kind = sheet.kind.map_or("Part", PartKind::name);
    let letter = char::from(b'A' + (sheet.chosen % 26) as u8);
    format!("{kind} {letter}, {}", sheet.title.replace('/', "-"))
}

fn said(folder: &Path, saved: std::io::Result<std::path::PathBuf>) -> (String, bool) {
    match saved {
        Ok(path) => (format!("Saved {}.", path.display()), false),
        Err(error) => {
            let folder = folder.display();
            let sentence =
                format!("Could not save in “{folder}” ({error}); choose another folder.");
            (sentence, true)
        }
    }
}

/// Saves it as MIDI: a sentence, and whether it went wrong.
pub(super) fn save_midi(sheet: &Sheet, folder: &Path) -> (String, bool) {
    said(
        folder,
        export::file(folder, &name(sheet), ".mid", &midi::write(&song(sheet))),
    )
}

/// Saves it as sound, played on an instrument; `None` when `stop` says so.
pub(super) fn save_wav(
    sheet: &Sheet,
    instrument: &Instrument,
    rate: u32,
    folder: &Path,
    stop: &dyn Fn() -> bool,
) -> Option<(String, bool)> {
    let song = song(sheet);
    let keys = song.notes().fold(0u128, |keys, note| keys | 1 << note.key);
    let mut player = Player::new(instrument, rate, keys, stop, &mut |_| ())?;
    let events = offline::events(&song.performance(|_| true), rate);
    let mut frames: Vec<[f32; 2]> = Vec::new();
    let played = player.play(&events, Tail::Silence, &mut |left, right| {
        frames.extend(left.iter().zip(right).map(|(left, right)| [*left, *right]));
        if stop() { Err(()) } else { Ok(()) }
    });
    played.ok()?;
    let peak = frames
        .iter()
        .flatten()
        .fold(0.0f32, |peak, x| peak.max(x.abs()));
    let gain = if peak > 1.0 { peak.recip() } else { 1.0 };
    let wav = export::wav(&frames, gain, rate);
    Some(said(
        folder,
        export::file(folder, &name(sheet), ".wav", &wav),
    ))
}
