//! `cargo xtask bench`: criterion's benches, each beside a peer in the same run.

use crate::shell::{Result, cargo, run, say};
use crate::{packages, setup};

/// Runs all benches; `rest` goes to them (a filter, for one).
pub fn bench(rest: &[String]) -> Result {
    setup::build()?;
    packages::ensure(packages::BENCH)?;
    say("running the benches; reports with pictures are left in target/criterion");
    run(cargo().args(["bench", "--benches", "--"]).args(rest))
}
