//! Drum kits: what each piece of the General MIDI drum map sounds like when it is struck.
//!
//! A hit is [`MODES`] sines whose pitch may move (a kick's falls) and the note model's bands of
//! noise, over times that are fine at the onset. It doesn't track a key and it doesn't loop: it
//! ends. Levels are dB as in the note model; 0 dB is the kit's reference.
//!
//! | rows | what | frequency |
//! |---|---|---|
//! | 0..12 | modes, one in each 0.7 octaves from 30 Hz | [`mode_centre`] and its cents over time |
//! | 12..52 | bands of noise | [`band_edges`](super::slots::band_edges) |

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::file;
use super::render::LAYERS;
use super::slots::{LOUDEST_DB, NOISE_ROWS, SILENT_DB};

/// The keys of the General MIDI drum map.
pub const KEYS: std::ops::RangeInclusive<u8> = 35..=81;
/// Sines of a hit.
pub const MODES: usize = 12;
/// Rows of a hit: modes and bands of noise.
pub const ROWS: usize = MODES + NOISE_ROWS;
/// Points in time of a hit.
pub const TIMES: usize = 64;
/// Seconds that the time grid describes; no hit is longer.
pub const SECONDS: f32 = 4.0;
/// The largest offset of a mode from the middle of its stretch, cents, either way.
pub const MOST_CENTS: f32 = 6000.0;

/// Most strokes that take turns (round robin).
pub const MOST_STROKES: u8 = 4;

/// Values of one piece's levels: layers × rows × times.
const PIECE_LEVELS: usize = LAYERS * ROWS * TIMES;
const PIECE_CENTS: usize = MODES * TIMES;
/// dB of one step of a level; step 0 is silence.
const LEVEL_STEP_DB: f32 = (LOUDEST_DB - SILENT_DB) / 255.0;
const STEPS_PER_CENT: f32 = 4.0;
/// A piece that stays below this many dB is silent.
const AUDIBLE_DB: f32 = -50.0;

/// The General MIDI names of keys 35 to 81.
const NAMES: [&str; 47] = [
    "Kick 2",
    "Kick",
    "Side stick",
    "Snare",
    "Hand clap",
    "Snare 2",
    "Low floor tom",
    "Closed hi-hat",
    "High floor tom",
    "Pedal hi-hat",
    "Low tom",
    "Open hi-hat",
    "Low-mid tom",
    "High-mid tom",
    "Crash",
    "High tom",
    "Ride",
    "China",
    "Ride bell",
    "Tambourine",
    "Splash",
    "Cowbell",
    "Crash 2",
    "Vibraslap",
    "Ride 2",
    "High bongo",
    "Low bongo",
    "Mute conga",
    "Open conga",
    "Low conga",
    "High timbale",
    "Low timbale",
    "High agogo",
    "Low agogo",
    "Cabasa",
    "Maracas",
    "Short whistle",
    "Long whistle",
    "Short guiro",
    "Long guiro",
    "Claves",
    "High woodblock",
    "Low woodblock",
    "Mute cuica",
    "Open cuica",
    "Mute triangle",
    "Open triangle",
];

/// The name of a key of the drum map. Any thread.
pub fn piece_name(key: u8) -> Option<&'static str> {
    let index = key.checked_sub(*KEYS.start())?;
    NAMES.get(usize::from(index)).copied()
}

/// The group whose pieces silence each other, as General MIDI has them; 0 for a piece that rings
/// on. Any thread.
pub fn choke_group(key: u8) -> u8 {
    match key {
        42 | 44 | 46 => 1,
        71 | 72 => 2,
        73 | 74 => 3,
        78 | 79 => 4,
        80 | 81 => 5,
        _ => 0,
    }
}

/// The middle of a mode's stretch of frequency, Hz. Any thread.
pub fn mode_centre(mode: usize) -> f64 {
    30.0 * (0.7 * (mode as f64 + 0.5)).exp2()
}

/// The time grid in seconds: every millisecond to 16 ms, then ever wider to 4 s. Any thread.
pub fn time_grid() -> &'static [f32; TIMES] {
    static GRID: LazyLock<[f32; TIMES]> = LazyLock::new(|| {
        std::array::from_fn(|i| match i.checked_sub(16) {
            None => i as f32 * 0.001,
            Some(wide) => (0.016 * 250f64.powf(wide as f64 / (TIMES - 17) as f64)) as f32,
        })
    });
    &GRID
}

