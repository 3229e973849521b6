//! The window: CLAP's embedded one, in the parent that VST3 gives. Main thread.

use std::ffi::{CStr, c_void};
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap_sys::ext::gui::{
    CLAP_WINDOW_API_COCOA, CLAP_WINDOW_API_WIN32, CLAP_WINDOW_API_X11, clap_window,
    clap_window_handle,
};
use parking_lot::Mutex;
use vst3::Steinberg::{
    FIDString, FUnknown, IPlugFrame, IPlugView, IPlugViewContentScaleSupport,
    IPlugViewContentScaleSupportTrait, IPlugViewTrait, TBool, ViewRect, char16, int16,
    kResultFalse, kResultOk, kResultTrue, tresult,
};
use vst3::{Class, ComRef, ComWrapper};

use super::guest::{Guest, call};
use super::host::Host;

/// This system's name for a parent window: VST3's and CLAP's.
const PARENT: (&CStr, &CStr) = if cfg!(target_os = "windows") {
    (c"HWND", CLAP_WINDOW_API_WIN32)
} else if cfg!(target_os = "macos") {
    (c"NSView", CLAP_WINDOW_API_COCOA)
} else {
    (c"X11EmbedWindowID", CLAP_WINDOW_API_X11)
};

/// Pixels a point that a screen may have.
const SCALES: std::ops::RangeInclusive<f32> = 0.25..=8.0;

/// A window, open or not.
struct View {
    host: Arc<Host>,
    open: AtomicBool,
    /// A host may tell it before there is a window to tell.
    scale: Mutex<Option<f64>>,
    /// The host's loop came with the frame, and goes with it.
    lent: AtomicBool,
}

/// A view that the host releases; null if there is one already, or the plugin has no window.
pub fn new(host: &Arc<Host>) -> *mut IPlugView {
    let has_window = host.guest().is_some_and(|guest| !guest.gui.is_null());
    if !has_window || !host.view.load(Ordering::Acquire).is_null() {
        return null_mut();
    }
    let view = View {
        host: host.clone(),
        open: AtomicBool::new(false),
        scale: Mutex::new(None),
        lent: AtomicBool::new(false),
    };
    let Some(view) = ComWrapper::new(view).to_com_ptr::<IPlugView>() else {
        return null_mut();
    };
    let view = view.into_raw();
    host.view.store(view, Ordering::Release);
    view
}

impl View {
    /// The plugin, whose window is open.
    fn opened(&self) -> Option<&Guest> {
        let guest = self.host.guest()?;
        self.open.load(Ordering::Acquire).then_some(guest)
    }

    fn close(&self) {
        if let Some(guest) = self.opened() {
            call!(guest.gui, hide, guest.plugin);
            call!(guest.gui, destroy, guest.plugin);
            // Of a knob that was held as the window went.
            self.host.let_go();
        }
        self.open.store(false, Ordering::Release);
    }

    fn give_back_loop(&self) {
        if self.lent.swap(false, Ordering::AcqRel) {
            self.host.run_loop.detach();
        }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        self.close();
        self.give_back_loop();
        let frame = self.host.frame.lock().take();
        drop(frame);
        self.host.view.store(null_mut(), Ordering::Release);
    }
}

impl Class for View {
    type Interfaces = (IPlugView, IPlugViewContentScaleSupport);
}

impl IPlugViewTrait for View {
    unsafe fn isPlatformTypeSupported(&self, kind: FIDString) -> tresult {
        // SAFETY: the host's own text.
        let is = !kind.is_null() && unsafe { CStr::from_ptr(kind) } == PARENT.0;
        if is { kResultTrue } else { kResultFalse }
    }

    unsafe fn attached(&self, parent: *mut c_void, kind: FIDString) -> tresult {
        // SAFETY: as the caller has it.
        let ours = unsafe { self.isPlatformTypeSupported(kind) } == kResultTrue;
        let Some(guest) = self.host.guest() else {
            return kResultFalse;
        };
        if !ours || parent.is_null() || self.open.load(Ordering::Acquire) {
            return kResultFalse;
        }
        self.host.here_is_main();
        if !call!(guest.gui, create, guest.plugin, PARENT.1.as_ptr(), false) {
            return kResultFalse;
        }
        self.open.store(true, Ordering::Release);
        if let Some(scale) = *self.scale.lock() {
            call!(guest.gui, set_scale, guest.plugin, scale);
        }
        let window = clap_window {
            api: PARENT.1.as_ptr(),
            specific: clap_window_handle { ptr: parent },
        };
        if !call!(guest.gui, set_parent, guest.plugin, &window) {
            self.close();
            return kResultFalse;
        }
        call!(guest.gui, show, guest.plugin);
        self.host.pump();
        kResultOk
    }

