//! Beats that keep one tempo: the straight line through them; and what is uneven only in how it was heard.

use super::rhythm::Beat;

/// Fewer sure beats make no line.
const FEWEST: usize = 8;
/// Rounds of weighing beats by how near they are to the line.
const ROUNDS: usize = 12;
/// Tukey's biweight leaves out what is further off than so many standard deviations …
const BIWEIGHT: f64 = 4.685;
/// … of which one is at least this, s: half a frame.
const FINEST: f64 = 0.005;
/// Most that a steady song's sure beats are off: half of them, and in the middle of each window, s.
const HALF_OFF: f64 = 0.016;
const WINDOW_OFF: f64 = 0.03;
/// Beats of such a window.
const WINDOW: usize = 16;
/// Of the sure beats so many lie near the line, s.
const NEAR: f64 = 0.05;
const NEAR_SHARE: f64 = 0.8;
/// A tempo is a whole or half number if that lies within so many standard errors.
const ERRORS: f64 = 2.0;
/// Beats to each side that an unsteady beat is smoothed by, and how far it may be moved, s.
const SIDE: usize = 3;
const MOVED: f64 = 0.02;

/// The straight line through beats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// When the first is, s.
    pub first: f64,
    /// From one to the next, s.
    pub apart: f64,
    /// Standard error of that, s.
    pub error: f64,
}

impl Line {
    /// Through the sure ones of beats that keep one tempo; `None` where they don't. Any thread.
    #[must_use]
    pub fn through(beats: &[Beat]) -> Option<Self> {
        let sure: Vec<(f64, f64)> = beats
            .iter()
            .enumerate()
            .filter(|(_, beat)| beat.sure)
            .map(|(number, beat)| (number as f64, beat.seconds))
            .collect();
        if sure.len() < FEWEST.max(beats.len() / 4) {
            return None;
        }
        let line = fitted(&sure)?;
        line.is_kept_by(&sure).then_some(line)
    }

    /// Felt beats a minute. Any thread.
    #[must_use]
    pub fn bpm(&self) -> f64 {
        let bpm = 60.0 / self.apart;
        let half = (2.0 * bpm).round() / 2.0;
        // Not 110.00000000000001.
        if (bpm - half).abs() < 1e-9 { half } else { bpm }
    }

    /// The same with a whole or half number of beats a minute, where it can't be told from one; `middle` of the beats stays where it
    /// is. Any thread.
    #[must_use]
    pub fn rounded(self, middle: f64) -> Self {
        let bpm = (2.0 * self.bpm()).round() / 2.0;
        let error = self.bpm() * self.error / self.apart;
        if bpm <= 0.0 || (bpm - self.bpm()).abs() > ERRORS * error {
            return self;
        }
        let apart = 60.0 / bpm;
        Self {
            first: self.first + middle * (self.apart - apart),
            apart,
            ..self
        }
    }

    /// When a beat is, s. Any thread.
    #[must_use]
    pub fn at(&self, number: f64) -> f64 {
        self.first + number * self.apart
    }

    fn is_kept_by(&self, sure: &[(f64, f64)]) -> bool {
        let off: Vec<f64> = sure.iter().map(|(n, at)| at - self.at(*n)).collect();
        let near = off.iter().filter(|off| off.abs() <= NEAR).count();
        let windows = off.chunks(WINDOW);
        let whole = windows.filter(|window| window.len() >= WINDOW / 2);
        near as f64 >= NEAR_SHARE * off.len() as f64
            && median(off.iter().map(|off| off.abs()).collect()) <= HALF_OFF
            && whole
                .map(|window| median(window.to_vec()))
                .all(|off| off.abs() <= WINDOW_OFF)
    }
}

/// By weighted least squares, what lies far off weighing less from round to round.
fn fitted(sure: &[(f64, f64)]) -> Option<Line> {
    let half = sure.len() / 2;
    let slopes = sure.iter().zip(&sure[half..]);
    let slopes = slopes.map(|(a, b)| (b.1 - a.1) / (b.0 - a.0).max(1.0));
    let mut apart = median(slopes.collect());
    let mut first = median(sure.iter().map(|(n, at)| at - apart * n).collect());
    let mut error = 0.0;
    for _ in 0..ROUNDS {
        let off = |(n, at): &(f64, f64)| at - first - apart * n;
        let usual = 1.4826 * median(sure.iter().map(|beat| off(beat).abs()).collect());
        let scale = BIWEIGHT * usual.max(FINEST);
        let weight = |beat: &(f64, f64)| (1.0 - (off(beat) / scale).powi(2)).max(0.0).powi(2);
        let weights: Vec<f64> = sure.iter().map(weight).collect();
        let total: f64 = weights.iter().sum();
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| {
            let sum: f64 = sure
                .iter()
                .zip(&weights)
                .map(|(beat, w)| w * of(beat))
                .sum();
            sum / total
        };
        let (number, at) = (mean(&|beat| beat.0), mean(&|beat| beat.1));
        let spread = mean(&|beat| (beat.0 - number).powi(2));
        if total < FEWEST as f64 / 2.0 || spread <= 0.0 {
            return None;
        }
        let slope = mean(&|beat| (beat.0 - number) * (beat.1 - at)) / spread;
        let rest = mean(&|beat| (beat.1 - at - slope * (beat.0 - number)).powi(2));
        error = (rest.max(FINEST * FINEST / 3.0) / (spread * total)).sqrt();
        (apart, first) = (slope, at - slope * number);
    }
    (apart > 0.0).then_some(Line {
        first,
        apart,
        error,
    })
}

