//! `consort standalone`: the plugin in a window of its own, without a host.

use super::failure::Failure;

/// Open the plugin in a window of its own, without a host.
#[derive(clap::Args)]
pub struct Arguments {
    /// Handed on: audio and MIDI devices, sample rate; `--help` after `--` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Returns when the window is closed. Main thread.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let all = std::iter::once("consort standalone".to_owned());
    if crate::plugin::run_standalone(all.chain(arguments.rest.iter().cloned())) {
        return Ok(());
    }
    Err(Failure::job(
        "The window could not be opened; a desktop session is needed (is DISPLAY set?).",
    ))
}
