//! The keyboard on macOS: only who is first responder, since baseview delivers the keys. Type-checked,
//! never run: untested.

#![expect(unsafe_code, reason = "the system's keyboard, in C")]

use objc2::rc::{Retained, Weak};
use objc2_app_kit::{NSView, NSWindow};
use raw_window_handle::{HasDisplayHandle, HasWindowHandle, RawWindowHandle};

use super::Typed;
use crate::editor::host_window::WindowFault;

/// The focus of one view. Main thread.
pub struct Keyboard {
    /// The view owns its handler, and so this.
    view: Weak<NSView>,
    embedded: bool,
    /// We took the focus.
    asked: bool,
    /// The host gave it.
    given: bool,
}

impl Keyboard {
    /// Keys of a baseview window, embedded in a host's or by itself.
    pub fn new(
        window: &(impl HasDisplayHandle + HasWindowHandle),
        embedded: bool,
    ) -> Result<Self, WindowFault> {
        let raw = match window
            .window_handle()
            .map_err(WindowFault::system)?
            .as_raw()
        {
            RawWindowHandle::AppKit(window) => window.ns_view.as_ptr().cast::<NSView>(),
            _ => return Err(WindowFault::Foreign("an AppKit window")),
        };
        // SAFETY: a live view for as long as the handle is borrowed, and we are on the main thread.
        let view = unsafe { Retained::retain(raw) }.ok_or(WindowFault::Missing("view"))?;
        Ok(Self {
            view: Weak::from_retained(&view),
            embedded,
            asked: false,
            given: false,
        })
    }

    /// The view and the window that it is in.
    fn both(&self) -> Option<(Retained<NSView>, Retained<NSWindow>)> {
        let view = self.view.load()?;
        let window = view.window()?;
        Some((view, window))
    }

    fn has_focus(&self) -> bool {
        self.both().is_some_and(|(view, window)| {
            let first = window.firstResponder();
            first.is_some_and(|first| Retained::as_ptr(&first).cast() == Retained::as_ptr(&view))
        })
    }

    /// Whether a field is edited: takes the focus when that begins, and gives it back when it ends.
    pub fn wants(&mut self, editing: bool) {
        if !self.embedded || editing == self.asked {
            return;
        }
        self.asked = editing;
        let has = self.has_focus();
        match editing {
            true if has => self.given = true,
            true => self.retake(),
            false if has && !self.given => self.give_back(),
            false => {}
        }
    }

    /// To the host's view around ours, else to the window. What was edited before, if anything, shares one
    /// editor with all fields of its window, so that can't have it back.
    fn give_back(&self) {
        let Some((view, window)) = self.both() else {
            return;
        };
        // SAFETY: a view's parent is alive as long as the view is in it.
        let around = unsafe { view.superview() };
        let took = around
            .is_some_and(|it| it.acceptsFirstResponder() && window.makeFirstResponder(Some(&it)));
        if !took {
            window.makeFirstResponder(None);
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
        let lost = !self.has_focus();
        self.given &= !lost;
        lost
    }

    /// Takes the focus again, if a field is edited.
    pub fn retake(&mut self) {
        if self.asked
            && let Some((view, window)) = self.both()
        {
            window.makeFirstResponder(Some(&view));
        }
    }

    /// Whether the host itself gave the window the focus.
    pub fn given(&mut self) -> bool {
        self.given |= self.embedded && !self.asked && self.has_focus();
        self.given
    }

    /// The system knows where it is.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        None
    }

    /// Whether the window can be seen.
    pub fn viewable(&self) -> bool {
        self.both()
            .is_some_and(|(view, window)| window.isVisible() && !view.isHiddenOrHasHiddenAncestor())
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.wants(false);
    }
}