    unsafe fn removed(&self) -> tresult {
        self.close();
        self.host.pump();
        kResultOk
    }

    unsafe fn onWheel(&self, _: f32) -> tresult {
        kResultFalse
    }

    unsafe fn onKeyDown(&self, _: char16, _: int16, _: int16) -> tresult {
        kResultFalse
    }

    unsafe fn onKeyUp(&self, _: char16, _: int16, _: int16) -> tresult {
        kResultFalse
    }

    unsafe fn getSize(&self, size: *mut ViewRect) -> tresult {
        // SAFETY: the host's own struct.
        let (Some(guest), Some(size)) = (self.host.guest(), unsafe { size.as_mut() }) else {
            return kResultFalse;
        };
        let (mut width, mut height) = (0, 0);
        if !call!(guest.gui, get_size, guest.plugin, &mut width, &mut height) {
            return kResultFalse;
        }
        *size = ViewRect {
            left: 0,
            top: 0,
            right: width as i32,
            bottom: height as i32,
        };
        kResultOk
    }

    unsafe fn onSize(&self, size: *mut ViewRect) -> tresult {
        // SAFETY: the host's own struct.
        let Some(size) = (unsafe { size.as_ref() }) else {
            return kResultFalse;
        };
        let (width, height) = extent(size);
        if width == 0 || height == 0 {
            return kResultFalse;
        }
        let Some(guest) = self.opened() else {
            return kResultOk;
        };
        // No larger than a window can be, whatever the host's frame is. But as small as the host wants it: what
        // is made larger within a frame that isn't is made smaller by it again, without end.
        let (mut across, mut down) = (width, height);
        call!(guest.gui, adjust_size, guest.plugin, &mut across, &mut down);
        let (width, height) = (width.min(across), height.min(down));
        if call!(guest.gui, set_size, guest.plugin, width, height) {
            kResultOk
        } else {
            kResultFalse
        }
    }

    unsafe fn onFocus(&self, _: TBool) -> tresult {
        kResultOk
    }

    unsafe fn setFrame(&self, frame: *mut IPlugFrame) -> tresult {
        // SAFETY: the host's own object, or null.
        let frame = unsafe { ComRef::from_raw(frame) };
        self.give_back_loop();
        let lender = frame.and_then(|frame| frame.cast::<FUnknown>());
        let lent = self
            .host
            .run_loop
            .attach(lender.as_ref().map(|l| l.as_com_ref()));
        self.lent.store(lent, Ordering::Release);
        let frame = frame.map(|frame| frame.to_com_ptr());
        let before = std::mem::replace(&mut *self.host.frame.lock(), frame);
        drop(before);
        kResultOk
    }

    unsafe fn canResize(&self) -> tresult {
        let can = |guest: &Guest| call!(guest.gui, can_resize, guest.plugin);
        if self.host.guest().is_some_and(can) {
            kResultTrue
        } else {
            kResultFalse
        }
    }

    unsafe fn checkSizeConstraint(&self, rect: *mut ViewRect) -> tresult {
        // SAFETY: the host's own struct.
        let Some(rect) = (unsafe { rect.as_mut() }) else {
            return kResultFalse;
        };
        // Before it is open the plugin has no say.
        if let Some(guest) = self.opened() {
            let (across, down) = extent(rect);
            let (mut width, mut height) = (across, down);
            call!(
                guest.gui,
                adjust_size,
                guest.plugin,
                &mut width,
                &mut height
            );
            // So far below the least nobody drags a window at once: the host's isn't laid out yet (JUCE begins
            // with 128 by 128), and what it would make of another answer would stay.
            if across < width / 2 && down < height / 2 {
                return kResultTrue;
            }
            rect.right = rect.left.saturating_add(width as i32);
            rect.bottom = rect.top.saturating_add(height as i32);
        }
        kResultTrue
    }
}

impl IPlugViewContentScaleSupportTrait for View {
    unsafe fn setContentScaleFactor(&self, factor: f32) -> tresult {
        if !SCALES.contains(&factor) {
            return kResultFalse;
        }
        *self.scale.lock() = Some(factor.into());
        if let Some(guest) = self.opened() {
            call!(guest.gui, set_scale, guest.plugin, factor.into());
        }
        kResultOk
    }
}

/// Width and height, pixels.
fn extent(rect: &ViewRect) -> (u32, u32) {
    let side = |from: i32, to: i32| to.saturating_sub(from).max(0) as u32;
    (side(rect.left, rect.right), side(rect.top, rect.bottom))
}
