//! The librarian thread: orders first, then what waits to be added, one item at a time.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use super::Shared;
use super::adding::{Adding, Item};
use super::asking::understand;
use super::changes::{Change, Undo};
use super::ear::Ear;
use super::fault::LibrarianFault;
use super::fetching::fetch;
use super::shelf::{Shelf, Wish};
use crate::instrument::{Instrument, factory};
use crate::library::import::find;
use crate::library::{Ask, EntryId, Filter, Library, Place};
use crate::models::runtime;

/// How often it is looked whether another process has changed the library.
const LOOK: Duration = Duration::from_secs(2);
/// Hits shown.
const MOST: usize = 200;

/// What an instance asks for.
pub(super) struct Command {
    pub(super) client: u64,
    pub(super) shared: Arc<Shared>,
    pub(super) folder: Arc<dyn Fn() -> PathBuf + Send + Sync>,
    pub(super) order: Order,
}

pub(super) enum Order {
    Ask(Box<Wish>),
    Add(Vec<PathBuf>),
    Cancel,
    Keep(Arc<Instrument>),
    Fetch(EntryId),
    Favourite(EntryId, bool),
    Tags(EntryId, Vec<String>),
    Remove(EntryId),
    Undo,
    /// The instance is gone.
    Leave,
}

static SENDER: OnceLock<Option<Sender<Command>>> = OnceLock::new();

/// The way to the thread, which starts at the first call; `None` when it can't start.
pub(super) fn sender() -> Option<Sender<Command>> {
    let sender = SENDER
        .get_or_init(|| {
            let (sender, receiver) = unbounded();
            let spawned = runtime::spawn("consort-librarian", move || Thread::new(receiver).run());
            spawned.ok().map(|_| sender)
        })
        .clone();
    runtime::guard_main_thread();
    sender
}

/// Tells the thread, if there is one, that an instance is gone.
pub(super) fn leave(client: u64) {
    if let Some(Some(sender)) = SENDER.get() {
        let _ = sender.send(Command {
            client,
            shared: Arc::default(),
            folder: Arc::new(PathBuf::new),
            order: Order::Leave,
        });
    }
}

/// A library that is open, and what is done to it.
struct Open {
    library: Library,
    adding: Adding,
    undo: Undo,
    /// Whether the factory library and other encoders' vectors have been looked at.
    updated: bool,
}

/// An instance, and what it asked last.
struct Client {
    shared: Arc<Shared>,
    folder: PathBuf,
    /// What is asked for, in the library's words; `None` before the first ask.
    ask: Option<(Ask, Filter)>,
}

struct Thread {
    commands: Receiver<Command>,
    clients: HashMap<u64, Client>,
    open: HashMap<PathBuf, Open>,
}

impl Thread {
    fn new(commands: Receiver<Command>) -> Self {
        Self {
            commands,
            clients: HashMap::new(),
            open: HashMap::new(),
        }
    }

