//! Where a sound loops, how it decays and how it is released, all read from the note model: no
//! search through rendered sound.

use crate::instrument::note::NoteModel;
use crate::instrument::slots::{RELEASE_AT, TIMES, time_grid};

/// First frame of a loop and one past its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Loop {
    pub start: usize,
    pub end: usize,
}

/// How a column's notes go on, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Course {
    /// Dies away within the frames.
    Ends { at: f32 },
    /// Loops from `start` for roughly `length`.
    Loops { start: f32, length: f32 },
}

/// Longest sound rendered, seconds: what 120 layers of stereo frames at 48 kHz may cost is about
/// 100 MB.
const LONGEST_S: f32 = 2.25;
/// A layer this far below its loudest moment has ended, dB.
const ENDED_DB: f32 = 72.0;
/// Losing less than this many dB a second, a sound is held rather than decaying.
const HELD_DB_PER_S: f32 = 1.5;
/// Losing more than this, it is a decaying one: more of its course is rendered, less looped.
const DECAYING_DB_PER_S: f32 = 4.0;
/// Between the two it must fall in a straight line, up to this share of its fall, to be one.
const MOST_STRAY: f32 = 0.2;
const MOST_DECAY_DB_PER_S: f32 = 90.0;
/// Bounds of the time in which a released note falls by 60 dB, seconds.
const RELEASE_S: (f32, f32) = (0.03, 6.0);

/// Levels of the whole note at each time of the grid, dB.
pub(super) fn totals(note: &NoteModel) -> [f32; TIMES] {
    note.total_levels()
}

/// Times of the grid while the note is held.
fn held() -> usize {
    time_grid().partition_point(|&t| t < RELEASE_AT - 1e-3)
}

/// How the notes of a column go on; the same for all its layers.
pub(super) fn course(layers: &[[f32; TIMES]]) -> Course {
    let grid = time_grid();
    let ends = layers.iter().map(ended_at).fold(0.0, f32::max);
    if ends <= LONGEST_S {
        return Course::Ends { at: ends.max(0.05) };
    }
    let Some(loudest) = layers.iter().max_by(|a, b| peak(a).1.total_cmp(&peak(b).1)) else {
        return Course::Ends { at: 0.05 };
    };
    let start = if decay(loudest, 1.0) >= DECAYING_DB_PER_S {
        1.5
    } else {
        // Past the swell of a slow onset.
        let full = peak(loudest).1 - 1.0;
        let swelled = (0..held())
            .find(|&i| loudest[i] >= full)
            .map_or(0.0, |i| grid[i]);
        (swelled + 0.3).clamp(0.85, 1.5)
    };
    Course::Loops {
        start,
        length: (LONGEST_S - start).min(1.3),
    }
}

/// Index and level of the loudest held moment.
fn peak(totals: &[f32; TIMES]) -> (usize, f32) {
    let held = totals[..held()].iter().copied().enumerate();
    held.max_by(|a, b| a.1.total_cmp(&b.1))
        .expect("the grid isn't empty")
}

/// The time after which a held note can't be heard, seconds; infinite if it lasts.
fn ended_at(totals: &[f32; TIMES]) -> f32 {
    let (at, loudest) = peak(totals);
    if loudest <= -70.0 {
        return 0.0;
    }
    let held = held();
    let audible = |level: f32| level > loudest - ENDED_DB && level > -78.0;
    match (at..held).rev().find(|&i| audible(totals[i])) {
        Some(last) if last + 1 < held => time_grid()[last + 1],
        _ => f32::INFINITY,
    }
}

/// Mean decay between `from` seconds and the release, dB per second; 0 for a held sound, also one
/// that swells and fades.
pub(super) fn decay(totals: &[f32; TIMES], from: f32) -> f32 {
    let grid = time_grid();
    let first = grid.partition_point(|&t| t < from);
    let points = || (first..held()).map(|i| (grid[i], totals[i]));
    let count = points().count() as f32;
    let mean = |sum: f32| sum / count;
    let (t, l) = (
        mean(points().map(|p| p.0).sum()),
        mean(points().map(|p| p.1).sum()),
    );
    let across: f32 = points().map(|p| (p.0 - t) * (p.1 - l)).sum();
    let along: f32 = points().map(|p| (p.0 - t) * (p.0 - t)).sum();
    let loss = -across / along;
    // How far the levels stray from a straight line, against how far it falls.
    let stray = mean(points().map(|p| (p.1 - l + loss * (p.0 - t)).powi(2)).sum()).sqrt();
    let steady = stray < loss * (RELEASE_AT - from) * MOST_STRAY;
    if loss < HELD_DB_PER_S || (loss < DECAYING_DB_PER_S && !steady) {
        0.0
    } else {
        loss.min(MOST_DECAY_DB_PER_S)
    }
}

