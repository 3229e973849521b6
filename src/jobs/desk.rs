//! The work of one client, in slices.

mod changing;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::client::MacroWatch;
use super::exporting::Exporting;
use super::making::{Making, Slice};
use super::rendering::{Rendering, Swap};
use super::snapshot::{JobId, Preload, Shared, Status, Timings};
use crate::engine::mailbox::{FromEngine, GeneratorSide};
use crate::instrument::{Instrument, Macros};
use crate::models::{Error, Made, Request, Stage, runtime};

/// After so long without news, an engine is looked at less often.
const BRISK_FOR: Duration = Duration::from_secs(3);
/// Said when work panicked.
pub(super) const FAULT: &str =
    "Something in Consort went wrong with this instrument; try another seed, and please report it.";
/// The part of a make's progress that comes before rendering.
const MAKING_SHARE: f32 = 0.3;

/// One client's mailbox, instrument and jobs. Thread: generator.
pub(super) struct Desk {
    side: Box<GeneratorSide>,
    shared: Arc<Shared>,
    sample_rate: Option<f32>,
    watch: Option<MacroWatch>,
    /// Only the keys that are wanted are rendered.
    only_wanted: bool,
    /// What the watch said, and since when.
    said: Option<(Macros, Instant)>,
    instrument: Option<Arc<Instrument>>,
    /// The number it is played as.
    sound: u64,
    make: Option<Make>,
    rendering: Option<Rendering>,
    exporting: Exporting,
    /// Why the last job failed; shown again when what goes on besides is done.
    failure: Option<String>,
    /// Instruments that the engine has and didn't give back yet.
    lent: usize,
    /// When something last went to or came from the engine.
    news: Instant,
    /// What the engine knows the last instrument sent by, and the rate of its frames in Hz.
    played: Option<(u64, f32)>,
    /// Whether all keys of some instrument are with the engine.
    whole: bool,
    closed: bool,
}

struct Make {
    job: JobId,
    /// It is played when it is done.
    plays: bool,
    asked: Instant,
    making: Making,
}

impl Desk {
    pub(super) fn new(
        side: Box<GeneratorSide>,
        shared: Arc<Shared>,
        sample_rate: Option<f32>,
        watch: Option<MacroWatch>,
        only_wanted: bool,
    ) -> Self {
        Self {
            side,
            shared,
            sample_rate,
            watch,
            only_wanted,
            said: None,
            instrument: None,
            sound: 0,
            make: None,
            rendering: None,
            exporting: Exporting::default(),
            failure: None,
            lent: 0,
            news: Instant::now(),
            played: None,
            whole: false,
            closed: false,
        }
    }

    pub(super) fn set_sample_rate(&mut self, rate: f32) {
        if self.sample_rate == Some(rate) {
            return;
        }
        self.sample_rate = Some(rate);
        let job = self
            .rendering
            .as_ref()
            .map_or_else(JobId::next, Rendering::job);
        self.render(job, Instant::now(), self.gentle_swap());
    }

    pub(super) fn make(&mut self, job: JobId, request: Request, plays: bool) {
        match Making::begin(request) {
            Ok(making) => {
                self.failure = None;
                self.make = Some(Make {
                    job,
                    plays,
                    asked: Instant::now(),
                    making,
                });
                let mut snapshot = self.shared.change();
                snapshot.notice = None;
                snapshot.timings = Timings::default();
                drop(snapshot);
                self.show_progress();
            }
            Err(error) => {
                // What is being rendered goes on.
                self.make = None;
                self.shared.change().refused = Some((job, error.to_string()));
                self.show_failure(&error.to_string());
            }
        }
    }

    pub(super) fn play(&mut self, job: JobId, sound: u64, instrument: Arc<Instrument>) {
        self.make = None;
        self.sound = sound;
        self.shared.change().notice = None;
        self.install(job, Instant::now(), instrument, Vec::new());
    }

    pub(super) fn cancel(&mut self) {
        // Macros go on to the last key: half of them would be no sound at all.
        if self.make.take().is_none() {
            self.rendering.take_if(|rendering| !rendering.replaces());
        }
        self.show_progress();
    }

