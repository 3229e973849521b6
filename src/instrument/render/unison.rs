//! The detune macro: above 0 each partial becomes three, one where it was and one on either side of
//! it, in frequency as between the loudspeakers, as if several voices played in unison; below 0 the
//! partials' own offsets shrink.

use super::Loop;
use crate::instrument::slots::PARTIAL_ROWS;

/// Cents from the middle voice to each outer one at the macro's end.
const MOST_CENTS: f64 = 25.0;
/// Share of the power that the outer voices have, and the macro from which on they have it.
const OUTER_POWER: f32 = 0.6;
const FULL_FROM: f32 = 0.3;

/// How partials are spread.
pub(super) struct Unison {
    /// Distance of an outer voice as a share of the partial's frequency.
    share: f64,
    /// Frames of the loop, in which every beat has to close.
    looped: Option<f64>,
    /// Amplitude of the middle voice, and of each outer one.
    pub middle: f32,
    pub outer: f32,
}

impl Unison {
    /// `None` at 0 and below, where partials stay single.
    pub fn new(amount: f32, place: Option<Loop>) -> Option<Self> {
        let power = OUTER_POWER * (amount / FULL_FROM).min(1.0);
        (amount > 0.0).then(|| Self {
            share: (MOST_CENTS * f64::from(amount) / 1200.0).exp2() - 1.0,
            looped: place.map(|place| (place.end - place.start) as f64),
            middle: (1.0 - power).sqrt(),
            outer: (power / 2.0).sqrt(),
        })
    }

    /// Distance of the outer voices from a partial, cycles per frame: whole cycles a loop. `None`
    /// where not even one fits: the partial stays single.
    pub fn distance(&self, frequency: f64) -> Option<f64> {
        let distance = frequency * self.share;
        let Some(frames) = self.looped else {
            return Some(distance);
        };
        let cycles = (distance * frames).round();
        (cycles >= 1.0).then_some(cycles / frames)
    }
}

/// Shrinks the partials' offsets by a negative amount, to nothing at −1.
pub(super) fn pull_in(cents: &mut [f32; PARTIAL_ROWS], amount: f32) {
    if amount < 0.0 {
        cents.iter_mut().for_each(|cents| *cents *= 1.0 + amount);
    }
}
