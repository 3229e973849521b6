//! Windows: a timer of the main thread, which fires wherever the host dispatches messages. Neither
//! built nor tried yet.

use std::sync::Weak;

use parking_lot::Mutex;
use vst3::ComRef;
use vst3::Steinberg::FUnknown;
use windows_sys::Win32::Foundation::HWND;
use windows_sys::Win32::UI::WindowsAndMessaging::{KillTimer, SetTimer};

use super::TICK_MS;
use crate::vst3::host::Host;

/// Who each timer is for: Windows hands over nothing but its number.
static TIMERS: Mutex<Vec<(usize, Weak<Host>)>> = Mutex::new(Vec::new());

/// The timer of one instance.
pub struct RunLoop {
    host: Weak<Host>,
    timer: Mutex<usize>,
}

impl RunLoop {
    /// Not running yet. Main thread.
    pub fn new(host: Weak<Host>) -> RunLoop {
        let timer = Mutex::new(0);
        RunLoop { host, timer }
    }

    /// The timer comes soon enough. Any thread.
    pub fn wake(&self) {}

    /// Runs from now on; whether it was started by this. Main thread.
    pub fn attach(&self, _: Option<ComRef<FUnknown>>) -> bool {
        let mut timer = self.timer.lock();
        if *timer == 0 {
            // SAFETY: a timer of this thread, without a window.
            *timer = unsafe { SetTimer(std::ptr::null_mut(), 0, TICK_MS, Some(tick)) };
            TIMERS.lock().push((*timer, self.host.clone()));
        }
        false
    }

    /// Ends. Main thread.
    pub fn detach(&self) {
        let timer = std::mem::take(&mut *self.timer.lock());
        if timer != 0 {
            // SAFETY: it was set by this thread.
            unsafe { KillTimer(std::ptr::null_mut(), timer) };
            TIMERS.lock().retain(|(other, _)| *other != timer);
        }
    }
}

impl Drop for RunLoop {
    fn drop(&mut self) {
        self.detach();
    }
}

unsafe extern "system" fn tick(_: HWND, _: u32, timer: usize, _: u32) {
    let timers = TIMERS.lock();
    let host = timers.iter().find(|(other, _)| *other == timer);
    let host = host.and_then(|(_, host)| host.upgrade());
    drop(timers);
    if let Some(host) = host {
        host.here_is_main();
        host.pump();
    }
}
