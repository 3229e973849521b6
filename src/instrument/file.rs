//! Instruments as bytes: `.consort` files and the plugin's saved state.
//!
//! Layout, numbers little-endian: magic (8 bytes), version (u32), checksum (first 16 bytes of the
//! payload's SHA-256), length of the unpacked payload (u32), payload (zstd of postcard). Levels
//! are stored as differences over time, which pack twice as well. A drum kit's payload has no
//! anchors; its pieces follow, and after them the number of strokes that take turns, if
//! that is more than one.

mod version_1;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::anchors::AnchorSet;
use super::slots::TIMES;
use super::{AnchorError, Body, Instrument, Kit, Macros, Recipe};
use crate::instrument::kit::{KitError, Piece};

/// How every `.consort` file begins.
const MAGIC: [u8; 8] = *b"consort\x1a";
/// The version written; older ones are brought up to it when read.
const VERSION: u32 = 2;
const HEADER: usize = 8 + 4 + 16 + 4;
/// Largest file read, bytes.
const MAX_BYTES: usize = 16 << 20;
/// Largest payload unpacked, bytes: a small file must not fill the memory.
const MAX_UNPACKED: usize = 16 << 20;
/// zstd's level: the first that packs well; writing takes some milliseconds.
const COMPRESSION: i32 = 9;

/// Why bytes can't be read as an instrument.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FileError {
    /// Something else entirely.
    #[error("This is not a Consort instrument; choose a .consort file.")]
    NotConsort,
    /// Written by a later Consort.
    #[error(
        "This instrument was saved by a newer Consort (format {found}, this one reads up to \
         {newest}); update Consort to open it."
    )]
    Newer {
        /// The file's version.
        found: u32,
        /// The newest version known here.
        newest: u32,
    },
    /// Cut short or changed.
    #[error(
        "This instrument file is damaged; restore it from a copy or make the instrument again."
    )]
    Damaged,
    /// Larger than any instrument.
    #[error("This file is too large for an instrument ({0} bytes); choose a .consort file.")]
    TooLarge(usize),
    /// Whole, but its sound can't be used.
    #[error("{0}")]
    Unusable(#[from] AnchorError),
    /// Whole, but it is a kit that can't be played.
    #[error("{0}")]
    UnusableKit(#[from] KitError),
}

/// Version 2 of the payload, the present one.
#[derive(Serialize, Deserialize)]
struct PayloadV2 {
    name: String,
    recipe: Recipe,
    macros: Macros,
    /// Level steps, each less the one before in its row (wrapping).
    level_changes: Vec<u8>,
    cents: Vec<i16>,
}

impl Instrument {
    /// The instrument as `.consort` bytes (typically 0.2 to 0.5 MB). Any thread but audio.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (level_changes, cents) = self.anchors().map_or_else(Default::default, |anchors| {
            (
                changes(anchors.level_steps(), TIMES),
                anchors.cents_steps().to_vec(),
            )
        });
        let payload = PayloadV2 {
            name: self.name.clone(),
            recipe: self.recipe.clone(),
            macros: self.macros,
            level_changes,
            cents,
        };
        let mut unpacked = postcard::to_stdvec(&payload).expect("plain data always serialises");
        if let Some(kit) = self.kit() {
            let pieces = postcard::to_stdvec(&kit.as_changes());
            unpacked.extend(pieces.expect("plain data always serialises"));
            if kit.strokes() > 1 {
                unpacked.push(kit.strokes());
            }
        }
        let packed = zstd::bulk::compress(&unpacked, COMPRESSION).expect("memory to compress into");
        let mut bytes = Vec::with_capacity(HEADER + packed.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&checksum(&packed));
        bytes.extend_from_slice(&(unpacked.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&packed);
        bytes
    }

    /// Reads `.consort` bytes of this version or an older one. Any thread but audio.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        let rest = bytes.strip_prefix(&MAGIC).ok_or(FileError::NotConsort)?;
        if bytes.len() > MAX_BYTES {
            return Err(FileError::TooLarge(bytes.len()));
        }
        let (version, rest) = rest.split_first_chunk().ok_or(FileError::Damaged)?;
        let version = u32::from_le_bytes(*version);
        if version > VERSION {
            return Err(FileError::Newer {
                found: version,
                newest: VERSION,
            });
        }
        let (sum, rest) = rest.split_first_chunk::<16>().ok_or(FileError::Damaged)?;
        let (length, packed) = rest.split_first_chunk().ok_or(FileError::Damaged)?;
        if checksum(packed) != *sum {
            return Err(FileError::Damaged);
        }
        let length = u32::from_le_bytes(*length) as usize;
        if length > MAX_UNPACKED {
            return Err(FileError::TooLarge(length));
        }
        let unpacked = zstd::bulk::decompress(packed, length).map_err(|_| FileError::Damaged)?;
        if unpacked.len() != length {
            return Err(FileError::Damaged);
        }
        match version {
            1 => read(version_1::upgraded(&unpacked)?, &[]),
            2 => {
                let (payload, pieces) =
                    postcard::take_from_bytes(&unpacked).map_err(|_| FileError::Damaged)?;
                read(payload, pieces)
            }
            // A later version adds its arm here and keeps the older ones.
            _ => Err(FileError::Damaged),
        }
    }
}

