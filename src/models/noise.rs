//! The noise that instruments are drawn from: the same for the same seed on every machine.

use std::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// `count` numbers, normally distributed (mean 0, variance 1), drawn from `seed` by ChaCha8 and
/// the Box–Muller transform. Thread: any but audio.
pub(super) fn normal(seed: u64, count: usize) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    // 53 random bits as a number in (0, 1]: its logarithm is finite.
    let mut uniform = move || ((random.next_u64() >> 11) + 1) as f64 * (-53.0_f64).exp2();
    let mut numbers = Vec::with_capacity(count + 1);
    while numbers.len() < count {
        let radius = (-2.0 * uniform().ln()).sqrt();
        let angle = TAU * uniform();
        numbers.push((radius * angle.cos()) as f32);
        numbers.push((radius * angle.sin()) as f32);
    }
    numbers.truncate(count);
    numbers
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn it_is_normal() {
        let numbers = normal(7, 100_001);
        let count = numbers.len() as f64;
        let mean = numbers.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
        let variance = numbers.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / count;
        let beyond_two = numbers.iter().filter(|x| x.abs() > 2.0).count() as f64 / count;
        assert!(
            mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02,
            "{mean} {variance}"
        );
        assert!((beyond_two - 0.0455).abs() < 0.003, "{beyond_two}");
    }

    /// Instruments made from a seed must stay what they are: these numbers never change.
    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        assert_eq!(normal(1, 4), normal(1, 5)[..4]);
        assert_ne!(normal(1, 4), normal(2, 4));
        let expected = [1.180_694_1, 0.652_803_9, 0.194_697_29, 0.997_618_8_f32];
        for (found, expected) in normal(1, 4).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{:?}", normal(1, 4));
        }
    }
}
