//! One sounding note: its place in the sound, its envelope, and all that bends it.

use std::f32::consts::{FRAC_PI_4, SQRT_2, TAU};

use super::channel::Channels;
use super::filter::LowPass;
use super::keys::Note;
use super::rack::SoundPlace;
use super::reader::{self, Cursor, Frame, Isa, MAX_STEP, MIN_STEP, Ramp, Sound};
use super::sinc::Bank;
use super::{Expression, STEAL_FADE_S, Settings, TICK};
use crate::instrument::zone::{Column, Layer};

/// Vibrato: rate in Hz, and depth in semitones of the mod wheel and of channel pressure.
const VIBRATO_HZ: f32 = 5.5;
const WHEEL_VIBRATO: f32 = 0.5;
const PRESSURE_VIBRATO: f32 = 0.15;
/// Full pressure brightens by this many octaves, and raises the level by this many dB.
const PRESSURE_OCTAVES: f32 = 1.0;
const PRESSURE_DB: f32 = 3.0;
/// Full brightness moves the filter by this many octaves.
const BRIGHTNESS_OCTAVES: f32 = 4.0;
/// A voice this far down (−100 dB) has ended.
const SILENCE: f32 = 1e-5;
/// No release is shorter: it would click.
const SHORTEST_RELEASE_S: f32 = 0.005;
const LONGEST_RELEASE_S: f32 = 60.0;
/// Time constant of the smoothing of parameters, bends and expressions.
pub const SMOOTHING_S: f32 = 0.004;
/// log₂ of 60 dB.
const SIXTY_DB_OCTAVES: f32 = 9.965_784;
const OCTAVES_PER_DB: f32 = 0.166_096_4;

/// What all voices share while a tick is computed.
pub struct Conditions {
    pub settings: Settings,
    pub channels: Channels,
    /// Differs whenever settings or channels have changed.
    pub version: u32,
    pub sample_rate: f32,
    /// Share of the way to its goal that a smoothed value goes in one tick.
    pub smoothing: f32,
    pub bank: &'static Bank,
    pub isa: Isa,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Attack,
    Hold,
    Release,
}

/// Per-note expressions.
#[derive(Clone, Copy)]
struct Expressions {
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

/// What a voice smooths towards.
#[derive(Clone, Copy, Default)]
struct Goals {
    /// Semitones, from bends and tunings.
    pitch: f32,
    /// Semitones of vibrato.
    vibrato: f32,
    left: f32,
    right: f32,
    /// log₂ Hz.
    tone: f32,
}

/// See the module.
#[derive(Clone, Copy)]
pub struct Voice {
    pub note: Note,
    /// The key hasn't come up yet.
    pub key_down: bool,
    /// The sostenuto pedal has caught it.
    pub caught: bool,
    pub sound: SoundPlace,
    /// Nothing more will come of it.
    pub ended: bool,
    /// What it last added to the output.
    pub last: Frame,
    /// Peak of the last ticks, falling.
    pub loudness: f32,
    /// Counts releases: which was first.
    pub release_order: u64,

    stage: Stage,
    /// It hasn't sounded yet: goals are taken on at once.
    fresh: bool,
    /// The tick's ramps must be made anew before the next frame.
    stale: bool,
    version: Option<u32>,

    layers: [u8; 2],
    one_layer: bool,
    weights: [f32; 2],
    decays: [f32; 2],
    /// Octaves of level lost per frame once the loop has begun.
    decay_rates: [f32; 2],
    decay_per_tick: [f32; 2],
    release_s: f32,

    cursor: Cursor,
    base_octaves: f64,
    octaves: f64,
    step_goal: u64,
    glide: f32,
    glide_per_tick: f32,
    vibrato_phase: f32,

    envelope: Ramp,
    envelope_goal: f32,
    /// Attack: change of the envelope per frame. Release: octaves per frame.
    envelope_rate: f32,
    /// Stolen or choked: frames of the fade so far.
    fade: Option<u32>,
    gains: [Ramp; 2],
    gain_goals: [f32; 2],
    sides: [Ramp; 2],

