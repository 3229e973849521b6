//! `cargo xtask evaluate pitch`: how well in tune instruments are, by somebody else's ears;
//! `cargo xtask evaluate instruments`: how good they are, beside real ones;
//! `cargo xtask evaluate timbre`: how well instruments are found by their sound.

use crate::setup;
use crate::shell::{Result, cargo, run, say, target};
use crate::{bundle, packages};
use std::process::Command;

/// Runs one of the evaluations; what follows its name goes to it.
pub fn evaluate(rest: &[String]) -> Result {
    match rest.split_first().map(|(name, rest)| (name.as_str(), rest)) {
        Some(("pitch", rest)) => pitch(rest),
        Some((what @ ("instruments" | "timbre"), rest)) => from_notes(what, rest),
        _ => Err(
            "say what to evaluate: `cargo xtask evaluate pitch`, `instruments` or `timbre`.".into(),
        ),
    }
}

fn pitch(rest: &[String]) -> Result {
    packages::ensure(packages::TEST)?;
    bundle::bundle()?;
    let python = setup::python_with_hosts()?;
    say("50 prompts, 88 keys each, played in DawDreamer, measured by librosa's pYIN");
    run(cargo().args(["build", "--release", "--bin", "consort"]))?;
    let mut command = Command::new(python);
    command.args(["-m", "tests.hosts.pitch"]).args(rest);
    run(command
        .env("CONSORT_VST3", bundle::vst3())
        .env("CONSORT", target().join("release/consort")))
}

/// Needs the packed data of `training/README.md`: real notes to compare with.
fn from_notes(what: &str, rest: &[String]) -> Result {
    packages::ensure(packages::EVALUATE)?;
    setup::build()?;
    let python = setup::python_with_measures()?;
    run(cargo().args(["build", "--release", "--bin", "consort"]))?;
    let mut command = Command::new(python);
    command.args(["-m", "training.evaluate", what]);
    run(command
        .args(rest)
        .env("CONSORT", target().join("release/consort")))
}
