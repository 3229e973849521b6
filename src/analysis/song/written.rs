//! Songs that are written down: a MIDI file described as a sound would be, with nothing to guess but
//! key and chords.

use super::chroma::Keys;
use super::corrections::Corrections;
use super::description::{SongDescription, Swing};
use super::rhythm::Rhythm;
use super::salience::ROWS;
use super::strength::{BANDS, FRAMES};
use super::{describe_beats, feel, harmony, mood, register, sections_of};
use crate::analysis::posterior::{KEYS, LOWEST};
use crate::music::{BarGrid, DRUM_CHANNEL, GridNote, Metre, Part, PartKind, Song, TempoMap};

/// Longest song that is read, s; the rest is left out.
pub const LONGEST: f64 = 7_200.0;
/// What comes after so long a silence is no more of the song, s: a note that was left behind somewhere.
const SILENCE: f64 = 600.0;
/// Most beats that are read: a tempo may be anything.
const MOST_BEATS: usize = 24_000;
/// Ticks of a beat where the file has film frames instead.
const TICKS: u16 = 480;

/// How a note dies away as long as it is held: to a third after so many seconds.
const FADES: f64 = 1.5;
/// Keys below this are low.
const LOW: u8 = 48;
/// The second of two eighths falls into these parts of a beat, where any do.
const EIGHTHS: std::ops::Range<f64> = 0.4..0.76;

/// A song as it is written.
#[derive(Clone, Debug)]
pub struct Written {
    /// What it is like.
    pub description: SongDescription,
    /// Its bars.
    pub grid: BarGrid,
    /// Its tracks, by what they play; those of one kind are one part.
    pub parts: Vec<Part>,
    /// Its time.
    pub tempo: TempoMap,
    /// Its metres, as it says them, by that time's ticks.
    pub metres: Vec<(u64, Metre)>,
}

/// Why a written song can't be described. `Display` says what to do, and comes after the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritten {
    /// There is nothing in it.
    #[error("has no notes; export the tracks that the part has to fit.")]
    NoNotes,
    /// Its time has no beats, and nobody says how long one is.
    #[error("counts film frames, not beats; give its tempo, as in --tempo 96.")]
    FilmFrames,
    /// A tempo is said, and it has one.
    #[error("says its tempo itself; leave --tempo out.")]
    OwnTempo,
    /// It ends before a bar could.
    #[error("is too short to have bars; export two beats at least.")]
    TooShort,
}

/// Reads a song. Its first two hours are used, up to a silence of ten minutes; what is `told` of key, metre and downbeat counts, and the tempo
/// where it has film frames instead of beats.
/// Any thread but audio.
///
/// # Errors
/// [`Unwritten`].
pub fn read(song: &Song, told: &Corrections) -> Result<Written, Unwritten> {
    let seconds = song.seconds();
    if song.notes().next().is_none() {
        return Err(Unwritten::NoNotes);
    }
    let on_beats = match (song.tempo.is_timecode(), told.tempo) {
        // A felt beat of 6/8 is three eighths long.
        (true, Some(bpm)) => {
            let compound = told.metre.is_some_and(Metre::compound);
            let quarters = if compound { bpm * 1.5 } else { bpm };
            Some(song.clone().at_tempo(quarters, TICKS))
        }
        (true, None) => return Err(Unwritten::FilmFrames),
        (false, Some(_)) => return Err(Unwritten::OwnTempo),
        (false, None) => None,
    };
    let song = on_beats.as_ref().unwrap_or(song);
    let ends = ends(song).min(LONGEST);
    let (beats, places, metres) = beats(song, ends, told);
    let used = ends.min(beats.last().copied().unwrap_or(0.0));
    let first = metres[0].1;
    let grid = BarGrid::with_bars(&beats, &places, &metres).ok_or(Unwritten::TooShort)?;
    let bpm = 60.0 * (beats.len() - 1) as f64 / (beats[beats.len() - 1] - beats[0]);
    let rhythm = Rhythm {
        beats,
        places,
        metre: first,
        metre_confidence: 1.0,
        bpm,
        confidence: 1.0,
        alternatives: Vec::new(),
    };
    let keys = keys(song, used);
    let mut description = SongDescription {
        seconds,
        seconds_used: used,
        ..SongDescription::default()
    };
    harmony(&mut description, &keys, Some(&rhythm), told);
    description.register = register::find(&keys);
    let (onsets, energy) = feel::written(song, used);
    description.density = Some(onsets as f64 / (rhythm.beats.len() - 1) as f64);
    description.energy = energy;
    description.swing = match first.compound() {
        true => None,
        false => swing(song, &grid),
    };
    describe_beats(&mut description, rhythm, false);
    description.sections = sections_of(&grid, &keys, &begins(song, used), told);
    description.mood = mood::told(&description, told.mood.as_ref());
    description.sentence = description.to_sentence();
    Ok(Written {
        description,
        parts: parts(song, &grid),
        grid,
        tempo: song.tempo.clone(),
        metres: told
            .metre
            .map_or(song.metres.clone(), |metre| vec![(0, metre)]),
    })
}

