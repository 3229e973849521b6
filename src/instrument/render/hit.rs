//! One piece of a kit, struck at several velocities: modes and noise run once, and every layer
//! hears them through its own envelopes.

use super::envelope::{BLOCK, CONTROL, STEPS};
use super::noise::Noise;
use super::{Job, LAYERS, VELOCITIES, chance, strike};
use crate::instrument::decibels::{LOG2_PER_DB, exp2};
use crate::instrument::kit::{Hit, MODES, Piece, ROWS, TIMES, choke_group, mode_centre, time_grid};
use crate::instrument::slots::SILENT_DB;
use crate::instrument::zone::{Column, Layer};

/// Modes above this share of the rate are left out, clear of the engine's interpolation.
const HIGHEST_SHARE: f64 = 0.45;
/// A hit this far below its loudest moment has ended, dB.
const ENDED_DB: f32 = 66.0;
/// Levels up to here are silence.
const SILENCE_DB: f32 = SILENT_DB + 0.5;
/// Seconds of the fade at the very start, short enough to stay crisp, and at the end.
const FADE_IN_S: f32 = 0.0003;
const FADE_OUT_S: f32 = 0.02;
/// Level of the noise's sides against the middle: as made, and at full width.
const NOISE_SPREAD: (f32, f32) = (0.35, 1.0);
/// Seconds in which an engine that is asked to release a hit does so; players don't ask.
const RELEASE_S: f32 = 0.1;
/// A piece that is struck again and again has further strokes where it is no longer than so many seconds.
const LONGEST_TAKE_S: f32 = 1.6;
/// How far strokes differ, either way.
const MODES_VARY_DB: f32 = 0.8;
const NOISE_VARIES_DB: f32 = 1.2;
const PITCH_VARIES_CENTS: f32 = 4.0;
/// A cymbal's upper modes, above so many Hz, go apart by up to so many cents.
const UPPER_HZ: f64 = 800.0;
const UPPER_VARY_CENTS: f32 = 10.0;

/// Renders a piece, so many strokes of it that take turns if it is struck often; `None` when cancelled.
pub(super) fn render(
    job: &Job,
    piece: &Piece,
    strokes: u8,
    cancelled: &dyn Fn() -> bool,
) -> Option<Column> {
    let mut hit = piece.hit();
    strike::apply(&mut hit, &job.macros);
    let seconds = ends_at(&hit);
    let length = ((seconds * job.rate) as usize).max(BLOCK);
    let frames = Sound::new(job, &hit, piece.key(), 0).frames(length, cancelled)?;
    let mut takes = Vec::new();
    for take in 1..=further_takes(piece.key(), seconds, strokes) {
        let other = again(&hit, piece.key(), take);
        let frames = Sound::new(job, &other, piece.key(), take).frames(length, cancelled)?;
        takes.push(frames.into());
    }
    let layers = frames.into_iter().zip(VELOCITIES);
    Some(Column {
        low_key: piece.key(),
        high_key: piece.key(),
        root_key: piece.key(),
        loop_frames: None,
        one_shot: true,
        choke_group: choke_group(piece.key()),
        layers: layers
            .map(|(frames, velocity)| Layer {
                velocity,
                frames,
                loop_decay_db_per_s: 0.0,
                release_s: RELEASE_S,
            })
            .collect(),
        takes,
    })
}

/// How many strokes a piece has besides its first: where it is struck again and again, and is short.
fn further_takes(key: u8, seconds: f32, strokes: u8) -> u32 {
    let often = matches!(key, 35..=40 | 42 | 44 | 51 | 54 | 69 | 70);
    match often && seconds <= LONGEST_TAKE_S {
        true => u32::from(strokes.saturating_sub(1)),
        false => 0,
    }
}

/// Another stroke of the same piece: no two meet it at quite the same place, so its modes and its noise are a little
/// louder or softer, and its pitch moves by a few cents.
fn again(hit: &Hit, key: u8, take: u32) -> Hit {
    let draw =
        |of: usize| (chance(u64::from(key) << 8 | u64::from(take), of as u64) * 2.0 - 1.0) as f32;
    let mut other = hit.clone();
    for row in 0..ROWS {
        let db = draw(row)
            * if row < MODES {
                MODES_VARY_DB
            } else {
                NOISE_VARIES_DB
            };
        for layer in &mut other.levels {
            let levels = &mut layer[row * TIMES..(row + 1) * TIMES];
            levels
                .iter_mut()
                .filter(|level| **level > SILENCE_DB)
                .for_each(|level| *level += db);
        }
    }
    let common = draw(ROWS) * PITCH_VARIES_CENTS;
    for (mode, row) in other.cents.chunks_mut(TIMES).enumerate() {
        let own = match mode_centre(mode) > UPPER_HZ {
            true => draw(ROWS + 1 + mode) * UPPER_VARY_CENTS,
            false => 0.0,
        };
        row.iter_mut().for_each(|offset| *offset += common + own);
    }
    other
}

