//! What keeps the sum that leaves at −1 dBTP, without latency.
//!
//! Peaks between samples are those of a polyphase interpolator, as true-peak meters have it: four places a
//! frame, 12 samples each. So a peak is whole five frames late. Until something exceeds the ceiling for
//! certain, whatever follows, nothing is touched. From then on peaks are guessed, too, as if silence followed
//! or the last sample stayed; the gain falls at once by what is needed and a little more, stays a while, and
//! comes back all the way: then the sound is again what it was, to the bit. While it is held back, each
//! sample is also kept within what those before it leave room for, which rounds the first peaks off.
//!
//! What a track has by itself isn't ours to limit: the ceiling is its own peak where that is higher. So a
//! part never makes it louder, and comes and goes without a step.

#![expect(
    unsafe_code,
    reason = "vector instructions, where the processor has them"
)]

mod places;
mod stretch;

use super::isa::Isa;
use places::Places;
use stretch::{Before, Stretch};

/// Highest true peak: −1 dBTP.
pub const CEILING: f32 = 0.891_250_9;
/// Samples that a peak between two of them is made of.
const TAPS: usize = 12;
/// Places between two samples.
const PHASES: usize = 3;
/// Intervals that the last samples have a share in; of the last of them all is known.
const INTERVALS: usize = TAPS / 2;
/// Those in which a single sample is worth holding back.
const WORTH: usize = 4;
/// Sums, see [`Places`]; eight at a time.
const CERTAIN: usize = 24;
/// See `CERTAIN`.
const GUESSED: usize = 32;
/// Where no sample is over this, no certain peak is over the ceiling.
const QUIET: f32 = 0.42;
/// The gain's room below what is needed, and the excess from which on it is that much.
const ROOM: f32 = 0.07;
/// See `ROOM`.
const ROOM_FROM: f32 = 0.25;
/// Seconds that the gain stays before it comes back.
const HOLD_S: f32 = 0.012;
/// Time constant of its way back.
const RELEASE_S: f32 = 0.06;
/// Frames that are worked on at once.
const BLOCK: usize = 64;

/// A limiter of two channels, which it holds back together. Made and prepared on the main thread.
pub struct Limiter {
    isa: Isa,
    places: Box<Places>,
    /// What came in, what of it may be as loud as it is, and what left.
    sum: Before,
    own: Before,
    out: Before,
    gain: f32,
    /// Frames until the gain comes back.
    stays: u32,
    hold: u32,
    /// Share of the way to 1 that the gain goes in a frame.
    release: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        let mut limiter = Self {
            isa: Isa::detect(),
            places: Box::new(Places::new()),
            sum: Before::default(),
            own: Before::default(),
            out: Before::default(),
            gain: 1.0,
            stays: 0,
            hold: 0,
            release: 1.0,
        };
        limiter.prepare(48_000.0);
        limiter
    }
}

impl Limiter {
    /// From here on there are so many frames per second. Main thread, while not processing.
    pub fn prepare(&mut self, rate: f32) {
        let rate = if rate.is_nan() { 48_000.0 } else { rate };
        let rate = rate.clamp(8_000.0, 768_000.0);
        self.hold = (HOLD_S * rate) as u32;
        self.release = 1.0 - (-1.0 / (RELEASE_S * rate)).exp();
        self.reset();
    }

    /// Forgets what was heard, and lets go. Audio thread.
    pub fn reset(&mut self) {
        (self.sum, self.own, self.out) = Default::default();
        (self.gain, self.stays) = (1.0, 0);
    }

