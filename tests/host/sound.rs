//! Stereo sound that came out of the plugin.

use std::ops::Range;

/// Left and right, full scale ±1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sound {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
}

impl Sound {
    /// Room for `frames` frames.
    pub fn with_capacity(frames: usize) -> Sound {
        Sound {
            left: Vec::with_capacity(frames),
            right: Vec::with_capacity(frames),
        }
    }

    /// Adds the first `frames` frames of a port's channels.
    ///
    /// # Panics
    /// When a sample isn't finite, or wasn't written at all.
    pub(super) fn push(&mut self, channels: &[Vec<f32>], frames: usize) {
        for (side, channel) in [&mut self.left, &mut self.right].into_iter().zip(channels) {
            let fresh = &channel[..frames];
            assert!(
                fresh.iter().all(|x| x.is_finite()),
                "samples that are not finite"
            );
            side.extend_from_slice(fresh);
        }
    }

    /// Frames.
    pub fn len(&self) -> usize {
        self.left.len()
    }

    /// Adds another stretch at the end.
    pub fn append(&mut self, other: &Sound) {
        self.left.extend_from_slice(&other.left);
        self.right.extend_from_slice(&other.right);
    }

    /// The largest absolute sample in a stretch.
    pub fn peak(&self, frames: Range<usize>) -> f32 {
        let largest = |side: &[f32]| side.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        largest(&self.left[frames.clone()]).max(largest(&self.right[frames]))
    }

    /// Root mean square of both sides in a stretch.
    pub fn rms(&self, frames: Range<usize>) -> f32 {
        let square = |side: &[f32]| side.iter().map(|x| x * x).sum::<f32>();
        let sum = square(&self.left[frames.clone()]) + square(&self.right[frames.clone()]);
        (sum / (2 * frames.len().max(1)) as f32).sqrt()
    }

    /// The first frame that isn't exactly zero.
    pub fn first_sound(&self) -> Option<usize> {
        self.left
            .iter()
            .zip(&self.right)
            .position(|(l, r)| *l != 0.0 || *r != 0.0)
    }

    /// The first frame at which two sounds differ, or their lengths do.
    pub fn first_difference(&self, other: &Sound) -> Option<usize> {
        let sides = self.left.iter().zip(&self.right);
        let same = sides
            .zip(other.left.iter().zip(&other.right))
            .position(|(a, b)| a != b);
        same.or((self.len() != other.len()).then_some(self.len().min(other.len())))
    }

    /// Power of the left side's partial at `hz`, in dB, over a stretch (Goertzel, Hann window).
    pub fn partial_db(&self, frames: Range<usize>, hz: f64, sample_rate: f64) -> f64 {
        let (mut real, mut imaginary, length) = (0.0, 0.0, frames.len() as f64);
        for (index, &x) in self.left[frames].iter().enumerate() {
            let phase = std::f64::consts::TAU * hz * index as f64 / sample_rate;
            let window = 1.0 - (std::f64::consts::TAU * index as f64 / length).cos();
            real += f64::from(x) * window * phase.cos();
            imaginary += f64::from(x) * window * phase.sin();
        }
        10.0 * ((real * real + imaginary * imaginary) / (length * length) + 1e-30).log10()
    }
}
