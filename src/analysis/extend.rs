//! What a sound doesn't tell: how a note that was held for less than three seconds would have gone
//! on, and how it would fade when its release can't be heard.
//!
//! * **Held part.** Where the sound ends, each row goes on along the line that its level followed
//!   over the last half of what is known, with what it swung about that line played backwards and
//!   forwards: a tone that fades goes on fading, a steady one holds, and beating goes on. A row
//!   that can't be told from a steady one holds, and none ever rises.
//!   A note that rings out within the sound is left as it is.
//! * **Release.** One that was heard is placed after the model's; the levels then start from where
//!   the extended note has got to. Without one, all rows fall by [`DAMPED_DB_PER_S`], about what a
//!   damped string or the release of a synthesizer does.

use super::noise::interpolate;
use super::note::total_db;
use super::spectrum::{frame, samples_in};
use super::timing::{RELEASE, Timing};
use crate::instrument::slots::{ROWS, TIMES, time_grid};

/// How fast a note fades whose release is not known: 60 dB in half a second.
pub(super) const DAMPED_DB_PER_S: f64 = 120.0;
/// The level of silence.
const SILENT: f64 = -120.0;
/// A row below this is silent: it has no line to follow.
const FAINT: f64 = -110.0;
/// A note that fades more slowly than this is taken for a steady one, dB per second.
const STEADY_DB_PER_S: f64 = 3.0;
/// What a row may swing about its line, dB.
const SWING_DB: f64 = 6.0;
/// The longest stretch at the end of the known part that its line is drawn through, s.
const LONGEST_STRETCH: f64 = 1.0;
/// Half of the window that levels before the release are measured with, s.
const HALF_WINDOW: f64 = 0.125;

/// Fills in what `levels` (dB, −120 silent) lack of a note with this timing.
pub(super) fn extend(levels: &mut [f32], sound: &[f32], timing: Timing, f0: f64) {
    let short = timing.held < RELEASE - 0.01;
    if short {
        hold(levels, timing, f0);
    }
    let last = held_times().count() - 1;
    if !timing.released {
        for row in levels.chunks_exact_mut(TIMES) {
            let (from, at) = (f64::from(row[last]), f64::from(time_grid()[last]));
            for (level, &time) in row.iter_mut().zip(time_grid()).skip(last + 1) {
                let fallen = DAMPED_DB_PER_S * (f64::from(time) - at.max(RELEASE)).max(0.0);
                *level = (from - fallen).max(SILENT) as f32;
            }
        }
    } else if (timing.held - RELEASE).abs() > 0.01 {
        let louder = if short {
            let totals = total_db(levels, f0);
            let known = index_at(timing.measured() - HALF_WINDOW.min(timing.held / 2.0));
            totals[last] - totals[known]
        } else {
            energy_db(sound, RELEASE) - energy_db(sound, timing.held)
        };
        for row in levels.chunks_exact_mut(TIMES) {
            for level in row.iter_mut().skip(last + 1) {
                if f64::from(*level) > FAINT {
                    *level = (f64::from(*level) + louder).max(SILENT) as f32;
                }
            }
        }
    }
}

fn held_times() -> impl Iterator<Item = f64> {
    let times = time_grid().iter().map(|&time| f64::from(time));
    times.take_while(|&time| !Timing::is_release(time))
}

/// The last time of the grid at or before `time`.
fn index_at(time: f64) -> usize {
    let after = time_grid().partition_point(|&point| f64::from(point) <= time);
    after.max(1) - 1
}

/// Level of the sound before `end`, dB.
fn energy_db(sound: &[f32], end: f64) -> f64 {
    let mut around = vec![0.0; samples_in(2.0 * HALF_WINDOW)];
    let size = around.len();
    frame(sound, end - HALF_WINDOW, size, &mut around);
    let sum: f64 = around.iter().map(|&x| f64::from(x).powi(2)).sum();
    10.0 * (sum / size as f64 + 1e-12).log10()
}

