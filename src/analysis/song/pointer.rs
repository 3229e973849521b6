//! The bar pointer: the likeliest way through the bars of a pattern, with a tempo that may drift.
//!
//! The model of Krebs, Böck & Widmer, "An efficient state-space model for joint tempo and meter
//! tracking" (ISMIR 2015): the tempo changes at beats only. Between two beats the way is therefore
//! known, and its likelihood is a few differences of running sums, so that the search goes from
//! beat to beat instead of from frame to frame.

use super::Stopped;
use super::evidence::{Evidence, KINDS, STEPS};
use super::patterns::{POSITIONS, Pattern};
use super::strength::FRAMES;

/// Frames are not independent of each other: their log-likelihoods count this much.
const WEIGHT: f32 = 0.25;
/// What a change of tempo by a factor of e would cost; a change of 2 % costs a fiftieth.
const INERTIA: f32 = 60.0;
/// The largest change at one beat.
const LARGEST_CHANGE: f64 = 0.09;
const STOP_EVERY: usize = 512;
const NOWHERE: f32 = -1e30;

/// A way through the bars.
#[derive(Clone, Debug)]
pub struct Way {
    /// Log-likelihood ratio to no bars at all, weighted.
    pub score: f64,
    /// Frames at which beats fall (the first may lie before the sound), with their place in the
    /// bar, 0 at the downbeat.
    pub beats: Vec<(i64, usize)>,
}

impl Way {
    /// Median beats a minute.
    pub fn bpm(&self) -> f64 {
        let mut lengths: Vec<i64> = self.beats.windows(2).map(|w| w[1].0 - w[0].0).collect();
        if lengths.is_empty() {
            return 0.0;
        }
        lengths.sort_unstable();
        // The mean of the middle half: lengths are whole frames.
        let middle = &lengths[lengths.len() / 4..lengths.len() - lengths.len() / 4];
        60.0 * FRAMES * middle.len() as f64 / middle.iter().sum::<i64>() as f64
    }
}

