//! Which instructions this machine has, as proof that they may be used.

/// The instructions that [`read`](super::reader::read) and the limiter use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// What every machine of this kind has.
    Base,
    /// x86-64 with 256-bit vectors.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
}

/// Proof that the machine has AVX2; made by [`Isa::detect`] only.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

impl Isa {
    /// The best this machine has. Main thread.
    pub fn detect() -> Isa {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            return Isa::Avx2(Avx2(()));
        }
        Isa::Base
    }
}
