//! A CLAP host of bare structs.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::*;
use clap_sys::ext::audio_ports::{CLAP_EXT_AUDIO_PORTS, clap_plugin_audio_ports};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_param_info, clap_plugin_params};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::fixedpoint::CLAP_BEATTIME_FACTOR;
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{clap_process, clap_process_status};
use clap_sys::stream::clap_istream;
use clap_sys::version::CLAP_VERSION;

/// Calls a function of one of CLAP's structs.
macro_rules! call {
    ($of:expr, $name:ident $(, $argument:expr)*) => {
        // SAFETY: to see what happens.
        unsafe { (*$of).$name.expect("it has all functions")($($argument),*) }
    };
}
pub(crate) use call;

static HOST: Host = Host(clap_host {
    clap_version: CLAP_VERSION,
    host_data: null_mut(),
    name: c"hostile".as_ptr(),
    vendor: c"".as_ptr(),
    url: c"".as_ptr(),
    version: c"".as_ptr(),
    get_extension: Some(no_extension),
    request_restart: Some(ignore),
    request_process: Some(ignore),
    request_callback: Some(ignore),
});

struct Host(clap_host);
// SAFETY: nobody writes to it.
unsafe impl Sync for Host {}

unsafe extern "C" fn no_extension(_: *const clap_host, _: *const c_char) -> *const c_void {
    null()
}
unsafe extern "C" fn ignore(_: *const clap_host) {}

/// What the library has under an id.
pub fn factory_of(id: &CStr) -> *const c_void {
    let entry = &raw const consort::clap_entry;
    assert!(call!(entry, init, c"/linked/in".as_ptr()));
    call!(entry, get_factory, id.as_ptr())
}

fn create(id: &CStr) -> *const clap_plugin {
    let factory: *const clap_plugin_factory = factory_of(CLAP_PLUGIN_FACTORY_ID).cast();
    call!(factory, create_plugin, factory, &HOST.0, id.as_ptr())
}

/// Whether there is such a plugin.
pub fn makes(id: &CStr) -> bool {
    !create(id).is_null()
}

/// An event of any kind.
#[repr(C)]
pub union Event {
    header: clap_event_header,
    note: clap_event_note,
    value: clap_event_param_value,
    expression: clap_event_note_expression,
    modulation: clap_event_param_mod,
}

fn header<T>(time: u32, type_: u16) -> clap_event_header {
    let size = size_of::<T>() as u32;
    clap_event_header {
        size,
        time,
        space_id: CLAP_CORE_EVENT_SPACE_ID,
        type_,
        flags: 0,
    }
}

impl Event {
    pub fn on(time: u32, key: i16) -> Event {
        Event::note(time, CLAP_EVENT_NOTE_ON, key)
    }

    pub fn off(time: u32, key: i16) -> Event {
        Event::note(time, CLAP_EVENT_NOTE_OFF, key)
    }

    fn note(time: u32, type_: u16, key: i16) -> Event {
        let header = header::<clap_event_note>(time, type_);
        let (note_id, port_index, channel, velocity) = (-1, 0, 0, 0.7);
        Event {
            note: clap_event_note {
                header,
                note_id,
                port_index,
                channel,
                key,
                velocity,
            },
        }
    }

    pub fn parameter(time: u32, param_id: u32, value: f64) -> Event {
        let header = header::<clap_event_param_value>(time, CLAP_EVENT_PARAM_VALUE);
        let (cookie, note_id, port_index, channel, key) = (null_mut(), -1, -1, -1, -1);
        let value = clap_event_param_value {
            header,
            param_id,
            cookie,
            note_id,
            port_index,
            channel,
            key,
            value,
        };
        Event { value }
    }

    pub fn modulate(time: u32, param_id: u32, amount: f64) -> Event {
        let header = header::<clap_event_param_mod>(time, CLAP_EVENT_PARAM_MOD);
        let (cookie, note_id, port_index, channel, key) = (null_mut(), -1, -1, -1, -1);
        let modulation = clap_event_param_mod {
            header,
            param_id,
            cookie,
            note_id,
            port_index,
            channel,
            key,
            amount,
        };
        Event { modulation }
    }

    pub fn express(time: u32, expression_id: i32, key: i16, value: f64) -> Event {
        let header = header::<clap_event_note_expression>(time, CLAP_EVENT_NOTE_EXPRESSION);
        let (note_id, port_index, channel) = (-1, 0, 0);
        let expression = clap_event_note_expression {
            header,
            expression_id,
            note_id,
            port_index,
            channel,
            key,
            value,
        };
        Event { expression }
    }
}