/// Why numbers can't be a kit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum KitError {
    /// Keys outside the map or twice, or tables of another size.
    #[error("The kit has other pieces than this version of Consort plays; make the kit again.")]
    Shape,
    /// A value is not a number, or infinite.
    #[error(
        "The {0} contains values that are not numbers; try another seed or reinstall the model \
         pack."
    )]
    NotFinite(&'static str),
    /// A piece can't be heard.
    #[error("The {0} is silent; try another prompt or seed.")]
    Silent(&'static str),
}

/// One piece of a kit, quantised.
///
/// Levels: 0.41 dB steps over −80..=+24 dB, step 0 = silent, by layer, row, time. Cents: quarters
/// of a cent from the middle of each mode's stretch, by mode, time; the same at every velocity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    key: u8,
    seed: u64,
    levels: Vec<u8>,
    cents: Vec<i16>,
}

/// A piece as numbers, before quantising or after.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// By layer (soft to hard), row, time; dB.
    pub levels: [Vec<f32>; LAYERS],
    /// By mode, time; cents.
    pub cents: Vec<f32>,
}

impl Hit {
    /// The levels of one row over time at a layer, dB. Any thread.
    pub fn row(&self, layer: usize, row: usize) -> &[f32] {
        &self.levels[layer][row * TIMES..(row + 1) * TIMES]
    }
}

impl Piece {
    /// Quantises a hit. Values out of range are brought into it. Any thread but audio.
    ///
    /// # Errors
    /// [`KitError`]: it is no piece of the map, or can't be heard.
    pub fn new(key: u8, seed: u64, levels: &[f32], cents: &[f32]) -> Result<Self, KitError> {
        let name = piece_name(key).ok_or(KitError::Shape)?;
        if levels.len() != PIECE_LEVELS || cents.len() != PIECE_CENTS {
            return Err(KitError::Shape);
        }
        if !levels.iter().chain(cents).all(|value| value.is_finite()) {
            return Err(KitError::NotFinite(name));
        }
        let level = |db: &f32| ((db - SILENT_DB) / LEVEL_STEP_DB).round().clamp(0.0, 255.0) as u8;
        let offset = |c: &f32| (c.clamp(-MOST_CENTS, MOST_CENTS) * STEPS_PER_CENT).round() as i16;
        let piece = Self {
            key,
            seed,
            levels: levels.iter().map(level).collect(),
            cents: cents.iter().map(offset).collect(),
        };
        piece.check()?;
        Ok(piece)
    }

    /// Its MIDI key. Any thread.
    pub fn key(&self) -> u8 {
        self.key
    }

    /// The seed it was drawn with. Any thread.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Its numbers, as quantised. Any thread but audio.
    pub fn hit(&self) -> Hit {
        let level = |step: &u8| SILENT_DB + f32::from(*step) * LEVEL_STEP_DB;
        let mut layers = self.levels.chunks(ROWS * TIMES);
        Hit {
            levels: std::array::from_fn(|_| {
                let layer = layers.next().expect("checked when it was made");
                layer.iter().map(level).collect()
            }),
            cents: self
                .cents
                .iter()
                .map(|&c| f32::from(c) / STEPS_PER_CENT)
                .collect(),
        }
    }

    fn check(&self) -> Result<(), KitError> {
        let name = piece_name(self.key).ok_or(KitError::Shape)?;
        if self.levels.len() != PIECE_LEVELS || self.cents.len() != PIECE_CENTS {
            return Err(KitError::Shape);
        }
        let loudest = &self.levels[PIECE_LEVELS - ROWS * TIMES..];
        let audible = ((AUDIBLE_DB - SILENT_DB) / LEVEL_STEP_DB) as u8;
        if loudest.iter().all(|&step| step <= audible) {
            return Err(KitError::Silent(name));
        }
        Ok(())
    }
}

/// The pieces of a drum kit, at most one a key of the General MIDI drum map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Piece>", into = "Vec<Piece>")]
pub struct Kit {
    pieces: Vec<Piece>,
    /// How many differing strokes of a piece take turns; 1 in kits of before there were more, which sound as they did.
    strokes: u8,
}

impl TryFrom<Vec<Piece>> for Kit {
    type Error = KitError;

    fn try_from(mut pieces: Vec<Piece>) -> Result<Self, KitError> {
        pieces.sort_by_key(|piece| piece.key);
        let twice = pieces.windows(2).any(|two| two[0].key == two[1].key);
        if pieces.is_empty() || twice {
            return Err(KitError::Shape);
        }
        pieces.iter().try_for_each(Piece::check)?;
        let limit = (MOST_CENTS * STEPS_PER_CENT) as i16;
        for cents in pieces.iter_mut().flat_map(|piece| &mut piece.cents) {
            *cents = (*cents).clamp(-limit, limit);
        }
        Ok(Self { pieces, strokes: 1 })
    }
}

impl From<Kit> for Vec<Piece> {
    fn from(kit: Kit) -> Self {
        kit.pieces
    }
}

impl Kit {
    /// Its pieces by key, lowest first; at least one. Any thread.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// How many differing strokes of a piece take turns, 1 to [`MOST_STROKES`]. Any thread.
    pub fn strokes(&self) -> u8 {
        self.strokes
    }

