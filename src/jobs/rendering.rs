//! One instrument on its way to an engine: rendered column by column, sent as it comes.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::snapshot::{JobId, Timings};
use crate::engine::mailbox::{GeneratorSide, ToEngine};
use crate::instrument::zone::{Column, SampledInstrument};
use crate::instrument::{Instrument, render};
use crate::models::Stage;

/// Columns are rendered outwards from this MIDI key.
const MIDDLE_KEY: u8 = 60;

/// Most columns rendered at the same time.
const MOST_THREADS: usize = 4;

/// Columns rendered at the same time: one a physical core, at most 4. The audio thread has a
/// higher priority than these, and a make is over in seconds.
fn render_threads() -> usize {
    num_cpus::get_physical().clamp(1, MOST_THREADS)
}

/// When the engine gets the new instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Swap {
    /// With its first column; the others follow one by one.
    Early,
    /// With all its columns, for one that only differs a little from what plays.
    Whole,
    /// Column by column in place of those of the instrument with this id, which notes that sound
    /// cross over to: for the same instrument with other macros.
    Columns(u64),
}

/// What a call of [`Rendering::send`] sent.
pub(super) struct Sent {
    /// Anything.
    pub(super) any: bool,
    /// The instrument itself.
    pub(super) instrument: bool,
}

/// An instrument being rendered and sent. Thread: generator.
pub(super) struct Rendering {
    job: JobId,
    asked: Instant,
    instrument: Arc<Instrument>,
    sample_rate: f32,
    swap: Swap,
    id: u64,
    frame_rate: f32,
    key_to_column: [Option<u8>; 128],
    /// Not sent yet: columns are filled in here.
    staged: Option<Box<SampledInstrument>>,
    /// Columns that follow an instrument that was sent.
    unsent: VecDeque<ToEngine>,
    /// Columns to render, the most needed first.
    to_do: VecDeque<u8>,
    /// Those that nobody needs yet.
    resting: VecDeque<u8>,
    count: usize,
    ready_before: u128,
    ready: u128,
    timings: Timings,
}

impl Rendering {
    pub(super) fn new(
        job: JobId,
        asked: Instant,
        (instrument, sound): (Arc<Instrument>, u64),
        sample_rate: f32,
        swap: Swap,
        ready_before: u128,
        stages: Vec<(Stage, Duration)>,
    ) -> Self {
        let mut sampled = render::plan(&instrument, sample_rate);
        sampled.sound = sound;
        let (id, staged) = match swap {
            Swap::Columns(id) => (id, false),
            Swap::Early | Swap::Whole => (sampled.id, true),
        };
        let to_do = VecDeque::from(render::order(&instrument, MIDDLE_KEY));
        Self {
            job,
            asked,
            instrument,
            sample_rate,
            swap,
            id,
            frame_rate: sampled.sample_rate,
            key_to_column: sampled.key_to_column,
            staged: staged.then(|| Box::new(sampled)),
            unsent: VecDeque::new(),
            count: to_do.len(),
            to_do,
            resting: VecDeque::new(),
            ready_before,
            ready: 0,
            timings: Timings {
                stages,
                ..Timings::default()
            },
        }
    }

    /// The same, of which only these keys (bit *k* is MIDI key *k*) are needed for now.
    pub(super) fn only(mut self, keys: u128) -> Self {
        self.resting = std::mem::take(&mut self.to_do);
        self.count = 0;
        self.need(keys);
        self
    }

    /// These keys are needed, too.
    pub(super) fn need(&mut self, keys: u128) {
        let (needed, resting): (VecDeque<u8>, VecDeque<u8>) = std::mem::take(&mut self.resting)
            .into_iter()
            .partition(|index| self.serves(*index, keys));
        self.resting = resting;
        self.count += needed.len();
        self.to_do.extend(needed);
    }

    pub(super) fn job(&self) -> JobId {
        self.job
    }

    /// What the engine knows the instrument by, and the rate of its frames in Hz.
    pub(super) fn played(&self) -> (u64, f32) {
        (self.id, self.frame_rate)
    }

    /// Columns of an instrument that plays are replaced one by one.
    pub(super) fn replaces(&self) -> bool {
        matches!(self.swap, Swap::Columns(_))
    }

    /// Some of these keys are still to be rendered or sent.
    pub(super) fn is_awaited(&self, keys: u128) -> bool {
        !self.unsent.is_empty() || self.renders(keys)
    }

    /// Some of these keys are still to be rendered.
    pub(super) fn renders(&self, keys: u128) -> bool {
        self.to_do.iter().any(|index| self.serves(*index, keys))
    }

    fn serves(&self, index: u8, keys: u128) -> bool {
        let mut served = self.key_to_column.iter().enumerate();
        served.any(|(key, place)| *place == Some(index) && keys >> key & 1 == 1)
    }

    /// Columns are still to be rendered.
    pub(super) fn has_work(&self) -> bool {
        !self.to_do.is_empty()
    }

