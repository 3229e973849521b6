//! Linux: the host lends its own loop, with its context (few do) or with the frame of an open window.
//! Without either, `Host::pump` is called wherever the VST3 host enters on its main thread.

use std::sync::Weak;

use parking_lot::Mutex;
use vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IEventHandlerTrait, IRunLoop, IRunLoopTrait, ITimerHandler,
    ITimerHandlerTrait,
};
use vst3::Steinberg::{FUnknown, kResultOk};
use vst3::{Class, ComPtr, ComRef, ComWrapper};

use super::TICK_MS;
use crate::vst3::host::Host;

/// What the host's loop calls, on its main thread.
struct Handler {
    host: Weak<Host>,
    wake: FileDescriptor,
}

impl Class for Handler {
    type Interfaces = (IEventHandler, ITimerHandler);
}

impl Handler {
    fn pump(&self) {
        if let Some(host) = self.host.upgrade() {
            host.here_is_main();
            host.pump();
        }
    }
}

impl IEventHandlerTrait for Handler {
    unsafe fn onFDIsSet(&self, _: FileDescriptor) {
        // A host may call it once more when all is gone, and the number is another file's.
        let Some(_host) = self.host.upgrade() else {
            return;
        };
        let mut count = 0_u64;
        // SAFETY: an eventfd gives eight bytes, and doesn't block.
        unsafe { libc::read(self.wake, (&raw mut count).cast(), size_of::<u64>()) };
        self.pump();
    }
}

impl ITimerHandlerTrait for Handler {
    unsafe fn onTimer(&self) {
        self.pump();
    }
}

/// The loop of one instance.
pub struct RunLoop {
    /// An eventfd.
    wake: FileDescriptor,
    handler: ComWrapper<Handler>,
    current: Mutex<Option<ComPtr<IRunLoop>>>,
}

impl RunLoop {
    /// Not running yet. Main thread.
    pub fn new(host: Weak<Host>) -> RunLoop {
        // SAFETY: no pointers. Where there is none left it is −1, and the tick does alone.
        let wake = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
        RunLoop {
            wake,
            handler: ComWrapper::new(Handler { host, wake }),
            current: Mutex::new(None),
        }
    }

    /// Any thread but audio: a system call, which doesn't block.
    pub fn wake(&self) {
        let one = 1_u64;
        // SAFETY: eight bytes, as an eventfd takes them.
        unsafe { libc::write(self.wake, (&raw const one).cast(), size_of::<u64>()) };
    }

    /// Runs in the loop that `of` lends, unless it runs already; whether it does so now by this one.
    /// Main thread.
    pub fn attach(&self, of: Option<ComRef<FUnknown>>) -> bool {
        let Some(new) = of.and_then(|lender| lender.cast::<IRunLoop>()) else {
            return false;
        };
        if self.current.lock().is_some() {
            return false;
        }
        let (Some(event), Some(timer)) = self.handlers() else {
            return false;
        };
        // SAFETY: the handlers live until `detach`.
        let ticks = unsafe {
            if self.wake >= 0 {
                new.registerEventHandler(event.as_ptr(), self.wake);
            }
            new.registerTimer(timer.as_ptr(), TICK_MS.into())
        };
        *self.current.lock() = Some(new);
        ticks == kResultOk
    }

    /// Leaves the loop. Main thread.
    pub fn detach(&self) {
        let Some(old) = self.current.lock().take() else {
            return;
        };
        if let (Some(event), Some(timer)) = self.handlers() {
            // SAFETY: they were registered.
            unsafe {
                old.unregisterEventHandler(event.as_ptr());
                old.unregisterTimer(timer.as_ptr());
            }
        }
    }

    fn handlers(
        &self,
    ) -> (
        Option<ComRef<'_, IEventHandler>>,
        Option<ComRef<'_, ITimerHandler>>,
    ) {
        let handler = &self.handler;
        (handler.as_com_ref(), handler.as_com_ref())
    }
}

impl Drop for RunLoop {
    fn drop(&mut self) {
        self.detach();
        // SAFETY: nobody else has it.
        unsafe { libc::close(self.wake) };
    }
}
