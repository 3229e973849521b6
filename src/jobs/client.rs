//! What a plugin instance (or a command) holds to have work done for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use parking_lot::Mutex;

use super::generator::{self, Command, Order};
use super::snapshot::{
    Errand, Export, JobId, Listener, Morphing, Pending, Preload, Shared, Snapshot, Status,
};
use crate::engine::mailbox::GeneratorSide;
use crate::instrument::{Instrument, Macros};
use crate::models::{Request, Stage};

/// One instance's door to the generator thread. Dropping it cancels its jobs and returns at once.
///
/// All methods: any thread but audio; none waits for a job but [`Client::wait_until_rendered`] and
/// [`Client::wait_until_taken`].
pub struct Client {
    id: u64,
    shared: Arc<Shared>,
    link: Mutex<Link>,
}

/// Says what an instrument's macros should be by now (a host's parameters, usually). Called on the
/// generator thread; it must not wait.
pub type MacroWatch = Box<dyn Fn() -> Macros + Send>;

/// The way to the generator thread.
enum Link {
    /// Nothing was asked for yet: the mailbox is still here.
    Resting {
        side: GeneratorSide,
        sample_rate: Option<f32>,
        watch: Option<MacroWatch>,
        only_wanted: bool,
    },
    /// The generator has the mailbox.
    Open(Sender<Command>),
    /// The thread couldn't be started.
    Broken,
}