/// Seconds after which the hardest layer can't be heard.
fn ends_at(hit: &Hit) -> f32 {
    let mut totals = [0.0f32; TIMES];
    for row in 0..ROWS {
        for (sum, &db) in totals.iter_mut().zip(hit.row(LAYERS - 1, row)) {
            *sum += amplitude(db).powi(2);
        }
    }
    let loudest = totals.iter().copied().fold(0.0, f32::max);
    let heard = |&i: &usize| totals[i] > loudest * 10f32.powf(-ENDED_DB / 10.0);
    let last = (0..TIMES).rev().find(heard).unwrap_or(0);
    time_grid()[(last + 1).min(TIMES - 1)] + FADE_OUT_S
}

fn amplitude(db: f32) -> f32 {
    if db <= SILENCE_DB {
        0.0
    } else {
        exp2(db * LOG2_PER_DB)
    }
}

/// Where a piece stands, −1 left to 1 right as the drummer hears it.
fn place(key: u8) -> f32 {
    match key {
        42 | 44 | 46 => -0.3,
        49 | 55 => -0.4,
        52 | 57 => 0.4,
        51 | 53 | 59 => 0.3,
        50 => -0.3,
        48 => -0.15,
        47 => 0.05,
        45 => 0.15,
        43 => 0.3,
        41 => 0.4,
        35..=40 => 0.0,
        // Percussion, spread out around the middle.
        _ => (f32::from(key) * 0.618).fract() * 0.6 - 0.3,
    }
}

struct Sound<'a> {
    job: &'a Job,
    /// Rows that can be heard at any velocity, ascending.
    rows: Vec<usize>,
    /// Amplitudes by time, row, layer.
    amplitudes: Vec<f32>,
    /// Turns a frame of each heard mode, by time, mode.
    turns: Vec<f64>,
    modes: usize,
    key: u8,
    take: u32,
}

impl<'a> Sound<'a> {
    fn new(job: &'a Job, hit: &Hit, key: u8, take: u32) -> Self {
        let highest = HIGHEST_SHARE * f64::from(job.rate);
        let hertz = |mode: usize, time: usize| {
            mode_centre(mode) * (f64::from(hit.cents[mode * TIMES + time]) / 1200.0).exp2()
        };
        let heard = |&row: &usize| {
            let sounds = (0..LAYERS).any(|l| hit.row(l, row).iter().any(|&db| db > SILENCE_DB));
            sounds && (row >= MODES || hertz(row, TIMES - 1) < highest)
        };
        let rows: Vec<usize> = (0..ROWS).filter(heard).collect();
        let mut amplitudes = Vec::with_capacity(TIMES * rows.len() * LAYERS);
        let mut turns = Vec::new();
        for time in 0..TIMES {
            for &row in &rows {
                let level = |layer: usize| amplitude(hit.row(layer, row)[time]) * job.gain;
                amplitudes.extend((0..LAYERS).map(level));
                if row < MODES {
                    turns.push(hertz(row, time).min(highest) / f64::from(job.rate));
                }
            }
        }
        let modes = rows.iter().filter(|&&row| row < MODES).count();
        Self {
            job,
            rows,
            amplitudes,
            turns,
            modes,
            key,
            take,
        }
    }

