//! Amplitudes of all rows over time, for some notes (velocity layers) at once.
//!
//! The time grid's levels are read at control points [`CONTROL`] frames apart; between those the
//! oscillators go in a straight line. While the grid is fine (the first half second and the
//! release) amplitudes are interpolated, so that an onset out of silence is as steep as the grid;
//! where it is wide, dB are, since sounds decay exponentially.
//!
//! Inside a loop each row's level keeps its movement but loses its trend, so that it ends at the
//! level at which it began.

use super::Loop;
use super::vectors::{Eight, LANES};
use crate::instrument::decibels::{LOG2_PER_DB, exp2};
use crate::instrument::note::NoteModel;
use crate::instrument::slots::{ROWS, SILENT_DB, TIMES, time_grid};

/// Frames between control points.
pub(super) const CONTROL: usize = 64;
/// Frames rendered at a time.
pub(super) const BLOCK: usize = 256;
/// Control steps of a block.
pub(super) const STEPS: usize = BLOCK / CONTROL;

/// A row is rendered if it comes within this many dB of the loudest one, and is not silent.
const RANGE_DB: f32 = 90.0;
/// Levels up to here are silence.
const SILENCE_DB: f32 = SILENT_DB + 0.1;
/// Movement kept within a loop, either way: log2 of an amplitude (6 dB).
const MOST_MOVEMENT: f32 = 1.0;
/// Grid intervals longer than this many seconds are interpolated in dB.
const WIDE_S: f32 = 0.015;

/// Movement added to (or taken from) the held sound.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Motion {
    /// −1..=1, the macro.
    pub amount: f32,
}

/// Amplitudes of the rows that can be heard in `L` notes.
pub(super) struct Envelopes<const L: usize> {
    /// Model rows that can be heard in any of the notes, ascending.
    pub rows: Vec<usize>,
    /// Amplitudes, by time, row, note.
    amplitudes: Vec<f32>,
    /// log2 of the same.
    logs: Vec<f32>,
    /// log2 amplitude that stands for silence.
    silence: f32,
    rate: f32,
    looped: Option<LoopLevels>,
    motion: Motion,
}

/// log2 amplitudes of all rows and notes at both ends of the loop.
struct LoopLevels {
    place: Loop,
    start: Vec<f32>,
    end: Vec<f32>,
}

impl<const L: usize> Envelopes<L> {
    /// `gain` is an amplitude.
    pub fn new(
        notes: &[NoteModel; L],
        gain: f32,
        rate: f32,
        place: Option<Loop>,
        motion: Motion,
    ) -> Self {
        let peak = |row: usize| {
            let levels = notes.iter().flat_map(|note| note.row(row));
            levels.copied().fold(SILENT_DB, f32::max)
        };
        let peaks: Vec<f32> = (0..ROWS).map(peak).collect();
        let floor = peaks.iter().copied().fold(SILENT_DB, f32::max) - RANGE_DB;
        let floor = floor.max(SILENCE_DB);
        let rows: Vec<usize> = (0..ROWS).filter(|&row| peaks[row] > floor).collect();

        let mut amplitudes = Vec::with_capacity(TIMES * rows.len() * L);
        let mut logs = Vec::with_capacity(amplitudes.capacity());
        let gain_log = gain.log2();
        for time in 0..TIMES {
            for &row in &rows {
                for note in notes {
                    let db = note.row(row)[time];
                    let log = db * LOG2_PER_DB + gain_log;
                    let silent = db <= SILENCE_DB;
                    amplitudes.push(if silent { 0.0 } else { exp2(log) });
                    logs.push(if silent { f32::NEG_INFINITY } else { log });
                }
            }
        }
        // Silence as a very low finite level, so that straight lines to and from it exist.
        let silence = SILENT_DB * LOG2_PER_DB + gain_log;
        logs.iter_mut().for_each(|log| *log = log.max(silence));

        let mut envelopes = Self {
            rows,
            amplitudes,
            logs,
            silence,
            rate,
            looped: None,
            motion,
        };
        envelopes.looped = place.map(|place| LoopLevels {
            place,
            start: envelopes.logs_at(place.start as f32 / rate),
            end: envelopes.logs_at(place.end as f32 / rate),
        });
        envelopes
    }

    /// Values of one control point: one per row and note.
    pub fn width(&self) -> usize {
        self.rows.len() * L
    }

