//! The source of a drag by XDND: it tells the window under the pointer that something comes, and where; one
//! message at a time, the next when that is answered. When the button goes up it waits for the last answer,
//! says "drop", and hands out the data. Has a connection and a window of its own.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{Atom, ClientMessageEvent, ConnectionExt, EventMask, Window};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::offer::Offer;
use super::selection::{Atoms, Selection};
use super::target::{Target, under_pointer};
use crate::editor::host_window::WindowFault;

/// How long a target may take to answer once the button is up.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// The button is down.
    Dragging,
    /// It is up, and the target's last answer not in.
    Letting,
    /// The target fetches the files.
    Dropped,
    Over(bool),
}

/// Files on their way out of the window.
pub struct DragOut {
    link: RustConnection,
    atoms: Atoms,
    root: Window,
    selection: Selection,
    /// Our own window is no place to drop on.
    ours: Window,
    target: Option<Target>,
    /// Of the pointer, and what the target was told last.
    at: (i16, i16),
    told: Option<(i16, i16)>,
    /// It hasn't answered that.
    waiting: bool,
    accepts: bool,
    /// The pointer moved since it was last looked for.
    stirred: bool,
    state: State,
    /// Of the last thing that happened since the button went up.
    since: Instant,
    /// The target has had the files.
    fetched: bool,
}

impl DragOut {
    /// Begins with the button down in `ours`.
    pub fn begin(paths: &[PathBuf], ours: &impl HasWindowHandle) -> Result<Self, WindowFault> {
        let offer = Offer::new(paths).map_err(WindowFault::system)?;
        let ours = match ours.window_handle().map_err(WindowFault::system)?.as_raw() {
            RawWindowHandle::Xcb(window) => window.window.get(),
            RawWindowHandle::Xlib(window) => {
                u32::try_from(window.window).map_err(WindowFault::system)?
            }
            _ => return Err(WindowFault::Foreign("an X11 window")),
        };
        let (link, screen) = x11rb::connect(None).map_err(WindowFault::system)?;
        let root = link
            .setup()
            .roots
            .get(screen)
            .ok_or(WindowFault::Missing("screen"))?
            .root;
        let atoms = Atoms::new(&link)
            .map_err(WindowFault::system)?
            .reply()
            .map_err(WindowFault::system)?;
        let selection = Selection::own(&link, &atoms, root, offer).map_err(WindowFault::system)?;
        Ok(Self {
            link,
            atoms,
            root,
            selection,
            ours,
            target: None,
            at: (0, 0),
            told: None,
            waiting: false,
            accepts: false,
            stirred: true,
            state: State::Dragging,
            since: Instant::now(),
            fetched: false,
        })
    }

    /// Whether the files were taken, once it is over. By the target's own word: Ardour 7 takes them and
    /// says that it did not.
    pub fn over(&self) -> Option<bool> {
        match self.state {
            State::Over(taken) => Some(taken),
            _ => None,
        }
    }

    /// The pointer moved. The target hears it at the next [`serve`](Self::serve): a mouse may move a
    /// thousand times a second.
    pub fn moved(&mut self) {
        self.stirred = true;
    }

    /// The button was let go.
    pub fn released(&mut self) {
        if self.state == State::Dragging {
            self.follow();
            self.state = State::Letting;
            self.since = Instant::now();
            self.serve();
        }
    }

    /// The user thought better of it.
    fn cancel(&mut self) {
        if matches!(self.state, State::Dragging | State::Letting) {
            self.leave();
            self.state = State::Over(false);
        }
    }

    /// Goes on; at each tick of the window's timer until it is [`over`](Self::over).
    pub fn serve(&mut self) {
        loop {
            match self.link.poll_for_event() {
                Ok(Some(event)) => self.hear(event),
                Ok(None) => break,
                Err(_) => self.state = State::Over(false),
            }
            if self.over().is_some() {
                break;
            }
        }
        let late = self.since.elapsed() > PATIENCE;
        match self.state {
            State::Dragging if std::mem::take(&mut self.stirred) => self.follow(),
            State::Dragging => self.tell(),
            State::Letting => self.let_go(late),
            State::Dropped if late => self.state = State::Over(self.fetched),
            State::Dropped | State::Over(_) => {}
        }
    }

