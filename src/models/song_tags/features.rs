//! The numbers by which a song's genre and instruments are told: what sounds, and where in the bar.

use crate::analysis::notes::HeardNote;
use crate::analysis::song::SongDescription;
use crate::analysis::strokes::Stroke;
use crate::instrument::Family;
use crate::models::Impression;
use crate::models::pack::TEXT_WIDTH;
use crate::music::{BarGrid, Mode, Piece, Quality};

/// Parts of a bar that are told apart.
const PLACES: usize = 16;
/// What is counted at each: kicks, snares, hats and rides, other pieces; low notes, high ones.
const LANES: usize = 6;
/// Notes below this key are low.
const LOW: u8 = 48;
const METRES: [&str; 4] = ["4/4", "3/4", "6/8", "5/4"];
const QUALITIES: [Quality; 8] = [
    Quality::Major,
    Quality::Minor,
    Quality::Seventh,
    Quality::MajorSeventh,
    Quality::MinorSeventh,
    Quality::Diminished,
    Quality::HalfDiminished,
    Quality::Suspended,
];
/// Numbers about the song as a whole, besides metres and qualities.
const WHOLE: usize = 11;

/// How many there are.
pub const COUNT: usize = TEXT_WIDTH
    + Family::ALL.len()
    + WHOLE
    + METRES.len()
    + QUALITIES.len()
    + Piece::ALL.len()
    + LANES * PLACES;

/// The numbers of a song. Any thread but audio.
#[must_use]
pub fn of(
    heard: &Impression,
    song: &SongDescription,
    notes: &[HeardNote],
    strokes: &[Stroke],
) -> Vec<f32> {
    let mut all = Vec::with_capacity(COUNT);
    all.extend(&heard.timbre);
    all.extend(&heard.families);
    all.extend(whole(song, notes));
    let metre = song.metre.as_ref().map(|metre| metre.name.as_str());
    all.extend(METRES.map(|name| truth(metre == Some(name))));
    let lasting = |quality: Quality| {
        let chords = song.chords.iter().filter(|c| c.chord.quality == quality);
        chords.map(|c| c.end - c.start).sum::<f64>()
    };
    let length: f64 = song.chords.iter().map(|c| c.end - c.start).sum();
    all.extend(QUALITIES.map(|quality| (lasting(quality) / length.max(0.1)) as f32));
    let beats = song.beats.len().max(1) as f32;
    all.extend(Piece::ALL.map(|piece| {
        let struck = strokes.iter().filter(|stroke| stroke.piece == piece);
        struck.count() as f32 / beats
    }));
    all.extend(
        song.grid()
            .map_or([0.0; LANES * PLACES], |grid| places(&grid, notes, strokes)),
    );
    all
}

fn truth(is: bool) -> f32 {
    f32::from(u8::from(is))
}

fn whole(song: &SongDescription, notes: &[HeardNote]) -> [f32; WHOLE] {
    let bpm = song.tempo.as_ref().map_or(110.0, |tempo| tempo.bpm);
    let key = |of: fn(&crate::analysis::song::description::Register) -> u8| {
        song.register
            .as_ref()
            .map_or(0.5, |r| f32::from(of(r)) / 127.0)
    };
    let seconds = song.seconds_used.max(1.0);
    [
        (bpm / 110.0).log2() as f32,
        song.swing.map_or(0.0, |s| {
            (s.ratio.clamp(0.5, 4.0).log2() * s.confidence) as f32
        }),
        truth(song.swing.is_some()),
        song.density.unwrap_or(0.0) as f32 / 4.0,
        song.energy as f32,
        song.loudness_lufs.unwrap_or(-40.0) as f32 / 40.0,
        key(|r| r.lowest),
        key(|r| r.median),
        key(|r| r.highest),
        truth(song.key.as_ref().is_some_and(|key| key.mode == Mode::Minor)),
        notes.len() as f32 / seconds as f32 / 10.0,
    ]
}

/// How much falls on each part of the bar, a bar.
fn places(grid: &BarGrid, notes: &[HeardNote], strokes: &[Stroke]) -> [f32; LANES * PLACES] {
    let mut found = [0.0; LANES * PLACES];
    let share = 1.0 / grid.bars().len().max(1) as f32;
    let mut add = |lane: usize, seconds: f64, weight: f32| {
        if let Some(place) = grid.place_in_bar(seconds) {
            let place = ((place * PLACES as f64).round() as usize) % PLACES;
            found[lane * PLACES + place] += share * weight;
        }
    };
    for stroke in strokes {
        let lane = match stroke.piece {
            Piece::Kick => 0,
            Piece::Snare | Piece::Stick => 1,
            Piece::ClosedHat | Piece::OpenHat | Piece::Ride => 2,
            _ => 3,
        };
        add(lane, stroke.start, f32::from(stroke.velocity) / 127.0);
    }
    for note in notes {
        let lane = if note.key < LOW { 4 } else { 5 };
        add(lane, note.start, note.amplitude);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::song::description::MetreHeard;
    use crate::music::Metre;

    fn impression() -> Impression {
        Impression {
            timbre: vec![0.0; TEXT_WIDTH],
            meaning: vec![0.0; TEXT_WIDTH],
            families: [0.0; Family::ALL.len()],
        }
    }

    #[test]
    fn strokes_and_notes_fall_on_their_places_in_the_bar() {
        let beats: Vec<f64> = (0..9).map(|beat| f64::from(beat) * 0.5).collect();
        let song = SongDescription {
            downbeats: beats.iter().step_by(4).copied().collect(),
            beats,
            metre: Some(MetreHeard {
                name: "4/4".into(),
                metre: Metre { count: 4, unit: 4 },
                confidence: 1.0,
            }),
            ..SongDescription::default()
        };
        let stroke = |piece, start| Stroke {
            piece,
            start,
            velocity: 127,
        };
        // Kicks on one, snares on three of both whole bars; one bass note just before the second bar.
        let strokes = [
            stroke(Piece::Kick, 0.0),
            stroke(Piece::Snare, 1.0),
            stroke(Piece::Kick, 2.0),
            stroke(Piece::Stick, 3.0),
        ];
        let note = HeardNote {
            key: 40,
            start: 1.99,
            end: 2.4,
            amplitude: 0.5,
            level: None,
            bend: Vec::new(),
        };
        let all = of(&impression(), &song, &[note], &strokes);
        assert_eq!(all.len(), COUNT);
        let (before, bars) = all.split_at(COUNT - LANES * PLACES);
        let share = 1.0 / song.grid().unwrap().bars().len() as f32;
        let expected = |at: usize| match at {
            0 => 2.0 * share,
            24 => 2.0 * share,
            64 => 0.5 * share,
            _ => 0.0,
        };
        for (at, found) in bars.iter().enumerate() {
            assert!((found - expected(at)).abs() < 1e-6, "{at}: {found}");
        }
        // Strokes a beat, and the metre.
        let pieces = &before[before.len() - Piece::ALL.len()..];
        assert_eq!(pieces[..3], [2.0 / 9.0, 1.0 / 9.0, 1.0 / 9.0]);
        let metres = TEXT_WIDTH + Family::ALL.len() + WHOLE;
        assert_eq!(before[metres..metres + 4], [1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_song_without_a_beat_has_numbers_all_the_same() {
        let all = of(&impression(), &SongDescription::default(), &[], &[]);
        assert_eq!(all.len(), COUNT);
        assert!(all.iter().all(|number| number.is_finite()));
    }
}
