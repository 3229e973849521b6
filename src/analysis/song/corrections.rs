//! What the user has put right, and what follows of it for beats and chords.

use serde::{Deserialize, Serialize};

use super::chords::{self, Fit};
use super::chroma::Chroma;
use super::description::{ChordHeard, TagHeard, Tags};
use super::rhythm::Rhythm;
use crate::music::{Chord, Key, Metre};

/// Slowest and fastest tempo that can be told, felt beats a minute.
pub const TEMPI: std::ops::RangeInclusive<f64> = 20.0..=400.0;
/// Tempi nearer than this are the same, as a share.
const SAME_TEMPO: f64 = 0.03;
/// Felt beats are counted in these shares of the host's before others are listened for.
const SHARES: [f64; 7] = [1.0, 0.5, 2.0, 2.0 / 3.0, 1.5, 1.0 / 3.0, 3.0];
/// Stretches of a told chord fit no other.
const IMPOSSIBLE: f32 = -1e3;

/// What the user says about a song, in place of what was heard; all else follows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Corrections {
    /// The key.
    pub key: Option<Key>,
    /// Felt beats a minute, in [`TEMPI`].
    pub tempo: Option<f64>,
    /// The metre.
    pub metre: Option<Metre>,
    /// Bars begin so many felt beats later than heard; earlier if negative.
    pub downbeat: i32,
    /// The host's bars aren't those of the music: it is listened for its own.
    pub own_beats: bool,
    /// First bars of sections, counted from 0 as [`Section`](super::sections::Section) does.
    pub sections: Option<Vec<usize>>,
    /// Chords, sorted, without overlaps.
    pub chords: Vec<ChordTold>,
    /// Length of the first of two eighths over the second: 1 straight, 2 a triplet's.
    pub swing: Option<f64>,
    /// The genre, in a word or two.
    pub genre: Option<String>,
    /// The mood.
    pub mood: Option<String>,
    /// The instruments that play.
    pub instruments: Option<Vec<String>>,
}

/// A chord of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChordTold {
    /// When it begins, s.
    pub start: f64,
    /// When it ends, s.
    pub end: f64,
    /// `None`: no chord.
    pub chord: Option<Chord>,
}

impl Corrections {
    /// These, with what somebody changed who saw `seen` and told `told`: both of two corrections made before the
    /// first was shown. Any thread.
    #[must_use]
    pub fn changed(mut self, seen: &Self, told: Self) -> Self {
        if told.is_empty() {
            return told;
        }
        fn field<T: PartialEq>(now: &mut T, seen: &T, told: T) {
            if *seen != told {
                *now = told;
            }
        }
        let gone = seen.chords.iter().filter(|old| !told.chords.contains(old));
        gone.for_each(|old| self.forget_chord(old.start, old.end));
        let new = told.chords.iter().filter(|new| !seen.chords.contains(new));
        new.for_each(|new| self.tell_chord(*new));
        // Back to what was heard, or so many beats on.
        self.downbeat = match told.downbeat {
            0 if seen.downbeat != 0 => 0,
            downbeat => self.downbeat + downbeat - seen.downbeat,
        };
        field(&mut self.key, &seen.key, told.key);
        field(&mut self.tempo, &seen.tempo, told.tempo);
        field(&mut self.metre, &seen.metre, told.metre);
        field(&mut self.own_beats, &seen.own_beats, told.own_beats);
        field(&mut self.sections, &seen.sections, told.sections);
        field(&mut self.swing, &seen.swing, told.swing);
        field(&mut self.genre, &seen.genre, told.genre);
        field(&mut self.mood, &seen.mood, told.mood);
        field(&mut self.instruments, &seen.instruments, told.instruments);
        self
    }

    /// Whether nothing is told. Any thread.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Tells the chord from `start` to `end` (s), in place of what was told there before. Any
    /// thread.
    pub fn tell_chord(&mut self, told: ChordTold) {
        self.forget_chord(told.start, told.end);
        self.chords.push(told);
        self.chords.sort_by(|a, b| a.start.total_cmp(&b.start));
    }

