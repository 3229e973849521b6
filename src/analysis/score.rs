//! Heard notes as a song: in ticks, with their bends.

use super::notes::HeardNote;
use super::strokes::Stroke;
use crate::music::{
    BarGrid, Change, Control, DRUM_CHANNEL, GridNote, Metre, Note, Part, PartKind, Song, TempoMap,
    Track,
};

/// How long notes of drums are, s.
const DRUM_LENGTH: f64 = 0.05;

/// Semitones of a full bend: what MIDI means when it says nothing.
const BEND_RANGE: f32 = 2.0;

/// The notes as a track of a song, on channel 0, and the strokes as another, if there are any, on
/// that of drums. A channel has one bend for all its keys, so only notes that sound alone keep
/// theirs. Any thread but audio.
#[must_use]
pub fn song(
    notes: &[HeardNote],
    strokes: &[Stroke],
    tempo: TempoMap,
    metres: Vec<(u64, Metre)>,
) -> Song {
    let mut tracks = vec![pitched(notes, &tempo)];
    if !strokes.is_empty() {
        tracks.push(drums(strokes, &tempo));
    }
    Song {
        tempo,
        metres,
        tracks,
    }
}

/// The same on bars: what is struck on drums, and the notes of all other instruments, which aren't
/// told apart. What lies before the first bar line is left out. Any thread but audio.
#[must_use]
pub fn parts(notes: &[HeardNote], strokes: &[Stroke], grid: &BarGrid) -> Vec<Part> {
    let note = |start: f64, end: f64, key: u8, velocity: u8| {
        GridNote::between(grid.step_at(start), grid.step_at(end), key, velocity)
    };
    let drums = strokes.iter().filter_map(|stroke| {
        let end = stroke.start + DRUM_LENGTH;
        note(stroke.start, end, stroke.piece.key(), stroke.velocity)
    });
    let pitched = notes
        .iter()
        .filter_map(|heard| note(heard.start, heard.end, heard.key, heard.velocity()));
    let parts = [
        Part::new(Some(PartKind::Drums), drums.collect()),
        Part::new(None, pitched.collect()),
    ];
    parts
        .into_iter()
        .filter(|part| !part.notes.is_empty())
        .collect()
}

fn drums(strokes: &[Stroke], tempo: &TempoMap) -> Track {
    let note = |stroke: &Stroke| {
        let start = tempo.tick_at(stroke.start);
        let end = tempo.tick_at(stroke.start + DRUM_LENGTH);
        Note {
            channel: DRUM_CHANNEL,
            key: stroke.piece.key(),
            velocity: stroke.velocity,
            start,
            length: (end - start).max(1),
        }
    };
    Track {
        name: Some("Drums".to_owned()),
        notes: strokes.iter().map(note).collect(),
        ..Track::default()
    }
}

fn pitched(notes: &[HeardNote], tempo: &TempoMap) -> Track {
    let mut track = Track {
        name: Some("Transcription".to_owned()),
        ..Track::default()
    };
    for (index, note) in notes.iter().enumerate() {
        let (start, end) = (tempo.tick_at(note.start), tempo.tick_at(note.end));
        track.notes.push(Note {
            channel: 0,
            key: note.key,
            velocity: note.velocity(),
            start,
            length: end.saturating_sub(start).max(1),
        });
        if is_alone(notes, index) {
            track.controls.extend(bends(note, tempo));
        }
    }
    track.controls.sort_by_key(|control| control.tick);
    track
}

/// Whether no other note sounds while this one does; they are sorted by their start.
fn is_alone(notes: &[HeardNote], index: usize) -> bool {
    let note = &notes[index];
    let before = notes[..index].iter().all(|other| other.end <= note.start);
    let after = notes
        .get(index + 1)
        .is_none_or(|next| next.start >= note.end);
    before && after
}

/// The changes of the bend during a note, and none after it.
fn bends<'a>(note: &'a HeardNote, tempo: &'a TempoMap) -> impl Iterator<Item = Control> + 'a {
    let step = (note.end - note.start) / note.bend.len().max(1) as f64;
    let times = (0..).map(move |frame| note.start + step * f64::from(frame));
    let bent = note.bend.iter().copied().zip(times);
    let mut last = 0.0;
    bent.chain([(0.0, note.end)])
        .filter(move |(bend, _)| std::mem::replace(&mut last, *bend) != *bend)
        .map(|(bend, seconds)| Control {
            channel: 0,
            tick: tempo.tick_at(seconds),
            change: Change::Bend((bend / BEND_RANGE).clamp(-1.0, 1.0)),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Metre, Piece};

    fn note(key: u8, start: f64, end: f64, bend: &[f32]) -> HeardNote {
        HeardNote {
            key,
            start,
            end,
            amplitude: 0.5,
            level: None,
            bend: bend.to_vec(),
        }
    }

    #[test]
    fn notes_and_strokes_lie_on_the_bars() {
        let grid = BarGrid::new(&[0.5, 1.0, 1.5], &[0, 1, 0], Metre { count: 2, unit: 4 }).unwrap();
        let notes = [note(60, 0.52, 1.0, &[]), note(64, 0.2, 0.4, &[])];
        let stroke = Stroke {
            piece: Piece::Snare,
            start: 1.24,
            velocity: 99,
        };
        let parts = parts(&notes, &[stroke], &grid);
        let [drums, all] = parts.as_slice() else {
            panic!("{parts:?}");
        };
        assert_eq!((drums.kind, all.kind), (Some(PartKind::Drums), None));
        let snare = drums.notes[0];
        assert_eq!((snare.step, snare.key, snare.velocity), (6, 38, 99));
        assert!((f64::from(snare.offset) + 0.08).abs() < 1e-3, "{snare:?}");
        assert_eq!((all.notes.len(), all.notes[0].step), (1, 0));
        assert!((all.notes[0].length - 3.84).abs() < 1e-3);
    }

    #[test]
    fn a_note_alone_bends_and_the_bend_ends_with_it() {
        let notes = [
            note(60, 0.5, 1.0, &[0.0, 1.0, 1.0, 5.0, 0.5]),
            note(62, 1.0, 2.0, &[0.5]),
            note(64, 1.5, 2.0, &[0.5]),
        ];
        let stroke = Stroke {
            piece: Piece::Snare,
            start: 1.0,
            velocity: 99,
        };
        let song = song(&notes, &[stroke], TempoMap::metrical(480, &[]), Vec::new());
        let snare = song.tracks[1].notes[0];
        let wanted = (9, 38, 99, 960, 48);
        let found = (snare.channel, snare.key, snare.velocity);
        assert_eq!(
            (found.0, found.1, found.2, snare.start, snare.length),
            wanted
        );
        let track = &song.tracks[0];
        let spans: Vec<_> = track
            .notes
            .iter()
            .map(|note| (note.start, note.length))
            .collect();
        assert_eq!(spans, [(480, 480), (960, 960), (1440, 480)]);
        assert_eq!(track.notes[0].velocity, 64);
        let bends: Vec<_> = track
            .controls
            .iter()
            .map(|control| (control.tick, control.change))
            .collect();
        let bend = |tick, value| (tick, Change::Bend(value));
        assert_eq!(
            bends,
            [
                bend(576, 0.5),
                bend(768, 1.0),
                bend(864, 0.25),
                bend(960, 0.0)
            ]
        );
    }
}
