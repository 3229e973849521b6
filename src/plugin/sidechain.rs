//! The stereo sidechain: what the host routes to Consort besides notes.
//!
//! Hosts leave it out, hand null, or (through the framework) slices of the block before, longer or
//! shorter than this one. So each slice is read by its own length, and never through the buffer's
//! iterators, which trust one length for all.

use nice_plug::prelude::*;

/// Left and right of a block, each as long as the host made it; one channel is both. Audio thread.
pub fn channels<'a>(inputs: &'a mut [Buffer]) -> (&'a [f32], &'a [f32]) {
    match inputs.first_mut().map(Buffer::as_slice) {
        Some([left, right, ..]) => (left, right),
        Some([only]) => (only, only),
        _ => (&[], &[]),
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        unsafe_code,
        reason = "the framework hands buffers and parameters about as pointers"
    )]

    use super::*;

    /// Gives `read` a sidechain whose two channels have their own lengths.
    fn with_sidechain(lengths: [usize; 2], read: impl FnOnce(&mut [Buffer])) {
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
        read(&mut [buffer]);
    }

    #[test]
    fn it_may_be_absent_empty_shorter_or_longer_than_the_block() {
        assert!(channels(&mut []).0.is_empty());
        for lengths in [[0, 0], [64, 64], [17, 64], [512, 3]] {
            with_sidechain(lengths, |inputs| {
                let (left, right) = channels(inputs);
                assert_eq!([left.len(), right.len()], lengths);
            });
        }
    }
}
