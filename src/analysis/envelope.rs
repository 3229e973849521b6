//! How loud a sound is over time, where it starts and ends, and where a held note is let go.

use super::spectrum::{RATE, frame, samples_in};

/// Seconds between two levels.
pub(super) const HOP: f64 = 0.01;
/// Seconds that a level is measured over.
const WINDOW: f64 = 0.02;
/// Farther below its loudest moment a sound isn't heard, dB.
const RANGE_DB: f64 = 60.0;
/// A slow attack is followed back so far, dB.
const FAINT_RANGE_DB: f64 = 80.0;
/// What a recording's own noise may be below the loudest moment at most, dB: above, it is sound.
const NOISE_BELOW_DB: f64 = 30.0;
/// A sound is this far above the noise, dB.
const OVER_NOISE_DB: f64 = 8.0;
/// The share of a recording that is quiet, if any is; a short pause is the second.
const QUIET_SHARES: [f64; 2] = [0.1, 0.025];
/// What rises or falls by more than this while it is quiet is no noise but a slow attack, or a sound
/// that fades, dB.
const STEADY_DB: f64 = 0.8;
/// Silence, dB.
const SILENT_DB: f64 = -120.0;

/// Levels over time.
pub(super) struct Envelope {
    /// dB, full scale, one every [`HOP`], the first at 0 s.
    pub db: Vec<f64>,
    pub peak_db: f64,
    /// Quieter than this is not part of the sound, dB.
    pub threshold_db: f64,
    /// Louder than the recording's own noise, dB; a slow attack begins here.
    pub faint_db: f64,
}

impl Envelope {
    /// Of a sound at [`super::SAMPLE_RATE`].
    pub fn of(sound: &[f32]) -> Self {
        let size = samples_in(WINDOW);
        let mut around = vec![0.0; size];
        let count = (sound.len() as f64 / RATE / HOP).ceil() as usize;
        let db: Vec<f64> = (0..count)
            .map(|index| {
                frame(sound, index as f64 * HOP, size, &mut around);
                let sum: f64 = around.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
                (10.0 * (sum / size as f64 + 1e-20).log10()).max(SILENT_DB)
            })
            .collect();
        let peak_db = db.iter().copied().fold(SILENT_DB, f64::max);
        let noise = noise(&db).min(peak_db - NOISE_BELOW_DB - OVER_NOISE_DB);
        Self {
            db,
            peak_db,
            threshold_db: (peak_db - RANGE_DB).max(noise + OVER_NOISE_DB),
            faint_db: (peak_db - FAINT_RANGE_DB).max(noise + OVER_NOISE_DB),
        }
    }

    /// Whether anything sounds at a level's index.
    pub fn sounds(&self, index: usize) -> bool {
        self.db[index] > self.threshold_db
    }
}

/// Level of a recording's own noise, if it has some.
fn noise(db: &[f64]) -> f64 {
    let mut sorted = db.to_vec();
    sorted.sort_by(f64::total_cmp);
    let steady = QUIET_SHARES.into_iter().find_map(|share| {
        let level = *sorted.get((sorted.len() as f64 * share) as usize)?;
        let quiet: Vec<f64> = db.iter().copied().filter(|&db| db <= level).collect();
        let (before, after) = quiet.split_at(quiet.len() / 2);
        let mean = |levels: &[f64]| levels.iter().sum::<f64>() / levels.len().max(1) as f64;
        ((mean(before) - mean(after)).abs() < STEADY_DB).then_some(level)
    });
    steady.unwrap_or(SILENT_DB)
}

/// A release falls faster than what came before by this much at least, dB per second.
const FASTER_DB_PER_S: f64 = 40.0;
/// And by this much in all, dB.
const LEAST_FALL_DB: f64 = 12.0;
/// What falls by this much …
const CUT_DB: f64 = 30.0;
/// … within so many levels was cut off.
const CUT_LEVELS: usize = 2;
/// Fewest levels before a release: what falls sooner was struck or plucked.
const FEWEST_BEFORE: usize = 25;
/// A note that fades faster than this while it is held, dB per second, was struck or plucked: it
/// fades to its end, and where it falls faster is no release, …
const FADES_DB_PER_S: f64 = 12.0;
/// … unless so many levels have passed, when a release is sure to come.
const LONG_HELD: usize = 300;
/// A release begins where the level leaves the line before it by this much, dB.
const LEAVES_DB: f64 = 1.0;

