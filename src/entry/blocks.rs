//! Blocks as hosts shouldn't hand them over, and do. The framework (nice-plug 0.4.2) reads one buffer past
//! those that there are, writes to channels that are null, and cuts a block at whatever time an event has,
//! also beyond its end. So what is missing is taken away from it as a whole, where it is understood, and
//! events beyond the end are left out. Values that are no numbers, which it takes for values, are left out as well, in
//! blocks and in flushes. A separate output that is marked as one that nobody listens to
//! ([`UNHEARD`]) is told the plugin, which has its sound leave on the main one. `tests/hostile_clap` does all that.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;
use std::sync::OnceLock;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_NOTE_EXPRESSION, CLAP_EVENT_NOTE_ON, CLAP_EVENT_PARAM_MOD,
    CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_note, clap_event_note_expression,
    clap_event_param_mod, clap_event_param_value, clap_input_events, clap_output_events,
};
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_plugin_audio_ports};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};

use crate::plugin::{Consort, ConsortStems, outputs};

/// All our ports are stereo.
const CHANNELS: u32 = 2;

/// The latency (which says nothing of an output) and the constant channels of an output's buffer that
/// nobody listens to, as the library's own VST3 marks it: the framework has no `audio-ports-activation`.
const UNHEARD: (u32, u64) = (u32::MAX, u64::MAX);

type Process = unsafe extern "C" fn(*const clap_plugin, *const clap_process) -> clap_process_status;

type GetExtension = unsafe extern "C" fn(*const clap_plugin, *const c_char) -> *const c_void;
type Flush =
    unsafe extern "C" fn(*const clap_plugin, *const clap_input_events, *const clap_output_events);

/// The framework's own functions of a plugin, once there is an instance.
#[derive(Default)]
pub struct Originals {
    process: OnceLock<Process>,
    get_extension: OnceLock<GetExtension>,
    flush: OnceLock<Flush>,
    /// Its parameters' functions, with ours in place of the flush.
    params: OnceLock<clap_plugin_params>,
}

impl Originals {
    const fn new() -> Self {
        Self {
            process: OnceLock::new(),
            get_extension: OnceLock::new(),
            flush: OnceLock::new(),
            params: OnceLock::new(),
        }
    }
}

/// A plugin whose blocks are looked over.
pub trait LookedOver {
    /// The framework's own functions.
    fn originals() -> &'static Originals;
}

impl LookedOver for Consort {
    fn originals() -> &'static Originals {
        static ORIGINALS: Originals = Originals::new();
        &ORIGINALS
    }
}

impl LookedOver for ConsortStems {
    fn originals() -> &'static Originals {
        static ORIGINALS: Originals = Originals::new();
        &ORIGINALS
    }
}

/// Puts our functions before the framework's. Main thread.
///
/// # Safety
/// `plugin` is one of `P`'s that no host knows yet.
pub unsafe fn look_over<P: LookedOver>(plugin: *mut clap_plugin) {
    let originals = P::originals();
    // SAFETY: as the caller has it.
    unsafe {
        if let Some(process) = (*plugin).process.replace(process::<P>) {
            originals.process.get_or_init(|| process);
        }
        if let Some(get) = (*plugin).get_extension.replace(get_extension::<P>) {
            originals.get_extension.get_or_init(|| get);
        }
    }
}

/// CLAP's `get_extension`. Any thread.
unsafe extern "C" fn get_extension<P: LookedOver>(
    plugin: *const clap_plugin,
    id: *const c_char,
) -> *const c_void {
    let originals = P::originals();
    let Some(get) = originals.get_extension.get() else {
        return null();
    };
    // SAFETY: as CLAP has it; ids end in a zero.
    unsafe {
        let found = get(plugin, id);
        if found.is_null() || CStr::from_ptr(id) != CLAP_EXT_PARAMS {
            return found;
        }
        let params = *found.cast::<clap_plugin_params>();
        if let Some(flush) = params.flush {
            originals.flush.get_or_init(|| flush);
        }
        let ours = originals.params.get_or_init(|| clap_plugin_params {
            flush: params.flush.and(Some(flush::<P>)),
            ..params
        });
        (&raw const *ours).cast()
    }
}

