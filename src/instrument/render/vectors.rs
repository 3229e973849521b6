//! Eight numbers at once: with AVX2 where the processor has it, portably everywhere else.
//!
//! Compilers turn plain loops of this kind into one number at a time, so the inner loops are
//! written over [`Eight`]. Both kinds do the same operations in the same order (no fused
//! multiply-add), so that an instrument is the same bit for bit on every machine.

#![expect(
    unsafe_code,
    reason = "vector instructions, where the processor has them"
)]

/// Numbers in a vector.
pub(super) const LANES: usize = 8;

/// Eight numbers, worked on together.
pub(super) trait Eight: Copy {
    fn splat(value: f32) -> Self;
    fn load(values: &[f32; LANES]) -> Self;
    fn store(self, values: &mut [f32; LANES]);
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
}

/// Works everywhere; two vectors of four on most processors.
pub(super) type Portable = wide::f32x8;

impl Eight for Portable {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self::splat(value)
    }

    #[inline(always)]
    fn load(values: &[f32; LANES]) -> Self {
        Self::new(*values)
    }

    #[inline(always)]
    fn store(self, values: &mut [f32; LANES]) {
        *values = self.to_array();
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self - other
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self * other
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use avx2::Avx2;

/// Whether [`Avx2`] may be used.
#[cfg(target_arch = "x86_64")]
pub(super) fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::*;

    use super::{Eight, LANES};

    /// Only to be used in functions with `#[target_feature(enable = "avx2")]`, which are only to
    /// be called when the processor has it.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx2(__m256);

    impl Eight for Avx2 {
        #[inline(always)]
        fn splat(value: f32) -> Self {
            // SAFETY: by the type's rule AVX2 is there.
            Self(unsafe { _mm256_set1_ps(value) })
        }

        #[inline(always)]
        fn load(values: &[f32; LANES]) -> Self {
            // SAFETY: by the type's rule AVX2 is there; the array is whole and needs no alignment.
            Self(unsafe { _mm256_loadu_ps(values.as_ptr()) })
        }

        #[inline(always)]
        fn store(self, values: &mut [f32; LANES]) {
            // SAFETY: by the type's rule AVX2 is there; the array is whole and needs no alignment.
            unsafe { _mm256_storeu_ps(values.as_mut_ptr(), self.0) }
        }

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            // SAFETY: by the type's rule AVX2 is there.
            Self(unsafe { _mm256_add_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            // SAFETY: by the type's rule AVX2 is there.
            Self(unsafe { _mm256_sub_ps(self.0, other.0) })
        }

        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            // SAFETY: by the type's rule AVX2 is there.
            Self(unsafe { _mm256_mul_ps(self.0, other.0) })
        }
    }
}
