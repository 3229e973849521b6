//! What a teacher of harmony would mark, counted the same way in any score.

use crate::orchestra::tone::{SAME, Tone};

/// Marks, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Beats that were looked at.
    pub beats: usize,
    /// Parallel fifths and octaves, at any onset, of any two voices.
    pub parallels: usize,
    /// Outer voices that go the same way into a fifth or an octave, the upper one by leap.
    pub hidden: usize,
    /// A voice above the one over it.
    pub crossings: usize,
    /// A voice where its neighbour just was, or beyond.
    pub overlaps: usize,
    /// More than an octave between neighbours, the bass apart.
    pub spaces: usize,
    /// More than an octave at once, a tritone, a seventh, in a voice that isn't the melody.
    pub leaps: usize,
}

impl Faults {
    /// All of them but overlaps, a hundred beats. Any thread.
    #[must_use]
    pub fn a_hundred(&self) -> f64 {
        let all = self.parallels
            + self.hidden
            + self.crossings
            + self.overlaps
            + self.spaces
            + self.leaps;
        all as f64 * 100.0 / self.beats.max(1) as f64
    }

    /// Adds those of another piece. Any thread.
    pub fn add(&mut self, other: &Self) {
        self.beats += other.beats;
        self.parallels += other.parallels;
        self.hidden += other.hidden;
        self.crossings += other.crossings;
        self.overlaps += other.overlaps;
        self.spaces += other.spaces;
        self.leaps += other.leaps;
    }
}

/// The note of a line at a moment.
pub(super) fn sounding(line: &[Tone], at: f64) -> Option<i16> {
    let after = line.partition_point(|tone| tone.start <= at + SAME);
    let tone = line[..after].last()?;
    tone.sounds(at).then_some(i16::from(tone.key))
}

/// The note that sounds until a moment.
pub(super) fn sounding_before(line: &[Tone], at: f64) -> Option<i16> {
    let after = line.partition_point(|tone| tone.start < at - SAME);
    let tone = line[..after].last()?;
    // Short rests don't part two notes.
    (tone.end > at - 0.26).then_some(i16::from(tone.key))
}

/// Whether two voices go in parallel fifths or octaves into a moment.
pub(super) fn parallel(upper: &[Tone], lower: &[Tone], at: f64) -> bool {
    let notes = (
        sounding_before(upper, at),
        sounding(upper, at),
        sounding_before(lower, at),
        sounding(lower, at),
    );
    let (Some(a), Some(b), Some(c), Some(d)) = notes else {
        return false;
    };
    let after = (b - d).rem_euclid(12);
    a != b && c != d && (a - c).rem_euclid(12) == after && (after == 0 || after == 7)
}

/// Marks in lines from the highest to the lowest, the first of which has the melody; at beats for what stands, at
/// all onsets for parallels. What follows the end of a phrase (quarter notes) is free. Any thread.
#[must_use]
pub fn faults(lines: &[Vec<Tone>], beats: &[f64], free: &[f64]) -> Faults {
    let mut found = Faults {
        beats: beats.len(),
        ..Faults::default()
    };
    let is_free = |at: f64| free.iter().any(|end| (end - at).abs() < SAME);
    let mut onsets: Vec<f64> = lines.iter().flatten().map(|tone| tone.start).collect();
    onsets.sort_by(f64::total_cmp);
    onsets.dedup_by(|a, b| (*a - *b).abs() < SAME);
    for at in onsets.iter().copied().filter(|at| !is_free(*at)) {
        let any = (0..lines.len()).any(|upper| {
            (upper + 1..lines.len()).any(|lower| parallel(&lines[upper], &lines[lower], at))
        });
        found.parallels += usize::from(any);
    }
    for beat in beats {
        let now: Option<Vec<i16>> = lines.iter().map(|line| sounding(line, *beat)).collect();
        let Some(now) = now else {
            continue;
        };
        let last = now.len() - 1;
        found.crossings += usize::from(now.windows(2).any(|pair| pair[0] < pair[1]));
        found.spaces += usize::from(
            now.windows(2)
                .take(last.saturating_sub(1))
                .any(|pair| pair[0] - pair[1] > 12),
        );
        let before: Option<Vec<i16>> = lines
            .iter()
            .map(|line| sounding_before(line, *beat))
            .collect();
        let Some(before) = before.filter(|_| !is_free(*beat)) else {
            continue;
        };
        let moved = |voice: usize| now[voice] - before[voice];
        let over = |voice: usize| now[voice + 1] > before[voice] || now[voice] < before[voice + 1];
        found.overlaps += usize::from((0..last).any(over));
        let odd = |far: i16| far > 12 || matches!(far, 6 | 10 | 11);
        found.leaps += usize::from((1..=last).any(|voice| odd(moved(voice).abs())));
        let outer = (now[0] - now[last]).rem_euclid(12);
        let was = (before[0] - before[last]).rem_euclid(12);
        let hidden = moved(0).signum() * moved(last).signum() > 0
            && (outer == 0 || outer == 7)
            && outer != was
            && moved(0).abs() > 2;
        found.hidden += usize::from(last > 0 && hidden);
    }
    found
}
