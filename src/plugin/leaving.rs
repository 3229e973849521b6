//! What every sample that leaves goes through last.

/// Makes subnormal numbers zeros of their sign; all others stay as they are, to the bit. They are far below
/// anything that is heard, and slow whatever counts with them. Audio thread.
pub(super) fn flush(side: &mut [f32]) {
    for x in side {
        let bits = x.to_bits();
        let small = bits & 0x7F80_0000 == 0;
        *x = f32::from_bits(if small { bits & 0x8000_0000 } else { bits });
    }
}

/// The highest sample. Audio thread.
pub(super) fn peak(left: &[f32], right: &[f32]) -> f32 {
    let samples = left.iter().chain(right);
    samples.fold(0.0, |peak: f32, x| peak.max(x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnormals_become_zeros_and_nothing_else_changes() {
        let small = f32::MIN_POSITIVE;
        let mut side = [
            1e-40,
            -1e-40,
            f32::from_bits(1),
            small,
            -small,
            0.0,
            -0.0,
            1.5,
            f32::INFINITY,
        ];
        let wanted = [0.0, -0.0, 0.0, small, -small, 0.0, -0.0, 1.5, f32::INFINITY];
        flush(&mut side);
        assert_eq!(side.map(f32::to_bits), wanted.map(f32::to_bits));
        let mut odd = [f32::from_bits(0x7FC1_2345)];
        flush(&mut odd);
        assert_eq!(odd[0].to_bits(), 0x7FC1_2345);
    }
}
