//! `consort match`: which instruments of the library sound like a sound, a mix, or words.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::library::{PlaceArguments, add_factory, ear, line, open_to_look, said, shown};
use super::{Context, at_least_one, input};
use crate::instrument::Family;
use crate::jobs::librarian::ear::LONGEST_READ;
use crate::jobs::librarian::{HEARD, doubt};
use crate::library::{Ask, Filter};
use crate::models::prompt::Prompt;
use crate::models::{Error, SoundFile};

/// Find the instruments of the library that are like a sound, a mix, or a description.
///
/// Of a mix, say which of its instruments is meant with --family: "which bass is that?". Without it,
/// the families that are heard are listed with how surely.
#[derive(Args)]
#[command(after_help = "Examples:
  consort match sound.wav
  consort match mix.wav --family bass --top 5
  consort match --words \"airy, floating strings\"")]
pub struct Arguments {
    /// A sound file: WAV, FLAC, AIFF, MP3 or OGG Vorbis, or an SFZ instrument.
    #[arg(required_unless_present = "words")]
    sound: Option<PathBuf>,
    /// A description instead of a sound.
    #[arg(long, conflicts_with = "sound")]
    words: Option<String>,
    /// Only instruments of this family.
    #[arg(long)]
    family: Option<Family>,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = at_least_one())]
    top: usize,
    #[command(flatten)]
    place: PlaceArguments,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
    if let Some(path) = &arguments.sound {
        input::check(path)?;
    }
    let mut opened = open_to_look(&arguments.place, context)?;
    let library = &mut opened.library;
    let mut ear = ear()?;
    let failed = |error: Error| Failure::job(error.to_string());
    add_factory(library, &mut ear, context)?;
    let begun = Instant::now();
    let mut heard = None;
    let ask = match (&arguments.sound, &arguments.words) {
        (Some(path), _) => {
            let file = SoundFile {
                path: path.clone(),
                key: None,
                // An SFZ file names sounds.
                sound: match path
                    .extension()
                    .is_some_and(|end| end.eq_ignore_ascii_case("sfz"))
                {
                    true => None,
                    false => Some(Arc::new(input::sound(path, LONGEST_READ, context)?)),
                },
            };
            let impression = ear.sound(&file).map_err(failed)?;
            heard = Some(impression.families);
            Ask::Sound(impression.timbre)
        }
        (None, words) => {
            let words = words.clone().unwrap_or_default();
            let meaning = match ear.describe(&words) {
                Ok(meaning) => Some(meaning),
                // Names are found all the same.
                Err(Error::Prompt(sentence)) => {
                    context.remark(&sentence);
                    None
                }
                Err(error) => return Err(failed(error)),
            };
            let words = Prompt::names_to_find(&words);
            Ask::Words { words, meaning }
        }
    };
    let listening = begun.elapsed();
    let begun = Instant::now();
    let filter = Filter {
        family: arguments.family,
        ..Filter::default()
    };
    let hits = library.find(&ask, &filter, arguments.top).map_err(said)?;
    let searching = begun.elapsed();
    let families = heard.map(|sure| {
        let mut all: Vec<(Family, f32)> = Family::ALL.into_iter().zip(sure).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all
    });
    let mut lines: Vec<String> = Vec::new();
    if let Some(families) = &families {
        let there = families.iter().filter(|(_, sure)| *sure >= HEARD);
        let there: Vec<String> = there
            .map(|(family, sure)| format!("{family} {:.0} %", sure * 100.0))
            .collect();
        lines.push(match there.is_empty() {
            true => "No family is heard surely.".to_owned(),
            false => format!("Heard: {}", there.join(", ")),
        });
        let asked = families
            .iter()
            .find(|(family, _)| Some(*family) == arguments.family);
        lines.extend(asked.and_then(|&(family, sure)| doubt(family, sure)));
    }
    lines.extend(
        hits.iter()
            .map(|hit| format!("{:.3} {}", hit.score, line(&hit.entry))),
    );
    if hits.is_empty() {
        lines.push(
            "Nothing in the library fits; `consort library add` adds instruments.".to_owned(),
        );
    }
    let result = json!({
        "sound": arguments.sound.as_ref().map(|path| path.display().to_string()),
        "words": arguments.words,
        "family": arguments.family.map(Family::name),
        "seconds_listening": listening.as_secs_f64(),
        "seconds_searching": searching.as_secs_f64(),
        "heard": families.map(|all| {
            let all = all.into_iter().map(|(family, sure)| (family.name().to_owned(), json!(sure)));
            serde_json::Value::Object(all.collect())
        }),
        "hits": hits
            .iter()
            .map(|hit| {
                let mut entry = shown(&hit.entry);
                entry["score"] = json!(hit.score);
                entry
            })
            .collect::<Vec<_>>(),
    });
    context.result(&result, &lines.join("\n"))
}
