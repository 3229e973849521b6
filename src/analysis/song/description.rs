//! The description of a song: fields with how sure they are, and a sentence.

use serde::{Deserialize, Serialize};

use super::mood::Mood;
use super::sections::Section;
use crate::music::{BarGrid, Chord, Key, Metre, Mode, TempoMap};

/// What a song is like. What couldn't be found is absent; times are seconds from its start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SongDescription {
    /// One plain sentence: "Bossa nova, 118 bpm, F minor, 4/4, with bass and drums, quiet."
    pub sentence: String,
    /// Length of the whole sound, s.
    pub seconds: f64,
    /// How much of it, from its start, was listened to, s.
    pub seconds_used: f64,
    /// The tempo.
    pub tempo: Option<Tempo>,
    /// The metre.
    pub metre: Option<MetreHeard>,
    /// From when on there is which metre, where it changes, s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metre_changes: Vec<(f64, Metre)>,
    /// Beats that are felt: two a bar in 6/8.
    pub beats: Vec<f64>,
    /// Those of them that begin a bar.
    pub downbeats: Vec<f64>,
    /// The key; where it changes, the one of most of it.
    pub key: Option<KeyHeard>,
    /// From when on it is in which key, where that changes, s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_changes: Vec<(f64, Key)>,
    /// Which bars belong together, in order, all of them; none where there are too few to say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// Chords one after another, without overlaps; where there is none, no chord is clear.
    pub chords: Vec<ChordHeard>,
    /// Where the second of two eighths falls.
    pub swing: Option<Swing>,
    /// Onsets a beat.
    pub density: Option<f64>,
    /// How high it lies.
    pub register: Option<Register>,
    /// How far its A4 lies from 440 Hz, cents (−50..50); `None` without pitch.
    pub tuning_cents: Option<f64>,
    /// Integrated loudness, LUFS (ITU-R BS.1770-4); `None` below −70.
    pub loudness_lufs: Option<f64>,
    /// Genres and instruments, where a model has told them.
    #[serde(flatten)]
    pub tags: Tags,
    /// The mood, where there are a tempo and a key.
    #[serde(default)]
    pub mood: Option<Mood>,
    /// How much is going on, 0 (calm) to 1: the mean of three measures, each from 0 to 1 — onsets a
    /// second over eight; loudness from −40 to −8 LUFS; share of the strength of onsets above 2 kHz.
    pub energy: f64,
}

/// What a model tells of a song as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tags {
    /// The likeliest genres, best first.
    pub genres: Vec<TagHeard>,
    /// Instruments that play, the surest first.
    pub instruments: Vec<TagHeard>,
}

impl Tags {
    /// The genres, where one is clear: what the song's sentence names, or the user has said. Any thread.
    #[must_use]
    pub fn clear_genres(&self) -> &[TagHeard] {
        let clear = self
            .genres
            .first()
            .is_some_and(|genre| genre.confidence >= CLEAR);
        if clear { &self.genres } else { &[] }
    }

    /// Whether an instrument is heard; so are all where none is told. Any thread.
    #[must_use]
    pub fn plays(&self, name: &str) -> bool {
        self.instruments.is_empty() || self.instruments.iter().any(|tag| tag.name == name)
    }
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TagHeard {
    /// "bossa nova", "strings".
    pub name: String,
    /// 0..=1.
    pub confidence: f64,
}

/// A tempo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tempo {
    /// Felt beats a minute, the median.
    pub bpm: f64,
    /// 0..=1: its share among the alternatives.
    pub confidence: f64,
    /// Whether the host said so.
    pub from_host: bool,
    /// Slowest and fastest over some eight beats, felt beats a minute.
    pub range: [f64; 2],
    /// Other tempi that fit, best first.
    pub alternatives: Vec<TempoAlternative>,
}

impl Tempo {
    /// Whether it is worth asking for: of melodies and guitars alone most that are less sure are wrong. Any thread.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        !self.from_host && self.confidence < UNSURE
    }
}

/// Another tempo that fits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TempoAlternative {
    /// Felt beats a minute.
    pub bpm: f64,
    /// 0..=1.
    pub confidence: f64,
}

/// A metre that was heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetreHeard {
    /// "4/4".
    pub name: String,
    /// The same as numbers.
    #[serde(flatten)]
    pub metre: Metre,
    /// 0..=1.
    pub confidence: f64,
}

/// A key that was heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyHeard {
    /// "F minor".
    pub name: String,
    /// Pitch class of the tonic, 0 is C.
    pub tonic: u8,
    /// Major or minor.
    pub mode: Mode,
    /// 0..=1.
    pub confidence: f64,
    /// The next likely keys, best first.
    pub alternatives: Vec<KeyAlternative>,
}

impl KeyHeard {
    /// As a symbol. Any thread.
    pub fn key(&self) -> Key {
        Key {
            tonic: self.tonic,
            mode: self.mode,
        }
    }
}