/// How a note ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ending {
    /// Let go at this index of its levels; they fall faster from there.
    Released(usize),
    /// Cut off at this index.
    Cut(usize),
    /// Still sounding at the end, or faded by itself.
    None,
}

/// How a note of these levels (dB, one every [`HOP`], from its onset until it is silent or the
/// sound ends) ends: where two straight lines, the second steeper, fit them best.
///
/// `until`: how many of them are the note's; those after it only show how it breaks off.
pub(super) fn ending(db: &[f64], until: usize) -> Ending {
    let peak = (0..db.len())
        .max_by(|&a, &b| db[a].total_cmp(&db[b]))
        .unwrap_or(0);
    // Only the end can be a cut: a click may fall as fast into what it struck.
    let cut = (until.saturating_sub(CUT_LEVELS).max(peak)..until).find(|&index| {
        let after = (index + CUT_LEVELS).min(db.len() - 1);
        db[index] - db[after] > CUT_DB
    });
    if let Some(index) = cut {
        return Ending::Cut(index);
    }
    let tail = &db[peak..until.max(peak)];
    let sums = LineSums::new(tail);
    let all = (FEWEST_BEFORE..tail.len().saturating_sub(2)).map(|knee| {
        let (before, after) = (sums.fit(0, knee), sums.fit(knee, tail.len()));
        (knee, before, after)
    });
    let best = all.min_by(|a, b| (a.1.1 + a.2.1).total_cmp(&(b.1.1 + b.2.1)));
    let Some((knee, (before, _), (after, _))) = best else {
        return Ending::None;
    };
    let fall = tail[knee - 1] - tail[tail.len() - 1];
    let faster = after < before.min(0.0) - FASTER_DB_PER_S * HOP && fall > LEAST_FALL_DB;
    let held = before > -FADES_DB_PER_S * HOP || peak + knee >= LONG_HELD;
    let release = sums.leaves(tail, knee);
    if faster && held && release >= FEWEST_BEFORE {
        Ending::Released(peak + release)
    } else {
        Ending::None
    }
}

/// Sums that give the least-squares line through any stretch of values at once.
struct LineSums {
    /// Cumulative sums of y, x·y and y².
    sums: Vec<[f64; 3]>,
}

impl LineSums {
    fn new(values: &[f64]) -> Self {
        let mut sum = [0.0; 3];
        let mut sums = vec![sum];
        for (x, &y) in values.iter().enumerate() {
            let terms = [y, x as f64 * y, y * y];
            sum = std::array::from_fn(|i| sum[i] + terms[i]);
            sums.push(sum);
        }
        Self { sums }
    }

    /// Where `values` leave the line through those well before `knee`, at `knee` or before it: a
    /// release often begins slowly.
    fn leaves(&self, values: &[f64], knee: usize) -> usize {
        let (from, to) = (knee / 2, knee - knee / 4);
        let (slope, _) = self.fit(from, to);
        let mean = (self.sums[to][0] - self.sums[from][0]) / (to - from) as f64;
        let middle = (from + to - 1) as f64 / 2.0;
        let line = |x: usize| mean + slope * (x as f64 - middle);
        let stays = (to..knee).rev().find(|&x| values[x] > line(x) - LEAVES_DB);
        stays.map_or(to, |x| x + 1)
    }

    /// Slope per step and squared error of the line through values `from..to`.
    fn fit(&self, from: usize, to: usize) -> (f64, f64) {
        let count = (to - from) as f64;
        let [y, xy, yy] = std::array::from_fn(|i| self.sums[to][i] - self.sums[from][i]);
        let middle = (from + to - 1) as f64 / 2.0;
        let spread = count * (count * count - 1.0) / 12.0;
        let slope = if spread > 0.0 {
            (xy - middle * y) / spread
        } else {
            0.0
        };
        (
            slope,
            (yy - y * y / count - slope * slope * spread).max(0.0),
        )
    }
}
