//! What goes to the audio thread and what comes back. Objects go in boxed; the old ones come back
//! the same way, to be dropped by the generator thread. Both rings are `rtrb`: bounded, made once,
//! wait-free.
//!
//! What each side does when a ring is full or empty:
//! - the generator finds [`ToEngine`] full: [`GeneratorSide::send`] gives the message back; keep it
//!   and try again a little later (a plugin that isn't being processed reads nothing);
//! - the engine finds [`ToEngine`] empty: it plays on with what it has;
//! - the engine finds [`FromEngine`] full: it keeps the object and stops reading messages until
//!   there is room, so memory in flight is bounded by the two rings and the instruments in use;
//! - the generator finds [`FromEngine`] empty: nothing to free.

use std::sync::Arc;

use super::Telemetry;
use crate::instrument::zone::{Column, SampledInstrument};

/// From the generator thread to the audio thread.
#[derive(Debug)]
pub enum ToEngine {
    /// A new instrument, its columns filled or still to come. It serves new notes from now on;
    /// notes that sound go on with the instrument they began with.
    Instrument(Box<SampledInstrument>),
    /// One more column of the instrument with this id, for a place that is still empty. Comes
    /// straight back when that instrument serves no more, its place is filled, there is no such
    /// place, or the column can't be played (layers missing or unequal, loop outside the frames).
    Column {
        /// [`SampledInstrument::id`].
        instrument: u64,
        /// Its place in [`SampledInstrument::columns`].
        index: u8,
        /// The sound.
        column: Box<Column>,
    },
    /// Another sound for a column of the instrument with this id: new notes begin with it, notes
    /// that sound cross over to it within [`MOVE_FADE_S`](super::MOVE_FADE_S). The old one comes
    /// back then; this one comes straight back where there is nothing like it to replace.
    Replacement {
        /// [`SampledInstrument::id`].
        instrument: u64,
        /// Its place in [`SampledInstrument::columns`].
        index: u8,
        /// The sound, of the same root key.
        column: Box<Column>,
    },
}

/// From the audio thread back to the generator thread, to be dropped there.
#[derive(Debug)]
pub enum FromEngine {
    /// An instrument that nothing plays any more.
    Instrument(Box<SampledInstrument>),
    /// A column that wasn't taken, or that another has replaced.
    Column(Box<Column>),
}

/// Messages that fit into each ring. More than a whole instrument's columns.
pub const CAPACITY: usize = 256;

/// The audio thread's ends. Given to [`Engine::new`](super::Engine::new).
#[derive(Debug)]
pub struct EngineSide {
    pub(super) inbox: rtrb::Consumer<ToEngine>,
    pub(super) returns: rtrb::Producer<FromEngine>,
    pub(super) telemetry: Arc<Telemetry>,
}

/// The generator thread's ends.
#[derive(Debug)]
pub struct GeneratorSide {
    outbox: rtrb::Producer<ToEngine>,
    returned: rtrb::Consumer<FromEngine>,
    telemetry: Arc<Telemetry>,
}

/// Makes both ends of a mailbox. Main thread.
pub fn channel() -> (EngineSide, GeneratorSide) {
    let (outbox, inbox) = rtrb::RingBuffer::new(CAPACITY);
    let (returns, returned) = rtrb::RingBuffer::new(CAPACITY);
    let telemetry = Arc::<Telemetry>::default();
    (
        EngineSide {
            inbox,
            returns,
            telemetry: telemetry.clone(),
        },
        GeneratorSide {
            outbox,
            returned,
            telemetry,
        },
    )
}

impl GeneratorSide {
    /// Sends a message, or gives it back when the ring is full: try again later. Generator thread.
    pub fn send(&mut self, message: ToEngine) -> Result<(), ToEngine> {
        self.outbox
            .push(message)
            .map_err(|rtrb::PushError::Full(message)| message)
    }

    /// The next object that the engine is done with, to be dropped here. Generator thread.
    pub fn receive(&mut self) -> Option<FromEngine> {
        self.returned.pop().ok()
    }

    /// Whether the engine has read all that was sent. Generator thread.
    pub fn has_read_all(&self) -> bool {
        self.outbox.slots() == CAPACITY
    }

    /// Keys whose sound is needed first, since they sound or are held: bit *k* is MIDI key *k*.
    /// Generator thread.
    pub fn wanted_keys(&self) -> u128 {
        self.telemetry.sounding_keys() | self.telemetry.held_keys()
    }

    /// Whether the engine's side is gone: nothing sent will be played any more. Generator thread.
    pub fn is_abandoned(&self) -> bool {
        self.outbox.is_abandoned()
    }
}
