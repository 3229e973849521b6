//! What is heard in what was taken: its notes, key and chords, on the host's bars.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::taken::Taken;
use crate::analysis::notes::HeardNote;
use crate::analysis::song::description::Tags;
use crate::analysis::song::{self, Corrections, HostGrid, SongDescription};
use crate::analysis::strokes::Stroke;
use crate::analysis::{Posterior, Sound, SoundError, score};
use crate::jobs::kept::Kept;
use crate::jobs::said::{NotSaved, save};
use crate::models::Error;
use crate::music::{Metre, midi};
use crate::work::Ticket;
use crate::work::hear::{self, Unheard};

/// Ticks of a quarter note in the MIDI files that are written.
const TICKS: u16 = 480;
/// Steps back that are remembered.
const MOST_UNDONE: usize = 50;

/// How far it is with listening to what was taken.
#[derive(Clone, Debug)]
pub enum Hearing {
    /// So much of it is heard, 0..=1.
    Working(f32),
    /// It is heard.
    Done(Arc<Heard>),
    /// It couldn't be: one sentence for the user.
    Failed(String),
}

/// What was heard; nothing by default. Projects remember it, but not what it was heard in. Any thread
/// but audio.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Heard {
    /// What it was heard in: "Bars 5–8, 4/4, 120 bpm".
    pub title: String,
    /// Where that began in the host's song, quarter notes; `None` where the host said no bars.
    pub begins: Option<f64>,
    /// The host's tempo there, quarter notes a minute.
    pub host_bpm: Option<f64>,
    /// What it is like.
    pub description: SongDescription,
    /// Genres and instruments as they are heard.
    pub tags: Tags,
    /// What the user has put right.
    pub told: Corrections,
    /// What was told before, the latest last.
    #[serde(skip)]
    pub past: Vec<Corrections>,
    /// What was taken back, the latest last.
    #[serde(skip)]
    pub undone: Vec<Corrections>,
    /// Its notes, without the drums'.
    pub notes: Vec<HeardNote>,
    /// What is struck on drums.
    pub strokes: Vec<Stroke>,
    /// Whether the description follows what is told: not where only a project remembers it.
    #[serde(skip)]
    pub follows: bool,
    /// What a project holds of it besides what this version knows.
    #[serde(skip)]
    pub kept: Option<Arc<Kept>>,
    #[serde(skip)]
    evidence: Option<Arc<Evidence>>,
}

/// What all conclusions are drawn from.
#[derive(Debug)]
struct Evidence {
    heard: song::Heard,
    posterior: Posterior,
    host: Option<HostGrid>,
}

impl Heard {
    /// Listens; `go_on` is told the share done and says whether to go on. A tenth of the sound's own
    /// length on a slow core.
    ///
    /// # Errors
    /// [`Error::Cancelled`]; otherwise one sentence.
    pub(super) fn listen(taken: &Taken, go_on: &mut dyn FnMut(f32) -> bool) -> Result<Self, Error> {
        let cant = |error: &SoundError| format!("What was taken can't be heard: {error}");
        let channel = |side: usize| taken.frames.iter().map(|frame| frame[side]).collect();
        let sound = Sound::new(vec![channel(0), channel(1)], taken.rate)
            .map_err(|error| Error::Sound(cant(&error)))?;
        let host = grid(taken);
        let heard = hear::song(
            &sound,
            host.as_ref(),
            &Corrections::default(),
            &mut Ticket::new(go_on),
        );
        let heard = heard.map_err(|error| match error {
            Unheard::Models(error) => error,
            Unheard::Sound(error) => Error::Sound(cant(&error)),
        })?;
        let strokes = heard.drums().to_vec();
        let Some(posterior) = heard.posterior else {
            return Err(heard.no_notes.unwrap_or(Error::Cancelled));
        };
        match heard.no_tags {
            // An older pack: all else is heard.
            None | Some(Error::Pack(_)) => {}
            Some(error) => return Err(error),
        }
        let evidence = Arc::new(Evidence {
            heard: heard.evidence,
            posterior,
            host,
        });
        Ok(Self {
            title: taken.title(),
            begins: taken.bars.first().and(taken.start.beats),
            host_bpm: taken.tempo.first().map(|tempo| tempo.1),
            description: heard.description,
            tags: heard.tags.unwrap_or_default(),
            notes: heard.notes,
            strokes,
            follows: true,
            evidence: Some(evidence),
            ..Self::default()
        })
    }

    /// The same with what the user says in place of all that was said before.
    pub(super) fn tell(mut self, told: Corrections) -> Self {
        if told != self.told {
            self.past.push(std::mem::replace(&mut self.told, told));
            self.past
                .drain(..self.past.len().saturating_sub(MOST_UNDONE));
            self.undone.clear();
        }
        self.concluded()
    }

    /// The same without what was told last.
    pub(super) fn undo(mut self) -> Self {
        if let Some(before) = self.past.pop() {
            self.undone.push(std::mem::replace(&mut self.told, before));
        }
        self.concluded()
    }