/// The likeliest way of each of a few tempi, best first, through evidence that is heard as bars of
/// `pattern` at tempi within `bpm`. Any thread but audio.
///
/// # Errors
/// [`Stopped`] when `stop` says so.
pub fn ways(
    evidence: &Evidence,
    pattern: &Pattern,
    bpm: std::ops::Range<f64>,
    most: usize,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<Way>, Stopped> {
    let search = Search::new(evidence, pattern, bpm);
    if search.lengths.is_empty() || evidence.is_empty() {
        return Ok(Vec::new());
    }
    search.run(most, stop)
}

/// Lengths of beats in frames, finely spaced.
fn lengths(bpm: &std::ops::Range<f64>) -> Vec<usize> {
    let shortest = (60.0 * FRAMES / bpm.end).ceil() as usize;
    let longest = (60.0 * FRAMES / bpm.start).floor() as usize;
    let mut lengths = Vec::new();
    let mut length = shortest.max(POSITIONS);
    while length <= longest {
        lengths.push(length);
        length += (length / 50).max(1);
    }
    lengths
}

struct Search {
    frames: usize,
    beats: usize,
    lengths: Vec<usize>,
    /// For each length, where its positions begin and the last ends; they lie around their twelfths.
    edges: Vec<[i64; POSITIONS + 1]>,
    /// Of each position of the bar, the running sum of its log-likelihood over frames.
    sums: Vec<Vec<f32>>,
}

impl Search {
    fn new(evidence: &Evidence, pattern: &Pattern, bpm: std::ops::Range<f64>) -> Self {
        let sum = |position: &[[f32; STEPS]; KINDS]| {
            let mut sum = 0.0f64;
            let mut sums = Vec::with_capacity(evidence.len() + 1);
            sums.push(0.0);
            for row in evidence {
                // What nobody listened for says nothing.
                let here: f32 = (0..KINDS)
                    .filter_map(|kind| position[kind].get(usize::from(row[kind])))
                    .sum();
                sum += f64::from(here * WEIGHT);
                sums.push(sum as f32);
            }
            sums
        };
        let lengths = lengths(&bpm);
        let edges = |&length: &usize| {
            std::array::from_fn(|edge| {
                ((edge as f64 - 0.5) * length as f64 / POSITIONS as f64).round() as i64
            })
        };
        Self {
            frames: evidence.len(),
            beats: pattern.beats(),
            edges: lengths.iter().map(edges).collect(),
            lengths,
            sums: pattern.positions.iter().map(sum).collect(),
        }
    }

    /// Log-likelihood of a beat of a bar that begins at `start`, with the length of this number, of
    /// the part that lies within the sound.
    fn beat(&self, beat: usize, start: i64, number: usize) -> f32 {
        let last = self.frames as i64;
        let edges = &self.edges[number];
        let place = |edge: i64| (start + edge).clamp(0, last) as usize;
        let sums = &self.sums[beat * POSITIONS..][..POSITIONS];
        let mut from = place(edges[0]);
        let mut sum = 0.0;
        for (sums, &edge) in sums.iter().zip(&edges[1..]) {
            let to = place(edge);
            sum += sums[to] - sums[from];
            from = to;
        }
        sum
    }

    fn run(&self, most: usize, stop: &dyn Fn() -> bool) -> Result<Vec<Way>, Stopped> {
        let (beats, count) = (self.beats, self.lengths.len());
        let longest = *self.lengths.last().expect("not empty");
        let ends = self.frames + longest;
        let row = beats * count;
        // best[t][beat][length]: the best way whose `beat` of that length ends at t.
        let mut best = vec![NOWHERE; ends * row];
        let mut before = vec![u8::MAX; ends * row];
        let changes = self.changes();
        for end in 1..ends {
            if end % STOP_EVERY == 0 && stop() {
                return Err(Stopped);
            }
            for beat in 0..beats {
                let previous = (beat + beats - 1) % beats;
                for (number, &length) in self.lengths.iter().enumerate() {
                    let start = end as i64 - length as i64;
                    if start >= self.frames as i64 {
                        continue;
                    }
                    let (mut score, mut from) = (0.0f32, u8::MAX);
                    if start > 0 {
                        score = NOWHERE;
                        let ways = &best[start as usize * row + previous * count..][..count];
                        for &(other, cost) in &changes[number] {
                            let candidate = ways[other] - cost;
                            if candidate > score {
                                (score, from) = (candidate, other as u8);
                            }
                        }
                        if from == u8::MAX {
                            continue;
                        }
                    }
                    let at = end * row + beat * count + number;
                    best[at] = score + self.beat(beat, start, number);
                    before[at] = from;
                }
            }
        }
        Ok(self.trace(&best, &before, most))
    }

    /// For each length, those that a beat before it may have had, and what the change costs.
    fn changes(&self) -> Vec<Vec<(usize, f32)>> {
        let change = |to: usize, from: usize| (to as f64 / from as f64).ln().abs();
        let of = |&to: &usize| {
            let near = self.lengths.iter().enumerate();
            let near = near.filter(|&(_, &from)| change(to, from) <= LARGEST_CHANGE);
            near.map(|(number, &from)| (number, INERTIA * change(to, from) as f32))
                .collect()
        };
        self.lengths.iter().map(of).collect()
    }

    /// The best ways that end after the sound, of tempi that differ.
    fn trace(&self, best: &[f32], before: &[u8], most: usize) -> Vec<Way> {
        let (beats, count) = (self.beats, self.lengths.len());
        let row = beats * count;
        let mut of_length: Vec<(f32, usize, usize)> = (0..count)
            .map(|number| {
                let last = self.frames + self.lengths[number];
                let ends =
                    (self.frames..last).flat_map(|end| (0..beats).map(move |beat| (end, beat)));
                ends.map(|(end, beat)| (best[end * row + beat * count + number], end, beat))
                    .fold((NOWHERE, 0, 0), |a, b| if b.0 > a.0 { b } else { a })
            })
            .collect();
        let mut found: Vec<Way> = Vec::new();
        while found.len() < most {
            let choice = (0..count).max_by(|&a, &b| of_length[a].0.total_cmp(&of_length[b].0));
            let Some(number) = choice.filter(|&number| of_length[number].0 > NOWHERE / 2.0) else {
                break;
            };
            let (score, mut end, mut beat) = of_length[number];
            let mut way = Way {
                score: f64::from(score),
                beats: Vec::new(),
            };
            let mut length = number;
            loop {
                let start = end as i64 - self.lengths[length] as i64;
                way.beats.push((start, beat));
                let from = before[end * row + beat * count + length];
                if from == u8::MAX {
                    break;
                }
                (end, beat, length) = (
                    start as usize,
                    (beat + beats - 1) % beats,
                    usize::from(from),
                );
            }
            way.beats.reverse();
            for (other, place) in of_length.iter_mut().enumerate() {
                let apart = (self.lengths[other] as f64 / self.lengths[number] as f64).ln();
                if apart.abs() < 0.12 {
                    place.0 = NOWHERE;
                }
            }
            found.push(way);
        }
        found
    }
}