    /// From `start` to `end` (s) chords are as heard again. Any thread.
    pub fn forget_chord(&mut self, start: f64, end: f64) {
        self.chords
            .retain(|old| old.end <= start || old.start >= end);
    }

    /// Tags as they were heard, with the told ones in their places. Any thread.
    #[must_use]
    pub fn tags(&self, heard: &Tags) -> Tags {
        let told = |name: &String| TagHeard {
            name: name.clone(),
            confidence: 1.0,
        };
        let mut tags = heard.clone();
        if let Some(genre) = &self.genre {
            tags.genres = vec![told(genre)];
        }
        if let Some(instruments) = &self.instruments {
            tags.instruments = instruments.iter().map(told).collect();
        }
        tags
    }

    /// The told chord in the middle of a stretch, if there is one.
    pub(super) fn chord_at(&self, stretch: &Chroma) -> Option<&ChordTold> {
        let middle = 0.5 * (stretch.start + stretch.end);
        let mut told = self.chords.iter();
        told.find(|told| (told.start..told.end).contains(&middle))
    }

    /// Fits that leave told chords no choice, so that the key and the chords around follow them.
    pub(super) fn pin(&self, chroma: &[Chroma], fits: &mut [Fit]) {
        for (stretch, fit) in chroma.iter().zip(fits) {
            if let Some(told) = self.chord_at(stretch) {
                let state = told.chord.map_or(chords::NONE, chords::nearest);
                fit.iter_mut().for_each(|fit| *fit = IMPOSSIBLE);
                fit[state] = 0.0;
            }
        }
    }

    /// Heard chords with the told ones in their places.
    pub(super) fn lay_over(&self, heard: Vec<ChordHeard>) -> Vec<ChordHeard> {
        let mut all = heard;
        for told in &self.chords {
            let mut cut = Vec::with_capacity(all.len() + 2);
            for old in all {
                let before = (old.start, old.end.min(told.start));
                let after = (old.start.max(told.end), old.end);
                let pieces = [before, after]
                    .into_iter()
                    .filter(|(from, to)| to - from > 1e-3);
                cut.extend(pieces.map(|(start, end)| ChordHeard {
                    start,
                    end,
                    ..old.clone()
                }));
            }
            cut.extend(
                told.chord
                    .map(|chord| ChordHeard::new(told.start, told.end, chord, 1.0)),
            );
            cut.sort_by(|a, b| a.start.total_cmp(&b.start));
            all = cut;
        }
        all
    }
}

impl Rhythm {
    /// The same with told beats: the tempo by a simple share of the one that is there, the metre by
    /// counting anew, bars moved. Whether the tempo is such a share, or isn't told.
    pub(super) fn follow(&mut self, told: &Corrections) -> bool {
        let share = told.tempo.map_or(Some(1.0), |bpm| share(bpm / self.bpm));
        let old = self.metre;
        if let Some(metre) = told.metre {
            self.metre_confidence = 1.0;
            self.metre = metre;
        }
        // Eighths stay as they are, unless bars have as many felt beats as before.
        let feel = match told.tempo {
            None if old.beats() != self.metre.beats() => old.quarters() / self.metre.quarters(),
            _ => 1.0,
        };
        let bars = usize::from(self.metre.beats()).max(1);
        if let Some(share) = share
            && share * feel != 1.0
        {
            self.respace(share * feel);
            self.confidence = 1.0;
        }
        let first = self
            .places
            .iter()
            .position(|place| *place == 0)
            .unwrap_or(0) as i64;
        let first = first + i64::from(told.downbeat);
        if told.metre.is_some() || told.downbeat != 0 {
            let place = |beat: usize| (beat as i64 - first).rem_euclid(bars as i64) as usize;
            self.places = (0..self.beats.len()).map(place).collect();
        }
        share.is_some()
    }

