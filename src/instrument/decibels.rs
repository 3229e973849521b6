//! Decibels to amplitudes and powers, quickly and the same on every machine (the C library's own
//! functions differ between systems).

/// log2(amplitude) of one dB.
pub(super) const LOG2_PER_DB: f32 = 0.166_096_4;

/// 2^x for |x| < 64, to 4e-7 of its value: a polynomial, so that loops over it become vectors.
#[inline(always)]
pub(super) fn exp2(x: f32) -> f32 {
    let whole = (x + 64.0) as i32;
    let f = (x + 64.0 - whole as f32) * std::f32::consts::LN_2;
    let p = 1.0 / 120.0 + f * (1.0 / 720.0 + f * (1.0 / 5040.0));
    let p = 1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * p))));
    p * f32::from_bits(((whole + 63) as u32) << 23)
}

/// The power of a level, 1 at 0 dB.
#[inline(always)]
pub(super) fn power(db: f32) -> f32 {
    exp2(db * (2.0 * LOG2_PER_DB))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp2_is_accurate() {
        for i in -4000..1000 {
            let x = i as f32 / 100.0;
            // The sum x + 64 keeps 2⁻¹⁸ of x at most.
            assert!(
                (exp2(x) / x.exp2() - 1.0).abs() < 6e-6,
                "{x}: {}",
                exp2(x) / x.exp2() - 1.0
            );
        }
        assert!((power(-10.0) - 0.1).abs() < 1e-6);
    }
}
