//! Hands out the dragged files: owns the selection that targets fetch them from.

use x11rb::connection::Connection;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::offer::Offer;

x11rb::atom_manager! {
    /// Names in the protocol.
    pub(super) Atoms: AtomsCookie {
        XdndAware, XdndProxy, XdndEnter, XdndLeave, XdndPosition, XdndStatus, XdndDrop,
        XdndFinished, XdndSelection, XdndActionCopy, XdndActionList, TARGETS,
        Uris: b"text/uri-list", Text: b"text/plain", Utf8: b"text/plain;charset=utf-8",
    }
}

/// The selection, as long as its connection.
pub(super) struct Selection {
    /// Its owner, which nobody sees.
    pub(super) window: Window,
    /// The server's time when it became that.
    pub(super) time: u32,
    offer: Offer,
}

impl Selection {
    pub(super) fn own(
        link: &RustConnection,
        atoms: &Atoms,
        root: Window,
        offer: Offer,
    ) -> Result<Self, ReplyOrIdError> {
        let window = link.generate_id()?;
        let look = CreateWindowAux::new()
            .override_redirect(1)
            .event_mask(EventMask::PROPERTY_CHANGE);
        let class = WindowClass::INPUT_ONLY;
        link.create_window(0, window, root, -9, -9, 1, 1, 0, class, 0, &look)?;
        let (list, actions) = (atoms.XdndActionList, [atoms.XdndActionCopy]);
        link.change_property32(PropMode::REPLACE, window, list, AtomEnum::ATOM, &actions)?
            .check()?;
        // The server's time comes only with events.
        let time = loop {
            if let Event::PropertyNotify(event) = link.wait_for_event()? {
                break event.time;
            }
        };
        link.set_selection_owner(window, atoms.XdndSelection, time)?
            .check()?;
        Ok(Self {
            window,
            time,
            offer,
        })
    }

    /// Answers a target, in the way that it asks for. Whether it got the files.
    pub(super) fn give(
        &self,
        link: &RustConnection,
        atoms: &Atoms,
        request: &SelectionRequestEvent,
    ) -> Result<bool, ReplyError> {
        let (to, kind) = (request.requestor, request.target);
        // Old programs leave the choice to us.
        let place = if request.property == x11rb::NONE {
            kind
        } else {
            request.property
        };
        let text = match kind {
            _ if request.selection != atoms.XdndSelection => None,
            _ if kind == atoms.Uris => Some(&self.offer.uris),
            _ if kind == atoms.Utf8 || kind == atoms.Text => Some(&self.offer.text),
            _ => None,
        };
        if let Some(text) = text {
            link.change_property8(PropMode::REPLACE, to, place, kind, text.as_bytes())?;
        } else if kind == atoms.TARGETS {
            let kinds = [atoms.TARGETS, atoms.Uris, atoms.Utf8, atoms.Text];
            link.change_property32(PropMode::REPLACE, to, place, AtomEnum::ATOM, &kinds)?;
        }
        let answered = text.is_some() || kind == atoms.TARGETS;
        let notify = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: to,
            selection: request.selection,
            target: kind,
            property: if answered { place } else { x11rb::NONE },
        };
        link.send_event(false, to, EventMask::NO_EVENT, notify)?;
        link.flush()?;
        Ok(text.is_some())
    }
}
