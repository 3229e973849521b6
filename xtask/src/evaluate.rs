//! `cargo xtask evaluate pitch`: how well in tune instruments are, by somebody else's ears.

use crate::setup;
use crate::shell::{Result, cargo, run, say, target};
use crate::{bundle, packages};
use std::process::Command;

/// Runs one of the evaluations; only `pitch` so far. What follows goes to it.
pub fn evaluate(rest: &[String]) -> Result {
    let Some(("pitch", rest)) = rest.split_first().map(|(name, rest)| (name.as_str(), rest)) else {
        return Err("say what to evaluate: `cargo xtask evaluate pitch`.".into());
    };
    packages::ensure(packages::TEST)?;
    bundle::bundle()?;
    let python = setup::python_with_hosts()?;
    say("20 prompts, 88 keys each, played in DawDreamer, measured by librosa's pYIN");
    run(cargo().args(["build", "--release", "--bin", "consort"]))?;
    let mut command = Command::new(python);
    command.args(["-m", "tests.hosts.pitch"]).args(rest);
    run(command
        .env("CONSORT_VST3", bundle::vst3())
        .env("CONSORT", target().join("release/consort")))
}
