//! The keyboard on Windows: only the focus, since baseview delivers the keys. Type-checked, never run: untested.

#![expect(unsafe_code, reason = "the system's keyboard, in C")]

use std::ptr::null_mut;

use raw_window_handle::{HasDisplayHandle, HasWindowHandle, RawWindowHandle};
use windows_sys::Win32::Foundation::HWND;
use windows_sys::Win32::UI::Input::KeyboardAndMouse::{GetFocus, SetFocus};
use windows_sys::Win32::UI::WindowsAndMessaging::{GetParent, IsWindowVisible};

use super::Typed;
use crate::editor::host_window::WindowFault;

/// The focus of one window.
pub struct Keyboard {
    /// Once its window is gone, calls with it fail and do nothing.
    window: HWND,
    embedded: bool,
    /// We took the focus.
    asked: bool,
    /// The host gave it.
    given: bool,
    /// Who had it before us.
    before: HWND,
}

impl Keyboard {
    /// Keys of a baseview window, embedded in a host's or by itself.
    pub fn new(
        window: &(impl HasDisplayHandle + HasWindowHandle),
        embedded: bool,
    ) -> Result<Self, WindowFault> {
        let window = match window
            .window_handle()
            .map_err(WindowFault::system)?
            .as_raw()
        {
            RawWindowHandle::Win32(window) => window.hwnd.get() as HWND,
            _ => return Err(WindowFault::Foreign("a Win32 window")),
        };
        Ok(Self {
            window,
            embedded,
            asked: false,
            given: false,
            before: null_mut(),
        })
    }

    /// Whether a field is edited: takes the focus when that begins, and gives it back when it ends.
    pub fn wants(&mut self, editing: bool) {
        if !self.embedded || editing == self.asked {
            return;
        }
        self.asked = editing;
        if !editing {
            if !self.given && focus() == self.window {
                self.give_back();
            }
        } else if focus() == self.window {
            self.given = true;
        } else {
            self.before = focus();
            set_focus(self.window);
        }
    }

    fn give_back(&mut self) {
        let before = std::mem::replace(&mut self.before, null_mut());
        // SAFETY: only asks, and a window that is gone has no parent.
        let parent = unsafe { GetParent(self.window) };
        if before.is_null() || !visible(before) {
            set_focus(parent);
        } else {
            set_focus(before);
        }
    }

    /// None: baseview has them.
    pub fn poll(&mut self) -> Vec<Typed> {
        Vec::new()
    }

    /// Nothing to do.
    pub fn forward(&mut self, _: &Typed) {}

    /// Whether the focus is elsewhere now.
    pub fn focus_lost(&mut self) -> bool {
        let lost = focus() != self.window;
        self.given &= !lost;
        lost
    }

    /// Takes the focus again, if a field is edited.
    pub fn retake(&mut self) {
        if self.asked {
            set_focus(self.window);
        }
    }

    /// Whether the host itself gave the window the focus.
    pub fn given(&mut self) -> bool {
        self.given |= self.embedded && !self.asked && focus() == self.window;
        self.given
    }

    /// The system knows where it is.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        None
    }

    /// Whether the window can be seen.
    pub fn viewable(&self) -> bool {
        visible(self.window)
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.wants(false);
    }
}

fn focus() -> HWND {
    // SAFETY: only asks.
    unsafe { GetFocus() }
}

fn set_focus(window: HWND) {
    // SAFETY: fails for a window that is gone.
    unsafe {
        SetFocus(window);
    }
}

fn visible(window: HWND) -> bool {
    // SAFETY: only asks; false for a window that is gone.
    unsafe { IsWindowVisible(window) != 0 }
}
