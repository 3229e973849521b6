//! Models run by a provider of the user's choice in a process of its own, where a driver can take nothing
//! with it.
//!
//! Whatever goes wrong there (it ends, hangs, has no memory, answers nonsense or wrongly), the job goes on
//! on the CPU in this process, and one sentence says so. A process that was lost isn't started again until the
//! user chooses anew: a driver that fell once falls again, and each time a job waits for it.
//!
//! The process lives as long as a model of it is in memory. It hears one request at a time.

mod model;
mod process;
mod program;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Weak};
use std::time::Duration;

use consort_runner::onnx::first_line;
use consort_runner::wire::{self, Answer, Load, Open, Request};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::{InProcess, Runtime, threads};
use crate::models::Error;
use crate::models::backend::{Backend, Fault, LoadedModel, Report, Usage};
use crate::models::provider::{Choice, Found, Provider};
pub use model::difference;
use model::{ChildModel, Compared, On};
use process::{Lost, Runner};

/// Longest waits. They are for the slowest that still works; a process that has ended is seen at once.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// For the process, its library and its devices: a driver that wakes a GPU takes some seconds.
    open: Duration,
    /// For a model: providers compile it, which takes the slowest of them half a minute.
    load: Duration,
    /// For a run of shapes that are new to the provider, which may compile once more.
    first: Duration,
    /// For another run, beside [`model::SLOWER`] times what it took on the CPU: a busy machine, or a device
    /// that was asleep.
    slack: Duration,
}

const USUAL: Limits = Limits {
    open: Duration::from_secs(30),
    load: Duration::from_secs(60),
    first: Duration::from_secs(60),
    slack: Duration::from_secs(5),
};

/// Runs models in a process of its own; clones share it.
#[derive(Clone, Debug)]
pub struct ChildBackend(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    choice: Choice,
    /// Starts another program than Consort's own.
    other: Option<Starts>,
    limits: Limits,
    state: Mutex<State>,
    /// Held while the process is started: all wait for the same.
    starting: Mutex<Weak<Runner>>,
}

/// A program to be started, and the library it is told.
type Starts = (fn() -> Command, PathBuf);

#[derive(Debug, Default)]
struct State {
    lost: bool,
    device: Option<Found>,
    /// By the hash of the model.
    compared: HashMap<[u8; 32], Compared>,
    /// Models that aren't for this provider.
    refused: HashSet<[u8; 32]>,
    told: Vec<String>,
}

impl ChildBackend {
    /// For what the user chose; nothing begins before the first model.
    #[must_use]
    pub fn new(choice: Choice) -> Self {
        Self::with(choice, USUAL, None)
    }

    fn with(choice: Choice, limits: Limits, other: Option<Starts>) -> Self {
        Self(Arc::new(Shared {
            choice,
            other,
            limits,
            state: Mutex::default(),
            starting: Mutex::default(),
        }))
    }

    fn provider(&self) -> Provider {
        self.0.choice.provider
    }

    /// The process, started if it isn't there, and the device; nothing once it was lost, or can't be.
    fn runner(&self) -> Option<(Arc<Runner>, Found)> {
        let mut place = self.0.starting.lock();
        let state = self.0.state.lock();
        if state.lost {
            return None;
        }
        if let (Some(runner), Some(device)) = (place.upgrade(), &state.device) {
            return Some((runner, device.clone()));
        }
        drop(state);
        let choice = &self.0.choice;
        let limit = self.0.limits.open;
        let opened = match &self.0.other {
            Some((command, library)) => Runner::start(command())
                .map_err(|e| NotOpened::Said(e.to_string()))
                .and_then(|runner| open(runner, library, None, limit)),
            None => named(choice.library.as_deref()).and_then(|library| start(&library, limit)),
        };
        let chosen = opened.and_then(|(runner, found)| {
            let device = choice.pick(&found);
            let device = device.map_err(|fault| NotOpened::Said(fault.to_string()))?;
            Ok((Arc::new(runner), device))
        });
        match chosen {
            Ok((runner, device)) => {
                *place = Arc::downgrade(&runner);
                self.0.state.lock().device = Some(device.clone());
                Some((runner, device))
            }
            Err(NotOpened::Lost(lost)) => {
                self.lose(lost);
                None
            }
            Err(NotOpened::Said(said)) => {
                self.fall(format!(
                    "{} can't be used ({said}); Consort computes on the CPU.",
                    self.provider().name()
                ));
                None
            }
        }
    }

    /// The process is lost.
    fn lose(&self, lost: Lost) {
        let what = match lost {
            Lost::Ended => "ended unexpectedly",
            Lost::Silent => "stopped answering",
            Lost::Nonsense => "answers what can't be understood",
        };
        self.fall(format!(
            "{} {what}; Consort goes on on the CPU until you choose it again.",
            self.provider().name()
        ));
    }

    /// No more of it.
    fn fall(&self, sentence: String) {
        let mut state = self.0.state.lock();
        if !std::mem::replace(&mut state.lost, true) {
            state.told.push(sentence);
        }
    }

    /// This model isn't for this provider.
    fn refuse(&self, hash: [u8; 32], sentence: String) {
        let mut state = self.0.state.lock();
        if state.refused.insert(hash) {
            state.told.push(sentence);
        }
    }

    fn cannot(&self, name: &str, hash: [u8; 32], said: &str) {
        let provider = self.provider().name();
        let said = first_line(said);
        self.refuse(
            hash,
            format!("{provider} can't run {name} ({said}); that model runs on the CPU."),
        );
    }