/// Seconds in which a released note falls by 60 dB, from the model's release.
pub(super) fn release_s(totals: &[f32; TIMES]) -> f32 {
    let grid = time_grid();
    let held = held();
    let (from, loudest) = (totals[held - 1], peak(totals).1);
    // A note that has died away shows nothing of its release: it rings as it rang.
    if from < loudest - 50.0 || from < -65.0 {
        let decay = decay(totals, 0.1).max(60.0);
        return (60.0 / decay).clamp(RELEASE_S.0, RELEASE_S.1);
    }
    // The last moment before it has fallen by 40 dB, or the grid's end.
    let fallen = (held..TIMES)
        .find(|&i| totals[i] < from - 40.0)
        .unwrap_or(TIMES - 1);
    let (loss, time) = (from - totals[fallen], grid[fallen] - RELEASE_AT + 0.01);
    (60.0 * time / loss.max(1.0)).clamp(RELEASE_S.0, RELEASE_S.1)
}

/// The release macro: to the shortest release at −1, to the longest at +1, by equal ratios.
pub(super) fn shaped_release_s(seconds: f32, amount: f32) -> f32 {
    if amount == 0.0 {
        return seconds;
    }
    let end = if amount < 0.0 {
        RELEASE_S.0
    } else {
        RELEASE_S.1
    };
    seconds * (end / seconds).powf(amount.abs())
}

/// The frequency and the loop for a root frequency of `hz`: a whole number of frames that holds a
/// whole number of quarter-harmonic periods, near `length` seconds from `start`. `mistuning` tells
/// how badly the partials fit a loop of so many periods of the key; the best is chosen.
pub(super) fn fit(
    hz: f64,
    rate: f64,
    block: usize,
    start: f32,
    length: f32,
    mistuning: impl Fn(f64) -> f64,
) -> (f64, Loop) {
    let start = (f64::from(start) * rate / block as f64).round() as usize * block;
    // Four periods of the key are a whole number of every quarter-harmonic's.
    let four = 4.0 * rate / hz;
    let most = (f64::from(length) * rate / four).floor().max(1.0) as usize;
    let least = ((most as f64 * 0.7).ceil() as usize).max(1);
    let step = ((most - least) / 60).max(1);
    let best = (least..=most).step_by(step).map(|fours| {
        let frames = (fours as f64 * four).round() as usize;
        let periods = 4.0 * fours as f64;
        let own = cents(periods * rate / frames as f64 / hz).abs();
        // Beyond 0.01 cent the key's own tuning counts before everything.
        (
            mistuning(periods) + (own - 0.01).max(0.0) * 1e3,
            frames,
            periods,
        )
    });
    let (_, frames, periods) = best
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .expect("at least one");
    (
        periods * rate / frames as f64,
        Loop {
            start,
            end: start + frames,
        },
    )
}

/// A ratio of frequencies in cents.
pub(super) fn cents(ratio: f64) -> f64 {
    1200.0 * ratio.log2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::slots::key_frequency;

    fn totals_of(level: impl Fn(f32) -> f32) -> [f32; TIMES] {
        time_grid().map(|t| level(t).max(-80.0))
    }

    #[test]
    fn held_sounds_loop_and_don_t_decay() {
        let organ = totals_of(|t| {
            if t < RELEASE_AT {
                -3.0
            } else {
                -3.0 - (t - 3.0) * 300.0
            }
        });
        assert!(matches!(course(&[organ]), Course::Loops { start, .. } if start < 1.0));
        assert_eq!(decay(&organ, 1.0), 0.0);
        assert!(
            (release_s(&organ) - 0.2).abs() < 0.06,
            "{}",
            release_s(&organ)
        );
    }

    #[test]
    fn decaying_sounds_go_on_decaying_and_short_ones_end() {
        let piano = totals_of(|t| -8.0 * t);
        assert!(matches!(course(&[piano]), Course::Loops { start, .. } if start == 1.5));
        assert!((decay(&piano, 1.0) - 8.0).abs() < 0.01);
        let bell = totals_of(|t| -90.0 * t);
        assert!(matches!(course(&[bell]), Course::Ends { at } if at > 0.7 && at < 1.0));
        // One layer that lasts keeps the column looping.
        assert!(matches!(course(&[bell, piano]), Course::Loops { .. }));
    }

    #[test]
    fn loops_hold_whole_periods_and_stay_in_tune_on_every_key() {
        for rate in [22_050.0, 44_100.0, 48_000.0] {
            for key in 21..=108 {
                let hz = key_frequency(f64::from(key));
                let (tuned, place) = fit(hz, rate, 256, 0.9, 1.3, |_| 0.0);
                assert!(
                    cents(tuned / hz).abs() < 0.03,
                    "key {key} at {rate}: {}",
                    cents(tuned / hz)
                );
                let quarters = tuned / 4.0 * (place.end - place.start) as f64 / rate;
                assert!((quarters - quarters.round()).abs() < 1e-9);
                let seconds = (place.end - place.start) as f64 / rate;
                assert!((0.8..=1.31).contains(&seconds), "{seconds}");
            }
        }
    }
}
