//! What two channels did last.

use super::{BLOCK, TAPS};

/// No sample counts for more: sums of larger ones would overflow.
const LARGEST: f32 = 1e37;

/// The last samples of two channels.
#[derive(Clone, Copy, Default)]
pub struct Before([[f32; TAPS - 1]; 2]);

/// Some frames of two channels, and those before them.
pub struct Stretch([[f32; TAPS - 1 + BLOCK]; 2]);

impl Before {
    /// These, and frames that follow them. At most [`BLOCK`] of them.
    pub fn with(&self, left: &[f32], right: &[f32]) -> Stretch {
        let mut all = [[0.0; TAPS - 1 + BLOCK]; 2];
        for ((all, before), now) in all.iter_mut().zip(&self.0).zip([left, right]) {
            all[..TAPS - 1].copy_from_slice(before);
            for (all, now) in all[TAPS - 1..].iter_mut().zip(now) {
                // Neither what is no number nor what is too small for one to be quick to count with.
                let counts = now.abs() >= f32::MIN_POSITIVE;
                *all = if counts {
                    now.clamp(-LARGEST, LARGEST)
                } else {
                    0.0
                };
            }
        }
        Stretch(all)
    }
}

impl Stretch {
    /// The highest sample.
    pub fn loudest(&self) -> f32 {
        let samples = self.0.iter().flatten();
        samples.fold(0.0, |peak, x| if x.abs() > peak { x.abs() } else { peak })
    }

    /// The last samples after so many frames.
    pub fn before(&self, frames: usize) -> Before {
        Before([0, 1].map(|side| std::array::from_fn(|i| self.0[side][frames + i])))
    }

    /// A channel's last samples at a frame, the newest last.
    #[inline(always)]
    pub fn window(&self, side: usize, i: usize) -> &[f32; TAPS] {
        let (window, _) = self.0[side][i..]
            .split_first_chunk()
            .unwrap_or((&[0.0; TAPS], &[]));
        window
    }

    /// Multiplies a frame.
    #[inline(always)]
    pub fn hold_back(&mut self, i: usize, gain: f32) {
        self.0
            .iter_mut()
            .for_each(|side| side[i + TAPS - 1] *= gain);
    }
}
