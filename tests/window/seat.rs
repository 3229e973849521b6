//! A musician at the display: pointer and keyboard as the server itself has them, so that keys go where the
//! focus is.

use std::time::Duration;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, InputFocus, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// Longer than a frame: what happens within one is one.
const FRAME: Duration = Duration::from_millis(60);

/// Key symbols by their names.
pub const ENTER: u32 = 0xff0d;
pub const ESCAPE: u32 = 0xff1b;
pub const TAB: u32 = 0xff09;
pub const CONTROL: u32 = 0xffe3;
pub const F5: u32 = 0xffc2;

pub struct Seat {
    connection: RustConnection,
    root: u32,
    /// Symbols of each key code, and the first code.
    keys: (u8, Vec<Vec<u32>>),
}

impl Seat {
    pub fn new() -> Seat {
        let (connection, screen) = x11rb::connect(None).expect("a display");
        let root = connection.setup().roots[screen].root;
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = connection
            .get_keyboard_mapping(first, last - first + 1)
            .expect("the display is there")
            .reply()
            .expect("it has keys");
        let each = usize::from(mapping.keysyms_per_keycode);
        let rows = mapping.keysyms.chunks(each).map(<[u32]>::to_vec).collect();
        Seat {
            connection,
            root,
            keys: (first, rows),
        }
    }

    fn fake(&self, kind: u8, detail: u8, (x, y): (i16, i16)) {
        self.connection
            .xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root, x, y, 0)
            .expect("the display is there")
            .check()
            .expect("it takes input");
    }

    /// Moves the pointer, pixels of the screen.
    pub fn point(&self, x: f32, y: f32) {
        self.fake(MOTION_NOTIFY_EVENT, 0, (x as i16, y as i16));
        std::thread::sleep(FRAME);
    }

    /// The same, without a rest.
    pub fn glide(&self, x: f32, y: f32) {
        self.fake(MOTION_NOTIFY_EVENT, 0, (x as i16, y as i16));
    }

    pub fn button(&self, down: bool) {
        let kind = if down {
            BUTTON_PRESS_EVENT
        } else {
            BUTTON_RELEASE_EVENT
        };
        self.fake(kind, 1, (0, 0));
        std::thread::sleep(FRAME);
    }

    pub fn click(&self, x: f32, y: f32) {
        self.point(x, y);
        self.button(true);
        self.button(false);
    }

    fn code(&self, symbol: u32) -> u8 {
        let (first, rows) = &self.keys;
        let row = rows.iter().position(|row| row[0] == symbol);
        first + row.expect("a key of the keyboard") as u8
    }

    pub fn key(&self, symbol: u32, down: bool) {
        let kind = if down {
            KEY_PRESS_EVENT
        } else {
            KEY_RELEASE_EVENT
        };
        self.fake(kind, self.code(symbol), (0, 0));
    }

    pub fn strike(&self, symbol: u32) {
        self.key(symbol, true);
        self.key(symbol, false);
        std::thread::sleep(FRAME);
    }

    /// Types small letters and spaces, quickly.
    pub fn write(&self, text: &str) {
        for letter in text.chars() {
            self.key(letter.into(), true);
            self.key(letter.into(), false);
            std::thread::sleep(Duration::from_millis(12));
        }
        std::thread::sleep(FRAME);
    }

    pub fn focus(&self, window: u32) {
        self.connection
            .set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)
            .expect("the display is there")
            .check()
            .expect("it can be focused");
    }

    pub fn focused(&self) -> u32 {
        let focus = self.connection.get_input_focus();
        focus
            .expect("the display is there")
            .reply()
            .expect("somebody has it")
            .focus
    }

    /// Says how large the user wants everything; `None` for nothing.
    pub fn set_dpi(&self, dpi: Option<u32>) {
        use x11rb::protocol::xproto::{AtomEnum, PropMode};
        use x11rb::wrapper::ConnectionExt as _;
        let text = dpi.map_or(String::new(), |dpi| format!("Xft.dpi:\t{dpi}\n"));
        self.connection
            .change_property8(
                PropMode::REPLACE,
                self.root,
                AtomEnum::RESOURCE_MANAGER,
                AtomEnum::STRING,
                text.as_bytes(),
            )
            .expect("the display is there")
            .check()
            .expect("it keeps resources");
    }
}

/// The keys among a host's events, as symbols: those that went down.
pub fn pressed(seat: &Seat, events: &[Event]) -> Vec<u32> {
    let (first, rows) = &seat.keys;
    let symbol = |code: u8| rows[usize::from(code - first)][0];
    events
        .iter()
        .filter_map(|event| match event {
            Event::KeyPress(key) => Some(symbol(key.detail)),
            _ => None,
        })
        .collect()
}