/// A song that plays.
pub fn song(tempo: f64, quarters: f64) -> clap_event_transport {
    // SAFETY: numbers, of which zero is one.
    let nothing: clap_event_transport = unsafe { std::mem::zeroed() };
    clap_event_transport {
        header: header::<clap_event_transport>(0, CLAP_EVENT_TRANSPORT),
        flags: CLAP_TRANSPORT_HAS_TEMPO
            | CLAP_TRANSPORT_HAS_BEATS_TIMELINE
            | CLAP_TRANSPORT_IS_PLAYING,
        tempo,
        song_pos_beats: (quarters * CLAP_BEATTIME_FACTOR as f64) as i64,
        tsig_num: 4,
        tsig_denom: 4,
        ..nothing
    }
}

/// A block's audio, and what is left out of it.
pub struct Ports {
    pub inputs: Vec<[Vec<f32>; 2]>,
    pub outputs: Vec<[Vec<f32>; 2]>,
    /// Inputs, outputs: there; null though counted.
    there: [bool; 2],
    null: bool,
    null_channels: bool,
    /// So many outputs only; these channels of them null.
    pub most: usize,
    pub lacking: Vec<(usize, usize)>,
    pub list: (*const clap_input_events, *const clap_output_events),
}

impl Ports {
    /// All that the plugin has, silent.
    pub fn new(plugin: &Plugin, frames: usize) -> Ports {
        let sides = |count: u32| {
            (0..count)
                .map(|_| [vec![0.0; frames], vec![0.0; frames]])
                .collect()
        };
        Ports {
            inputs: sides(plugin.ports(true)),
            outputs: sides(plugin.ports(false)),
            there: [true; 2],
            null: false,
            null_channels: false,
            most: usize::MAX,
            lacking: Vec::new(),
            list: (null(), null()),
        }
    }

    pub fn leave_out(&mut self, inputs: bool, outputs: bool, null: bool) {
        (self.there, self.null) = ([!inputs, !outputs], null);
    }

    pub fn null_channels(&mut self) {
        self.null_channels = true;
    }
}

/// Events as CLAP lists them, and a list that takes none.
fn lists(events: &&[Event]) -> (clap_input_events, clap_output_events) {
    unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
        // SAFETY: `ctx` is the slice below.
        let events = unsafe { *(*list).ctx.cast::<&[Event]>() };
        events.len() as u32
    }
    unsafe extern "C" fn get(list: *const clap_input_events, at: u32) -> *const clap_event_header {
        // SAFETY: as above.
        let events = unsafe { *(*list).ctx.cast::<&[Event]>() };
        events
            .get(at as usize)
            .map_or(null(), |event| (&raw const *event).cast())
    }
    unsafe extern "C" fn push(_: *const clap_output_events, _: *const clap_event_header) -> bool {
        false
    }
    let input = clap_input_events {
        ctx: (&raw const *events) as *mut c_void,
        size: Some(size),
        get: Some(get),
    };
    let output = clap_output_events {
        ctx: null_mut(),
        try_push: Some(push),
    };
    (input, output)
}

/// An instance.
pub struct Plugin {
    pub plugin: *const clap_plugin,
    active: bool,
}

impl Plugin {
    pub fn create(id: &CStr) -> Plugin {
        let plugin = create(id);
        assert!(!plugin.is_null() && call!(plugin, init, plugin));
        Plugin {
            plugin,
            active: false,
        }
    }

    pub fn extension<T>(&self, id: &CStr) -> *const T {
        let found = call!(self.plugin, get_extension, self.plugin, id.as_ptr());
        assert!(!found.is_null());
        found.cast()
    }

    pub fn ports(&self, input: bool) -> u32 {
        let ports: *const clap_plugin_audio_ports = self.extension(CLAP_EXT_AUDIO_PORTS);
        call!(ports, count, self.plugin, input)
    }

    /// Ids of all parameters.
    pub fn parameters(&self) -> Vec<u32> {
        let params: *const clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        let read = |index| {
            // SAFETY: numbers and arrays of them, of which zero is one.
            let mut info: clap_param_info = unsafe { std::mem::zeroed() };
            assert!(call!(params, get_info, self.plugin, index, &mut info));
            info.id
        };
        (0..call!(params, count, self.plugin)).map(read).collect()
    }

