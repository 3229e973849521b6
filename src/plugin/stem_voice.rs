//! A stem on the audio thread: its notes in the host's song, and the sampler that plays them.

use std::f32::consts::{FRAC_PI_4, SQRT_2};
use std::sync::Arc;

use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::prelude::NoteEvent as HostEvent;

use super::outputs::of_part;
use crate::engine::apart::{Apart, Nowhere, Routes};
use crate::engine::capture::HostPosition;
use crate::engine::mailbox::{self, GeneratorSide};
use crate::engine::stem::{self, PartSender, StemEvent, StemPlayer};
use crate::engine::{Engine, NoteAddress, NoteEvent, Settings};
use crate::jobs::stem::desk::Playhead;

/// Frames rendered at once.
const BLOCK: usize = 256;
/// The sampler's channel.
const CHANNEL: u8 = 0;
/// MIDI's controller for it.
const PAN: u8 = 10;

/// How a stem is added to what is there.
pub struct StemSettings<'a> {
    /// Whether it plays.
    pub on: bool,
    /// A linear gain over that of the part.
    pub level: f32,
    /// From left (−1) to right (1).
    pub pan: f32,
    /// Where separate outputs go, and which of them the part's notes take.
    pub outputs: Option<(Apart<'a>, bool)>,
}

/// The audio thread's end of a [`StemDesk`](crate::jobs::StemDesk).
pub struct StemVoice {
    engine: Engine,
    player: StemPlayer,
    playhead: Arc<Playhead>,
    rate: f64,
    /// Where the engine has been told to pan it.
    panned: f32,
}

impl StemVoice {
    /// A silent one, and what its desk needs: where parts and instruments go. Main thread.
    pub fn new() -> (Self, PartSender, GeneratorSide, Arc<Playhead>) {
        let (engine_side, generator_side) = mailbox::channel();
        let (player, sender) = stem::channel();
        let playhead = Arc::<Playhead>::default();
        let voice = Self {
            engine: Engine::new(engine_side).by_call(),
            player,
            playhead: playhead.clone(),
            rate: 48_000.0,
            panned: 0.0,
        };
        (voice, sender, generator_side, playhead)
    }

    /// From here on there are so many frames per second. Main thread, while not processing.
    pub fn prepare(&mut self, rate: f32) {
        self.engine.prepare(rate);
        self.player.reset();
        self.panned = 0.0;
        self.rate = f64::from(rate);
        self.take_in();
    }

    /// Takes in what has arrived, so that the next block has all of it. Audio thread, or main thread
    /// while not processing.
    pub fn take_in(&mut self) {
        let Self { engine, player, .. } = self;
        engine.read_mailbox();
        player.take_up(|sound, keys| engine.call(sound, keys));
    }

    /// Whether a part has arrived whose sound hasn't, with all its keys. As [`StemVoice::take_in`].
    pub fn awaits_sound(&self) -> bool {
        self.player.awaits_sound()
    }

    /// Silences it at once. Audio thread.
    pub fn reset(&mut self) {
        self.engine.reset();
        self.player.reset();
        self.panned = 0.0;
    }

    /// Whether nothing of it sounds, nor waits to, and the host is owed no note's end. Audio thread.
    pub fn is_silent(&self) -> bool {
        self.engine.is_silent() && !self.player.is_sounding()
    }

    /// Whether it plays in a song at `position`, rests included: a host that puts the plugin to sleep would
    /// miss its next note. Audio thread.
    pub fn plays(&self, position: &HostPosition, on: bool) -> bool {
        on && position.playing && self.player.has_content()
    }