    expressions: Expressions,
    goals: Goals,
    smooth: Goals,
    filter: LowPass,
    tick_peak: f32,
}

/// Which layers sound at a velocity, and how loud each: a linear cross-fade, which for sounds in
/// phase changes the level steadily. Below the softest layer, it fades towards silence.
fn mix_layers(layers: &[Layer], velocity: f32) -> ([u8; 2], [f32; 2]) {
    let below = |layer: &Layer| f32::from(layer.velocity) <= velocity;
    let upper = layers.iter().position(|layer| !below(layer));
    let last = layers.len().saturating_sub(1) as u8;
    match upper {
        None => ([last, last], [1.0, 0.0]),
        Some(0) => {
            let softest = f32::from(layers[0].velocity);
            ([0, 0], [velocity / softest, 0.0])
        }
        Some(upper) => {
            let (low, high) = (
                f32::from(layers[upper - 1].velocity),
                f32::from(layers[upper].velocity),
            );
            let share = (velocity - low) / (high - low);
            let layers = [upper as u8 - 1, upper as u8];
            if share == 0.0 {
                ([layers[0]; 2], [1.0, 0.0])
            } else {
                (layers, [1.0 - share, share])
            }
        }
    }
}

fn finite_or(value: f32, otherwise: f32) -> f32 {
    if value.is_finite() { value } else { otherwise }
}

impl Voice {
    /// A voice at rest.
    pub const IDLE: Voice = Voice {
        note: Note {
            note_id: None,
            channel: 0,
            key: 0,
            velocity: 0.0,
        },
        key_down: false,
        caught: false,
        sound: SoundPlace {
            place: 0,
            column: 0,
        },
        ended: true,
        last: [0.0; 2],
        loudness: 0.0,
        release_order: 0,
        stage: Stage::Attack,
        fresh: true,
        stale: true,
        version: None,
        layers: [0; 2],
        one_layer: true,
        weights: [0.0; 2],
        decays: [1.0; 2],
        decay_rates: [0.0; 2],
        decay_per_tick: [1.0; 2],
        release_s: 0.0,
        cursor: Cursor {
            position: 0,
            step: 0,
            step_change: 0,
            wrapped: false,
        },
        base_octaves: 0.0,
        octaves: f64::NAN,
        step_goal: 0,
        glide: 0.0,
        glide_per_tick: 0.0,
        vibrato_phase: 0.0,
        envelope: Ramp {
            start: 0.0,
            slope: 0.0,
        },
        envelope_goal: 0.0,
        envelope_rate: 0.0,
        fade: None,
        gains: [Ramp {
            start: 0.0,
            slope: 0.0,
        }; 2],
        gain_goals: [0.0; 2],
        sides: [Ramp {
            start: 0.0,
            slope: 0.0,
        }; 2],
        expressions: Expressions {
            tuning: 0.0,
            volume: 1.0,
            pan: 0.0,
            brightness: 0.0,
            pressure: 0.0,
            vibrato: 0.0,
            dynamics: 1.0,
            tone_octaves: 0.0,
            level: 1.0,
        },
        goals: Goals {
            pitch: 0.0,
            vibrato: 0.0,
            left: 0.0,
            right: 0.0,
            tone: 0.0,
        },
        smooth: Goals {
            pitch: 0.0,
            vibrato: 0.0,
            left: 0.0,
            right: 0.0,
            tone: 0.0,
        },
        filter: LowPass::OPEN,
        tick_peak: 0.0,
    };

    /// A note begins, sliding from `glide_from` (a key) if that is given.
    pub fn start(
        note: Note,
        sound: SoundPlace,
        column: &Column,
        column_rate: f32,
        glide_from: Option<f32>,
        conditions: &Conditions,
    ) -> Voice {
        let Conditions {
            settings,
            sample_rate,
            ..
        } = conditions;
        let sample_rate = *sample_rate;
        let curve = 4f32.powf(settings.velocity_curve);
        let velocity = (note.velocity.clamp(0.0, 1.0).powf(curve) * 127.0).max(1.0);
        let (layers, weights) = mix_layers(&column.layers, velocity);
        let of = |i: usize| column.layers.get(usize::from(layers[i]));
        let decay = |i: usize| {
            let db_per_s = of(i).map_or(0.0, |layer| finite_or(layer.loop_decay_db_per_s, 0.0));
            db_per_s.clamp(0.0, 1000.0) * OCTAVES_PER_DB / sample_rate
        };
        let release = |i: usize| of(i).map_or(0.0, |layer| finite_or(layer.release_s, 0.0));
        let decay_rates = if column.loop_frames.is_some() {
            [decay(0), decay(1)]
        } else {
            [0.0; 2]
        };
        let glide = glide_from.map_or(0.0, |from| from - f32::from(note.key));
        let attack = settings.attack_s * sample_rate;
        let semitones = f64::from(note.key) - f64::from(column.root_key);
        Voice {
            note,
            sound,
            key_down: true,
            ended: false,
            loudness: weights[0] + weights[1],
            stage: if attack > 0.0 {
                Stage::Attack
            } else {
                Stage::Hold
            },
            layers,
            one_layer: weights[1] == 0.0,
            weights,
            decay_rates,
            decay_per_tick: decay_rates.map(|rate| (-rate * TICK as f32).exp2()),
            release_s: (release(0) * weights[0] + release(1) * weights[1])
                / (weights[0] + weights[1]),
            base_octaves: semitones / 12.0 + f64::from(column_rate / sample_rate).log2(),
            glide,
            glide_per_tick: glide.abs() * TICK as f32
                / (settings.glide_s * sample_rate).max(TICK as f32),
            envelope_goal: if attack > 0.0 { 0.0 } else { 1.0 },
            envelope_rate: if attack > 0.0 { 1.0 / attack } else { 0.0 },
            ..Voice::IDLE
        }
    }