/// Another key that fits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyAlternative {
    /// "Ab major".
    pub name: String,
    /// 0..=1.
    pub confidence: f64,
}

/// A chord for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChordHeard {
    /// When it begins, s.
    pub start: f64,
    /// When it ends, s.
    pub end: f64,
    /// "Bbm7".
    pub name: String,
    /// "Bb:min7" (Harte et al., ISMIR 2005).
    pub label: String,
    /// The same as a symbol.
    pub chord: Chord,
    /// 0..=1: how much of its time it is the likeliest.
    pub confidence: f64,
}

impl ChordHeard {
    /// A chord from `start` to `end`. Any thread.
    #[must_use]
    pub fn new(start: f64, end: f64, chord: Chord, confidence: f64) -> Self {
        Self {
            start,
            end,
            name: chord.to_string(),
            label: chord.harte(),
            chord,
            confidence,
        }
    }
}

/// How eighths are played.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Swing {
    /// Length of the first eighth over the second: 1 straight, 2 a triplet's.
    pub ratio: f64,
    /// 0..=1.
    pub confidence: f64,
}

/// How high it lies, MIDI keys weighted by how strongly they sound.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Register {
    /// A twentieth of what sounds lies below.
    pub lowest: u8,
    /// Half lies below.
    pub median: u8,
    /// A twentieth lies above.
    pub highest: u8,
}

/// A genre that is surer than this is in the sentence.
const CLEAR: f64 = 0.75;
/// A tempo that is less sure is to be asked for.
const UNSURE: f64 = 0.65;
/// Instruments in the sentence.
const MOST_NAMED: usize = 4;
/// Keys in the sentence.
const MOST_KEYS: usize = 3;
/// Swing above this is heard as such.
const SWINGS: f64 = 1.35;

impl SongDescription {
    /// Its bars, through its beats; `None` without a beat. Any thread.
    #[must_use]
    pub fn grid(&self) -> Option<BarGrid> {
        let metre = self.metre.as_ref()?.metre;
        let bar = usize::from(metre.beats()).max(1);
        let is_downbeat = |beat: &f64| self.downbeats.iter().any(|at| (at - beat).abs() < 1e-6);
        let first = self.beats.iter().position(is_downbeat).unwrap_or(0);
        let mut place = bar - 1 - (first + bar - 1) % bar;
        let mut places = Vec::with_capacity(self.beats.len());
        for (number, beat) in self.beats.iter().enumerate() {
            let begins = is_downbeat(beat);
            place = match number {
                0 if begins => 0,
                0 => place,
                _ if begins => 0,
                _ => place + 1,
            };
            places.push(place);
        }
        match self.metre_changes.is_empty() {
            true => BarGrid::new(&self.beats, &places, metre),
            false => BarGrid::with_bars(&self.beats, &places, &self.metre_changes),
        }
    }

    /// Quarter notes of `ticks` that follow its beats; 120 a minute without a beat. Any thread.
    #[must_use]
    pub fn tempo_map(&self, ticks: u16) -> TempoMap {
        let quarters = self
            .metre
            .as_ref()
            .map_or(1.0, |heard| heard.metre.quarters());
        let apart = (f64::from(ticks) * quarters).round() as u16;
        TempoMap::through(&self.beats, apart, ticks)
            .unwrap_or_else(|| TempoMap::metrical(ticks, &[]))
    }

    /// From which of those ticks on there is which metre: bars begin at its downbeats, so that a bar
    /// before the first may be shorter. Any thread.
    #[must_use]
    pub fn metres(&self, ticks: u16) -> Vec<(u64, Metre)> {
        let Some(MetreHeard { metre, .. }) = self.metre else {
            return Vec::new();
        };
        let first = self.downbeats.first().copied().unwrap_or(0.0);
        let tick = self.tempo_map(ticks).tick_at(first);
        let unit = u64::from(ticks) * 4 / u64::from(metre.unit.max(1));
        let bar = unit * u64::from(metre.count);
        let pick_up = tick % bar.max(1) / unit.max(1);
        if pick_up == 0 {
            return vec![(0, metre)];
        }
        let short = Metre {
            count: pick_up as u8,
            ..metre
        };
        vec![(0, short), (pick_up * unit, metre)]
    }

    /// The same with tags, and with them in its sentence. Any thread.
    #[must_use]
    pub fn tagged(mut self, tags: Tags) -> Self {
        self.tags = tags;
        self.sentence = self.to_sentence();
        self
    }

    /// Whether its eighths are heard to swing. Any thread.
    #[must_use]
    pub fn swings(&self) -> bool {
        self.swing
            .is_some_and(|swing| swing.ratio > SWINGS && swing.confidence > 0.5)
    }

