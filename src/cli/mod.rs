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
mod input;
mod instrument;
mod keys;
mod kit;
mod library;
mod licences;
mod matching;
mod morph;
mod note;
mod notes;
mod orchestrate;
mod output;
mod packs;
mod preset;
mod progress;
mod providers;
mod render;
mod shape;
#[cfg(feature = "standalone")]
mod standalone;
mod stem;
mod transcribe;
mod vstpreset;
mod wav;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::models::ModelHost;
use crate::models::provider::{self, Choice};
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
  consort orchestrate melody.mid \"for string quartet\" --out score
  consort info song.mid
  consort providers --onnxruntime ~/openvino/libonnxruntime.so
  consort instrument \"warm cello\" --provider openvino
  sox song.opus -t wav - | consort describe -

A file to read may be -, what is piped in.

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
    /// Compute with another provider than chosen in Settings: cpu, openvino, cuda:1 ... (`consort providers` lists them)
    #[arg(long, global = true, value_name = "NAME[:DEVICE]", value_parser = Choice::named)]
    provider: Option<Choice>,
    /// The ONNX Runtime that has that provider: its library, its folder, or a plugin
    #[arg(long, global = true, value_name = "PATH")]
    onnxruntime: Option<PathBuf>,
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
    Providers(providers::Arguments),
    Note(note::Arguments),
    Match(matching::Arguments),
    Library(library::Arguments),
    #[command(alias = "licenses")]
    Licences(licences::Arguments),
    Describe(describe::Arguments),
    Notes(notes::Arguments),
    Packs(packs::Arguments),
    Transcribe(transcribe::Arguments),
    Stem(stem::Arguments),
    Orchestrate(orchestrate::Arguments),
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
    fn result(&self, json: &serde_json::Value, text: &str) -> Result<(), Failure> {
        if self.json {
            print(&json.to_string())
        } else if !self.quiet {
            print(text)
        } else {
            Ok(())
        }
    }

    /// A remark beside the result, for people.
    fn remark(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "note: {}", harmless(text));
        }
    }
}

/// A number of things to list: none is no list.
fn at_least_one() -> clap::builder::RangedU64ValueParser<usize> {
    clap::builder::RangedU64ValueParser::new().range(1..)
}

/// Prints a line on stdout.
fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    let written = writeln!(stdout, "{}", harmless(text)).and_then(|()| stdout.flush());
    printed(written)
}

/// What became of printing. A reader that has gone away (`consort info x | head -1`) had what it wanted.
fn printed(written: std::io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::print(&error)),
        _ => Ok(()),
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
            // Help and version are "errors" with exit code 0, and go to stdout.
            let written = error.print().and_then(|()| std::io::stdout().flush());
            return match (error.use_stderr(), printed(written)) {
                (false, Err(failure)) => failure.report(),
                _ => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)),
            };
        }
    };
    cancel::listen();
    let context = Context {
        json: arguments.json,
        quiet: arguments.quiet,
    };
    choose(&arguments, &context);
    let done = match &arguments.command {
        Command::Instrument(arguments) => instrument::run(arguments, &context),
        Command::Kit(arguments) => kit::run(arguments, &context),
        Command::Morph(arguments) => morph::run(arguments, &context),
        Command::Shape(arguments) => shape::run(arguments, &context),
        Command::Factory(arguments) => factory::run(arguments, &context),
        Command::Render(arguments) => render::run(arguments, &context),
        Command::Info(arguments) => info::run(arguments, &context),
        Command::Preset(arguments) => preset::run(arguments, &context),
        Command::Providers(arguments) => providers::run(arguments, &context),
        Command::Note(arguments) => note::run(arguments, &context),
        Command::Match(arguments) => matching::run(arguments, &context),
        Command::Library(arguments) => library::run(arguments, &context),
        Command::Licences(arguments) => licences::run(arguments, &context),
        Command::Describe(arguments) => describe::run(arguments, &context),
        Command::Notes(arguments) => notes::run(arguments, &context),
        Command::Packs(arguments) => packs::run(arguments, &context),
        Command::Transcribe(arguments) => transcribe::run(arguments, &context),
        Command::Stem(arguments) => stem::run(arguments, &context),
        Command::Orchestrate(arguments) => orchestrate::run(arguments, &context),
        #[cfg(feature = "standalone")]
        Command::Standalone(arguments) => standalone::run(arguments),
    };
    for sentence in ModelHost::told() {
        context.remark(&sentence);
    }
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// What the options say of providers goes before what is remembered.
fn choose(arguments: &Arguments, context: &Context) {
    let set = std::env::var(provider::VARIABLE).unwrap_or_default();
    if !set.is_empty()
        && let Err(sentence) = Choice::named(&set)
    {
        context.remark(&format!(
            "{} is passed over. {sentence}",
            provider::VARIABLE
        ));
    }
    if arguments.provider.is_none() && arguments.onnxruntime.is_none() {
        return;
    }
    let mut choice = Choice::remembered();
    if let Some(named) = &arguments.provider {
        choice = Choice {
            library: choice.library,
            ..named.clone()
        };
    }
    if let Some(library) = &arguments.onnxruntime {
        choice.library = Some(library.clone());
    }
    ModelHost::get().choose(choice);
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