fn from_postcard<'a, T: Deserialize<'a>>(unpacked: &'a [u8]) -> Result<T, FileError> {
    postcard::from_bytes(unpacked).map_err(|_| FileError::Damaged)
}

fn read(payload: PayloadV2, pieces: &[u8]) -> Result<Instrument, FileError> {
    let body = if pieces.is_empty() {
        let levels = sums(payload.level_changes, TIMES);
        Body::Keys(AnchorSet::from_steps(levels, payload.cents)?)
    } else {
        let (pieces, rest): (Vec<Piece>, _) =
            postcard::take_from_bytes(pieces).map_err(|_| FileError::Damaged)?;
        let strokes = rest.first().copied().unwrap_or(1);
        Body::Kit(Kit::from_changes(pieces)?.with_strokes(strokes))
    };
    Ok(Instrument {
        name: payload.name,
        recipe: payload.recipe,
        macros: payload.macros.bounded(),
        body,
    })
}

fn checksum(packed: &[u8]) -> [u8; 16] {
    let whole = Sha256::digest(packed);
    std::array::from_fn(|i| whole[i])
}

/// Each step less the one before in its row of `times` (wrapping).
pub(super) fn changes(steps: &[u8], times: usize) -> Vec<u8> {
    let rows = steps.chunks(times);
    rows.flat_map(|row| {
        let before = std::iter::once(0).chain(row.iter().copied());
        row.iter()
            .zip(before)
            .map(|(now, before)| now.wrapping_sub(before))
    })
    .collect()
}

