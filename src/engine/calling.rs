//! An engine whose sounds are called for: what decides which notes are played decides what plays them,
//! and how loud.

use super::rack::Called;
use super::sampler::Engine;

impl Engine {
    /// The same, but what arrives plays once it is called for ([`Engine::call`]). Main thread.
    pub fn by_call(mut self) -> Engine {
        self.rack = self.rack.by_call();
        self
    }

    /// Notes that begin from now on play the sound of this number
    /// ([`SampledInstrument::sound`](crate::instrument::zone::SampledInstrument::sound)), if it has
    /// arrived with these keys (bit *k* is MIDI key *k*); otherwise `false`, and they play what they
    /// did. Notes that sound go on as they are. Audio thread.
    pub fn call(&mut self, sound: u64, keys: u128) -> bool {
        let called = self.rack.call(sound, keys);
        if called == Called::Comes {
            let id = self.rack.current().map_or(0, |instrument| instrument.id);
            self.telemetry.set_instrument(id);
            // They waited for the sound before.
            let ended = &mut self.ended;
            self.waiting.retain(|note| {
                ended.push(note);
                false
            });
        }
        called != Called::NotYet
    }

    /// The linear gain, 0..=16, of notes that begin from now on; those that sound keep theirs. Audio
    /// thread.
    pub fn set_note_gain(&mut self, gain: f32) {
        self.note_gain = if gain.is_finite() {
            gain.clamp(0.0, 16.0)
        } else {
            1.0
        };
    }
}
