//! What a client sees of its work.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use crate::instrument::Instrument;
use crate::models::Stage;

/// Names a job within the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(u64);

impl JobId {
    /// One that was never given before.
    pub(super) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What the generator is doing for a client.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Status {
    /// Nothing.
    #[default]
    Idle,
    /// A job.
    Working {
        /// Which.
        job: JobId,
        /// What it is doing.
        stage: Stage,
        /// How much of it is done, 0..=1.
        progress: f32,
    },
    /// The last job failed: one sentence for the user. What was there before still plays.
    Failed(String),
}

/// How long the last job took, from being asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timings {
    /// Until the first key could be played.
    pub first_key: Option<Duration>,
    /// Until all keys could be played.
    pub whole: Option<Duration>,
    /// Time spent working in each stage, in order.
    pub stages: Vec<(Stage, Duration)>,
}

/// What a client and the generator thread share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// How things stand; held for a copy only.
    pub(super) snapshot: Mutex<Snapshot>,
    /// Orders that the client gave.
    given: AtomicU64,
    /// Orders that the generator has read.
    read: AtomicU64,
    /// Orders that were read when there was last nothing left to do for the client.
    done: AtomicU64,
}

impl Shared {
    /// The client is about to send an order. From here until the generator has read it, the client
    /// says what the snapshot shows, and slices of work for it end early.
    pub(super) fn order_given(&self) {
        self.given.fetch_add(1, Ordering::AcqRel);
    }

    /// The generator has read an order.
    pub(super) fn order_read(&self) {
        self.read.fetch_add(1, Ordering::AcqRel);
    }

    /// There is nothing left to do for the client: all that was ordered is with the engine.
    pub(super) fn orders_done(&self) {
        self.done
            .store(self.read.load(Ordering::Acquire), Ordering::Release);
    }

    /// An order waits to be read.
    pub(super) fn order_waits(&self) -> bool {
        self.given.load(Ordering::Acquire) != self.read.load(Ordering::Acquire)
    }
}

/// Whether something that was asked for is still on its way.
#[derive(Debug)]
pub struct Pending(pub(super) Arc<Shared>);

impl Pending {
    /// Something is being made or rendered, or waits for the engine to take it. Any thread, the
    /// audio thread too.
    #[must_use]
    pub fn get(&self) -> bool {
        let Shared { given, done, .. } = &*self.0;
        given.load(Ordering::Acquire) != done.load(Ordering::Acquire)
    }
}

/// A look at a client's work, taken at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// What is being done.
    pub status: Status,
    /// The instrument that plays, or whose keys are being rendered.
    pub instrument: Option<Arc<Instrument>>,
    /// Keys of that instrument that are rendered: bit *k* is MIDI key *k*.
    pub ready_keys: u128,
    /// Goes up whenever `instrument` changes: by a make, a play, or macros.
    pub generation: u64,
    /// Something the user may want to know about the last job, in a sentence.
    pub notice: Option<String>,
    /// How long the last job took so far.
    pub timings: Timings,
}