    /// Its key, or its keys one after the other, in words: "C major", "C major, later E major". Any thread.
    #[must_use]
    pub fn keys(&self) -> Option<String> {
        let key = self.key.as_ref()?;
        let mut names: Vec<String> = Vec::new();
        for name in self.key_changes.iter().map(|(_, key)| key.to_string()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        match names.len() {
            0 | 1 => Some(key.name.clone()),
            2..=MOST_KEYS => Some(names.join(", later ")),
            _ => Some(format!("{}, later other keys", names[0])),
        }
    }

    /// The sentence of its other fields.
    pub(super) fn to_sentence(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        words.extend(
            self.tags
                .clear_genres()
                .first()
                .map(|genre| genre.name.clone()),
        );
        if self.swings() {
            words.push("swinging".into());
        }
        match &self.tempo {
            Some(tempo) => words.push(format!("{:.0} bpm", tempo.bpm)),
            None => words.push("no clear beat".into()),
        }
        words.push(self.keys().unwrap_or_else(|| "no clear key".into()));
        words.extend(self.metre.as_ref().map(|metre| metre.name.clone()));
        words.extend(self.density.and_then(|density| {
            let word = match density {
                d if d < 1.2 => "sparse",
                d if d > 2.8 => "dense",
                _ => return None,
            };
            Some(word.to_owned())
        }));
        let mut played = self.tags.instruments.iter().take(MOST_NAMED);
        if let Some(first) = played.next() {
            let mut list = format!("with {}", first.name);
            let rest: Vec<&str> = played.map(|tag| tag.name.as_str()).collect();
            for (number, name) in rest.iter().enumerate() {
                list += if number + 1 == rest.len() {
                    " and "
                } else {
                    ", "
                };
                list += name;
            }
            words.push(list);
        }
        let energy = match self.energy {
            e if e < 0.35 => "calm",
            e if e > 0.65 => "energetic",
            _ => "moderate energy",
        };
        let mood = self.mood.as_ref().map(|mood| mood.name.clone());
        words.push(mood.unwrap_or_else(|| energy.into()));
        let mut sentence = words.join(", ") + ".";
        if let Some(first) = sentence.get(..1) {
            sentence.replace_range(..1, &first.to_ascii_uppercase());
        }
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_has_tags_that_are_clear() {
        let tag = |name: &str, confidence: f64| TagHeard {
            name: name.into(),
            confidence,
        };
        let plain = SongDescription {
            energy: 0.2,
            ..SongDescription::default()
        };
        assert_eq!(plain.to_sentence(), "No clear beat, no clear key, calm.");
        let instruments = ["guitar", "bass", "drums", "flute", "organ"].map(|name| tag(name, 0.9));
        let mut tags = Tags {
            genres: vec![tag("bossa nova", 0.8), tag("latin", 0.15)],
            instruments: instruments[..3].to_vec(),
        };
        let mut song = plain.tagged(tags.clone());
        song.mood = Some(Mood {
            name: "peaceful".into(),
            valence: 0.5,
            arousal: -0.5,
        });
        assert_eq!(
            song.to_sentence(),
            "Bossa nova, no clear beat, no clear key, with guitar, bass and drums, peaceful."
        );
        // An unclear genre isn't said, nor is every instrument.
        tags.genres[0].confidence = 0.3;
        tags.instruments = instruments.to_vec();
        assert_eq!(
            song.tagged(tags).sentence,
            "No clear beat, no clear key, with guitar, bass, drums and flute, peaceful."
        );
    }

    #[test]
    fn older_descriptions_have_no_tags() {
        let mut kept = serde_json::to_value(SongDescription::default()).unwrap();
        for field in ["genres", "instruments", "mood"] {
            assert!(
                kept.as_object_mut().unwrap().remove(field).is_some(),
                "{field}"
            );
        }
        let read: SongDescription = serde_json::from_value(kept).unwrap();
        assert_eq!(read, SongDescription::default());
    }

    #[test]
    fn a_pick_up_comes_before_the_first_whole_bar() {
        let beats: Vec<f64> = (0..9).map(f64::from).collect();
        for (first, step) in [(0usize, 0.0), (1, 12.0), (3, 4.0), (4, 0.0)] {
            let downbeats = beats[first..].iter().step_by(4).copied().collect();
            let song = SongDescription {
                beats: beats.clone(),
                downbeats,
                metre: Some(MetreHeard {
                    name: "4/4".into(),
                    metre: Metre { count: 4, unit: 4 },
                    confidence: 1.0,
                }),
                ..SongDescription::default()
            };
            let grid = song.grid().unwrap();
            assert_eq!(grid.step_at(0.0), step, "{first}");
            let bar = grid.bar_of(grid.step_at(beats[first]) as u32);
            assert_eq!(bar.1, 0, "{first}");
        }
        assert_eq!(SongDescription::default().grid(), None);
    }
}
