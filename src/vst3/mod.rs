//! Consort as VST3: COM objects over the CLAP plugin of the same library.
//!
//! ```text
//! VST3 host ──► component ── controller ── view     what the host calls
//!                   │                                (IComponent, IEditController, IPlugView …)
//!                 guest ──► clap_entry               the CLAP plugin, called as a host calls it
//!                 host  ◄── clap_host                what the CLAP plugin calls back
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | [`classes`] | the two classes that hosts find: ids, names, categories |
//! | `factory` | makes them |
//! | `component` | the one object an instance is; buses, activation, saved state |
//! | `processor` | its processing: set-up, start and stop, blocks |
//! | `process` | one block: VST3's buffers, events and place in the song as CLAP's |
//! | `controller` | its parameters |
//! | `notes` | MIDI controllers and note expressions |
//! | `midi_map` | the controllers that Consort hears, as hidden parameters |
//! | `units` | that parameters aren't grouped |
//! | `view` | its window |
//! | `guest` | the CLAP plugin: parameters, ports, state |
//! | `host` | what it sees as its host; the gate between blocks and flushes; what is owed to the main thread |
//! | `run_loop` | how the main thread is woken on each system |
//! | `stream`, `text`, `constants` | VST3's streams, strings and numbers |
//!
//! # Threads
//! | VST3 call | thread | what it does |
//! |---|---|---|
//! | `initialize`, `terminate` | main | creates and destroys the CLAP plugin |
//! | `setupProcessing`, `setActive` | main | the process mode; the outputs, then `activate` and `deactivate` |
//! | `setProcessing`, `process` | any; audio | `start_processing`, `process` as the audio thread, under the gate |
//! | `setParamNormalized` | main | a flush under the gate, unless blocks bring the value |
//! | the rest | main | |
//!
//! Whatever the plugin owes the host (a knob turned in the window, another latency, a changed
//! project) becomes a bit or an entry of a ring, on any thread, and is told on the main thread: by
//! the run loop, where the host lends one, else whenever the host next calls. The audio thread never
//! calls the VST3 host but for the lists of the block.

#![expect(unsafe_code, reason = "VST3 is pointers to what the host owns")]
#![allow(
    clippy::unnecessary_cast,
    reason = "values of VST3's enums are signed on Windows and unsigned elsewhere"
)]

pub mod classes;
mod component;
mod constants;
mod controller;
mod factory;
mod guest;
mod host;
mod midi_map;
mod notes;
mod process;
mod processor;
mod run_loop;
mod stream;
mod text;
mod units;
mod view;

#[cfg(any(target_os = "linux", target_os = "macos"))]
use std::ffi::c_void;

use vst3::Steinberg::IPluginFactory;

/// What a VST3 host asks of the library first. Main thread.
#[unsafe(no_mangle)]
extern "system" fn GetPluginFactory() -> *mut IPluginFactory {
    factory::new()
}

#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
extern "system" fn ModuleEntry(_library: *mut c_void) -> bool {
    true
}

#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
extern "system" fn ModuleExit() -> bool {
    true
}

#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
extern "system" fn bundleEntry(_bundle: *mut c_void) -> bool {
    true
}

#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
extern "system" fn bundleExit() -> bool {
    true
}

#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
extern "system" fn InitDll() -> bool {
    true
}

#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
extern "system" fn ExitDll() -> bool {
    true
}
