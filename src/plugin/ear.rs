//! What hears the context on the audio thread: how loud it is, and where in the song it is, go to who
//! shows and who listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use nice_plug::prelude::*;

use crate::engine::capture::{HostPosition, Writer};

/// A peak below this (-60 dB) is not worth a frame of the window.
const INAUDIBLE: f32 = 1e-3;

/// The highest sample since the editor last looked. Any thread, never blocking.
#[derive(Default)]
pub struct Peak(AtomicU32);

impl Peak {
    /// Raises it to that of these samples; whether a meter would show it. Audio thread.
    pub fn raise(&self, left: &[f32], right: &[f32]) -> bool {
        let samples = left.iter().chain(right);
        let peak = samples.fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        // Bits of floats from 0 up are in the order of their values.
        if peak.is_finite() {
            self.0.fetch_max(peak.to_bits(), Relaxed);
        }
        peak > INAUDIBLE
    }

    /// The peak so far; starts over. UI thread.
    pub fn take(&self) -> f32 {
        f32::from_bits(self.0.swap(0, Relaxed))
    }
}

/// The audio thread's end of a [`Context`](super::context::Context).
pub struct Ear {
    peak: Arc<Peak>,
    song: Writer,
}

impl Ear {
    /// One that hears for them. Main thread.
    pub(super) fn new(peak: Arc<Peak>, song: Writer) -> Self {
        Self { peak, song }
    }

    /// From here on there are so many frames per second. Not while `hear` runs.
    pub fn set_rate(&mut self, rate: f32) {
        self.song.set_rate(rate);
    }

    /// Hears a block of `frames` frames; slices that are shorter are silent at their end, longer ones
    /// hold what is old. Whether a meter would show it. Audio thread.
    pub fn hear(
        &mut self,
        position: &HostPosition,
        frames: usize,
        left: &[f32],
        right: &[f32],
    ) -> bool {
        self.song.write(position, frames, left, right);
        let present = |side: &[f32]| side.len().min(frames);
        self.peak
            .raise(&left[..present(left)], &right[..present(right)])
    }

    /// Whether a host must go on calling: who listens counts the rests, too. Audio thread.
    pub fn listens(&self, position: &HostPosition) -> bool {
        position.playing && self.song.is_armed()
    }
}

/// Where a block starts, as the host says: its own beats and samples only, since those that the
/// framework works out from each other are wrong once the tempo has changed. Audio thread.
pub fn position(transport: &Transport) -> HostPosition {
    let known = transport.pos_samples.is_some() || transport.pos_seconds.is_some();
    HostPosition {
        playing: transport.playing,
        samples: transport.pos_samples().filter(|_| known),
        beats: transport.pos_beats,
        tempo: transport.tempo,
        bar_start: transport.bar_start_pos_beats,
        bar: transport.bar_number(),
        time_signature: transport
            .time_sig_numerator
            .zip(transport.time_sig_denominator),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::capture;

    #[test]
    fn slices_may_be_absent_shorter_or_longer_than_the_block() {
        let peak = Arc::new(Peak::default());
        let (writer, mut reader) = capture::channel(1_024);
        reader.arm(true);
        let mut ear = Ear::new(peak.clone(), writer);
        let position = HostPosition::default();
        assert!(!ear.hear(&position, 64, &[], &[]));
        assert_eq!(peak.take(), 0.0);
        for (left, right) in [(64, 64), (17, 64), (512, 3)] {
            // What lies beyond the block is old, and louder.
            let mut side = vec![0.25f32; 512];
            side[64..].fill(0.75);
            assert!(ear.hear(&position, 64, &side[..left], &side[..right]));
            assert_eq!(peak.take(), 0.25);
            assert_eq!(peak.take(), 0.0);
        }
        let mut sound = Vec::new();
        while reader.read(&mut sound).is_some() {}
        assert_eq!(sound.len(), 4 * 64);
        assert_eq!(sound[64 + 63], [0.25; 2]);
        assert_eq!(sound[2 * 64 + 17], [0.0, 0.25]);
        assert_eq!(sound[3 * 64 + 3], [0.25, 0.0]);
    }

    #[test]
    fn what_is_no_number_is_no_peak() {
        let peak = Peak::default();
        assert!(peak.raise(&[f32::INFINITY], &[]));
        assert_eq!(peak.take(), 0.0);
        peak.raise(&[f32::NAN, -0.5], &[]);
        assert_eq!(peak.take(), 0.5);
    }
}
