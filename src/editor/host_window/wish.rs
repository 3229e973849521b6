//! The window wants another size: the host is asked on its main thread, for it has the window around.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use baseview::dpi::PhysicalSize;
use baseview::{HandlerError, Window};
use fragile::Fragile;
use nice_plug::editor::{HostCallbacks, HostMainThreadCaller, HostMethods};
use parking_lot::Mutex;

use super::WindowSize;

/// What may be called from the window's thread.
#[derive(Clone)]
pub(super) struct Wish {
    wanted: Arc<AtomicBool>,
    caller: Arc<Mutex<Box<dyn HostMainThreadCaller>>>,
}

impl Wish {
    /// The window wants the size that [`WindowSize::pixels`] says. Window's thread.
    pub(super) fn resize(&self) {
        self.wanted.store(true, Relaxed);
        self.caller.lock().call_main_thread();
    }
}

/// What grants it. Main thread; dropped there.
pub(super) struct Granting {
    wanted: Arc<AtomicBool>,
    callbacks: Fragile<Shared>,
}

type Shared = Rc<RefCell<Box<dyn HostCallbacks>>>;

impl Granting {
    /// Asks the host, if the window wants it to be asked.
    pub(super) fn grant_wish(&self, size: &WindowSize, window: &Window) {
        if self.wanted.swap(false, Relaxed) {
            self.grant(size, window);
        }
    }

    /// Asks the host for the size that the window is to have.
    pub(super) fn grant(&self, size: &WindowSize, window: &Window) {
        let Ok(callbacks) = self.callbacks.try_get() else {
            return;
        };
        let (width, height) = size.pixels();
        let wanted = PhysicalSize::new(width, height);
        let before = window.size().physical;
        let asked = callbacks
            .try_borrow_mut()
            .map(|mut host| host.request_resize(wanted.into(), size.scale()));
        // Some hosts have the window resized themselves. Where one refuses, the page is drawn as it fits.
        if matches!(asked, Ok(Ok(()))) && window.size().physical == before {
            let _ = window.resize(wanted);
        }
    }
}

/// The host's methods, for baseview and for a wish.
pub(super) fn shared(methods: HostMethods) -> (baseview::host::Host, Wish, Granting) {
    let wanted = Arc::new(AtomicBool::new(false));
    let caller = Arc::new(Mutex::new(methods.main_thread_caller));
    let callbacks: Shared = Rc::new(RefCell::new(methods.callbacks));
    let host = baseview::host::Host::new()
        .with_callbacks(Callbacks(callbacks.clone()))
        .with_main_thread(Caller(caller.clone()));
    let wish = Wish {
        wanted: wanted.clone(),
        caller,
    };
    let granting = Granting {
        wanted,
        callbacks: Fragile::new(callbacks),
    };
    (host, wish, granting)
}

/// nice-plug's way to the host as baseview's.
struct Callbacks(Shared);

impl baseview::host::HostCallbacks for Callbacks {
    /// Every size that the window gets, the host's own too. Nobody is asked: [`Granting`] has asked before, and
    /// who says no here has the window thrown back to the size before, without end.
    fn request_resize(&mut self, _: baseview::WindowSize) -> Result<(), HandlerError> {
        Ok(())
    }

    fn destroyed(&mut self) {
        if let Ok(mut host) = self.0.try_borrow_mut() {
            host.destroyed();
        }
    }
}

struct Caller(Arc<Mutex<Box<dyn HostMainThreadCaller>>>);

impl baseview::host::HostMainThreadCaller for Caller {
    fn call_main_thread(&mut self) {
        self.0.lock().call_main_thread();
    }
}
