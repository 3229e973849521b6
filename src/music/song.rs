//! Notes and controls in ticks, and the same as one list of events in seconds.

use super::{Metre, TempoMap};

/// A note of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// MIDI channel, 0..=15.
    pub channel: u8,
    /// MIDI key, 0..=127; 60 is middle C.
    pub key: u8,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
    /// First tick.
    pub start: u64,
    /// Ticks until the key is let go.
    pub length: u64,
}

/// A change of a channel's state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control {
    /// MIDI channel, 0..=15.
    pub channel: u8,
    /// When, in ticks.
    pub tick: u64,
    /// What changes.
    pub change: Change,
}

/// What a [`Control`] sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// The pitch wheel, −1..=1 of the channel's bend range.
    Bend(f32),
    /// Channel pressure, 0..=127.
    Pressure(u8),
    /// A MIDI controller: pedals, wheels, registered parameters.
    Controller {
        /// 0..=127: 1 mod wheel, 11 expression, 64 sustain …
        number: u8,
        /// 0..=127.
        value: u8,
    },
}

/// The notes and controls of one track.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    /// The track's name, when it says one.
    pub name: Option<String>,
    /// Its first General MIDI programme, 0..=127, when it says one.
    pub program: Option<u8>,
    /// Sorted by start.
    pub notes: Vec<Note>,
    /// Sorted by tick.
    pub controls: Vec<Control>,
    /// The tick at which it ends, where that is after all of them: a bar line.
    pub ends: u64,
}

/// Tracks that play together.
#[derive(Clone, Debug, PartialEq)]
pub struct Song {
    /// From ticks to seconds.
    pub tempo: TempoMap,
    /// From which tick on there is which metre, sorted; empty where none is said.
    pub metres: Vec<(u64, Metre)>,
    /// The tracks; some may be empty.
    pub tracks: Vec<Track>,
}

/// One thing that happens at a moment of a performance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// A key goes up.
    NoteOff {
        /// MIDI key.
        key: u8,
    },
    /// A key goes down.
    NoteOn {
        /// MIDI key.
        key: u8,
        /// MIDI velocity, 1..=127.
        velocity: u8,
    },
    /// A channel's state changes.
    Change(Change),
}

/// An [`Action`] with its time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimedAction {
    /// Seconds from the start of the song.
    pub seconds: f64,
    /// MIDI channel, 0..=15.
    pub channel: u8,
    /// What happens.
    pub action: Action,
}

impl TimedAction {
    /// Whether a note begins.
    ///
    /// Any thread.
    pub fn is_note_on(&self) -> bool {
        matches!(self.action, Action::NoteOn { .. })
    }
}

impl Song {
    /// The same notes at the same seconds, on quarter notes of so many a minute and so many ticks.
    ///
    /// Any thread.
    pub fn at_tempo(mut self, bpm: f64, ticks_per_beat: u16) -> Song {
        let micros = (60e6 / bpm).round().clamp(1.0, 16_777_215.0) as u32;
        let tempo = TempoMap::metrical(ticks_per_beat, &[(0, micros)]);
        let moved = |tick: u64| tempo.tick_at(self.tempo.seconds_at(tick));
        for track in &mut self.tracks {
            for note in &mut track.notes {
                let end = moved(note.start + note.length);
                note.start = moved(note.start);
                note.length = end - note.start;
            }
            for control in &mut track.controls {
                control.tick = moved(control.tick);
            }
        }
        for (tick, _) in &mut self.metres {
            *tick = moved(*tick);
        }
        self.tempo = tempo;
        self
    }

    /// All notes of all tracks, in no particular order.
    ///
    /// Any thread.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.tracks.iter().flat_map(|track| &track.notes)
    }

    /// When the last key is let go, in seconds; 0 for a song without notes.
    ///
    /// Any thread.
    pub fn seconds(&self) -> f64 {
        let end = self.notes().map(|note| note.start + note.length).max();
        end.map_or(0.0, |tick| self.tempo.seconds_at(tick))
    }

    /// Everything on the channels that `keep` accepts, in order of time. What happens at one
    /// moment comes as: keys up, controls, keys down, so that a repeated key sounds again and a
    /// note begins with the bend it is meant to have. A note of no length lasts until the next
    /// event, and is played nevertheless.
    ///
    /// Any thread.
    pub fn performance(&self, keep: impl Fn(u8) -> bool) -> Vec<TimedAction> {
        let mut timed: Vec<(u64, u8, TimedAction)> = Vec::new();
        let mut push = |tick: u64, rank: u8, channel: u8, action: Action| {
            let seconds = self.tempo.seconds_at(tick);
            timed.push((
                tick,
                rank,
                TimedAction {
                    seconds,
                    channel,
                    action,
                },
            ));
        };
        for track in &self.tracks {
            for note in track.notes.iter().filter(|note| keep(note.channel)) {
                let Note {
                    channel,
                    key,
                    velocity,
                    start,
                    length,
                } = *note;
                push(start, 2, channel, Action::NoteOn { key, velocity });
                // One tick at least, or the key would go up before it goes down.
                push(start + length.max(1), 0, channel, Action::NoteOff { key });
            }
            for control in track
                .controls
                .iter()
                .filter(|control| keep(control.channel))
            {
                push(
                    control.tick,
                    1,
                    control.channel,
                    Action::Change(control.change),
                );
            }
        }
        timed.sort_by_key(|&(tick, rank, _)| (tick, rank));
        timed.into_iter().map(|(_, _, action)| action).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_goes_up_before_it_goes_down() {
        let note = |start| Note {
            channel: 0,
            key: 60,
            velocity: 100,
            start,
            length: 480,
        };
        let bend = Control {
            channel: 0,
            tick: 480,
            change: Change::Bend(1.0),
        };
        let song = Song {
            tempo: TempoMap::metrical(480, &[]),
            metres: Vec::new(),
            tracks: vec![
                Track {
                    notes: vec![note(0), note(480)],
                    ..Track::default()
                },
                Track {
                    controls: vec![bend],
                    ..Track::default()
                },
            ],
        };
        let actions: Vec<_> = song
            .performance(|_| true)
            .iter()
            .map(|timed| timed.action)
            .collect();
        let down = Action::NoteOn {
            key: 60,
            velocity: 100,
        };
        let up = Action::NoteOff { key: 60 };
        assert_eq!(
            actions,
            [down, up, Action::Change(Change::Bend(1.0)), down, up]
        );
        assert!((song.seconds() - 1.0).abs() < 1e-9);
        assert!(song.performance(|channel| channel != 0).is_empty());
    }
}
