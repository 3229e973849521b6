//! The sampler against what the training drew.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Golden {
    text_wave: [f64; 3],
    inputs: Inputs,
    uniform: Vec<(u64, usize, u64, usize, usize, f64)>,
    seed: u64,
    sampled: Vec<u16>,
}

#[derive(Deserialize)]
struct Inputs {
    tokens: Vec<u16>,
    role: [usize; PARTS],
    chord: Vec<u8>,
    heard: Vec<f32>,
    place: Vec<u8>,
    song: [f32; 3],
    controls: Vec<f32>,
}

fn golden() -> (Golden, Request) {
    let text = include_str!("../../../tests/golden/parts.json");
    let golden: Golden = serde_json::from_str(text).unwrap();
    let [amplitude, step, phase] = golden.text_wave;
    let wave = |i: usize| (amplitude * (step * i as f64 + phase).sin()) as f32;
    let roles = [Role::Absent, Role::Given, Role::Heard, Role::Fill];
    let inputs = &golden.inputs;
    let request = Request {
        tokens: inputs.tokens.clone(),
        role: inputs.role.map(|role| roles[role]),
        chord: inputs.chord.clone(),
        heard: inputs.heard.clone(),
        place: inputs.place.clone(),
        song: inputs.song,
        text: (0..TEXT_WIDTH).map(wave).collect(),
        controls: inputs.controls.clone(),
    };
    (golden, request)
}

#[test]
fn random_numbers_are_those_of_the_training() {
    for (seed, call, which, step, stream, wanted) in golden().0.uniform {
        let found = sampler::uniform(seed, call, which, step, stream);
        assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn drums_and_bass_are_filled_in_as_the_training_does() {
    let (golden, request) = golden();
    let mut parts = Parts::load(&Pack::built_in().unwrap()).unwrap();
    let mut last = 0.0;
    let begun = std::time::Instant::now();
    let settings = parts.vocabulary().sampler.clone();
    let filled = parts.fill(&request, &settings, golden.seed, &mut |part| {
        assert!(part > last && part <= 1.0);
        last = part;
        true
    });
    println!("eight bars: {:.2} s", begun.elapsed().as_secs_f64());
    let filled = filled.unwrap();
    assert_eq!(filled.len(), golden.sampled.len());
    // What was given stays; nothing is left masked. On another processor a chance may differ in its
    // last digits, and so may what is drawn by it.
    let (mut asked, mut same) = (0, 0);
    for (place, (&found, &wanted)) in filled.iter().zip(&golden.sampled).enumerate() {
        let mask = parts.vocabulary().masks[place % STREAMS];
        if request.tokens[place] == mask {
            asked += 1;
            same += usize::from(found == wanted);
            assert!(found < mask);
        } else {
            assert_eq!(found, request.tokens[place]);
        }
    }
    println!("{same} of {asked} tokens as in the training");
    assert!(
        asked > 1_000 && same * 100 >= asked * 95,
        "{same} of {asked}"
    );

    let other = parts
        .fill(&request, &settings, golden.seed + 1, &mut |_| true)
        .unwrap();
    assert_ne!(other, filled, "another seed gives another part");
    let stopped = parts.fill(&request, &settings, 1, &mut |_| false);
    assert_eq!(stopped, Err(Error::Cancelled));
    let mut short = request.clone();
    short.tokens.pop();
    let refused = parts.fill(&short, &settings, 1, &mut |_| true);
    assert!(matches!(refused, Err(Error::Model(_))), "{refused:?}");
}
