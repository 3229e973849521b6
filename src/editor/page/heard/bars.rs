//! Chords bar by bar, and how they are written.

use crate::analysis::song::{ChordTold, SongDescription};
use crate::music::{Chord, NameError};

/// Stretches of chords that are shown.
const MOST_BARS: usize = 64;

/// A bar and what is played in it: its beginning and end (s), its chords in words.
pub(super) struct Bar {
    pub start: f64,
    pub end: f64,
    pub chords: String,
}

/// Bars with their chords; without bars, what lies between changes of chords.
pub(super) fn bars(song: &SongDescription) -> Vec<Bar> {
    let mut edges: Vec<f64> = match song.downbeats.as_slice() {
        [] => song.chords.iter().map(|chord| chord.start).collect(),
        lines => lines.to_vec(),
    };
    if edges.first().is_some_and(|first| *first > 0.05) {
        edges.insert(0, 0.0);
    }
    edges.push(song.seconds_used);
    let bars = edges.windows(2).filter(|pair| pair[1] - pair[0] > 0.05);
    bars.take(MOST_BARS)
        .map(|pair| {
            let (start, end) = (pair[0], pair[1]);
            let inside = song.chords.iter().filter(|chord| {
                let shared = chord.end.min(end) - chord.start.max(start);
                shared > 0.1 * (end - start)
            });
            let names: Vec<&str> = inside.map(|chord| chord.name.as_str()).collect();
            let chords = if names.is_empty() {
                "–".to_owned()
            } else {
                names.join(" ")
            };
            Bar { start, end, chords }
        })
        .collect()
}

/// Why what is written for a bar isn't its chords. `Display` is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Miswritten {
    /// There is nothing.
    #[error("Write a chord such as “Am”, or “–” for none.")]
    Nothing,
    /// A word is no chord.
    #[error(transparent)]
    NoChord(#[from] NameError),
}

/// The chords that are written for a bar, equally long.
pub(super) fn read(written: &str, bar: &Bar) -> Result<Vec<ChordTold>, Miswritten> {
    let words: Vec<&str> = written.split_whitespace().collect();
    let length = (bar.end - bar.start) / words.len().max(1) as f64;
    let chord = |(number, word): (usize, &&str)| {
        let chord = match *word {
            "–" | "-" | "N" => None,
            name => Some(name.parse::<Chord>()?),
        };
        let start = bar.start + number as f64 * length;
        let end = start + length;
        Ok(ChordTold { start, end, chord })
    };
    if words.is_empty() {
        return Err(Miswritten::Nothing);
    }
    words.iter().enumerate().map(chord).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_of_a_bar_share_it() {
        let bar = Bar {
            start: 2.0,
            end: 4.0,
            chords: String::new(),
        };
        let chords = read(" Am  – ", &bar).unwrap();
        assert_eq!(
            chords[0],
            ChordTold {
                start: 2.0,
                end: 3.0,
                chord: "Am".parse().ok()
            }
        );
        assert_eq!(
            chords[1],
            ChordTold {
                start: 3.0,
                end: 4.0,
                chord: None
            }
        );
        for wrong in ["", "H#9x", "Am what"] {
            assert!(read(wrong, &bar).is_err(), "{wrong}");
        }
    }
}
