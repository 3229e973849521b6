//! Reading a Standard MIDI File.

use std::collections::VecDeque;

use midly::{EventIter, Format, MetaMessage, MidiMessage, Timing, TrackEventKind};
use thiserror::Error;

use super::midi_strict::strict;
use super::{Change, Control, Metre, Note, Song, TempoMap, Track};

/// Why a MIDI file can't be read. Says what to do; the caller puts the file's name before it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum MidiError {
    /// The bytes are something else.
    #[error("is not a MIDI file; export the notes as a Standard MIDI File (.mid).")]
    NotMidi,
    /// It ends early, or holds bytes that mean nothing.
    #[error("is a damaged or cut-off MIDI file; export it again.")]
    Damaged,
    /// A beat, or a film frame, of no ticks.
    #[error("says that a beat has no ticks, so that its notes have no times; export it again.")]
    NoTicks,
    /// Format 2: patterns that don't play together.
    #[error("is a MIDI file of separate patterns (format 2); export it as format 0 or 1.")]
    Patterns,
}

/// Reads a MIDI file of format 0 or 1. The one track of format 0 becomes a track for each channel.
///
/// A key pressed again before it is let go starts a second note; each key-up ends the oldest note
/// of that key, "all notes off" all of its channel; keys never let go end with their track.
/// Of programme changes the first of a track is kept; the pressure of single keys is left out: nothing
/// here would follow it. A time signature that makes no sense is left out, too.
///
/// # Errors
/// [`MidiError`]; never panics, whatever the bytes.
///
/// Any thread.
pub fn read(bytes: &[u8]) -> Result<Song, MidiError> {
    // The parser forgives what it shouldn't, chunks that the file's end cuts off, and not what all others do.
    let bytes = strict(bytes)?;
    let (header, tracks) = midly::parse(&bytes).map_err(|_| MidiError::Damaged)?;
    if header.format == Format::Sequential {
        return Err(MidiError::Patterns);
    }
    let mut reader = Reader::default();
    for events in tracks {
        reader.track(events.map_err(|_| MidiError::Damaged)?)?;
    }
    let tempo = match header.timing {
        Timing::Metrical(ticks) => TempoMap::metrical(ticks.as_int(), &reader.tempo_changes),
        Timing::Timecode(rate, ticks) => TempoMap::timecode(f64::from(rate.as_f32()), ticks),
    };
    // Of several at one tick the last counts.
    reader.metres.reverse();
    reader.metres.sort_by_key(|&(tick, _)| tick);
    reader.metres.dedup_by_key(|&mut (tick, _)| tick);
    if header.format == Format::SingleTrack {
        reader.tracks = reader.tracks.into_iter().flat_map(by_channel).collect();
    }
    Ok(Song {
        tempo,
        metres: reader.metres,
        tracks: reader.tracks.into_iter().map(|read| read.track).collect(),
    })
}

/// The channels of a track that holds all instruments, each as a track of its own.
fn by_channel(read: TrackRead) -> Vec<TrackRead> {
    let mut channels: Vec<TrackRead> = Vec::new();
    for channel in 0..16u8 {
        let notes = read.track.notes.iter().filter(|n| n.channel == channel);
        let controls = read.track.controls.iter().filter(|c| c.channel == channel);
        let track = Track {
            name: read.track.name.clone(),
            program: read.programs[usize::from(channel)],
            notes: notes.copied().collect(),
            controls: controls.copied().collect(),
            ends: 0,
        };
        if !(track.notes.is_empty() && track.controls.is_empty()) {
            let programs = read.programs;
            channels.push(TrackRead { track, programs });
        }
    }
    if channels.is_empty() {
        channels.push(read);
    }
    channels
}

/// A track, and the first programme of each channel in it.
struct TrackRead {
    track: Track,
    programs: [Option<u8>; 16],
}

#[derive(Default)]
struct Reader {
    tempo_changes: Vec<(u64, u32)>,
    metres: Vec<(u64, Metre)>,
    tracks: Vec<TrackRead>,
}

