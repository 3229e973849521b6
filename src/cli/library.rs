//! `consort library`: what is in the library, and what comes and goes.

mod opening;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::Failure;
use super::{Context, at_least_one, cancel, input};
use crate::instrument::{Family, factory};
use crate::jobs::librarian::ear::Ear;
use crate::library::import::{self, Found};
use crate::library::{
    Ask, Entry, EntryId, Filter, Hit, Kind, Library, LibraryError, NewEntry, Place,
};
use crate::models::Error;
pub(super) use opening::{ear, open, open_to_look};

/// Add instruments to the library, list, remove, or check them.
///
/// The library is what `consort match` and the plugin's Library page look in. It knows where files
/// are and what they sound like; the files stay where they are.
#[derive(Args)]
#[command(after_help = "Examples:
  consort library add ~/Samples piano.sfz warm-cello-1/warm-cello-1.consort
  consort library list --family bass
  consort library remove 118 \"Old Pad\"
  consort library check")]
pub struct Arguments {
    #[command(flatten)]
    place: PlaceArguments,
    #[command(subcommand)]
    command: Command,
}

/// Which library.
#[derive(Args)]
pub struct PlaceArguments {
    /// The library's folder; CONSORT_LIBRARY, or the user's own otherwise.
    #[arg(long, value_name = "DIR", global = true)]
    library: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Add .consort, SFZ and sound files, or folders of them.
    Add {
        /// Files and folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// List what is in it, favourites first.
    List {
        /// Only those of this family.
        #[arg(long)]
        family: Option<Family>,
        /// At most so many.
        #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = at_least_one())]
        top: usize,
    },
    /// Take instruments out; their files stay.
    Remove {
        /// Numbers, as `list` shows them, or whole names.
        #[arg(required = true)]
        entries: Vec<String>,
    },
    /// Check the library's file, look for instruments whose files are gone, and hear again what
    /// another version has heard.
    Check {
        /// Remove instruments whose files are gone.
        #[arg(long)]
        tidy: bool,
    },
}

/// Entries written at once.
const BATCH: usize = 16;
/// Sentences about files that can't be added, printed one by one.
const FAULTS: usize = 20;

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    match &arguments.command {
        Command::Add { paths } => add(&mut open(&arguments.place, context)?, paths, context),
        Command::List { family, top } => {
            let mut opened = open_to_look(&arguments.place, context)?;
            let library = &mut opened.library;
            add_factory(library, &mut ear()?, context)?;
            let filter = Filter {
                family: *family,
                ..Filter::default()
            };
            let hits = library.find(&Ask::All, &filter, *top).map_err(said)?;
            let entries: Vec<Value> = hits.iter().map(|hit| shown(&hit.entry)).collect();
            let lines: Vec<String> = hits.iter().map(|hit| line(&hit.entry)).collect();
            context.result(&json!({ "entries": entries }), &lines.join("\n"))
        }
        Command::Remove { entries } => {
            remove(&mut open(&arguments.place, context)?, entries, context)
        }
        Command::Check { tidy } => check(&mut open(&arguments.place, context)?, *tidy, context),
    }
}

pub(super) fn said(error: LibraryError) -> Failure {
    Failure::job(error.to_string())
}

/// Adds what the factory library has and the library hasn't.
pub(super) fn add_factory(
    library: &mut Library,
    ear: &mut Ear,
    context: &Context,
) -> Result<(), Failure> {
    let is_missing = |entry: &&factory::Entry| {
        let place = Place::Factory(entry.name.clone());
        !library.at_place(&place).is_ok_and(|known| known.is_some())
    };
    let missing: Vec<&factory::Entry> = factory::entries().iter().filter(is_missing).collect();
    let faults = hear_all(library, &missing, context, |_, entry| {
        ear.factory(entry).map(Some)
    })?;
    match faults.into_iter().next() {
        Some(fault) => Err(Failure::job(fault)),
        None => Ok(()),
    }
}

/// Hears and adds one after the other; sentences about those that can't be.
fn hear_all<T>(
    library: &mut Library,
    items: &[T],
    context: &Context,
    mut hear: impl FnMut(&Library, &T) -> Result<Option<NewEntry>, Error>,
) -> Result<Vec<String>, Failure> {
    let progress = context.progress();
    let mut faults = Vec::new();
    for (place, batch) in items.chunks(BATCH).enumerate() {
        let mut heard = Vec::new();
        for (index, item) in batch.iter().enumerate() {
            cancel::check()?;
            let done = place * BATCH + index;
            progress.show("Listening", done as f32 / items.len() as f32);
            match hear(library, item) {
                Ok(entry) => heard.extend(entry),
                Err(error @ (Error::Runtime(_) | Error::Pack(_) | Error::Cancelled)) => {
                    return Err(Failure::job(error.to_string()));
                }
                Err(error) => faults.push(error.to_string()),
            }
        }
        library.add(&heard).map_err(said)?;
    }
    Ok(faults)
}