    fn computes_otherwise(&self, name: &str, hash: [u8; 32], difference: f32) {
        let provider = self.provider().name();
        let percent = match difference.is_finite() {
            true => format!(" (by {:.0}%)", difference * 100.0),
            false => String::new(),
        };
        self.refuse(
            hash,
            format!(
                "{provider} computes {name} otherwise than the CPU{percent}; that model runs on the CPU."
            ),
        );
    }

    fn compared(&self, hash: &[u8; 32]) -> Compared {
        let state = self.0.state.lock();
        state.compared.get(hash).cloned().unwrap_or_default()
    }

    fn is_right(&self, hash: [u8; 32], shapes: u64, took: Duration) {
        let mut state = self.0.state.lock();
        state.compared.entry(hash).or_default().push((shapes, took));
    }
}

impl Backend for ChildBackend {
    fn load(
        &self,
        name: &str,
        onnx: Cow<'static, [u8]>,
        usage: Usage,
    ) -> Result<Box<dyn LoadedModel>, Fault> {
        let hash: [u8; 32] = Sha256::digest(&onnx).into();
        let refused = self.0.state.lock().refused.contains(&hash);
        let Some((runner, device)) = (!refused).then(|| self.runner()).flatten() else {
            return InProcess.load(name, onnx, usage);
        };
        let load = Request::Load(Load {
            provider: device.provider,
            device: device.device.as_str().into(),
            usage,
            onnx: Cow::Borrowed(&onnx),
        });
        match runner.ask(&load, self.0.limits.load) {
            Ok(Answer::Loaded {
                model,
                inputs,
                outputs,
            }) => {
                return Ok(Box::new(ChildModel {
                    backend: self.clone(),
                    name: name.to_owned(),
                    onnx,
                    hash,
                    usage,
                    inputs,
                    outputs,
                    on: On::Child(runner, model),
                }));
            }
            Ok(Answer::Fault(said)) => {
                // What the CPU can't load either is no fault of the provider.
                let cpu = InProcess.load(name, onnx, usage)?;
                self.cannot(name, hash, &said);
                return Ok(cpu);
            }
            Ok(_) => self.lose(Lost::Nonsense),
            Err(lost) => self.lose(lost),
        }
        InProcess.load(name, onnx, usage)
    }

    fn report(&self) -> Report {
        let state = self.0.state.lock();
        let running = state.device.as_ref().filter(|_| !state.lost);
        Report {
            device: running.map(|found| found.name.clone()),
            checked: state.compared.len(),
            told: state.told.clone(),
        }
    }
}

/// Why there is no process.
enum NotOpened {
    Lost(Lost),
    /// What was wrong, without a full stop.
    Said(String),
}

/// What can be computed with by `library`, or by Consort's own ONNX Runtime.
///
/// # Errors
/// [`Error::Runtime`]: it can't be used.
pub fn found(library: Option<&Path>) -> Result<Vec<Found>, Error> {
    let opened = named(library).and_then(|library| start(&library, USUAL.open));
    opened.map(|(_, found)| found).map_err(|fault| {
        let said = match fault {
            NotOpened::Said(said) => said,
            NotOpened::Lost(lost) => match lost {
                Lost::Ended => "it ended the program that looked".to_owned(),
                Lost::Silent => "it doesn't answer".to_owned(),
                Lost::Nonsense => "it answers what can't be understood".to_owned(),
            },
        };
        Error::Runtime(format!("That ONNX Runtime can't be used ({said})."))
    })
}

/// The library itself, where a folder was named; Consort's own where none was.
fn named(library: Option<&Path>) -> Result<PathBuf, NotOpened> {
    let Some(path) = library else {
        let own = own().ok_or_else(|| NotOpened::Said("no ONNX Runtime is named".to_owned()))?;
        return Ok(own);
    };
    let path = std::path::absolute(path).map_err(|e| NotOpened::Said(e.to_string()))?;
    if path.is_file() {
        return Ok(path);
    }
    let missing = || {
        let there = path.display();
        NotOpened::Said(format!("there is no ONNX Runtime library at {there}"))
    };
    let entries = std::fs::read_dir(&path).map_err(|_| missing())?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let is_library = |file: &&PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let name = name.strip_prefix("lib").unwrap_or(&name);
        let rest = name.strip_prefix("onnxruntime");
        rest.is_some_and(|rest| {
            [".so", ".dll"].iter().any(|end| rest.starts_with(end)) || rest.ends_with(".dylib")
        })
    };
    files.iter().find(is_library).cloned().ok_or_else(missing)
}

/// Consort's own ONNX Runtime, where it is a file.
fn own() -> Option<PathBuf> {
    let path = Runtime::get().ok()?.path();
    path.is_file().then(|| path.to_owned())
}

/// Starts Consort's own program with this library.
fn start(library: &Path, limit: Duration) -> Result<(Runner, Vec<Found>), NotOpened> {
    let runner = program::start(Runner::start);
    let runner = runner.map_err(|e| NotOpened::Said(e.to_string().trim_end_matches('.').into()))?;
    open(runner, library, own(), limit)
}

fn open(
    runner: Runner,
    library: &Path,
    own: Option<PathBuf>,
    limit: Duration,
) -> Result<(Runner, Vec<Found>), NotOpened> {
    let request = Request::Open(Open {
        version: wire::VERSION,
        library: library.into(),
        own: own.map(Into::into),
        threads: threads(),
    });
    match runner.ask(&request, limit) {
        Ok(Answer::Opened { version, found, .. }) if version == wire::VERSION => {
            Ok((runner, found))
        }
        Ok(Answer::Fault(said)) => Err(NotOpened::Said(first_line(&said).to_owned())),
        Ok(_) => Err(NotOpened::Lost(Lost::Nonsense)),
        Err(lost) => Err(NotOpened::Lost(lost)),
    }
}