    /// All that is needed is rendered and sent.
    pub(super) fn rests(&self) -> bool {
        self.to_do.is_empty() && self.staged.is_none() && self.unsent.is_empty()
    }

    /// All there is is rendered and sent.
    pub(super) fn is_finished(&self) -> bool {
        self.rests() && self.resting.is_empty()
    }

    /// Share of the columns that are rendered.
    pub(super) fn progress(&self) -> f32 {
        1.0 - self.to_do.len() as f32 / self.count.max(1) as f32
    }

    /// Keys that can be played: of this instrument, or as long as it waits to be whole, of the one
    /// it replaces.
    pub(super) fn ready_keys(&self) -> u128 {
        match self.swap {
            Swap::Whole if self.has_work() => self.ready_before,
            Swap::Columns(_) => self.ready_before,
            Swap::Whole | Swap::Early => self.ready,
        }
    }

    pub(super) fn timings(&self) -> &Timings {
        &self.timings
    }

    /// Renders the next columns, one a thread, those of the `wanted` keys first, unless `stop` says
    /// to leave them for later.
    pub(super) fn render_columns(&mut self, wanted: u128, stop: &(dyn Fn() -> bool + Sync)) {
        let begun = Instant::now();
        let (first, then): (Vec<u8>, Vec<u8>) = std::mem::take(&mut self.to_do)
            .into_iter()
            .partition(|&index| self.serves(index, wanted));
        self.to_do.extend(first.into_iter().chain(then));
        let together = render_threads().min(self.to_do.len());
        let next: Vec<u8> = self.to_do.drain(..together).collect();
        let (instrument, sample_rate) = (&*self.instrument, self.sample_rate);
        let columns: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = next
                .iter()
                .skip(1)
                .map(|&index| scope.spawn(move || column(instrument, sample_rate, index, stop)))
                .collect();
            let first = next
                .first()
                .and_then(|&index| column(instrument, sample_rate, index, stop));
            let others = threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|fault| resume_unwind(fault)));
            std::iter::once(first).chain(others).collect()
        });
        for (&index, column) in next.iter().zip(columns).rev() {
            match column {
                Some(column) => self.add(index, column),
                None => self.to_do.push_front(index),
            }
        }
        self.note_times(begun);
    }

    fn note_times(&mut self, begun: Instant) {
        let spent = begun.elapsed();
        let stages = &mut self.timings.stages;
        match stages.iter_mut().find(|(s, _)| *s == Stage::Rendering) {
            Some((_, total)) => *total += spent,
            None => stages.push((Stage::Rendering, spent)),
        }
        let waited = self.asked.elapsed();
        if self.ready != 0 {
            self.timings.first_key.get_or_insert(waited);
        }
        if self.to_do.is_empty() {
            self.timings.whole.get_or_insert(waited);
        }
    }

    fn add(&mut self, index: u8, column: Box<Column>) {
        for (key, place) in self.key_to_column.iter().enumerate() {
            if *place == Some(index) {
                self.ready |= 1 << key;
            }
        }
        let (instrument, replaces) = (self.id, self.replaces());
        match &mut self.staged {
            Some(sampled) => sampled.columns[usize::from(index)] = Some(column),
            None if replaces => self.unsent.push_back(ToEngine::Replacement {
                instrument,
                index,
                column,
            }),
            None => self.unsent.push_back(ToEngine::Column {
                instrument,
                index,
                column,
            }),
        }
    }

    /// Sends what the engine can take now. An instrument waits until the engine has read all that
    /// was sent before: while the host doesn't process, instruments that nobody will hear would
    /// pile up otherwise.
    pub(super) fn send(&mut self, side: &mut GeneratorSide) -> Sent {
        let mut sent = Sent {
            any: false,
            instrument: false,
        };
        let worth_sending = match self.swap {
            Swap::Early => self.ready != 0,
            Swap::Whole | Swap::Columns(_) => self.to_do.is_empty(),
        };
        if worth_sending
            && side.has_read_all()
            && let Some(sampled) = self.staged.take()
        {
            match side.send(ToEngine::Instrument(sampled)) {
                Ok(()) => {
                    sent = Sent {
                        any: true,
                        instrument: true,
                    }
                }
                Err(ToEngine::Instrument(sampled)) => self.staged = Some(sampled),
                Err(_) => {}
            }
        }
        while let Some(message) = self.unsent.pop_front() {
            match side.send(message) {
                Ok(()) => sent.any = true,
                Err(message) => {
                    self.unsent.push_front(message);
                    break;
                }
            }
        }
        sent
    }
}

/// One column, or `None` when it was stopped.
fn column(
    instrument: &Instrument,
    sample_rate: f32,
    index: u8,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<Box<Column>> {
    let mut rendered = None;
    let _ = render::render_columns(
        instrument,
        sample_rate,
        &instrument.macros,
        &[index],
        &|| stop(),
        &mut |_, column| {
            rendered = Some(column);
            ControlFlow::Continue(())
        },
    );
    rendered
}
