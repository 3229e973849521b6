//! `cargo xtask bundle`: the release plugin in both formats.

use crate::shell::{Result, root, run, say, target};
use crate::{licences, setup};
use std::path::PathBuf;
use std::process::Command;

/// Builds the release library and lays out the bundles under `target/bundled`, other people's licences
/// with them: beside the CLAP plugin, which is one file, and inside the VST3 plugin.
pub fn bundle() -> Result {
    setup::build()?;
    say("building the release plugin");
    let arguments = ["bundle", "consort", "--release"].map(str::to_owned);
    nice_plug_xtask::main_with_args("cargo xtask", arguments)
        .map_err(|error| format!("the plugin could not be bundled: {error:#}."))?;
    let resources = vst3().join("Contents/Resources");
    std::fs::create_dir_all(&resources)
        .map_err(|error| format!("{} could not be made: {error}.", resources.display()))?;
    for folder in [target().join("bundled"), resources] {
        std::fs::copy(root().join(licences::FILE), folder.join(licences::FILE))
            .map_err(|error| format!("{} could not be copied: {error}.", licences::FILE))?;
    }
    if cfg!(target_os = "macos") {
        // The signature from before doesn't know of it.
        run(Command::new("codesign").args(["-f", "-s", "-"]).arg(vst3()))?;
    }
    Ok(())
}

/// The bundled CLAP plugin.
pub fn clap() -> PathBuf {
    target().join("bundled/Consort.clap")
}

/// The bundled VST3 plugin.
pub fn vst3() -> PathBuf {
    target().join("bundled/Consort.vst3")
}
