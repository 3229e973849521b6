//! Places between samples, as sums of the samples around them.

use super::stretch::Stretch;
use super::{CERTAIN, GUESSED, INTERVALS, PHASES, TAPS, WORTH};

/// For each of the last samples, the oldest first, its share in each sum.
pub struct Places {
    /// Shares that are smaller by as much as is unknown: what is over the ceiling for certain.
    certain: [[f32; CERTAIN]; TAPS],
    /// As if silence followed; then, of the newer intervals, as if the last sample stayed.
    guessed: [[f32; GUESSED]; TAPS],
}

impl Places {
    pub fn new() -> Self {
        let mut places = Self {
            certain: [[0.0; CERTAIN]; TAPS],
            guessed: [[0.0; GUESSED]; TAPS],
        };
        for lane in 0..INTERVALS * PHASES {
            // Frames from the place to the newest sample.
            let behind = (lane / PHASES + 1) as f64 - (lane % PHASES + 1) as f64 / 4.0;
            let later = || (1..TAPS).map(|ahead| kernel(behind + ahead as f64));
            // Samples over the ceiling would be over it themselves.
            let unknown: f64 = later().map(f64::abs).sum();
            let stays = INTERVALS * PHASES + lane;
            for age in 0..TAPS {
                let (at, share) = (TAPS - 1 - age, kernel(behind - age as f64));
                places.certain[at][lane] = (share / (1.0 + unknown)) as f32;
                places.guessed[at][lane] = share as f32;
                if stays < GUESSED {
                    let all_later = if age == 0 { later().sum() } else { 0.0 };
                    places.guessed[at][stays] = (share + all_later) as f32;
                }
            }
        }
        places
    }

    /// A peak that is over the ceiling only if, whatever follows, a true one is.
    #[inline(always)]
    pub fn certain(&self, stretch: &Stretch, i: usize) -> f32 {
        highest(stretch, i, &self.certain)
    }

    /// The peak that is to be expected.
    #[inline(always)]
    pub fn guessed(&self, stretch: &Stretch, i: usize) -> f32 {
        highest(stretch, i, &self.guessed)
    }

    /// How much of the newest sample times `gain` those before it leave room for below the ceiling.
    #[inline(always)]
    pub fn room(&self, window: &[f32; TAPS], gain: f32, ceiling: f32) -> f32 {
        let [before @ .., newest] = window;
        let newest = newest * gain;
        let mut all = [0.0; TAPS];
        all[..TAPS - 1].copy_from_slice(before);
        let before = sums(&self.guessed, &all);
        let shares = before.iter().zip(&self.guessed[TAPS - 1]);
        shares
            .take(WORTH * PHASES)
            .fold(1.0, |room, (before, share)| {
                let added = share * newest;
                let sum = before + added;
                // What pulls a peak down has all the room.
                if sum.abs() > ceiling && sum * added > 0.0 {
                    room.min(((ceiling - before * sum.signum()) / added.abs()).max(0.0))
                } else {
                    room
                }
            })
    }
}

#[inline(always)]
fn highest<const N: usize>(stretch: &Stretch, i: usize, shares: &[[f32; N]; TAPS]) -> f32 {
    let mut highest = [0.0f32; 8];
    for side in 0..2 {
        let window = stretch.window(side, i);
        highest[0] = higher(highest[0], window[TAPS - 1]);
        // Eight at a time; one after the other would take longer than the sums.
        for sums in sums(shares, window).chunks(8) {
            for (highest, sum) in highest.iter_mut().zip(sums) {
                *highest = higher(*highest, *sum);
            }
        }
    }
    highest.into_iter().fold(0.0, higher)
}

/// The higher one; both are finite.
#[inline(always)]
fn higher(peak: f32, x: f32) -> f32 {
    let x = x.abs();
    if x > peak { x } else { peak }
}

#[inline(always)]
fn sums<const N: usize>(shares: &[[f32; N]; TAPS], window: &[f32; TAPS]) -> [f32; N] {
    let mut sums = [0.0f32; N];
    for (shares, x) in shares.iter().zip(window) {
        for (sum, share) in sums.iter_mut().zip(shares) {
            *sum += share * x;
        }
    }
    sums
}

/// A sinc within a Hann window of six frames to both sides.
fn kernel(distance: f64) -> f64 {
    let half = INTERVALS as f64;
    if distance.abs() >= half {
        return 0.0;
    }
    let turn = std::f64::consts::PI * distance;
    let window = 0.5 + 0.5 * (turn / half).cos();
    if distance == 0.0 {
        window
    } else {
        window * turn.sin() / turn
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CEILING, QUIET};
    use super::*;

    #[test]
    fn quiet_samples_have_no_certain_peak_over_the_ceiling() {
        let places = Places::new();
        for lane in 0..CERTAIN {
            let sum: f32 = places.certain.iter().map(|shares| shares[lane].abs()).sum();
            assert!(QUIET * sum < CEILING, "{lane}: {sum}");
        }
    }
}