    /// Whether it is on its way out by stealing or choking: it counts no more.
    pub fn is_fading(&self) -> bool {
        self.fade.is_some()
    }

    /// Whether it has been released (and isn't fading).
    pub fn is_released(&self) -> bool {
        self.stage == Stage::Release && self.fade.is_none()
    }

    /// The sound's own release begins with the next frame.
    pub fn release(&mut self, order: u64, conditions: &Conditions) {
        if self.stage == Stage::Release {
            return;
        }
        let seconds = self.release_s * conditions.settings.release_scale;
        let seconds = seconds.clamp(SHORTEST_RELEASE_S, LONGEST_RELEASE_S);
        self.stage = Stage::Release;
        self.envelope_rate = -SIXTY_DB_OCTAVES / (seconds * conditions.sample_rate);
        self.release_order = order;
        self.stale = true;
    }

    /// A quick fade to the end begins with the next frame.
    pub fn fade(&mut self) {
        self.fade.get_or_insert(0);
        self.ended |= self.fresh; // it never sounded
    }

    /// Takes a per-note expression; smoothed, unless the voice hasn't sounded yet.
    pub fn express(&mut self, expression: Expression) {
        let own = &mut self.expressions;
        let set = |to: &mut f32, value: f32, low: f32, high: f32| {
            if value.is_finite() {
                *to = value.clamp(low, high);
            }
        };
        match expression {
            Expression::Tuning(value) => set(&mut own.tuning, value, -128.0, 128.0),
            Expression::Volume(value) => set(&mut own.volume, value, 0.0, 4.0),
            Expression::Pan(value) => set(&mut own.pan, value, -1.0, 1.0),
            Expression::Brightness(value) => {
                set(&mut own.brightness, 2.0 * value - 1.0, -1.0, 1.0);
            }
            Expression::Pressure(value) => set(&mut own.pressure, value, 0.0, 1.0),
            Expression::Vibrato(value) => set(&mut own.vibrato, value, 0.0, 1.0),
            Expression::Dynamics(value) => set(&mut own.dynamics, value, 0.0, 1.0),
            Expression::ToneOctaves(value) => set(&mut own.tone_octaves, value, -10.0, 10.0),
            Expression::Level(value) => set(&mut own.level, value, 0.0, 4.0),
        }
        self.version = None;
    }

