//! `consort providers`: what models can be computed with.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use super::failure::Failure;
use crate::models::provider::{self, Choice, Found, Provider};
use crate::models::{ModelHost, PackSet, measure};

/// List what models can be computed with on this machine.
#[derive(Args)]
#[command(after_help = "Examples:
  consort providers
  consort providers --onnxruntime ~/venv/lib/python3.13/site-packages/onnxruntime/capi

The CPU is always there. Others need an ONNX Runtime that has them, named by --onnxruntime,
CONSORT_ONNXRUNTIME, or in the window's Settings. They run in a process of their own.")]
pub struct Arguments {
    /// Run each model on each, and say how long it takes and how far it is from the CPU's output
    #[arg(long)]
    measure: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<(), Failure> {
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
    let mut all = Vec::new();
    for found in &found {
        let mut one =
            json!({"provider": found.provider.name(), "device": found.device, "name": found.name});
        if arguments.measure {
            let library = choice.library.clone();
            let (lines_of, models) = measured(found, library)?;
            lines.extend([String::new(), provider::describe(found)]);
            lines.extend(lines_of);
            one["models"] = models;
        }
        all.push(one);
    }
    let result = json!({"chosen": choice.to_string(), "library": choice.library, "providers": all});
    context.result(&result, &lines.join("\n"))
}

/// A line a model, and the same as JSON.
fn measured(found: &Found, library: Option<PathBuf>) -> Result<(Vec<String>, Value), Failure> {
    let choice = Choice {
        provider: found.provider,
        device: Some(found.device.clone()),
        library,
    };
    let failed = |error: crate::models::Error| Failure::job(error.to_string());
    let packs = PackSet::open().map_err(failed)?;
    let all = measure::measure(packs.packs(), &choice, &mut |_| ()).map_err(failed)?;
    let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    let head = format!(
        "{:20} {:>9} {:>9} {:>9} {:>10}",
        "model",
        "CPU ms",
        format!("{} ms", found.provider.name()),
        "first ms",
        "difference"
    );
    let mut lines = vec![head];
    let mut models = Vec::new();
    for one in all {
        lines.push(format!(
            "{:20} {:9.2} {:9.2} {:9.0} {:10.1e}",
            one.model,
            ms(one.cpu),
            ms(one.provider),
            ms(one.first),
            one.difference
        ));
        lines.extend(one.told.iter().map(|sentence| format!("  {sentence}")));
        models.push(json!({
            "model": one.model,
            "cpu_ms": ms(one.cpu),
            "ms": ms(one.provider),
            "first_ms": ms(one.first),
            "difference": one.difference,
            "told": one.told,
        }));
    }
    Ok((lines, models.into()))
}
