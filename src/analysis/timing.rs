//! Which moment of a sound each time of the note model is measured at.
//!
//! The model's time grid holds a note for three seconds and then lets it ring for one more. A
//! sound may be held for longer or shorter: what follows its release is measured there and placed
//! after the model's, and what it doesn't reach is left to [`super::extend`].

use super::noise;
use super::spectrum::SAMPLE_RATE;
use crate::instrument::slots::RELEASE_AT;

/// Length of the windows that partials are looked for with, seconds.
pub(super) const LONG_WINDOW: f64 = 0.512;
/// Where they lie.
const LONG_MOMENTS: [f64; 6] = [0.27, 0.6, 1.0, 1.5, 2.0, 2.6];
/// The model's release.
pub(super) const RELEASE: f64 = RELEASE_AT as f64;

/// How long a note was held and whether its release is in the sound. Seconds after its onset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// Seconds from the onset until the note is released, or until its sound is cut off. A note
    /// that rings out counts as held for three seconds at least.
    pub held: f64,
    /// Whether what follows `held` is the note's release.
    pub released: bool,
}

impl Timing {
    /// The timing of the notes the models were trained on: released after three seconds.
    pub const MODEL: Self = Self {
        held: RELEASE,
        released: true,
    };

    /// Until when the model's held part can be measured.
    pub(super) fn measured(self) -> f64 {
        self.held.min(RELEASE)
    }

    /// Whether a time of the model lies after its release.
    pub(super) fn is_release(time: f64) -> bool {
        time > RELEASE - 0.01
    }

    /// The second of the sound where a window of `seconds` for the model's `time` is centred. It
    /// keeps to one side of the onset (`at_attack`) and of the release.
    pub(super) fn centre(self, time: f64, seconds: f64, at_attack: bool) -> f64 {
        if Self::is_release(time) {
            return if self.released {
                self.held + (time - RELEASE)
            } else {
                time
            };
        }
        let earliest = seconds / 2.0 - 0.001;
        let centre = if at_attack { time.max(earliest) } else { time };
        centre.min((self.measured() - seconds / 2.0).max(earliest))
    }

    /// Where the mean spectrum of the note is taken; at least one moment.
    pub(super) fn long_moments(self) -> Vec<f64> {
        let fits = |&(index, moment): &(usize, f64)| {
            index == 0 || moment + LONG_WINDOW / 2.0 <= self.measured()
        };
        let all = LONG_MOMENTS.iter().copied().enumerate();
        all.filter(fits).map(|(_, moment)| moment).collect()
    }

    /// Where noise is measured: (time of the model, second of the sound); at least one.
    pub(super) fn noise_moments(self) -> Vec<(f64, f64)> {
        let mut moments = Vec::new();
        for (index, moment) in noise::MOMENTS.into_iter().enumerate() {
            if moment > RELEASE {
                if self.released {
                    moments.push((moment, self.held + (moment - RELEASE)));
                }
            } else if index == 0 || moment + noise::WINDOW / 2.0 <= self.measured() {
                moments.push((moment, moment));
            }
        }
        moments
    }

    /// Samples after the onset that are looked at.
    pub(super) fn samples(self) -> usize {
        let release = if self.released { 1.2 } else { 0.0 };
        ((self.held + release) * f64::from(SAMPLE_RATE)) as usize
    }
}
