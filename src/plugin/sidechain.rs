//! The stereo sidechain: what the host routes to Consort besides notes.
//!
//! Hosts leave it out, hand null, or (through the framework) slices of the block before, longer or
//! shorter than this one. So each slice is read by its own length, and never through the buffer's
//! iterators, which trust one length for all.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use nice_plug::prelude::*;

use crate::engine::capture::HostPosition;

/// A peak below this (-60 dB) is not worth a frame of the window.
const INAUDIBLE: f32 = 1e-3;

/// The highest sample since the editor last looked. Any thread, never blocking.
#[derive(Default)]
pub struct SidechainPeak(AtomicU32);

impl SidechainPeak {
    /// Raises the peak to that of a block; whether a meter would show it. Audio thread.
    pub fn raise(&self, aux: &mut AuxiliaryBuffers, frames: usize) -> bool {
        let mut peak = 0.0f32;
        for buffer in aux.inputs.iter_mut() {
            for channel in buffer.as_slice() {
                let present = channel.len().min(frames);
                peak = channel[..present]
                    .iter()
                    .fold(peak, |peak, sample| peak.max(sample.abs()));
            }
        }
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

/// Left and right of a block, each as long as the host made it; one channel is both. Audio thread.
pub fn channels<'a>(aux: &'a mut AuxiliaryBuffers) -> (&'a [f32], &'a [f32]) {
    match aux.inputs.first_mut().map(Buffer::as_slice) {
        Some([left, right, ..]) => (left, right),
        Some([only]) => (only, only),
        _ => (&[], &[]),
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

    /// Gives `read` a sidechain whose two channels have their own lengths.
    fn with_sidechain(lengths: [usize; 2], read: impl FnOnce(&mut AuxiliaryBuffers)) {
        let mut channels = lengths.map(|length| vec![0.25f32; length]);
        let [left, right] = &mut channels;
        let mut buffer = Buffer::default();
        // SAFETY: the channels outlive the buffer. The lengths differ on purpose: that is what
        // hosts have been seen to do.
        unsafe {
            buffer.set_slices(lengths[0].min(lengths[1]), |slices| {
                *slices = vec![left.as_mut_slice(), right.as_mut_slice()];
            });
        }
        let mut inputs = [buffer];
        read(&mut AuxiliaryBuffers {
            inputs: &mut inputs,
            outputs: &mut [],
        });
    }

    #[test]
    fn it_may_be_absent_empty_shorter_or_longer_than_the_block() {
        let peak = SidechainPeak::default();
        let mut none = AuxiliaryBuffers {
            inputs: &mut [],
            outputs: &mut [],
        };
        peak.raise(&mut none, 64);
        assert!(channels(&mut none).0.is_empty());
        with_sidechain([0, 0], |aux| {
            peak.raise(aux, 64);
        });
        assert_eq!(peak.take(), 0.0);
        for lengths in [[64, 64], [17, 64], [512, 3]] {
            with_sidechain(lengths, |aux| {
                peak.raise(aux, 64);
                let (left, right) = channels(aux);
                assert_eq!([left.len(), right.len()], lengths);
            });
            assert_eq!(peak.take(), 0.25);
            assert_eq!(peak.take(), 0.0);
        }
    }
}
