//! Instruments as bytes: `.consort` files and the plugin's saved state.
//!
//! Layout, numbers little-endian: magic (8 bytes), version (u32), checksum (first 16 bytes of the
//! payload's SHA-256), length of the unpacked payload (u32), payload (zstd of postcard). Levels
//! are stored as differences over time, which pack twice as well.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::anchors::AnchorSet;
use super::slots::TIMES;
use super::{AnchorError, Instrument, Macros, Recipe};

/// How every `.consort` file begins.
const MAGIC: [u8; 8] = *b"consort\x1a";
/// The version written; older ones are brought up to it when read.
const VERSION: u32 = 1;
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
}

/// Version 1 of the payload.
#[derive(Serialize, Deserialize)]
struct PayloadV1 {
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
        let payload = PayloadV1 {
            name: self.name.clone(),
            recipe: self.recipe.clone(),
            macros: self.macros,
            level_changes: changes(self.anchors.level_steps()),
            cents: self.anchors.cents_steps().to_vec(),
        };
        let unpacked = postcard::to_stdvec(&payload).expect("plain data always serialises");
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
        match version {
            1 => read_v1(&unpacked),
            // A later version adds its arm here and keeps the older ones.
            _ => Err(FileError::Damaged),
        }
    }
}

fn read_v1(unpacked: &[u8]) -> Result<Instrument, FileError> {
    let payload: PayloadV1 = postcard::from_bytes(unpacked).map_err(|_| FileError::Damaged)?;
    Ok(Instrument {
        name: payload.name,
        recipe: payload.recipe,
        macros: payload.macros.bounded(),
        anchors: AnchorSet::from_steps(sums(payload.level_changes), payload.cents)?,
    })
}

fn checksum(packed: &[u8]) -> [u8; 16] {
    let whole = Sha256::digest(packed);
    std::array::from_fn(|i| whole[i])
}

fn changes(steps: &[u8]) -> Vec<u8> {
    let rows = steps.chunks(TIMES);
    rows.flat_map(|row| {
        let before = std::iter::once(0).chain(row.iter().copied());
        row.iter()
            .zip(before)
            .map(|(now, before)| now.wrapping_sub(before))
    })
    .collect()
}

fn sums(mut changes: Vec<u8>) -> Vec<u8> {
    for row in changes.chunks_mut(TIMES) {
        let mut step = 0u8;
        for change in row {
            step = step.wrapping_add(*change);
            *change = step;
        }
    }
    changes
}