/// The steps of such changes.
pub(super) fn sums(mut changes: Vec<u8>, times: usize) -> Vec<u8> {
    for row in changes.chunks_mut(times) {
        let mut step = 0u8;
        for change in row {
            step = step.wrapping_add(*change);
            *change = step;
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::instrument::slots::{ANCHORS, PARTIAL_ROWS, ROWS};
    use crate::instrument::{Family, Origin, PackVersion};

    /// A file as version 1 wrote it. Never to be made anew: projects of that version look like it.
    const VERSION_1: &[u8] = include_bytes!("../../tests/data/instrument-v1.consort");

    fn instrument() -> Instrument {
        let level = |i: usize| ((i / TIMES) % 97) as f32 - 80.0 - (i % TIMES) as f32 * 0.125;
        let levels: Vec<f32> = (0..ANCHORS * ROWS * TIMES).map(level).collect();
        let cents: Vec<f32> = (0..ANCHORS * PARTIAL_ROWS)
            .map(|i| (i % 50) as f32 - 25.0)
            .collect();
        Instrument {
            name: "warm cello".into(),
            recipe: Recipe {
                prompt: "warm cello, près du chevalet \u{1f3bb}".into(),
                seed: u64::MAX,
                family: Some(Family::Strings),
                range: Some((36, 76)),
                guidance: 1.5,
                pack: Some(PackVersion {
                    name: "built-in".into(),
                    version: "0.1.0".into(),
                }),
                variation_of: Some(Origin {
                    name: "cello".into(),
                    seed: 7,
                }),
                ..Recipe::default()
            },
            macros: Macros {
                brightness: -0.25,
                motion: 1.0,
                ..Macros::default()
            },
            body: Body::Keys(AnchorSet::from_levels(&levels, &cents).unwrap()),
        }
    }

    /// These bytes with another version and unpacked length in the header.
    fn with_header(bytes: &[u8], version: u32, length: u32) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        bytes[8..12].copy_from_slice(&version.to_le_bytes());
        bytes[28..32].copy_from_slice(&length.to_le_bytes());
        bytes
    }

    #[test]
    fn an_instrument_comes_back_as_it_was_and_is_small() {
        for instrument in [instrument(), Instrument::factory()] {
            let bytes = instrument.to_bytes();
            assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
            assert_eq!(Instrument::from_bytes(&bytes), Ok(instrument));
        }
    }

    #[test]
    fn files_of_version_1_are_read() {
        assert_eq!(Instrument::from_bytes(VERSION_1), Ok(instrument()));
    }

    #[test]
    fn each_fault_has_its_own_sentence() {
        let bytes = instrument().to_bytes();
        let error = |bytes: &[u8]| Instrument::from_bytes(bytes).unwrap_err();
        assert_eq!(error(b""), FileError::NotConsort);
        assert_eq!(error(b"RIFF....WAVEfmt "), FileError::NotConsort);
        assert_eq!(error(&bytes[..20]), FileError::Damaged);
        assert_eq!(error(&bytes[..bytes.len() - 1]), FileError::Damaged);
        let length = u32::from_le_bytes(bytes[28..32].try_into().unwrap());
        let newer = error(&with_header(&bytes, 9, length));
        assert_eq!(
            newer,
            FileError::Newer {
                found: 9,
                newest: VERSION
            }
        );
        assert!(newer.to_string().contains("update Consort"));
        assert_eq!(error(&with_header(&bytes, 0, length)), FileError::Damaged);
        let bomb = error(&with_header(&bytes, VERSION, u32::MAX));
        assert_eq!(bomb, FileError::TooLarge(u32::MAX as usize));
        for wrong in [100, length + 1] {
            assert_eq!(
                error(&with_header(&bytes, VERSION, wrong)),
                FileError::Damaged
            );
        }
        let mut long = bytes.clone();
        long.resize(MAX_BYTES + 1, 0);
        assert_eq!(error(&long), FileError::TooLarge(MAX_BYTES + 1));
    }

    #[test]
    fn a_whole_file_with_an_unusable_sound_is_refused() {
        let mut payload = PayloadV2 {
            name: String::new(),
            recipe: Recipe::default(),
            macros: Macros::default(),
            level_changes: vec![0; ANCHORS * ROWS * TIMES],
            cents: vec![0; ANCHORS * PARTIAL_ROWS],
        };
        let read = |payload: &PayloadV2| {
            read(
                from_postcard(&postcard::to_stdvec(payload).unwrap()).unwrap(),
                &[],
            )
        };
        assert_eq!(
            read(&payload),
            Err(FileError::Unusable(AnchorError::Silent))
        );
        payload.cents.pop();
        assert!(matches!(
            read(&payload),
            Err(FileError::Unusable(AnchorError::Shape { .. }))
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_give_an_error_and_no_panic(bytes: Vec<u8>, magic: bool) {
            let bytes = if magic { [MAGIC.as_slice(), &bytes].concat() } else { bytes };
            prop_assert!(Instrument::from_bytes(&bytes).is_err());
        }

        #[test]
        fn flipped_and_missing_bits_are_noticed(at in 0..VERSION_1.len(), bit in 0..8u8) {
            let mut bytes = VERSION_1.to_vec();
            bytes[at] ^= 1 << bit;
            prop_assert!(Instrument::from_bytes(&bytes).is_err());
            prop_assert!(Instrument::from_bytes(&VERSION_1[..at]).is_err());
        }

        #[test]
        fn damage_under_a_right_checksum_gives_no_panic(
            at in 0..VERSION_1.len() - HEADER,
            value: u8,
        ) {
            let mut bytes = VERSION_1.to_vec();
            bytes[HEADER + at] = value;
            let sum = checksum(&bytes[HEADER..]);
            bytes[12..28].copy_from_slice(&sum);
            let _ = Instrument::from_bytes(&bytes);
        }
    }
}
