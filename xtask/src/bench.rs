//! `cargo xtask bench`: criterion's benches, each beside a peer in the same run.

use crate::shell::{Result, cargo, run, say};
use crate::{openvino, packages, setup};

/// Runs all benches; `rest` goes to them (a filter, for one); after `providers`, to `consort providers`.
pub fn bench(rest: &[String]) -> Result {
    setup::build()?;
    if let Some((first, rest)) = rest.split_first()
        && first == "providers"
    {
        return providers(rest);
    }
    packages::ensure(packages::BENCH)?;
    say("running the benches; reports with pictures are left in target/criterion");
    run(cargo().args(["bench", "--benches", "--"]).args(rest))
}

/// Each model by each provider of a library, beside the CPU: that which `rest` names, or OpenVINO's.
fn providers(rest: &[String]) -> Result {
    let mut measure = cargo();
    measure.args(["run", "--quiet", "--release", "--bin", "consort", "--"]);
    measure.args(["providers", "--measure"]).args(rest);
    if !rest.iter().any(|word| word.starts_with("--onnxruntime")) {
        measure.arg("--onnxruntime").arg(openvino::folder()?);
    }
    run(&mut measure)
}
