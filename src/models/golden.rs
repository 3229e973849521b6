//! The built-in models against their golden outputs: fixed inputs and a few numbers of what each
//! model answered when it was exported.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::model::{Model, Usage};
use super::tensor::Tensor;
use super::text::TextEncoder;
use super::{Pack, pack::TEXT_WIDTH};

#[derive(Deserialize)]
struct Golden {
    prompts: Vec<Prompt>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Prompt {
    text: String,
    input_ids: Vec<i64>,
    text_vector: Output,
}

#[derive(Deserialize)]
struct Case {
    model: String,
    inputs: BTreeMap<String, Input>,
    outputs: BTreeMap<String, Output>,
}

/// Element `i` of a wave `[amplitude, step, phase]` is amplitude × sin(step × i + phase).
#[derive(Deserialize)]
struct Input {
    shape: Vec<usize>,
    #[serde(default)]
    values: Vec<f32>,
    wave: Option<[f64; 3]>,
}

/// Some elements of an output: `values` at the flat indices `at`, each within `tolerance`.
#[derive(Deserialize)]
struct Output {
    shape: Vec<usize>,
    at: Vec<usize>,
    values: Vec<f32>,
    tolerance: f32,
}

impl Input {
    fn numbers(&self) -> Vec<f32> {
        let count: usize = self.shape.iter().product();
        match self.wave {
            Some([amplitude, step, phase]) => (0..count)
                .map(|i| (amplitude * (step * i as f64 + phase).sin()) as f32)
                .collect(),
            None => self.values.clone(),
        }
    }
}

impl Output {
    fn check(&self, name: &str, found: &[f32]) {
        assert_eq!(found.len(), self.shape.iter().product::<usize>(), "{name}");
        for (&at, &value) in self.at.iter().zip(&self.values) {
            let difference = (found[at] - value).abs();
            assert!(
                difference <= self.tolerance,
                "{name}[{at}]: {} instead of {value}",
                found[at]
            );
        }
    }
}

fn golden() -> (Pack, Golden) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin-assets/models");
    let text = std::fs::read(folder.join("golden.json")).expect("golden.json");
    (
        Pack::built_in().expect("the built-in pack"),
        serde_json::from_slice(&text).expect("golden.json"),
    )
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn prompts_become_the_same_tokens_and_vectors() {
    let (pack, golden) = golden();
    let mut encoder = TextEncoder::load(&pack).expect("the text encoder");
    for prompt in &golden.prompts {
        let encoding = encoder.tokenize(&prompt.text).expect("tokens");
        let ids: Vec<i64> = encoding.get_ids().iter().map(|&id| id.into()).collect();
        assert_eq!(ids, prompt.input_ids, "{}", prompt.text);
        let (vector, _) = encoder.read(&ids).expect("a vector");
        assert_eq!(vector.len(), TEXT_WIDTH);
        prompt.text_vector.check(&prompt.text, &vector);
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn models_answer_as_when_they_were_exported() {
    let (pack, golden) = golden();
    assert!(golden.cases.len() >= 3);
    for case in &golden.cases {
        let model = Model::load(&pack, &case.model, Usage::Often, &[], &[]).expect("the model");
        let numbers: Vec<_> = case.inputs.values().map(Input::numbers).collect();
        let inputs = case.inputs.iter().zip(&numbers);
        let inputs: Vec<_> = inputs
            .map(|((name, input), numbers)| Tensor::floats(name, &input.shape, numbers))
            .collect();
        let names: Vec<(&str, usize)> = case
            .outputs
            .iter()
            .map(|(name, output)| (name.as_str(), output.shape.iter().product()))
            .collect();
        for ((name, output), found) in case
            .outputs
            .iter()
            .zip(model.run_any(&inputs, &names).expect("an answer"))
        {
            output.check(&format!("{} {name}", case.model), &found);
        }
    }
}
