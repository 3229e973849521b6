//! The other side of a drag between programs (XDND): one that drags files into a window, and one that takes
//! them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndAware, XdndEnter, XdndLeave, XdndPosition, XdndStatus, XdndDrop, XdndFinished,
        XdndSelection, XdndActionCopy, Uris: b"text/uri-list", Given: b"GIVEN",
    }
}

/// Longer than any step takes.
const LIMIT: Duration = Duration::from_secs(10);

/// A program's window, with what XDND needs.
struct Side {
    connection: RustConnection,
    atoms: Atoms,
    window: u32,
}

impl Side {
    fn new(left: i16, size: u16) -> Side {
        let (connection, screen) = x11rb::connect(None).expect("a display");
        let atoms = Atoms::new(&connection)
            .expect("atoms")
            .reply()
            .expect("atoms");
        let root = connection.setup().roots[screen].root;
        let window = connection.generate_id().expect("an id");
        let look = CreateWindowAux::new().override_redirect(1);
        let class = WindowClass::INPUT_OUTPUT;
        connection
            .create_window(0, window, root, left, 0, size, size, 0, class, 0, &look)
            .expect("the display is there")
            .check()
            .expect("a window");
        Side {
            connection,
            atoms,
            window,
        }
    }

    fn send(&self, to: u32, kind: u32, data: [u32; 4]) {
        let [a, b, c, d] = data;
        let event = ClientMessageEvent::new(32, to, kind, [self.window, a, b, c, d]);
        self.connection
            .send_event(false, to, EventMask::NO_EVENT, event)
            .expect("the display is there")
            .check()
            .expect("it passes events on");
    }

    /// Waits for an event that `look` makes something of.
    fn wait<T>(&self, what: &str, mut look: impl FnMut(&Event) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            let event = self
                .connection
                .poll_for_event()
                .expect("the display is there");
            if let Some(found) = event.as_ref().and_then(&mut look) {
                return found;
            }
            assert!(began.elapsed() < LIMIT, "{what}: not after {LIMIT:?}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Drags a file over a window and lets it go there, at a point of the screen.
pub fn drop_file(file: &Path, window: u32, (x, y): (u32, u32)) {
    let side = Side::new(-9, 1);
    let atoms = &side.atoms;
    let owned =
        side.connection
            .set_selection_owner(side.window, atoms.XdndSelection, x11rb::CURRENT_TIME);
    owned
        .expect("the display is there")
        .check()
        .expect("it is ours");
    side.send(window, atoms.XdndEnter, [5 << 24, atoms.Uris, 0, 0]);
    let uri = format!("file://{}\r\n", file.display());
    let at = [0, x << 16 | y, x11rb::CURRENT_TIME, atoms.XdndActionCopy];
    side.send(window, atoms.XdndPosition, at);
    let mut dropped = false;
    side.wait("the drop", |event| match event {
        Event::ClientMessage(event) if event.type_ == atoms.XdndStatus && !dropped => {
            assert_eq!(event.data.as_data32()[1] & 1, 1, "it takes files");
            dropped = true;
            side.send(window, atoms.XdndDrop, [0, x11rb::CURRENT_TIME, 0, 0]);
            None
        }
        Event::ClientMessage(event) => (event.type_ == atoms.XdndFinished).then_some(()),
        Event::SelectionRequest(asked) => {
            side.connection
                .change_property8(
                    PropMode::REPLACE,
                    asked.requestor,
                    asked.property,
                    asked.target,
                    uri.as_bytes(),
                )
                .expect("the display is there");
            let answer = SelectionNotifyEvent {
                response_type: SELECTION_NOTIFY_EVENT,
                sequence: 0,
                time: asked.time,
                requestor: asked.requestor,
                selection: asked.selection,
                target: asked.target,
                property: asked.property,
            };
            side.connection
                .send_event(false, asked.requestor, EventMask::NO_EVENT, answer)
                .and_then(|_| side.connection.flush())
                .expect("the display is there");
            None
        }
        _ => None,
    });
}

/// A window of another program that takes files.
pub struct Taker(Side);

impl Taker {
    /// A square at the left edge of the screen's right part.
    pub fn new(left: i16, size: u16) -> Taker {
        let side = Side::new(left, size);
        side.connection
            .change_property32(
                PropMode::REPLACE,
                side.window,
                side.atoms.XdndAware,
                AtomEnum::ATOM,
                &[5],
            )
            .and_then(|_| side.connection.map_window(side.window))
            .expect("the display is there")
            .check()
            .expect("it is shown");
        Taker(side)
    }

    /// Waits for files to be let go over it.
    pub fn take(&self) -> Vec<PathBuf> {
        let (side, atoms) = (&self.0, &self.0.atoms);
        let source = side.wait("the drop", |event| {
            let Event::ClientMessage(event) = event else {
                return None;
            };
            let source = event.data.as_data32()[0];
            if event.type_ == atoms.XdndPosition {
                side.send(source, atoms.XdndStatus, [1, 0, 0, atoms.XdndActionCopy]);
            }
            (event.type_ == atoms.XdndDrop).then_some(source)
        });
        let (from, kind, to) = (atoms.XdndSelection, atoms.Uris, atoms.Given);
        side.connection
            .convert_selection(side.window, from, kind, to, x11rb::CURRENT_TIME)
            .expect("the display is there")
            .check()
            .expect("it is asked for");
        side.wait("the files", |event| {
            matches!(event, Event::SelectionNotify(event) if event.property == to).then_some(())
        });
        let given = side
            .connection
            .get_property(true, side.window, to, AtomEnum::ANY, 0, 4096)
            .expect("the display is there")
            .reply()
            .expect("they are given");
        side.send(source, atoms.XdndFinished, [1, atoms.XdndActionCopy, 0, 0]);
        let text = String::from_utf8(given.value).expect("addresses");
        text.lines().map(path).collect()
    }
}

/// The path of a `file://` address.
fn path(uri: &str) -> PathBuf {
    let coded = uri
        .strip_prefix("file://")
        .expect("a file's address")
        .as_bytes();
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < coded.len() {
        if coded[at] == b'%' {
            let digits = std::str::from_utf8(&coded[at + 1..at + 3]).expect("two digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("they are hexadecimal"));
            at += 3;
        } else {
            bytes.push(coded[at]);
            at += 1;
        }
    }
    PathBuf::from(String::from_utf8(bytes).expect("a name"))
}