    /// So many beats in place of each, from the first downbeat to both sides; as many in a bar.
    fn respace(&mut self, share: f64) {
        let count = self.beats.len();
        let from = self
            .places
            .iter()
            .position(|place| *place == 0)
            .unwrap_or(0);
        // Where a beat is that isn't a whole one, as long as it lies between beats.
        let at = |beat: f64| {
            let whole = (beat.floor() as usize).min(count - 2);
            let (a, b) = (self.beats[whole], self.beats[whole + 1]);
            a + (b - a) * (beat - whole as f64)
        };
        let bars = i64::from(self.metre.beats().max(1));
        let (mut beats, mut places) = (Vec::new(), Vec::new());
        let first = -(from as f64 * share).floor() as i64;
        for number in first.. {
            let beat = from as f64 + number as f64 / share;
            if beat > (count - 1) as f64 + 1e-6 {
                break;
            }
            beats.push(at(beat));
            places.push(number.rem_euclid(bars) as usize);
        }
        if beats.len() >= 2 {
            (self.beats, self.places) = (beats, places);
            self.bpm *= share;
        }
    }

    /// Even beats at a tempo through a sound in which none are heard.
    pub(super) fn even(bpm: f64, metre: Metre, first: f64, seconds: f64) -> Option<Self> {
        let bars = usize::from(metre.beats()).max(1);
        let count = ((seconds - first) * bpm / 60.0).floor().max(0.0) as usize + 1;
        let beats: Vec<f64> = (0..count)
            .map(|beat| first + beat as f64 * 60.0 / bpm)
            .collect();
        (count >= 2).then(|| Self {
            places: (0..count).map(|beat| beat % bars).collect(),
            beats,
            metre,
            metre_confidence: 0.0,
            bpm,
            confidence: 1.0,
            alternatives: Vec::new(),
        })
    }
}