    pub(super) fn cancel_make(&mut self, job: JobId) {
        self.make.take_if(|make| make.job == job);
        self.show_progress();
    }

    pub(super) fn export(&mut self, instrument: Arc<Instrument>, folder: &Path) {
        self.exporting
            .begin(instrument, self.sample_rate, folder, &self.shared);
    }

    pub(super) fn cancel_export(&mut self) {
        self.exporting.cancel(&self.shared);
    }

    pub(super) fn show_preload(&self, outcome: &Preload) {
        self.shared.change().preload = outcome.clone();
    }

    /// The client is gone: all its work is dropped, only its engine is looked after.
    pub(super) fn close(&mut self) {
        self.make = None;
        *self.shared.wished_morph() = None;
        self.rendering = None;
        self.exporting = Exporting::default();
        self.instrument = None;
        self.closed = true;
    }

    /// Ends the job in progress with a sentence.
    pub(super) fn fail(&mut self, message: &str) {
        if self.makes_nothing() && self.exporting.has_work() {
            return self.exporting.fail(message, &self.shared);
        }
        match self.make.take() {
            Some(make) => self.shared.change().refused = Some((make.job, message.to_owned())),
            None => self.rendering = None,
        }
        self.show_failure(message);
    }

    fn show_failure(&mut self, message: &str) {
        self.failure = Some(message.to_owned());
        self.shared.change().status = Status::Failed(message.to_owned());
    }

    /// Nothing will ever be asked of this desk, or come back to it.
    pub(super) fn is_done(&self) -> bool {
        self.side.is_abandoned() && self.closed
    }

    pub(super) fn has_work(&self) -> bool {
        !self.makes_nothing() || self.exporting.has_work()
    }

    fn makes_nothing(&self) -> bool {
        let renders = self.rendering.as_ref().is_some_and(Rendering::has_work);
        self.make.is_none() && !renders && !self.morphs_now()
    }

    /// Something that is needed is still to be rendered or sent.
    fn renders(&self) -> bool {
        let rendering = self.rendering.as_ref();
        rendering.is_some_and(|rendering| !rendering.rests())
    }

    /// Something is on its way to or from the engine.
    pub(super) fn waits_for_engine(&self) -> bool {
        let waits = self.lent > 1 || self.renders() || !self.side.has_read_all();
        waits && self.news.elapsed() < BRISK_FOR
    }

    /// Frees what the engine gave back, and sends what waits for it. Thread: generator.
    pub(super) fn exchange(&mut self) {
        while let Some(returned) = self.side.receive() {
            if matches!(returned, FromEngine::Instrument(_)) {
                self.lent = self.lent.saturating_sub(1);
            }
            self.news = Instant::now();
        }
        if let Some(rendering) = &mut self.rendering {
            if self.only_wanted {
                rendering.need(self.shared.wanted_keys());
            }
            let sent = rendering.send(&mut self.side);
            if sent.any {
                self.news = Instant::now();
            }
            if sent.instrument {
                self.lent += 1;
                self.played = Some(rendering.played());
            }
            self.whole |= rendering.rests();
            self.rendering.take_if(|rendering| rendering.is_finished());
        }
        if self.make.is_none() && !self.renders() && self.side.has_read_all() {
            self.shared.orders_done();
        }
    }

    /// One slice of work: a step of a make, a column or a few, or when those are done, one to a file.
    pub(super) fn work(&mut self) {
        if self.makes_nothing() {
            self.exporting.work(&self.shared);
        } else if self.morphs_now() {
            self.make_morph();
            self.show_progress();
        } else if let Some(make) = &mut self.make {
            match make.making.slice() {
                Slice::Working => self.show_progress(),
                Slice::Ended(Ok(made)) => self.made(*made),
                Slice::Ended(Err(Error::Cancelled)) => self.cancel(),
                Slice::Ended(Err(error)) => self.fail(&error.to_string()),
                Slice::Panicked => self.fail(FAULT),
            }
        } else if let Some(rendering) = &mut self.rendering {
            let shared = &self.shared;
            let stop = || shared.order_waits() || runtime::exiting();
            let wanted = self.side.wanted_keys() | shared.wanted_keys();
            rendering.render_columns(wanted, &stop);
            let mut snapshot = self.shared.change();
            snapshot.ready_keys = rendering.ready_keys();
            snapshot.timings = rendering.timings().clone();
            drop(snapshot);
            self.exchange();
            self.show_progress();
        }
    }

