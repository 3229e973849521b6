//! `cargo xtask run`: the plugin in a window of its own, without a host.

use crate::packages;
use crate::setup;
use crate::shell::{Result, cargo, run as shell, say};

/// Builds the standalone program and opens it. `rest` goes to it.
pub fn run(rest: &[String]) -> Result {
    setup::build()?;
    packages::ensure(packages::WINDOW)?;
    packages::ensure(packages::STANDALONE)?;
    say("building the standalone program and opening its window");
    let mut command = cargo();
    command.args([
        "run",
        "--release",
        "--features",
        "standalone",
        "--bin",
        "consort",
        "--",
    ]);
    shell(command.arg("standalone").args(rest))
}