/// CLAP's `flush` of parameters. Audio thread, or main thread where it doesn't process.
unsafe extern "C" fn flush<P: LookedOver>(
    plugin: *const clap_plugin,
    events: *const clap_input_events,
    out: *const clap_output_events,
) {
    let Some(original) = P::originals().flush.get() else {
        return;
    };
    let looked_over = Within {
        list: events,
        frames: None,
    };
    let list = looked_over.list();
    let list = if events.is_null() {
        null()
    } else {
        &raw const list
    };
    // SAFETY: as CLAP has it.
    unsafe { original(plugin, list, out) };
}

/// CLAP's `process`. Audio thread.
unsafe extern "C" fn process<P: LookedOver>(
    plugin: *const clap_plugin,
    process: *const clap_process,
) -> clap_process_status {
    // SAFETY: the host's own struct, or null.
    let (Some(original), Some(given)) = (P::originals().process.get(), unsafe { process.as_ref() })
    else {
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
        frames: Some(given.frames_count.max(1)),
    };
    let events = within.list();
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

/// The host's events, as far as they are within the block, and numbers.
struct Within {
    list: *const clap_input_events,
    /// Of a block; a flush has none.
    frames: Option<u32>,
}

impl Within {
    fn list(&self) -> clap_input_events {
        clap_input_events {
            ctx: (&raw const *self) as *mut c_void,
            size: Some(size),
            get: Some(get),
        }
    }
}

/// An event that means nothing: what a flush has in place of one that is left out, for there the framework takes no null.
static NOTHING: clap_event_header = clap_event_header {
    size: size_of::<clap_event_header>() as u32,
    time: 0,
    space_id: CLAP_CORE_EVENT_SPACE_ID,
    type_: u16::MAX,
    flags: 0,
};

/// Whether an event's value is a number, if it has any.
///
/// # Safety
/// What follows the header is of its type, if it is as long as that.
unsafe fn is_number(header: &clap_event_header) -> bool {
    let event = &raw const *header;
    let has = |size: usize| header.size as usize >= size;
    // SAFETY: as the caller has it.
    let value = unsafe {
        match header.type_ {
            _ if header.space_id != CLAP_CORE_EVENT_SPACE_ID => return true,
            CLAP_EVENT_PARAM_VALUE if has(size_of::<clap_event_param_value>()) => {
                (*event.cast::<clap_event_param_value>()).value
            }
            CLAP_EVENT_PARAM_MOD if has(size_of::<clap_event_param_mod>()) => {
                (*event.cast::<clap_event_param_mod>()).amount
            }
            CLAP_EVENT_NOTE_EXPRESSION if has(size_of::<clap_event_note_expression>()) => {
                (*event.cast::<clap_event_note_expression>()).value
            }
            // Ends of notes count, however they are let go.
            CLAP_EVENT_NOTE_ON if has(size_of::<clap_event_note>()) => {
                (*event.cast::<clap_event_note>()).velocity
            }
            _ => return true,
        }
    };
    value.is_finite()
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: `ctx` is the `Within` of the block, which waits for this; the list is the host's.
    unsafe {
        let within = &*(*list).ctx.cast::<Within>();
        (*within.list).size.map_or(0, |size| size(within.list))
    }
}

/// For those that are left out null, which the framework passes over in a block, or nothing.
unsafe extern "C" fn get(list: *const clap_input_events, at: u32) -> *const clap_event_header {
    // SAFETY: as above.
    unsafe {
        let within = &*(*list).ctx.cast::<Within>();
        let left_out = match within.frames {
            Some(_) => null(),
            None => &raw const NOTHING,
        };
        let Some(get) = (*within.list).get else {
            return left_out;
        };
        let event = get(within.list, at);
        match event.as_ref() {
            Some(header)
                if within.frames.is_none_or(|frames| header.time < frames) && is_number(header) =>
            {
                event
            }
            _ => left_out,
        }
    }
}
