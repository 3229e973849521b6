//! Reads a looped stereo sample at any pitch: the inner loop of the sampler.
//!
//! Positions are fixed-point (32.32 frames), so that pitch is exact and a sum of steps doesn't
//! depend on where blocks end. The loop body is compiled twice, for the machine's base
//! instructions and for AVX2; both do the same operations in the same order, so the sound is the
//! same on every machine.

#![expect(
    unsafe_code,
    reason = "vector instructions, where the processor has them"
)]

use super::TICK;
use super::isa::Isa;
use super::sinc::{Row, TAPS, TAPS_BEFORE, Table};
use crate::instrument::zone::Column;

/// A stereo frame.
pub type Frame = [f32; 2];

/// One frame in fixed-point.
pub const ONE: u64 = 1 << 32;
/// Fastest reading: 10 octaves up.
pub const MAX_STEP: u64 = ONE << 10;
/// Slowest reading: 16 octaves down.
pub const MIN_STEP: u64 = ONE >> 16;

/// Two layers of a column that are read at the same position, and their loop.
#[derive(Clone, Copy)]
pub struct Sound<'a> {
    /// The layer below, or the only one.
    pub lower: &'a [Frame],
    /// The layer above, as long as the other; empty when the lower one sounds alone.
    pub upper: &'a [Frame],
    /// First frame of the loop, and one past its last.
    pub loop_frames: Option<(usize, usize)>,
}

/// Where a voice reads.
#[derive(Clone, Copy, Default)]
pub struct Cursor {
    /// Position in 2⁻³² frames.
    pub position: u64,
    /// What is added to the position after each frame.
    pub step: u64,
    /// What is added to the step after each frame.
    pub step_change: i64,
    /// How often the loop has begun anew: what lies before its start is then its own end.
    pub turns: u32,
}

impl Cursor {
    /// Everything read so far, in 2⁻³² frames of the sound without its loop.
    pub fn travelled(&self, loop_frames: Option<(u32, u32)>) -> u64 {
        let length = loop_frames.map_or(0, |(start, end)| u64::from(end - start) << 32);
        self.position
            .saturating_add(length.saturating_mul(u64::from(self.turns)))
    }

    /// The place in another sound after having read as much; `None` behind its end.
    pub fn carried(&self, travelled: u64, to: &Column) -> Option<Cursor> {
        let length = to.layers.first()?.frames.len() as u64;
        let Some((start, end)) = to.loop_frames else {
            return (travelled >> 32 < length).then_some(Cursor {
                position: travelled,
                turns: 0,
                ..*self
            });
        };
        let turns = if travelled >> 32 >= u64::from(end) {
            (travelled - (u64::from(start) << 32)) / (u64::from(end - start) << 32)
        } else {
            0
        };
        Some(Cursor {
            position: travelled - turns * (u64::from(end - start) << 32),
            turns: u32::try_from(turns).unwrap_or(u32::MAX),
            ..*self
        })
    }
}

/// A value that changes linearly over a tick.
#[derive(Clone, Copy, Default)]
pub struct Ramp {
    /// Value at the tick's first frame.
    pub start: f32,
    /// Change per frame.
    pub slope: f32,
}

impl Ramp {
    /// The value at a frame of the tick.
    #[inline(always)]
    pub fn at(self, frame: usize) -> f32 {
        self.start + self.slope * frame as u16 as f32 // from 16 bits: one instruction
    }

    /// The ramp from a value at frame `from` of the tick to another at its end.
    pub fn between(now: f32, from: usize, end: f32) -> Ramp {
        let slope = (end - now) / (TICK - from).max(1) as f32;
        Ramp {
            start: now - slope * from as f32,
            slope,
        }
    }
}

