//! The note model: one note as partials on a grid relative to its key, and bands of noise, over
//! time (harmonic plus noise: Serra & Smith 1990; bandwidth-enhanced partials: Fitz & Haken 2002).

/// Partial rows: quarter-harmonics to the 8th, whole harmonics to the 96th, 16 harmonic groups.
pub const PARTIAL_ROWS: usize = 136;
/// Bands of noise, equally wide on the ERB-rate scale.
pub const NOISE_ROWS: usize = 40;
/// All rows of a note.
pub const ROWS: usize = PARTIAL_ROWS + NOISE_ROWS;
/// Points in time, from the onset to one second after a release at [`RELEASE_AT`].
pub const TIMES: usize = 136;
/// Seconds from onset to the release in the model's time grid.
pub const RELEASE_AT: f32 = 3.0;

/// MIDI keys of the anchors.
pub const ANCHOR_KEYS: [u8; 9] = [24, 34, 44, 54, 64, 74, 84, 94, 104];
/// MIDI velocities of the anchors.
pub const ANCHOR_VELOCITIES: [u8; 3] = [40, 80, 120];
/// Anchors of an instrument; index = key index × 3 + velocity index.
pub const ANCHORS: usize = ANCHOR_KEYS.len() * ANCHOR_VELOCITIES.len();
