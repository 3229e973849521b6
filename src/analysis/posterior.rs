//! How likely each key of the piano sounds at each moment, as a transcription model hears it.

/// Keys told apart, from the piano's lowest.
pub const KEYS: usize = 88;
/// MIDI key of the first of them.
pub const LOWEST: u8 = 21;
/// Pitches told apart in a semitone.
pub const BINS_A_KEY: usize = 3;
/// Which of them is the key in tune.
pub const IN_TUNE: usize = 1;
/// Pitches told apart in all.
pub const CONTOUR_BINS: usize = KEYS * BINS_A_KEY;

/// Likelihoods, each 0..=1, of keys [`LOWEST`] up, a row a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Posterior {
    /// That the key sounds.
    pub sounds: Vec<[f32; KEYS]>,
    /// That its note begins; as many rows.
    pub begins: Vec<[f32; KEYS]>,
    /// Middles of the frames, seconds from the start of the sound, rising; as many.
    pub seconds: Vec<f64>,
}

/// Likelihoods of thirds of semitones, a row a frame of the [`Posterior`].
pub type Contours = Vec<[f32; CONTOUR_BINS]>;
