//! Where windows open.

use crate::shell::{Result, say};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A display for windows: the user's, or one without a screen for as long as the tests run.
pub struct Display(Option<(Child, String)>);

impl Display {
    /// Opens one.
    pub fn open() -> Result<Display> {
        if std::env::var_os("DISPLAY").is_some_and(|name| !name.is_empty()) {
            return Ok(Display(None));
        }
        say("starting Xvfb, a display without a screen");
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1600x1000x24",
                "-nolisten",
                "tcp",
                // Else it starts anew when its last client goes, and turns away who comes then.
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("Xvfb could not start: {error}."))?;
        let mut number = String::new();
        let output = server.stdout.as_mut().expect("it was piped");
        // It prints its number once it takes connections.
        let _ = BufReader::new(output).read_line(&mut number);
        Ok(Display(Some((server, format!(":{}", number.trim())))))
    }

    /// The command, with its windows on it.
    pub fn show<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        match &self.0 {
            Some((_, name)) => command.env("DISPLAY", name),
            None => command,
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let Some((server, _)) = &mut self.0 {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}
