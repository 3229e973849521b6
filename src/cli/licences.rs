//! `consort licences`: whose work is in Consort, and under which licences.

use std::io::Write as _;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::{Context, print, printed};

/// Written by `cargo xtask licences`.
const TEXT: &str = include_str!("../../THIRD-PARTY-LICENSES");

/// Print the licences of all that others made and Consort holds.
#[derive(Args)]
#[command(after_help = "Examples:
  consort licences | less
  consort licences > THIRD-PARTY-LICENSES")]
pub struct Arguments {}

pub fn run(_: &Arguments, context: &Context) -> Result<(), Failure> {
    if context.json {
        print(&json!({ "licences": TEXT }).to_string())
    } else {
        // As it is, tabs included.
        let mut stdout = std::io::stdout().lock();
        printed(
            stdout
                .write_all(TEXT.as_bytes())
                .and_then(|()| stdout.flush()),
        )
    }
}
