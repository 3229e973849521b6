//! The crates that a build of Consort holds, as Cargo knows them.

use super::Component;
use super::texts;
use crate::shell::{Result, cargo, root};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The systems that Consort is built for.
pub const SYSTEMS: [&str; 3] = [
    "x86_64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "aarch64-apple-darwin",
];

/// All crates of one system's build but Consort itself: what it depends on without its tests and
/// build script. Procedural macros are among them, for what they write is compiled in. Crates are
/// fetched if they have to be, unless `offline`.
///
/// # Errors
/// When a crate's source isn't there and may not be fetched, its licence isn't one that may be shipped,
/// or its text isn't to be found.
pub fn of(system: &str, offline: bool) -> Result<Vec<Component>> {
    let described = described(system, offline)?;
    // `metadata` would also count what only tests and xtask ask of a crate; `tree` doesn't.
    let tree = ask(offline, "tree", |tree| {
        tree.args(["--package", "consort", "--edges", "normal"])
            .args(["--prefix", "none", "--format", "{p}", "--target", system])
    })?;
    let mut found = BTreeMap::new();
    for line in tree.lines() {
        let mut words = line.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            continue;
        };
        let id = (name.to_owned(), version.trim_start_matches('v').to_owned());
        if ["consort", "consort-runner"].contains(&name) || found.contains_key(&id) {
            continue;
        }
        let package = described
            .get(&id)
            .ok_or_else(|| format!("Cargo lists {line} and doesn't describe it."))?;
        found.insert(id, component(package)?);
    }
    Ok(found.into_values().collect())
}

/// All packages by name and version, as their `Cargo.toml` says.
fn described(system: &str, offline: bool) -> Result<BTreeMap<(String, String), Value>> {
    let text = ask(offline, "metadata", |metadata| {
        metadata.args(["--format-version", "1", "--filter-platform", system])
    })?;
    let mut all: Value =
        serde_json::from_str(&text).map_err(|error| format!("Cargo's metadata: {error}."))?;
    let packages = all["packages"].as_array_mut().map(std::mem::take);
    let named = packages.unwrap_or_default().into_iter().map(|package| {
        let of = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
        ((of("name"), of("version")), package)
    });
    Ok(named.collect())
}

fn ask(
    offline: bool,
    command: &str,
    arguments: impl FnOnce(&mut std::process::Command) -> &mut std::process::Command,
) -> Result<String> {
    let mut cargo = cargo();
    cargo.current_dir(root()).args([command, "--locked"]);
    if offline {
        cargo.arg("--offline");
    }
    let output = arguments(&mut cargo)
        .output()
        .map_err(|error| format!("`cargo {command}` could not start: {error}."))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(format!("`cargo {command}` failed: {}", why.trim()))
}

fn component(package: &Value) -> Result<Component> {
    let of = |name: &str| package[name].as_str().unwrap_or_default();
    let (name, version) = (of("name"), of("version"));
    let about = |why| format!("{name} {version}: {why}");
    let manifest = PathBuf::from(of("manifest_path"));
    let folder = manifest.parent().unwrap_or(Path::new(""));
    let authors = package["authors"].as_array().into_iter().flatten();
    let authors: Vec<&str> = authors.filter_map(Value::as_str).collect();
    let authors = match authors[..] {
        [] => format!("the authors of {name}"),
        _ => authors.join(", "),
    };
    let chosen = super::spdx::choose(of("license")).map_err(about)?;
    let texts = texts::in_crate(folder, &chosen, &authors).map_err(about)?;
    let home = ["repository", "homepage"].map(of);
    let home = home.into_iter().find(|home| !home.is_empty());
    Ok(Component {
        name: name.into(),
        version: version.into(),
        licence: of("license").into(),
        chosen,
        from: format!(
            "https://crates.io/crates/{name}/{version}{}",
            home.map_or_else(String::new, |home| format!(", {home}"))
        ),
        remark: String::new(),
        texts,
    })
}