    /// Renders the next frames, of which the first is frame `phase` of the tick, and adds them to
    /// `mix`.
    pub fn render(
        &mut self,
        column: &Column,
        phase: usize,
        conditions: &Conditions,
        mix: &mut [Frame],
    ) {
        if !self.ended && (phase == 0 || self.stale) {
            self.aim(column, phase, conditions);
        }
        if self.ended {
            return;
        }
        let frames = |i: usize| {
            let layer = column.layers.get(usize::from(self.layers[i]));
            layer.map_or(&[][..], |layer| &layer.frames)
        };
        let sound = Sound {
            lower: frames(0),
            upper: if self.one_layer { &[] } else { frames(1) },
            loop_frames: column
                .loop_frames
                .map(|(start, end)| (start as usize, end as usize)),
        };
        let mut buffer = [[0.0; 2]; TICK];
        let (buffer, _) = buffer.split_at_mut(mix.len().min(TICK));
        let table = conditions.bank.table(self.octaves as f32);
        let isa = conditions.isa;
        self.ended = !reader::read(
            isa,
            &mut self.cursor,
            table,
            &sound,
            self.gains,
            phase,
            buffer,
        );
        self.filter.run(buffer, phase);
        if let Some(faded) = self.fade {
            self.fade_out(buffer, faded, conditions.sample_rate);
        }
        let [left, right] = self.sides;
        let mut sum = 0.0; // infinite or NaN if any sample is
        let mut peak = 0.0f32;
        for (i, frame) in buffer.iter_mut().enumerate() {
            *frame = [
                frame[0] * left.at(phase + i),
                frame[1] * right.at(phase + i),
            ];
            let level = frame[0].abs() + frame[1].abs();
            sum += level;
            peak = peak.max(level);
        }
        let good = if sum.is_finite() {
            buffer.len()
        } else {
            // Broken sound: the voice ends before the first such sample.
            self.ended = true;
            let broken = |frame: &Frame| !(frame[0] + frame[1]).is_finite();
            buffer.iter().position(broken).unwrap_or(0)
        };
        for (mix, frame) in mix.iter_mut().zip(&buffer[..good]) {
            mix[0] += frame[0];
            mix[1] += frame[1];
        }
        if let Some(last) = buffer[..good].last() {
            self.last = *last;
        }
        self.tick_peak = self.tick_peak.max(peak);
        self.fresh = false;
    }

    /// Multiplies with a curve that starts and ends level; a straight line would be heard.
    fn fade_out(&mut self, buffer: &mut [Frame], faded: u32, sample_rate: f32) {
        let length = (STEAL_FADE_S * sample_rate).max(1.0);
        for (i, frame) in buffer.iter_mut().enumerate() {
            let x = ((faded + i as u32 + 1) as f32 / length).min(1.0);
            let gain = 1.0 - x * x * (3.0 - 2.0 * x);
            *frame = frame.map(|sample| sample * gain);
        }
        let faded = faded + buffer.len() as u32;
        self.fade = Some(faded);
        self.ended |= faded as f32 >= length;
    }

    /// Makes the ramps from frame `from` of the tick to its end.
    fn aim(&mut self, column: &Column, from: usize, conditions: &Conditions) {
        self.stale = false;
        if from == 0 || self.fresh {
            self.loudness = self.tick_peak.max(self.loudness * 0.8);
            self.tick_peak = 0.0;
            self.take_goals(conditions);
            self.aim_pitch(from, conditions);
            self.aim_sides(from);
            let tone = (self.smooth.tone < Settings::TONE_OPEN_HZ.log2() - 1e-3)
                .then(|| self.smooth.tone.max(4.0).exp2());
            self.filter
                .aim(tone, conditions.sample_rate, from, self.fresh);
            if !self.fresh {
                self.decay(column);
            }
        }
        self.aim_gains(from);
    }

    fn aim_gains(&mut self, from: usize) {
        let now = if from == 0 || self.fresh {
            self.envelope_goal
        } else {
            self.envelope.at(from)
        };
        let frames = (TICK - from) as f32;
        self.envelope_goal = match self.stage {
            Stage::Attack => now + self.envelope_rate * frames,
            Stage::Hold => 1.0,
            Stage::Release => now * (self.envelope_rate * frames).exp2(),
        };
        if self.stage == Stage::Attack && self.envelope_goal >= 1.0 {
            self.envelope_goal = 1.0;
            self.stage = Stage::Hold;
        }
        self.envelope = Ramp::between(now, from, self.envelope_goal);
        for i in 0..2 {
            let level = self.weights[i] * self.decays[i];
            let before = if self.fresh {
                level * now
            } else if from == 0 {
                self.gain_goals[i]
            } else {
                self.gains[i].at(from)
            };
            self.gain_goals[i] = level * self.envelope_goal;
            self.gains[i] = Ramp::between(before, from, self.gain_goals[i]);
        }
        let falling =
            self.stage == Stage::Release || self.decay_rates.iter().any(|rate| *rate > 0.0);
        let inaudible = self.gain_goals.iter().all(|gain| *gain < SILENCE)
            && self.gains.iter().all(|gain| gain.at(from) < SILENCE);
        self.ended |= falling && inaudible;
    }

