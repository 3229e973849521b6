//! `consort packs`: the model packs that Consort works with.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Context;
use super::failure::Failure;
use crate::models::packs;
use crate::models::{Pack, PackSet};

/// List, add or remove model packs.
#[derive(Args)]
#[command(
    after_help = "A pack is a folder with a manifest.json and models. Packs that were added come before those inside
Consort, for what they have a model for; one that is damaged or made for another version isn't used.

Examples:
  consort packs list
  consort packs add ~/packs/my-drums
  consort packs remove ~/packs/my-drums"
)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// List them in the order in which they are asked: what each does, and what can't be used.
    List,
    /// Check a pack and use it from now on; its folder stays where it is.
    Add {
        /// The folder with its manifest.json.
        folder: PathBuf,
    },
    /// Use an added pack no more; its files stay.
    Remove {
        /// The folder that was added.
        folder: PathBuf,
    },
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    match &arguments.what {
        What::List => list(context),
        What::Add { folder } => {
            let pack = packs::add(folder).map_err(|error| Failure::job(error.to_string()))?;
            let text = format!("{} is used from now on.", pack.manifest().name);
            context.result(&told(&pack), &text)
        }
        What::Remove { folder } => {
            let removed = packs::remove(folder);
            if removed.map_err(|error| Failure::job(error.to_string()))? {
                let name = folder.display().to_string();
                return context.result(
                    &json!({ "removed": name }),
                    &format!("{name} is used no more."),
                );
            }
            Err(Failure::job(format!(
                "{} wasn't added; `consort packs list` shows what was.",
                folder.display()
            )))
        }
    }
}

fn list(context: &Context) -> Result<(), Failure> {
    let set = PackSet::open().map_err(|error| Failure::job(error.to_string()))?;
    let line = |pack: &Pack| {
        let manifest = pack.manifest();
        let tasks: Vec<&str> = manifest.models.iter().map(|model| &*model.task).collect();
        let place = pack
            .folder()
            .map_or("built in".into(), |folder| folder.display().to_string());
        format!(
            "{} {} ({}, {place}): {}",
            manifest.name,
            manifest.version,
            manifest.licence,
            tasks.join(", ")
        )
    };
    let mut lines: Vec<String> = set.packs().iter().map(line).collect();
    lines.extend(
        set.faults()
            .iter()
            .map(|(_, error)| format!("not used: {error}")),
    );
    let faults: Vec<_> = set
        .faults()
        .iter()
        .map(|(folder, error)| json!({ "folder": folder, "why": error.to_string() }))
        .collect();
    let all: Vec<_> = set.packs().iter().map(told).collect();
    context.result(
        &json!({ "packs": all, "faults": faults }),
        &lines.join("\n"),
    )
}

fn told(pack: &Pack) -> serde_json::Value {
    let manifest = pack.manifest();
    let models = manifest.models.iter();
    json!({
        "name": manifest.name,
        "version": manifest.version,
        "licence": manifest.licence,
        "folder": pack.folder(),
        "tasks": models.map(|model| &model.task).collect::<Vec<_>>(),
    })
}
