//! What the X server is asked about focus, keys and windows. A window may go at any time: what fails is
//! answered by nothing, and errors that come later are dropped with the events.

#![expect(unsafe_code, reason = "the system's keyboard, in C")]

use raw_window_handle::RawDisplayHandle;
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt, EventMask, GetWindowAttributesReply,
    InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, KeyPressEvent, MapState, Window,
};
use x11rb::xcb_ffi::XCBConnection;

use super::RawKey;
use crate::editor::host_window::WindowFault;

/// Ids up to this are no windows: "none", and "whatever is under the pointer".
pub(super) const POINTER_ROOT: Window = 1;

/// A connection of our own, and the window it is about.
pub(super) struct Server {
    pub(super) link: XCBConnection,
    window: Window,
    root: Window,
}

impl Server {
    /// To where baseview is connected, too.
    pub(super) fn connect(window: Window) -> Result<Self, WindowFault> {
        let (link, _) = XCBConnection::connect(None).map_err(WindowFault::system)?;
        let root = root_of(&link, window).map_err(WindowFault::system)?;
        Ok(Self { link, window, root })
    }

    /// Whether key events come to us, from the window or what is in it.
    pub(super) fn select_keys(&self, on: bool) {
        let mask = if on {
            EventMask::KEY_PRESS | EventMask::KEY_RELEASE
        } else {
            EventMask::NO_EVENT
        };
        let change = ChangeWindowAttributesAux::new().event_mask(mask);
        let _ = self.link.change_window_attributes(self.window, &change);
        let _ = self.link.flush();
    }

    /// Who has the focus.
    pub(super) fn focus(&self) -> Option<Window> {
        Some(self.link.get_input_focus().ok()?.reply().ok()?.focus)
    }

    /// Gives the focus to a window, or [`POINTER_ROOT`]; to its parent once it goes.
    pub(super) fn set_focus(&self, to: Window) {
        let _ = self
            .link
            .set_input_focus(InputFocus::PARENT, to, x11rb::CURRENT_TIME);
        // Done when this is answered, and not lost if the connection is closed next.
        self.focus();
    }

    /// Whether a window can be seen, and so can have the focus.
    pub(super) fn viewable(&self, window: Window) -> bool {
        let attributes = || {
            self.link.get_window_attributes(window).ok()?.reply().ok()
                as Option<GetWindowAttributesReply>
        };
        attributes().is_some_and(|it| it.map_state == MapState::VIEWABLE)
    }

    /// Where on the screen the window is, pixels: left, top, right, bottom.
    pub(super) fn bounds(&self) -> Option<[f64; 4]> {
        let size = self.link.get_geometry(self.window).ok()?.reply().ok()?;
        let place = self
            .link
            .translate_coordinates(self.window, self.root, 0, 0);
        let place = place.ok()?.reply().ok()?;
        let (x, y) = (f64::from(place.dst_x), f64::from(place.dst_y));
        Some([x, y, x + f64::from(size.width), y + f64::from(size.height)])
    }

    /// The host's own window: the first that a window manager takes care of, else the outermost.
    pub(super) fn top(&self) -> Option<Window> {
        let managed = self
            .link
            .intern_atom(false, b"WM_STATE")
            .ok()?
            .reply()
            .ok()?
            .atom;
        let mut window = self.window;
        loop {
            let parent = self.link.query_tree(window).ok()?.reply().ok()?.parent;
            if parent == self.root || parent == x11rb::NONE {
                return (window != self.window).then_some(window);
            }
            window = parent;
            let state = self
                .link
                .get_property(false, window, managed, AtomEnum::ANY, 0, 0);
            if state.ok()?.reply().ok()?.type_ != x11rb::NONE {
                return Some(window);
            }
        }
    }

    /// Sends a key to a window's owner, as if it had come from the keyboard.
    pub(super) fn send_key(&self, to: Window, key: &RawKey, pressed: bool) {
        let event = KeyPressEvent {
            response_type: if pressed {
                KEY_PRESS_EVENT
            } else {
                KEY_RELEASE_EVENT
            },
            detail: key.keycode,
            sequence: 0,
            time: key.time,
            root: self.root,
            event: to,
            child: x11rb::NONE,
            root_x: 1,
            root_y: 1,
            event_x: 1,
            event_y: 1,
            state: key.state.into(),
            same_screen: true,
        };
        let _ = self.link.send_event(true, to, EventMask::NO_EVENT, event);
        let _ = self.link.flush();
    }
}

fn root_of(link: &XCBConnection, window: Window) -> Result<Window, ReplyError> {
    Ok(link.query_tree(window)?.reply()?.root)
}

/// Takes the keys out of what baseview's connection hears. Only that connection can, and baseview selects
/// events only once, when it makes the window. As long as `display` is borrowed it is open.
pub(super) fn silence(
    display: raw_window_handle::DisplayHandle<'_>,
    window: Window,
) -> Result<(), WindowFault> {
    let RawDisplayHandle::Xcb(display) = display.as_raw() else {
        return Err(WindowFault::Foreign("an XCB display"));
    };
    let raw = display
        .connection
        .ok_or(WindowFault::Missing("connection"))?
        .as_ptr();
    // SAFETY: open for as long as this runs, and not closed by the result.
    let theirs = unsafe { XCBConnection::from_raw_xcb_connection(raw, false) };
    take_keys_out(&theirs.map_err(WindowFault::system)?, window).map_err(WindowFault::system)
}

fn take_keys_out(theirs: &XCBConnection, window: Window) -> Result<(), ReplyError> {
    let now = theirs
        .get_window_attributes(window)?
        .reply()?
        .your_event_mask;
    let mask = now.remove(EventMask::KEY_PRESS | EventMask::KEY_RELEASE);
    let change = ChangeWindowAttributesAux::new().event_mask(mask);
    theirs.change_window_attributes(window, &change)?.check()
}