fn add(library: &mut Library, paths: &[PathBuf], context: &Context) -> Result<(), Failure> {
    // What is wrong with a file is said as by all commands, and by the name that it was given.
    let mut faults = Vec::new();
    let mut there = Vec::new();
    for path in paths {
        match input::on_disk(path) {
            Ok(()) => there.push(path.clone()),
            Err(failure) => faults.push(failure.sentence().to_owned()),
        }
    }
    let given: Vec<(PathBuf, &PathBuf)> = paths
        .iter()
        .filter_map(|path| Some((std::path::absolute(path).ok()?, path)))
        .collect();
    let (found, others) = import::find(&there, &cancel::asked);
    faults.extend(others);
    cancel::check()?;
    let before = library.len();
    let mut ear = ear()?;
    let mut known = 0;
    faults.extend(hear_all(
        library,
        &found,
        context,
        |library, found: &Found| {
            let there = library.at_place(&found.place()).ok().flatten();
            if there.is_some_and(|(_, stamp)| stamp == found.stamp) {
                known += 1;
                return Ok(None);
            }
            let named = given.iter().find(|(path, _)| *path == found.path);
            let named = named.map_or(&found.path, |(_, named)| named);
            let checked = match found.kind {
                Kind::Saved => input::instrument(named).map(drop),
                _ => input::check(named),
            };
            checked.map_err(|failure| Error::Sound(failure.sentence().to_owned()))?;
            ear.found(found).map(Some)
        },
    )?);
    let added = library.len() - before;
    let result = json!({
        "added": added,
        "known": known,
        "not_added": faults.len(),
        "faults": faults,
        "entries": library.len(),
    });
    if found.is_empty() || faults.len() >= found.len() && added == 0 && known == 0 {
        return Err(Failure::job(faults.into_iter().next().unwrap_or_else(
            || "There are no instruments in it; add .consort, SFZ or sound files.".into(),
        )));
    }
    for fault in faults.iter().take(FAULTS) {
        context.remark(fault);
    }
    let text = format!(
        "{added} added, {known} known already, {} in all",
        library.len()
    );
    context.result(&result, &text)
}

fn remove(library: &mut Library, entries: &[String], context: &Context) -> Result<(), Failure> {
    let all = library
        .find(&Ask::All, &Filter::default(), usize::MAX >> 1)
        .map_err(said)?;
    let mut ids = Vec::new();
    for wanted in entries {
        let number = wanted.parse().ok().map(EntryId);
        let fits = |hit: &&Hit| {
            Some(hit.entry.id) == number || hit.entry.name.eq_ignore_ascii_case(wanted)
        };
        let before = ids.len();
        ids.extend(all.iter().filter(fits).map(|hit| hit.entry.id));
        if ids.len() == before {
            return Err(Failure::job(format!(
                "\"{wanted}\" is not in the library; `consort library list` shows what is."
            )));
        }
    }
    library.set_removed(&ids, true).map_err(said)?;
    let removed: Vec<i64> = ids.iter().map(|id| id.0).collect();
    context.result(
        &json!({ "removed": removed }),
        &format!("{} removed", removed.len()),
    )
}

fn check(library: &mut Library, tidy: bool, context: &Context) -> Result<(), Failure> {
    library.check().map_err(said)?;
    let mut ear = ear()?;
    let all = library
        .find(&Ask::All, &Filter::default(), usize::MAX >> 1)
        .map_err(said)?;
    let is_gone = |entry: &Entry| matches!(&entry.place, Place::File(path) if !path.exists());
    let gone: Vec<Entry> = all
        .into_iter()
        .map(|hit| hit.entry)
        .filter(is_gone)
        .collect();
    let others = library.of_other_encoders(ear.encoder()).map_err(said)?;
    let others: Vec<Entry> = others.into_iter().filter(|entry| !is_gone(entry)).collect();
    let faults = hear_all(library, &others, context, |library, entry| {
        ear.again(library, entry).map(Some)
    })?;
    if tidy {
        let ids: Vec<EntryId> = gone.iter().map(|entry| entry.id).collect();
        library.set_removed(&ids, true).map_err(said)?;
    }
    faults
        .iter()
        .take(FAULTS)
        .for_each(|fault| context.remark(fault));
    for entry in gone.iter().filter(|_| !tidy).take(FAULTS) {
        context.remark(&format!("the file of {} is gone", line(entry)));
    }
    let result = json!({
        "entries": library.len(),
        "whole": true,
        "heard_again": others.len() - faults.len(),
        "files_gone": gone.iter().map(shown).collect::<Vec<_>>(),
        "removed": if tidy { gone.len() } else { 0 },
        "faults": faults,
    });
    let text = format!(
        "{} instruments, the library is whole, {} heard again, {} files gone{}",
        library.len(),
        others.len() - faults.len(),
        gone.len(),
        if tidy { " and removed" } else { "" }
    );
    context.result(&result, &text)
}

/// An entry in JSON.
pub(super) fn shown(entry: &Entry) -> Value {
    json!({
        "id": entry.id.0,
        "name": entry.name,
        "kind": entry.kind.name(),
        "family": entry.family.name(),
        "tags": entry.tags,
        "favourite": entry.favourite,
        "file": file(entry).map(|path| path.display().to_string()),
    })
}

/// An entry for people.
pub(super) fn line(entry: &Entry) -> String {
    let from = match (file(entry), entry.kind) {
        (Some(path), _) => path.display().to_string(),
        (None, Kind::Factory) => "factory".to_owned(),
        (None, kind) => kind.name().to_owned(),
    };
    format!(
        "{:>6}  {} · {} · {from}",
        entry.id.0, entry.name, entry.family
    )
}

fn file(entry: &Entry) -> Option<&Path> {
    match &entry.place {
        Place::File(path) => Some(path),
        Place::Factory(_) | Place::Inside(_) => None,
    }
}
