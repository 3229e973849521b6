//! The program that runs models in a process of its own: it travels inside Consort as ONNX Runtime does,
//! is unpacked and checked in the same way, and started by the open file that was checked.

use std::process::{Command, Stdio};

use super::super::unpack::{self, Carried};
use crate::models::Error;

/// The program, compressed by zstd, and its hash; `None` when it wasn't there at build time.
const CARRIED: Option<(&[u8], &str)> = include!(concat!(env!("OUT_DIR"), "/runner_asset.rs"));

/// Starts the program, unpacked before if it isn't yet, and hands it to `work`.
///
/// # Errors
/// [`Error::Runtime`]: it isn't built in, can't be unpacked anywhere, or doesn't start.
pub(super) fn start<T>(work: impl Fn(Command) -> std::io::Result<T>) -> Result<T, Error> {
    let (compressed, hash) = CARRIED.ok_or_else(|| {
        Error::Runtime(
            "This build of Consort has no program inside that runs models elsewhere; build it with `cargo xtask bundle`."
                .to_owned(),
        )
    })?;
    let carried = Carried {
        name: ("consort-runner-", std::env::consts::EXE_SUFFIX),
        compressed,
        hash,
        runs: true,
    };
    unpack::first(carried, &unpack::places(), |checked| {
        // The open file is held until the program has begun.
        patiently(|| work(command(checked.name())))
            .map_err(|e| format!("{} {e}", checked.place().display()))
    })
    .map_err(|faults| {
        Error::Runtime(format!(
            "The program that runs models elsewhere can't be started ({faults}); choose the CPU."
        ))
    })
}

/// A thread of the host that starts another program just now has what was unpacked open for writing
/// for a moment, in which Linux doesn't run it.
fn patiently<T>(start: impl Fn() -> std::io::Result<T>) -> std::io::Result<T> {
    const TRIES: usize = 20;
    for _ in 1..TRIES {
        match start() {
            Err(e) if e.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            done => return done,
        }
    }
    start()
}

fn command(name: &std::path::Path) -> Command {
    let mut command = Command::new(name);
    command.env("ORT_DISABLE_TELEMETRY", "1");
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, "consort-runner");
    #[cfg(windows)]
    {
        /// No window of its own.
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        std::os::windows::process::CommandExt::creation_flags(&mut command, CREATE_NO_WINDOW);
    }
    piped(command)
}

/// It hears us and we hear it; what drivers print is nobody's.
pub(super) fn piped(mut command: Command) -> Command {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}
