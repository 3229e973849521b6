//! Core Audio files whose sound lies bare; the others are symphonia's.

use std::io::{self, Read, Seek};

use symphonia::core::codecs::audio::well_known::*;

use super::bare::{Bare, Coding};
use super::chunks::bytes;
use super::container::Found;

/// Before a chunk's contents come its name and 64 bits of size.
const HEAD: u64 = 12;
/// Before the sound come four bytes that count its edits.
const EDITS: u64 = 4;

/// More chunks than this are no sound file's.
const MOST: usize = 4_096;

/// The sound of a file that begins at `start`; nothing for other files, and for those whose coding has packets.
pub(super) fn find(
    file: &mut (impl Read + Seek),
    start: u64,
    end: u64,
) -> io::Result<Option<Found>> {
    if !bytes(file, start, 4)?.starts_with(b"caff") {
        return Ok(None);
    }
    let (mut described, mut data) = (None, None);
    let mut at = start + 8;
    for _ in 0..MOST {
        if described.is_some() && data.is_some() {
            break;
        }
        let head = bytes(file, at, HEAD)?;
        let Some((name, size)) = head.split_first_chunk::<4>() else {
            break;
        };
        // A size that isn't known is less than nothing, and reaches to the end.
        let size = size.try_into().map_or(-1, i64::from_be_bytes);
        let there = end.saturating_sub(at + HEAD);
        let size = u64::try_from(size).unwrap_or(there);
        match name {
            b"desc" => described = Description::read(&bytes(file, at + HEAD, 32)?),
            b"data" => {
                let from = at + HEAD + EDITS;
                let said = size.saturating_sub(EDITS);
                let there = end.saturating_sub(from);
                data = Some((from..from + said.min(there), said > there));
            }
            _ => {}
        }
        at = at.saturating_add(HEAD).saturating_add(size);
    }
    let (Some(described), Some((data, cut))) = (described, data) else {
        return Ok(Some(Found::Damaged));
    };
    if described.rate == 0 || described.channels == 0 {
        return Ok(Some(Found::Damaged));
    }
    Ok(described.coding().map(|coding| {
        Found::Bare(Bare {
            coding,
            rate: described.rate,
            channels: described.channels,
            data,
            cut,
        })
    }))
}

/// What a file says of its sound.
struct Description {
    rate: u32,
    coding: [u8; 4],
    flags: u32,
    channels: u16,
    /// Bytes of all channels of a frame, where it has no packets.
    frame: u32,
}

impl Description {
    fn read(chunk: &[u8]) -> Option<Self> {
        let number = |at: usize| {
            let four = chunk.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_be_bytes(four))
        };
        let rate = f64::from_be_bytes(chunk.get(..8)?.try_into().ok()?);
        Some(Self {
            rate: rate.round() as u32,
            coding: chunk.get(8..12)?.try_into().ok()?,
            flags: number(12)?,
            channels: u16::try_from(number(24)?).unwrap_or(0),
            frame: number(16)?,
        })
    }

    /// How it is coded; nothing where it has packets.
    fn coding(&self) -> Option<Coding> {
        let (channels, width) = (
            self.channels,
            u64::from(self.frame) / u64::from(self.channels.max(1)),
        );
        let (floats, big) = (self.flags & 1 != 0, self.flags & 2 == 0);
        match &self.coding {
            b"lpcm" if floats => Coding::floats(width, big, channels),
            b"lpcm" => Coding::integers(width, big, channels),
            b"alaw" => Some(Coding::single(CODEC_ID_PCM_ALAW, 1, channels)),
            b"ulaw" => Some(Coding::single(CODEC_ID_PCM_MULAW, 1, channels)),
            b"ima4" => Coding::adpcm(CODEC_ID_ADPCM_IMA_QT, 34 * u64::from(channels), channels),
            _ => None,
        }
    }
}
