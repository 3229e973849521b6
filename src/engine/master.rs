//! What happens to the sum of all voices: level, width, soft limit.

use super::Settings;
use super::reader::{Frame, Ramp};

/// Below this the soft limit does nothing: −3 dB.
const KNEE: f32 = 0.708;

/// See the module.
#[derive(Default)]
pub struct Master {
    /// Level, width, share of the limited sound, at the tick's end.
    now: [f32; 3],
    ramps: [Ramp; 3],
    settled: bool,
}

impl Master {
    /// The next tick takes the settings on at once.
    pub fn reset(&mut self) {
        self.settled = false;
    }

    /// Makes the ramps of a new tick.
    pub fn aim(&mut self, settings: &Settings, smoothing: f32) {
        let goals = [
            settings.level,
            settings.width,
            f32::from(settings.soft_limit),
        ];
        for ((now, ramp), goal) in self.now.iter_mut().zip(&mut self.ramps).zip(goals) {
            let distance = goal - *now;
            let end = if !self.settled || distance.abs() < 1e-4 {
                goal
            } else {
                *now + distance * smoothing
            };
            *ramp = Ramp::between(if self.settled { *now } else { end }, 0, end);
            *now = end;
        }
        self.settled = true;
    }

    /// Works on frames in place, the first of which is frame `phase` of the tick.
    pub fn run(&self, frames: &mut [Frame], phase: usize) {
        let [level, width, limit] = self.ramps;
        let at_rest = |ramp: Ramp, value: f32| ramp.slope == 0.0 && ramp.start == value;
        if !at_rest(width, 1.0) {
            for (i, frame) in frames.iter_mut().enumerate() {
                let middle = 0.5 * (frame[0] + frame[1]);
                let side = 0.5 * (frame[0] - frame[1]) * width.at(phase + i);
                *frame = [middle + side, middle - side];
            }
        }
        if !at_rest(level, 1.0) {
            for (i, frame) in frames.iter_mut().enumerate() {
                let gain = level.at(phase + i);
                *frame = frame.map(|x| x * gain);
            }
        }
        if !at_rest(limit, 0.0) {
            for (i, frame) in frames.iter_mut().enumerate() {
                let share = limit.at(phase + i);
                *frame = frame.map(|x| x + share * (soft_limit(x) - x));
            }
        }
    }
}

/// The identity up to the knee, then a hyperbola towards full scale, with no corner.
fn soft_limit(x: f32) -> f32 {
    let over = (x.abs() - KNEE) / (1.0 - KNEE);
    if over <= 0.0 {
        return x;
    }
    (KNEE + (1.0 - KNEE) * over / (1.0 + over)).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::super::TICK;
    use super::*;

    fn run(settings: &Settings, ticks: usize, input: Frame) -> Vec<Frame> {
        let mut master = Master::default();
        master.aim(&Settings::default(), 0.2);
        let mut out = Vec::new();
        for _ in 0..ticks {
            master.aim(settings, 0.2);
            let mut frames = [input; TICK];
            master.run(&mut frames, 0);
            out.extend(frames);
        }
        out
    }

    #[test]
    fn at_rest_it_is_exactly_transparent() {
        let out = run(&Settings::default(), 3, [0.3, -0.7]);
        assert!(out.iter().all(|frame| *frame == [0.3, -0.7]));
    }

    #[test]
    fn changes_are_smooth_and_arrive() {
        let settings = Settings {
            level: 0.0,
            ..Settings::default()
        };
        let out = run(&settings, 100, [1.0, 1.0]);
        let largest = out
            .windows(2)
            .map(|w| (w[1][0] - w[0][0]).abs())
            .fold(0.0, f32::max);
        assert!(largest < 0.01, "{largest}");
        assert_eq!(out[out.len() - 1], [0.0, 0.0]);
    }

    #[test]
    fn width_zero_is_mono_and_keeps_the_middle() {
        let settings = Settings {
            width: 0.0,
            ..Settings::default()
        };
        let out = run(&settings, 100, [0.8, 0.2]);
        assert_eq!(out[out.len() - 1], [0.5, 0.5]);
    }

    #[test]
    fn the_limit_leaves_quiet_sound_alone_and_stays_below_full_scale() {
        let mut last = 0.0;
        for i in 0..10_000 {
            let x = i as f32 * 0.01;
            let y = soft_limit(x);
            assert!(y <= 1.0 && y >= last && (x > KNEE || y == x), "{x} {y}");
            assert_eq!(soft_limit(-x), -y);
            last = y;
        }
    }
}
