//! `cargo xtask bundle`: the release plugin in both formats.

use crate::setup;
use crate::shell::{Result, say, target};
use std::path::PathBuf;

/// Builds the release library and lays out the bundles under `target/bundled`.
pub fn bundle() -> Result {
    setup::build()?;
    say("building the release plugin");
    let arguments = ["bundle", "consort", "--release"].map(str::to_owned);
    nice_plug_xtask::main_with_args("cargo xtask", arguments)
        .map_err(|error| format!("the plugin could not be bundled: {error:#}."))
}

/// The bundled CLAP plugin.
pub fn clap() -> PathBuf {
    target().join("bundled/Consort.clap")
}

/// The bundled VST3 plugin.
pub fn vst3() -> PathBuf {
    target().join("bundled/Consort.vst3")
}
