//! Rendered sound, as the sampler plays it: an instrument is a row of columns (a stretch of keys),
//! a column is a stack of layers (one a velocity), a layer is a stereo sample.
//!
//! Made by the renderer on the generator thread, read by the engine on the audio thread, freed by
//! the generator thread again.

/// The keys of a piano, MIDI 21..=108.
pub const PIANO_KEYS: std::ops::RangeInclusive<u8> = 21..=108;

/// Most columns an instrument may have.
pub const MAX_COLUMNS: usize = 128;
/// Most further strokes in a column.
pub const MAX_TAKES: usize = 7;
/// Most velocity layers in a column.
pub const MAX_LAYERS: usize = 8;

/// One velocity layer: stereo sound whose phase agrees with the other layers of its column.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// The MIDI velocity (1..=127) at which this layer sounds alone.
    pub velocity: u8,
    /// Interleaved stereo frames, linear, full scale ±1.
    pub frames: Vec<[f32; 2]>,
    /// Decay in dB per second (≥ 0) that the player applies once it has passed the loop's start,
    /// so that a decaying sound goes on decaying while it loops.
    pub loop_decay_db_per_s: f32,
    /// Time in seconds after a release in which the sound falls by 60 dB.
    pub release_s: f32,
}

/// A stretch of keys served by one root key.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Lowest MIDI key served.
    pub low_key: u8,
    /// Highest MIDI key served.
    pub high_key: u8,
    /// MIDI key at which the frames play at their own rate.
    pub root_key: u8,
    /// First frame of the loop and one past its last frame; the same in all layers. `None`: the
    /// sound ends with its frames.
    pub loop_frames: Option<(u32, u32)>,
    /// A hit: it sounds to its end whenever the key is let go.
    pub one_shot: bool,
    /// Columns of the same group silence each other; 0 is no group.
    pub choke_group: u8,
    /// Layers in order of velocity, 1 to [`MAX_LAYERS`], all of the same length.
    pub layers: Vec<Layer>,
    /// Further strokes of the same, played in turn with the first (round robin): of each, the frames of every
    /// layer, as long as those of `layers`. At most [`MAX_TAKES`]; none where all strokes are alike.
    pub takes: Vec<Vec<Vec<[f32; 2]>>>,
}

/// An instrument as the sampler holds it: a fixed table of columns that fills while it is made.
#[derive(Debug)]
pub struct SampledInstrument {
    /// Tells instruments apart within a process; never 0.
    pub id: u64,
    /// Which sound it is a rendering of, for whoever calls for sounds by number
    /// ([`Engine::call`](crate::engine::Engine::call)); 0 where nobody does.
    pub sound: u64,
    /// Sample rate of all frames, Hz.
    pub sample_rate: f32,
    /// For each MIDI key the index of the column that serves it, if any will.
    pub key_to_column: [Option<u8>; 128],
    /// The columns; `None` until rendered. Its length never changes after it is made.
    pub columns: Vec<Option<Box<Column>>>,
}
