//! The library's work, on a thread of its own for the whole process: the generator must not wait for
//! a disk, nor the disk for the generator.
//!
//! An instance has a [`Librarian`]. It asks for instruments that are like words, a sound or another
//! instrument, adds files, marks and removes entries, and looks at [`Shelf`]s.
//!
//! | module | what it is |
//! |---|---|
//! | `shelf` | what instances see |
//! | [`ear`] | how sounds and instruments are heard |
//! | `thread` | the thread: asks first, then one file at a time |
//! | `asking` | what is asked for, in the library's words |
//! | `fetching` | an entry on its way to be played |
//! | `fault` | why something can't be done |
//! | `adding` | files on their way into the library |
//! | `changes` | what can be undone |

mod adding;
mod asking;
mod changes;
pub mod ear;
mod fault;
mod fetching;
mod shelf;
mod thread;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use super::snapshot::Listener;
use crate::instrument::Instrument;
use crate::library::EntryId;
pub use fault::{EntryFault, LibrarianFault};
pub use shelf::{Adding, Asked, Fetched, HEARD, MISSING, Playable, Question, Shelf, Wish, doubt};
use thread::{Command, Order};

/// One instance's door to the library. Starts nothing before it is asked for something; dropping it
/// ends its asks, while files that are being added go on.
///
/// All methods: any thread but audio; none waits.
pub struct Librarian {
    id: u64,
    folder: Arc<dyn Fn() -> PathBuf + Send + Sync>,
    shared: Arc<Shared>,
}

/// What an instance and the thread share.
#[derive(Default)]
struct Shared {
    shelf: Mutex<Shelf>,
    fetched: Mutex<Option<Result<Fetched, LibrarianFault>>>,
    /// Files that are being looked for are wanted no more.
    looked_enough: AtomicBool,
    listener: Option<Listener>,
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut Shelf)) {
        change(&mut self.shelf.lock());
        self.tell();
    }

    fn tell(&self) {
        if let Some(listener) = &self.listener {
            listener();
        }
    }
}

impl Librarian {
    /// A librarian of the library in `folder`, which is asked for with the first order; `listener` is
    /// told of every change.
    #[must_use]
    pub fn new(folder: impl Fn() -> PathBuf + Send + Sync + 'static, listener: Listener) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            folder: Arc::new(folder),
            shared: Arc::new(Shared {
                listener: Some(listener),
                ..Shared::default()
            }),
        }
    }

    /// How things stand.
    #[must_use]
    pub fn shelf(&self) -> Shelf {
        self.shared.shelf.lock().clone()
    }

    /// Opens the library, if it isn't, takes in what the factory library has new, and shows what
    /// fits; the newest wish counts.
    pub fn ask(&self, wish: Wish) {
        self.shared.shelf.lock().asking = true;
        self.send(Order::Ask(Box::new(wish)));
    }

    /// Adds files and folders.
    pub fn add(&self, paths: Vec<PathBuf>) {
        self.shared.looked_enough.store(false, Ordering::Relaxed);
        self.send(Order::Add(paths));
    }

    /// Stops adding; what has been added stays.
    pub fn cancel(&self) {
        self.shared.looked_enough.store(true, Ordering::Relaxed);
        self.send(Order::Cancel);
    }

    /// Keeps an instrument that was made.
    pub fn keep(&self, instrument: Arc<Instrument>) {
        self.send(Order::Keep(instrument));
    }

    /// Brings an entry for [`Librarian::take_fetched`].
    pub fn fetch(&self, id: EntryId) {
        self.send(Order::Fetch(id));
    }

    /// What was last fetched, once; or why it can't be.
    #[must_use]
    pub fn take_fetched(&self) -> Option<Result<Fetched, LibrarianFault>> {
        self.shared.fetched.lock().take()
    }

    /// Marks an entry as a favourite, or takes the mark away.
    pub fn set_favourite(&self, id: EntryId, favourite: bool) {
        self.send(Order::Favourite(id, favourite));
    }

    /// Gives an entry other tags.
    pub fn set_tags(&self, id: EntryId, tags: Vec<String>) {
        self.send(Order::Tags(id, tags));
    }

    /// Takes an entry away; its file stays.
    pub fn remove(&self, id: EntryId) {
        self.send(Order::Remove(id));
    }

    /// Takes the last change of the library back.
    pub fn undo(&self) {
        self.send(Order::Undo);
    }

    /// Takes the sentence that says what went wrong away.
    pub fn dismiss(&self) {
        self.shared.change(|shelf| shelf.message = None);
    }

    fn send(&self, order: Order) {
        let command = Command {
            client: self.id,
            shared: self.shared.clone(),
            folder: self.folder.clone(),
            order,
        };
        let sent = thread::sender().map(|sender| sender.send(command));
        if !matches!(sent, Some(Ok(()))) {
            self.shared.change(|shelf| {
                shelf.asking = false;
                shelf.message = Some(LibrarianFault::NoThread.to_string());
            });
        }
    }
}

impl Drop for Librarian {
    fn drop(&mut self) {
        thread::leave(self.id);
    }
}
