//! `cargo xtask licences`: one file that names everything of others that is shipped, with its licences.
//!
//! | module | does |
//! |---|---|
//! | `spdx` | which licences may be shipped, and which of several is chosen |
//! | `crates` | the crates of a build, asked of Cargo |
//! | `others` | what is shipped and is no crate |
//! | `texts` | texts of licences, in crates and standard ones |
//! | `page` | the file |
//!
//! A test of this package checks that the file is what the command would write.

mod crates;
mod others;
mod page;
mod spdx;
mod texts;

use crate::setup::sha256;
use crate::shell::{Result, root, say};
use std::collections::BTreeMap;
use std::fs;

/// The file, at the repository's top and beside the plugin.
pub const FILE: &str = "THIRD-PARTY-LICENSES";

/// Something of others that is shipped.
pub struct Component {
    name: String,
    version: String,
    /// As its authors state it.
    licence: String,
    /// What of it is chosen, SPDX ids.
    chosen: Vec<String>,
    from: String,
    /// What else there is to say.
    remark: String,
    texts: Vec<texts::Text>,
}

/// Writes the file. Crates for other systems than this one are fetched, to read their licences.
pub fn write() -> Result {
    crate::setup::build()?;
    say("reading the licences of all crates, for Linux, Windows and macOS");
    let mut found = Crates::default();
    for system in crates::SYSTEMS {
        found.add(crates::of(system, false)?);
    }
    let crates = found.all();
    let page = page::write(&crates, &others::all()?, &lock()?)?;
    fs::write(root().join(FILE), &page)
        .map_err(|error| format!("{FILE} could not be written: {error}."))?;
    let (count, size) = (crates.len(), page.len() as f64 / 1e3);
    say(format!("{FILE}: {count} crates, {size:.0} kB"));
    Ok(())
}

/// Crates of several systems, each once.
#[derive(Default)]
struct Crates(BTreeMap<(String, String), Component>);

impl Crates {
    fn add(&mut self, crates: Vec<Component>) {
        for one in crates {
            self.0.insert((one.name.clone(), one.version.clone()), one);
        }
    }

    fn all(self) -> Vec<Component> {
        self.0.into_values().collect()
    }
}

/// A part that is written by hand.
fn standing(name: &str) -> Result<String> {
    read(&format!("xtask/licences/{name}.txt"))
}

/// The hash of Cargo.lock.
fn lock() -> Result<String> {
    Ok(sha256(read("Cargo.lock")?.as_bytes()))
}

fn read(file: &str) -> Result<String> {
    let text = fs::read_to_string(root().join(file));
    let text = text.map_err(|error| format!("{file} could not be read: {error}."))?;
    Ok(text.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests;
