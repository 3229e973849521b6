//! From the window's keyboard to the audio thread.

use crate::engine::{NoteAddress, NoteEvent};

/// Presses that fit between two blocks; far more than a hand can do.
const CAPACITY: usize = 256;
/// MIDI channel of notes from the window.
const CHANNEL: u8 = 0;

/// A key of the window's keyboard goes down or up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyPress {
    /// MIDI key.
    pub key: u8,
    /// 0 to 1, or `None` when it goes up.
    pub velocity: Option<f32>,
}

/// The UI thread's end and the audio thread's. Main thread.
pub fn ring() -> (rtrb::Producer<KeyPress>, rtrb::Consumer<KeyPress>) {
    rtrb::RingBuffer::new(CAPACITY)
}

impl From<KeyPress> for NoteEvent {
    fn from(press: KeyPress) -> Self {
        match press.velocity {
            Some(velocity) => NoteEvent::NoteOn {
                note_id: None,
                channel: CHANNEL,
                key: press.key,
                velocity,
            },
            None => NoteEvent::NoteOff(NoteAddress {
                note_id: None,
                channel: Some(CHANNEL),
                key: Some(press.key),
            }),
        }
    }
}
