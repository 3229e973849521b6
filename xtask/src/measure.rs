//! `cargo xtask measure`: what the plugin costs, as medians over several fresh processes.

use crate::host::{Session, load};
use crate::shell::{Result, cargo, say};
use crate::{bundle, packages};
use std::process::Command;

/// Fresh processes to measure in.
const RUNS: usize = 7;

/// Prompts whose making is timed once the models are loaded.
const PROMPTS: [&str; 10] = [
    "warm cello",
    "bright bell",
    "soft pad",
    "hollow flute",
    "gritty bass",
    "old organ",
    "plucked harp",
    "breathy choir",
    "brass stab",
    "glass marimba",
];

/// Bundles, then shows medians of what `tests/cost.rs` prints, and of the way from a prompt to
/// its instrument.
pub fn measure() -> Result {
    packages::ensure(packages::WINDOW)?;
    bundle::bundle()?;
    say(format!("measuring in {RUNS} fresh processes"));
    let mut lines: Vec<Vec<(String, f64)>> = Vec::new();
    for _ in 0..RUNS {
        let mut command: Command = cargo();
        command.args([
            "test",
            "--release",
            "--quiet",
            "--test",
            "cost",
            "--",
            "--nocapture",
        ]);
        let output = command
            .output()
            .map_err(|error| format!("cargo could not start: {error}."))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            return Err(format!("tests/cost.rs failed:\n{text}"));
        }
        lines.push(text.lines().filter_map(measured).collect());
    }
    for (index, (name, _)) in lines[0].iter().enumerate() {
        let values = lines
            .iter()
            .filter_map(|run| Some(run.get(index)?.1))
            .collect();
        println!("{name:<50} {:>10.2}", median(values));
    }

    let mut session = Session::ready(&load(), 48_000.0, 512);
    let mut make = |prompt, seed| {
        let made = session
            .make(prompt, seed)
            .map_err(|message| format!("it said: {message}"))?;
        Ok::<_, String>((made.first_key, made.whole))
    };
    let (first, whole) = make("soft piano", 1)?;
    println!(
        "{:<50} {first:>10.2}",
        "first prompt of a process to its first key, s"
    );
    println!(
        "{:<50} {whole:>10.2}",
        "first prompt of a process to all keys, s"
    );
    let mut times = Vec::new();
    for (seed, prompt) in PROMPTS.into_iter().enumerate() {
        times.push(make(prompt, seed as u64)?);
    }
    let (firsts, wholes): (Vec<f64>, Vec<f64>) = times.into_iter().unzip();
    println!("{:<50} {:>10.2}", "prompt to first key, s", median(firsts));
    println!("{:<50} {:>10.2}", "prompt to all keys, s", median(wholes));
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Reads `measured NAME: NUMBER`.
fn measured(line: &str) -> Option<(String, f64)> {
    let (name, value) = line.strip_prefix("measured ")?.rsplit_once(": ")?;
    Some((name.to_owned(), value.parse().ok()?))
}