/// Reads `out.len()` frames, starting at frame `phase` of the tick, each layer times its gain.
/// Says whether there is more; after the end of a sound without loop `out` is silence.
pub fn read(
    isa: Isa,
    cursor: &mut Cursor,
    table: &Table,
    sound: &Sound,
    gains: [Ramp; 2],
    phase: usize,
    out: &mut [Frame],
) -> bool {
    match isa {
        Isa::Base => choose_layers(cursor, table, sound, gains, phase, out),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the value is proof that the machine has AVX2.
        Isa::Avx2(_) => unsafe { read_avx2(cursor, table, sound, gains, phase, out) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn read_avx2(
    cursor: &mut Cursor,
    table: &Table,
    sound: &Sound,
    gains: [Ramp; 2],
    phase: usize,
    out: &mut [Frame],
) -> bool {
    choose_layers(cursor, table, sound, gains, phase, out)
}

#[inline(always)]
fn choose_layers(
    cursor: &mut Cursor,
    table: &Table,
    sound: &Sound,
    gains: [Ramp; 2],
    phase: usize,
    out: &mut [Frame],
) -> bool {
    if sound.upper.is_empty() {
        read_layers::<false>(cursor, table, sound, gains, phase, out)
    } else {
        read_layers::<true>(cursor, table, sound, gains, phase, out)
    }
}

/// Lanes over which the sums of left and right stay spread: those of the longest vector.
const LANES: usize = 8;

#[inline(always)]
fn read_layers<const TWO: bool>(
    cursor: &mut Cursor,
    table: &Table,
    sound: &Sound,
    gains: [Ramp; 2],
    phase: usize,
    out: &mut [Frame],
) -> bool {
    let mut more = true;
    for (start, out) in (0..).step_by(TICK).zip(out.chunks_mut(TICK)) {
        // First all sums, then their folding: in one loop the compiler would tear the vectors
        // apart for the sake of the fold.
        let mut sums = [[0.0; LANES]; TICK];
        let (sums, _) = sums.split_at_mut(out.len());
        more = sum_layers::<TWO>(cursor, table, sound, gains, phase + start, sums);
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = fold(sum);
        }
    }
    more
}

#[inline(always)]
fn sum_layers<const TWO: bool>(
    cursor: &mut Cursor,
    table: &Table,
    sound: &Sound,
    gains: [Ramp; 2],
    phase: usize,
    sums: &mut [[f32; LANES]],
) -> bool {
    let Cursor {
        mut position,
        mut step,
        step_change,
        mut turns,
    } = *cursor;
    let length = sound.lower.len();
    let (loop_start, end) = sound.loop_frames.unwrap_or((0, length));
    let looped = sound.loop_frames.is_some();
    let mut low = if turns > 0 { loop_start } else { 0 };
    let mut more = true;
    let mut spare_lower = [[0.0; 2]; TAPS];
    let mut spare_upper = spare_lower;
    for (i, sum) in sums.iter_mut().enumerate() {
        let index = (position >> 32) as usize;
        let (row, next, between) = table.rows(position as u32);
        let weights = blend(row, next, between);
        let first = index.wrapping_sub(TAPS_BEFORE - 1); // huge where there is none
        let inside = index >= low + (TAPS_BEFORE - 1) && index + TAPS - TAPS_BEFORE < end;
        let lower = match taps(sound.lower, first) {
            Some(frames) if inside => frames,
            _ => gather(
                sound.lower,
                index,
                sound.loop_frames,
                turns > 0,
                &mut spare_lower,
            ),
        };
        let mut total = weigh(&weights, lower, gains[0].at(phase + i));
        if TWO {
            let upper = match taps(sound.upper, first) {
                Some(frames) if inside => frames,
                _ => gather(
                    sound.upper,
                    index,
                    sound.loop_frames,
                    turns > 0,
                    &mut spare_upper,
                ),
            };
            let upper = weigh(&weights, upper, gains[1].at(phase + i));
            for lane in 0..LANES {
                total[lane] += upper[lane];
            }
        }
        *sum = total;

        position += step;
        step = step.wrapping_add_signed(step_change);
        let index = (position >> 32) as usize;
        if index >= end {
            if looped {
                let over = position - ((loop_start as u64) << 32);
                let turned = over / (((end - loop_start) as u64) << 32);
                position -= turned * (((end - loop_start) as u64) << 32);
                turns = turns.saturating_add(turned as u32);
                low = loop_start;
            } else if index >= end + TAPS_BEFORE {
                position = ((end + TAPS_BEFORE) as u64) << 32; // silence from here on
                more = false;
            }
        }
    }
    *cursor = Cursor {
        position,
        step,
        step_change,
        turns,
    };
    more
}

#[inline(always)]
fn taps(frames: &[Frame], first: usize) -> Option<&[Frame; TAPS]> {
    frames.get(first..)?.first_chunk()
}

#[expect(
    clippy::needless_range_loop,
    reason = "counted loops become vectors; iterators were left as calls, ten times slower"
)]
#[inline(always)]
fn blend(row: &Row, next: &Row, between: f32) -> [f32; 2 * TAPS] {
    let mut weights = [0.0; 2 * TAPS];
    for i in 0..2 * TAPS {
        weights[i] = row.0[i] + between * (next.0[i] - row.0[i]);
    }
    weights
}

/// The weighted sum of frames, times a gain.
#[expect(clippy::needless_range_loop, reason = "as above")]
#[inline(always)]
fn weigh(weights: &[f32; 2 * TAPS], frames: &[Frame; TAPS], gain: f32) -> [f32; LANES] {
    let samples = frames.as_flattened();
    let mut sum = [0.0; LANES];
    for i in 0..LANES {
        let [a, b, c, d] = [i, i + LANES, i + 2 * LANES, i + 3 * LANES];
        let first = weights[a] * samples[a] + weights[b] * samples[b];
        let second = weights[c] * samples[c] + weights[d] * samples[d];
        sum[i] = (first + second) * gain;
    }
    sum
}

/// Even lanes to the left, odd lanes to the right.
#[inline(always)]
fn fold(sum: &[f32; LANES]) -> Frame {
    let left = (sum[0] + sum[4]) + (sum[2] + sum[6]);
    let right = (sum[1] + sum[5]) + (sum[3] + sum[7]);
    [left, right]
}

/// The frames around `index` where they don't lie side by side: at the loop's seam, and at both
/// ends of the sound, beyond which there is silence.
#[cold]
#[inline(never)]
fn gather<'a>(
    frames: &[Frame],
    index: usize,
    loop_frames: Option<(usize, usize)>,
    wrapped: bool,
    gathered: &'a mut [Frame; TAPS],
) -> &'a [Frame; TAPS] {
    for (tap, frame) in gathered.iter_mut().enumerate() {
        let mut at = (index + tap) as i64 - (TAPS_BEFORE - 1) as i64;
        if let Some((start, end)) = loop_frames {
            let (start, end) = (start as i64, end as i64);
            if at >= end || (wrapped && at < start) {
                at = start + (at - start).rem_euclid(end - start);
            }
        }
        let at = usize::try_from(at).ok();
        *frame = at
            .and_then(|at| frames.get(at))
            .copied()
            .unwrap_or_default();
    }
    gathered
}

#[cfg(test)]
mod tests;
