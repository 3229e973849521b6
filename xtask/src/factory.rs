//! `cargo xtask factory`: makes the factory library with the built-in models.

use crate::setup;
use crate::shell::{Result, cargo, run, say};

/// What follows goes to the tool: `--seeds N`, `--only WORD`, `--out FOLDER`.
pub fn factory(rest: &[String]) -> Result {
    setup::build()?;
    say("making the factory library: some seeds of each prompt, the best is kept");
    let mut command = cargo();
    command.args(["run", "--release", "--example", "factory", "--"]);
    run(command.args(rest))
}
