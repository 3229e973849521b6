//! The engine itself: takes events and messages, keeps the voices, mixes them.

use std::sync::Arc;

use super::apart::{Apart, Mixes, Nowhere, Routes};
use super::channel::Channels;
use super::ended::Ended;
use super::goals::SMOOTHING_S;
use super::isa::Isa;
use super::keys::{HeldKeys, Note, Waiting};
use super::mailbox::EngineSide;
use super::master::Master;
use super::rack::Rack;
use super::reader::Frame;
use super::sinc::Bank;
use super::voice::Conditions;
use super::voices::Voices;
use super::{EndedNote, NoteEvent, STEAL_FADE_S, Settings, TICK, Telemetry};

/// Columns replaced before one stretch of frames; the others wait for the next.
const REPLACED_AT_ONCE: usize = 16;

/// A sampler for one plugin instance. Lives on the audio thread; made, prepared and dropped on
/// the main thread.
pub struct Engine {
    mailbox: EngineSide,
    pub(super) telemetry: Arc<Telemetry>,
    pub(super) conditions: Conditions,
    pub(super) rack: Rack,
    pub(super) voices: Voices,
    pub(super) held: HeldKeys,
    pub(super) waiting: Waiting,
    pub(super) ended: Ended,
    master: Master,
    mixes: Mixes,
    /// Which outputs notes take that begin.
    pub(super) routes: Routes,
    /// Frames of the tick rendered so far, 1..=[`TICK`]; at `TICK` the next frame starts another.
    phase: usize,
    /// Linear gain of the notes that begin.
    pub(super) note_gain: f32,
    /// The key played last, from which glides start.
    pub(super) last_key: Option<f32>,
    /// Notes of each key since the last reset, 0..=255 and again: strokes of a piece take turns by it.
    pub(super) strokes: [u8; 128],
    /// What is left of voices that were cut off without a fade: falls to 0 within the time of one.
    pub(super) residue: Frame,
    residue_decay: f32,
}

impl Engine {
    /// A silent engine. Allocates all that it will ever need. Main thread.
    pub fn new(mailbox: EngineSide) -> Engine {
        let mut engine = Engine {
            telemetry: mailbox.telemetry.clone(),
            mailbox,
            conditions: Conditions {
                settings: Settings::default(),
                channels: Channels::default(),
                version: 0,
                sample_rate: 0.0,
                smoothing: 1.0,
                bank: Bank::shared(),
                isa: Isa::detect(),
            },
            rack: Rack::new(),
            voices: Voices::new(),
            held: HeldKeys::NONE,
            waiting: Waiting::NONE,
            ended: Ended::new(),
            master: Master::default(),
            mixes: Mixes::new(),
            routes: Routes::MAIN,
            phase: TICK,
            note_gain: 1.0,
            last_key: None,
            strokes: [0; 128],
            residue: [0.0; 2],
            residue_decay: 0.0,
        };
        engine.prepare(48_000.0);
        engine
    }

    /// What the editor may watch. Any thread.
    pub fn telemetry(&self) -> Arc<Telemetry> {
        self.telemetry.clone()
    }

    /// Sets the sample rate of the output in Hz (8,000..=768,000; others are clamped, NaN is taken
    /// for 48,000) and resets. Blocks may have any length. Main thread, while not processing.
    pub fn prepare(&mut self, sample_rate: f32) {
        let sample_rate = if sample_rate.is_nan() {
            48_000.0
        } else {
            sample_rate
        };
        let sample_rate = sample_rate.clamp(8_000.0, 768_000.0);
        self.conditions.sample_rate = sample_rate;
        let share =
            |seconds: f32, frames: usize| (-(frames as f32) / (seconds * sample_rate)).exp();
        self.conditions.smoothing = 1.0 - share(SMOOTHING_S, TICK);
        self.residue_decay = share(STEAL_FADE_S / 5.0, 1);
        self.reset();
    }

    /// Silences everything at once, forgets held keys, pedals and controllers; keeps instruments
    /// and settings. Audio thread (CLAP and VST3 reset), or main thread while not processing.
    pub fn reset(&mut self) {
        let Engine {
            voices,
            rack,
            ended,
            waiting,
            ..
        } = self;
        voices.for_each(|voice| {
            rack.leave(voice.sound);
            if !voice.moved_on {
                ended.push(&voice.note);
            }
        });
        voices.clear();
        waiting.retain(|note| {
            ended.push(note);
            false
        });
        self.held = HeldKeys::NONE;
        self.conditions.channels.reset();
        self.conditions.version = self.conditions.version.wrapping_add(1);
        self.master.reset();
        self.phase = TICK;
        self.last_key = None;
        self.strokes = [0; 128];
        self.residue = [0.0; 2];
        self.telemetry.set_held_keys(0);
        self.telemetry.set_sounding_keys(0);
        self.telemetry.set_voices(0);
    }

