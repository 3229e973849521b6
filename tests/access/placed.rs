//! An element is told to be where it is drawn, and what has the keyboard is marked there.

use std::time::Duration;

use clack_extensions::gui::Window;
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _};

use crate::embedded::{EMBEDDED, close, gui, run_until};
use crate::host::{CONSORT, Session, load};
use crate::parent::Parent;
use crate::parent::picture::Picture;
use crate::reader::FOCUSED;
use crate::{RATE, alone, find, named, rest, wait};

/// How far the frame around an element may be from it, points: it lies around, and is two wide.
const NEAR: f64 = 3.0;

fn open_at(session: &mut Session, parent: &Parent, scale: f64) {
    let gui = gui(session);
    let handle = session.instance.plugin_handle();
    gui.create(&handle, EMBEDDED).expect("a window is made");
    gui.set_scale(&handle, scale).expect("it takes the scale");
    let size = gui.get_size(&handle).expect("it has a size");
    parent.resize(size.width, size.height);
    let window = Window::from_x11_handle(parent.id().into());
    // SAFETY: the parent outlives every window of these tests.
    unsafe { gui.set_parent(&handle, window) }.expect("it goes where it belongs");
    gui.show(&handle).expect("it shows");
}

/// Moves the host's window to a place on the screen.
fn place(parent: &Parent, x: i32, y: i32) {
    let (connection, _) = x11rb::connect(None).expect("a display");
    let place = ConfigureWindowAux::new().x(x).y(y);
    let done = connection.configure_window(parent.id(), &place);
    done.expect("the display is there")
        .check()
        .expect("it goes there");
}

/// The bounds of what differs within a part of two pictures: left, top, right, bottom.
fn changed(a: &Picture, b: &Picture, [left, top, right, bottom]: [i32; 4]) -> Option<[i32; 4]> {
    let mut bounds: Option<[i32; 4]> = None;
    for y in top.max(0)..bottom.min(a.height as i32) {
        for x in left.max(0)..right.min(a.width as i32) {
            let at = y as usize * a.width as usize + x as usize;
            if a.pixels[at] != b.pixels[at] {
                let [l, t, r, b] = bounds.unwrap_or([x, y, x + 1, y + 1]);
                bounds = Some([l.min(x), t.min(y), r.max(x + 1), b.max(y + 1)]);
            }
        }
    }
    bounds
}

#[test]
fn an_element_is_where_it_is_drawn_and_marked_when_it_has_the_keyboard() {
    let (_alone, reader) = alone();
    let (parent, entry) = (Parent::new(), load());
    for scale in [1.0, 2.0] {
        let mut session = Session::open_one(&entry, CONSORT, RATE, 512);
        let session = &mut session;
        open_at(session, &parent, scale);
        run_until(session, "elements", |_| reader.elements().len() > 20);
        let folder = find(session, reader, "entry", "Folder");
        let [left, top, ..] = reader.place(&folder).expect("a place");
        for (x, y) in [(0, 0), (140, 70)] {
            place(&parent, x, y);
            // Nothing in the window changes: it is seen all the same, from time to time.
            wait(session, reader, "the new place", |_| {
                let now = reader.place(&folder);
                now.is_some_and(|[x_now, y_now, ..]| (x_now, y_now) == (left + x, top + y))
            });
            for (role, name) in [
                ("slider", "Level"),
                ("button", "Generate"),
                ("page tab", "Library page"),
                ("button", "Capture"),
                ("slider", "Variation amount"),
                ("button", "C4"),
            ] {
                let before = parent.picture().expect("a picture");
                let element = find(session, reader, role, name);
                reader.focus(&element);
                wait(session, reader, &format!("focus on {name}"), |all| {
                    named(all, role, name).is_some_and(|it| it.is(FOCUSED))
                });
                let [left, top, width, height] = reader.place(&element).expect("a place");
                let told = [left - x, top - y, left - x + width, top - y + height];
                // Around it, as far as it matters.
                let room = (40.0 * scale) as i32;
                let around = [
                    told[0] - room,
                    told[1] - room,
                    told[2] + room,
                    told[3] + room,
                ];
                let mut drawn = None;
                run_until(session, &format!("the mark on {name}"), |_| {
                    let now = parent.picture().expect("a picture");
                    drawn = changed(&before, &now, around);
                    drawn.is_some()
                });
                rest(session, Duration::from_millis(150));
                let now = parent.picture().expect("a picture");
                now.keep(&format!("focus on {name} at {scale}"));
                let drawn = changed(&before, &now, around).expect("a mark");
                let far = told.iter().zip(&drawn).map(|(a, b)| (a - b).abs());
                let far = f64::from(far.max().unwrap_or(0)) / scale;
                assert!(
                    far <= NEAR,
                    "{name} at {scale}: told {told:?}, drawn {drawn:?}"
                );
            }
        }
        place(&parent, 0, 0);
        close(session);
    }
}