    /// Looks for who is under the pointer now.
    fn follow(&mut self) {
        let Some(under) = under_pointer(&self.link, &self.atoms, self.root, self.ours) else {
            return;
        };
        self.at = under.at;
        if self.target != under.target {
            self.leave();
            self.target = under.target;
            if let Some(target) = self.target {
                let Atoms {
                    Uris, Utf8, Text, ..
                } = self.atoms;
                self.send(
                    self.atoms.XdndEnter,
                    [target.version << 24, Uris, Utf8, Text],
                );
            }
        }
        self.tell();
    }

    /// Tells the target where the pointer is, if it has answered and doesn't know.
    fn tell(&mut self) {
        if self.target.is_none() || self.waiting || self.told == Some(self.at) {
            return;
        }
        let [x, y] = [self.at.0, self.at.1].map(|it| u32::from(it.cast_unsigned()));
        self.send(
            self.atoms.XdndPosition,
            [
                0,
                x << 16 | y,
                self.selection.time,
                self.atoms.XdndActionCopy,
            ],
        );
        self.told = Some(self.at);
        self.waiting = true;
    }

    /// The button is up: drops as soon as the target has agreed to the last place.
    fn let_go(&mut self, late: bool) {
        self.tell();
        if self.target.is_none() || late || !self.waiting && !self.accepts {
            self.leave();
            self.state = State::Over(false);
        } else if !self.waiting {
            self.send(self.atoms.XdndDrop, [0, self.selection.time, 0, 0]);
            self.state = State::Dropped;
            self.since = Instant::now();
        }
    }

    fn leave(&mut self) {
        self.send(self.atoms.XdndLeave, [0; 4]);
        (self.target, self.told) = (None, None);
        (self.waiting, self.accepts) = (false, false);
    }

    /// A message to the target, if there is one.
    fn send(&self, kind: Atom, data: [u32; 4]) {
        let Some(target) = self.target else {
            return;
        };
        let all = [self.selection.window, data[0], data[1], data[2], data[3]];
        let event = ClientMessageEvent::new(32, target.window, kind, all);
        let _ = self
            .link
            .send_event(false, target.to, EventMask::NO_EVENT, event);
        let _ = self.link.flush();
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::ClientMessage(event) => self.answer(&event),
            Event::SelectionRequest(request) => {
                let given = self.selection.give(&self.link, &self.atoms, &request);
                self.fetched |= given.unwrap_or(false) && self.state == State::Dropped;
                self.since = Instant::now();
            }
            Event::Error(error) => {
                let gone = self
                    .target
                    .is_some_and(|it| [it.window, it.to].contains(&error.bad_value));
                if gone {
                    // Nobody to say goodbye to.
                    self.target = None;
                    self.leave();
                    self.stirred = true;
                    if self.state != State::Dragging {
                        self.state = State::Over(self.fetched);
                    }
                }
            }
            _ => {}
        }
    }

    /// What the target says.
    fn answer(&mut self, event: &ClientMessageEvent) {
        let [from, flags, ..] = event.data.as_data32();
        let Some(target) = self.target.filter(|it| [it.window, it.to].contains(&from)) else {
            return;
        };
        let yes = flags & 1 == 1;
        if event.type_ == self.atoms.XdndStatus && self.state != State::Dropped {
            self.accepts = yes;
            self.waiting = false;
        } else if event.type_ == self.atoms.XdndFinished && self.state == State::Dropped {
            // Older ones don't say.
            self.state = State::Over(yes || target.version < 5);
        }
    }
}

impl Drop for DragOut {
    fn drop(&mut self) {
        self.cancel();
        // Or the last message may be lost with the connection.
        let _ = self.link.sync();
    }
}
