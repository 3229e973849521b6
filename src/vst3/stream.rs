//! VST3's streams, read to their end and written whole.

use std::ffi::c_void;

use vst3::ComRef;
use vst3::Steinberg::{IBStream, IBStreamTrait, kResultOk};

/// Largest state read, bytes: a song's sheet and an instrument are some megabytes.
const MOST: usize = 256 << 20;
/// Read in one go, bytes.
const PIECE: usize = 1 << 16;

/// What is left of a stream; nothing when it is larger than any state. Main thread.
pub fn read(stream: ComRef<IBStream>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = vec![0_u8; PIECE];
    loop {
        let mut count = 0;
        // SAFETY: there is room for as many. Some hosts answer "no" at the end: what was read counts.
        unsafe { stream.read(piece.as_mut_ptr().cast(), PIECE as i32, &mut count) };
        let Some(new) = usize::try_from(count).ok().filter(|new| *new > 0) else {
            return Some(bytes);
        };
        bytes.extend_from_slice(&piece[..new.min(PIECE)]);
        if bytes.len() > MOST {
            return None;
        }
    }
}

/// Writes all, in as many pieces as the host takes; whether it did. Main thread.
pub fn write(stream: ComRef<IBStream>, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let (from, count) = (bytes.as_ptr() as *mut c_void, bytes.len().min(1 << 30));
        let mut written = 0;
        // SAFETY: so many are there; the host only reads.
        let result = unsafe { stream.write(from, count as i32, &mut written) };
        let Some(done) = usize::try_from(written).ok().filter(|done| *done > 0) else {
            // Hosts that don't count have taken all.
            return result == kResultOk;
        };
        bytes = &bytes[done.min(bytes.len())..];
    }
    true
}