/// When the song ends, or the first long silence begins, s.
fn ends(song: &Song) -> f64 {
    let at = |tick| song.tempo.seconds_at(tick);
    let notes = song.notes();
    let mut notes: Vec<(f64, f64)> = notes
        .map(|note| (at(note.start), at(note.start + note.length)))
        .collect();
    notes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut end = notes.first().map_or(0.0, |note| note.1);
    for (start, stop) in notes {
        if start - end > SILENCE {
            return end;
        }
        end = end.max(stop);
    }
    song.seconds()
}

/// Felt beats with their places, and from which second on there is which metre; one beat more than
/// the song has.
fn beats(song: &Song, used: f64, told: &Corrections) -> (Vec<f64>, Vec<usize>, Vec<(f64, Metre)>) {
    let four = Metre { count: 4, unit: 4 };
    let mut metres = match told.metre {
        Some(metre) => vec![(0, metre)],
        None => song.metres.clone(),
    };
    if metres.first().is_none_or(|(tick, _)| *tick > 0) {
        metres.insert(0, (0, four));
    }
    let quarter = f64::from(song.tempo.ticks_per_beat());
    let late = upbeat(&mut metres, quarter);
    let (mut beats, mut places, mut known) = (Vec::new(), Vec::new(), Vec::new());
    for (number, &(tick, metre)) in metres.iter().enumerate() {
        let end = metres.get(number + 1).map_or(u64::MAX, |next| next.0);
        let apart = quarter * metre.quarters();
        let count = usize::from(metre.beats().max(1));
        // A told downbeat moves the bars of the whole song.
        let told_late = told.downbeat.rem_euclid(count as i32) as usize;
        known.push((song.tempo.seconds_at(tick), metre));
        // Beats of an upbeat's bar are counted back from its end; one may begin before the song.
        let before = if number == 0 {
            (late / apart).ceil()
        } else {
            0.0
        };
        let first = tick as f64 + if number == 0 { late } else { 0.0 };
        let begins = count - before as usize % count;
        for beat in 0usize.. {
            let at = first + ((beat as f64 - before) * apart).round();
            let past = beats.last().is_some_and(|last: &f64| *last > used);
            if at >= end as f64 || (past && beats.len() > 1) || beats.len() >= MOST_BEATS {
                break;
            }
            // Before the song its first tempo goes back on.
            let early = song.tempo.seconds_at((-at).max(0.0) as u64);
            beats.push(song.tempo.seconds_at(at.max(0.0) as u64) - early);
            places.push((begins + beat + count - told_late) % count);
        }
    }
    (beats, places, known)
}

