//! The `consort` command: one file a subcommand.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | the work could not be done: one sentence on stderr says what to do |
//! | 2 | the arguments can't be right |
//! | 130 | cancelled with Ctrl-C |
//!
//! Results go to stdout, as one JSON object a run with `--json`; progress goes to stderr and only
//! to a terminal.

mod cancel;
mod describe;
mod factory;
mod failure;
mod hearing;
mod info;
mod instrument;
mod keys;
mod kit;
mod library;
mod licences;
mod matching;
mod morph;
mod note;
mod notes;

mod output;
mod preset;
mod progress;
mod render;
mod shape;
#[cfg(feature = "standalone")]
mod standalone;
mod stem;
mod transcribe;
mod vstpreset;
mod wav;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::instrument::Instrument;
use failure::Failure;
use progress::Progress;

/// Type a prompt, play the instrument.
#[derive(Parser)]
#[command(
    name = "consort",
    version,
    about,
    arg_required_else_help = true,
    after_help = "Examples:
  consort instrument \"warm cello\"
  consort kit \"tight 70s funk kit\"
  consort render --instrument warm-cello-1/warm-cello-1.consort --midi song.mid --out song.wav
  consort match mix.wav --family bass
  consort library add ~/Samples
  consort describe song.wav
  consort transcribe song.wav --out song.mid
  consort stem song.wav \"add jazzy drums\" --out stems
  consort info song.mid

Exit codes: 0 done, 1 failed (a sentence on stderr says what to do), 2 wrong arguments,
130 cancelled."
)]
struct Arguments {
    /// Print the result as one JSON object on stdout.
    #[arg(long, global = true)]
    json: bool,
    /// Print nothing but errors (and JSON, when asked for).
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Instrument(instrument::Arguments),
    Kit(kit::Arguments),
    Morph(morph::Arguments),
    Shape(shape::Arguments),
    Factory(factory::Arguments),
    Render(render::Arguments),
    Info(info::Arguments),
    Preset(preset::Arguments),
    Note(note::Arguments),
    Match(matching::Arguments),
    Library(library::Arguments),
    #[command(alias = "licenses")]
    Licences(licences::Arguments),
    Describe(describe::Arguments),
    Notes(notes::Arguments),
    Transcribe(transcribe::Arguments),
    Stem(stem::Arguments),
    #[cfg(feature = "standalone")]
    Standalone(standalone::Arguments),
}

/// How this run reports.
struct Context {
    json: bool,
    quiet: bool,
}

impl Context {
    fn progress(&self) -> Progress {
        Progress::new(self.quiet)
    }

    /// The result: `json` as it is, or `text` for people.
    fn result(&self, json: &serde_json::Value, text: &str) {
        if self.json {
            self.print(&json.to_string());
        } else if !self.quiet {
            self.print(text);
        }
    }

    fn print(&self, text: &str) {
        // A reader that has gone away (`consort info x | head -1`) is no reason to panic.
        let _ = writeln!(std::io::stdout(), "{}", harmless(text));
    }

    /// A remark beside the result, for people.
    fn remark(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "note: {}", harmless(text));
        }
    }
}

/// The text without control characters but line ends: names come from files and prompts, and a
/// terminal obeys what is in them.
fn harmless(text: &str) -> String {
    text.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}")
}

/// The whole command: `arguments` as the process got them, its name first. Main thread, once.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are "errors" with exit code 0.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    cancel::listen();
    let context = Context {
        json: arguments.json,
        quiet: arguments.quiet,
    };
    let done = match &arguments.command {
        Command::Instrument(arguments) => instrument::run(arguments, &context),
        Command::Kit(arguments) => kit::run(arguments, &context),
        Command::Morph(arguments) => morph::run(arguments, &context),
        Command::Shape(arguments) => shape::run(arguments, &context),
        Command::Factory(arguments) => factory::run(arguments, &context),
        Command::Render(arguments) => render::run(arguments, &context),
        Command::Info(arguments) => info::run(arguments, &context),
        Command::Preset(arguments) => preset::run(arguments, &context),
        Command::Note(arguments) => note::run(arguments, &context),
        Command::Match(arguments) => matching::run(arguments, &context),
        Command::Library(arguments) => library::run(arguments, &context),
        Command::Licences(arguments) => licences::run(arguments, &context),
        Command::Describe(arguments) => describe::run(arguments, &context),
        Command::Notes(arguments) => notes::run(arguments, &context),
        Command::Transcribe(arguments) => transcribe::run(arguments, &context),
        Command::Stem(arguments) => stem::run(arguments, &context),
        #[cfg(feature = "standalone")]
        Command::Standalone(arguments) => standalone::run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Largest file that is read whole: far above any instrument, MIDI file or preset.
const LARGEST_FILE: u64 = 256 << 20;

/// The bytes of a file that has to be small.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error| Failure::read(path, &error);
    let file = std::fs::File::open(path).map_err(failed)?;
    // Pipes and devices don't say how long they are, so the length is not asked for.
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(Failure::file(
            path,
            "is too large to be what it should be; check the path.",
        ));
    }
    Ok(bytes)
}

/// The instrument in a `.consort` file.
fn read_instrument(path: &Path) -> Result<Instrument, Failure> {
    Instrument::from_bytes(&read(path)?).map_err(|error| Failure::content(path, error))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }
}