    /// Sets the parameters for the frames and events to come; they are smoothed. Cheap enough to
    /// call before every stretch of frames. Audio thread.
    pub fn set(&mut self, settings: &Settings) {
        let settings = settings.sane();
        if settings != self.conditions.settings {
            self.conditions.settings = settings;
            self.conditions.version = self.conditions.version.wrapping_add(1);
        }
    }

    /// The outputs of notes that begin from now on; those that sound keep theirs. Audio thread.
    pub fn route(&mut self, routes: Routes) {
        self.routes = routes;
    }

    /// Says which stroke of a key comes next, so that what is played again from a place sounds as it did there. Keys out
    /// of range are ignored. Audio thread.
    pub fn set_stroke(&mut self, key: u8, stroke: u8) {
        if let Some(next) = self.strokes.get_mut(usize::from(key)) {
            *next = stroke;
        }
    }

    /// Applies an event to the next frame rendered. Events whose channel or key is out of range
    /// are ignored. Audio thread.
    pub fn handle(&mut self, event: NoteEvent) {
        match event {
            NoteEvent::NoteOn {
                note_id,
                channel,
                key,
                velocity,
            } if channel < 16 && key < 128 && velocity.is_finite() => self.note_on(Note {
                note_id,
                channel,
                key,
                velocity,
            }),
            NoteEvent::NoteOff(address) => self.note_off(&address),
            NoteEvent::Choke(address) => self.choke(&address),
            NoteEvent::Expression { note, expression } => {
                self.voices
                    .for_each_at(&note, |voice| voice.express(expression));
            }
            NoteEvent::PitchBend { channel, value } if channel < 16 => {
                self.conditions.channels.set_bend(channel, value);
                self.conditions.version = self.conditions.version.wrapping_add(1);
            }
            NoteEvent::Pressure { channel, value } if channel < 16 => {
                self.conditions.channels.set_pressure(channel, value);
                self.conditions.version = self.conditions.version.wrapping_add(1);
            }
            NoteEvent::Controller {
                channel,
                number,
                value,
            } if channel < 16 => {
                let action = self
                    .conditions
                    .channels
                    .set_controller(channel, number, value);
                self.conditions.version = self.conditions.version.wrapping_add(1);
                self.act(channel, action);
            }
            _ => {}
        }
    }