    /// Limits both sides in place, which are equally long; where `on` is false it lets go. Samples that
    /// aren't finite pass. Audio thread.
    pub fn limit(&mut self, left: &mut [f32], right: &mut [f32], on: bool) {
        for (left, right) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)) {
            self.stretch(left, right, None, on);
        }
    }

    /// Adds a part to a track, all sides of which are equally long, and limits what the part makes louder.
    /// Audio thread.
    pub fn add(
        &mut self,
        [left, right]: [&mut [f32]; 2],
        [part_left, part_right]: [&[f32]; 2],
        on: bool,
    ) {
        let track = left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK));
        let part = part_left.chunks(BLOCK).zip(part_right.chunks(BLOCK));
        for ((left, right), (part_left, part_right)) in track.zip(part) {
            let own = self.own.with(left, right);
            left.iter_mut().zip(part_left).for_each(|(x, y)| *x += y);
            right.iter_mut().zip(part_right).for_each(|(x, y)| *x += y);
            self.stretch(left, right, Some(&own), on);
            self.own = own.before(left.len());
        }
    }

    /// A track to which nothing is added. Audio thread.
    pub fn pass(&mut self, left: &mut [f32], right: &mut [f32], on: bool) {
        for (left, right) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)) {
            let own = self.own.with(left, right);
            if self.gain < 1.0 {
                self.stretch(left, right, Some(&own), on);
                self.own = own.before(left.len());
            } else {
                self.own = own.before(left.len());
                (self.sum, self.out) = (self.own, self.own);
            }
        }
    }

    fn stretch(&mut self, left: &mut [f32], right: &mut [f32], own: Option<&Stretch>, on: bool) {
        let frames = left.len();
        let sum = self.sum.with(left, right);
        let mut out = self.out.with(left, right);
        if self.gain < 1.0 || on && sum.loudest() > QUIET {
            match self.isa {
                Isa::Base => self.hold_back([left, right], &sum, own, &mut out, on),
                #[cfg(target_arch = "x86_64")]
                // SAFETY: the value is proof that the machine has AVX2.
                Isa::Avx2(_) => unsafe {
                    self.hold_back_avx2([left, right], &sum, own, &mut out, on);
                },
            }
        }
        (self.sum, self.out) = (sum.before(frames), out.before(frames));
    }

    /// The same with wider vectors: the results are the same, too.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn hold_back_avx2(
        &mut self,
        sides: [&mut [f32]; 2],
        sum: &Stretch,
        own: Option<&Stretch>,
        out: &mut Stretch,
        on: bool,
    ) {
        self.hold_back(sides, sum, own, out, on);
    }

    #[inline(always)]
    fn hold_back(
        &mut self,
        [left, right]: [&mut [f32]; 2],
        sum: &Stretch,
        own: Option<&Stretch>,
        out: &mut Stretch,
        on: bool,
    ) {
        for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
            let ceiling = self.aim(sum, own, i, on);
            if self.gain < 1.0 {
                let room = |side: usize| self.places.room(out.window(side, i), self.gain, ceiling);
                let gain = self.gain * room(0).min(room(1));
                (*left, *right) = (*left * gain, *right * gain);
                out.hold_back(i, gain);
            }
        }
    }

    /// Moves the gain on to a frame; the ceiling there.
    #[inline(always)]
    fn aim(&mut self, sum: &Stretch, own: Option<&Stretch>, i: usize, on: bool) -> f32 {
        let places = &self.places;
        let (mut goal, mut ceiling) = (1.0, f32::INFINITY);
        if on && (self.gain < 1.0 || places.certain(sum, i) > CEILING) {
            ceiling = own.map_or(CEILING, |own| places.guessed(own, i).max(CEILING));
            let excess = places.guessed(sum, i) / ceiling - 1.0;
            if excess > 0.0 {
                goal = (1.0 - ROOM * (excess / ROOM_FROM).min(1.0)) / (1.0 + excess);
            }
        }
        if goal < self.gain {
            (self.gain, self.stays) = (goal, self.hold);
        } else if self.stays > 0 {
            self.stays -= 1;
        } else {
            let back = self.gain + (1.0 - self.gain) * self.release + 1e-6;
            self.gain = back.min(goal);
        }
        ceiling
    }
}

#[cfg(test)]
mod tests;
