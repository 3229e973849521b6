//! Chance by place: numbers that are the same whenever the same is asked, in whatever order.

/// A number from 0 (with it) to 1 (without it) for a seed and a place. Any thread.
#[must_use]
pub fn chance(seed: u64, place: &[u64]) -> f32 {
    // Steele et al., "Fast splittable pseudorandom number generators" (OOPSLA 2014): the finalizer of SplitMix64.
    let mix = |mut x: u64| {
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    let start = mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15));
    let mixed = place.iter().fold(start, |state, part| {
        mix(state
            .wrapping_add(part.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .wrapping_add(1))
    });
    (mixed >> 40) as f32 / (1u64 << 24) as f32
}

/// One of some things that have weights; the first where none has any. Any thread.
#[must_use]
pub fn pick<'a, T>(
    number: f32,
    weighted: impl IntoIterator<Item = (&'a T, f32)> + Clone,
) -> Option<&'a T> {
    let total: f32 = weighted.clone().into_iter().map(|(_, weight)| weight).sum();
    let mut left = number * total;
    let mut first = None;
    for (thing, weight) in weighted {
        first = first.or(Some(thing));
        if weight > 0.0 && left < weight {
            return Some(thing);
        }
        left -= weight;
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spread_evenly_and_come_again() {
        let all: Vec<f32> = (0..4_000).map(|at| chance(7, &[1, at])).collect();
        let mean = all.iter().sum::<f32>() / 4_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert!(all.iter().all(|x| (0.0..1.0).contains(x)));
        assert_eq!(chance(7, &[1, 5]), all[5]);
        assert_ne!(chance(8, &[1, 5]), all[5]);
        assert_ne!(chance(7, &[5, 1]), all[5]);
        let things = [("a", 1.0), ("b", 0.0), ("c", 3.0)];
        let picked = |number| pick(number, things.iter().map(|(a, b)| (a, *b))).copied();
        assert_eq!(
            [0.0, 0.24, 0.26, 0.99].map(picked),
            [Some("a"), Some("a"), Some("c"), Some("c")]
        );
        assert_eq!(pick::<u8>(0.5, []), None);
    }
}