impl Client {
    /// A client whose instruments go through this mailbox. Starts nothing.
    #[must_use]
    pub fn new(generator_side: GeneratorSide) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            shared: Arc::default(),
            link: Mutex::new(Link::Resting {
                side: generator_side,
                sample_rate: None,
                watch: None,
                only_wanted: false,
            }),
        }
    }

    /// The same, for an engine that plays known notes: only the keys that are wanted
    /// ([`Client::want_keys`]) are rendered.
    #[must_use]
    pub fn of_known_notes(generator_side: GeneratorSide) -> Self {
        let client = Self::new(generator_side);
        if let Link::Resting { only_wanted, .. } = &mut *client.link.lock() {
            *only_wanted = true;
        }
        client
    }

    /// The host's sample rate in Hz. Nothing is rendered before it is known; when it changes, the
    /// instrument that plays is rendered again.
    pub fn set_sample_rate(&self, sample_rate: f32) {
        if !(sample_rate.is_finite() && sample_rate > 0.0) {
            return;
        }
        let mut link = self.link.lock();
        match &mut *link {
            Link::Resting {
                sample_rate: known, ..
            } => *known = Some(sample_rate),
            Link::Open(sender) => {
                let shown = Some(begun(JobId::next(), Stage::Rendering));
                self.order(sender, Order::SampleRate(sample_rate), shown);
            }
            Link::Broken => {}
        }
    }

    /// Makes an instrument and plays it. Replaces this client's make in progress, if there is one;
    /// what plays goes on playing until the new instrument's first key is ready.
    pub fn make(&self, request: Request) -> JobId {
        let job = JobId::next();
        self.send(
            Order::Make(job, Box::new(request)),
            Some(begun(job, Stage::Waiting)),
        );
        job
    }

    /// Makes an instrument and doesn't play it: the snapshot's `drawn` has it then. Replaces this
    /// client's make in progress, if there is one; what plays goes on.
    pub fn draw(&self, request: Request) -> JobId {
        let job = JobId::next();
        self.send(
            Order::Draw(job, Box::new(request)),
            Some(begun(job, Stage::Waiting)),
        );
        job
    }

    /// Ends a make or a draw, if it is still in progress.
    pub fn cancel_make(&self, job: JobId) {
        if let Link::Open(sender) = &*self.link.lock() {
            self.order(sender, Order::CancelMake(job), None);
        }
    }

    /// Plays an instrument that is already made: a loaded, an earlier, or a factory one.
    pub fn play(&self, instrument: Arc<Instrument>) -> JobId {
        self.play_as(0, instrument)
    }

    /// The same, as the sound of this number, for an engine that calls for sounds
    /// ([`Engine::call`](crate::engine::Engine::call)).
    pub fn play_as(&self, sound: u64, instrument: Arc<Instrument>) -> JobId {
        *self.shared.wished_morph() = None;
        let job = JobId::next();
        let shown = Some(begun(job, Stage::Rendering));
        self.send(Order::Play(job, sound, instrument), shown);
        job
    }

    /// From now on these keys (bit *k* is MIDI key *k*) are rendered before all others, besides those
    /// that sound.
    pub fn want_keys(&self, keys: u128) {
        self.shared.want_keys(keys);
        if let Link::Open(sender) = &*self.link.lock() {
            self.order(sender, Order::Keys, None);
        }
    }

    /// While this lives, [`Client::pending`] says yes: more orders will come.
    pub(super) fn errand(&self) -> Errand {
        Errand::new(&self.shared)
    }

    /// Plays what lies `share` (0..=1) of the way from `a` to `b`, in place of what plays: key by key,
    /// also under the notes that sound. The newest morph wins, however fast they are asked for.
    /// Nothing else is interrupted by them; before something has been played, nothing happens.
    pub fn morph(&self, a: Arc<Instrument>, b: Arc<Instrument>, share: f32) {
        if let Link::Open(sender) = &*self.link.lock() {
            let job = JobId::next();
            let mut wish = self.shared.wished_morph();
            self.shared.change().status = begun(job, Stage::Rendering);
            *wish = Some(Morphing { job, a, b, share });
            drop(wish);
            let _ = sender.send((self.id, Order::Wake));
        }
    }

    /// Changes the macros of the instrument that plays: key by key, those that sound first, and
    /// under the notes that sound.
    pub fn set_macros(&self, macros: Macros) {
        self.send(Order::Macros(macros), None);
    }

    /// From now on the macros follow `watch`: the generator asks it ten times a second, and more
    /// often while it works. Call before the first job.
    pub fn watch_macros(&self, watch: MacroWatch) {
        match &mut *self.link.lock() {
            Link::Resting { watch: empty, .. } => *empty = Some(watch),
            Link::Open(_) | Link::Broken => {}
        }
    }

    /// Asks the watch soon, because a knob is being turned. However often this is said, nothing is
    /// interrupted by it.
    pub fn macros_turn(&self) {
        self.wake();
    }

    /// Asks the watch at once, for example because a knob was let go.
    pub fn look_at_macros(&self) {
        if let Link::Open(sender) = &*self.link.lock() {
            self.order(sender, Order::LookAtMacros, None);
        }
    }

    /// Cancels the make in progress: what played before goes on. When nothing is being made,
    /// stops rendering: the keys that are ready stay.
    pub fn cancel(&self) {
        if let Link::Open(sender) = &*self.link.lock() {
            // The slice in progress may take a little longer, but nothing will come of it.
            self.order(sender, Order::Cancel, Some(Status::Idle));
        }
    }

    /// Waits until nothing is being made or rendered any more and all keys are on their way to the
    /// engine, but no longer than `patience`, and lets no other client's turn come first. Says whether
    /// it came to that. For a host that renders offline, where time doesn't matter and a missing note
    /// does.
    pub fn wait_until_rendered(&self, patience: Duration) -> bool {
        let works = || {
            let works = matches!(self.snapshot().status, Status::Working { .. });
            works || self.shared.has_errands()
        };
        self.wait_while(Instant::now() + patience, &mut || works())
    }

    /// Waits until the engine has all that was asked for, but no longer than until `end`, and lets no
    /// other client's turn come first; `take_in` has the engine read its mailbox, over and over. Says
    /// whether it came to that.
    pub fn wait_until_taken(&self, end: Instant, take_in: &mut dyn FnMut()) -> bool {
        let pending = self.pending();
        self.wait_while(end, &mut || {
            take_in();
            pending.get()
        })
    }

    /// Waits until no errand is in progress and `take_in`, which has the engine read its mailbox over and
    /// over, says that nothing more has to come; otherwise as [`Client::wait_until_taken`].
    pub(super) fn wait_for_errands(&self, end: Instant, take_in: &mut dyn FnMut() -> bool) -> bool {
        self.wait_while(end, &mut || {
            // In this order: what an errand sends is sent before it ends.
            let errands = self.shared.has_errands();
            take_in() || errands
        })
    }

    fn wait_while(&self, end: Instant, on: &mut dyn FnMut() -> bool) -> bool {
        self.shared.hurry(true);
        let mut waits = on();
        while waits && Instant::now() < end {
            self.wake();
            std::thread::sleep(Duration::from_millis(2));
            waits = on();
        }
        self.shared.hurry(false);
        !waits
    }

    /// Has the generator look at the mailbox.
    fn wake(&self) {
        if let Link::Open(sender) = &*self.link.lock() {
            let _ = sender.send((self.id, Order::Wake));
        }
    }

    /// Writes an instrument, as it sounds, to a folder of its own in `folder`: SFZ and WAV at the
    /// host's sample rate. Replaces this client's export in progress. The snapshot's `export` says
    /// how far it is; closing the client cancels it.
    pub fn export(&self, instrument: Arc<Instrument>, folder: PathBuf) {
        self.shared.change().export = Some(Export::Working(0.0));
        self.send(Order::Export(instrument, folder), None);
    }

    /// Stops the export in progress and leaves nothing of it.
    pub fn cancel_export(&self) {
        self.shared.change().export = None;
        if let Link::Open(sender) = &*self.link.lock() {
            self.order(sender, Order::CancelExport, None);
        }
    }

    /// Somebody is about to ask for an instrument: loads ONNX Runtime and the models, when there is
    /// nothing else to do. The snapshot's `preload` says what came of it.
    pub fn preload(&self) {
        self.shared.change().preload = Preload::Working;
        self.send(Order::Preload, None);
    }

    /// Who is told when the snapshot has changed; the first one stays.
    pub fn listen(&self, listener: Listener) {
        self.shared.listen(listener);
    }

    /// Whether something is still on its way, for the audio thread to ask.
    #[must_use]
    pub fn pending(&self) -> Pending {
        Pending(Arc::clone(&self.shared))
    }

    /// How things stand.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.shared.look().clone()
    }

    /// Leaves an order. What it changes is `shown` at once, so that a look right after asking
    /// doesn't find the state before.
    fn order(&self, sender: &Sender<Command>, order: Order, shown: Option<Status>) -> bool {
        self.shared.order_given();
        if let Some(status) = shown {
            self.shared.change().status = status;
        }
        sender.send((self.id, order)).is_ok()
    }

    /// Leaves an order, the first one with the mailbox.
    fn send(&self, order: Order, shown: Option<Status>) {
        let mut link = self.link.lock();
        if matches!(*link, Link::Resting { .. })
            && let Link::Resting {
                side,
                sample_rate,
                watch,
                only_wanted,
            } = std::mem::replace(&mut *link, Link::Broken)
            && let Some(sender) = generator::sender()
        {
            let opened = Order::Open {
                side: Box::new(side),
                shared: Arc::clone(&self.shared),
                sample_rate,
                watch,
                only_wanted,
            };
            let _ = sender.send((self.id, opened));
            *link = Link::Open(sender);
        }
        // The generator's end of the channel lives as long as the process.
        let sent = matches!(&*link, Link::Open(sender) if self.order(sender, order, shown));
        if !sent {
            let message =
                "Consort can't start its background thread; close other programs and try again.";
            self.shared.change().status = Status::Failed(message.to_owned());
        }
    }
}

