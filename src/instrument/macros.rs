//! The eight macros: large, musical changes of a whole instrument that act on its partials and
//! noise, so that they are exact at every value and leave the sound alone at 0.

use serde::{Deserialize, Serialize};

/// Each −1..=1; 0 leaves the sound bit for bit as it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Macros {
    /// Tilt of the spectrum: −1 dark, +1 bright (6 dB an octave at the ends).
    pub brightness: f32,
    /// Onset: −1 sharper and faster, +1 slow (up to half a second).
    pub attack: f32,
    /// −1 dies away quickly, +1 goes on for longer than it was made to.
    pub decay: f32,
    /// Tone against noise: −1 breathy and rough, +1 pure, at the same loudness.
    pub body: f32,
    /// Stereo spread: −1 mono, +1 wide. The sum of both channels never changes.
    pub width: f32,
    /// −1 freezes the movement of the held sound, +1 makes its partials shimmer.
    pub motion: f32,
    /// After the key is let go: −1 stops at once (30 ms), +1 rings on (6 s).
    pub release: f32,
    /// −1 pulls all partials into tune, +1 spreads them by 25 cents, as voices in unison would.
    pub detune: f32,
}

impl Macros {
    /// The same with every value brought into −1..=1; one that isn't a number becomes 0.
    /// Any thread.
    pub fn bounded(self) -> Self {
        let bound = |v: f32| {
            if v.is_finite() {
                v.clamp(-1.0, 1.0)
            } else {
                0.0
            }
        };
        Self {
            brightness: bound(self.brightness),
            attack: bound(self.attack),
            decay: bound(self.decay),
            body: bound(self.body),
            width: bound(self.width),
            motion: bound(self.motion),
            release: bound(self.release),
            detune: bound(self.detune),
        }
    }
}
