//! Songs that are counted twice as fast, or half as fast, as a style is written: drum and bass at 87, trap at 70.

use super::{Setting, Style};
use crate::music::{GridNote, Part, PartKind};

/// A song this much faster than a style ever is, or this much slower, is counted otherwise.
const FASTER: f64 = 1.65;
const SLOWER: f64 = 0.6;

/// How a song is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Two of its bars are one of the style's.
    Double,
    /// A bar of it is two of the style's.
    Half,
}

impl Pace {
    /// Of a song that isn't counted as the style is. Any thread.
    pub(super) fn of(style: &Style, setting: &Setting) -> Option<Self> {
        if style.file.metre != "4/4" || style.file.keeps_count {
            return None;
        }
        let [slowest, fastest] = style.file.tempo;
        match setting.bpm {
            bpm if bpm > FASTER * fastest => Some(Self::Double),
            bpm if bpm < SLOWER * slowest => Some(Self::Half),
            _ => None,
        }
    }

    /// Steps of the style for one of the song's.
    fn steps(self) -> f64 {
        match self {
            Self::Double => 0.5,
            Self::Half => 2.0,
        }
    }

    /// A part as the style counts, for the song as it is counted. Any thread but audio.
    pub(super) fn write(self, style: &Style, kind: PartKind, setting: &Setting) -> Option<Part> {
        let by = self.steps();
        let steps = ((setting.steps as f64 * by).ceil() as usize).max(1);
        let at = |step: usize| (step as f64 / by) as usize;
        let chords: Vec<_> = (0..steps).map(|step| setting.chord(at(step))).collect();
        let scaled = |note: &GridNote, by: f64| {
            let start = note.start() * by;
            let length = f64::from(note.length) * by;
            GridNote::between(start, start + length, note.key, note.velocity)
        };
        let given: Vec<Part> = setting
            .given
            .iter()
            .map(|part| {
                let notes = part.notes.iter().filter_map(|note| scaled(note, by));
                Part::new(part.kind, notes.collect())
            })
            .collect();
        let given: Vec<&Part> = given.iter().collect();
        // Of the two that a bar becomes, a fill is in the second.
        let last = |bar: &usize| ((*bar + 1) as f64 * by).ceil() as usize - 1;
        let first = |bar: &usize| (*bar as f64 * by) as usize;
        let fills: Vec<usize> = setting.fills.iter().map(last).collect();
        let ends: Vec<usize> = setting.ends.iter().map(first).collect();
        let counted = Setting {
            steps,
            chords: &chords,
            bpm: setting.bpm * by,
            given: &given,
            fills: &fills,
            ends: &ends,
            ..setting.clone()
        };
        let part = style.at_pace(kind, &counted)?;
        let notes = part.notes.iter().filter_map(|note| {
            let note = scaled(note, 1.0 / by)?;
            // A stroke is as short at any pace.
            let length = if kind == PartKind::Drums {
                1.0
            } else {
                note.length
            };
            Some(GridNote { length, ..note })
        });
        let notes = notes.filter(|note| (note.step as usize) < setting.steps);
        Some(Part::new(Some(kind), notes.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Chord, Key, Mode, Quality};
    use crate::style::named;

    #[test]
    fn what_is_counted_twice_as_fast_is_played_half_as_fast() {
        let chords = [Chord {
            root: 0,
            quality: Quality::Major,
            bass: None,
        }; 64];
        let snares = |name: &str, bpm: f64| -> Vec<u32> {
            let setting = Setting {
                steps: chords.len(),
                chords: &chords,
                key: Key {
                    tonic: 0,
                    mode: Mode::Major,
                },
                bpm,
                given: &[],
                seed: 3,
                busy: 0.0,
                loud: 0.0,
                fills: &[],
                section_fills: Some(false),
                ends: &[],
                banned: &[],
                follow: 0.0,
            };
            let style = named(name, &|_| true).unwrap().style;
            let part = style.write(PartKind::Drums, &setting).unwrap();
            let loud = part.notes.iter();
            let loud = loud.filter(|note| matches!(note.key, 38 | 39) && note.velocity > 80);
            loud.map(|note| note.step % 16)
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect()
        };
        assert_eq!(snares("drum and bass", 174.0), [4, 12]);
        assert_eq!(snares("drum and bass", 87.0), [2, 6, 10, 14]);
        assert_eq!(snares("rock", 120.0), [4, 12]);
        assert_eq!(snares("rock", 240.0), [8]);
    }
}
