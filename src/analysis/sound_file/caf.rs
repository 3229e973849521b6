//! Core Audio files whose sound lies bare, or is Apple Lossless; the others are symphonia's. It reads on after the
//! last chunk, and finds no sound where a byte of padding is left (`libsndfile` leaves it) or the file was cut.

use std::io::{self, Read, Seek};

use symphonia::core::codecs::audio::well_known::*;

use super::bare::{Bare, Coding, Packets};
use super::chunks::bytes;
use super::container::Found;

/// Before a chunk's contents come its name and 64 bits of size.
const HEAD: u64 = 12;
/// Before the sound come four bytes that count its edits.
const EDITS: u64 = 4;

/// More bytes than a decoder's settings take.
const MOST_COOKIE: u64 = 4_096;
/// More chunks than this are no sound file's.
const MOST: usize = 4_096;

/// Most packets of a file: days.
const MOST_PACKETS: u64 = 1 << 22;
/// What Apple Lossless can't be read without.
const NO_TABLE: &str = "Apple Lossless sound without the table of its packets";

/// The sound of a file that begins at `start`; nothing for other files, and for those whose coding is symphonia's.
pub(super) fn find(
    file: &mut (impl Read + Seek),
    start: u64,
    end: u64,
) -> io::Result<Option<Found>> {
    if !bytes(file, start, 4)?.starts_with(b"caff") {
        return Ok(None);
    }
    let (mut described, mut data) = (None::<Description>, None);
    let (mut cookie, mut packets) = (None, None);
    let mut at = start + 8;
    for _ in 0..MOST {
        let lossless = described.as_ref().is_some_and(Description::is_lossless);
        let tables = !lossless || (cookie.is_some() && packets.is_some());
        if described.is_some() && data.is_some() && tables {
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
            b"kuki" => cookie = Some(bytes(file, at + HEAD, size.min(MOST_COOKIE))?),
            b"pakt" => packets = Some(table(&bytes(file, at + HEAD, size.min(5 * MOST_PACKETS))?)),
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
    if described.is_lossless() {
        let (Some(cookie), Some(Some(sizes))) = (cookie, packets) else {
            return Ok(Some(Found::Unread(NO_TABLE.to_owned())));
        };
        return Ok(Some(Found::Packets(Packets {
            codec: CODEC_ID_ALAC,
            extra: bare_cookie(&cookie).into(),
            rate: described.rate,
            sizes,
            data: (data, cut),
        })));
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

/// The decoder's settings, without what QuickTime puts around them.
fn bare_cookie(cookie: &[u8]) -> &[u8] {
    let around = [b"frma", b"alac"].iter().fold(0, |at, name| {
        let named = cookie.get(at + 4..at + 8) == Some(name.as_slice());
        if named { at + 12 } else { at }
    });
    &cookie[around..]
}

/// The sizes of packets, bytes: four numbers that count them and their frames, then as many of seven bits a byte. Nothing where it
/// is cut.
fn table(chunk: &[u8]) -> Option<Vec<u64>> {
    let (count, rest) = chunk.split_first_chunk()?;
    let count = u64::from_be_bytes(*count);
    let mut rest = rest.get(16..)?.iter();
    let mut sizes = Vec::new();
    for _ in 0..count.min(MOST_PACKETS) {
        let mut size = 0;
        loop {
            let byte = *rest.next()?;
            size = size << 7 | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
            if size >= 1 << 32 {
                return None;
            }
        }
        sizes.push(size);
    }
    Some(sizes)
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

    fn is_lossless(&self) -> bool {
        self.coding == *b"alac"
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