    /// The same with what was taken back last.
    pub(super) fn redo(mut self) -> Self {
        if let Some(again) = self.undone.pop() {
            self.past.push(std::mem::replace(&mut self.told, again));
        }
        self.concluded()
    }

    /// What follows from the evidence and from what is told.
    fn concluded(mut self) -> Self {
        if let Some(evidence) = &self.evidence {
            let (heard, posterior) = (&evidence.heard, Some(&evidence.posterior));
            let host = evidence.host.as_ref();
            let concluded = song::conclude(heard, posterior, host, &self.told, &|| false);
            let tags = self.told.tags(&self.tags);
            self.description = concluded.unwrap_or_default().tagged(tags);
        }
        self
    }

    /// The notes as a MIDI file, on the beats.
    fn to_midi(&self) -> Vec<u8> {
        let tempo = self.description.tempo_map(TICKS);
        let metres = self.description.metres(TICKS);
        midi::write(&score::song(&self.notes, &self.strokes, tempo, metres))
    }

    /// Saves the notes; the file.
    pub(super) fn save_notes(&self, folder: &Path) -> Result<PathBuf, NotSaved> {
        save(
            folder,
            &self.title.replace('/', "-"),
            ".mid",
            &self.to_midi(),
        )
    }
}

/// The host's felt beats, as the description wants them.
fn grid(taken: &Taken) -> Option<HostGrid> {
    let rate = f64::from(taken.rate.max(1));
    let metre = |(count, unit): (i32, i32)| {
        Some(Metre {
            count: u8::try_from(count).ok()?,
            unit: u8::try_from(unit).ok()?,
        })
    };
    let mut metres = Vec::new();
    for bar in &taken.bars {
        metres.push((bar.frame as f64 / rate, metre(bar.metre)?));
    }
    metres.dedup_by_key(|(_, metre)| *metre);
    let first = metres.first()?.1;
    let felt = |metre: Metre| if metre.compound() { 3 } else { 1 };
    let (mut place, mut apart) = (0, felt(first));
    let (mut beats, mut places) = (Vec::new(), Vec::new());
    for beat in &taken.beats {
        place = if beat.is_downbeat { 0 } else { place + 1 };
        if beat.is_downbeat {
            let bar = taken.bars.iter().rev().find(|bar| bar.frame <= beat.frame);
            apart = bar.and_then(|bar| metre(bar.metre)).map_or(apart, felt);
        }
        if place % apart == 0 {
            beats.push(beat.frame as f64 / rate);
            places.push(place / apart);
        }
    }
    let quarters = taken.tempo.first().map_or(120.0, |tempo| tempo.1);
    Some(HostGrid {
        beats,
        places,
        metre: first,
        bpm: quarters * f64::from(first.unit) / 4.0 / felt(first) as f64,
        metre_changes: if metres.len() > 1 { metres } else { Vec::new() },
    })
}

#[cfg(test)]
mod tests {
    use super::super::taken::{Bar, Beat};
    use super::*;
    use crate::analysis::song::ChordTold;
    use crate::engine::capture::HostPosition;
    use crate::music::{Key, Mode};

    const RATE: u32 = 22_050;

    /// Four bars of 4/4 at 120 beats a minute from bar 9 on: the chords of C, F, G and C, each key
    /// six harmonics that decay.
    fn cadence() -> Taken {
        let bars = [
            [48, 60, 64, 67],
            [53, 60, 65, 69],
            [55, 62, 67, 71],
            [48, 60, 64, 67],
        ];
        let bar_frames = 2 * RATE as usize;
        let sound = |frame: usize| {
            let seconds = (frame % bar_frames) as f32 / RATE as f32;
            let keys = bars[frame / bar_frames].iter();
            let tone = |key: &i32| -> f32 {
                let hertz = 440.0 * ((*key - 69) as f32 / 12.0).exp2();
                let turn = std::f32::consts::TAU * hertz * seconds;
                let harmonics = (1..=6).map(|n| (turn * n as f32).sin() / (n * n) as f32);
                harmonics.sum::<f32>() * (-seconds).exp()
            };
            let level = 0.15 * keys.map(tone).sum::<f32>() * (seconds * 200.0).min(1.0);
            [level, level]
        };
        let bar = |index: usize| Bar {
            frame: index * bar_frames,
            number: index as i32 + 9,
            metre: (4, 4),
        };
        let beat = |index: usize| Beat {
            frame: index * bar_frames / 4,
            position: 32.0 + index as f64,
            is_downbeat: index.is_multiple_of(4),
        };
        Taken {
            frames: (0..4 * bar_frames).map(sound).collect(),
            rate: RATE,
            start: HostPosition::default(),
            bars: (0..4).map(bar).collect(),
            beats: (0..16).map(beat).collect(),
            tempo: vec![(0, 120.0)],
            notice: None,
        }
    }