    fn frames(
        &self,
        length: usize,
        cancelled: &dyn Fn() -> bool,
    ) -> Option<[Vec<[f32; 2]>; LAYERS]> {
        let bands = self.rows.iter().enumerate();
        let bands = bands.filter_map(|(i, &row)| Some((row.checked_sub(MODES)?, i)));
        // Strides that come round to none of the others in the noise's period.
        let stretch = u32::from(self.key) + self.take * 101;
        let noise = Noise::new(self.job.bank.clone(), bands.collect(), stretch, None);
        let width = self.job.macros.width;
        let spread = super::column::at_width(NOISE_SPREAD, width);
        let lean = place(self.key) * (1.0 + width).clamp(0.0, 1.6);
        let sides = [1.0 - lean.max(0.0), 1.0 + lean.min(0.0)];

        let row_values = self.rows.len() * LAYERS;
        let mut control: [Vec<f32>; STEPS + 1] = std::array::from_fn(|_| vec![0.0; row_values]);
        self.at(0, &mut control[STEPS]);
        // Each mode begins where its sine rises from 0; of further strokes the upper ones anywhere.
        let stroke = u64::from(self.key) << 8 | u64::from(self.take);
        let phase = |row: &usize| match self.take > 0 && mode_centre(*row) > UPPER_HZ {
            true => chance(stroke, (ROWS + MODES + 1 + row) as u64),
            false => 0.0,
        };
        let mut phases: Vec<f64> = self.rows[..self.modes].iter().map(phase).collect();
        let mut frames: [Vec<[f32; 2]>; LAYERS] =
            std::array::from_fn(|_| Vec::with_capacity(length));
        let (mut middle, mut side) = ([[0.0; BLOCK]; LAYERS], [[0.0; BLOCK]; LAYERS]);
        for frame in (0..length).step_by(BLOCK) {
            if cancelled() {
                return None;
            }
            control.swap(0, STEPS);
            for (step, values) in control.iter_mut().enumerate().skip(1) {
                self.at(frame + step * CONTROL, values);
            }
            middle.fill([0.0; BLOCK]);
            side.fill([0.0; BLOCK]);
            self.add_modes(&control, frame, &mut phases, &mut middle);
            noise.add(&control, frame, &mut middle, &mut side);
            let count = BLOCK.min(length - frame);
            for ((frames, middle), side) in frames.iter_mut().zip(&middle).zip(&side) {
                let both = middle.iter().zip(side).take(count);
                frames.extend(
                    both.map(|(m, s)| [(m + s * spread) * sides[0], (m - s * spread) * sides[1]]),
                );
            }
        }
        frames.iter_mut().for_each(|frames| self.fade(frames));
        Some(frames)
    }

    /// The grid interval of a frame and the share of the way through it.
    fn in_grid(&self, frame: usize) -> (usize, f32) {
        let grid = time_grid();
        let seconds = frame as f32 / self.job.rate;
        let lower = grid.partition_point(|&t| t <= seconds).clamp(1, TIMES - 1) - 1;
        let share = (seconds - grid[lower]) / (grid[lower + 1] - grid[lower]);
        (lower, share.clamp(0.0, 1.0))
    }

    /// Writes the amplitudes at `frame` (row-major: row, layer).
    fn at(&self, frame: usize, out: &mut [f32]) {
        let (time, share) = self.in_grid(frame);
        let width = out.len();
        let (a, b) = (
            &self.amplitudes[time * width..][..width],
            &self.amplitudes[(time + 1) * width..][..width],
        );
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = a + (b - a) * share;
        }
    }

    fn add_modes(
        &self,
        control: &[Vec<f32>; STEPS + 1],
        frame: usize,
        phases: &mut [f64],
        out: &mut [[f32; BLOCK]; LAYERS],
    ) {
        for step in 0..STEPS {
            // The frequency in the middle of the step holds for the whole of it.
            let (time, share) = self.in_grid(frame + step * CONTROL + CONTROL / 2);
            for (mode, phase) in phases.iter_mut().enumerate() {
                let (now, then) = (step, step + 1);
                let of = |values: &[f32]| -> [f32; LAYERS] {
                    std::array::from_fn(|layer| values[mode * LAYERS + layer])
                };
                let (from, to) = (of(&control[now]), of(&control[then]));
                let at = |time: usize| self.turns[time * self.modes + mode];
                let turn = at(time) + (at(time + 1) - at(time)) * f64::from(share);
                if from.iter().chain(&to).any(|&a| a > 0.0) {
                    let (step_sin, step_cos) = (std::f64::consts::TAU * turn).sin_cos();
                    let (mut sin, mut cos) = (std::f64::consts::TAU * *phase).sin_cos();
                    for i in 0..CONTROL {
                        let x = i as f32 / CONTROL as f32;
                        for layer in 0..LAYERS {
                            let amplitude = from[layer] + (to[layer] - from[layer]) * x;
                            out[layer][step * CONTROL + i] += amplitude * sin as f32;
                        }
                        (sin, cos) = (
                            sin * step_cos + cos * step_sin,
                            cos * step_cos - sin * step_sin,
                        );
                    }
                }
                *phase = (*phase + turn * CONTROL as f64).fract();
            }
        }
    }

    fn fade(&self, frames: &mut [[f32; 2]]) {
        let count = |seconds: f32| ((seconds * self.job.rate) as usize).max(1);
        let gain = |i: usize, length: usize| ((i as f32 + 0.5) / length as f32).min(1.0);
        let length = count(FADE_IN_S);
        for (i, frame) in frames.iter_mut().take(length).enumerate() {
            frame.iter_mut().for_each(|x| *x *= gain(i, length));
        }
        let length = count(FADE_OUT_S);
        for (i, frame) in frames.iter_mut().rev().take(length).enumerate() {
            frame.iter_mut().for_each(|x| *x *= gain(i, length));
        }
    }
}
