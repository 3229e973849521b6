//! macOS: a timer in the main run loop. Neither built nor tried yet.

use std::ffi::c_void;
use std::sync::Weak;

use core_foundation_sys::base::CFRelease;
use core_foundation_sys::date::CFAbsoluteTimeGetCurrent;
use core_foundation_sys::runloop::{
    CFRunLoopAddTimer, CFRunLoopGetMain, CFRunLoopTimerContext, CFRunLoopTimerCreate,
    CFRunLoopTimerInvalidate, CFRunLoopTimerRef, kCFRunLoopCommonModes,
};
use parking_lot::Mutex;
use vst3::ComRef;
use vst3::Steinberg::FUnknown;

use super::TICK_MS;
use crate::vst3::host::Host;

/// The timer of one instance.
pub struct RunLoop {
    /// On the heap: the timer has its address.
    host: Box<Weak<Host>>,
    /// A `CFRunLoopTimerRef`, or 0.
    timer: Mutex<usize>,
}

impl RunLoop {
    /// Not running yet. Main thread.
    pub fn new(host: Weak<Host>) -> RunLoop {
        let (host, timer) = (Box::new(host), Mutex::new(0));
        RunLoop { host, timer }
    }

    /// The timer comes soon enough. Any thread.
    pub fn wake(&self) {}

    /// Runs from now on; whether it was started by this. Main thread.
    pub fn attach(&self, _: Option<ComRef<FUnknown>>) -> bool {
        let mut timer = self.timer.lock();
        if *timer == 0 {
            let every = f64::from(TICK_MS) / 1000.0;
            let mut context = CFRunLoopTimerContext {
                version: 0,
                info: std::ptr::from_ref(&*self.host) as *mut c_void,
                retain: None,
                release: None,
                copyDescription: None,
            };
            // SAFETY: `info` outlives the timer, which `detach` invalidates.
            unsafe {
                let first = CFAbsoluteTimeGetCurrent() + every;
                let made =
                    CFRunLoopTimerCreate(std::ptr::null(), first, every, 0, 0, tick, &mut context);
                CFRunLoopAddTimer(CFRunLoopGetMain(), made, kCFRunLoopCommonModes);
                *timer = made as usize;
            }
        }
        false
    }

    /// Ends. Main thread.
    pub fn detach(&self) {
        let timer = std::mem::take(&mut *self.timer.lock());
        if timer != 0 {
            // SAFETY: it was made by `attach`.
            unsafe {
                CFRunLoopTimerInvalidate(timer as CFRunLoopTimerRef);
                CFRelease(timer as *const c_void);
            }
        }
    }
}

impl Drop for RunLoop {
    fn drop(&mut self) {
        self.detach();
    }
}

extern "C" fn tick(_: CFRunLoopTimerRef, info: *mut c_void) {
    // SAFETY: the instance's `host`, on the main thread, before `detach`.
    let host = unsafe { &*info.cast::<Weak<Host>>() };
    if let Some(host) = host.upgrade() {
        host.here_is_main();
        host.pump();
    }
}
