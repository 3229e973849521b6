//! The plugin's windows as a screen reader has them, over AT-SPI, on buses of their own. Needs a display.
#![cfg(target_os = "linux")]

mod asked;
mod bus;
#[path = "../window/embedded.rs"]
mod embedded;
#[path = "../host/mod.rs"]
mod host;
mod lasting;
#[path = "../window/parent.rs"]
#[expect(dead_code, reason = "the window's tests use all of it")]
mod parent;
mod placed;
mod reader;
#[path = "../window/seat.rs"]
#[expect(dead_code, reason = "the window's tests use all of it")]
mod seat;
mod told;

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use embedded::{open, run_until};
use host::Session;
use parent::Parent;
use reader::{Element, Reader};
use tempfile::TempDir;

const RATE: f64 = 48_000.0;

/// One test at a time, with a screen reader that is there for all of them.
fn alone() -> (MutexGuard<'static, ()>, &'static Reader) {
    static ONE: Mutex<()> = Mutex::new(());
    static READER: OnceLock<(TempDir, Reader)> = OnceLock::new();
    let alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (_, reader) = READER.get_or_init(|| {
        let folder = bus::start();
        (folder, Reader::new())
    });
    (alone, reader)
}

/// Opens a window, and waits until the screen reader has it.
fn show(session: &mut Session, parent: &Parent, reader: &Reader) {
    open(session, parent);
    run_until(session, "the window's elements", |_| {
        reader.elements().len() > 20
    });
    run_until(session, "a picture", |_| parent.colours() > 30);
}

/// The host goes on until `enough` holds of what there is in the window.
fn wait(
    session: &mut Session,
    reader: &Reader,
    what: &str,
    enough: impl Fn(&[Element]) -> bool,
) -> Vec<Element> {
    let mut last = Vec::new();
    run_until(session, what, |_| {
        last = reader.elements();
        enough(&last)
    });
    last
}

/// An element by its role and name.
fn named<'e>(elements: &'e [Element], role: &str, name: &str) -> Option<&'e Element> {
    let fits = |element: &&Element| element.role == role && element.name == name;
    elements.iter().find(fits)
}

/// The same; waits for it.
fn find(session: &mut Session, reader: &Reader, role: &str, name: &str) -> Element {
    let what = format!("{role} “{name}”");
    let is_there = |elements: &[Element]| named(elements, role, name).is_some();
    let elements = wait(session, reader, &what, is_there);
    named(&elements, role, name).expect("it was there").clone()
}

/// A while of the host's own.
fn rest(session: &mut Session, length: Duration) {
    let began = Instant::now();
    run_until(session, "rest", |_| began.elapsed() > length);
}