    #[test]
    fn beats_are_those_of_each_bars_own_metre() {
        let mut taken = cadence();
        let frames = RATE as usize / 4;
        let bars = [(0, (4, 4)), (8, (6, 8)), (14, (7, 8)), (21, (4, 4))];
        let bar = |(number, &(eighth, metre)): (usize, &(usize, (i32, i32)))| Bar {
            frame: eighth * frames,
            number: number as i32 + 1,
            metre,
        };
        taken.bars = bars.iter().enumerate().map(bar).collect();
        taken.beats = bars
            .iter()
            .flat_map(|&(eighth, (count, unit))| {
                (0..count as usize).map(move |beat| Beat {
                    frame: (eighth + beat * 8 / unit as usize) * frames,
                    position: 0.0,
                    is_downbeat: beat == 0,
                })
            })
            .collect();
        let host = grid(&taken).unwrap();
        let eighths: Vec<f64> = host.beats.iter().map(|at| (at * 4.0).round()).collect();
        let expected = [
            0, 2, 4, 6, 8, 11, 14, 15, 16, 17, 18, 19, 20, 21, 23, 25, 27,
        ];
        assert_eq!(eighths, expected.map(f64::from));
        assert_eq!(
            host.places,
            [0, 1, 2, 3, 0, 1, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3]
        );
        let changes = host
            .metre_changes
            .iter()
            .map(|(at, metre)| ((at * 4.0).round(), metre.to_string()));
        let expected = [(0.0, "4/4"), (8.0, "6/8"), (14.0, "7/8"), (21.0, "4/4")];
        assert!(changes.eq(expected.map(|(at, metre)| (at, metre.to_owned()))));
        let plain = grid(&cadence()).unwrap();
        assert!(plain.metre_changes.is_empty() && plain.beats.len() == 16);
    }

    #[test]
    #[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the model")]
    fn key_chords_and_notes_are_heard_on_the_hosts_bars() {
        let taken = cadence();
        let mut last = 0.0;
        let heard = Heard::listen(&taken, &mut |part| {
            assert!((last..=1.0).contains(&part));
            last = part;
            true
        });
        let heard = heard.expect("it is music");
        let song = &heard.description;
        assert_eq!(song.key.as_ref().expect("a key").name, "C major");
        let tempo = song.tempo.as_ref().expect("the host's");
        assert!(tempo.from_host && (tempo.bpm - 120.0).abs() < 1e-9);
        assert_eq!((song.beats.len(), song.downbeats.len()), (16, 4));
        let chords: Vec<&str> = song
            .chords
            .iter()
            .map(|chord| chord.name.as_str())
            .collect();
        assert_eq!(chords, ["C", "F", "G", "C"], "{:?}", song.chords);
        assert!(heard.notes.len() >= 12, "{:?}", heard.notes);

        // The file is on the song's bars.
        let file = midi::read(&heard.to_midi()).expect("a MIDI file");
        let tick = 4 * u64::from(TICKS);
        let at_bars = file.notes().filter(|note| {
            let off = note.start % tick;
            off.min(tick - off) < 60
        });
        assert!(at_bars.count() >= 12, "{file:?}");

        let minor = Key {
            tonic: 9,
            mode: Mode::Minor,
        };
        let told = heard.clone().tell(Corrections {
            key: Some(minor),
            ..Corrections::default()
        });
        assert_eq!(told.description.key.as_ref().expect("told").name, "A minor");
        assert_eq!(told.strokes, heard.strokes);
        let again = told.undo();
        assert_eq!(again.description, heard.description);
        assert_eq!(
            again.clone().undo().description,
            heard.description,
            "nothing is left to undo"
        );
        let told = again.redo();
        assert_eq!(told.description.key.as_ref().expect("told").name, "A minor");

        // Chords follow told beats, and told chords stay where they are.
        let told = told.tell(Corrections {
            tempo: Some(60.0),
            metre: "2/4".parse().ok(),
            chords: vec![ChordTold {
                start: 2.0,
                end: 4.0,
                chord: "Dm".parse().ok(),
            }],
            ..Corrections::default()
        });
        let song = &told.description;
        assert_eq!((song.beats.len(), song.downbeats.len()), (8, 4));
        assert_eq!(song.metre.as_ref().expect("told").name, "2/4");
        let chords: Vec<&str> = song
            .chords
            .iter()
            .map(|chord| chord.name.as_str())
            .collect();
        assert_eq!(chords, ["C", "Dm", "G", "C"]);
        let own = told.tell(Corrections {
            own_beats: true,
            ..Corrections::default()
        });
        assert!(own.description.tempo.is_none_or(|tempo| !tempo.from_host));
    }

    #[test]
    #[cfg_attr(not(built_in_models), ignore = "needs ONNX Runtime and the model")]
    fn listening_ends_when_it_is_wanted_no_more() {
        let heard = Heard::listen(&cadence(), &mut |_| false);
        assert_eq!(heard.err(), Some(Error::Cancelled));
        let nothing = Taken {
            frames: vec![[0.0; 2]; 1_000],
            ..cadence()
        };
        let heard = Heard::listen(&nothing, &mut |_| true);
        assert!(matches!(heard, Err(Error::Sound(_))), "{heard:?}");
    }
}
