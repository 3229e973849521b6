//! The generator thread: it reads commands, gives each client's desk its turn, and sleeps when
//! there is nothing to do.

use std::collections::VecDeque;
use std::mem::take;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::client::MacroWatch;
use super::desk::{Desk, FAULT};
use super::snapshot::{JobId, Preload, Shared};
use crate::engine::mailbox::GeneratorSide;
use crate::instrument::{Instrument, Macros};
use crate::models::{Error, Models, Request, runtime};

/// How often mailboxes are looked at while something waits for an engine to take or return it.
const BRISK: Duration = Duration::from_millis(20);
/// How often otherwise, while any client lives.
const CALM: Duration = Duration::from_millis(100);

/// An order of the client with this number.
pub(super) type Command = (u64, Order);

/// What clients ask for.
pub(super) enum Order {
    /// A new client: its mailbox, and where it looks.
    Open {
        side: Box<GeneratorSide>,
        shared: Arc<Shared>,
        sample_rate: Option<f32>,
        watch: Option<MacroWatch>,
        /// Only the keys that are wanted are rendered.
        only_wanted: bool,
    },
    /// Its host's sample rate, Hz.
    SampleRate(f32),
    /// Make an instrument and play it.
    Make(JobId, Box<Request>),
    /// Make an instrument and show it.
    Draw(JobId, Box<Request>),
    /// Leave that, or a make.
    CancelMake(JobId),
    /// Play this one, as the sound of this number.
    Play(JobId, u64, Arc<Instrument>),
    /// Play the current one with other macros.
    Macros(Macros),
    /// Other keys are wanted.
    Keys,
    /// Ask the watch which macros those are.
    LookAtMacros,
    /// There is something new to look at; not counted as an order.
    Wake,
    /// Stop.
    Cancel,
    /// Write this one to a new folder in that one.
    Export(Arc<Instrument>, PathBuf),
    /// Stop that.
    CancelExport,
    /// Load the models while there is nothing else to do.
    Preload,
    /// The client is gone.
    Close,
}

/// The way to the generator thread, which starts at the first call; `None` when it can't start.
pub(super) fn sender() -> Option<Sender<Command>> {
    static SENDER: OnceLock<Option<Sender<Command>>> = OnceLock::new();
    let sender = SENDER
        .get_or_init(|| {
            let (sender, receiver) = unbounded();
            let spawned =
                runtime::spawn("consort-generator", move || Generator::new(receiver).run());
            spawned.ok().map(|_| sender)
        })
        .clone();
    runtime::guard_main_thread();
    sender
}

struct Generator {
    commands: Receiver<Command>,
    /// The clients' desks; the one whose turn is next comes first.
    desks: VecDeque<(u64, Desk)>,
    /// Clients that want the models loaded before they are needed.
    preloading: Vec<u64>,
    /// What is being loaded for them.
    loading: Option<Models>,
}

impl Generator {
    fn new(commands: Receiver<Command>) -> Self {
        Self {
            commands,
            desks: VecDeque::new(),
            loading: None,
            preloading: Vec::new(),
        }
    }

    fn run(mut self) {
        loop {
            while let Ok(command) = self.commands.try_recv() {
                self.obey(command);
            }
            if runtime::exiting() {
                // The process is ending: begin nothing more.
                std::thread::park();
                continue;
            }
            for (_, desk) in &mut self.desks {
                desk.exchange();
                desk.look_at_macros(false);
            }
            self.desks.retain(|(_, desk)| !desk.is_done());
            if !self.work() && !self.preload() {
                self.rest();
            }
        }
    }

    fn obey(&mut self, (id, order): Command) {
        if let Order::Open {
            side,
            shared,
            sample_rate,
            watch,
            only_wanted,
        } = order
        {
            let desk = Desk::new(side, shared, sample_rate, watch, only_wanted);
            self.desks.push_back((id, desk));
            return;
        }
        if matches!(order, Order::Wake) {
            return;
        }
        let Some((_, desk)) = self.desks.iter_mut().find(|(each, _)| *each == id) else {
            return;
        };
        desk.order_read();
        match order {
            Order::Open { .. } | Order::Wake | Order::Keys => {}
            Order::SampleRate(rate) => desk.set_sample_rate(rate),
            Order::Make(job, request) => desk.make(job, *request, true),
            Order::Draw(job, request) => desk.make(job, *request, false),
            Order::CancelMake(job) => desk.cancel_make(job),
            Order::Play(job, sound, instrument) => desk.play(job, sound, instrument),
            Order::Macros(macros) => desk.set_macros(macros),
            Order::LookAtMacros => desk.look_at_macros(true),
            Order::Cancel => desk.cancel(),
            Order::Export(instrument, folder) => desk.export(instrument, &folder),
            Order::CancelExport => desk.cancel_export(),
            Order::Preload => self.preloading.push(id),
            Order::Close => {
                desk.close();
                self.preloading.retain(|each| *each != id);
            }
        }
        // Whatever the client showed since it gave the order: this is how things stand now.
        desk.show_progress();
    }

    /// One slice of work for the next desk that has some, or for one that is waited for; false when
    /// none has.
    fn work(&mut self) -> bool {
        let mut desks = self.desks.iter();
        let waited_for = desks.position(|(_, desk)| desk.hurries() && desk.has_work());
        let next = || self.desks.iter().position(|(_, desk)| desk.has_work());
        let Some(place) = waited_for.or_else(next) else {
            return false;
        };
        // To the end of the row: every other desk gets its turn first.
        if let Some(mut turn) = self.desks.remove(place) {
            let slice = AssertUnwindSafe(|| turn.1.work());
            if catch_unwind(slice).is_err() {
                // A fault of ours: this job is lost, but not the host, nor the other clients.
                turn.1.fail(FAULT);
            }
            self.desks.push_back(turn);
        }
        true
    }

    /// One step of loading the models, if somebody wants them; false when nobody does.
    fn preload(&mut self) -> bool {
        if self.preloading.is_empty() {
            return false;
        }
        let step = AssertUnwindSafe(|| match &mut self.loading {
            Some(models) => models.load_next(),
            empty => empty.insert(Models::open()?).load_next(),
        });
        let outcome = match catch_unwind(step) {
            Ok(Ok(true)) => return true,
            Ok(Ok(false)) => Preload::Done,
            Ok(Err(Error::Cancelled)) => Preload::NotAsked,
            Ok(Err(error)) => Preload::Failed(error.to_string()),
            Err(_) => Preload::Failed(FAULT.into()),
        };
        // They stay in memory for a while.
        self.loading = None;
        let waiting = take(&mut self.preloading);
        for (id, desk) in &self.desks {
            if waiting.contains(id) {
                desk.show_preload(&outcome);
            }
        }
        true
    }

    /// Sleeps until there is a command or something to look after.
    fn rest(&mut self) {
        let looks = self
            .desks
            .iter()
            .map(|(_, desk)| if desk.waits_for_engine() { BRISK } else { CALM })
            .min();
        match looks {
            Some(wait) => match self.commands.recv_timeout(wait) {
                Ok(command) => self.obey(command),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::park(),
            },
            None => match self.commands.recv() {
                Ok(command) => self.obey(command),
                Err(_) => std::thread::park(),
            },
        }
    }
}