    /// Writes the amplitudes at `frame` (row-major: row, note).
    pub fn at(&self, frame: usize, out: &mut [f32]) {
        match &self.looped {
            Some(levels) if frame > levels.place.start => self.in_loop(levels, frame, out),
            _ => self.before_loop(frame, out),
        }
        if self.motion.amount > 0.0 {
            self.shimmer(frame, out);
        }
    }

    fn before_loop(&self, frame: usize, out: &mut [f32]) {
        let (time, share, wide) = place_in_grid(frame as f32 / self.rate);
        let width = self.width();
        let table = if wide { &self.logs } else { &self.amplitudes };
        let (a, b) = (
            &table[time * width..][..width],
            &table[(time + 1) * width..][..width],
        );
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = a + (b - a) * share;
        }
        if wide {
            let silence = self.silence;
            out.iter_mut()
                .for_each(|v| *v = if *v > silence { exp2(*v) } else { 0.0 });
        }
    }

    fn in_loop(&self, levels: &LoopLevels, frame: usize, out: &mut [f32]) {
        let length = levels.place.end - levels.place.start;
        let into = (frame - levels.place.start) % length;
        let (time, share, _) = place_in_grid((levels.place.start + into) as f32 / self.rate);
        let round = into as f32 / length as f32;
        let kept = 1.0 + self.motion.amount.min(0.0);
        let (width, silence) = (self.width(), self.silence);
        let (a, b) = (
            &self.logs[time * width..][..width],
            &self.logs[(time + 1) * width..][..width],
        );
        let ends = levels.start.iter().zip(&levels.end);
        for (((out, a), b), (start, end)) in out.iter_mut().zip(a).zip(b).zip(ends) {
            let now = a + (b - a) * share;
            let trend = start + (end - start) * round;
            let movement = (now - trend).clamp(-MOST_MOVEMENT, MOST_MOVEMENT) * kept;
            *out = if *start > silence {
                exp2(start + movement)
            } else {
                0.0
            };
        }
    }

    /// The motion macro: each row swells and falls at its own whole number of turns a loop.
    fn shimmer(&self, frame: usize, out: &mut [f32]) {
        let (start, length) = match &self.looped {
            Some(levels) => (levels.place.start, levels.place.end - levels.place.start),
            None => (0, self.rate as usize),
        };
        let seconds = frame as f32 / self.rate;
        let depth = 0.6 * self.motion.amount * (seconds / 0.4).min(1.0);
        let round = (frame as f32 - start as f32) / length as f32;
        for (values, &row) in out.chunks_mut(L).zip(&self.rows) {
            let chance = crate::instrument::render::chance(0x6d6f_7469_6f6e, row as u64);
            let turns = 2.0 + (chance * 4.0).floor() as f32;
            let angle = std::f32::consts::TAU * (round * turns + (chance * 97.0).fract() as f32);
            let gain = 1.0 + depth * angle.sin();
            values.iter_mut().for_each(|v| *v *= gain);
        }
    }

    fn logs_at(&self, seconds: f32) -> Vec<f32> {
        let (time, share, _) = place_in_grid(seconds);
        let width = self.width();
        let (a, b) = (
            &self.logs[time * width..][..width],
            &self.logs[(time + 1) * width..][..width],
        );
        a.iter().zip(b).map(|(a, b)| a + (b - a) * share).collect()
    }
}

/// Eight amplitudes of a straight line from one control point to the next, and what is added to
/// them for the next eight.
#[inline(always)]
pub(super) fn ramp<V: Eight>(from: f32, to: f32) -> (V, V) {
    let slope = (to - from) / CONTROL as f32;
    let lanes = V::load(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    let first = V::splat(from).add(V::splat(slope).mul(lanes));
    (first, V::splat(slope * LANES as f32))
}

/// The grid interval that holds a time, the share of the way through it, and whether it is wide.
/// Times past the grid's end stay at its end.
fn place_in_grid(seconds: f32) -> (usize, f32, bool) {
    let grid = time_grid();
    let lower = grid.partition_point(|&t| t <= seconds).clamp(1, TIMES - 1) - 1;
    let length = grid[lower + 1] - grid[lower];
    let share = ((seconds - grid[lower]) / length).clamp(0.0, 1.0);
    (lower, share, length > WIDE_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grid_places_are_inside() {
        assert_eq!(place_in_grid(0.0), (0, 0.0, false));
        assert_eq!(place_in_grid(99.0), (TIMES - 2, 1.0, true));
        let (time, share, wide) = place_in_grid(1.0);
        assert!(wide && share > 0.0 && share < 1.0);
        assert!(time_grid()[time] <= 1.0 && time_grid()[time + 1] > 1.0);
    }
}
