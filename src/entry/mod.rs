//! What a CLAP host asks of the library first: the framework's plugins, whose blocks are looked over
//! before the framework sees them ([`blocks`]).

#![expect(unsafe_code, reason = "CLAP is pointers to what the host owns")]

mod blocks;

use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;
use std::sync::{Arc, OnceLock};

use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::version::CLAP_VERSION;
use nice_plug::prelude::ClapPlugin;
use nice_plug::wrapper::clap::{PluginDescriptor, Wrapper};
use nice_plug::wrapper::setup_logger;

use crate::plugin::{Consort, ConsortStems};
use blocks::LookedOver;

/// The entry. Main thread.
#[unsafe(no_mangle)]
#[used]
pub static clap_entry: clap_plugin_entry = clap_plugin_entry {
    clap_version: CLAP_VERSION,
    init: Some(init),
    deinit: Some(deinit),
    get_factory: Some(get_factory),
};

static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(count),
    get_plugin_descriptor: Some(describe),
    create_plugin: Some(create),
};

/// A plugin of the library: what hosts read of it, and how it is made.
struct Listed {
    descriptor: PluginDescriptor,
    make: unsafe fn(*const clap_host) -> *const clap_plugin,
}

fn listed<P: ClapPlugin + LookedOver>() -> Listed {
    Listed {
        descriptor: PluginDescriptor::for_plugin::<P>(),
        make: make::<P>,
    }
}

/// The instrument comes first: some hosts know a file by its first plugin only.
fn all() -> &'static [Listed; 2] {
    static ALL: OnceLock<[Listed; 2]> = OnceLock::new();
    ALL.get_or_init(|| [listed::<Consort>(), listed::<ConsortStems>()])
}

unsafe extern "C" fn init(_: *const c_char) -> bool {
    setup_logger::<Consort>();
    true
}

unsafe extern "C" fn deinit() {}

unsafe extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    // SAFETY: CLAP's ids end in a zero.
    let is = !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_PLUGIN_FACTORY_ID;
    if is {
        (&raw const FACTORY).cast()
    } else {
        null()
    }
}

unsafe extern "C" fn count(_: *const clap_plugin_factory) -> u32 {
    all().len() as u32
}

unsafe extern "C" fn describe(
    _: *const clap_plugin_factory,
    index: u32,
) -> *const clap_plugin_descriptor {
    let listed = all().get(index as usize);
    listed.map_or(null(), |listed| listed.descriptor.clap_plugin_descriptor())
}

unsafe extern "C" fn create(
    _: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    if id.is_null() || host.is_null() {
        return null();
    }
    // SAFETY: CLAP's ids end in a zero.
    let id = unsafe { CStr::from_ptr(id) };
    let listed = all()
        .iter()
        .find(|listed| listed.descriptor.clap_id() == id);
    // SAFETY: the host outlives the plugin.
    listed.map_or(null(), |listed| unsafe { (listed.make)(host) })
}

/// The plugin; its own `destroy` frees it.
///
/// # Safety
/// `host` outlives it.
unsafe fn make<P: ClapPlugin + LookedOver>(host: *const clap_host) -> *const clap_plugin {
    // SAFETY: as the caller has it.
    let wrapper = Arc::into_raw(unsafe { Wrapper::<P>::new(host) });
    // SAFETY: nobody else knows it yet.
    unsafe {
        let plugin = (*wrapper).clap_plugin.as_ptr();
        blocks::look_over::<P>(plugin);
        plugin
    }
}
