//! The mood of a song, by rule: how lively it is, and how bright.
//!
//! Moods lie on two axes (Russell, "A circumplex model of affect", 1980): arousal, from calm to
//! lively, and valence, from sad to happy. What listeners hear as happy is above all major and fast,
//! as sad minor and slow (Gagnon & Peretz, "Mode and tempo relative contributions to happy-sad
//! judgements", 2003); arousal goes with tempo, loudness and onsets (Juslin & Laukka, 2004). The
//! weights are chosen by hand: there are no songs with true moods to learn them from.

use serde::{Deserialize, Serialize};

use super::SongDescription;
use crate::music::Mode;

/// A mood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mood {
    /// "cheerful".
    pub name: String,
    /// From sad to happy, −1..=1.
    pub valence: f64,
    /// From calm to lively, −1..=1.
    pub arousal: f64,
}

/// Within this of the middle there is no word.
const MIDDLE: f64 = 0.15;

/// The mood of a song, by the name that the user gave it, if there is one. Any thread.
#[must_use]
pub fn told(song: &SongDescription, name: Option<&String>) -> Option<Mood> {
    let mut mood = of(song)?;
    if let Some(name) = name {
        mood.name.clone_from(name);
    }
    Some(mood)
}

/// The mood of a song; `None` without tempo or key, or when it is neither one nor the other. Any
/// thread.
#[must_use]
pub fn of(song: &SongDescription) -> Option<Mood> {
    let (tempo, key) = (song.tempo.as_ref()?, song.key.as_ref()?);
    let fast = (tempo.bpm / 105.0).log2().clamp(-1.0, 1.0);
    let lasting = |minor: bool| {
        let of = song.chords.iter().filter(|heard| {
            let third = heard.chord.quality.intervals()[1];
            (third == 3) == minor
        });
        of.map(|heard| heard.end - heard.start).sum::<f64>()
    };
    let (minor, major) = (lasting(true), lasting(false));
    let chords = (major - minor) / (major + minor).max(0.1);
    let mode = match key.mode {
        Mode::Major => 1.0,
        Mode::Minor => -1.0,
    };
    let valence = (0.5 * mode + 0.2 * chords + 0.4 * fast).clamp(-1.0, 1.0);
    let arousal = (1.4 * (2.0 * song.energy - 1.0) + 0.5 * fast).clamp(-1.0, 1.0);
    let name = match (valence, arousal) {
        (v, a) if v.abs() < MIDDLE && a.abs() < MIDDLE => return None,
        (v, a) if v >= MIDDLE && a >= MIDDLE => "cheerful",
        (v, a) if v >= MIDDLE && a <= -MIDDLE => "peaceful",
        (v, a) if v <= -MIDDLE && a >= MIDDLE => "tense",
        (v, a) if v <= -MIDDLE && a <= -MIDDLE => "melancholy",
        (v, _) if v >= MIDDLE => "bright",
        (v, _) if v <= -MIDDLE => "dark",
        (_, a) if a > 0.0 => "lively",
        _ => "quiet",
    };
    Some(Mood {
        name: name.to_owned(),
        valence,
        arousal,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::song::description::{KeyHeard, Tempo};

    #[test]
    fn fast_major_is_cheerful_and_slow_minor_melancholy() {
        let song = |bpm: f64, mode: Mode, energy: f64| SongDescription {
            tempo: Some(Tempo {
                bpm,
                confidence: 1.0,
                from_host: true,
                range: [bpm; 2],
                alternatives: Vec::new(),
            }),
            key: Some(KeyHeard {
                name: String::new(),
                tonic: 0,
                mode,
                confidence: 1.0,
                alternatives: Vec::new(),
            }),
            energy,
            ..SongDescription::default()
        };
        for (bpm, mode, energy, name) in [
            (150.0, Mode::Major, 0.7, "cheerful"),
            (60.0, Mode::Minor, 0.2, "melancholy"),
            (60.0, Mode::Major, 0.2, "peaceful"),
            (110.0, Mode::Major, 0.2, "peaceful"),
            (150.0, Mode::Minor, 0.8, "tense"),
        ] {
            let mood = of(&song(bpm, mode, energy)).unwrap();
            assert_eq!(mood.name, name, "{mood:?}");
        }
        assert_eq!(of(&SongDescription::default()), None);
    }
}
