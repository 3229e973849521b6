//! AU files (Sun, NeXT).

use std::io::{self, Read, Seek};

use symphonia::core::codecs::audio::well_known::*;

use super::bare::{Bare, Coding};
use super::chunks::bytes;
use super::container::Found;

/// The sound of a file that begins at `start`; nothing for other files.
pub(super) fn find(
    file: &mut (impl Read + Seek),
    start: u64,
    end: u64,
) -> io::Result<Option<Found>> {
    let head = bytes(file, start, 24)?;
    let big = match head.get(..4) {
        Some(b".snd") => true,
        Some(b"dns.") => false,
        _ => return Ok(None),
    };
    let number = |at: usize| {
        let four = head.get(at..at + 4)?.try_into().ok()?;
        Some(if big {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        })
    };
    let numbers = [4, 8, 12, 16, 20].map(|at| number(at).unwrap_or(0));
    let [offset, size, encoding, rate, channels] = numbers;
    let from = (start + u64::from(offset)).min(end);
    // A size of all ones, or of nothing, is one that nobody knew.
    let there = end - from;
    let unknown = matches!(size, 0 | u32::MAX);
    let size = if unknown { there } else { u64::from(size) };
    let channels = u16::try_from(channels).unwrap_or(0);
    if offset < 24 || rate == 0 || channels == 0 {
        return Ok(Some(Found::Damaged));
    }
    let coding = match encoding {
        1 => Some(Coding::single(CODEC_ID_PCM_MULAW, 1, channels)),
        2..=5 => Coding::integers(u64::from(encoding) - 1, big, channels),
        6 => Coding::floats(4, big, channels),
        7 => Coding::floats(8, big, channels),
        27 => Some(Coding::single(CODEC_ID_PCM_ALAW, 1, channels)),
        _ => None,
    };
    Ok(Some(match coding {
        Some(coding) => Found::Bare(Bare {
            coding,
            rate,
            channels,
            data: from..from + size.min(there),
            cut: size > there,
        }),
        None if (23..=26).contains(&encoding) => Found::Unread("G.72x sound".to_owned()),
        None => Found::Unread(format!("sound of a rare coding (AU encoding {encoding})")),
    }))
}