/// Beats of an unsteady tempo, each on the parabola through those around it, unless that is further than hearing is unsure. Any
/// thread.
pub fn smoothed(beats: &[Beat]) -> Vec<f64> {
    let smooth = |number: usize| -> f64 {
        let own = beats[number].seconds;
        let from = number.saturating_sub(SIDE);
        let to = (number + SIDE + 1).min(beats.len());
        let near: Vec<(f64, f64)> = (from..to)
            .map(|other| (other as f64 - number as f64, beats[other].seconds - own))
            .collect();
        match parabola_at_0(&near) {
            Some(moved) if moved.abs() <= MOVED => own + moved,
            _ => own,
        }
    };
    (0..beats.len()).map(smooth).collect()
}

/// Where the least-squares parabola through points is at 0; `None` for fewer than five.
fn parabola_at_0(points: &[(f64, f64)]) -> Option<f64> {
    if points.len() < 5 {
        return None;
    }
    let sum = |power: i32| points.iter().map(|(x, _)| x.powi(power)).sum::<f64>();
    let with = |power: i32| points.iter().map(|(x, y)| y * x.powi(power)).sum::<f64>();
    let [s0, s1, s2, s3, s4] = std::array::from_fn(|power| sum(power as i32));
    let [t0, t1, t2] = std::array::from_fn(|power| with(power as i32));
    let minor = |a: f64, b: f64, c: f64, d: f64| a * d - b * c;
    let whole =
        s0 * minor(s2, s3, s3, s4) - s1 * minor(s1, s3, s2, s4) + s2 * minor(s1, s2, s2, s3);
    let own = t0 * minor(s2, s3, s3, s4) - s1 * minor(t1, s3, t2, s4) + s2 * minor(t1, s2, t2, s3);
    (whole.abs() > 1e-9).then(|| own / whole)
}

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beats that are heard a few ms off, in frames, every eleventh far off.
    fn heard(at: impl Fn(f64) -> f64, count: usize) -> Vec<Beat> {
        let off = |n: usize| ((n * 7919) % 13) as f64 / 1000.0 - 0.006;
        let beat = |n: usize| Beat {
            seconds: ((at(n as f64) + off(n) + if n % 11 == 5 { 0.03 } else { 0.0 }) * 100.0)
                .round()
                / 100.0,
            place: n % 4,
            sure: n % 5 != 3,
        };
        (0..count).map(beat).collect()
    }

    #[test]
    fn a_steady_tempo_is_told_to_a_tenth() {
        for bpm in [60.0, 87.3, 120.0, 127.9, 170.0, 179.5] {
            let beats = heard(|n| 0.4 + n * 60.0 / bpm, 80);
            let line = Line::through(&beats).expect("steady");
            assert!((line.bpm() - bpm).abs() < 0.06, "{bpm}: {}", line.bpm());
            let rounded = line.rounded(40.0);
            let whole = (2.0 * bpm).fract() == 0.0;
            assert_eq!(rounded.bpm() == bpm, whole, "{bpm}: {line:?}");
            assert!((rounded.at(40.0) - line.at(40.0)).abs() < 1e-9);
        }
    }

    #[test]
    fn what_drifts_is_no_line_and_is_followed() {
        let swings = |n: f64| 0.5 * n + 0.12 * (n / 8.0).sin();
        let slows = |n: f64| 0.5 * n + 0.0006 * n * n;
        for (name, at) in [
            ("swings", &swings as &dyn Fn(f64) -> f64),
            ("slows", &slows),
        ] {
            let beats = heard(at, 64);
            assert_eq!(Line::through(&beats), None, "{name}");
            let off = |beats: &[f64]| {
                let off = beats
                    .iter()
                    .enumerate()
                    .map(|(n, b)| (b - at(n as f64)).powi(2));
                (off.sum::<f64>() / beats.len() as f64).sqrt()
            };
            let before: Vec<f64> = beats.iter().map(|beat| beat.seconds).collect();
            let after = smoothed(&beats);
            assert!(
                off(&after) < 0.9 * off(&before),
                "{name}: {} {}",
                off(&after),
                off(&before)
            );
        }
        assert_eq!(Line::through(&heard(|n| n, 6)), None);
    }
}