/// Ticks until the first whole bar: of a song whose first bar is shorter than those that follow it has the
/// metre of those, and is their upbeat.
fn upbeat(metres: &mut Vec<(u64, Metre)>, quarter: f64) -> f64 {
    let bar = |metre: Metre| quarter * f64::from(metre.count) * 4.0 / f64::from(metre.unit);
    if let [(_, first), (tick, second), ..] = metres[..]
        && (bar(first) - tick as f64).abs() < 1.0
        && bar(first) < bar(second)
    {
        metres.remove(0);
        metres[0].0 = 0;
        return tick as f64;
    }
    0.0
}

/// Which keys sound when, of all but the drums.
fn keys(song: &Song, used: f64) -> Keys {
    let count = (used * ROWS) as usize + 1;
    let mut rows = vec![[0.0f32; KEYS]; count];
    for note in song.notes().filter(|note| note.channel != DRUM_CHANNEL) {
        let Some(place) = note.key.checked_sub(LOWEST).map(usize::from) else {
            continue;
        };
        let start = song.tempo.seconds_at(note.start);
        let end = song.tempo.seconds_at(note.start + note.length);
        let (from, to) = ((start * ROWS).round(), (end * ROWS).round());
        let to = (to.max(from + 1.0) as usize).min(count);
        for (row, later) in rows.iter_mut().take(to).skip(from as usize).zip(0..) {
            let level = f64::from(note.velocity) / 127.0;
            if let Some(x) = row.get_mut(place) {
                *x += (level * (-f64::from(later) / ROWS / FADES).exp()) as f32;
            }
        }
    }
    Keys {
        seconds: (0..count).map(|row| row as f64 / ROWS).collect(),
        rows,
    }
}

/// What begins when, as [`super::strength`] has it of a sound: low notes and kicks, all else, what is bright of the drums.
fn begins(song: &Song, used: f64) -> Vec<[f32; BANDS]> {
    let mut rows = vec![[0.0f32; BANDS]; (used * FRAMES) as usize + 1];
    for note in song.notes() {
        let at = (song.tempo.seconds_at(note.start) * FRAMES).round() as usize;
        let band = match (note.channel == DRUM_CHANNEL, note.key) {
            (true, 35 | 36) | (false, ..LOW) => 0,
            (true, 38..=40) | (false, _) => 1,
            (true, _) => 2,
        };
        if let Some(row) = rows.get_mut(at) {
            row[band] += f32::from(note.velocity) / 127.0;
        }
    }
    rows
}

/// Where second eighths fall, by the notes that begin there.
fn swing(song: &Song, grid: &BarGrid) -> Option<Swing> {
    let within = |note: &crate::music::Note| {
        let beat = grid.step_at(song.tempo.seconds_at(note.start)) / 4.0;
        let place = beat - (beat + 0.1).floor();
        EIGHTHS.contains(&place).then_some(place)
    };
    let mut found: Vec<f64> = song.notes().filter_map(within).collect();
    found.sort_by(f64::total_cmp);
    let ratio = *found.get(found.len() / 2)?;
    Some(Swing {
        ratio,
        confidence: 1.0,
    })
}

/// The notes of a song on bars, also on those of another that it was made for: tracks of one kind are one part. Any thread but
/// audio.
pub fn parts(song: &Song, grid: &BarGrid) -> Vec<Part> {
    let place = |tick: u64| grid.step_at(song.tempo.seconds_at(tick));
    let notes = |kind: PartKind| {
        let tracks = song.tracks.iter();
        let mine = tracks.filter(move |track| PartKind::of_track(track) == kind);
        mine.flat_map(|track| &track.notes).filter_map(|note| {
            let (start, end) = (place(note.start), place(note.start + note.length));
            GridNote::between(start, end, note.key, note.velocity)
        })
    };
    PartKind::ALL
        .into_iter()
        .map(|kind| Part::new(Some(kind), notes(kind).collect()))
        .filter(|part| !part.notes.is_empty())
        .collect()
}

#[cfg(test)]
mod tests;
