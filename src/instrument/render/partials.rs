//! The additive bank: sines that run once and are heard by all velocity layers, each with its own
//! envelope.
//!
//! Eight consecutive samples of a sine are turned on by one rotation; at every block the rotation
//! starts afresh from an exact phase, which keeps the error below −100 dB.

#![expect(
    unsafe_code,
    reason = "vector instructions, where the processor has them"
)]

use std::f64::consts::TAU;

use super::envelope::{BLOCK, CONTROL, STEPS, ramp};
#[cfg(target_arch = "x86_64")]
use super::vectors;
use super::vectors::{Eight, LANES, Portable};

/// One sine.
pub(super) struct Oscillator {
    /// Index of its row among the envelopes' rows.
    pub row: usize,
    /// Cycles per frame.
    frequency: f64,
    /// Cycles at frame `since`.
    phase: f64,
    since: usize,
    /// Rotation by 0..8 frames, and by 8.
    cos: [f32; LANES],
    sin: [f32; LANES],
    turn: (f32, f32),
}

impl Oscillator {
    /// `frequency` in cycles per frame, `phase` in cycles at frame 0.
    pub fn new(row: usize, frequency: f64, phase: f64) -> Self {
        let mut oscillator = Self {
            row,
            frequency: 0.0,
            phase,
            since: 0,
            cos: [0.0; LANES],
            sin: [0.0; LANES],
            turn: (0.0, 0.0),
        };
        oscillator.retune(0, frequency);
        oscillator
    }

    /// Goes on with another frequency from `frame`, its phase unbroken.
    pub fn retune(&mut self, frame: usize, frequency: f64) {
        self.phase = self.cycles_at(frame);
        self.since = frame;
        self.frequency = frequency;
        for lane in 0..LANES {
            let (sin, cos) = (TAU * frequency * lane as f64).sin_cos();
            (self.sin[lane], self.cos[lane]) = (sin as f32, cos as f32);
        }
        let (sin, cos) = (TAU * frequency * LANES as f64).sin_cos();
        self.turn = (sin as f32, cos as f32);
    }

    /// Cycles per frame.
    pub fn frequency(&self) -> f64 {
        self.frequency
    }

    fn cycles_at(&self, frame: usize) -> f64 {
        // Whole cycles are taken off before adding, or late frames would lose precision.
        (self.phase + (self.frequency * (frame - self.since) as f64).fract()).fract()
    }
}

/// Adds all `oscillators` over the block that starts at `frame` to each layer of `out`.
/// `envelopes` holds the rows' amplitudes at the block's control points: by control point, row,
/// layer.
pub(super) fn add<const L: usize>(
    oscillators: &[Oscillator],
    envelopes: &[Vec<f32>; STEPS + 1],
    frame: usize,
    out: &mut [[f32; BLOCK]; L],
) {
    #[cfg(target_arch = "x86_64")]
    if vectors::has_avx2() {
        // SAFETY: the processor has just said that it knows AVX2.
        return unsafe { add_avx2(oscillators, envelopes, frame, out) };
    }
    add_with::<Portable, L>(oscillators, envelopes, frame, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_avx2<const L: usize>(
    oscillators: &[Oscillator],
    envelopes: &[Vec<f32>; STEPS + 1],
    frame: usize,
    out: &mut [[f32; BLOCK]; L],
) {
    add_with::<vectors::Avx2, L>(oscillators, envelopes, frame, out);
}

#[inline(always)]
fn add_with<V: Eight, const L: usize>(
    oscillators: &[Oscillator],
    envelopes: &[Vec<f32>; STEPS + 1],
    frame: usize,
    out: &mut [[f32; BLOCK]; L],
) {
    for oscillator in oscillators {
        let at = oscillator.row * L;
        let amplitudes = |step: usize| -> &[f32; L] {
            envelopes[step][at..at + L]
                .try_into()
                .expect("one amplitude a layer")
        };
        if (0..=STEPS).all(|step| amplitudes(step).iter().all(|&a| a == 0.0)) {
            continue;
        }
        let (sin, cos) = (TAU * oscillator.cycles_at(frame)).sin_cos();
        let (sin, cos) = (V::splat(sin as f32), V::splat(cos as f32));
        let (lane_sin, lane_cos) = (V::load(&oscillator.sin), V::load(&oscillator.cos));
        let mut s = sin.mul(lane_cos).add(cos.mul(lane_sin));
        let mut c = cos.mul(lane_cos).sub(sin.mul(lane_sin));
        let (turn_sin, turn_cos) = (V::splat(oscillator.turn.0), V::splat(oscillator.turn.1));
        for step in 0..STEPS {
            // Plain loops: closures would not be compiled for AVX2.
            let (mut amplitude, mut rise) = ([V::splat(0.0); L], [V::splat(0.0); L]);
            for l in 0..L {
                (amplitude[l], rise[l]) = ramp(amplitudes(step)[l], amplitudes(step + 1)[l]);
            }
            for start in (step * CONTROL..(step + 1) * CONTROL).step_by(LANES) {
                for l in 0..L {
                    let out: &mut [f32; LANES] = (&mut out[l][start..start + LANES])
                        .try_into()
                        .expect("eight frames");
                    V::load(out).add(amplitude[l].mul(s)).store(out);
                    amplitude[l] = amplitude[l].add(rise[l]);
                }
                let turned = s.mul(turn_cos).add(c.mul(turn_sin));
                c = c.mul(turn_cos).sub(s.mul(turn_sin));
                s = turned;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_are_exact_to_90_db_over_many_blocks_and_a_retune() {
        let (f1, f2) = (0.0123, 0.3711);
        let mut oscillator = Oscillator::new(0, f1, 0.3);
        let envelopes: [Vec<f32>; STEPS + 1] = std::array::from_fn(|_| vec![1.0]);
        let retune = BLOCK * 300;
        for block in 0..400 {
            let frame = block * BLOCK;
            if frame == retune {
                oscillator.retune(frame, f2);
            }
            let mut out = [[0.0; BLOCK]];
            add(
                std::slice::from_ref(&oscillator),
                &envelopes,
                frame,
                &mut out,
            );
            for (i, &sample) in out[0].iter().enumerate() {
                let n = frame + i;
                let cycles = 0.3 + f1 * n.min(retune) as f64 + f2 * n.saturating_sub(retune) as f64;
                let exact = (TAU * cycles.fract()).sin();
                assert!((f64::from(sample) - exact).abs() < 1e-5, "frame {n}");
            }
        }
    }

    #[test]
    fn vectors_of_any_width_give_the_same_bits() {
        let oscillators: Vec<_> = (0..20)
            .map(|i| Oscillator::new(i, 0.001 * (i * i + 1) as f64, 0.1 * i as f64))
            .collect();
        let envelopes: [Vec<f32>; STEPS + 1] = std::array::from_fn(|step| {
            (0..80)
                .map(|i| ((i * 7 + step * 3) % 11) as f32 / 11.0)
                .collect()
        });
        let (mut chosen, mut plain) = ([[0.0; BLOCK]; 4], [[0.0; BLOCK]; 4]);
        add(&oscillators, &envelopes, 512, &mut chosen);
        add_with::<Portable, 4>(&oscillators, &envelopes, 512, &mut plain);
        assert_eq!(chosen, plain);
    }
}