    /// Renders the next frames into both slices, overwriting them; where one is longer, the rest
    /// of it is silence. Also reads the mailbox. Any length, none included. Audio thread.
    pub fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.render_apart(left, right, &mut Apart::none(&mut Nowhere));
    }

    /// The same, but notes of separate outputs that are open go there. Audio thread.
    pub fn render_apart(&mut self, left: &mut [f32], right: &mut [f32], apart: &mut Apart<'_>) {
        self.read_mailbox();
        let frames = left.len().min(right.len());
        let (left, silent_left) = left.split_at_mut(frames);
        let (right, silent_right) = right.split_at_mut(frames);
        silent_left.fill(0.0);
        silent_right.fill(0.0);
        let mut done = 0;
        while done < frames {
            if self.phase >= TICK {
                self.phase = 0;
                self.master
                    .aim(&self.conditions.settings, self.conditions.smoothing);
            }
            let count = (TICK - self.phase).min(frames - done);
            let mut mix = [[0.0; 2]; TICK];
            let (mix, _) = mix.split_at_mut(count);
            self.mix_voices(mix, apart.open);
            self.master.run(mix, self.phase);
            let (at, sink) = (apart.from + done, &mut *apart.sink);
            self.mixes
                .leave(&self.master, self.phase, count, |output, frames| {
                    sink.add(output, at, frames);
                });
            let out = left[done..].iter_mut().zip(&mut right[done..]);
            for ((left, right), frame) in out.zip(mix) {
                [*left, *right] = frame.map(|x| if x.is_finite() { x } else { 0.0 });
            }
            self.phase += count;
            done += count;
        }
        self.telemetry.set_voices(self.voices.sounding() as u32);
        self.telemetry.set_held_keys(self.held.bits());
        self.telemetry.set_sounding_keys(self.voices.keys());
    }

    /// The next note whose sound has ended since the last call. Up to 256 are remembered, older
    /// ones are forgotten. Audio thread.
    pub fn take_ended(&mut self) -> Option<EndedNote> {
        self.ended.pop()
    }

    /// Voices that sound, releases included; at most [`MAX_VOICES`](super::MAX_VOICES). Stolen
    /// voices in their last 3 ms don't count. Audio thread; elsewhere ask [`Telemetry::voices`].
    pub fn active_voices(&self) -> usize {
        self.voices.sounding()
    }

    /// Whether nothing sounds and nothing waits to: the output stays silent until the next event.
    /// (Messages are read only while the engine is rendered.) Audio thread.
    pub fn is_silent(&self) -> bool {
        self.voices.in_use() == 0 && self.waiting.is_empty() && self.residue == [0.0; 2]
    }

    /// Takes in what has arrived, as [`Engine::render`] does. Audio thread, or main thread while not
    /// processing.
    pub fn read_mailbox(&mut self) {
        for _ in 0..REPLACED_AT_ONCE {
            let received = self.rack.exchange(&mut self.mailbox);
            if received.new_sound {
                let id = self.rack.current().map_or(0, |instrument| instrument.id);
                self.telemetry.set_instrument(id);
                if !self.waiting.is_empty() {
                    let mut waiting = std::mem::replace(&mut self.waiting, Waiting::NONE);
                    waiting.retain(|note| !self.begin(note));
                    self.waiting = waiting;
                }
            }
            if let Some(place) = received.crowded {
                self.voices.for_each(|voice| {
                    if voice.sound.place == place {
                        voice.fade();
                    }
                });
            }
            let Some(replaced) = received.replaced else {
                break;
            };
            let Engine {
                voices,
                rack,
                residue,
                phase,
                conditions,
                ..
            } = self;
            let rate = conditions.sample_rate;
            voices.cross_over(&replaced, rack, *phase, rate, |cut| {
                for (residue, last) in residue.iter_mut().zip(cut.last) {
                    *residue += last;
                }
            });
        }
    }

    /// Adds the next frames of all voices, each to its output if that is `open`, else to `mix`.
    fn mix_voices(&mut self, mix: &mut [Frame], open: u16) {
        let Engine {
            voices,
            rack,
            ended,
            residue,
            conditions,
            phase,
            mixes,
            ..
        } = self;
        let mut any_ended = false;
        voices.for_each(|voice| {
            let separate = if open >> voice.output & 1 == 0 {
                None
            } else {
                mixes.of(voice.output, mix.len())
            };
            let mix = separate.unwrap_or(&mut *mix);
            match rack.column(voice.sound) {
                Some((column, _)) => voice.render(column, *phase, conditions, mix),
                None => voice.ended = true,
            }
            any_ended |= voice.ended;
        });
        if *residue != [0.0; 2] {
            for frame in mix {
                for (x, residue) in frame.iter_mut().zip(residue.iter_mut()) {
                    *x += *residue;
                    *residue *= self.residue_decay;
                    *residue = if residue.abs() < 1e-6 { 0.0 } else { *residue };
                }
            }
        }
        if any_ended {
            voices.remove_ended(|voice| {
                rack.leave(voice.sound);
                if !voice.moved_on {
                    ended.push(&voice.note);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_move_to_the_audio_thread_and_telemetry_is_seen_from_all() {
        fn moves<T: Send>() {}
        fn is_seen<T: Send + Sync>() {}
        moves::<Engine>();
        is_seen::<Telemetry>();
    }

    #[test]
    fn an_engine_without_an_instrument_is_silent_and_remembers_its_keys() {
        let (side, _generator) = super::super::mailbox::channel();
        let mut engine = Engine::new(side);
        assert!(engine.is_silent());
        let (mut left, mut right) = ([1.0; 100], [1.0; 90]);
        engine.handle(NoteEvent::NoteOn {
            note_id: None,
            channel: 0,
            key: 60,
            velocity: 1.0,
        });
        engine.render(&mut left, &mut right);
        assert_eq!((left, right), ([0.0; 100], [0.0; 90]));
        assert!(!engine.is_silent() && engine.active_voices() == 0);
        engine.reset();
        assert!(engine.is_silent());
        assert_eq!(engine.take_ended().map(|note| note.key), Some(60));
    }
}
