//! AIFF and AIFF-C files.

use std::io::{self, Read, Seek};

use symphonia::core::codecs::audio::well_known::*;

use super::bare::{Bare, Coding};
use super::chunks::{Chunks, Dialect, bytes};
use super::container::Found;

/// The sound of a file that begins at `start`; nothing for other files.
pub(super) fn find(
    file: &mut (impl Read + Seek),
    start: u64,
    end: u64,
) -> io::Result<Option<Found>> {
    let head = bytes(file, start, 12)?;
    if !head.starts_with(b"FORM") || !matches!(head.get(8..12), Some(b"AIFF" | b"AIFC")) {
        return Ok(None);
    }
    let mut chunks = Chunks::new(file, Dialect::Iff, start + 12, end);
    let (mut common, mut data) = (None, None);
    while let Some(chunk) = chunks.next()? {
        match &chunk.name {
            b"COMM" => common = Common::read(&chunks.beginning(&chunk, 22)?),
            b"SSND" if data.is_none() => {
                // Before the sound come where it begins and the size of its blocks.
                let offset = chunks.beginning(&chunk, 4)?;
                let offset = offset.try_into().map_or(0, u32::from_be_bytes);
                let before = 8 + u64::from(offset);
                let said = chunk.size.saturating_sub(before);
                data = Some(chunks.sound(chunk.start + before, said)?);
            }
            _ => {}
        }
        if common.is_some() && data.is_some() {
            break;
        }
    }
    let (Some(common), Some((data, cut))) = (common, data) else {
        return Ok(Some(Found::Damaged));
    };
    Ok(Some(match common.coding() {
        Some(_) if common.rate == 0 || common.channels == 0 => Found::Damaged,
        Some(coding) => Found::Bare(Bare {
            coding,
            rate: common.rate,
            channels: common.channels,
            data,
            cut,
        }),
        None => Found::Unread(common.name()),
    }))
}

/// What a file says of its sound.
struct Common {
    channels: u16,
    bits: u16,
    rate: u32,
    compression: [u8; 4],
}

impl Common {
    fn read(chunk: &[u8]) -> Option<Self> {
        let short = |at: usize| Some(u16::from_be_bytes(chunk.get(at..at + 2)?.try_into().ok()?));
        // An 80-bit float: 15 bits of exponent, 64 of a whole number.
        let exponent = i32::from(short(8)? & 0x7fff) - 16_383 - 63;
        let digits = u64::from_be_bytes(chunk.get(10..18)?.try_into().ok()?);
        let rate = (digits as f64 * f64::from(exponent).exp2()).round();
        let compression = chunk.get(18..22).and_then(|name| name.try_into().ok());
        Some(Self {
            channels: short(0)?,
            bits: short(6)?,
            rate: rate as u32,
            compression: compression.unwrap_or(*b"NONE"),
        })
    }

    /// How it is coded, unless that isn't read.
    fn coding(&self) -> Option<Coding> {
        let (channels, width) = (self.channels, u64::from(self.bits.div_ceil(8)));
        match &self.compression {
            b"NONE" | b"twos" => Coding::integers(width, true, channels),
            b"sowt" => Coding::integers(width, false, channels),
            b"in24" => Coding::integers(3, true, channels),
            b"in32" => Coding::integers(4, true, channels),
            b"raw " => Some(Coding::single(CODEC_ID_PCM_U8, 1, channels)),
            b"fl32" | b"FL32" => Coding::floats(4, true, channels),
            b"fl64" | b"FL64" => Coding::floats(8, true, channels),
            b"alaw" | b"ALAW" => Some(Coding::single(CODEC_ID_PCM_ALAW, 1, channels)),
            b"ulaw" | b"ULAW" => Some(Coding::single(CODEC_ID_PCM_MULAW, 1, channels)),
            b"ima4" => Coding::adpcm(CODEC_ID_ADPCM_IMA_QT, 34 * u64::from(channels), channels),
            _ => None,
        }
    }

    /// What people call its coding.
    fn name(&self) -> String {
        match &self.compression {
            b"NONE" | b"twos" | b"sowt" => format!("integer sound of {} bits", self.bits),
            name => format!("sound of a rare coding (AIFF-C “{}”)", name.escape_ascii()),
        }
    }
}
