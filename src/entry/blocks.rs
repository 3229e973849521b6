//! Blocks as hosts shouldn't hand them over, and do. The framework (nice-plug 0.4.2) reads one buffer past
//! those that there are, writes to channels that are null, and cuts a block at whatever time an event has,
//! also beyond its end. So what is missing is taken away from it as a whole, where it is understood, and
//! events beyond the end are left out. A separate output that is marked as one that nobody listens to
//! ([`UNHEARD`]) is told the plugin, which has its sound leave on the main one. `tests/hostile_clap` does all that.

use std::ffi::c_void;
use std::ptr::null;
use std::sync::OnceLock;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{clap_event_header, clap_input_events};
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_plugin_audio_ports};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};

use crate::plugin::{Consort, ConsortStems, outputs};

/// All our ports are stereo.
const CHANNELS: u32 = 2;

/// The latency (which says nothing of an output) and the constant channels of an output's buffer that
/// nobody listens to, as the library's own VST3 marks it: the framework has no `audio-ports-activation`.
const UNHEARD: (u32, u64) = (u32::MAX, u64::MAX);

type Process = unsafe extern "C" fn(*const clap_plugin, *const clap_process) -> clap_process_status;

/// A plugin whose blocks are looked over.
pub trait LookedOver {
    /// The framework's own function, once there is an instance.
    fn original() -> &'static OnceLock<Process>;
}

impl LookedOver for Consort {
    fn original() -> &'static OnceLock<Process> {
        static ORIGINAL: OnceLock<Process> = OnceLock::new();
        &ORIGINAL
    }
}

impl LookedOver for ConsortStems {
    fn original() -> &'static OnceLock<Process> {
        static ORIGINAL: OnceLock<Process> = OnceLock::new();
        &ORIGINAL
    }
}

/// Puts our function before the framework's. Main thread.
///
/// # Safety
/// `plugin` is one of `P`'s that no host knows yet.
pub unsafe fn look_over<P: LookedOver>(plugin: *mut clap_plugin) {
    // SAFETY: as the caller has it.
    unsafe {
        if let Some(process) = (*plugin).process.replace(process::<P>) {
            P::original().get_or_init(|| process);
        }
    }
}

/// CLAP's `process`. Audio thread.
unsafe extern "C" fn process<P: LookedOver>(
    plugin: *const clap_plugin,
    process: *const clap_process,
) -> clap_process_status {
    // SAFETY: the host's own struct, or null.
    let (Some(original), Some(given)) = (P::original().get(), unsafe { process.as_ref() }) else {
        return CLAP_PROCESS_ERROR;
    };
    // SAFETY: as CLAP has it.
    let (inputs, outputs) = unsafe {
        (
            all_there(
                given.audio_inputs,
                given.audio_inputs_count,
                ports(plugin, true),
            ),
            all_there(
                given.audio_outputs,
                given.audio_outputs_count,
                ports(plugin, false),
            ),
        )
    };
    let mut seen = clap_process { ..*given };
    if !inputs {
        (seen.audio_inputs, seen.audio_inputs_count) = (null(), 0);
    }
    if !inputs || !outputs {
        // What isn't played, and what an effect would have passed on.
        // SAFETY: as CLAP has it.
        unsafe { silence(given) };
    }
    if !outputs {
        (seen.audio_outputs, seen.audio_outputs_count) = (std::ptr::null_mut(), 0);
    }
    if outputs && given.audio_outputs_count > 1 {
        // SAFETY: as CLAP has it.
        outputs::set_unheard(unsafe { unheard(given) });
    }
    let within = Within {
        list: given.in_events,
        frames: given.frames_count.max(1),
    };
    let events = clap_input_events {
        ctx: (&raw const within) as *mut c_void,
        size: Some(size),
        get: Some(get),
    };
    if !given.in_events.is_null() {
        seen.in_events = &events;
    }
    // SAFETY: as CLAP has it.
    unsafe { original(plugin, &seen) }
}

/// How many there are.
///
/// # Safety
/// `plugin` is ours.
unsafe fn ports(plugin: *const clap_plugin, input: bool) -> u32 {
    // SAFETY: as the caller has it; the framework answers from an atomic.
    unsafe {
        let Some(get) = (*plugin).get_extension else {
            return 0;
        };
        let ports: *const clap_plugin_audio_ports =
            get(plugin, CLAP_EXT_AUDIO_PORTS.as_ptr()).cast();
        match ports.as_ref().and_then(|ports| ports.count) {
            Some(count) => count(plugin, input),
            None => 0,
        }
    }
}

/// Whether each port has its buffer, and each buffer its channels.
///
/// # Safety
/// There are `count` buffers, or null.
unsafe fn all_there(buffers: *const clap_audio_buffer, count: u32, ports: u32) -> bool {
    // SAFETY: as the caller has it.
    let is_whole = |at: u32| unsafe {
        let buffer = &*buffers.add(at as usize);
        buffer.channel_count >= CHANNELS
            && !buffer.data32.is_null()
            && (0..CHANNELS).all(|channel| !(*buffer.data32.add(channel as usize)).is_null())
    };
    ports == 0 || (!buffers.is_null() && count >= ports && (0..ports).all(is_whole))
}

/// A bit for each output that is marked so.
///
/// # Safety
/// `process` is as CLAP has it, all buffers are there.
unsafe fn unheard(process: &clap_process) -> u16 {
    let is_marked = |at: &u32| {
        // SAFETY: as the caller has it.
        let buffer = unsafe { &*process.audio_outputs.add(*at as usize) };
        (buffer.latency, buffer.constant_mask) == UNHEARD
    };
    let marked = (0..process.audio_outputs_count.min(16)).filter(is_marked);
    marked.fold(0, |all, at| all | 1 << at)
}

/// Silences the outputs that there are.
///
/// # Safety
/// `process` is as CLAP has it.
unsafe fn silence(process: &clap_process) {
    if process.audio_outputs.is_null() {
        return;
    }
    for at in 0..process.audio_outputs_count {
        // SAFETY: as the caller has it.
        unsafe {
            let buffer = &*process.audio_outputs.add(at as usize);
            if buffer.data32.is_null() {
                continue;
            }
            for channel in 0..buffer.channel_count {
                let samples = *buffer.data32.add(channel as usize);
                if !samples.is_null() {
                    let frames = process.frames_count as usize;
                    std::slice::from_raw_parts_mut(samples, frames).fill(0.0);
                }
            }
        }
    }
}

/// The host's events, as far as they are within the block.
struct Within {
    list: *const clap_input_events,
    frames: u32,
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: `ctx` is the `Within` of the block, which waits for this; the list is the host's.
    unsafe {
        let within = &*(*list).ctx.cast::<Within>();
        (*within.list).size.map_or(0, |size| size(within.list))
    }
}

/// Null for those beyond, which the framework passes over.
unsafe extern "C" fn get(list: *const clap_input_events, at: u32) -> *const clap_event_header {
    // SAFETY: as above.
    unsafe {
        let within = &*(*list).ctx.cast::<Within>();
        let Some(get) = (*within.list).get else {
            return null();
        };
        let event = get(within.list, at);
        match event.as_ref() {
            Some(header) if header.time < within.frames => event,
            _ => null(),
        }
    }
}