    /// The decay that goes on while the sound loops, one tick on.
    fn decay(&mut self, column: &Column) {
        if let Some((start, _)) = column.loop_frames
            && (self.cursor.wrapped || self.cursor.position >> 32 >= u64::from(start))
        {
            for (decay, factor) in self.decays.iter_mut().zip(self.decay_per_tick) {
                *decay *= factor;
            }
        }
    }

    /// Recomputes what the voice smooths towards, if anything has changed, and goes there a bit.
    fn take_goals(&mut self, conditions: &Conditions) {
        if self.version != Some(conditions.version) {
            self.version = Some(conditions.version);
            self.goals = self.goals_now(conditions);
        }
        if self.fresh {
            self.smooth = self.goals;
            return;
        }
        let approach = |value: &mut f32, goal: f32| {
            let distance = goal - *value;
            // Arrive in finite time, so that what is at rest costs nothing and stays exact.
            *value = if distance.abs() < 1e-4 {
                goal
            } else {
                *value + distance * conditions.smoothing
            };
        };
        approach(&mut self.smooth.pitch, self.goals.pitch);
        approach(&mut self.smooth.vibrato, self.goals.vibrato);
        approach(&mut self.smooth.left, self.goals.left);
        approach(&mut self.smooth.right, self.goals.right);
        approach(&mut self.smooth.tone, self.goals.tone);
    }

    fn goals_now(&self, conditions: &Conditions) -> Goals {
        let Conditions {
            settings, channels, ..
        } = conditions;
        let channel = channels.sum(settings, self.note.channel);
        let own = &self.expressions;
        let pressure = (channel.pressure + own.pressure).min(1.0);
        let brightness = (channel.brightness + own.brightness).clamp(-1.0, 1.0);
        // MPE players make their vibrato by hand; theirs is pressure for loudness and brightness.
        let pressure_vibrato = if channel.member {
            0.0
        } else {
            pressure * PRESSURE_VIBRATO
        };
        let wheel = (channel.modulation + own.vibrato).min(1.0);
        let gain = channel.gain
            * own.volume
            * own.level
            * own.dynamics
            * own.dynamics
            * (pressure * PRESSURE_DB * OCTAVES_PER_DB).exp2();
        let pan = (channel.pan + own.pan).clamp(-1.0, 1.0);
        let (sin, cos) = ((pan + 1.0) * FRAC_PI_4).sin_cos();
        let (left, right) = if pan == 0.0 {
            (1.0, 1.0)
        } else {
            (cos * SQRT_2, sin * SQRT_2)
        };
        Goals {
            pitch: channel.bend + own.tuning + settings.tune_semitones,
            vibrato: wheel * WHEEL_VIBRATO + pressure_vibrato,
            left: gain * left,
            right: gain * right,
            tone: settings.tone_hz.log2()
                + own.tone_octaves
                + brightness * BRIGHTNESS_OCTAVES
                + pressure * PRESSURE_OCTAVES,
        }
    }

    fn aim_pitch(&mut self, from: usize, conditions: &Conditions) {
        if self.glide != 0.0 && !self.fresh {
            let left = (self.glide.abs() - self.glide_per_tick).max(0.0);
            self.glide = left.copysign(self.glide);
        }
        let mut semitones = self.smooth.pitch + self.glide;
        if self.smooth.vibrato > 0.0 {
            let turn = VIBRATO_HZ * TICK as f32 / conditions.sample_rate;
            self.vibrato_phase = (self.vibrato_phase + turn).fract();
            semitones += self.smooth.vibrato * (self.vibrato_phase * TAU).sin();
        }
        let octaves = self.base_octaves + f64::from(semitones) / 12.0;
        if octaves != self.octaves {
            self.octaves = octaves;
            let step = octaves.exp2() * reader::ONE as f64;
            self.step_goal = (step as u64).clamp(MIN_STEP, MAX_STEP);
        }
        if self.fresh {
            self.cursor.step = self.step_goal;
        }
        let change = self.step_goal as i64 - self.cursor.step as i64;
        self.cursor.step_change = change / (TICK - from) as i64;
        if change.unsigned_abs() < TICK as u64 {
            // Less than the division can share out: arrive.
            self.cursor.step = self.step_goal;
            self.cursor.step_change = 0;
        }
    }

    fn aim_sides(&mut self, from: usize) {
        let goals = [self.smooth.left, self.smooth.right];
        for (side, goal) in self.sides.iter_mut().zip(goals) {
            let now = if self.fresh { goal } else { side.at(TICK) };
            *side = Ramp::between(now, from, goal);
        }
    }
}
