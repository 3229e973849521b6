//! A session of its own: a message bus that nobody else is on, and the bus of screen readers behind it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use tempfile::TempDir;

/// Starts the session's bus and leads this process, and so the plugin, to it. The bus ends with the process.
/// Before anything else runs that looks at the environment.
pub fn start() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut daemon = Command::new("dbus-daemon");
    daemon
        .args(["--session", "--nofork", "--nopidfile", "--print-address"])
        // What it starts belongs to no desktop, and leaves nothing behind.
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .env("GSETTINGS_BACKEND", "memory")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("AT_SPI_BUS_ADDRESS")
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    end_with_this_thread(&mut daemon);
    let (told, address) = mpsc::channel();
    // A thread that stays as long as the process.
    std::thread::spawn(move || {
        let mut child = daemon
            .spawn()
            .expect("dbus-daemon starts: run `cargo xtask test`, or install dbus-daemon");
        let mut line = String::new();
        let output = child.stdout.as_mut().expect("it was piped");
        let read = BufReader::new(output).read_line(&mut line);
        let _ = told.send(read.map(|_| line));
        let _ = child.wait();
    });
    let address = address.recv().expect("the bus starts");
    let address = address.expect("it says where it is");
    // SAFETY: the other tests wait, and nothing of the plugin's runs yet.
    unsafe {
        std::env::set_var("DBUS_SESSION_BUS_ADDRESS", address.trim());
        std::env::remove_var("AT_SPI_BUS_ADDRESS");
        // Nothing of the user's is listed.
        std::env::set_var("CONSORT_LIBRARY", folder.path().join("library"));
    }
    folder
}

fn end_with_this_thread(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    // SAFETY: between fork and exec it makes one system call.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
            Ok(())
        });
    }
}
