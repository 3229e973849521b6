//! What the player can turn while it sounds, in plain units.

/// The engine's parameters. Changes are smoothed inside, on a grid that doesn't depend on block
/// size. Out-of-range values are clamped, non-finite ones replaced by the default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Output gain, linear, 0..=16; 1 = unity.
    pub level: f32,
    /// Stereo width, 0 (mono) ..= 2; 1 = as made.
    pub width: f32,
    /// Seconds over which new notes fade in, 0..=20; 0 = the instrument's own attack.
    pub attack_s: f32,
    /// Multiplies the instrument's release time, 0..=32; 1 = as made. No release is shorter
    /// than 5 ms.
    pub release_scale: f32,
    /// Cutoff of the low-pass filter of each voice in Hz; at [`Settings::TONE_OPEN_HZ`] and above
    /// the filter is out of the way and costs nothing.
    pub tone_hz: f32,
    /// −1 (soft touch already plays loud) ..= 1 (only hard touch plays loud); 0 = as played. The
    /// velocity is raised to the power 4^curve.
    pub velocity_curve: f32,
    /// Semitones added to all notes, −48..=48.
    pub tune_semitones: f32,
    /// Seconds that a note takes to slide from the pitch of the one before, 0..=10; 0 = none.
    pub glide_s: f32,
    /// Semitones of a full pitch bend, 0..=96, where no registered parameter 0 has set it.
    pub bend_range: f32,
    /// MPE: channel 0 is the manager, its bend, pressure, brightness and pedals act on all notes;
    /// channels 1..=15 carry a note each and bend by [`Settings::mpe_bend_range`]. An MPE
    /// configuration message turns it on as well.
    pub mpe: bool,
    /// Semitones of a full bend on an MPE member channel, 0..=96.
    pub mpe_bend_range: f32,
    /// Bend the loudest peaks so that the output stays below full scale. Exactly transparent
    /// below −3 dB.
    pub soft_limit: bool,
}

impl Settings {
    /// Cutoff from which on the filter counts as open, Hz.
    pub const TONE_OPEN_HZ: f32 = 20_000.0;

    /// The same settings with every number finite and in range. Any thread.
    pub fn sane(&self) -> Settings {
        let fresh = Settings::default();
        let clamp = |value: f32, default: f32, low: f32, high: f32| {
            if value.is_finite() {
                value.clamp(low, high)
            } else {
                default
            }
        };
        Settings {
            level: clamp(self.level, fresh.level, 0.0, 16.0),
            width: clamp(self.width, fresh.width, 0.0, 2.0),
            attack_s: clamp(self.attack_s, fresh.attack_s, 0.0, 20.0),
            release_scale: clamp(self.release_scale, fresh.release_scale, 0.0, 32.0),
            tone_hz: clamp(self.tone_hz, fresh.tone_hz, 20.0, Self::TONE_OPEN_HZ),
            velocity_curve: clamp(self.velocity_curve, fresh.velocity_curve, -1.0, 1.0),
            tune_semitones: clamp(self.tune_semitones, fresh.tune_semitones, -48.0, 48.0),
            glide_s: clamp(self.glide_s, fresh.glide_s, 0.0, 10.0),
            bend_range: clamp(self.bend_range, fresh.bend_range, 0.0, 96.0),
            mpe: self.mpe,
            mpe_bend_range: clamp(self.mpe_bend_range, fresh.mpe_bend_range, 0.0, 96.0),
            soft_limit: self.soft_limit,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            level: 1.0,
            width: 1.0,
            attack_s: 0.0,
            release_scale: 1.0,
            tone_hz: Self::TONE_OPEN_HZ,
            velocity_curve: 0.0,
            tune_semitones: 0.0,
            glide_s: 0.0,
            bend_range: 2.0,
            mpe: false,
            mpe_bend_range: 48.0,
            soft_limit: false,
        }
    }
}
