//! For UI Automation on Windows and NSAccessibility on macOS, by AccessKit's adapters that subclass the
//! window. Type-checked, never run: untested.

#![expect(unsafe_code, reason = "the system's windows, in C")]

use accesskit::TreeUpdate;
use raw_window_handle::{HasWindowHandle, RawWindowHandle};

use super::Asked;

#[cfg(target_os = "macos")]
use accesskit_macos::SubclassingAdapter;
#[cfg(target_os = "windows")]
use accesskit_windows::SubclassingAdapter;

/// The page as the system knows it. Window's thread.
pub(in super::super) struct Access(Option<SubclassingAdapter>);

impl Access {
    /// Shows nothing until a screen reader asks. The window isn't visible yet.
    pub(in super::super) fn new(asked: &Asked, window: &baseview::PlatformHandle) -> Self {
        let handle = window.window_handle().ok().map(|handle| handle.as_raw());
        let (activation, action) = (asked.clone(), asked.clone());
        Self(match handle {
            #[cfg(target_os = "windows")]
            Some(RawWindowHandle::Win32(handle)) => {
                let window = accesskit_windows::HWND(handle.hwnd.get() as *mut _);
                Some(SubclassingAdapter::new(window, activation, action))
            }
            #[cfg(target_os = "macos")]
            Some(RawWindowHandle::AppKit(handle)) => {
                // SAFETY: baseview's view lives as long as its handler, which has this.
                let adapter =
                    unsafe { SubclassingAdapter::new(handle.ns_view.as_ptr(), activation, action) };
                Some(adapter)
            }
            _ => None,
        })
    }

    /// Shows what a frame has changed.
    pub(in super::super) fn update(&mut self, tree: TreeUpdate) {
        let events = self.0.as_mut().and_then(|a| a.update_if_active(|| tree));
        if let Some(events) = events {
            events.raise();
        }
    }

    /// Whether the keyboard is the window's.
    pub(in super::super) fn focused(&mut self, is: bool) {
        #[cfg(target_os = "macos")]
        if let Some(events) = self.0.as_mut().and_then(|a| a.update_view_focus_state(is)) {
            events.raise();
        }
        let _ = is;
    }

    /// The system knows where it is.
    pub(in super::super) fn placed(&mut self, _: [f64; 4]) {}
}
