//! The cheapest way through the voicings of all slots.

use super::candidates::{Candidate, candidates};
use super::motion::{Joint, cost};
use super::{Problem, Row};
use crate::style::chance::chance;

/// How much a seed may change what a voicing costs.
const CHANCE: f32 = 0.5;

/// A voicing for each slot, from the top. Milliseconds a hundred slots. Any thread but audio.
pub(in crate::orchestra) fn search(problem: &Problem) -> Vec<Row> {
    let mut all: Vec<Vec<Candidate>> = Vec::with_capacity(problem.slots.len());
    let mut back: Vec<Vec<u16>> = Vec::with_capacity(problem.slots.len());
    let mut sums: Vec<f32> = Vec::new();
    for (at, slot) in problem.slots.iter().enumerate() {
        let mut found = candidates(problem, slot);
        for one in &mut found {
            let place: u64 = one.keys.iter().fold(at as u64, |sum, key| {
                sum.wrapping_mul(131).wrapping_add(*key as u64)
            });
            one.cost += CHANCE * chance(problem.seed, &[7, place]);
        }
        let before = all.last();
        let (new, from): (Vec<f32>, Vec<u16>) = match before {
            None => found.iter().map(|one| (one.cost, 0)).unzip(),
            Some(before) => {
                let joint = Joint::new(problem, &problem.slots[at - 1], slot);
                let best = |one: &Candidate| {
                    let ways = before.iter().zip(&sums).enumerate();
                    let ways = ways.map(|(number, (other, sum))| {
                        (
                            sum + cost(problem, &joint, &other.keys, &one.keys),
                            number as u16,
                        )
                    });
                    let (sum, number) = ways.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, 0));
                    (sum + one.cost, number)
                };
                found.iter().map(best).unzip()
            }
        };
        sums = new;
        back.push(from);
        all.push(found);
    }
    let mut at = (0..sums.len())
        .min_by(|a, b| sums[*a].total_cmp(&sums[*b]))
        .unwrap_or(0);
    let mut rows = Vec::with_capacity(all.len());
    for (found, back) in all.iter().zip(&back).rev() {
        rows.push(found[at].keys);
        at = usize::from(back[at]);
    }
    rows.reverse();
    rows
}
