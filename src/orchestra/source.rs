//! What is to be arranged: tracks of notes, and melody, bass and harmony told apart in them.

use super::melody;
use super::tone::{self, Bar, SAME, Tone};
use crate::music::{DRUM_CHANNEL, Metre, PartKind, Song, TempoMap};

/// Ticks of a quarter note where none are given.
const TICKS: u16 = 480;
/// Longer than this is no piece to arrange, quarter notes.
const LONGEST: f64 = 20_000.0;

/// A track as it was given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenTrack {
    /// Its name, where it has one.
    pub name: String,
    /// What plays it, where that is known.
    pub kind: Option<PartKind>,
    /// In any order.
    pub tones: Vec<Tone>,
}

/// Tracks that play together.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// From which quarter note on there is which metre; 4/4 where none is said.
    pub metres: Vec<(f64, Metre)>,
    /// From ticks to seconds.
    pub tempo: TempoMap,
    /// The tracks.
    pub tracks: Vec<GivenTrack>,
}

/// A piece whose melody is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// From which quarter note on there is which metre.
    pub metres: Vec<(f64, Metre)>,
    /// From ticks to seconds.
    pub tempo: TempoMap,
    /// Its bars, whole ones.
    pub bars: Vec<Bar>,
    /// One note after the other.
    pub melody: Vec<Tone>,
    /// The lowest line, where there is more than a melody.
    pub bass: Vec<Tone>,
    /// All notes with a pitch that aren't melody, the bass among them.
    pub harmony: Vec<Tone>,
    /// Drums.
    pub drums: Vec<Tone>,
    /// The lines it is made of, from the highest to the lowest and the melody among them, where no track has chords;
    /// else none.
    pub lines: Vec<Vec<Tone>>,
    /// The track that the melody was found in, from 0.
    pub melody_track: usize,
}

/// Why there is nothing to arrange, in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMelody {
    /// No notes at all.
    #[error("There are no notes to arrange; give a melody.")]
    Silent,
    /// Only drums.
    #[error("There are only drums, which have no melody; give a part with pitches.")]
    OnlyDrums,
    /// The track that was named has none.
    #[error("The track named as melody has no notes with a pitch; name another.")]
    NotThere,
    /// Hours.
    #[error("The piece is too long to be arranged at once; take a part of it.")]
    TooLong,
}

impl Given {
    /// The tracks of a MIDI file. Any thread but audio.
    #[must_use]
    pub fn from_song(song: &Song) -> Self {
        let ticks = f64::from(song.tempo.ticks_per_beat());
        let at = |tick: u64| tick as f64 / ticks;
        let track = |track: &crate::music::Track| {
            let notes = track.notes.iter().map(|note| Tone {
                start: at(note.start),
                end: at(note.start + note.length.max(1)),
                key: note.key,
                velocity: note.velocity,
            });
            GivenTrack {
                name: track.name.clone().unwrap_or_default(),
                kind: (!track.notes.is_empty()).then(|| PartKind::of_track(track)),
                tones: notes.collect(),
            }
        };
        let is_drums = |track: &crate::music::Track| {
            track
                .notes
                .first()
                .is_some_and(|note| note.channel == DRUM_CHANNEL)
        };
        let tracks = song.tracks.iter().map(|one| {
            let mut given = track(one);
            if is_drums(one) {
                given.kind = Some(PartKind::Drums);
            }
            given
        });
        Self {
            metres: song
                .metres
                .iter()
                .map(|(tick, metre)| (at(*tick), *metre))
                .collect(),
            tempo: song.tempo.clone(),
            tracks: tracks.collect(),
        }
    }

    /// One track of one metre and tempo, quarter notes a minute. Any thread but audio.
    #[must_use]
    pub fn one(tones: Vec<Tone>, metre: Metre, bpm: f64) -> Self {
        let micros = (60e6 / bpm).round().clamp(1.0, 16_777_215.0) as u32;
        let track = GivenTrack {
            tones,
            ..GivenTrack::default()
        };
        Self {
            metres: vec![(0.0, metre)],
            tempo: TempoMap::metrical(TICKS, &[(0, micros)]),
            tracks: vec![track],
        }
    }

