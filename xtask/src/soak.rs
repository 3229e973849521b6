//! `cargo xtask soak`: the long runs. The same tests as in `cargo xtask test`, for minutes.

use crate::setup;
use crate::shell::{Result, cargo, run, say};

/// Plays for `--minutes N`, 10 unless told.
pub fn soak(rest: &[String]) -> Result {
    let minutes: f64 = match rest {
        [] => 10.0,
        [option, number] if option == "--minutes" => number
            .parse()
            .map_err(|_| format!("`{number}` is not a number of minutes."))?,
        _ => return Err("soak takes `--minutes N` and nothing else.".into()),
    };
    setup::build()?;
    say(format!(
        "eight instances, instruments made and swapped under playing notes, {minutes} min"
    ));
    let mut command = cargo();
    command.args(["test", "--release", "--test", "soak", "--", "--nocapture"]);
    run(command.env("CONSORT_SOAK_SECONDS", format!("{}", minutes * 60.0)))?;
    say(format!(
        "twelve parts beside 64 voices, while others are written, {minutes} min"
    ));
    let mut command = cargo();
    command.args(["test", "--release", "--test", "band", "--", "--nocapture"]);
    run(command.env("CONSORT_BAND_SECONDS", format!("{}", minutes * 60.0)))
}
