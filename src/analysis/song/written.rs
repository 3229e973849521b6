//! Songs that are written down: a MIDI file described as a sound would be, with nothing to guess but
//! key and chords.

use super::chroma::Keys;
use super::corrections::Corrections;
use super::description::{SongDescription, Swing};
use super::rhythm::Rhythm;
use super::salience::ROWS;
use super::{LONGEST, describe_beats, harmony, register};
use crate::analysis::posterior::{KEYS, LOWEST};
use crate::music::{BarGrid, DRUM_CHANNEL, GridNote, Metre, Part, PartKind, Song};

/// How a note dies away as long as it is held: to a third after so many seconds.
const FADES: f64 = 1.5;
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
}

/// Reads a song. Its first ten minutes are used; what is `told` of key, metre and downbeat counts.
/// Any thread but audio.
///
/// # Errors
/// One sentence that says what to do, to come after the file's name.
pub fn read(song: &Song, told: &Corrections) -> Result<Written, String> {
    let seconds = song.seconds();
    if song.notes().next().is_none() {
        return Err("has no notes; export the tracks that the part has to fit.".to_owned());
    }
    if told.tempo.is_some() {
        return Err("says its tempo itself; leave --tempo out.".to_owned());
    }
    let used = seconds.min(LONGEST);
    let (beats, places, metres) = beats(song, used, told);
    let first = metres[0].1;
    let grid = BarGrid::with_bars(&beats, &places, &metres)
        .ok_or("is too short to have bars; export two beats at least.")?;
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
    description.density = Some(song.notes().count() as f64 / (rhythm.beats.len() - 1) as f64);
    description.swing = match first.compound() {
        true => None,
        false => swing(song, &grid),
    };
    describe_beats(&mut description, rhythm, false);
    description.sentence = description.to_sentence();
    Ok(Written {
        description,
        parts: parts(song, &grid),
        grid,
    })
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
    let (mut beats, mut places, mut known) = (Vec::new(), Vec::new(), Vec::new());
    for (number, &(tick, metre)) in metres.iter().enumerate() {
        let end = metres.get(number + 1).map_or(u64::MAX, |next| next.0);
        let apart = quarter * metre.quarters();
        let count = usize::from(metre.beats().max(1));
        // A told downbeat moves the bars of the whole song.
        let late = told.downbeat.rem_euclid(count as i32) as usize;
        known.push((song.tempo.seconds_at(tick), metre));
        for beat in 0usize.. {
            let at = tick + (beat as f64 * apart).round() as u64;
            let before = beats.last().is_some_and(|last: &f64| *last > used);
            if at >= end || (before && beats.len() > 1) {
                break;
            }
            beats.push(song.tempo.seconds_at(at));
            places.push((beat + count - late) % count);
        }
    }
    (beats, places, known)
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
mod tests {
    use super::*;
    use crate::music::{Note, TempoMap, Track};

    /// Two bars of C and G on a piano, a kick on each beat, a bass.
    fn song(metres: Vec<(u64, Metre)>) -> Song {
        let note = |channel, key, start, length| Note {
            channel,
            key,
            velocity: 90,
            start,
            length,
        };
        let chord = |keys: [u8; 3], start| keys.map(|key| note(0, key, start, 1_900));
        let track = |program, notes| Track {
            program,
            notes,
            ..Track::default()
        };
        let chords = [0, 3840].map(|start| chord([60, 64, 67], start));
        let others = [1920, 5760].map(|start| chord([59, 62, 67], start));
        let bass = [(36, 0), (43, 1920), (36, 3840), (43, 5760)];
        Song {
            tempo: TempoMap::metrical(480, &[(0, 400_000)]),
            metres,
            tracks: vec![
                track(Some(0), [chords, others].concat().concat()),
                track(
                    Some(33),
                    bass.map(|(key, start)| note(1, key, start, 1_900)).to_vec(),
                ),
                track(
                    None,
                    (0..16).map(|beat| note(9, 36, beat * 480, 60)).collect(),
                ),
            ],
        }
    }

    #[test]
    fn a_written_song_has_its_own_bars_chords_and_parts() {
        let written = read(&song(Vec::new()), &Corrections::default()).unwrap();
        let description = &written.description;
        assert_eq!(description.key.as_ref().unwrap().name, "C major");
        let chords: Vec<String> = description
            .chords
            .iter()
            .map(|heard| heard.chord.to_string())
            .collect();
        assert_eq!(chords, ["C", "G", "C", "G"]);
        assert!((description.tempo.as_ref().unwrap().bpm - 150.0).abs() < 0.01);
        let kinds: Vec<_> = written
            .parts
            .iter()
            .map(|part| part.kind.unwrap())
            .collect();
        assert_eq!(kinds, [PartKind::Drums, PartKind::Bass, PartKind::Keys]);
        let kicks: Vec<u32> = written.parts[0].notes.iter().map(|n| n.step).collect();
        assert_eq!(kicks, (0..16).map(|beat| beat * 4).collect::<Vec<_>>());
    }

    #[test]
    fn metres_are_the_files_own_or_those_told() {
        let three = Metre { count: 3, unit: 4 };
        let six = Metre { count: 6, unit: 8 };
        let found = read(&song(vec![(0, three)]), &Corrections::default()).unwrap();
        assert_eq!(found.grid.bars()[1].step, 12);
        let told = Corrections {
            metre: Some(six),
            ..Corrections::default()
        };
        let found = read(&song(vec![(0, three)]), &told).unwrap();
        assert_eq!(found.description.metre.unwrap().metre, six);
        let told = Corrections {
            tempo: Some(90.0),
            ..Corrections::default()
        };
        assert!(
            read(&song(Vec::new()), &told)
                .unwrap_err()
                .contains("--tempo")
        );
        let empty = Song {
            tracks: Vec::new(),
            ..song(Vec::new())
        };
        assert!(
            read(&empty, &Corrections::default())
                .unwrap_err()
                .contains("no notes")
        );
    }
}
