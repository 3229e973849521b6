//! Instruments of known sound, and a player that renders a script of events under the guard.

use consort::engine::mailbox::{self, FromEngine, GeneratorSide, ToEngine};
use consort::engine::{Engine, NoteAddress, NoteEvent, Settings};
use consort::instrument::zone::{Column, Layer, SampledInstrument};

use crate::guard::guarded;

pub const RATE: f32 = 48_000.0;

/// A layer with the usual values.
pub fn layer(velocity: u8, frames: Vec<[f32; 2]>) -> Layer {
    Layer {
        velocity,
        frames,
        loop_decay_db_per_s: 0.0,
        release_s: 0.2,
    }
}

/// A column for all keys.
pub fn column(root_key: u8, loop_frames: Option<(u32, u32)>, layers: Vec<Layer>) -> Column {
    Column {
        low_key: 0,
        high_key: 127,
        root_key,
        loop_frames,
        one_shot: false,
        choke_group: 0,
        takes: Vec::new(),
        layers,
    }
}

/// An instrument with one column for all keys.
pub fn instrument(id: u64, sample_rate: f32, column: Option<Column>) -> Box<SampledInstrument> {
    let columns = vec![column.map(Box::new)];
    Box::new(SampledInstrument {
        id,
        sound: 0,
        sample_rate,
        key_to_column: [Some(0); 128],
        columns,
    })
}

/// `periods` periods of a sine in `length` frames: it loops without a seam.
pub fn sine(periods: usize, length: usize, amplitude: f32) -> Vec<[f32; 2]> {
    let turn = std::f64::consts::TAU * periods as f64 / length as f64;
    (0..length)
        .map(|i| [amplitude * (turn * i as f64).sin() as f32; 2])
        .collect()
}

/// A sustained tone at key 60 with harmonics (more for harder notes), a soft start, and different
/// phases left and right; in its whole it loops.
pub fn rich(seed: u64) -> Column {
    const LENGTH: usize = 9_600;
    let layers = [30u8, 70, 110].map(|velocity| {
        let harmonics = 2 + usize::from(velocity) / 8;
        let mut frames = vec![[0.0f32; 2]; LENGTH];
        for harmonic in 1..=harmonics {
            let turn = std::f64::consts::TAU * (50 * harmonic) as f64 / LENGTH as f64;
            let level = 0.05 * f32::from(velocity) / 127.0 / harmonic as f32;
            let offset = (seed as usize * harmonic * harmonic) as f64;
            for (i, frame) in frames.iter_mut().enumerate() {
                frame[0] += level * (turn * i as f64 + offset).sin() as f32;
                frame[1] += level * (turn * i as f64 + offset + 1.0).sin() as f32;
            }
        }
        for (i, frame) in frames.iter_mut().take(1_000).enumerate() {
            *frame = frame.map(|x| x * i as f32 / 1_000.0);
        }
        Layer {
            loop_decay_db_per_s: 3.0,
            ..layer(velocity, frames)
        }
    });
    column(60, Some((4_800, LENGTH as u32)), layers.into())
}

/// An engine and the other end of its mailbox.
pub struct Player {
    pub engine: Engine,
    pub generator: GeneratorSide,
    pub settings: Settings,
}

impl Player {
    /// Plays that instrument at that rate.
    pub fn new(instrument: Box<SampledInstrument>, rate: f32) -> Player {
        let (engine_side, mut generator) = mailbox::channel();
        let mut engine = Engine::new(engine_side);
        engine.prepare(rate);
        generator.send(ToEngine::Instrument(instrument)).unwrap();
        let mut player = Player {
            engine,
            generator,
            settings: Settings::default(),
        };
        player.render(0); // takes the instrument in
        player
    }

    /// Starts over with settings that hold from the first frame on.
    pub fn start_with(&mut self, settings: Settings) {
        self.settings = settings;
        self.engine.set(&settings);
        self.engine.reset();
    }

    pub fn handle(&mut self, event: NoteEvent) {
        guarded(|| self.engine.handle(event));
    }

    /// The next frames, in one block.
    pub fn render(&mut self, frames: usize) -> Vec<[f32; 2]> {
        let (mut left, mut right) = (vec![f32::NAN; frames], vec![f32::NAN; frames]);
        guarded(|| {
            self.engine.set(&self.settings);
            self.engine.render(&mut left, &mut right);
        });
        left.into_iter()
            .zip(right)
            .map(|(left, right)| [left, right])
            .collect()
    }

    /// Plays events at their frames, in blocks whose lengths are taken from `blocks` in turn.
    pub fn play(
        &mut self,
        script: &[(usize, NoteEvent)],
        frames: usize,
        blocks: &[usize],
    ) -> Vec<[f32; 2]> {
        let mut out = Vec::with_capacity(frames);
        let mut events = script.iter().peekable();
        let mut block_ends = blocks.iter().cycle().scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        let mut block_end = 0;
        while out.len() < frames {
            while block_end <= out.len() {
                block_end = block_ends.next().unwrap();
            }
            while let Some((_, event)) = events.next_if(|(at, _)| *at <= out.len()) {
                self.handle(*event);
            }
            let next_event = events.peek().map_or(frames, |(at, _)| *at);
            let until = next_event.min(block_end).min(frames);
            out.extend(self.render(until - out.len()));
        }
        out
    }

    /// Takes back what the engine is done with: instruments and columns.
    pub fn take_back(&mut self) -> (usize, usize) {
        let (mut instruments, mut columns) = (0, 0);
        while let Some(object) = self.generator.receive() {
            match object {
                FromEngine::Instrument(_) => instruments += 1,
                FromEngine::Column(_) => columns += 1,
            }
        }
        (instruments, columns)
    }
}

pub fn on(channel: u8, key: u8, velocity: f32) -> NoteEvent {
    NoteEvent::NoteOn {
        note_id: None,
        channel,
        key,
        velocity,
    }
}

pub fn at(channel: u8, key: u8) -> NoteAddress {
    NoteAddress {
        note_id: None,
        channel: Some(channel),
        key: Some(key),
    }
}

pub fn off(channel: u8, key: u8) -> NoteEvent {
    NoteEvent::NoteOff(at(channel, key))
}

pub fn control(channel: u8, number: u8, value: f32) -> NoteEvent {
    NoteEvent::Controller {
        channel,
        number,
        value,
    }
}

/// Root mean square of the left channel.
pub fn rms(frames: &[[f32; 2]]) -> f32 {
    let power: f64 = frames.iter().map(|frame| f64::from(frame[0]).powi(2)).sum();
    (power / frames.len().max(1) as f64).sqrt() as f32
}
