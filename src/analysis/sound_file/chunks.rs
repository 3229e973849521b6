//! Files of chunks: RIFF and its kin. Sizes are believed as far as they can be true.

use std::io::{self, Read, Seek, SeekFrom};

/// How far a chunk is searched for where the sizes lead nowhere, bytes.
const SEARCHED: u64 = 1 << 20;
/// More chunks than this are no sound file's.
const MOST: usize = 4_096;
/// Chunks that are searched for.
const WANTED: [&[u8; 4]; 4] = [b"fmt ", b"data", b"COMM", b"SSND"];
/// Chunks by which it is seen whether an odd one was padded.
const KNOWN: [&[u8; 4]; 20] = [
    b"fmt ", b"data", b"COMM", b"SSND", b"LIST", b"fact", b"bext", b"JUNK", b"junk", b"cue ",
    b"smpl", b"inst", b"INST", b"PEAK", b"iXML", b"id3 ", b"ID3 ", b"MARK", b"NAME", b"FVER",
];
/// The end of the names of Wave64's chunks (`…-ACF3-11D3-8CD1-00C04F8EDB8A`).
const WAVE64: [u8; 12] = *b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";

/// How a file's chunks begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// A name, and 32 bits of size, low byte first.
    Riff,
    /// The same, high byte first.
    Iff,
    /// 16 bytes of name and 64 bits of size, which counts them all.
    Wave64,
}

/// A chunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunk {
    pub(super) name: [u8; 4],
    /// Where what it holds begins.
    pub(super) start: u64,
    /// How many bytes it says it holds.
    pub(super) size: u64,
}

/// The chunks of a file, in order.
pub(super) struct Chunks<'a, F> {
    file: &'a mut F,
    dialect: Dialect,
    /// Where the next one begins, but for padding.
    next: u64,
    end: u64,
    /// So many more are read.
    left: usize,
}

impl<'a, F: Read + Seek> Chunks<'a, F> {
    /// Those from a place to the end of the file.
    pub(super) fn new(file: &'a mut F, dialect: Dialect, first: u64, end: u64) -> Self {
        Self {
            file,
            dialect,
            next: first,
            end,
            left: MOST,
        }
    }

    /// The next chunk; none at the end of the file, or where there are none any more.
    pub(super) fn next(&mut self) -> io::Result<Option<Chunk>> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        let at = self.unpadded()?;
        let found = match self.chunk(at)? {
            Some(chunk) if self.can_be(&chunk) => Some(chunk),
            _ => self.search(at)?,
        };
        if let Some(chunk) = found {
            self.next = chunk.start.saturating_add(chunk.size);
        }
        Ok(found)
    }

    /// What a chunk holds, its beginning at least.
    pub(super) fn beginning(&mut self, chunk: &Chunk, most: u64) -> io::Result<Vec<u8>> {
        bytes(self.file, chunk.start, chunk.size.min(most))
    }

    /// Which bytes hold the sound, of a chunk that says that it has `said`; and whether some are missing.
    pub(super) fn sound(
        &mut self,
        start: u64,
        said: u64,
    ) -> io::Result<(std::ops::Range<u64>, bool)> {
        let there = self.end.saturating_sub(start);
        // Programs that don't know the length yet write the largest, or nothing, and some die before they do.
        let unknown = match said {
            0 => !self.chunk(start)?.is_some_and(|next| is_known(next.name)),
            said => said > there && (0x7fff_0000..=0xffff_ffff).contains(&said),
        };
        // Of a longer file 32 bits say only what is left over.
        let turned_over = self.dialect != Dialect::Wave64 && there.saturating_sub(said) >> 32 > 0;
        let size = if unknown || turned_over { there } else { said };
        Ok((start..start + size.min(there), size > there))
    }

    /// Where the next chunk begins: even chunks end on even places, but not all programs know.
    fn unpadded(&mut self) -> io::Result<u64> {
        if self.dialect == Dialect::Wave64 {
            return Ok(self.next.checked_next_multiple_of(8).unwrap_or(u64::MAX));
        }
        if self.next.is_multiple_of(2) {
            return Ok(self.next);
        }
        let (padded, bare) = (self.next.saturating_add(1), self.next);
        let mut likely = |at: u64| -> io::Result<u8> {
            let chunk = self.chunk(at)?;
            Ok(chunk.map_or(0, |c| {
                u8::from(is_text(c.name)) + u8::from(is_known(c.name))
            }))
        };
        Ok(if likely(padded)? >= likely(bare)? {
            padded
        } else {
            bare
        })
    }

    fn chunk(&mut self, at: u64) -> io::Result<Option<Chunk>> {
        let long = self.dialect == Dialect::Wave64;
        let head = bytes(self.file, at, if long { 24 } else { 8 })?;
        let Some((name, rest)) = head.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let size = match (self.dialect, rest) {
            (Dialect::Riff, &[a, b, c, d]) => u64::from(u32::from_le_bytes([a, b, c, d])),
            (Dialect::Iff, &[a, b, c, d]) => u64::from(u32::from_be_bytes([a, b, c, d])),
            (Dialect::Wave64, rest) if rest.starts_with(&WAVE64) => {
                let size = rest[12..].try_into().map_or(0, u64::from_le_bytes);
                size.saturating_sub(24)
            }
            _ => return Ok(None),
        };
        Ok(Some(Chunk {
            name: *name,
            start: at + head.len() as u64,
            size,
        }))
    }

    fn can_be(&self, chunk: &Chunk) -> bool {
        let whole = chunk.start.saturating_add(chunk.size) <= self.end;
        is_text(chunk.name) && (whole || matches!(&chunk.name, b"data" | b"SSND"))
    }

    /// The next chunk that matters, wherever it begins.
    fn search(&mut self, from: u64) -> io::Result<Option<Chunk>> {
        if self.dialect == Dialect::Wave64 {
            return Ok(None);
        }
        let near = bytes(self.file, from, SEARCHED)?;
        let wanted = |name: &[u8]| WANTED.iter().any(|wanted| wanted.as_slice() == name);
        match near.windows(4).position(wanted) {
            Some(place) => self.chunk(from + place as u64),
            None => Ok(None),
        }
    }
}

fn is_text(name: [u8; 4]) -> bool {
    name.iter().all(|byte| (b' '..=b'~').contains(byte))
}

fn is_known(name: [u8; 4]) -> bool {
    KNOWN.contains(&&name)
}

/// So many bytes of a file, or as many as there are.
pub(super) fn bytes(file: &mut (impl Read + Seek), at: u64, count: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at.min(i64::MAX as u64)))?;
    file.by_ref().take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}