    /// Adds what it plays in a block that begins at `position` to both sides, which are equally long. A new
    /// part comes with its sound and its gain, or not yet: notes that sound keep theirs. `out` is told of
    /// each note's beginning and end, and its frame. Audio thread.
    pub fn add(
        &mut self,
        position: &HostPosition,
        left: &mut [f32],
        right: &mut [f32],
        settings: StemSettings<'_>,
        out: &mut dyn FnMut(usize, StemEvent),
    ) {
        let StemSettings {
            on,
            level,
            pan,
            mut outputs,
        } = settings;
        let frames = left.len().min(right.len());
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        self.playhead.set(position);
        self.take_in();
        let Self {
            engine,
            player,
            rate,
            panned,
            ..
        } = self;
        if *panned != pan {
            *panned = pan;
            engine.handle(NoteEvent::Controller {
                channel: CHANNEL,
                number: PAN,
                value: 0.5 + 0.5 * pan,
            });
        }
        engine.set(&Settings {
            level,
            ..Settings::default()
        });
        engine.set_note_gain(player.gain());
        let sounds = player.has_sound();
        let mut nowhere = Nowhere;
        let (apart, routes) = match &mut outputs {
            Some((apart, separate)) => (apart.again(), of_part(player.kind(), *separate)),
            None => (Apart::none(&mut nowhere), Routes::MAIN),
        };
        engine.route(routes);
        let mut sum = Sum { apart };
        let mut done = 0;
        player.block(position, frames, *rate, on, |frame, event| {
            sum.mix(engine, &mut left[done..frame], &mut right[done..frame]);
            done = frame;
            if sounds || matches!(event, StemEvent::Off { .. }) {
                if let StemEvent::On { key, stroke, .. } = event {
                    engine.set_stroke(key, stroke);
                }
                engine.handle(note(event));
            }
            out(frame, event);
        });
        sum.mix(engine, &mut left[done..], &mut right[done..]);
        let gains = balance(pan).map(|side| side * level);
        player.add_clip(position, *rate, on, gains, (left, right));
        while engine.take_ended().is_some() {}
    }
}

/// The gains of left and right that a pan makes, as the sampler's: at constant power, nothing changed in the middle.
fn balance(pan: f32) -> [f32; 2] {
    if pan == 0.0 {
        return [1.0; 2];
    }
    let (sin, cos) = ((pan + 1.0) * FRAC_PI_4).sin_cos();
    [cos * SQRT_2, sin * SQRT_2]
}

/// A note of it for the host. Audio thread.
pub(super) fn midi(frame: usize, event: StemEvent) -> HostEvent<()> {
    let timing = frame as u32;
    let voice_id = VoiceID::Wildcard;
    match event {
        StemEvent::On {
            channel,
            key,
            velocity,
            ..
        } => HostEvent::NoteOn {
            timing,
            voice_id,
            channel: Channel::Number(channel),
            key: Key::Number(key),
            velocity: f32::from(velocity) / 127.0,
        },
        StemEvent::Off { channel, key } => HostEvent::NoteOff {
            timing,
            voice_id,
            channel: Channel::Number(channel),
            key: Key::Number(key),
            velocity: 0.0,
        },
    }
}

fn note(event: StemEvent) -> NoteEvent {
    match event {
        StemEvent::On { key, velocity, .. } => NoteEvent::NoteOn {
            note_id: None,
            channel: CHANNEL,
            key,
            velocity: f32::from(velocity) / 127.0,
        },
        StemEvent::Off { key, .. } => NoteEvent::NoteOff(NoteAddress {
            note_id: None,
            channel: Some(CHANNEL),
            key: Some(key),
        }),
    }
}

/// What the engine's frames are added to.
struct Sum<'a> {
    apart: Apart<'a>,
}

impl Sum<'_> {
    /// Adds the engine's next frames.
    fn mix(&mut self, engine: &mut Engine, left: &mut [f32], right: &mut [f32]) {
        let sides = left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK));
        let mut any = false;
        for (left, right) in sides {
            any = true;
            let (mut l, mut r) = ([0.0; BLOCK], [0.0; BLOCK]);
            let (count, rests) = (left.len(), engine.is_silent());
            engine.render_apart(&mut l[..count], &mut r[..count], &mut self.apart);
            self.apart.from += count;
            if rests && engine.is_silent() {
                // Adding nothing would still change zeros' signs.
                continue;
            }
            left.iter_mut().zip(l).for_each(|(out, x)| *out += x);
            right.iter_mut().zip(r).for_each(|(out, x)| *out += x);
        }
        if !any {
            // A block without frames still reads what has arrived.
            engine.render(&mut [], &mut []);
        }
    }
}

#[cfg(test)]
mod tests;
