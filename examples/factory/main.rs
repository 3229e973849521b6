//! Makes the factory library: `cargo xtask factory`, see `plugin-assets/factory/README.md`.
//!
//! For each line of `prompts.txt` it makes an instrument of several seeds with the built-in models,
//! measures each, leaves out what is broken or too much like another one, and keeps the best. It
//! writes the instruments, the index and a picture of them all.
//!
//! `cargo run --release --example factory -- [--seeds N] [--only WORD] [--out FOLDER]`

mod choose;
mod measure;
mod picture;
mod prompts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use consort::instrument::Instrument;
use consort::instrument::export::safe_name;
use consort::instrument::factory::{Entry, Kind};
use consort::models::{Models, Pack, Request, make_instrument};
use serde_json::json;

use choose::Candidate;
use prompts::Line;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

struct Options {
    seeds: u64,
    only: String,
    out: PathBuf,
}

fn main() -> ExitCode {
    match options().and_then(|options| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("factory: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options() -> Result<Options> {
    let mut options = Options {
        seeds: 8,
        only: String::new(),
        out: Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin-assets/factory"),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(format!("{name} needs a value."))?;
        match name.as_str() {
            "--seeds" => options.seeds = value.parse()?,
            "--only" => options.only = value.to_lowercase(),
            "--out" => options.out = value.into(),
            _ => return Err(format!("there is no option {name}.").into()),
        }
    }
    Ok(options)
}

fn run(options: &Options) -> Result<()> {
    let begun = Instant::now();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin-assets/factory");
    let text = std::fs::read_to_string(folder.join("prompts.txt"))?;
    let mut lines = prompts::read(&text)?;
    lines.retain(|line| line.name.to_lowercase().contains(&options.only));
    let mut models = Models::new(Pack::open()?);
    let mut chosen: Vec<(Line, Candidate)> = Vec::new();
    println!(
        "{:<22}{:<21}{:>6}{:>8}{:>9}{:>9}{:>8}{:>8}{:>8}  left out",
        "name", "family", "seed", "clarity", "centroid", "onset ms", "T60 s", "noise", "nearest"
    );
    for line in lines {
        let mut candidates = Vec::new();
        for seed in 1..=options.seeds {
            candidates.push(candidate(&line, seed, &mut models)?);
        }
        let before: Vec<&Candidate> = chosen.iter().map(|(_, candidate)| candidate).collect();
        let (best, left_out) = choose::best(&line, candidates, &before);
        match best {
            Some(best) => {
                println!("{}", row(&line, &best, &before, &left_out));
                chosen.push((line, best));
            }
            None => println!(
                "{:<22}{:<21}  none of them: {left_out}",
                line.name, line.family
            ),
        }
    }
    write(&options.out, &chosen)?;
    println!(
        "{} instruments of {} seeds each in {:.0} s, in {}",
        chosen.len(),
        options.seeds,
        begun.elapsed().as_secs_f64(),
        options.out.display()
    );
    Ok(())
}

fn candidate(line: &Line, seed: u64, models: &mut Models) -> Result<Candidate> {
    let request = Request {
        prompt: line.prompt.clone(),
        seed,
        family: Some(line.family),
        ..Request::default()
    };
    let made = make_instrument(models, &request, &mut |_, _| {
        std::ops::ControlFlow::Continue(())
    })?;
    let instrument = Instrument {
        name: line.name.clone(),
        ..made.instrument
    };
    let measured = measure::measure(&instrument, line.family);
    Ok(Candidate {
        instrument,
        measured,
        seed,
    })
}

fn row(line: &Line, best: &Candidate, before: &[&Candidate], left_out: &str) -> String {
    let m = &best.measured;
    format!(
        "{:<22}{:<21}{:>6}{:>8.2}{:>9.0}{:>9.0}{:>8.1}{:>8.0}{:>8.1}  {left_out}",
        line.name,
        line.family.name(),
        best.seed,
        m.clarity,
        m.centroid_hz,
        m.onset_s * 1e3,
        m.t60_s,
        m.noise_db,
        choose::nearest(best, before),
    )
}

/// Replaces the library's own instruments; entries that this tool doesn't make stay in the index.
fn write(folder: &Path, chosen: &[(Line, Candidate)]) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let index = folder.join("index.json");
    let old: Vec<Entry> = match std::fs::read_to_string(&index) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(_) => Vec::new(),
    };
    let is_made = |entry: &Entry| entry.kind == Kind::Instrument && entry.seed > 0;
    for entry in old.iter().filter(|entry| is_made(entry)) {
        let _ = std::fs::remove_file(folder.join(&entry.file));
    }
    let mut entries: Vec<Entry> = old.into_iter().filter(|entry| !is_made(entry)).collect();
    for (line, candidate) in chosen {
        let file = safe_name(&line.name).to_lowercase().replace(' ', "-") + ".consort";
        std::fs::write(folder.join(&file), candidate.instrument.to_bytes())?;
        entries.push(Entry {
            file,
            name: line.name.clone(),
            kind: Kind::Instrument,
            family: line.family,
            tags: line.tags.clone(),
            prompt: candidate.instrument.recipe.prompt.clone(),
            seed: candidate.seed,
        });
    }
    // One entry a line: changes can be read.
    let lines: Vec<String> = entries
        .iter()
        .map(|entry| json!(entry).to_string())
        .collect();
    std::fs::write(index, format!("[\n{}\n]\n", lines.join(",\n")))?;
    let instruments: Vec<&Instrument> = chosen.iter().map(|(_, c)| &c.instrument).collect();
    let sheet = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/factory.png");
    picture::write(&sheet, &instruments)?;
    println!("picture: {}", sheet.display());
    Ok(())
}