    pub fn load_json(&mut self, json: &[u8]) -> bool {
        let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(json);
        self.load(&bytes)
    }

    pub fn load(&mut self, bytes: &[u8]) -> bool {
        unsafe extern "C" fn read(stream: *const clap_istream, to: *mut c_void, size: u64) -> i64 {
            // SAFETY: `ctx` is the slice below.
            let rest = unsafe { &mut *(*stream).ctx.cast::<&[u8]>() };
            let count = rest.len().min(size as usize);
            // SAFETY: there is room.
            unsafe { std::ptr::copy_nonoverlapping(rest.as_ptr(), to.cast(), count) };
            *rest = &rest[count..];
            count as i64
        }
        let state: *const clap_plugin_state = self.extension(CLAP_EXT_STATE);
        let mut rest = bytes;
        let stream = clap_istream {
            ctx: (&raw mut rest).cast(),
            read: Some(read),
        };
        call!(state, load, self.plugin, &stream)
    }

    pub fn activate(&mut self, rate: f64, frames: u32) {
        assert!(call!(self.plugin, activate, self.plugin, rate, 1, frames));
        assert!(call!(self.plugin, start_processing, self.plugin));
        self.active = true;
    }

    pub fn deactivate(&mut self) {
        if std::mem::take(&mut self.active) {
            call!(self.plugin, stop_processing, self.plugin);
            call!(self.plugin, deactivate, self.plugin);
        }
    }

    pub fn process(
        &mut self,
        frames: u32,
        events: &[Event],
        song: Option<&clap_event_transport>,
        ports: &mut Ports,
    ) -> clap_process_status {
        let (input, output) = lists(&events);
        ports.list = (&input, &output);
        self.block(frames, song, ports)
    }

    /// Gives it events without a block.
    pub fn flush(&self, events: &[Event]) {
        let params: *const clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        let (input, output) = lists(&events);
        call!(params, flush, self.plugin, &input, &output);
    }

    /// The present value of a parameter.
    pub fn value(&self, id: u32) -> f64 {
        let params: *const clap_plugin_params = self.extension(CLAP_EXT_PARAMS);
        let mut value = 0.0;
        assert!(call!(params, get_value, self.plugin, id, &mut value));
        value
    }

    /// With the lists as they are.
    pub fn process_bare(&mut self, frames: u32, ports: &mut Ports) -> clap_process_status {
        self.block(frames, None, ports)
    }

    fn block(
        &mut self,
        frames: u32,
        song: Option<&clap_event_transport>,
        ports: &mut Ports,
    ) -> clap_process_status {
        let (null_channels, null_buffers) = (ports.null_channels, ports.null);
        let mut pointers =
            [&mut ports.inputs, &mut ports.outputs].map(|sides| -> Vec<[*mut f32; 2]> {
                sides
                    .iter_mut()
                    .map(|bus| {
                        bus.each_mut().map(|side| {
                            if null_channels {
                                null_mut()
                            } else {
                                side.as_mut_ptr()
                            }
                        })
                    })
                    .collect()
            });
        for (bus, channel) in &ports.lacking {
            pointers[1][*bus][*channel] = null_mut();
        }
        let mut buffers = pointers.each_mut().map(|side| -> Vec<clap_audio_buffer> {
            side.iter_mut()
                .map(|channels| clap_audio_buffer {
                    data32: channels.as_mut_ptr(),
                    data64: null_mut(),
                    channel_count: 2,
                    latency: 0,
                    constant_mask: 0,
                })
                .collect()
        });
        let counts = [0, 1].map(|side: usize| {
            if ports.there[side] || null_buffers {
                buffers[side].len() as u32
            } else {
                0
            }
        });
        let counts = [counts[0], counts[1].min(ports.most.min(1 << 20) as u32)];
        let first = buffers.each_mut().map(|side| side.as_mut_ptr());
        let at = |side: usize| {
            if ports.there[side] {
                first[side]
            } else {
                null_mut()
            }
        };
        let process = clap_process {
            steady_time: -1,
            frames_count: frames,
            transport: song.map_or(null(), |song| song),
            audio_inputs: at(0),
            audio_outputs: at(1),
            audio_inputs_count: counts[0],
            audio_outputs_count: counts[1],
            in_events: ports.list.0,
            out_events: ports.list.1,
        };
        call!(self.plugin, process, self.plugin, &process)
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        self.deactivate();
        call!(self.plugin, destroy, self.plugin);
    }
}
