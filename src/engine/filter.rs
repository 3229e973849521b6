//! The low-pass filter of a voice: a trapezoidal state-variable filter, 12 dB an octave, flat up
//! to its cutoff (after Simper, "Linear trapezoidal state variable filter", 2013).

use std::f32::consts::{PI, SQRT_2};

use super::reader::{Frame, Ramp};

/// A stereo filter whose cutoff glides from tick to tick. When open it does nothing at all; it
/// fades in and out over one tick.
#[derive(Clone, Copy)]
pub struct LowPass {
    cutoff_hz: f32,
    /// Coefficients and share of the filtered sound at the end of the tick.
    goal: [f32; 4],
    ramps: [Ramp; 4],
    state: [Frame; 2],
}

impl LowPass {
    /// A filter that does nothing.
    pub const OPEN: LowPass = LowPass {
        cutoff_hz: 0.0,
        goal: [0.0; 4],
        ramps: [Ramp {
            start: 0.0,
            slope: 0.0,
        }; 4],
        state: [[0.0; 2]; 2],
    };

    /// Aims at a cutoff for the tick's end, from frame `from` of the tick on; `None` is open.
    /// A `fresh` voice has not sounded yet: nothing need glide.
    #[inline]
    pub fn aim(&mut self, cutoff_hz: Option<f32>, sample_rate: f32, from: usize, fresh: bool) {
        let was_open = self.is_open();
        if was_open && cutoff_hz.is_none() {
            self.ramps[3] = Ramp {
                start: 0.0,
                slope: 0.0,
            };
            return;
        }
        let before = self.goal;
        if let Some(hz) = cutoff_hz
            && (hz != self.cutoff_hz || was_open)
        {
            self.cutoff_hz = hz;
            let g = (PI * (hz / sample_rate).min(0.49)).tan();
            let a1 = 1.0 / (1.0 + g * (g + SQRT_2));
            self.goal = [a1, g * a1, g * g * a1, 0.0];
        }
        // Fading out, the cutoff stays where it was.
        self.goal[3] = if cutoff_hz.is_some() { 1.0 } else { 0.0 };
        for ((ramp, &end), (i, &now)) in self
            .ramps
            .iter_mut()
            .zip(&self.goal)
            .zip(before.iter().enumerate())
        {
            let settled = fresh || (was_open && i < 3);
            *ramp = Ramp::between(if settled { end } else { now }, from, end);
        }
        if was_open {
            self.state = Default::default();
        }
        for x in self.state.as_flattened_mut() {
            if x.abs() < 1e-18 {
                *x = 0.0; // silence must not leave denormal numbers
            }
        }
    }

    /// Filters frames in place, the first of which is frame `phase` of the tick.
    #[inline]
    pub fn run(&mut self, frames: &mut [Frame], phase: usize) {
        if self.is_open() && self.ramps[3].slope == 0.0 {
            return;
        }
        let [mut first, mut second] = self.state;
        for (i, frame) in frames.iter_mut().enumerate() {
            let [a1, a2, a3, wet] = self.ramps.map(|ramp| ramp.at(phase + i));
            for c in 0..2 {
                let v3 = frame[c] - second[c];
                let v1 = a1 * first[c] + a2 * v3;
                let v2 = second[c] + a2 * first[c] + a3 * v3;
                first[c] = 2.0 * v1 - first[c];
                second[c] = 2.0 * v2 - second[c];
                frame[c] += wet * (v2 - frame[c]);
            }
        }
        self.state = [first, second];
    }

    fn is_open(&self) -> bool {
        self.goal[3] == 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::TICK;
    use super::*;

    /// Gain of the filter at a frequency, dB.
    fn gain_db(cutoff: Option<f32>, frequency: f32) -> f32 {
        let mut filter = LowPass::OPEN;
        let (mut power_in, mut power_out) = (0.0, 0.0);
        for tick in 0..600 {
            filter.aim(cutoff, 48_000.0, 0, tick == 0);
            let mut frames: [Frame; TICK] = std::array::from_fn(|i| {
                let x = (2.0 * PI * frequency / 48_000.0 * (tick * TICK + i) as f32).sin();
                [x, -x]
            });
            power_in += frames.iter().map(|x| x[0] * x[0]).sum::<f32>();
            filter.run(&mut frames, 0);
            power_out += frames.iter().map(|x| x[0] * x[0]).sum::<f32>();
        }
        10.0 * (power_out / power_in).log10()
    }

    #[test]
    fn passes_below_and_falls_12_db_an_octave_above() {
        assert!(gain_db(Some(1000.0), 100.0).abs() < 0.05);
        assert!((gain_db(Some(1000.0), 1000.0) + 3.0).abs() < 0.1);
        let slope = gain_db(Some(500.0), 2000.0) - gain_db(Some(500.0), 4000.0);
        assert!((slope - 12.0).abs() < 0.6, "{slope}");
    }

    #[test]
    fn open_is_exactly_transparent() {
        assert_eq!(gain_db(None, 15_000.0), 0.0);
    }

    #[test]
    fn opening_and_closing_make_no_step() {
        let mut filter = LowPass::OPEN;
        let mut last: Option<f32> = None;
        let mut largest = 0.0f32;
        for tick in 0..200 {
            let cutoff = (tick % 20 > 9).then_some(18_000.0);
            filter.aim(cutoff, 48_000.0, 0, tick == 0);
            let mut frames: [Frame; TICK] = std::array::from_fn(|i| {
                [(2.0 * PI * 200.0 / 48_000.0 * (tick * TICK + i) as f32).sin(); 2]
            });
            filter.run(&mut frames, 0);
            for frame in frames {
                largest = largest.max((frame[0] - last.unwrap_or(frame[0])).abs());
                last = Some(frame[0]);
            }
        }
        let steepest_of_sine = 2.0 * PI * 200.0 / 48_000.0;
        assert!(
            largest < 1.2 * steepest_of_sine,
            "{largest} {steepest_of_sine}"
        );
    }
}