impl Reader {
    fn track(&mut self, events: EventIter) -> Result<(), MidiError> {
        let mut building = Building::default();
        let mut tick = 0u64;
        for event in events {
            let event = event.map_err(|_| MidiError::Damaged)?;
            tick += u64::from(event.delta.as_int());
            match event.kind {
                TrackEventKind::Midi { channel, message } => {
                    building.message(tick, channel.as_int(), message);
                }
                TrackEventKind::Meta(MetaMessage::Tempo(micros)) => {
                    // A tempo of zero would make every later note one moment.
                    if micros.as_int() == 0 {
                        return Err(MidiError::Damaged);
                    }
                    self.tempo_changes.push((tick, micros.as_int()));
                }
                TrackEventKind::Meta(MetaMessage::TimeSignature(count, power, ..)) => {
                    let unit = 1u8.checked_shl(u32::from(power)).unwrap_or(0);
                    if (1..=64).contains(&count) && (1..=32).contains(&unit) {
                        self.metres.push((tick, Metre { count, unit }));
                    }
                }
                TrackEventKind::Meta(MetaMessage::TrackName(name)) => {
                    let name = String::from_utf8_lossy(name).trim().to_owned();
                    building.track.name = Some(name).filter(|name| !name.is_empty());
                }
                TrackEventKind::Meta(MetaMessage::EndOfTrack) => break,
                _ => {}
            }
        }
        self.tracks.push(building.finish(tick));
        Ok(())
    }
}

/// A track while it is read.
struct Building {
    track: Track,
    programs: [Option<u8>; 16],
    /// Notes whose key is down, as indices into `track.notes`, oldest first; one queue a key and
    /// channel, at [`queue`].
    sounding: Vec<VecDeque<usize>>,
}

impl Default for Building {
    fn default() -> Building {
        Building {
            track: Track::default(),
            programs: [None; 16],
            sounding: vec![VecDeque::new(); 16 * 128],
        }
    }
}

fn queue(channel: u8, key: u8) -> usize {
    usize::from(channel) * 128 + usize::from(key)
}

/// Controllers that let go of every key of their channel: 120, and 123 to 127.
const ALL_SOUND_OFF: u8 = 120;
const ALL_NOTES_OFF: u8 = 123;

impl Building {
    fn message(&mut self, tick: u64, channel: u8, message: MidiMessage) {
        match message {
            MidiMessage::NoteOn { key, vel } if vel.as_int() > 0 => {
                let (key, velocity) = (key.as_int(), vel.as_int());
                self.sounding[queue(channel, key)].push_back(self.track.notes.len());
                self.track.notes.push(Note {
                    channel,
                    key,
                    velocity,
                    start: tick,
                    length: 0,
                });
            }
            MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => {
                if let Some(index) = self.sounding[queue(channel, key.as_int())].pop_front() {
                    self.end(index, tick);
                }
            }
            MidiMessage::PitchBend { bend } => {
                self.control(tick, channel, Change::Bend(bend.as_f32()));
            }
            MidiMessage::ChannelAftertouch { vel } => {
                self.control(tick, channel, Change::Pressure(vel.as_int()));
            }
            MidiMessage::Controller { controller, value } => {
                let (number, value) = (controller.as_int(), value.as_int());
                self.control(tick, channel, Change::Controller { number, value });
                if matches!(number, ALL_SOUND_OFF | ALL_NOTES_OFF..) {
                    self.all_notes_off(tick, channel);
                }
            }
            MidiMessage::ProgramChange { program } => {
                let program = program.as_int();
                self.track.program.get_or_insert(program);
                self.programs[usize::from(channel)].get_or_insert(program);
            }
            MidiMessage::Aftertouch { .. } => {}
        }
    }

    fn all_notes_off(&mut self, tick: u64, channel: u8) {
        for key in 0..128 {
            while let Some(index) = self.sounding[queue(channel, key)].pop_front() {
                self.end(index, tick);
            }
        }
    }

    fn control(&mut self, tick: u64, channel: u8, change: Change) {
        self.track.controls.push(Control {
            channel,
            tick,
            change,
        });
    }

    fn end(&mut self, index: usize, tick: u64) {
        let note = &mut self.track.notes[index];
        note.length = tick - note.start;
    }

    fn finish(mut self, end: u64) -> TrackRead {
        for index in std::mem::take(&mut self.sounding).into_iter().flatten() {
            self.end(index, end);
        }
        TrackRead {
            track: self.track,
            programs: self.programs,
        }
    }
}
