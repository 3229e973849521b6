//! WAV files and their kin: RIFF, RIFX, RF64, BW64 and Wave64.

use std::io::{self, Read, Seek};

use symphonia::core::codecs::audio::well_known::*;

use super::bare::{Bare, Coding};
use super::chunks::{Chunks, Dialect, bytes};
use super::container::Found;

/// Wave64's `riff` and `wave`, with the size between them.
const WAVE64_RIFF: &[u8] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";
const WAVE64_WAVE: &[u8] = b"wave\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";
/// A format that is spelt out further on.
const EXTENSIBLE: u16 = 0xfffe;

/// The sound of a file that begins at `start`; nothing for other files.
pub(super) fn find(
    file: &mut (impl Read + Seek),
    start: u64,
    end: u64,
) -> io::Result<Option<Found>> {
    let head = bytes(file, start, 40)?;
    let wave = head.get(8..12) == Some(b"WAVE");
    let (dialect, big, first) = match head.get(..4) {
        Some(b"RIFF" | b"RF64" | b"BW64") if wave => (Dialect::Riff, false, 12),
        Some(b"RIFX") if wave => (Dialect::Iff, true, 12),
        Some(_) if head.starts_with(WAVE64_RIFF) && head.get(24..40) == Some(WAVE64_WAVE) => {
            (Dialect::Wave64, false, 40)
        }
        _ => return Ok(None),
    };
    let mut chunks = Chunks::new(file, dialect, start + first, end);
    let (mut format, mut data, mut long_size) = (None, None, None);
    while let Some(chunk) = chunks.next()? {
        match &chunk.name {
            b"fmt " => format = Format::read(&chunks.beginning(&chunk, 40)?, big),
            b"ds64" => {
                let sizes = chunks.beginning(&chunk, 16)?;
                let size = sizes.get(8..16).and_then(|bytes| bytes.try_into().ok());
                long_size = size.map(u64::from_le_bytes);
            }
            b"data" if data.is_none() => {
                let said = match (chunk.size, long_size) {
                    (0xffff_ffff, Some(long)) => long,
                    (size, _) => size,
                };
                data = Some(chunks.sound(chunk.start, said)?);
            }
            _ => {}
        }
        if format.is_some() && data.is_some() {
            break;
        }
    }
    let (Some(format), Some((data, cut))) = (format, data) else {
        return Ok(Some(Found::Damaged));
    };
    if matches!(format.tag, 0x50 | 0x55) {
        return Ok(Some(Found::Mpeg(data)));
    }
    Ok(Some(match format.coding() {
        Some(_) if format.rate == 0 || format.channels == 0 => Found::Damaged,
        Some(coding) => Found::Bare(Bare {
            coding,
            rate: format.rate,
            channels: format.channels,
            data,
            cut,
        }),
        None => Found::Unread(format.name()),
    }))
}

/// What a file says of its sound.
struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    block: u16,
    bits: u16,
    big_endian: bool,
}

impl Format {
    fn read(chunk: &[u8], big_endian: bool) -> Option<Self> {
        let short = |at: usize| {
            let two = chunk.get(at..at + 2)?.try_into().ok()?;
            Some(if big_endian {
                u16::from_be_bytes(two)
            } else {
                u16::from_le_bytes(two)
            })
        };
        let (first, second) = (u32::from(short(4)?), u32::from(short(6)?));
        let rate = if big_endian {
            first << 16 | second
        } else {
            second << 16 | first
        };
        let tag = match short(0)? {
            // Its name begins with the tag that it stands for.
            EXTENSIBLE => short(24)?,
            tag => tag,
        };
        Some(Self {
            tag,
            channels: short(2)?,
            rate,
            block: short(12)?,
            bits: short(14)?,
            big_endian,
        })
    }

    /// How it is coded, unless that isn't read.
    fn coding(&self) -> Option<Coding> {
        let (channels, big) = (self.channels, self.big_endian);
        let (block, bits) = (u64::from(self.block), u64::from(self.bits));
        // Numbers of 20 bits lie in three bytes, or four: the block says which.
        let each = block.checked_div(u64::from(channels)).unwrap_or(0);
        let fits = block % u64::from(channels.max(1)) == 0 && each * 8 >= bits.max(1);
        let width = if fits && each <= 8 {
            each
        } else {
            bits.div_ceil(8)
        };
        match self.tag {
            1 if width == 1 => Some(Coding::single(CODEC_ID_PCM_U8, 1, channels)),
            1 => Coding::integers(width, big, channels),
            2 if bits == 4 => Coding::adpcm(CODEC_ID_ADPCM_MS, block, channels),
            3 => Coding::floats(width, big, channels),
            6 => Some(Coding::single(CODEC_ID_PCM_ALAW, 1, channels)),
            7 => Some(Coding::single(CODEC_ID_PCM_MULAW, 1, channels)),
            0x11 if bits == 4 => Coding::adpcm(CODEC_ID_ADPCM_IMA_WAV, block, channels),
            _ => None,
        }
    }

    /// What people call its coding.
    fn name(&self) -> String {
        let (bits, channels) = (self.bits, self.channels);
        match self.tag {
            1 => format!("integer sound of {bits} bits"),
            2 | 0x11 => format!("ADPCM sound of {bits} bits and {channels} channels"),
            3 => format!("floating-point sound of {bits} bits"),
            0x31 => "GSM 6.10 sound".to_owned(),
            0x14 | 0x40 | 0x42 | 0x45 | 0x64 | 0x65 => "G.72x sound".to_owned(),
            0xff | 0x1600..=0x1610 => "AAC sound".to_owned(),
            0x160..=0x163 => "Windows Media sound".to_owned(),
            0x2000 | 0x2001 => "AC-3 or DTS sound".to_owned(),
            tag => format!("sound of a rare coding (WAV format {tag:#x})"),
        }
    }
}
