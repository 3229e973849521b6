//! The analysis agrees with the one that wrote the models' training data.

use serde::Deserialize;

use super::synthetic::{hertz, white};
use crate::analysis::{Analysis, Timing};

#[derive(Deserialize)]
struct Golden {
    tolerance_db: f32,
    tolerance_cents: f32,
    notes: Vec<Note>,
}

#[derive(Deserialize)]
struct Note {
    name: String,
    key: f64,
    tuning: f64,
    comb: Comb,
    partials: Vec<(f64, f64, f64)>,
    noise: Noise,
    release: f64,
    answer: Answer,
}

#[derive(Deserialize)]
struct Comb {
    count: u32,
    amplitude: f64,
    slope: f64,
    stretch: f64,
    decay: f64,
    rise: f64,
}

#[derive(Deserialize)]
struct Noise {
    amplitude: f64,
    decay: f64,
    smooth: f64,
}

#[derive(Deserialize)]
struct Answer {
    heard: usize,
    cells: Vec<usize>,
    levels: Vec<f32>,
    rows: Vec<usize>,
    cents: Vec<f32>,
    tuning: f64,
}

impl Note {
    /// As `sound` of `training/golden/analysis.py`.
    fn sound(&self) -> Vec<f32> {
        let f0 = hertz(self.key) * (self.tuning / 1200.0).exp2();
        let comb = (1..=self.comb.count).map(|h| {
            let h = f64::from(h);
            (
                h * (1.0 + self.comb.stretch * h * h).sqrt(),
                self.comb.amplitude / h.powf(self.comb.slope),
                self.comb.decay + self.comb.rise * h,
            )
        });
        let mut sound = vec![0.0f64; 128_000];
        for (multiple, amplitude, decay) in comb.chain(self.partials.iter().copied()) {
            if multiple * f0 >= 15_400.0 {
                continue;
            }
            for (i, x) in sound.iter_mut().enumerate() {
                let t = i as f64 / 32_000.0;
                let turn = std::f64::consts::TAU * multiple * f0 * t + multiple;
                *x += amplitude * turn.sin() * (-decay * t).exp();
            }
        }
        let mut smooth = 0.0;
        for (i, (x, white)) in sound.iter_mut().zip(white()).enumerate() {
            let t = i as f64 / 32_000.0;
            smooth = self.noise.smooth * smooth + (1.0 - self.noise.smooth) * white;
            *x += self.noise.amplitude * smooth * (-self.noise.decay * t).exp();
            if t >= 3.0 {
                *x *= (-self.release * (t - 3.0)).exp();
            }
        }
        sound.iter().map(|&x| x as f32).collect()
    }
}

#[test]
fn agrees_with_the_analysis_of_the_training_data() {
    let golden = include_str!("../../../tests/golden/analysis.json");
    let golden: Golden = serde_json::from_str(golden).expect("the golden file");
    assert_eq!(golden.notes.len(), 4);
    for note in &golden.notes {
        let got = Analysis::of(&note.sound(), hertz(note.key), Timing::MODEL);
        let answer = &note.answer;
        let peak = got.levels.iter().copied().fold(-200.0, f32::max);
        let heard = got.levels.iter().filter(|&&db| db > peak - 50.0).count();
        let share = heard as f64 / answer.heard as f64;
        assert!(
            (0.99..1.01).contains(&share),
            "{}: {heard} heard",
            note.name
        );
        let mut worst = 0.0f32;
        for (&cell, &level) in answer.cells.iter().zip(&answer.levels) {
            let error = (got.levels[cell] - level).abs();
            worst = worst.max(error);
            assert!(
                error <= golden.tolerance_db,
                "{}: cell {cell} is {} dB, not {level}",
                note.name,
                got.levels[cell]
            );
        }
        for (&row, &cents) in answer.rows.iter().zip(&answer.cents) {
            let error = (got.cents[row] - cents).abs();
            assert!(error <= golden.tolerance_cents, "{}: row {row}", note.name);
        }
        let tuning = 1200.0 * (got.fundamental / hertz(note.key)).log2();
        assert!(
            (tuning - answer.tuning).abs() < 0.1,
            "{}: {tuning}",
            note.name
        );
        println!("{}: at most {worst:.4} dB apart", note.name);
    }
}
