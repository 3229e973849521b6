//! `consort providers`: what models can be computed with.

use clap::Args;
use serde_json::json;

use super::Context;
use super::failure::Failure;
use crate::models::ModelHost;
use crate::models::provider::{self, Provider};

/// List what models can be computed with on this machine.
#[derive(Args)]
#[command(after_help = "Examples:
  consort providers
  consort providers --onnxruntime ~/venv/lib/python3.13/site-packages/onnxruntime/capi

The CPU is always there. Others need an ONNX Runtime that has them, named by --onnxruntime,
CONSORT_ONNXRUNTIME, or in the window's Settings. They run in a process of their own.")]
pub struct Arguments {}

pub fn run(_: &Arguments, context: &Context) -> Result<(), Failure> {
    let (choice, _) = ModelHost::get().report();
    let found = provider::find(choice.library.as_deref())
        .map_err(|error| Failure::job(error.to_string()))?;
    let mut lines = vec!["cpu (in process)".to_owned()];
    lines.extend(found.iter().map(provider::describe));
    for line in &mut lines {
        let chosen = match choice.provider {
            Provider::Cpu => line.starts_with("cpu "),
            _ => line.starts_with(&choice.to_string()),
        };
        if chosen {
            line.push_str("  <- chosen");
        }
    }
    let all: Vec<_> = found
        .iter()
        .map(|found| json!({"provider": found.provider.name(), "device": found.device, "name": found.name}))
        .collect();
    let result = json!({"chosen": choice.to_string(), "library": choice.library, "providers": all});
    context.result(&result, &lines.join("\n"))
}
