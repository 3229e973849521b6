//! Finds who takes what is dropped under the pointer. Windows may go while they are asked: then they don't.

use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, Window};
use x11rb::rust_connection::RustConnection;

use super::selection::Atoms;

/// Earlier protocols work otherwise.
const OLDEST: u32 = 3;
/// Ours.
const NEWEST: u32 = 5;

/// A window that takes drops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Target {
    /// The one in the messages.
    pub(super) window: Window,
    /// The one they are sent to, which may stand in for the other.
    pub(super) to: Window,
    /// The protocol spoken with it.
    pub(super) version: u32,
}

/// Where the pointer is.
pub(super) struct Under {
    pub(super) target: Option<Target>,
    pub(super) at: (i16, i16),
}

/// The deepest window under the pointer that takes drops; none in `ours`. None if the server is gone.
pub(super) fn under_pointer(
    link: &RustConnection,
    atoms: &Atoms,
    root: Window,
    ours: Window,
) -> Option<Under> {
    let pointer = link.query_pointer(root).ok()?.reply().ok()?;
    let at = (pointer.root_x, pointer.root_y);
    let mut under = Under {
        target: aware(link, atoms, root),
        at,
    };
    let mut window = root;
    loop {
        let place = link.translate_coordinates(root, window, at.0, at.1).ok()?;
        window = place.reply().map_or(x11rb::NONE, |place| place.child);
        if window == ours {
            under.target = None;
        }
        if window == x11rb::NONE || window == ours {
            return Some(under);
        }
        under.target = aware(link, atoms, window).or(under.target);
    }
}

/// A window, if it takes drops, itself or by another.
fn aware(link: &RustConnection, atoms: &Atoms, window: Window) -> Option<Target> {
    let get = |of, name, kind: AtomEnum| {
        let value = link
            .get_property(false, of, name, kind, 0, 1)
            .ok()?
            .reply()
            .ok()?;
        value.value32()?.next()
    };
    let proxy = |of| get(of, atoms.XdndProxy, AtomEnum::WINDOW);
    let version = |of| get(of, atoms.XdndAware, AtomEnum::ANY);
    // One that isn't its own was left behind by a program that is no more.
    let to = proxy(window)
        .filter(|to| proxy(*to) == Some(*to))
        .unwrap_or(window);
    let version = version(to)
        .or_else(|| version(window))
        .filter(|it| *it >= OLDEST)?;
    Some(Target {
        window,
        to,
        version: version.min(NEWEST),
    })
}
