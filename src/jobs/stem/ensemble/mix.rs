//! How a part is mixed with the others: set by the window, heard by the audio thread.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// The lowest gain that isn't silence, dB.
const LOWEST_DB: f32 = -60.0;
/// The highest gain, dB.
const HIGHEST_DB: f32 = 12.0;

/// How a part is mixed, as projects remember it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MixSettings {
    /// Gain over that which puts it beside the song, dB, −60..=12; the lowest is silence.
    pub gain_db: f32,
    /// From left (−1) to right (1).
    pub pan: f32,
    /// It isn't heard.
    pub mute: bool,
    /// Of all parts only those are heard.
    pub solo: bool,
}

/// See [`MixSettings`]. Any thread.
#[derive(Debug)]
pub struct Mix {
    settings: Mutex<MixSettings>,
    /// For the audio thread: whether it is heard, its linear gain, its pan.
    heard: AtomicBool,
    gain: AtomicU32,
    pan: AtomicU32,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            settings: Mutex::default(),
            heard: AtomicBool::new(true),
            gain: AtomicU32::new(1f32.to_bits()),
            pan: AtomicU32::new(0f32.to_bits()),
        }
    }
}

impl Mix {
    /// What was set last. Any thread but audio.
    #[must_use]
    pub fn settings(&self) -> MixSettings {
        *self.settings.lock()
    }

    /// Sets all; what is out of range, or no number, is brought into it. Whether it is heard is said by
    /// [`Self::hear`]. Any thread but audio.
    pub(super) fn set(&self, settings: MixSettings) {
        let within = |value: f32, low: f32, high: f32| {
            if value.is_finite() {
                value.clamp(low, high)
            } else {
                0.0
            }
        };
        let settings = MixSettings {
            gain_db: within(settings.gain_db, LOWEST_DB, HIGHEST_DB),
            pan: within(settings.pan, -1.0, 1.0),
            ..settings
        };
        let gain = if settings.gain_db <= LOWEST_DB {
            0.0
        } else {
            10f32.powf(settings.gain_db / 20.0)
        };
        self.gain.store(gain.to_bits(), Relaxed);
        self.pan.store(settings.pan.to_bits(), Relaxed);
        *self.settings.lock() = settings;
    }

    /// Whether any part is alone decides what is heard of the others. Any thread but audio.
    pub(super) fn hear(&self, any_solo: bool) {
        let MixSettings { mute, solo, .. } = self.settings();
        self.heard.store(!mute && (solo || !any_solo), Relaxed);
    }

    /// Whether it is heard. Any thread, the audio thread too.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.heard.load(Relaxed)
    }

    /// Its gain, linear, 0..=4. Any thread, the audio thread too.
    #[must_use]
    pub fn gain(&self) -> f32 {
        f32::from_bits(self.gain.load(Relaxed))
    }

    /// Its pan, −1..=1. Any thread, the audio thread too.
    #[must_use]
    pub fn pan(&self) -> f32 {
        f32::from_bits(self.pan.load(Relaxed))
    }
}
