//! The CLAP plugin of this library, called as a CLAP host calls it.

mod parameter;
mod state;

use std::cell::Cell;
use std::ffi::CStr;
use std::ptr::null;
use std::sync::OnceLock;

use clap_sys::ext::audio_ports::{
    CLAP_AUDIO_PORT_IS_MAIN, CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports,
};
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config,
};
use clap_sys::ext::gui::{CLAP_EXT_GUI, clap_plugin_gui};
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_plugin_latency};
use clap_sys::ext::note_ports::{CLAP_EXT_NOTE_PORTS, clap_plugin_note_ports};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::ext::render::{
    CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;

use super::text;
pub use parameter::Parameter;

thread_local! {
    /// How many calls into the plugin, as the audio thread, this thread is in.
    static AUDIO: Cell<u32> = const { Cell::new(0) };
}

/// While this lives, the thread counts as the audio thread: VST3 lets a host start and stop, and
/// offline also process, on whichever thread it likes.
pub struct AsAudioThread;

impl AsAudioThread {
    pub fn enter() -> Self {
        AUDIO.set(AUDIO.get() + 1);
        AsAudioThread
    }

    pub fn is() -> bool {
        AUDIO.get() > 0
    }
}

impl Drop for AsAudioThread {
    fn drop(&mut self) {
        AUDIO.set(AUDIO.get() - 1);
    }
}

/// Calls a function of a CLAP struct that the plugin has made.
macro_rules! call {
    ($of:expr, $name:ident $(, $argument:expr)*) => {
        // SAFETY: the structs are our own plugin's, complete, and live as long as it does.
        unsafe { (*$of).$name.expect("our plugin has all functions")($($argument),*) }
    };
}
pub(super) use call;

/// An audio port.
pub struct Port {
    pub name: String,
    pub channels: u32,
    pub is_main: bool,
}

/// A CLAP plugin that lives until this is dropped, on the main thread.
pub struct Guest {
    pub plugin: *const clap_plugin,
    pub params: *const clap_plugin_params,
    /// Null if it has no window.
    pub gui: *const clap_plugin_gui,
    state: *const clap_plugin_state,
    render: *const clap_plugin_render,
    latency: *const clap_plugin_latency,
    tail: *const clap_plugin_tail,
    /// In the plugin's order.
    pub parameters: Vec<Parameter>,
    pub inputs: Vec<Port>,
    /// The plain ones, then the separate ones.
    pub outputs: Vec<Port>,
    /// How many there are while nobody asks for separate ones.
    plain: usize,
    /// Null if there is one configuration only.
    configs: *const clap_plugin_audio_ports_config,
    pub hears_notes: bool,
    pub sends_notes: bool,
}

/// The library's own CLAP factory.
fn factory() -> Option<*const clap_plugin_factory> {
    static FACTORY: OnceLock<usize> = OnceLock::new();
    let factory = *FACTORY.get_or_init(|| {
        let entry = &raw const crate::clap_entry;
        if !call!(entry, init, c"".as_ptr()) {
            return 0;
        }
        call!(entry, get_factory, CLAP_PLUGIN_FACTORY_ID.as_ptr()) as usize
    });
    (factory != 0).then_some(factory as *const _)
}

impl Guest {
    /// Makes the plugin `id`. `host` outlives it. Main thread.
    pub fn new(host: *const clap_host, id: &CStr) -> Option<Guest> {
        let factory = factory()?;
        let plugin = call!(factory, create_plugin, factory, host, id.as_ptr());
        if plugin.is_null() {
            return None;
        }
        if !call!(plugin, init, plugin) {
            call!(plugin, destroy, plugin);
            return None;
        }
        let params = extension(plugin, CLAP_EXT_PARAMS);
        let notes: *const clap_plugin_note_ports = extension(plugin, CLAP_EXT_NOTE_PORTS);
        let has_notes = |input| !notes.is_null() && call!(notes, count, plugin, input) > 0;
        let configs: *const clap_plugin_audio_ports_config =
            extension(plugin, CLAP_EXT_AUDIO_PORTS_CONFIG);
        let several = !configs.is_null() && call!(configs, count, plugin) > 1;
        let configs = if several { configs } else { null() };
        let plain = ports(plugin, false).len();
        select(plugin, configs, true);
        let outputs = ports(plugin, false);
        select(plugin, configs, false);
        Some(Guest {
            plugin,
            params,
            state: extension(plugin, CLAP_EXT_STATE),
            gui: extension(plugin, CLAP_EXT_GUI),
            render: extension(plugin, CLAP_EXT_RENDER),
            latency: extension(plugin, CLAP_EXT_LATENCY),
            tail: extension(plugin, CLAP_EXT_TAIL),
            parameters: parameter::all(plugin, params),
            inputs: ports(plugin, true),
            outputs,
            plain,
            configs,
            hears_notes: has_notes(true),
            sends_notes: has_notes(false),
        })
    }

    /// The outputs of the next activation: with the separate ones if one of them is on. `on` has a bit for
    /// each. Main thread, while inactive.
    pub fn choose_outputs(&self, on: u32) -> &[Port] {
        let separate = on >> self.plain != 0;
        select(self.plugin, self.configs, separate);
        let count = if separate {
            self.outputs.len()
        } else {
            self.plain
        };
        &self.outputs[..count]
    }

    /// Whether the next activation is for a bounce. Main thread, while inactive.
    pub fn set_offline(&self, offline: bool) {
        if !self.render.is_null() {
            let mode = if offline {
                CLAP_RENDER_OFFLINE
            } else {
                CLAP_RENDER_REALTIME
            };
            call!(self.render, set, self.plugin, mode);
        }
    }

    /// Frames. Main thread.
    pub fn latency(&self) -> u32 {
        if self.latency.is_null() {
            return 0;
        }
        call!(self.latency, get, self.plugin)
    }

    /// Frames of sound after the last note. Any thread.
    pub fn tail(&self) -> u32 {
        if self.tail.is_null() {
            return 0;
        }
        call!(self.tail, get, self.plugin)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        call!(self.plugin, destroy, self.plugin);
    }
}

/// Our plugins' configurations are numbered: the plain one, then the one with separate outputs. Main thread,
/// while inactive.
fn select(
    plugin: *const clap_plugin,
    configs: *const clap_plugin_audio_ports_config,
    separate: bool,
) {
    if !configs.is_null() {
        call!(configs, select, plugin, u32::from(separate));
    }
}

fn ports(plugin: *const clap_plugin, input: bool) -> Vec<Port> {
    let ports: *const clap_plugin_audio_ports = extension(plugin, CLAP_EXT_AUDIO_PORTS);
    if ports.is_null() {
        return Vec::new();
    }
    let read = |index| {
        // SAFETY: numbers and arrays of them, of which zero is one.
        let mut info: clap_audio_port_info = unsafe { std::mem::zeroed() };
        call!(ports, get, plugin, index, input, &mut info).then(|| Port {
            name: text::from_bytes(&info.name),
            channels: info.channel_count,
            is_main: info.flags & CLAP_AUDIO_PORT_IS_MAIN != 0,
        })
    };
    let count = call!(ports, count, plugin, input);
    (0..count).filter_map(read).collect()
}

/// Null if the plugin doesn't have it.
fn extension<T>(plugin: *const clap_plugin, id: &CStr) -> *const T {
    let found = call!(plugin, get_extension, plugin, id.as_ptr());
    if found.is_null() {
        null()
    } else {
        found.cast()
    }
}
