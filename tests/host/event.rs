//! What a host sends to a plugin, at an exact frame.

use clack_host::events::event_types::{
    MidiEvent, NoteChokeEvent, NoteExpressionEvent, NoteExpressionType, NoteOffEvent, NoteOnEvent,
    ParamModEvent, ParamValueEvent,
};
use clack_host::events::io::EventBuffer;
use clack_host::events::{Match, Pckn};
use clack_host::utils::ClapId;

/// Something that happens at a frame.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Frames from the start of the stretch played.
    pub frame: usize,
    pub what: What,
}

/// What happens. Notes carry their key as note id.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// MIDI key, velocity 0 to 1.
    On(u8, f64),
    Off(u8),
    Choke(u8),
    /// Of one key: which expression, in CLAP's units (semitones for tuning).
    Expression(u8, NoteExpressionType, f64),
    /// A parameter's plain value.
    Set(ClapId, f64),
    /// An offset to a parameter, for one key only.
    Modulate(u8, ClapId, f64),
    /// A MIDI 1 message.
    Midi([u8; 3]),
}

impl Event {
    /// An event at a frame.
    pub fn at(frame: usize, what: What) -> Event {
        Event { frame, what }
    }

    /// Adds it to a block's events, `time` frames into the block.
    pub(super) fn push(&self, time: u32, buffer: &mut EventBuffer) {
        match self.what {
            What::On(key, velocity) => buffer.push(&NoteOnEvent::new(time, note(key), velocity)),
            What::Off(key) => buffer.push(&NoteOffEvent::new(time, note(key), 0.0)),
            What::Choke(key) => buffer.push(&NoteChokeEvent::new(time, note(key))),
            What::Expression(key, kind, value) => {
                buffer.push(&NoteExpressionEvent::new(time, note(key), kind, value));
            }
            What::Set(id, value) => {
                buffer.push(&ParamValueEvent::new(time, id, Pckn::match_all(), value));
            }
            What::Modulate(key, id, amount) => {
                buffer.push(&ParamModEvent::new(time, id, note(key), amount));
            }
            What::Midi(data) => buffer.push(&MidiEvent::new(time, 0, data)),
        }
    }
}

fn note(key: u8) -> Pckn {
    Pckn::new(0u16, 0u16, u16::from(key), Match::Specific(u32::from(key)))
}

/// A note held for a while, as its two events.
pub fn note_of(key: u8, velocity: f64, from: usize, to: usize) -> [Event; 2] {
    [
        Event::at(from, What::On(key, velocity)),
        Event::at(to, What::Off(key)),
    ]
}
