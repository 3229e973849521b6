//! Where a song changes its key.

use std::ops::Range;

use super::chroma::Chroma;
use super::key::profile;
use crate::music::Key;

/// A key lasts at least so long, s.
const SHORTEST: f64 = 10.0;
/// A change of key has to raise the mean correlation with the profiles by this: chords that leave the key for a while don't.
const LEAST_GAIN: f64 = 0.12;

/// Sums of pitch classes of stretches.
type Classes = [f64; 12];

/// The stretches that stay in one key each, in order; all of them where no key changes. Any thread but audio.
pub fn of(chroma: &[Chroma]) -> Vec<Range<usize>> {
    let mut sums = vec![([0.0; 12], 0.0)];
    for stretch in chroma {
        let seconds = stretch.end - stretch.start;
        let (classes, before): (Classes, f64) = sums[sums.len() - 1];
        let unit = stretch.unit();
        let more = |class: usize| classes[class] + seconds * f64::from(unit[class].powi(2));
        sums.push((std::array::from_fn(more), before + seconds));
    }
    let song = Song {
        sums,
        profiles: Key::all().map(|key| normal(profile(key))).collect(),
    };
    let mut found = Vec::new();
    song.divide(0..chroma.len(), &mut found);
    found
}

struct Song {
    /// Up to each stretch: pitch classes, weighted by time, and seconds.
    sums: Vec<(Classes, f64)>,
    /// Of all keys, with a mean of 0 and a norm of 1.
    profiles: Vec<Classes>,
}

impl Song {
    /// Adds the sections of a stretch of time.
    fn divide(&self, range: Range<usize>, found: &mut Vec<Range<usize>>) {
        let gains = range.clone().map(|at| (at, self.gain(&range, at)));
        let best = gains.max_by(|a, b| a.1.total_cmp(&b.1));
        match best.filter(|best| best.1 >= LEAST_GAIN) {
            Some((at, _)) => {
                self.divide(range.start..at, found);
                self.divide(at..range.end, found);
            }
            None => found.push(range),
        }
    }

    /// How much better two keys fit than one, if the first ends here.
    fn gain(&self, range: &Range<usize>, at: usize) -> f64 {
        let seconds = |range: &Range<usize>| self.sums[range.end].1 - self.sums[range.start].1;
        let parts = [range.start..at, at..range.end];
        let lengths = parts.each_ref().map(seconds);
        if lengths.iter().any(|length| *length < SHORTEST) {
            return f64::NEG_INFINITY;
        }
        let [left, right] = parts.each_ref().map(|part| self.correlations(part));
        let most = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let both = left.iter().zip(&right);
        let both: Vec<f64> = both
            .map(|(left, right)| lengths[0] * left + lengths[1] * right)
            .collect();
        let apart = lengths[0] * most(&left) + lengths[1] * most(&right);
        (apart - most(&both)) / (lengths[0] + lengths[1])
    }

    /// With the profiles of all keys.
    fn correlations(&self, range: &Range<usize>) -> Vec<f64> {
        let (from, to) = (&self.sums[range.start].0, &self.sums[range.end].0);
        let classes = normal(std::array::from_fn(|class| to[class] - from[class]));
        let with = |profile: &Classes| profile.iter().zip(&classes).map(|(a, b)| a * b).sum();
        self.profiles.iter().map(with).collect()
    }
}

fn normal(classes: Classes) -> Classes {
    let mean = classes.iter().sum::<f64>() / 12.0;
    let off = classes.map(|x| x - mean);
    let norm = off.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-12);
    off.map(|x| x / norm)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stretches of a second in which the triads of a cadence sound over a tonic.
    fn cadences(tonics: &[(u8, usize)]) -> Vec<Chroma> {
        let triads = [[0u8, 4, 7], [5, 9, 0], [7, 11, 2], [0, 4, 7]];
        let tonics = tonics
            .iter()
            .flat_map(|(tonic, count)| std::iter::repeat_n(*tonic, *count));
        let stretch = |(number, tonic): (usize, u8)| {
            let mut all = [0.05f32; 12];
            for class in triads[number % 4] {
                all[usize::from((class + tonic) % 12)] = 1.0;
            }
            let (start, end) = (number as f64, number as f64 + 1.0);
            Chroma {
                start,
                end,
                all,
                level: 1.0,
                ..Chroma::default()
            }
        };
        tonics.enumerate().map(stretch).collect()
    }

    #[test]
    fn a_change_of_key_is_found_where_it_is() {
        for up in 1..=6u8 {
            let found = of(&cadences(&[(0, 20), (up, 16)]));
            assert_eq!(found.len(), 2, "{up}: {found:?}");
            assert!(found[0].end.abs_diff(20) <= 2, "{up}: {found:?}");
        }
        assert_eq!(of(&cadences(&[(0, 16), (1, 16), (2, 16)])).len(), 3);
    }

    #[test]
    fn what_stays_in_its_key_is_one() {
        for tonic in 0..12 {
            assert_eq!(of(&cadences(&[(tonic, 40)])).len(), 1);
        }
        // Another key for a few bars.
        assert_eq!(of(&cadences(&[(0, 16), (7, 4), (0, 16)])).len(), 1);
        assert_eq!(of(&[]).len(), 1);
    }
}
