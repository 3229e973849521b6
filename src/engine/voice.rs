//! One sounding note: its place in the sound, its envelope, and all that bends it.

use super::channel::Channels;
use super::filter::LowPass;
use super::goals::{Expressions, Goals};
use super::isa::Isa;
use super::keys::Note;
use super::layers::Layers;
use super::pitch::Pitch;
use super::rack::SoundPlace;
use super::reader::{self, Cursor, Frame, Ramp};
use super::sinc::Bank;
use super::{Expression, MOVE_FADE_S, STEAL_FADE_S, Settings, TICK};
use crate::instrument::zone::Column;

/// A voice this far down (−100 dB) has ended.
const SILENCE: f32 = 1e-5;
/// No release is shorter: it would click.
const SHORTEST_RELEASE_S: f32 = 0.005;
const LONGEST_RELEASE_S: f32 = 60.0;
/// log₂ of the amplitude ratio of 60 dB.
const SIXTY_DB_OCTAVES: f32 = 9.965_784;

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

/// See the module.
#[derive(Clone, Copy)]
pub struct Voice {
    pub note: Note,
    /// The key hasn't come up yet.
    pub key_down: bool,
    /// The sostenuto pedal has caught it.
    pub caught: bool,
    pub sound: SoundPlace,
    /// A hit: no release ends it.
    pub one_shot: bool,
    /// The group whose members silence each other; 0 for none.
    pub choke_group: u8,
    /// The output that it leaves on, to its end; 0 is the main one.
    pub output: u8,
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

    /// 1..=127, after the velocity curve.
    velocity: f32,
    /// Notes of its key before it: which take of its sound it plays.
    stroke: u32,
    layers: Layers,
    pitch: Pitch,
    cursor: Cursor,

    envelope: Ramp,
    envelope_goal: f32,
    /// Attack: change of the envelope per frame. Release: octaves per frame.
    envelope_rate: f32,
    /// Stolen, choked or moved on: frames of the fade so far, and its length in seconds.
    fade: Option<u32>,
    fade_s: f32,
    /// Moved here: frames of the fade-in so far.
    arriving: Option<u32>,
    /// Another voice has taken its note over.
    pub moved_on: bool,
    gains: [Ramp; 2],
    gain_goals: [f32; 2],
    sides: [Ramp; 2],