    fn run(mut self) {
        let mut looked = Instant::now();
        loop {
            if runtime::exiting() {
                std::thread::park();
                continue;
            }
            let works = self.open.values().any(|open| open.adding.has_work());
            let wait = if works { Duration::ZERO } else { LOOK };
            match self.commands.recv_timeout(wait) {
                Ok(command) => self.guarded(|thread| thread.obey(command)),
                Err(RecvTimeoutError::Timeout) if works => self.guarded(Self::work),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::park(),
            }
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                self.look();
            }
        }
    }

    /// A fault of ours is said, and everything is opened anew.
    fn guarded(&mut self, act: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| act(self))).is_err() {
            self.open.clear();
            for client in self.clients.values() {
                client.shared.change(|shelf| {
                    shelf.message = Some(LibrarianFault::Ours.to_string());
                    shelf.asking = false;
                    shelf.adding = None;
                });
            }
        }
    }

    /// What others have changed.
    fn look(&mut self) {
        let changed: Vec<PathBuf> = self
            .open
            .iter_mut()
            .filter_map(|(folder, open)| open.library.refresh().ok()?.then(|| folder.clone()))
            .collect();
        changed.iter().for_each(|folder| self.show(folder));
    }

    fn obey(&mut self, command: Command) {
        let Command {
            client: id,
            shared,
            folder,
            order,
        } = command;
        if matches!(order, Order::Leave) {
            self.clients.remove(&id);
            return;
        }
        let client = self.clients.entry(id).or_insert_with(|| Client {
            shared: shared.clone(),
            folder: folder(),
            ask: None,
        });
        let folder = client.folder.clone();
        if let Err(fault) = self.carry_out(id, &folder, order) {
            shared.change(|shelf| {
                shelf.message = Some(fault.to_string());
                shelf.asking = false;
            });
        }
    }

    fn carry_out(&mut self, id: u64, folder: &PathBuf, order: Order) -> Result<(), LibrarianFault> {
        let notice = self.open(folder)?;
        if notice.is_some() {
            self.change_all(folder, |shelf| shelf.notice.clone_from(&notice));
        }
        let open = self.open.get_mut(folder).ok_or(LibrarianFault::Ours)?;
        match order {
            Order::Ask(wish) => return self.ask(id, folder, *wish),
            Order::Fetch(entry) => {
                let fetched = fetch(&open.library, entry);
                if let Some(client) = self.clients.get(&id) {
                    *client.shared.fetched.lock() = Some(fetched);
                    client.shared.tell();
                }
                return Ok(());
            }
            Order::Add(paths) => {
                let shared = &self.clients.get(&id).ok_or(LibrarianFault::Ours)?.shared;
                let enough = || runtime::exiting() || shared.looked_enough.load(Ordering::Relaxed);
                // A folder may be a whole disk.
                shared.change(|shelf| {
                    shelf.adding.get_or_insert_default();
                });
                let (found, faults) = find(&paths, &enough);
                if enough() {
                    shared.change(|shelf| shelf.adding = open.adding.progress());
                    return Ok(());
                }
                open.adding.push(found.into_iter().map(Item::File));
                faults
                    .into_iter()
                    .for_each(|fault| open.adding.fault(fault));
                if !open.adding.has_work() {
                    shared.change(|shelf| shelf.adding = None);
                    let said = open.adding.take_faults();
                    return Err(said.map_or(LibrarianFault::NothingToAdd, LibrarianFault::NotAdded));
                }
            }
            Order::Cancel => {
                open.adding.cancel();
                // What of the factory library is left comes with the next ask.
                open.updated = false;
            }
            Order::Keep(instrument) => open.adding.push([Item::Generated(instrument)]),
            Order::Favourite(entry, favourite) => {
                open.change("the mark", Change::Favourite(entry, favourite))?;
            }
            Order::Tags(entry, tags) => open.change("the tags", Change::Tags(entry, tags))?,
            Order::Remove(entry) => {
                let name = open.library.entry(entry)?.name;
                let what = format!("removing “{name}”");
                open.change(&what, Change::Remove(vec![entry], true))?;
            }
            Order::Undo => {
                open.undo.undo(&mut open.library)?;
            }
            Order::Leave => {}
        }
        self.show(folder);
        Ok(())
    }

    /// Opens a library if it isn't open; what the user should know about that.
    fn open(&mut self, folder: &PathBuf) -> Result<Option<String>, LibrarianFault> {
        if self.open.contains_key(folder) {
            return Ok(None);
        }
        let mut library = Library::open(folder)?;
        let notice = library.take_notice();
        let _ = library.purge();
        self.open.insert(
            folder.clone(),
            Open {
                library,
                adding: Adding::default(),
                undo: Undo::default(),
                updated: false,
            },
        );
        Ok(notice)
    }

    /// One item of what is to be added.
    fn work(&mut self) {
        let Some(folder) = self
            .open
            .iter()
            .find_map(|(folder, open)| open.adding.has_work().then(|| folder.clone()))
        else {
            return;
        };
        let Some(open) = self.open.get_mut(&folder) else {
            return;
        };
        let mut ear = match Ear::open() {
            Ok(ear) => ear,
            Err(error) => {
                open.adding = Adding::default();
                return self.change_all(&folder, |shelf| {
                    shelf.adding = None;
                    shelf.message = Some(error.to_string());
                });
            }
        };
        let before = open.library.len();
        let outcome = open.adding.step(&mut ear, &mut open.library);
        let faults = match outcome {
            Ok(()) => open.adding.take_faults(),
            Err(error) => Some(error.to_string()),
        };
        if !open.adding.has_work() {
            let added = std::mem::take(&mut open.adding.added);
            if !added.is_empty() {
                let what = match added.len() {
                    1 => "adding an instrument".to_owned(),
                    count => format!("adding {count} instruments"),
                };
                open.undo.push(what, Change::Remove(added, true));
            }
        }
        let progress = open.adding.progress();
        let changed = open.library.len() != before || progress.is_none();
        if faults.is_some() {
            self.change_all(&folder, |shelf| shelf.message.clone_from(&faults));
        }
        // What is there and that all of it is there are seen together.
        if changed {
            self.show(&folder);
        } else {
            self.change_all(&folder, |shelf| shelf.adding = progress);
        }
    }

    /// Listens to what an instance asks with, then answers.
    fn ask(&mut self, id: u64, folder: &PathBuf, wish: Wish) -> Result<(), LibrarianFault> {
        self.update(folder);
        let open = self.open.get(folder).ok_or(LibrarianFault::Ours)?;
        let understood = understand(wish, &open.library)?;
        let client = self.clients.get_mut(&id).ok_or(LibrarianFault::Ours)?;
        client.ask = Some((understood.ask, understood.filter));
        show(open, client, |shelf| {
            shelf.question = understood.name;
            shelf.asked = understood.asked;
            shelf.notice = understood.notice;
            shelf.message = None;
            shelf.asking = false;
        });
        Ok(())
    }

    /// Once: what the factory library has new, and entries that another encoder heard.
    fn update(&mut self, folder: &PathBuf) {
        let Ok(encoder) = Ear::open().map(|ear| ear.encoder().to_owned()) else {
            return;
        };
        let Some(open) = self.open.get_mut(folder).filter(|open| !open.updated) else {
            return;
        };
        open.updated = true;
        let library = &open.library;
        let others = library.of_other_encoders(&encoder).unwrap_or_default();
        let missing = factory::entries().iter().filter(|entry| {
            let place = Place::Factory(entry.name.clone());
            !library.at_place(&place).is_ok_and(|known| known.is_some())
        });
        let items: Vec<Item> = missing
            .map(Item::Factory)
            .chain(others.into_iter().map(|entry| Item::Again(Box::new(entry))))
            .collect();
        open.adding.push(items);
    }

    /// Answers all instances of a library anew: it has changed.
    fn show(&self, folder: &PathBuf) {
        let Some(open) = self.open.get(folder) else {
            return;
        };
        let clients = self.clients.values();
        clients
            .filter(|client| client.folder == *folder)
            .for_each(|client| show(open, client, |_| ()));
    }

    fn change_all(&self, folder: &PathBuf, change: impl Fn(&mut Shelf)) {
        for client in self
            .clients
            .values()
            .filter(|client| client.folder == *folder)
        {
            client.shared.change(&change);
        }
    }
}

impl Open {
    /// Does something that can be taken back.
    fn change(&mut self, what: &str, change: Change) -> Result<(), LibrarianFault> {
        let back = change.apply(&mut self.library)?;
        self.undo.push(what.to_owned(), back);
        Ok(())
    }
}

/// Answers an instance; what else changes is seen together with the answer.
fn show(open: &Open, client: &Client, also: impl FnOnce(&mut Shelf)) {
    let ask = client.ask.as_ref();
    let hits = ask.map(|(ask, filter)| open.library.find(ask, filter, MOST));
    client.shared.change(|shelf| {
        also(shelf);
        shelf.open = true;
        shelf.entries = open.library.len();
        shelf.adding = open.adding.progress();
        shelf.undo = open.undo.what();
        match hits {
            Some(Ok(hits)) => shelf.hits = Arc::new(hits),
            Some(Err(error)) => shelf.message = Some(error.to_string()),
            None => {}
        }
    });
}
