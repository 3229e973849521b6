//! A host's window for the plugin's to lie in, and a look at what is in it.

use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ButtonPressEvent, ConfigureWindowAux, ConnectionExt,
    CreateWindowAux, EventMask, ImageFormat, KeyButMask, MOTION_NOTIFY_EVENT, WindowClass,
};
use x11rb::rust_connection::RustConnection;

#[path = "picture.rs"]
pub mod picture;

use picture::Picture;

/// A window on the display.
pub struct Parent {
    connection: RustConnection,
    window: u32,
}

impl Parent {
    pub fn new() -> Parent {
        let (connection, screen) = x11rb::connect(None)
            .expect("these tests need a display: run `cargo xtask test`, or set DISPLAY");
        let window = connection.generate_id().expect("an id");
        let root = &connection.setup().roots[screen];
        connection
            .create_window(
                root.root_depth,
                window,
                root.root,
                0,
                0,
                1000,
                722,
                0,
                WindowClass::INPUT_OUTPUT,
                root.root_visual,
                &CreateWindowAux::new()
                    // No window manager may move or frame it.
                    .override_redirect(1)
                    .event_mask(EventMask::KEY_PRESS)
                    .background_pixel(root.white_pixel),
            )
            .and_then(|_| connection.map_window(window))
            .expect("the display is there")
            .check()
            .expect("a window is made");
        Parent { connection, window }
    }

    pub fn id(&self) -> u32 {
        self.window
    }

    pub fn resize(&self, width: u32, height: u32) {
        let size = ConfigureWindowAux::new().width(width).height(height);
        self.connection
            .configure_window(self.window, &size)
            .expect("the display is there")
            .check()
            .expect("it takes the size");
    }

    /// Sizes of the windows in it.
    pub fn children(&self) -> Vec<(u32, u32)> {
        let ids = self.ids().into_iter();
        ids.filter_map(|id| self.size(id)).collect()
    }

    /// Waits until there are none: the display hears of a closed window a little later.
    pub fn wait_until_empty(&self) {
        let began = Instant::now();
        while !self.ids().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(5), "a window is left");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn ids(&self) -> Vec<u32> {
        let tree = self.connection.query_tree(self.window);
        tree.expect("the display is there")
            .reply()
            .expect("it lists windows")
            .children
    }

    /// `None` when it has gone meanwhile.
    fn size(&self, window: u32) -> Option<(u32, u32)> {
        let geometry = self.connection.get_geometry(window);
        let found = geometry.expect("the display is there").reply().ok()?;
        Some((found.width.into(), found.height.into()))
    }

    /// Clicks into the window in it.
    pub fn click(&self, x: f32, y: f32) {
        self.press(x, y);
        self.release(x, y);
    }

    /// Moves the pointer there and presses its first button.
    pub fn press(&self, x: f32, y: f32) {
        let [moved, pressed, _] = self.pointer(x, y, KeyButMask::default());
        self.point(moved);
        self.point(pressed);
    }

    /// Moves the pointer with its button held.
    pub fn drag(&self, x: f32, y: f32) {
        let [moved, ..] = self.pointer(x, y, KeyButMask::BUTTON1);
        self.point(moved);
    }

    /// Lets the button go.
    pub fn release(&self, x: f32, y: f32) {
        let [.., released] = self.pointer(x, y, KeyButMask::BUTTON1);
        self.point(released);
    }

    fn point(&self, event: ButtonPressEvent) {
        self.send(event.event, event);
        // Longer than a frame: what happens within one is one.
        std::thread::sleep(Duration::from_millis(60));
    }

    /// Moved, pressed, let go: all three are of one form.
    fn pointer(&self, x: f32, y: f32, state: KeyButMask) -> [ButtonPressEvent; 3] {
        let child = *self.ids().first().expect("a window is open");
        let of = |response_type, detail| ButtonPressEvent {
            response_type,
            detail,
            sequence: 0,
            time: x11rb::CURRENT_TIME,
            root: self.connection.setup().roots[0].root,
            event: child,
            child: x11rb::NONE,
            root_x: x as i16,
            root_y: y as i16,
            event_x: x as i16,
            event_y: y as i16,
            state,
            same_screen: true,
        };
        [
            of(MOTION_NOTIFY_EVENT, 0),
            of(BUTTON_PRESS_EVENT, 1),
            of(BUTTON_RELEASE_EVENT, 1),
        ]
    }

    fn send(&self, child: u32, event: impl Into<[u8; 32]>) {
        self.connection
            .send_event(false, child, EventMask::NO_EVENT, event)
            .expect("the display is there")
            .check()
            .expect("it passes events on");
    }

    /// What the host's own window heard since the last look.
    pub fn events(&self) -> Vec<Event> {
        let next = || {
            self.connection
                .poll_for_event()
                .expect("the display is there")
        };
        std::iter::from_fn(next).collect()
    }

    /// The window in it.
    pub fn child(&self) -> Option<u32> {
        self.ids().first().copied()
    }

    /// Gives the window in it to another host's window, as hosts do that dock and float.
    pub fn hand_over(&self, other: &Parent) {
        let &child = self.ids().first().expect("a window is open");
        self.connection
            .reparent_window(child, other.window, 0, 0)
            .expect("the display is there")
            .check()
            .expect("it goes");
    }

    /// Shows or hides the host's window.
    pub fn map(&self, shown: bool) {
        let done = if shown {
            self.connection.map_window(self.window)
        } else {
            self.connection.unmap_window(self.window)
        };
        done.expect("the display is there")
            .check()
            .expect("it does");
    }

    /// The picture of the window in it, once there is one.
    pub fn picture(&self) -> Option<Picture> {
        let &child = self.ids().first()?;
        let (width, height) = self.size(child)?;
        self.part((0, 0), (width, height))
    }

    /// A part of it: left and top, width and height.
    pub fn part(&self, (left, top): (i16, i16), (width, height): (u32, u32)) -> Option<Picture> {
        let &child = self.ids().first()?;
        let (across, down) = (width as u16, height as u16);
        let image = self
            .connection
            .get_image(
                ImageFormat::Z_PIXMAP,
                child,
                left,
                top,
                across,
                down,
                u32::MAX,
            )
            .expect("the display is there")
            .reply();
        // A window that isn't shown yet has none.
        let data = image.ok()?.data;
        let pixels = data.chunks(4).map(|p| [p[2], p[1], p[0]]).collect();
        Some(Picture {
            width,
            height,
            pixels,
        })
    }

    /// How many colours the window in it shows: one or none before it has drawn.
    pub fn colours(&self) -> usize {
        let picture = self.picture();
        picture.map_or(0, |picture| picture.colours())
    }
}

impl Drop for Parent {
    fn drop(&mut self) {
        let _ = self.connection.destroy_window(self.window);
        let _ = self.connection.flush();
    }
}
