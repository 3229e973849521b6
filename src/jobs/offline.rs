//! An instrument played without a host, faster or slower than time: the same renderer and the same
//! [`Engine`] as in the plugin, so the same sound.

use std::ops::ControlFlow;

use crate::engine::{Engine, NoteAddress, NoteEvent, Settings, mailbox};
use crate::instrument::{Instrument, render};
use crate::music::{Action, Change, TimedAction};

/// Frames rendered at once: small enough that Ctrl-C is answered at once.
const BLOCK: usize = 1024;
/// Longest wait for sound to end, in seconds.
const LONGEST_TAIL: f64 = 60.0;

/// Where a player's sound goes: left and right, block by block.
pub type Sink<'a, E> = dyn FnMut(&[f32], &[f32]) -> Result<(), E> + 'a;

/// An engine with an instrument in it.
pub struct Player {
    engine: Engine,
    /// The other end of the engine's mailbox: without it the engine would count as left alone.
    _generator: mailbox::GeneratorSide,
    rate: u32,
}

/// An event with the frame before which it applies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FramedEvent {
    /// Frames from the start.
    pub frame: u64,
    /// What happens.
    pub event: NoteEvent,
}

/// How long to go on after the last event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tail {
    /// Until all is silent, a minute at most.
    Silence,
    /// This many seconds.
    Seconds(f64),
}

impl Player {
    /// Renders the samples of those `keys` (bit *k* is MIDI key *k*) that the instrument has, and
    /// loads them into an engine. `progress` hears how much is done (0..=1); there is no player
    /// when `cancelled` says so.
    ///
    /// Any thread; it works for as long as rendering takes.
    pub fn new(
        instrument: &Instrument,
        rate: u32,
        keys: u128,
        cancelled: &dyn Fn() -> bool,
        progress: &mut dyn FnMut(f32),
    ) -> Option<Player> {
        let mut sampled = render::plan(instrument, rate as f32);
        let mut needed: Vec<u8> = (0..128)
            .filter(|key| keys & (1 << key) != 0)
            .filter_map(|key: usize| sampled.key_to_column[key])
            .collect();
        needed.dedup();
        let mut done = 0;
        let columns = &mut sampled.columns;
        let ended = render::render_columns(
            instrument,
            rate as f32,
            &instrument.macros,
            &needed,
            cancelled,
            &mut |index, column| {
                columns[usize::from(index)] = Some(column);
                done += 1;
                progress(done as f32 / needed.len() as f32);
                ControlFlow::Continue(())
            },
        );
        if ended.is_break() {
            return None;
        }
        let (engine_side, mut generator) = mailbox::channel();
        let mut engine = Engine::new(engine_side);
        engine.prepare(rate as f32);
        engine.set(&Settings::default());
        generator
            .send(mailbox::ToEngine::Instrument(Box::new(sampled)))
            .expect("a new mailbox is empty");
        // The engine reads its mailbox when it renders.
        engine.render(&mut [], &mut []);
        Some(Player {
            engine,
            _generator: generator,
            rate,
        })
    }

    /// Settings for what is played from now on. Any thread.
    pub fn set(&mut self, settings: &Settings) {
        self.engine.set(settings);
    }

    /// Ends all that sounds, at once. Any thread.
    pub fn silence(&mut self) {
        self.engine.reset();
    }

    /// Plays `events`, which are in order of their frames, then lets go of everything and goes on
    /// for the tail. `sink` gets left and right, block by block; its error ends it all.
    ///
    /// Any thread.
    pub fn play<E>(
        &mut self,
        events: &[FramedEvent],
        tail: Tail,
        sink: &mut Sink<'_, E>,
    ) -> Result<(), E> {
        let mut now = 0;
        for &FramedEvent { frame, event } in events {
            self.render(frame.saturating_sub(now), sink)?;
            now = now.max(frame);
            self.engine.handle(event);
        }
        self.let_go();
        match tail {
            Tail::Seconds(seconds) => {
                self.render((seconds * f64::from(self.rate)).round() as u64, sink)
            }
            Tail::Silence => {
                let mut left = (LONGEST_TAIL * f64::from(self.rate)) as u64;
                while left > 0 && !self.engine.is_silent() {
                    let frames = left.min(BLOCK as u64);
                    self.render(frames, sink)?;
                    left -= frames;
                }
                Ok(())
            }
        }
    }

    fn render<E>(&mut self, mut frames: u64, sink: &mut Sink<'_, E>) -> Result<(), E> {
        let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
        while frames > 0 {
            let now = frames.min(BLOCK as u64) as usize;
            self.engine.render(&mut left[..now], &mut right[..now]);
            sink(&left[..now], &right[..now])?;
            frames -= now as u64;
        }
        Ok(())
    }

    /// Keys and pedals go up on all channels.
    fn let_go(&mut self) {
        for channel in 0..16 {
            for number in [SUSTAIN, SOSTENUTO] {
                self.engine.handle(NoteEvent::Controller {
                    channel,
                    number,
                    value: 0.0,
                });
            }
        }
        self.engine
            .handle(NoteEvent::NoteOff(NoteAddress::default()));
    }
}

const SUSTAIN: u8 = 64;
const SOSTENUTO: u8 = 66;

/// A performance at a sample rate, each event at its nearest frame.
///
/// Any thread.
pub fn events(performance: &[TimedAction], rate: u32) -> Vec<FramedEvent> {
    performance
        .iter()
        .map(|timed| FramedEvent {
            frame: (timed.seconds * f64::from(rate)).round() as u64,
            event: event(timed),
        })
        .collect()
}

fn event(
    &TimedAction {
        channel, action, ..
    }: &TimedAction,
) -> NoteEvent {
    match action {
        Action::NoteOn { key, velocity } => NoteEvent::NoteOn {
            note_id: None,
            channel,
            key,
            velocity: unit(velocity),
        },
        Action::NoteOff { key } => NoteEvent::NoteOff(NoteAddress {
            note_id: None,
            channel: Some(channel),
            key: Some(key),
        }),
        Action::Change(Change::Bend(value)) => NoteEvent::PitchBend { channel, value },
        Action::Change(Change::Pressure(value)) => NoteEvent::Pressure {
            channel,
            value: unit(value),
        },
        Action::Change(Change::Controller { number, value }) => NoteEvent::Controller {
            channel,
            number,
            value: unit(value),
        },
    }
}

/// A 7-bit value as 0..=1.
fn unit(value: u8) -> f32 {
    f32::from(value) / 127.0
}
