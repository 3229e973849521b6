//! How fast a voice reads: key, bends, glide, vibrato.

use std::f32::consts::TAU;

use super::TICK;
use super::goals::Goals;
use super::reader::{self, Cursor, MAX_STEP, MIN_STEP};

const VIBRATO_HZ: f32 = 5.5;

/// See the module.
#[derive(Clone, Copy)]
pub struct Pitch {
    /// Octaves above the frames' own rate, without anything that bends.
    base: f64,
    /// And with all that does.
    octaves: f64,
    step: u64,
    /// Semitones still to slide, and how many each tick.
    glide: f32,
    glide_per_tick: f32,
    /// Turns.
    vibrato: f32,
}

impl Pitch {
    /// Of a voice at rest.
    pub const NONE: Pitch = Pitch {
        base: 0.0,
        octaves: f64::NAN,
        step: 0,
        glide: 0.0,
        glide_per_tick: 0.0,
        vibrato: 0.0,
    };

    /// For frames read at `rate` times their own, `semitones` above their root key; sliding there
    /// from `glide` semitones away in `glide_frames`.
    pub fn new(semitones: f32, rate: f32, glide: f32, glide_frames: f32) -> Pitch {
        let tick = TICK as f32;
        Pitch {
            base: f64::from(semitones) / 12.0 + f64::from(rate).log2(),
            glide,
            glide_per_tick: glide.abs() * tick / glide_frames.max(tick),
            ..Pitch::NONE
        }
    }

    /// Octaves above the frames' own rate.
    pub fn octaves(&self) -> f32 {
        self.octaves as f32
    }

    /// Lets the cursor go, from frame `from` of the tick to its end, towards the pitch that holds
    /// then; a `fresh` one is there at once.
    pub fn aim(
        &mut self,
        cursor: &mut Cursor,
        goals: &Goals,
        sample_rate: f32,
        from: usize,
        fresh: bool,
    ) {
        if self.glide != 0.0 && !fresh {
            let left = (self.glide.abs() - self.glide_per_tick).max(0.0);
            self.glide = left.copysign(self.glide);
        }
        let mut semitones = goals.pitch + self.glide;
        if goals.vibrato > 0.0 {
            let turn = VIBRATO_HZ * TICK as f32 / sample_rate;
            self.vibrato = (self.vibrato + turn).fract();
            semitones += goals.vibrato * (self.vibrato * TAU).sin();
        }
        let octaves = self.base + f64::from(semitones) / 12.0;
        if octaves != self.octaves {
            self.octaves = octaves;
            let step = octaves.exp2() * reader::ONE as f64;
            self.step = (step as u64).clamp(MIN_STEP, MAX_STEP);
        }
        if fresh {
            cursor.step = self.step;
        }
        let change = self.step as i64 - cursor.step as i64;
        cursor.step_change = change / (TICK - from).max(1) as i64;
        if change.unsigned_abs() < TICK as u64 {
            // Less than the division can share out: arrive.
            cursor.step = self.step;
            cursor.step_change = 0;
        }
    }
}
