//! The plugin's state. In CLAP it is eight bytes of length and the framework's JSON, in VST3 the JSON
//! alone: so it was before, and so projects hold it.

use std::ffi::c_void;

use clap_sys::stream::{clap_istream, clap_ostream};

use super::{Guest, call};

/// Bytes of the length, little-endian.
const LENGTH: usize = 8;

impl Guest {
    /// The JSON that VST3 projects hold. Main thread.
    pub fn save(&self) -> Option<Vec<u8>> {
        let mut bytes: Vec<u8> = Vec::new();
        let stream = clap_ostream {
            ctx: (&raw mut bytes).cast(),
            write: Some(append),
        };
        let saved = call!(self.state, save, self.plugin, &stream);
        (saved && bytes.len() >= LENGTH).then(|| bytes.split_off(LENGTH))
    }

    /// Takes up such JSON; whether it could. Main thread.
    pub fn load(&self, json: &[u8]) -> bool {
        let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(json);
        let mut rest = bytes.as_slice();
        let stream = clap_istream {
            ctx: (&raw mut rest).cast(),
            read: Some(take),
        };
        call!(self.state, load, self.plugin, &stream)
    }
}

unsafe extern "C" fn append(stream: *const clap_ostream, from: *const c_void, size: u64) -> i64 {
    // SAFETY: `ctx` is the vector of `save`, which waits for this.
    let bytes = unsafe { &mut *(*stream).ctx.cast::<Vec<u8>>() };
    // SAFETY: the plugin hands over so many.
    bytes.extend_from_slice(unsafe { std::slice::from_raw_parts(from.cast(), size as usize) });
    size as i64
}

unsafe extern "C" fn take(stream: *const clap_istream, to: *mut c_void, size: u64) -> i64 {
    // SAFETY: `ctx` is the slice of `load`, which waits for this.
    let rest = unsafe { &mut *(*stream).ctx.cast::<&[u8]>() };
    let (now, later) = rest.split_at(rest.len().min(size as usize));
    // SAFETY: the plugin has room for `size`.
    unsafe { std::ptr::copy_nonoverlapping(now.as_ptr(), to.cast(), now.len()) };
    *rest = later;
    now.len() as i64
}
