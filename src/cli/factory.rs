//! `consort factory`: the instruments that come with Consort.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Context;
use super::failure::Failure;
use super::output::NewFile;
use crate::instrument::factory::{self, Entry};
use crate::instrument::{Family, export::safe_name};

/// List or export the instruments that come with Consort.
#[derive(Args)]
#[command(after_help = "Examples:
  consort factory list
  consort factory list --family bass
  consort factory list warm pad
  consort factory export \"Warm Cello\" --out cello.consort")]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// List them: name, family and tags.
    List {
        /// Only those with words that begin so.
        words: Vec<String>,
        /// Only those of this family.
        #[arg(long)]
        family: Option<Family>,
    },
    /// Write one to a file.
    Export {
        /// Its name, as in the list.
        name: String,
        /// The file to write (.consort); named after the instrument otherwise.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Replace the file if it exists.
        #[arg(long)]
        force: bool,
    },
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    match &arguments.what {
        What::List { words, family } => list(&words.join(" "), *family, context),
        What::Export { name, out, force } => export(name, out.clone(), *force, context),
    }
}

fn list(words: &str, family: Option<Family>, context: &Context) -> Result<(), Failure> {
    let wanted =
        |entry: &&Entry| entry.fits(words) && family.is_none_or(|wanted| entry.family == wanted);
    let entries: Vec<&Entry> = factory::entries().iter().filter(wanted).collect();
    let line = |entry: &&Entry| {
        let family = entry.family.name();
        format!("{:<24} {family:<21} {}", entry.name, entry.tags.join(", "))
    };
    let lines: Vec<String> = entries.iter().map(line).collect();
    context.result(&json!({ "instruments": entries }), &lines.join("\n"))
}

fn export(name: &str, out: Option<PathBuf>, force: bool, context: &Context) -> Result<(), Failure> {
    let entry = factory::named(name).ok_or_else(|| {
        Failure::job(format!(
            "There is no factory instrument \"{name}\"; `consort factory list` shows all names."
        ))
    })?;
    let out = out.unwrap_or_else(|| format!("{}.consort", safe_name(&entry.name)).into());
    NewFile::write_all(&out, force, entry.bytes())?;
    let out = out.display().to_string();
    context.result(&json!({ "file": out, "name": entry.name }), &out)
}
