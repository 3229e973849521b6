//! Numbers that are good enough to press keys and turn knobs by (xorshift), the same in each run.

/// Begins with any number but 0.
pub struct Dice(pub u64);

impl Dice {
    /// 0..`bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// 0..=1.
    #[allow(dead_code, reason = "not every test needs it")]
    pub fn unit(&mut self) -> f64 {
        self.below(1_000_001) as f64 / 1e6
    }
}