    expressions: Expressions,
    goals: Goals,
    smooth: Goals,
    filter: LowPass,
    tick_peak: f32,
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
        one_shot: false,
        choke_group: 0,
        output: 0,
        ended: true,
        last: [0.0; 2],
        loudness: 0.0,
        release_order: 0,
        stage: Stage::Attack,
        fresh: true,
        stale: true,
        version: None,
        velocity: 0.0,
        stroke: 0,
        layers: Layers::NONE,
        pitch: Pitch::NONE,
        cursor: Cursor {
            position: 0,
            step: 0,
            step_change: 0,
            turns: 0,
        },
        envelope: Ramp {
            start: 0.0,
            slope: 0.0,
        },
        envelope_goal: 0.0,
        envelope_rate: 0.0,
        fade: None,
        fade_s: STEAL_FADE_S,
        arriving: None,
        moved_on: false,
        gains: [Ramp {
            start: 0.0,
            slope: 0.0,
        }; 2],
        gain_goals: [0.0; 2],
        sides: [Ramp {
            start: 0.0,
            slope: 0.0,
        }; 2],
        expressions: Expressions::NEUTRAL,
        goals: Goals::NONE,
        smooth: Goals::NONE,
        filter: LowPass::OPEN,
        tick_peak: 0.0,
    };

    /// A note begins, sliding from `glide_from` (a key) if that is given; `stroke` counts the notes of its key before it.
    pub fn start(
        note: Note,
        sound: SoundPlace,
        column: &Column,
        column_rate: f32,
        (glide_from, stroke): (Option<f32>, u32),
        conditions: &Conditions,
    ) -> Voice {
        let Conditions {
            settings,
            sample_rate,
            ..
        } = conditions;
        let curve = 4f32.powf(settings.velocity_curve);
        let velocity = (note.velocity.clamp(0.0, 1.0).powf(curve) * 127.0).max(1.0);
        let layers = Layers::new(column, velocity, stroke, *sample_rate);
        let semitones = f32::from(note.key) - f32::from(column.root_key);
        // What was struck before says nothing of a hit's pitch.
        let glide_from = glide_from.filter(|_| !column.one_shot);
        let glide = glide_from.map_or(0.0, |from| from - f32::from(note.key));
        let glide_frames = settings.glide_s * sample_rate;
        let attack = settings.attack_s * sample_rate;
        Voice {
            note,
            sound,
            one_shot: column.one_shot,
            choke_group: column.choke_group,
            key_down: true,
            ended: false,
            stroke,
            loudness: layers.gains().iter().sum(),
            stage: if attack > 0.0 {
                Stage::Attack
            } else {
                Stage::Hold
            },
            velocity,
            layers,
            pitch: Pitch::new(semitones, column_rate / sample_rate, glide, glide_frames),
            envelope_goal: if attack > 0.0 { 0.0 } else { 1.0 },
            envelope_rate: if attack > 0.0 { 1.0 / attack } else { 0.0 },
            ..Voice::IDLE
        }
    }

    /// The same at a linear gain of its own, 0..=16.
    pub fn at_gain(self, gain: f32) -> Voice {
        Voice {
            expressions: self.expressions.at_level(gain),
            ..self
        }
    }

    /// The same on another output.
    pub fn on_output(self, output: u8) -> Voice {
        Voice { output, ..self }
    }

    /// Whether it is on its way out by stealing or choking: it counts no more.
    pub fn is_fading(&self) -> bool {
        self.fade.is_some()
    }

    /// Whether it has been released (and isn't fading).
    pub fn is_released(&self) -> bool {
        self.stage == Stage::Release && self.fade.is_none()
    }

    /// The sound's own release begins with the next frame; a hit goes on to its end.
    pub fn release(&mut self, order: u64, conditions: &Conditions) {
        if self.stage == Stage::Release || self.one_shot {
            return;
        }
        let seconds = self.layers.release_s * conditions.settings.release_scale;
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

    /// Its successor in a column that has replaced its own: as far into the sound, and fading in
    /// while this one fades out. `None`: this one fades out alone, the other sound has ended by
    /// now. `phase` is the frame of the tick that comes next.
    pub fn move_on(
        &mut self,
        from: &Column,
        to: &Column,
        phase: usize,
        rate: f32,
    ) -> Option<Voice> {
        let travelled = self.cursor.travelled(from.loop_frames);
        let moved = self.cursor.carried(travelled, to).map(|cursor| {
            let tick = cursor.step.max(1) * TICK as u64;
            let ticks = to.loop_frames.and_then(|(start, _)| {
                // The ticks that began within the loop.
                let begun = travelled.saturating_sub(cursor.step * phase as u64);
                Some(begun.checked_sub(u64::from(start) << 32)? / tick + 1)
            });
            let layers =
                Layers::new(to, self.velocity, self.stroke, rate).after(ticks.unwrap_or(0));
            let now = if phase >= TICK {
                self.envelope_goal
            } else {
                self.envelope.at(phase)
            };
            let goals = layers.gains().map(|level| level * now);
            Voice {
                layers,
                cursor,
                arriving: (!self.fresh).then_some(0),
                stale: true,
                gain_goals: goals,
                gains: goals.map(|start| Ramp { start, slope: 0.0 }),
                ..*self
            }
        });
        self.fade_s = MOVE_FADE_S;
        self.moved_on = moved.is_some();
        self.fade();
        moved
    }

    /// Takes a per-note expression; smoothed, unless the voice hasn't sounded yet.
    pub fn express(&mut self, expression: Expression) {
        self.expressions.set(expression);
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
        let sound = self.layers.sound(column);
        let mut buffer = [[0.0; 2]; TICK];
        let (buffer, _) = buffer.split_at_mut(mix.len().min(TICK));
        let table = conditions.bank.table(self.pitch.octaves());
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
            let length = (self.fade_s * conditions.sample_rate).max(1.0);
            let faded = fade(buffer, faded, length, |x| 1.0 - x);
            self.fade = Some(faded);
            self.ended |= faded as f32 >= length;
        }
        if let Some(arrived) = self.arriving {
            let length = (MOVE_FADE_S * conditions.sample_rate).max(1.0);
            let arrived = fade(buffer, arrived, length, |x| x);
            self.arriving = Some(arrived).filter(|&arrived| (arrived as f32) < length);
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

    /// Makes the ramps from frame `from` of the tick to its end.
    fn aim(&mut self, column: &Column, from: usize, conditions: &Conditions) {
        self.stale = false;
        if from == 0 || self.fresh {
            self.loudness = self.tick_peak.max(self.loudness * 0.8);
            self.tick_peak = 0.0;
            self.take_goals(conditions);
            let Conditions { sample_rate, .. } = *conditions;
            let (smooth, fresh) = (&self.smooth, self.fresh);
            self.pitch
                .aim(&mut self.cursor, smooth, sample_rate, from, fresh);
            self.filter
                .aim(smooth.cutoff_hz(), sample_rate, from, fresh);
            self.aim_sides(from);
            let looping = column.loop_frames.is_some_and(|(start, _)| {
                self.cursor.turns > 0 || self.cursor.position >> 32 >= u64::from(start)
            });
            if looping && !fresh {
                self.layers.decay();
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
        let levels = self.layers.gains();
        for (i, level) in levels.into_iter().enumerate() {
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
        // Not the envelope alone: at the start of a slow attack it is small, too.
        let released = if self.stage == Stage::Release {
            now
        } else {
            1.0
        };
        self.ended |= levels.iter().all(|level| level * released < SILENCE);
    }

    /// Recomputes what the voice smooths towards, if anything has changed, and goes there a bit.
    fn take_goals(&mut self, conditions: &Conditions) {
        if self.version != Some(conditions.version) {
            self.version = Some(conditions.version);
            self.goals = Goals::new(&self.expressions, self.note.channel, conditions);
        }
        if self.fresh {
            self.smooth = self.goals;
            return;
        }
        self.smooth.approach(&self.goals, conditions.smoothing);
    }

    fn aim_sides(&mut self, from: usize) {
        let goals = [self.smooth.left, self.smooth.right];
        for (side, goal) in self.sides.iter_mut().zip(goals) {
            let now = if self.fresh { goal } else { side.at(TICK) };
            *side = Ramp::between(now, from, goal);
        }
    }
}

/// Multiplies with a curve that starts and ends level (a straight line would be heard), of which
/// so many frames have passed; returns how many have then.
fn fade(buffer: &mut [Frame], passed: u32, length: f32, gain: impl Fn(f32) -> f32) -> u32 {
    for (i, frame) in buffer.iter_mut().enumerate() {
        let x = ((passed + i as u32 + 1) as f32 / length).min(1.0);
        let gain = gain(x * x * (3.0 - 2.0 * x));
        *frame = frame.map(|sample| sample * gain);
    }
    passed + buffer.len() as u32
}