    /// The same kit with so many strokes that take turns; brought into 1 to [`MOST_STROKES`]. Any thread.
    #[must_use]
    pub fn with_strokes(self, strokes: u8) -> Self {
        let strokes = strokes.clamp(1, MOST_STROKES);
        Self { strokes, ..self }
    }

    /// Its pieces as files have them: levels as changes over time, which pack better.
    pub(super) fn as_changes(&self) -> Vec<Piece> {
        let packed = |piece: &Piece| Piece {
            levels: file::changes(&piece.levels, TIMES),
            ..piece.clone()
        };
        self.pieces.iter().map(packed).collect()
    }

    /// The kit of such pieces, checked.
    pub(super) fn from_changes(mut pieces: Vec<Piece>) -> Result<Self, KitError> {
        for piece in &mut pieces {
            piece.levels = file::sums(std::mem::take(&mut piece.levels), TIMES);
        }
        pieces.try_into()
    }

    /// The piece of a key. Any thread.
    pub fn piece(&self, key: u8) -> Option<&Piece> {
        let found = self.pieces.binary_search_by_key(&key, |piece| piece.key);
        found.ok().map(|index| &self.pieces[index])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A piece whose rows have a level by layer, row and time in seconds, with modes in the middle
    /// of their stretches.
    pub(in crate::instrument) fn piece(key: u8, level: impl Fn(usize, usize, f32) -> f32) -> Piece {
        let mut levels = Vec::with_capacity(PIECE_LEVELS);
        for layer in 0..LAYERS {
            for row in 0..ROWS {
                levels.extend(time_grid().map(|t| level(layer, row, t).max(SILENT_DB)));
            }
        }
        Piece::new(key, 1, &levels, &[0.0; PIECE_CENTS]).unwrap()
    }

    #[test]
    fn the_map_is_general_midi_s() {
        assert_eq!(piece_name(36), Some("Kick"));
        assert_eq!(piece_name(42), Some("Closed hi-hat"));
        assert_eq!(piece_name(56), Some("Cowbell"));
        assert_eq!(piece_name(81), Some("Open triangle"));
        assert_eq!((piece_name(34), piece_name(82)), (None, None));
        assert_eq!(choke_group(44), choke_group(46));
        assert_ne!(choke_group(42), choke_group(80));
        assert_eq!(choke_group(38), 0);
    }

    #[test]
    fn the_grid_is_the_training_s() {
        let grid = time_grid();
        assert!(grid.windows(2).all(|w| w[0] < w[1]));
        assert_eq!((grid[0], grid[16]), (0.0, 0.016));
        assert!((grid[17] / grid[16] - 1.1247).abs() < 1e-3);
        assert!((grid[TIMES - 1] - SECONDS).abs() < 1e-5);
        assert!((mode_centre(0) - 38.24).abs() < 0.01 && mode_centre(11) < 9_000.0);
    }

    #[test]
    fn quantising_errs_by_half_a_step_and_bad_numbers_get_a_sentence() {
        let ramp = |layer: usize, row: usize, t: f32| layer as f32 + row as f32 - 60.0 * t - 40.0;
        let hit = piece(38, ramp).hit();
        for layer in 0..LAYERS {
            for row in 0..ROWS {
                for (&level, &t) in hit.row(layer, row).iter().zip(time_grid()) {
                    let wanted = ramp(layer, row, t).max(SILENT_DB);
                    assert!((level - wanted).abs() <= LEVEL_STEP_DB / 2.0 + 1e-3);
                }
            }
        }
        let (levels, cents) = (vec![-10.0; PIECE_LEVELS], vec![0.0; PIECE_CENTS]);
        let new = |key, levels: &[f32], cents: &[f32]| Piece::new(key, 0, levels, cents);
        assert_eq!(new(20, &levels, &cents), Err(KitError::Shape));
        assert_eq!(new(36, &levels[1..], &cents), Err(KitError::Shape));
        assert_eq!(
            new(36, &vec![-79.0; PIECE_LEVELS], &cents),
            Err(KitError::Silent("Kick"))
        );
        let mut bad = cents.clone();
        bad[3] = f32::NAN;
        let error = new(42, &levels, &bad).unwrap_err();
        assert!(error.to_string().contains("Closed hi-hat"), "{error}");
    }

    #[test]
    fn a_kit_has_a_key_once() {
        let sounding = |key| piece(key, |_, _, _| -10.0);
        let kit = Kit::try_from(vec![sounding(42), sounding(36)]).unwrap();
        assert_eq!(kit.pieces()[0].key(), 36);
        assert!(kit.piece(42).is_some() && kit.piece(43).is_none());
        assert_eq!(Kit::try_from(vec![]), Err(KitError::Shape));
        let twice = vec![sounding(36), sounding(36)];
        assert_eq!(Kit::try_from(twice), Err(KitError::Shape));
    }
}
