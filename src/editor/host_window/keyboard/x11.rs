//! The keyboard on X11. baseview selects key events for good, so that any key typed with the pointer over
//! its window would reach it and never the host; here its own connection is made to hear none, and one of
//! ours hears them, while a field is edited or the host has given the window the focus.

use raw_window_handle::{HasDisplayHandle, HasWindowHandle, RawWindowHandle};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{KEY_PRESS_EVENT, KeyPressEvent, Mapping, Window};

use super::focus::{POINTER_ROOT, Server, silence};
use super::reader::Reader;
use super::{RawKey, Typed};
use crate::editor::host_window::WindowFault;

/// Keys and focus of one window.
pub struct Keyboard {
    server: Server,
    window: Window,
    embedded: bool,
    /// Keys come to us.
    listens: bool,
    /// We took the focus.
    asked: bool,
    /// The host gave it.
    given: bool,
    /// Who had it before us.
    before: Option<Window>,
    reader: Reader,
    /// Down, as far as we have told.
    held: Vec<Typed>,
    /// Keycodes that the host saw go down.
    forwarded: Vec<u8>,
    /// A key that went up, unless the next event says that it repeats.
    up: Option<KeyPressEvent>,
    /// Read, and not yet told.
    ready: Vec<Typed>,
}

impl Keyboard {
    /// Keys of a baseview window, embedded in a host's or by itself. From now on baseview hears none.
    /// Needs the handle that has baseview's XCB connection, `WindowContext::platform_handle()`.
    pub fn new(
        window: &(impl HasDisplayHandle + HasWindowHandle),
        embedded: bool,
    ) -> Result<Self, WindowFault> {
        let display = window.display_handle().map_err(WindowFault::system)?;
        let id = match window
            .window_handle()
            .map_err(WindowFault::system)?
            .as_raw()
        {
            RawWindowHandle::Xcb(window) => window.window.get(),
            RawWindowHandle::Xlib(window) => {
                u32::try_from(window.window).map_err(WindowFault::system)?
            }
            _ => return Err(WindowFault::Foreign("an X11 window")),
        };
        let server = Server::connect(id)?;
        silence(display, id)?;
        if !embedded {
            server.select_keys(true);
        }
        Ok(Self {
            server,
            window: id,
            embedded,
            listens: !embedded,
            asked: false,
            given: false,
            before: None,
            reader: Reader::default(),
            held: Vec::new(),
            forwarded: Vec::new(),
            up: None,
            ready: Vec::new(),
        })
    }

    /// Whether a field is edited: takes the focus when that begins, and gives it back when it ends. After
    /// each frame.
    pub fn wants(&mut self, editing: bool) {
        if !self.embedded || editing == self.asked {
            return;
        }
        self.asked = editing;
        if editing {
            self.take();
        } else if !self.given {
            self.give_back();
        }
    }

    /// The keys since. Call at 60 Hz or so. While a field is edited, forward only those it has no use for,
    /// and that have a `key`: others are modifiers, or make up a character.
    pub fn poll(&mut self) -> Vec<Typed> {
        // A look costs about as much as all else that a window does at rest.
        if self.listens
            && !self.gather()
            && let Some(up) = self.up.take()
        {
            self.read(up, false);
        }
        std::mem::take(&mut self.ready)
    }

    /// Reads what has come; whether there were keys.
    fn gather(&mut self) -> bool {
        let mut some = false;
        while let Ok(Some(event)) = self.server.link.poll_for_event() {
            match event {
                Event::KeyPress(event) | Event::KeyRelease(event) if event.event == self.window => {
                    some = true;
                    self.sort(event);
                }
                Event::MappingNotify(event) if event.request != Mapping::POINTER => {
                    self.reader.forget_layout();
                }
                _ => {}
            }
        }
        some
    }

