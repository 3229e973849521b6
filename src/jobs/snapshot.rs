//! What a client sees of its work.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};

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

/// An export to files.
#[derive(Clone, Debug, PartialEq)]
pub enum Export {
    /// It is being written; how much of it is done, 0..=1.
    Working(f32),
    /// It is whole: its SFZ file.
    Done(PathBuf),
    /// It failed: one sentence for the user. Nothing was left behind.
    Failed(String),
}

/// Whether the models were loaded before they are needed.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Preload {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// They are being loaded, when there is nothing else to do.
    Working,
    /// They were loaded; unused, they unload again after a while.
    Done,
    /// They can't be loaded: one sentence for the user.
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

/// Told after every change of a snapshot, on the thread that changed it: it must neither wait nor
/// look at the snapshot.
pub type Listener = Box<dyn Fn() + Send + Sync>;

/// A morph that is wished for.
pub(super) struct Morphing {
    pub(super) job: JobId,
    pub(super) a: Arc<Instrument>,
    pub(super) b: Arc<Instrument>,
    /// How far from `a` to `b`, 0..=1.
    pub(super) share: f32,
}

/// What a client and the generator thread share.
#[derive(Default)]
pub(super) struct Shared {
    /// How things stand; held for a copy or a change only.
    snapshot: Mutex<Snapshot>,
    listener: OnceLock<Listener>,
    /// The newest morph that isn't made yet.
    morph: Mutex<Option<Morphing>>,
    /// Orders that the client gave.
    given: AtomicU64,
    /// Orders that the generator has read.
    read: AtomicU64,
    /// Orders that were read when there was last nothing left to do for the client.
    done: AtomicU64,
    /// What the client's owner does that more orders will come of.
    errands: AtomicUsize,
    /// Keys that are rendered first, low and high half: bit *k* is MIDI key *k*.
    wanted_keys: [AtomicU64; 2],
    /// Somebody waits: no other client's turn comes before this one's.
    hurries: AtomicBool,
}

/// Something that more orders will come of; while it lives, the client isn't done.
pub(super) struct Errand(Arc<Shared>);

impl Errand {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        shared.errands.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(shared))
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        self.0.errands.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Shared {
    /// Who is told of changes; the first one stays.
    pub(super) fn listen(&self, listener: Listener) {
        let _ = self.listener.set(listener);
    }

    /// How things stand, to look at.
    pub(super) fn look(&self) -> MutexGuard<'_, Snapshot> {
        self.snapshot.lock()
    }

    /// How things stand, to change it; the listener hears of it in the end.
    pub(super) fn change(&self) -> Change<'_> {
        Change {
            snapshot: self.snapshot.lock(),
            listener: self.listener.get(),
        }
    }

    /// The newest morph that isn't made yet, to look at or change. No order: a hand that moves fast
    /// would interrupt all work with it.
    pub(super) fn wished_morph(&self) -> MutexGuard<'_, Option<Morphing>> {
        self.morph.lock()
    }

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

    /// Whether any errand is in progress.
    pub(super) fn has_errands(&self) -> bool {
        self.errands.load(Ordering::Acquire) != 0
    }

    /// Keys to be rendered before all others, besides those that sound.
    pub(super) fn want_keys(&self, keys: u128) {
        for (half, shift) in self.wanted_keys.iter().zip([0, 64]) {
            half.store((keys >> shift) as u64, Ordering::Relaxed);
        }
    }

    /// See [`Self::want_keys`].
    pub(super) fn wanted_keys(&self) -> u128 {
        let [low, high] = &self.wanted_keys;
        let half = |half: &AtomicU64| u128::from(half.load(Ordering::Relaxed));
        half(low) | half(high) << 64
    }

    /// Whether its turn comes before those of others.
    pub(super) fn hurry(&self, hurries: bool) {
        self.hurries.store(hurries, Ordering::Relaxed);
    }

    /// See [`Self::hurry`].
    pub(super) fn hurries(&self) -> bool {
        self.hurries.load(Ordering::Relaxed)
    }

    /// An order waits to be read.
    pub(super) fn order_waits(&self) -> bool {
        self.given.load(Ordering::Acquire) != self.read.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot.fmt(f)
    }
}

/// A snapshot in the hand of who changes it.
pub(super) struct Change<'a> {
    snapshot: MutexGuard<'a, Snapshot>,
    listener: Option<&'a Listener>,
}

impl Deref for Change<'_> {
    type Target = Snapshot;
    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl DerefMut for Change<'_> {
    fn deref_mut(&mut self) -> &mut Snapshot {
        &mut self.snapshot
    }
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        if let Some(listener) = self.listener {
            listener();
        }
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
        let Shared {
            given,
            done,
            errands,
            ..
        } = &*self.0;
        // Errands end after what they order is ordered.
        errands.load(Ordering::Acquire) != 0
            || given.load(Ordering::Acquire) != done.load(Ordering::Acquire)
    }
}

/// A look at a client's work, taken at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// What is being done.
    pub status: Status,
    /// The last make or draw that failed, and why; whatever was done since.
    pub refused: Option<(JobId, String)>,
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
    /// The export that is being written, or what became of the last one; `None` after a cancel.
    pub export: Option<Export>,
    /// Whether the models were loaded in advance.
    pub preload: Preload,
    /// What was made last to be played, and by which job ([`Client::make`](super::Client::make)).
    pub made: Option<(JobId, Arc<Instrument>)>,
    /// What was drawn last, and by which job ([`Client::draw`](super::Client::draw)).
    pub drawn: Option<(JobId, Arc<Instrument>)>,
}
