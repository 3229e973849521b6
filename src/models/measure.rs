//! A provider beside the CPU: how long each model takes, and how far apart their outputs are.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use super::backend::{Backend, Fault, LoadedModel, Usage};
use super::provider::Choice;
use super::runtime::{ChildBackend, InProcess};
use super::tensor::{Element, Slot, Tensor};
use super::{Error, Pack};

/// Runs that are timed, of each model.
const RUNS: usize = 5;

/// One model on both.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its file.
    pub model: String,
    /// Median time of a run on the CPU, in this process.
    pub cpu: Duration,
    /// Median time of a run by the provider; from the third on.
    pub provider: Duration,
    /// What loading and the first run took there, the CPU's for comparison included.
    pub first: Duration,
    /// Largest difference of an output, in parts of that output's largest number.
    pub difference: f32,
    /// Why it ran on the CPU after all, in sentences.
    pub told: Vec<String>,
}

/// Runs all models of these packs on numbers of no meaning; each is handed to
/// `each` as soon as it is there. Takes seconds, and as many threads as a make. Any thread but audio.
///
/// # Errors
/// [`Error::Pack`] or [`Error::Runtime`]: a model can't be loaded or run on the CPU.
pub fn measure(
    packs: &[Pack],
    choice: &Choice,
    each: &mut dyn FnMut(&Measured),
) -> Result<Vec<Measured>, Error> {
    let backend = ChildBackend::new(choice.clone());
    // Somebody has a model while others come and go, so that the process stays.
    let mut kept = Vec::new();
    let mut all = Vec::new();
    for (file, onnx) in files(packs)? {
        let of = |fault| match fault {
            Fault::Backend(error) => error,
            Fault::Model(said) => Error::Model(format!("The model {file} failed ({said}).")),
        };
        let before = backend.report().told.len();
        let mut cpu = InProcess
            .load(&file, onnx.clone(), Usage::Often)
            .map_err(of)?;
        let given: Vec<Given> = cpu.inputs().iter().map(Given::new).collect();
        let (right, on_cpu) = timed(&mut *cpu, &given).map_err(of)?;
        let begun = Instant::now();
        let mut model = backend.load(&file, onnx, Usage::Often).map_err(of)?;
        run(&mut *model, &given).map_err(of)?;
        let first = begun.elapsed();
        let (found, provider) = timed(&mut *model, &given).map_err(of)?;
        let measured = Measured {
            model: file.clone(),
            cpu: on_cpu,
            provider,
            first,
            difference: super::runtime::difference(&found, &right),
            told: backend.report().told.split_off(before),
        };
        each(&measured);
        all.push(measured);
        kept.push(model);
    }
    Ok(all)
}

type File = (String, Cow<'static, [u8]>);

fn files(packs: &[Pack]) -> Result<Vec<File>, Error> {
    let models = packs.iter().flat_map(|pack| {
        let models = pack.manifest().models.iter();
        models.map(move |model| (pack, model))
    });
    models
        .map(|(pack, model)| Ok((model.file.clone(), pack.file(&model.file, &model.sha256)?)))
        .collect()
}

/// Numbers for a model's input, of both kinds.
struct Given {
    slot: Slot,
    shape: Vec<usize>,
    floats: Vec<f32>,
    ids: Vec<i64>,
}

impl Given {
    fn new(slot: &Slot) -> Self {
        let rank = slot.shape.len();
        let size = |(at, &size): (usize, &Option<usize>)| match at {
            _ if size.is_some() => size.unwrap_or(1),
            0 => 1,
            // A second of sound; a few words, a bar.
            _ if at + 1 == rank && rank > 2 => 96,
            _ => 12,
        };
        let shape: Vec<usize> = slot.shape.iter().enumerate().map(size).collect();
        let count: usize = shape.iter().product();
        let float = |i| 0.6 * (0.731 * i as f32 + 0.1).sin();
        Self {
            slot: slot.clone(),
            floats: (0..count).map(float).collect(),
            ids: (0..count as i64).map(|i| i % 2).collect(),
            shape,
        }
    }

    fn tensor(&self) -> Tensor<'_> {
        match self.slot.element {
            Some(Element::I64) => Tensor::ids(&self.slot.name, &self.shape, &self.ids),
            _ => Tensor::floats(&self.slot.name, &self.shape, &self.floats),
        }
    }
}

fn run(model: &mut dyn LoadedModel, given: &[Given]) -> Result<Vec<Vec<f32>>, Fault> {
    let outputs = model.outputs();
    let names: Vec<&str> = outputs.iter().map(|slot| slot.name.as_ref()).collect();
    let inputs: Vec<Tensor<'_>> = given.iter().map(Given::tensor).collect();
    model.run(&inputs, &names)
}

/// What it gives, and the median time of a run.
fn timed(model: &mut dyn LoadedModel, given: &[Given]) -> Result<(Vec<Vec<f32>>, Duration), Fault> {
    let mut found = run(model, given)?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        found = run(model, given)?;
        times.push(begun.elapsed());
    }
    times.sort();
    Ok((found, times[RUNS / 2]))
}
