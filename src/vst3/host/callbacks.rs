//! The functions that a CLAP plugin finds at its host.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;
use std::sync::atomic::Ordering;

use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_host_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency};
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_VALUES, clap_host_params, clap_param_clear_flags,
    clap_param_rescan_flags,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::ext::thread_check::{CLAP_EXT_THREAD_CHECK, clap_host_thread_check};
use clap_sys::host::clap_host;
use clap_sys::id::clap_id;
use clap_sys::version::CLAP_VERSION;

use super::{Host, Want};
use crate::vst3::guest::AsAudioThread;

/// The struct of the host at `data`.
pub(super) fn clap_host(data: *mut c_void) -> clap_host {
    clap_host {
        clap_version: CLAP_VERSION,
        host_data: data,
        name: c"Consort VST3".as_ptr(),
        vendor: c"Consort".as_ptr(),
        url: c"".as_ptr(),
        version: c"1".as_ptr(),
        get_extension: Some(get_extension),
        request_restart: Some(request_restart),
        request_process: Some(request_process),
        request_callback: Some(request_callback),
    }
}

fn of<'a>(host: *const clap_host) -> &'a Host {
    // SAFETY: `host_data` is the `Host` that has made the plugin, which it outlives.
    unsafe { &*(*host).host_data.cast::<Host>() }
}

unsafe extern "C" fn request_restart(host: *const clap_host) {
    of(host).want(Want::RESTART);
}

unsafe extern "C" fn request_process(_: *const clap_host) {}

unsafe extern "C" fn request_callback(host: *const clap_host) {
    of(host).want(Want::CALLBACK);
}

unsafe extern "C" fn is_main_thread(host: *const clap_host) -> bool {
    of(host).is_main()
}

unsafe extern "C" fn is_audio_thread(_: *const clap_host) -> bool {
    AsAudioThread::is()
}

unsafe extern "C" fn rescan(host: *const clap_host, flags: clap_param_rescan_flags) {
    if flags & CLAP_PARAM_RESCAN_VALUES != 0 {
        of(host).want(Want::VALUES);
    }
    if flags & !CLAP_PARAM_RESCAN_VALUES != 0 {
        of(host).want(Want::TITLES);
    }
}

unsafe extern "C" fn clear(_: *const clap_host, _: clap_id, _: clap_param_clear_flags) {}

unsafe extern "C" fn request_flush(host: *const clap_host) {
    of(host).want(Want::FLUSH);
}

unsafe extern "C" fn mark_dirty(host: *const clap_host) {
    of(host).want(Want::DIRTY);
}

unsafe extern "C" fn latency_changed(host: *const clap_host) {
    of(host).want(Want::RESTART);
}

unsafe extern "C" fn resize_hints_changed(_: *const clap_host) {}

unsafe extern "C" fn request_resize(host: *const clap_host, width: u32, height: u32) -> bool {
    let host = of(host);
    let size = u64::from(width) << 32 | u64::from(height);
    host.size.store(size, Ordering::Release);
    if host.is_main() {
        host.resize();
    } else {
        host.want(Want::RESIZE);
    }
    // A frame that agrees says so by `onSize`, at once or later. A window that takes the size before there is room
    // for it is thrown back by GTK's socket (Ardour).
    false
}

unsafe extern "C" fn request_show_or_hide(_: *const clap_host) -> bool {
    false
}

unsafe extern "C" fn closed(_: *const clap_host, _: bool) {}

unsafe extern "C" fn get_extension(_: *const clap_host, id: *const c_char) -> *const c_void {
    static THREADS: clap_host_thread_check = clap_host_thread_check {
        is_main_thread: Some(is_main_thread),
        is_audio_thread: Some(is_audio_thread),
    };
    static PARAMS: clap_host_params = clap_host_params {
        rescan: Some(rescan),
        clear: Some(clear),
        request_flush: Some(request_flush),
    };
    static STATE: clap_host_state = clap_host_state {
        mark_dirty: Some(mark_dirty),
    };
    static LATENCY: clap_host_latency = clap_host_latency {
        changed: Some(latency_changed),
    };
    static GUI: clap_host_gui = clap_host_gui {
        resize_hints_changed: Some(resize_hints_changed),
        request_resize: Some(request_resize),
        request_show: Some(request_show_or_hide),
        request_hide: Some(request_show_or_hide),
        closed: Some(closed),
    };
    // SAFETY: CLAP's ids end in a zero.
    let id = unsafe { CStr::from_ptr(id) };
    let known: [(&CStr, *const c_void); 5] = [
        (CLAP_EXT_THREAD_CHECK, (&raw const THREADS).cast()),
        (CLAP_EXT_PARAMS, (&raw const PARAMS).cast()),
        (CLAP_EXT_STATE, (&raw const STATE).cast()),
        (CLAP_EXT_LATENCY, (&raw const LATENCY).cast()),
        (CLAP_EXT_GUI, (&raw const GUI).cast()),
    ];
    let found = known.iter().find(|(known, _)| *known == id);
    found.map_or(null(), |(_, extension)| *extension)
}