    /// Whether somebody waits for it.
    pub(super) fn hurries(&self) -> bool {
        self.shared.hurries()
    }

    /// Counts an order as read.
    pub(super) fn order_read(&self) {
        self.shared.order_read();
    }

    /// The models are done: their instrument plays.
    fn made(&mut self, made: Made) {
        let Some(Make {
            job, plays, asked, ..
        }) = self.make.take()
        else {
            return;
        };
        let mut instrument = made.instrument;
        if !plays {
            self.failure = None;
            self.shared.change().drawn = Some((job, Arc::new(instrument)));
            self.show_progress();
            return;
        }
        if let Some(watch) = &self.watch {
            instrument.macros = watch().bounded();
        }
        let instrument = Arc::new(instrument);
        let mut snapshot = self.shared.change();
        snapshot.notice = made.notice;
        snapshot.made = Some((job, Arc::clone(&instrument)));
        drop(snapshot);
        self.install(job, asked, instrument, made.stages);
    }

    fn install(
        &mut self,
        job: JobId,
        asked: Instant,
        instrument: Arc<Instrument>,
        stages: Vec<(Stage, Duration)>,
    ) {
        self.failure = None;
        self.instrument = Some(Arc::clone(&instrument));
        let mut snapshot = self.shared.change();
        snapshot.instrument = Some(instrument);
        snapshot.generation += 1;
        snapshot.ready_keys = 0;
        snapshot.timings = Timings {
            stages,
            ..Timings::default()
        };
        drop(snapshot);
        self.render(job, asked, Swap::Early);
    }

    /// Begins to render the current instrument, if there is one and the sample rate is known.
    fn render(&mut self, job: JobId, asked: Instant, swap: Swap) {
        self.rendering = None;
        if let (Some(instrument), Some(rate)) = (&self.instrument, self.sample_rate) {
            let snapshot = self.shared.look();
            let (ready, stages) = (snapshot.ready_keys, snapshot.timings.stages.clone());
            drop(snapshot);
            let rendering = Rendering::new(
                job,
                asked,
                (Arc::clone(instrument), self.sound),
                rate,
                swap,
                ready,
                stages,
            );
            self.rendering = Some(if self.only_wanted {
                rendering.only(self.shared.wanted_keys())
            } else {
                rendering
            });
            self.whole &= swap != Swap::Early;
        }
        self.show_progress();
    }

    /// The same instrument in another form: what plays is whole, so it isn't replaced by less.
    fn gentle_swap(&self) -> Swap {
        if self.whole { Swap::Whole } else { Swap::Early }
    }

    /// Shows how things stand, unless an order that waits says so.
    pub(super) fn show_progress(&self) {
        let morph = self.shared.wished_morph().as_ref().map(|morph| morph.job);
        let status = if let Some(make) = &self.make {
            let (stage, progress) = make.making.progress();
            Status::Working {
                job: make.job,
                stage,
                progress: progress * MAKING_SHARE,
            }
        } else if let Some(job) = morph {
            Status::Working {
                job,
                stage: Stage::Rendering,
                progress: MAKING_SHARE,
            }
        } else if let Some(rendering) = self
            .rendering
            .as_ref()
            .filter(|rendering| rendering.has_work())
        {
            let progress = MAKING_SHARE + (1.0 - MAKING_SHARE) * rendering.progress();
            Status::Working {
                job: rendering.job(),
                stage: Stage::Rendering,
                progress,
            }
        } else if let Some(message) = &self.failure {
            Status::Failed(message.clone())
        } else {
            Status::Idle
        };
        let mut snapshot = self.shared.change();
        // An order that isn't read yet has said what is shown until then.
        if !self.shared.order_waits() {
            snapshot.status = status;
        }
    }
}