/// The simple share that a ratio of tempi is.
fn share(ratio: f64) -> Option<f64> {
    let near = |share: &&f64| (ratio / **share).ln().abs() < SAME_TEMPO;
    SHARES.iter().find(near).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metre(name: &str) -> Metre {
        name.parse().unwrap()
    }

    fn rhythm() -> Rhythm {
        // A pick-up, then four bars of 4/4 at 120.
        Rhythm {
            beats: (0..17).map(|beat| f64::from(beat) * 0.5).collect(),
            places: (0..17).map(|beat| (beat + 3) % 4).collect(),
            ..Rhythm::even(120.0, metre("4/4"), 0.0, 9.0).unwrap()
        }
    }

    fn downbeats(rhythm: &Rhythm) -> Vec<f64> {
        let at = rhythm.beats.iter().zip(&rhythm.places);
        at.filter(|(_, place)| **place == 0)
            .map(|(at, _)| *at)
            .collect()
    }

    #[test]
    fn half_and_double_tempo_keep_the_first_bar_line() {
        for (bpm, lines, apart) in [
            (60.0, vec![0.5, 4.5], 1.0),
            (240.0, vec![0.5, 1.5, 2.5], 0.25),
        ] {
            let mut rhythm = rhythm();
            let told = Corrections {
                tempo: Some(bpm),
                ..Corrections::default()
            };
            assert!(rhythm.follow(&told));
            assert_eq!(rhythm.bpm, bpm);
            assert_eq!(downbeats(&rhythm)[..lines.len()], lines);
            let even = rhythm
                .beats
                .windows(2)
                .all(|pair| (pair[1] - pair[0] - apart).abs() < 1e-9);
            assert!(even, "{:?}", rhythm.beats);
        }
        let told = Corrections {
            tempo: Some(97.0),
            ..Corrections::default()
        };
        assert!(!rhythm().follow(&told));
    }

    #[test]
    fn bars_are_counted_anew_and_moved() {
        let mut three = rhythm();
        let told = Corrections {
            metre: Some(metre("3/4")),
            downbeat: 1,
            ..Corrections::default()
        };
        assert!(three.follow(&told));
        assert_eq!(downbeats(&three), [1.0, 2.5, 4.0, 5.5, 7.0]);
        assert_eq!((three.metre, three.bpm), (metre("3/4"), 120.0));
        // Dotted beats are half as long again.
        let mut six = rhythm();
        assert!(six.follow(&Corrections {
            metre: Some(metre("6/8")),
            ..Corrections::default()
        }));
        assert_eq!(downbeats(&six), [0.5, 2.0, 3.5, 5.0, 6.5, 8.0]);
        assert_eq!(six.bpm, 80.0);
        let mut seven = rhythm();
        assert!(seven.follow(&Corrections {
            metre: Some(metre("7/8")),
            ..Corrections::default()
        }));
        assert_eq!(downbeats(&seven), [0.5, 2.25, 4.0, 5.75, 7.5]);
        let mut twelve = rhythm();
        assert!(twelve.follow(&Corrections {
            metre: Some(metre("12/8")),
            ..Corrections::default()
        }));
        assert_eq!(
            (downbeats(&twelve), twelve.bpm),
            (downbeats(&rhythm()), 120.0)
        );
    }

    #[test]
    fn told_chords_cut_those_that_were_heard() {
        let chord = |name: &str| name.parse::<Chord>().unwrap();
        let mut told = Corrections::default();
        told.tell_chord(ChordTold {
            start: 1.0,
            end: 3.0,
            chord: Some(chord("Am")),
        });
        told.tell_chord(ChordTold {
            start: 2.0,
            end: 3.0,
            chord: Some(chord("G")),
        });
        assert_eq!(
            told.chords.len(),
            1,
            "a new one takes the place of what it overlaps"
        );
        told.tell_chord(ChordTold {
            start: 5.0,
            end: 6.0,
            chord: None,
        });
        let heard = vec![
            ChordHeard::new(0.0, 4.0, chord("C"), 0.6),
            ChordHeard::new(4.0, 8.0, chord("F"), 0.6),
        ];
        let all = told.lay_over(heard);
        let spans: Vec<(f64, f64, &str)> = all
            .iter()
            .map(|c| (c.start, c.end, c.name.as_str()))
            .collect();
        let wanted = [
            (0.0, 2.0, "C"),
            (2.0, 3.0, "G"),
            (3.0, 4.0, "C"),
            (4.0, 5.0, "F"),
            (6.0, 8.0, "F"),
        ];
        assert_eq!(spans, wanted);
        told.forget_chord(2.5, 2.6);
        assert_eq!(told.chords.len(), 1);
    }

    #[test]
    fn corrections_of_two_who_saw_the_same_are_both_kept() {
        let chord = |start: f64| ChordTold {
            start,
            end: start + 2.0,
            chord: None,
        };
        let seen = Corrections {
            key: "A minor".parse().ok(),
            downbeat: 1,
            chords: vec![chord(0.0), chord(4.0)],
            ..Corrections::default()
        };
        let change = |change: &dyn Fn(&mut Corrections)| {
            let mut told = seen.clone();
            change(&mut told);
            told
        };
        let tempo = change(&|told| told.tempo = Some(90.0));
        let later = change(&|told| told.downbeat += 1);
        let bar = change(&|told| told.tell_chord(chord(8.0)));
        let other = change(&|told| told.forget_chord(4.0, 6.0));
        let genre = change(&|told| told.genre = Some("waltz".into()));
        let both = [&tempo, &later, &later, &bar, &other, &genre];
        let both = both
            .into_iter()
            .fold(seen.clone(), |now, told| now.changed(&seen, told.clone()));
        let expected = Corrections {
            tempo: Some(90.0),
            downbeat: 3,
            chords: vec![chord(0.0), chord(8.0)],
            genre: Some("waltz".into()),
            ..seen.clone()
        };
        assert_eq!(both, expected);
        let as_heard = change(&|told| (told.key, told.downbeat) = (None, 0));
        let back = both.clone().changed(&seen, as_heard);
        assert_eq!((back.key, back.downbeat), (None, 0));
        assert_eq!(back.genre, both.genre);
        let nothing = Corrections::default();
        assert_eq!(both.changed(&seen, nothing.clone()), nothing);
    }
}