    /// Melody, bass and harmony told apart; the melody is in this track (from 0), or wherever it is found. Any thread but audio.
    ///
    /// # Errors
    /// [`NoMelody`], a sentence.
    pub fn told_apart(&self, melody_in: Option<usize>) -> Result<Source, NoMelody> {
        let drums = |track: &&GivenTrack| track.kind == Some(PartKind::Drums);
        if self.tracks.iter().all(|track| track.tones.is_empty()) {
            return Err(NoMelody::Silent);
        }
        if !self
            .tracks
            .iter()
            .any(|track| !drums(&track) && !track.tones.is_empty())
        {
            return Err(NoMelody::OnlyDrums);
        }
        let found = match melody_in {
            Some(at) => Some(at).filter(|at| {
                let track = self.tracks.get(*at);
                track.is_some_and(|track| !drums(&track) && !track.tones.is_empty())
            }),
            None => melody::track(&self.tracks),
        };
        let at = found.ok_or(NoMelody::NotThere)?;
        let melody = melody::line(&self.tracks[at].tones, melody_in.is_some());
        let is_melody = |tone: &Tone| {
            melody
                .iter()
                .any(|m| m.key == tone.key && (m.start - tone.start).abs() < SAME)
        };
        let mut harmony: Vec<Tone> = Vec::new();
        for (number, track) in self.tracks.iter().enumerate() {
            if !drums(&track) {
                let kept = track
                    .tones
                    .iter()
                    .filter(|tone| number != at || !is_melody(tone));
                harmony.extend(kept.copied());
            }
        }
        tone::sort(&mut harmony);
        let named = self
            .tracks
            .iter()
            .enumerate()
            .filter(|(number, track)| *number != at && track.kind == Some(PartKind::Bass));
        let named: Vec<Tone> = named
            .flat_map(|(_, track)| track.tones.iter().copied())
            .collect();
        let bass = if named.is_empty() {
            melody::lowest(&harmony, &melody)
        } else {
            melody::lowest(&named, &[])
        };
        let mut struck: Vec<Tone> = self
            .tracks
            .iter()
            .filter(drums)
            .flat_map(|track| track.tones.iter().copied())
            .collect();
        tone::sort(&mut struck);
        let all = melody.iter().chain(&harmony).chain(&struck);
        let end = all.map(|tone| tone.end).fold(0.0, f64::max);
        if end > LONGEST {
            return Err(NoMelody::TooLong);
        }
        let pitched = self
            .tracks
            .iter()
            .filter(|track| !drums(track) && !track.tones.is_empty());
        let pitched: Vec<&GivenTrack> = pitched.collect();
        let mut lines: Vec<Vec<Tone>> = Vec::new();
        if pitched.len() > 1 && pitched.iter().all(|track| melody::is_line(&track.tones)) {
            lines.extend(pitched.iter().map(|track| melody::line(&track.tones, true)));
            lines.sort_by(|a, b| mean_key(b).total_cmp(&mean_key(a)));
        }
        Ok(Source {
            metres: self.metres.clone(),
            tempo: self.tempo.clone(),
            bars: tone::bars(&self.metres, end),
            melody,
            bass,
            harmony,
            drums: struck,
            lines,
            melody_track: at,
        })
    }
}

/// The mean of a line's keys.
pub(super) fn mean_key(line: &[Tone]) -> f32 {
    let sum: f32 = line.iter().map(|tone| f32::from(tone.key)).sum();
    sum / line.len().max(1) as f32
}

impl Source {
    /// Its usual tempo, quarter notes a minute. Any thread but audio.
    #[must_use]
    pub fn bpm(&self) -> f64 {
        let end = self.bars.last().map_or(1.0, |bar| bar.end);
        let ticks = f64::from(self.tempo.ticks_per_beat());
        let seconds = self.tempo.seconds_at((end * ticks) as u64).max(1e-3);
        (end / seconds * 60.0).clamp(20.0, 400.0)
    }
}