/// A job that the generator hasn't heard of yet.
fn begun(job: JobId, stage: Stage) -> Status {
    Status::Working {
        job,
        stage,
        progress: 0.0,
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Link::Open(sender) = &*self.link.lock() {
            self.order(sender, Order::Close, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, mailbox};

    #[test]
    fn of_known_notes_only_their_keys_are_rendered() {
        let (engine_side, generator_side) = mailbox::channel();
        let mut engine = Engine::new(engine_side).by_call();
        engine.prepare(48_000.0);
        let client = Client::of_known_notes(generator_side);
        client.set_sample_rate(48_000.0);
        let mut wanted = 1 << 40 | 1 << 43;
        client.want_keys(wanted);
        client.play_as(1, Arc::new(Instrument::factory()));
        let patience = Duration::from_secs(60);
        for more in [0, 1 << 90, 1 << 91] {
            wanted |= more;
            client.want_keys(wanted);
            assert!(client.wait_until_taken(Instant::now() + patience, &mut || {
                engine.read_mailbox();
            }));
            assert!(engine.call(1, wanted));
            let ready = client.snapshot().ready_keys;
            assert_eq!(ready & wanted, wanted);
            let keys = ready.count_ones();
            // A column serves some neighbours, too.
            assert!(keys <= 4 * wanted.count_ones(), "{keys} keys");
            assert!(!engine.call(1, 1 << 60), "nobody needs it");
        }
    }
}
