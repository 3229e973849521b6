//! Keeps Consort's own library in memory once it has a thread and an ONNX Runtime.
//!
//! A host may unload a plugin's library when its last instance closes. The generator thread would
//! then run code that is gone, and a later load would ask ONNX Runtime for a second environment,
//! which it refuses. So the first job pins the library: a host that unloads and loads it again gets
//! the same one back, thread, environment and all.

#![expect(unsafe_code, reason = "libraries are loaded, and found, in C")]

use std::sync::Once;

/// Pins the library that this code is in; does nothing in a program that contains it. Does nothing
/// after the first call. Thread: any but audio.
pub fn library() {
    static PINNED: Once = Once::new();
    PINNED.call_once(pin);
}

#[cfg(unix)]
fn pin() {
    // SAFETY: `dladdr` reads the address of a function of ours, and fills a structure of ours.
    // `dlopen` gets the name of a library that is already loaded; the handle is never closed.
    unsafe {
        let mut info = std::mem::zeroed::<libc::Dl_info>();
        let here = library as *const libc::c_void;
        if libc::dladdr(here, &raw mut info) != 0 && !info.dli_fname.is_null() {
            let flags = libc::RTLD_NOW | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
            libc::dlopen(info.dli_fname, flags);
        }
    }
}

#[cfg(windows)]
fn pin() {
    use windows_sys::Win32::System::LibraryLoader::{
        GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, GET_MODULE_HANDLE_EX_FLAG_PIN, GetModuleHandleExW,
    };
    let mut module = std::ptr::null_mut();
    // SAFETY: with FROM_ADDRESS the name is an address inside the module, here a function of ours.
    unsafe {
        let flags = GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN;
        GetModuleHandleExW(flags, library as *const u16, &raw mut module);
    }
}
