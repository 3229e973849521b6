//! `cargo xtask validate`: what other people's validators say of the bundled plugin. They aren't in any
//! package registry, so whoever has them says where: `CONSORT_VALIDATORS` names a folder with some of
//! `clap-validator`, `validator` (Steinberg's, of the VST3 SDK) and `pluginval`.

use crate::display::Display;
use crate::shell::{Result, say};
use crate::{bundle, packages};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// A program, what it is asked, and the word that its tests' sum stands in.
struct Validator {
    program: &'static str,
    arguments: &'static [&'static str],
    plugin: fn() -> PathBuf,
    /// What a line has in it that says what came out.
    sum: &'static str,
}

const ALL: [Validator; 3] = [
    Validator {
        program: "clap-validator",
        arguments: &["validate"],
        plugin: bundle::clap,
        sum: " passed",
    },
    Validator {
        program: "validator",
        arguments: &["-e"],
        plugin: bundle::vst3,
        sum: "Result:",
    },
    Validator {
        program: "pluginval",
        arguments: &["--strictness-level", "10", "--validate"],
        plugin: bundle::vst3,
        sum: "SUCCESS",
    },
];

/// Runs those that are there, `--runs N` times each, and prints a table.
pub fn validate(rest: &[String]) -> Result {
    let runs: usize = match rest {
        [] => 1,
        [option, number] if option == "--runs" => number
            .parse()
            .map_err(|_| format!("`{number}` is not a number of runs."))?,
        _ => return Err("validate takes `--runs N` and nothing else.".into()),
    };
    let Some(folder) = std::env::var_os("CONSORT_VALIDATORS").map(PathBuf::from) else {
        return Err(
            "set CONSORT_VALIDATORS to a folder with clap-validator, validator or pluginval."
                .into(),
        );
    };
    let there = |validator: &&Validator| folder.join(validator.program).is_file();
    let found: Vec<&Validator> = ALL.iter().filter(there).collect();
    if found.is_empty() {
        return Err(format!(
            "{} has none of clap-validator, validator and pluginval.",
            folder.display()
        ));
    }
    packages::ensure(packages::WINDOW)?;
    packages::ensure(packages::TEST)?;
    bundle::bundle()?;
    let display = Display::open()?;
    let logs = crate::shell::target().join("validate");
    std::fs::create_dir_all(&logs).map_err(|error| format!("{}: {error}.", logs.display()))?;

    let mut failed = 0;
    let mut table = Vec::new();
    for run in 1..=runs {
        for validator in &found {
            say(format!("{}, run {run} of {runs}", validator.program));
            let log = logs.join(format!("{}-{run}.txt", validator.program));
            let row = validator.run(&folder, &display, &log)?;
            failed += usize::from(!row.passed);
            table.push((validator.program, run, row));
        }
    }
    println!(
        "\n{:<16} {:>4}  {:<7} {:>6}  what it says",
        "validator", "run", "", "s"
    );
    for (program, run, row) in &table {
        let verdict = if row.passed { "passed" } else { "FAILED" };
        println!(
            "{program:<16} {run:>4}  {verdict:<7} {:>6.1}  {}",
            row.seconds, row.sum
        );
    }
    println!("All that they said: {}", logs.display());
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} of {} runs failed.", table.len()))
    }
}

/// What came out of a run.
struct Row {
    passed: bool,
    seconds: f64,
    sum: String,
}

impl Validator {
    fn run(&self, folder: &Path, display: &Display, log: &Path) -> Result<Row> {
        let mut command = Command::new(folder.join(self.program));
        command.args(self.arguments).arg((self.plugin)());
        let began = Instant::now();
        let output = display
            .show(&mut command)
            .output()
            .map_err(|error| format!("`{}` could not start: {error}.", self.program))?;
        let seconds = began.elapsed().as_secs_f64();
        let mut said = output.stdout;
        said.extend(output.stderr);
        std::fs::write(log, &said).map_err(|error| format!("{}: {error}.", log.display()))?;
        let said = String::from_utf8_lossy(&said);
        let sum = said.lines().rev().find(|line| line.contains(self.sum));
        Ok(Row {
            passed: output.status.success(),
            seconds,
            sum: plain(sum.unwrap_or("nothing that sums it up").trim()),
        })
    }
}

/// A line without its colours: `ESC [ … m`.
fn plain(line: &str) -> String {
    let mut pieces = line.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |line, piece| {
        line + piece.split_once('m').map_or(piece, |(_, rest)| rest)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn colours_are_taken_out() {
        let line = "81 run, \u{1b}[1;32m67\u{1b}[0m passed";
        assert_eq!(super::plain(line), "81 run, 67 passed");
    }
}