/// A line through levels: dB at time 0 of the line, and dB per second.
#[derive(Clone, Copy)]
struct Line {
    level: f64,
    slope: f64,
}

impl Line {
    fn at(self, time: f64) -> f64 {
        self.level + self.slope * time
    }

    /// Least squares over points (time, level, weight).
    fn through(points: &[(f64, f64, f64)]) -> Self {
        let sum = |of: &dyn Fn(&(f64, f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
        let weight = sum(&|p| p.2).max(1e-12);
        let (time, level) = (sum(&|p| p.0 * p.2) / weight, sum(&|p| p.1 * p.2) / weight);
        let spread = sum(&|p| p.2 * (p.0 - time).powi(2));
        let slope = sum(&|p| p.2 * (p.0 - time) * (p.1 - level)) / spread.max(1e-12);
        Self {
            level: level - slope * time,
            slope,
        }
    }

    /// The line with another slope, through the same point at `pivot`.
    fn sloping(self, slope: f64, pivot: f64) -> Self {
        Self {
            level: self.at(pivot) - slope * pivot,
            slope,
        }
    }
}

/// Continues the held part from where the sound ends to the model's release.
fn hold(levels: &mut [f32], timing: Timing, f0: f64) {
    // Levels later than this were measured by windows pushed back from the end.
    let end = timing.held;
    let known = (end - HALF_WINDOW).max(end * 0.6);
    let last = index_at(known);
    let known = f64::from(time_grid()[last]);
    let begin = (known * 0.5).max(known - LONGEST_STRETCH);
    let first = index_at(begin).min(last.saturating_sub(2));
    let begin = f64::from(time_grid()[first]);
    let times: Vec<f64> = (first..=last).map(|i| f64::from(time_grid()[i])).collect();
    let points = |level: &dyn Fn(usize) -> f64| -> Vec<(f64, f64, f64)> {
        let point = |i: usize| {
            // Points are closer at the attack: each counts for the time it stands for.
            let before = if i > first { i - 1 } else { i };
            let after = if i < last { i + 1 } else { i };
            let weight = f64::from(time_grid()[after] - time_grid()[before]);
            (f64::from(time_grid()[i]), level(i), weight)
        };
        (first..=last).map(point).collect()
    };
    let totals = total_db(levels, f0);
    let slope = Line::through(&points(&|i| totals[i])).slope;
    let steady = slope > -STEADY_DB_PER_S;
    let middle = (begin + known) / 2.0;

    for row in 0..ROWS {
        let row = &mut levels[row * TIMES..][..TIMES];
        let found: Vec<f64> = (first..=last)
            .map(|i| f64::from(row[i]).max(SILENT))
            .collect();
        let faint = found.iter().all(|&level| level < FAINT);
        let line = Line::through(&points(&|i| found[i - first]));
        let line = if steady || faint {
            line.sloping(0.0, middle)
        } else {
            // No row fades four times as fast as the whole, and all fade.
            line.sloping(line.slope.clamp(4.0 * slope, 0.25 * slope), middle)
        };
        for (level, time) in row.iter_mut().zip(held_times()).skip(last + 1) {
            let seen = mirrored(time, begin, known);
            let swing = interpolate(&times, &found, seen) - line.at(seen);
            let goes_on = line.at(time) + swing.clamp(-SWING_DB, SWING_DB);
            *level = if faint { SILENT } else { goes_on.max(SILENT) } as f32;
        }
    }
}

/// The moment within `begin..=end` that a walk back and forth comes to at `time` ≥ `end`.
fn mirrored(time: f64, begin: f64, end: f64) -> f64 {
    let length = (end - begin).max(1e-6);
    let walked = (time - end).rem_euclid(2.0 * length);
    if walked <= length {
        end - walked
    } else {
        begin + (walked - length)
    }
}
