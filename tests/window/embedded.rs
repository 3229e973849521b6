//! The plugin's window within a window of the host's, and a host that goes on meanwhile.

use std::time::{Duration, Instant};

use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, PluginGui, Window};

use crate::host::Session;
use crate::parent::Parent;

pub const EMBEDDED: GuiConfiguration<'static> = GuiConfiguration {
    api_type: GuiApiType::X11,
    is_floating: false,
};
/// Longer than a window should take to draw, in software on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

pub fn gui(session: &mut Session) -> PluginGui {
    let handle = session.instance.plugin_handle();
    handle.get_extension().expect("it has a window")
}

/// Opens the window within `parent`, in the order that CLAP asks for; returns its size.
pub fn open(session: &mut Session, parent: &Parent) -> GuiSize {
    let gui = gui(session);
    let handle = session.instance.plugin_handle();
    assert!(gui.is_api_supported(&handle, EMBEDDED));
    gui.create(&handle, EMBEDDED).expect("a window is made");
    let size = gui.get_size(&handle).expect("it has a size");
    parent.resize(size.width, size.height);
    let window = Window::from_x11_handle(parent.id().into());
    // SAFETY: the parent outlives every window of these tests.
    unsafe { gui.set_parent(&handle, window) }.expect("it goes where it belongs");
    gui.show(&handle).expect("it shows");
    size
}

pub fn close(session: &mut Session) {
    let gui = gui(session);
    gui.destroy(&session.instance.plugin_handle());
}

/// A host's event loop and audio go on until `enough`.
pub fn run_until(session: &mut Session, what: &str, mut enough: impl FnMut(&mut Session) -> bool) {
    let began = Instant::now();
    while !enough(session) {
        assert!(began.elapsed() < LIMIT, "{what}: not after {LIMIT:?}");
        session.play(&[], 512, &[512]);
        session.idle();
        std::thread::sleep(Duration::from_millis(10));
    }
}
