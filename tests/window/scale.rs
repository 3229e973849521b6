//! The window at every scale: of the desktop, of the host, and as the user zooms.

use clack_extensions::gui::{GuiConfiguration, GuiSize, Window};

use crate::embedded::{EMBEDDED, close, gui, open, run_until};
use crate::host::{Requests, STEMS, Session, load};
use crate::parent::Parent;
use crate::parent::picture::Picture;
use crate::seat::{CONTROL, Seat};
use crate::{RATE, alone};
use serde_json::json;

/// Opens the window in a host that says how many pixels a point is.
pub fn open_at(session: &mut Session, parent: &Parent, scale: f64) -> GuiSize {
    let gui = gui(session);
    let handle = session.instance.plugin_handle();
    let embedded: GuiConfiguration = EMBEDDED;
    gui.create(&handle, embedded).expect("a window is made");
    gui.set_scale(&handle, scale).expect("it takes the scale");
    let size = gui.get_size(&handle).expect("it has a size");
    parent.resize(size.width, size.height);
    let window = Window::from_x11_handle(parent.id().into());
    // SAFETY: the parent outlives every window of these tests.
    unsafe { gui.set_parent(&handle, window) }.expect("it goes where it belongs");
    gui.show(&handle).expect("it shows");
    size
}

fn drawn(session: &mut Session, parent: &Parent) -> Picture {
    run_until(session, "a picture", |_| parent.colours() > 50);
    // What fades in has come.
    let began = std::time::Instant::now();
    run_until(session, "rest", |_| began.elapsed().as_millis() > 700);
    parent.picture().expect("a picture")
}

/// The whole page is there, and no blown-up copy of the small one.
fn compare(small: &Picture, large: &Picture, scale: f64, name: &str) {
    large.keep(name);
    let size = |side: u32| (f64::from(side) * scale).round() as u32;
    assert_eq!(
        (large.width, large.height),
        (size(small.width), size(small.height))
    );
    let difference = small.difference(&large.scaled(small.width, small.height));
    let blown = small.scaled(large.width, large.height);
    let sharper = large.sharpness() / blown.sharpness();
    println!("{name}: {difference:.2} of 255 from the small one, {sharper:.2} as sharp as a copy");
    assert!(difference < 4.0, "{name}: {difference}");
}

#[test]
fn the_whole_page_is_there_at_every_scale() {
    let _alone = alone();
    let (parent, seat) = (Parent::new(), Seat::new());
    let entry = load();
    for plugin in [crate::host::CONSORT, STEMS] {
        let name = if plugin == STEMS { "stems" } else { "consort" };
        seat.set_dpi(Some(96));
        let mut session = Session::open_one(&entry, plugin, RATE, 512);
        open(&mut session, &parent);
        let small = drawn(&mut session, &parent);
        small.keep(&format!("{name} 96 dpi"));
        close(&mut session);
        parent.wait_until_empty();
        for dpi in [144, 192] {
            seat.set_dpi(Some(dpi));
            open(&mut session, &parent);
            let large = drawn(&mut session, &parent);
            compare(
                &small,
                &large,
                f64::from(dpi) / 96.0,
                &format!("{name} {dpi} dpi"),
            );
            close(&mut session);
            parent.wait_until_empty();
        }
        // What the host says goes before what the desktop says, but hosts say 1 that know of no scales.
        for (dpi, says, scale) in [
            (96, 1.0, 1.0),
            (144, 1.0, 1.5),
            (96, 1.5, 1.5),
            (144, 2.0, 2.0),
        ] {
            seat.set_dpi(Some(dpi));
            let mut session = Session::open_one(&entry, plugin, RATE, 512);
            open_at(&mut session, &parent, says);
            let large = drawn(&mut session, &parent);
            compare(
                &small,
                &large,
                scale,
                &format!("{name} host {says} at {dpi} dpi"),
            );
            close(&mut session);
            parent.wait_until_empty();
        }
        seat.set_dpi(None);
    }
}

#[test]
fn the_user_zooms_and_the_project_remembers() {
    let _alone = alone();
    let (parent, seat) = (Parent::new(), Seat::new());
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    open(&mut session, &parent);
    drawn(&mut session, &parent);
    seat.focus(parent.id());
    seat.click(200.0, 90.0);
    drawn(&mut session, &parent);
    seat.key(CONTROL, true);
    for _ in 0..3 {
        seat.strike('='.into());
    }
    seat.key(CONTROL, false);
    let asked = GuiSize {
        width: 1300,
        height: 965,
    };
    run_until(&mut session, "the host is asked", |session| {
        let asks = |shared: &Requests| shared.take_size();
        session.instance.access_shared_handler(asks) == Some(asked)
    });
    parent.resize(asked.width, asked.height);
    drawn(&mut session, &parent).keep("zoomed");
    let state = session.save();
    assert_eq!(state.field("window"), Some(json!([1000, 742, 1.3])));
    close(&mut session);
    parent.wait_until_empty();
    let mut other = Session::ready(&entry, RATE, 512);
    assert!(other.load(&state));
    assert_eq!(open(&mut other, &parent), asked, "in a project");
    close(&mut other);
}

/// A window of the size that it should have, in a host that gives it less.
#[test]
fn a_host_that_gives_too_little_room_gets_the_whole_page_smaller() {
    let _alone = alone();
    let parent = Parent::new();
    let mut session = Session::ready(&load(), RATE, 512);
    open(&mut session, &parent);
    let whole = drawn(&mut session, &parent);
    parent.resize(600, 480);
    let little = GuiSize {
        width: 600,
        height: 480,
    };
    let gui = gui(&mut session);
    gui.set_size(&session.instance.plugin_handle(), little)
        .expect("it takes the size");
    run_until(&mut session, "the new size", |_| {
        parent.children() == [(600, 480)]
    });
    let small = drawn(&mut session, &parent);
    small.keep("too small");
    // The files' row is the last one: something is written in the lowest part of both.
    let colours = |picture: &Picture| {
        let from = picture.pixels.len() * 14 / 15;
        let low = Picture {
            height: 1,
            width: (picture.pixels.len() - from) as u32,
            pixels: picture.pixels[from..].to_vec(),
        };
        low.colours()
    };
    assert!(colours(&whole) > 8 && colours(&small) > 8);
    close(&mut session);
}