    /// A held key comes as pairs of release and press at the same time.
    fn sort(&mut self, event: KeyPressEvent) {
        let pressed = is_press(&event);
        let mut repeat = false;
        if let Some(up) = self.up.take() {
            repeat = pressed && up.detail == event.detail && up.time == event.time;
            if !repeat {
                self.read(up, false);
            }
        }
        if pressed {
            self.read(event, repeat);
        } else {
            self.up = Some(event);
        }
    }

    fn read(&mut self, event: KeyPressEvent, repeat: bool) {
        let raw = RawKey {
            keycode: event.detail,
            state: event.state.into(),
            time: event.time,
        };
        let typed = self
            .reader
            .read(&self.server.link, raw, is_press(&event), repeat);
        self.held.retain(|held| held.raw.keycode != raw.keycode);
        if typed.pressed {
            self.held.push(typed.clone());
        }
        self.ready.push(typed);
    }

    /// Sends the host a key that no field wants: to whoever had the focus before us, else to the host's
    /// window. Of keys that go up only those that it saw go down.
    pub fn forward(&mut self, key: &Typed) {
        let code = key.raw.keycode;
        let known = self.forwarded.contains(&code);
        if !self.embedded || !key.pressed && !known {
            return;
        }
        self.forwarded.retain(|it| *it != code);
        if key.pressed {
            self.forwarded.push(code);
        }
        let before = self
            .before
            .filter(|it| *it > POINTER_ROOT && self.server.viewable(*it));
        if let Some(to) = before.or_else(|| self.server.top()) {
            self.server.send_key(to, &key.raw, key.pressed);
        }
    }

    /// Whether the focus is elsewhere now; when the window hears that it lost it.
    pub fn focus_lost(&mut self) -> bool {
        let lost = self.server.focus() != Some(self.window);
        if lost && std::mem::take(&mut self.given) && !self.asked {
            self.listen(false);
        }
        lost
    }

    /// Takes the focus again, if a field is edited: the host, or the window manager, took it when the user
    /// clicked.
    pub fn retake(&mut self) {
        if self.asked && self.focus_lost() {
            self.take();
        }
    }

    /// Whether the host itself gave the window the focus; when the window hears that it has it. What it
    /// hears may be that only the pointer is in it, and the focus around it: that doesn't count.
    pub fn given(&mut self) -> bool {
        if self.embedded && !self.asked && !self.given && self.server.focus() == Some(self.window) {
            self.given = true;
            self.before = None;
            self.listen(true);
        }
        self.given
    }

    /// Whether the window can be seen.
    pub fn viewable(&self) -> bool {
        self.server.viewable(self.window)
    }

    /// Where on the screen the window is, pixels: left, top, right, bottom.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        self.server.bounds()
    }

    fn take(&mut self) {
        let now = self.server.focus();
        self.listen(true);
        if now == Some(self.window) {
            // Not our doing, so the host's, of which we haven't heard yet.
            self.given = true;
        } else {
            self.before = now;
            self.server.set_focus(self.window);
        }
    }

    /// Only if it is ours to give: the user may have gone elsewhere.
    fn give_back(&mut self) {
        self.listen(false);
        if self.server.focus() != Some(self.window) {
            return;
        }
        let usable =
            |to: &Window| *to == POINTER_ROOT || *to != x11rb::NONE && self.server.viewable(*to);
        if let Some(to) = self.before.filter(usable).or_else(|| self.server.top()) {
            self.server.set_focus(to);
        }
    }

    /// Whether keys come to us. What is down when they cease goes up.
    fn listen(&mut self, on: bool) {
        self.server.select_keys(on);
        self.listens = on;
        if on {
            return;
        }
        // Whose answer comes after the last key.
        self.server.focus();
        self.gather();
        self.up = None;
        self.reader.reset();
        let up = |held| Typed {
            text: None,
            pressed: false,
            repeat: false,
            ..held
        };
        self.ready.extend(self.held.drain(..).map(up));
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.wants(false);
    }
}

fn is_press(event: &KeyPressEvent) -> bool {
    event.response_type & 0x7f == KEY_PRESS_EVENT
}
