//! Which kind of file it is, by its first bytes.

use std::io::{self, Read, Seek};
use std::ops::Range;

use super::bare::{Bare, Packets};
use super::chunks::bytes;
use super::{aiff, au, caf, wave};

/// What is found in a file.
pub(super) enum Found {
    /// Sound, bare.
    Bare(Bare),
    /// Sound in packets.
    Packets(Packets),
    /// MPEG audio, wrapped in a WAV file.
    Mpeg(Range<u64>),
    /// Sound of a coding that isn't read: its name.
    Unread(String),
    /// A sound file without its sound.
    Damaged,
    /// Another kind of file.
    Other,
}

/// Looks at a file of so many bytes.
pub(super) fn find(file: &mut (impl Read + Seek), length: u64) -> io::Result<Found> {
    let start = after_tag(&bytes(file, 0, 10)?);
    if let Some(found) = wave::find(file, start, length)? {
        return Ok(found);
    }
    if let Some(found) = aiff::find(file, start, length)? {
        return Ok(found);
    }
    if let Some(found) = caf::find(file, start, length)? {
        return Ok(found);
    }
    Ok(au::find(file, start, length)?.unwrap_or(Found::Other))
}

/// Where a file begins: some programs put an ID3 tag before everything.
fn after_tag(head: &[u8]) -> u64 {
    match *head {
        [b'I', b'D', b'3', _, _, flags, a, b, c, d] => {
            let size = [a, b, c, d].map(|byte| u64::from(byte & 0x7f));
            let size = size.iter().fold(0, |all, byte| all << 7 | byte);
            let foot = if flags & 0x10 == 0 { 0 } else { 10 };
            10 + size + foot
        }
        _ => 0,
    }
}

/// What a file holds that isn't read as sound, where its bytes say so: format, place and mark.
const MARKS: [(&str, usize, &[u8]); 19] = [
    ("MIDI notes", 0, b"MThd"),
    ("MIDI notes", 8, b"RMID"),
    ("Core Audio sound of a rare coding", 0, b"caff"),
    ("WavPack sound", 0, b"wvpk"),
    ("Monkey's Audio sound", 0, b"MAC "),
    ("TTA sound", 0, b"TTA1"),
    ("DSD sound", 0, b"DSD "),
    ("DSD sound", 0, b"FRM8"),
    ("Musepack sound", 0, b"MPCK"),
    ("Musepack sound", 0, b"MP+"),
    ("AMR sound", 0, b"#!AMR"),
    (
        "Windows Media sound",
        0,
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    ),
    ("Opus sound", 28, b"OpusHead"),
    ("Speex sound", 28, b"Speex   "),
    ("a Creative Voice file", 0, b"Creative Voice File"),
    ("an 8SVX sound", 8, b"8SVX"),
    ("a film", 8, b"AVI "),
    ("a film", 0, b"\x1a\x45\xdf\xa3"),
    ("MPEG-4 without sound of a known coding", 4, b"ftyp"),
];

/// What it is, if not sound that is read.
pub(super) fn other(head: &[u8]) -> Option<&'static str> {
    let marked = |&&(_, place, mark): &&(&str, usize, &[u8])| {
        head.get(place..).is_some_and(|head| head.starts_with(mark))
    };
    MARKS.iter().find(marked).map(|(name, ..)| *name)
}
