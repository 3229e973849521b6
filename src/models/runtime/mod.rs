//! ONNX Runtime: the library that runs the models.
//!
//! It travels inside Consort, compressed (`build.rs` embeds what `cargo xtask setup` fetched), and
//! is unpacked at the first job to the user's cache folder under a name of its own, so that another
//! plugin's ONNX Runtime in the same host is never mistaken for it; where that folder won't do, to
//! another, or to memory. `CONSORT_ONNXRUNTIME` names
//! another library to use instead; where another provider than the CPU is chosen, it is that one's.
//!
//! What computes with anything but the CPU does so in a process of its own ([`child`]).
//!
//! There is one environment for the life of the process: ONNX Runtime can't make a second one, even
//! after the first was released. For the same reason Consort's own library, once it has run a job,
//! stays in memory until the process ends ([`mod@pin`]).

#![expect(unsafe_code, reason = "libraries are loaded, and found, in C")]

mod checked;
mod child;
mod exit;
mod folder;
mod in_process;
mod library;
#[cfg(target_os = "linux")]
mod memory;
mod pin;
mod thread;
mod unpack;

pub use checked::hash_of;
pub(super) use checked::hex;
pub(super) use child::{ChildBackend, difference, found};
pub(super) use exit::settle;
pub use exit::{Busy, busy, exiting, guard_main_thread};
pub(super) use in_process::InProcess;
pub use pin::library as pin;
pub use thread::spawn;

use std::path::PathBuf;

use consort_runner::onnx::first_line;
use ort::environment::Environment;
use parking_lot::Mutex;

use super::provider::Provider;
use super::{Error, ModelHost};
use library::Loaded;

/// The environment variable that names another ONNX Runtime.
pub const LIBRARY_VARIABLE: &str = "CONSORT_ONNXRUNTIME";

/// Most threads that one model may use.
const MAX_THREADS: usize = 4;

/// ONNX Runtime, ready to load models.
#[derive(Debug)]
pub struct Runtime {
    environment: Environment,
    library: &'static Loaded,
}

impl Runtime {
    /// The process's ONNX Runtime, loaded by the first call (unpacking takes about 0.3 s, once a
    /// machine). A call after a failure tries again.
    ///
    /// # Errors
    /// [`Error::Runtime`]: it isn't built in, can't be unpacked, can't be loaded, or is too old.
    ///
    /// Thread: generator, or a command line's main; never audio.
    pub fn get() -> Result<&'static Self, Error> {
        static LOADED: Mutex<Option<&'static Runtime>> = Mutex::new(None);
        let mut loaded = LOADED.lock();
        if let Some(runtime) = *loaded {
            return Ok(runtime);
        }
        pin::library();
        // Never freed: the environment has to outlive everything that could use it.
        let runtime: &'static Self = Box::leak(Box::new(Self::load()?));
        *loaded = Some(runtime);
        Ok(runtime)
    }

    fn load() -> Result<Self, Error> {
        refuse_telemetry();
        // One that is named for another provider isn't loaded here, where its driver could do harm.
        let elsewhere = ModelHost::get().report().0.provider != Provider::Cpu;
        let named = std::env::var_os(LIBRARY_VARIABLE)
            .filter(|value| !value.is_empty())
            .filter(|_| !elsewhere || !unpack::is_built_in());
        let loaded = match named {
            Some(value) => {
                let path = std::path::absolute(PathBuf::from(value))
                    .map_err(|e| Error::Runtime(format!("{LIBRARY_VARIABLE} is no path: {e}.")))?;
                library::load(&path).map_err(|fault| {
                    Error::Runtime(format!(
                        "{}; name another with {LIBRARY_VARIABLE}, or unset it to use the one inside Consort.",
                        fault.to_string().trim_end_matches('.')
                    ))
                })?
            }
            None => unpack::built_in()?,
        };
        // Unpacking took its time; only from here on is ONNX Runtime at work.
        let _busy = busy().ok_or(Error::Cancelled)?;
        // `ort` keeps the library, whether it starts or not; so what it was loaded by is kept, too.
        let library: &'static Loaded = Box::leak(Box::new(loaded));
        let environment = ort::init_from(library.name())
            .map_err(|e| e.to_string())
            .and_then(|builder| {
                let built = builder.with_name("consort").with_telemetry(false).build();
                built.map_err(|e| e.to_string())
            })
            .map_err(|e| {
                Error::Runtime(format!(
                    "ONNX Runtime {} doesn't start: {}.",
                    library.version(),
                    first_line(&e)
                ))
            })?;
        Ok(Self {
            environment,
            library,
        })
    }

    /// ONNX Runtime's environment. Thread: any but audio.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Its version, such as `1.31.1`. Thread: any.
    #[must_use]
    pub fn version(&self) -> &str {
        self.library.version()
    }

    /// The file it was loaded from. Thread: any.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        self.library.path()
    }
}

/// Keeps ONNX Runtime from counting its users. Since 1.29 its wheels for Linux write a device
/// id to the user's cache folder and report home as soon as they are loaded; the switch in its
/// interface comes too late for that, this variable doesn't.
fn refuse_telemetry() {
    const SWITCH: &str = "ORT_DISABLE_TELEMETRY";
    if std::env::var_os(SWITCH).is_none() {
        // SAFETY: another thread of the host may read its environment at this moment. A variable
        // is added, once, which leaves the existing ones where they are.
        unsafe {
            std::env::set_var(SWITCH, "1");
        }
    }
}

/// Threads that one model uses: half the physical cores, so that the host keeps the others; at
/// least 1, at most 4. Thread: any.
#[must_use]
pub fn threads() -> usize {
    (num_cpus::get_physical() / 2).clamp(1, MAX_THREADS)
}
