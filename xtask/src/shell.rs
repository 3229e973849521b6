//! Running other programs, aloud.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What every command returns: nothing, or one sentence that says what to do.
pub type Result<T = ()> = std::result::Result<T, String>;

/// The repository's top folder. All commands run in it.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap_or_default()
}

/// Where Cargo puts what it builds; also our own fetched things, so that `cargo clean` cleans all.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Says what is about to happen.
pub fn say(text: impl AsRef<str>) {
    println!("▸ {}", text.as_ref());
}

/// The same Cargo that runs this.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Shows a command and runs it to its end.
///
/// # Errors
/// When it can't be started or says that it failed.
pub fn run(command: &mut Command) -> Result {
    let line = line_of(command);
    println!("  $ {line}");
    let status = command
        .status()
        .map_err(|error| format!("`{line}` could not start: {error}."))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{line}` failed ({status})."))
    }
}

/// Whether a program ran and said that all is well; its output is not shown.
pub fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|output| output.status.success())
}

/// A command as one would type it.
pub fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
