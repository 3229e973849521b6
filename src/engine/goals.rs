//! What a voice smooths towards: channels, expressions and settings, added up.
//!
//! - The mod wheel and the vibrato expression: vibrato of up to half a semitone at 5.5 Hz.
//! - Pressure, of the channel or the note: up to 3 dB louder, an octave brighter, and (not on MPE
//!   member channels, whose players make their vibrato by hand) 0.15 semitones of vibrato.
//! - Brightness, by controller 74 or expression: ±4 octaves of the filter's cutoff. A filter that
//!   is open to begin with can only close.

use std::f32::consts::{FRAC_PI_4, SQRT_2};

use super::voice::Conditions;
use super::{Expression, Settings};

const WHEEL_VIBRATO: f32 = 0.5;
const PRESSURE_VIBRATO: f32 = 0.15;
const PRESSURE_OCTAVES: f32 = 1.0;
const PRESSURE_DB: f32 = 3.0;
const BRIGHTNESS_OCTAVES: f32 = 4.0;
/// Time constant of the smoothing.
pub const SMOOTHING_S: f32 = 0.004;
/// log₂ of the amplitude ratio of 1 dB.
pub const OCTAVES_PER_DB: f32 = 0.166_096_4;

/// Per-note expressions.
#[derive(Clone, Copy)]
pub struct Expressions {
    tuning: f32,
    volume: f32,
    pan: f32,
    /// −1..=1.
    brightness: f32,
    pressure: f32,
    vibrato: f32,
    dynamics: f32,
    tone_octaves: f32,
    level: f32,
}

impl Expressions {
    /// None has been given.
    pub const NEUTRAL: Expressions = Expressions {
        tuning: 0.0,
        volume: 1.0,
        pan: 0.0,
        brightness: 0.0,
        pressure: 0.0,
        vibrato: 0.0,
        dynamics: 1.0,
        tone_octaves: 0.0,
        level: 1.0,
    };

    /// The same at a level, linear.
    pub fn at_level(self, level: f32) -> Expressions {
        Expressions { level, ..self }
    }

    /// Takes one, clamped; non-finite ones are ignored.
    pub fn set(&mut self, expression: Expression) {
        let set = |to: &mut f32, value: f32, low: f32, high: f32| {
            if value.is_finite() {
                *to = value.clamp(low, high);
            }
        };
        match expression {
            Expression::Tuning(value) => set(&mut self.tuning, value, -128.0, 128.0),
            Expression::Volume(value) => set(&mut self.volume, value, 0.0, 4.0),
            Expression::Pan(value) => set(&mut self.pan, value, -1.0, 1.0),
            Expression::Brightness(value) => {
                set(&mut self.brightness, 2.0 * value - 1.0, -1.0, 1.0);
            }
            Expression::Pressure(value) => set(&mut self.pressure, value, 0.0, 1.0),
            Expression::Vibrato(value) => set(&mut self.vibrato, value, 0.0, 1.0),
            Expression::Dynamics(value) => set(&mut self.dynamics, value, 0.0, 1.0),
            Expression::ToneOctaves(value) => set(&mut self.tone_octaves, value, -10.0, 10.0),
            Expression::Level(value) => set(&mut self.level, value, 0.0, 4.0),
        }
    }
}

/// See the module.
#[derive(Clone, Copy)]
pub struct Goals {
    /// Semitones, from bends and tunings.
    pub pitch: f32,
    /// Semitones of vibrato.
    pub vibrato: f32,
    /// Gains.
    pub left: f32,
    pub right: f32,
    /// log₂ of the filter's cutoff in Hz.
    tone: f32,
}

impl Goals {
    /// Of a voice at rest.
    pub const NONE: Goals = Goals {
        pitch: 0.0,
        vibrato: 0.0,
        left: 0.0,
        right: 0.0,
        tone: 0.0,
    };

    /// What holds now for a note on this channel.
    pub fn new(own: &Expressions, channel: u8, conditions: &Conditions) -> Goals {
        let Conditions {
            settings, channels, ..
        } = conditions;
        let channel = channels.sum(settings, channel);
        let pressure = (channel.pressure + own.pressure).min(1.0);
        let brightness = (channel.brightness + own.brightness).clamp(-1.0, 1.0);
        let pressure_vibrato = if channel.member {
            0.0
        } else {
            PRESSURE_VIBRATO
        };
        let wheel = (channel.modulation + own.vibrato).min(1.0);
        let gain = channel.gain * own.volume * own.level * own.dynamics * own.dynamics;
        let gain = gain * (pressure * PRESSURE_DB * OCTAVES_PER_DB).exp2();
        let pan = (channel.pan + own.pan).clamp(-1.0, 1.0);
        let (sin, cos) = ((pan + 1.0) * FRAC_PI_4).sin_cos();
        // Constant power; exactly 1 in the middle.
        let (left, right) = if pan == 0.0 {
            (1.0, 1.0)
        } else {
            (cos * SQRT_2, sin * SQRT_2)
        };
        Goals {
            pitch: channel.bend + own.tuning + settings.tune_semitones,
            vibrato: wheel * WHEEL_VIBRATO + pressure * pressure_vibrato,
            left: gain * left,
            right: gain * right,
            tone: settings.tone_hz.log2()
                + own.tone_octaves
                + brightness * BRIGHTNESS_OCTAVES
                + pressure * PRESSURE_OCTAVES,
        }
    }

    /// Goes that share of the way towards others.
    pub fn approach(&mut self, goals: &Goals, share: f32) {
        let step = |value: &mut f32, goal: f32| {
            let distance = goal - *value;
            // Arrive in finite time, so that what is at rest costs nothing and stays exact.
            *value = if distance.abs() < 1e-4 {
                goal
            } else {
                *value + distance * share
            };
        };
        step(&mut self.pitch, goals.pitch);
        step(&mut self.vibrato, goals.vibrato);
        step(&mut self.left, goals.left);
        step(&mut self.right, goals.right);
        step(&mut self.tone, goals.tone);
    }

    /// The filter's cutoff in Hz; `None` when it is open.
    pub fn cutoff_hz(&self) -> Option<f32> {
        let open = Settings::TONE_OPEN_HZ.log2() - 1e-3;
        (self.tone < open).then(|| self.tone.max(4.0).exp2())
    }
}
