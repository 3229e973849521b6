//! How high a song lies.

use super::chroma::Keys;
use super::description::Register;
use crate::analysis::posterior::{KEYS, LOWEST};

/// Keys weaker than this part of their row's strongest aren't counted: partials and noise.
const WEAK: f32 = 0.25;

/// Keys weighted by how strongly they sound; `None` where none does. Any thread but audio.
pub fn find(keys: &Keys) -> Option<Register> {
    let mut weights = [0.0f64; KEYS];
    for row in &keys.rows {
        let most = row.iter().copied().fold(0.0, f32::max);
        for (weight, &x) in weights.iter_mut().zip(row) {
            if x > WEAK * most {
                *weight += f64::from(x);
            }
        }
    }
    let total: f64 = weights.iter().sum();
    if total < 1e-6 {
        return None;
    }
    let at = |part: f64| {
        let mut sum = 0.0;
        let reached = weights.iter().position(|weight| {
            sum += weight;
            sum >= part * total
        });
        LOWEST + reached.unwrap_or(KEYS - 1) as u8
    };
    Some(Register {
        lowest: at(0.05),
        median: at(0.5),
        highest: at(0.95),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_lies_below_the_median() {
        let mut row = [0.0f32; KEYS];
        row[19] = 1.0;
        row[39] = 1.5;
        row[51] = 1.0;
        row[60] = 0.1;
        let (rows, seconds) = (vec![row; 3], vec![0.0, 0.1, 0.2]);
        let found = find(&Keys { rows, seconds }).unwrap();
        assert_eq!((found.lowest, found.median, found.highest), (40, 60, 72));
        let none = Keys {
            rows: vec![[0.0; KEYS]; 2],
            seconds: vec![0.0, 0.1],
        };
        assert!(find(&none).is_none());
    }
}
