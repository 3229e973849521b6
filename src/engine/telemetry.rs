//! What the editor may know about the audio thread: a few atomics, written each block.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// Shared by the engine, which writes, and the editor, which reads. All methods: any thread,
/// never blocking.
#[derive(Debug, Default)]
pub struct Telemetry {
    held: [AtomicU64; 2],
    sounding: [AtomicU64; 2],
    peak: AtomicU32,
    voices: AtomicU32,
    instrument: AtomicU64,
}

impl Telemetry {
    /// Keys that are down: bit *k* is MIDI key *k*.
    pub fn held_keys(&self) -> u128 {
        load(&self.held)
    }

    /// Keys that sound, held or not, likewise.
    pub fn sounding_keys(&self) -> u128 {
        load(&self.sounding)
    }

    /// Highest absolute output sample since the last call (linear); starts over.
    pub fn take_peak(&self) -> f32 {
        f32::from_bits(self.peak.swap(0, Relaxed))
    }

    /// Voices that sound, releases included.
    pub fn voices(&self) -> u32 {
        self.voices.load(Relaxed)
    }

    /// [`SampledInstrument::id`](crate::instrument::zone::SampledInstrument::id) of the
    /// instrument that new notes play; 0 before the first.
    pub fn instrument(&self) -> u64 {
        self.instrument.load(Relaxed)
    }

    pub(super) fn set_held_keys(&self, keys: u128) {
        store(&self.held, keys);
    }

    pub(super) fn set_sounding_keys(&self, keys: u128) {
        store(&self.sounding, keys);
    }

    /// Something of that peak has left: the sum of all that sounds, limited. Audio thread.
    pub fn raise_peak(&self, peak: f32) {
        // The bits of floats from 0 up are in the order of their values.
        self.peak.fetch_max(peak.abs().to_bits(), Relaxed);
    }

    pub(super) fn set_voices(&self, voices: u32) {
        self.voices.store(voices, Relaxed);
    }

    pub(super) fn set_instrument(&self, id: u64) {
        self.instrument.store(id, Relaxed);
    }
}

fn load([low, high]: &[AtomicU64; 2]) -> u128 {
    u128::from(low.load(Relaxed)) | u128::from(high.load(Relaxed)) << 64
}

fn store([low, high]: &[AtomicU64; 2], keys: u128) {
    low.store(keys as u64, Relaxed);
    high.store((keys >> 64) as u64, Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_keys_survive_the_split_into_two_words() {
        let telemetry = Telemetry::default();
        let keys = 1u128 << 127 | 1 << 64 | 1 << 63 | 1;
        telemetry.set_held_keys(keys);
        assert_eq!(telemetry.held_keys(), keys);
    }

    #[test]
    fn the_peak_is_the_highest_and_starts_over() {
        let telemetry = Telemetry::default();
        for peak in [0.25, 0.75, 0.5] {
            telemetry.raise_peak(peak);
        }
        assert_eq!(telemetry.take_peak(), 0.75);
        assert_eq!(telemetry.take_peak(), 0.0);
    }
}
