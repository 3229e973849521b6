//! Which of the candidates is kept.

use consort::instrument::{Family, Instrument};
use consort::models::choice;

use crate::measure::Measured;
use crate::prompts::Line;

/// Nearer to one that is chosen already than this (mean of dB where either can be heard), it is
/// left out.
const NEAR_DB: f32 = 3.0;
/// Keys may be so far apart in level, and their loudest moments lie within these, dB.
const MOST_APART_DB: f32 = 24.0;
const LEVELS_DB: (f32, f32) = (-36.0, 18.0);
/// A clear pitch is worth keeping from this on; of equals, other things count.
const CLEAR: f32 = 0.9;

/// An instrument and what was measured of it.
pub struct Candidate {
    pub instrument: Instrument,
    pub measured: Measured,
    pub seed: u64,
}

/// The best candidate, and why others were left out.
pub fn best(
    line: &Line,
    candidates: Vec<Candidate>,
    chosen: &[&Candidate],
) -> (Option<Candidate>, String) {
    let mut left_out: Vec<String> = Vec::new();
    let sound: Vec<Candidate> = candidates
        .into_iter()
        .filter(|candidate| match fault(line, candidate, chosen) {
            None => true,
            Some(why) => {
                left_out.push(format!("{} {why}", candidate.seed));
                false
            }
        })
        .collect();
    let scores: Vec<f32> = (0..sound.len()).map(|at| score(line, at, &sound)).collect();
    let best = (0..sound.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let mut sound = sound;
    (
        best.map(|best| sound.swap_remove(best)),
        left_out.join(", "),
    )
}

fn fault(line: &Line, candidate: &Candidate, chosen: &[&Candidate]) -> Option<&'static str> {
    let m = &candidate.measured;
    let judged = choice::is_judged(Some(line.family), &line.prompt);
    if judged && m.clarity < CLEAR {
        return Some("unclear");
    }
    if m.levels.1 - m.levels.0 > MOST_APART_DB {
        return Some("uneven");
    }
    if m.levels.0 < LEVELS_DB.0 || m.levels.1 > LEVELS_DB.1 {
        return Some("level");
    }
    let plucked =
        struck(line.family) || says(line, &["upright", "finger", "slap", "pluck", "pizzicato"]);
    if plucked && m.onset_s > 0.12 {
        return Some("no attack");
    }
    if plucked && line.family != Family::Bass && m.t60_s > 40.0 && !says(line, &["overdriven"]) {
        return Some("doesn't decay");
    }
    if !plucked && m.t60_s < 2.0 && !says(line, &["short"]) {
        return Some("doesn't hold");
    }
    if line.family == Family::ChromaticPercussion && m.t60_s < 1.0 {
        return Some("doesn't ring");
    }
    let swells = matches!(line.family, Family::Pad | Family::Effect) || says(line, &["slow"]);
    if !swells && m.onset_s > 0.5 {
        return Some("slow");
    }
    let rough = says(line, &["breathy", "airy", "blown", "gritty", "haz"]);
    if m.noise_db > if rough { -7.0 } else { -12.0 } {
        return Some("noisy");
    }
    (nearest(candidate, chosen) < NEAR_DB).then_some("duplicate")
}

/// Families whose sounds are struck or plucked.
fn struck(family: Family) -> bool {
    matches!(
        family,
        Family::Keys
            | Family::Mallet
            | Family::ChromaticPercussion
            | Family::Pluck
            | Family::Guitar
            | Family::Drum
    )
}

fn says(line: &Line, words: &[&str]) -> bool {
    words.iter().any(|word| line.prompt.contains(word))
}

/// Mean distance to the nearest chosen instrument, dB; infinite for the first.
pub fn nearest(candidate: &Candidate, chosen: &[&Candidate]) -> f32 {
    let mine = &candidate.measured.fingerprint;
    let distance = |other: &&Candidate| {
        let pairs = mine.iter().zip(&other.measured.fingerprint);
        let heard = pairs.filter(|(a, b)| **a > -55.0 || **b > -55.0);
        let (sum, count) = heard.fold((0.0, 1e-9), |(sum, count), (a, b)| {
            (sum + (a - b).abs(), count + 1.0)
        });
        sum / count
    };
    chosen.iter().map(distance).fold(f32::INFINITY, f32::min)
}

/// Words, the measurement that they wish for, and which way.
type Wish = (&'static [&'static str], fn(&Measured) -> f32, f32);

/// How well a candidate does what the words of its prompt say, compared with the others; and how
/// clear and even it is.
fn score(line: &Line, at: usize, all: &[Candidate]) -> f32 {
    let m = &all[at].measured;
    let rank = |of: fn(&Measured) -> f32| {
        let below = all
            .iter()
            .filter(|other| of(&other.measured) < of(m))
            .count();
        below as f32 / (all.len().max(2) - 1) as f32
    };
    let wishes: [Wish; 7] = [
        (
            &["bright", "glass", "shimmering", "metallic"],
            |m| m.centroid_hz,
            1.0,
        ),
        (
            &["dark", "warm", "mellow", "soft", "round", "deep"],
            |m| m.centroid_hz,
            -1.0,
        ),
        (&["slow", "sweeping"], |m| m.onset_s, 1.0),
        (&["short", "plucky", "dry", "punchy"], |m| m.t60_s, -1.0),
        (&["long"], |m| m.t60_s, 1.0),
        (&["breathy", "airy", "gritty"], |m| m.noise_db, 1.0),
        (&["evolving", "moving", "expressive"], |m| m.motion_db, 1.0),
    ];
    let words: f32 = wishes
        .into_iter()
        .filter(|(words, ..)| says(line, words))
        .map(|(_, of, sign)| sign * rank(of))
        .sum();
    let even = (m.levels.1 - m.levels.0) / MOST_APART_DB;
    words + 0.7 * m.clarity.min(1.05) - 0.5 * even
}
