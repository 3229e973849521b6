//! Where a stretch's bar lines lie, to the frame.
//!
//! Hosts say once a block where they are. In between, beats go on at the block's tempo, or bent a
//! little so that they meet the next block: that is exact while the tempo stays, changes at a block's
//! start, or changes evenly.

use super::history::{Mark, Stretch};

/// Furthest that two bar lines may lie apart and be the same, quarter notes.
const SAME: f64 = 1e-3;
/// What numbers lose on their way from a host, quarter notes.
const EXACT: f64 = 1e-6;
/// A host that names no metre most likely counts in this.
const USUAL: (i32, i32) = (4, 4);

/// More bars than any song has in the time that is kept.
const MOST: usize = 10_000;

/// A bar line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// The frame nearest to it, since the history's beginning.
    pub(super) at: u64,
    /// Quarter notes since the song's start.
    pub(super) beats: f64,
    /// Numerator and denominator of the bar that begins here.
    pub(super) metre: (i32, i32),
    /// The bar's number, 1 for the song's first.
    pub(super) number: i32,
}

/// Length of a bar in quarter notes.
pub(super) fn length((numerator, denominator): (i32, i32)) -> f64 {
    4.0 * f64::from(numerator) / f64::from(denominator)
}

/// A metre that makes sense.
pub(super) fn metre(mark: &Mark) -> (i32, i32) {
    mark.position
        .time_signature
        .filter(|(n, d)| (1..=128).contains(n) && (1..=128).contains(d))
        .unwrap_or(USUAL)
}

fn beats(mark: &Mark) -> Option<f64> {
    mark.position.beats.filter(|beats| beats.is_finite())
}

/// The bar lines within a stretch, its two ends included, in order; none when the host says no
/// beats.
pub(super) fn lines(stretch: &Stretch, rate: f32) -> Vec<Line> {
    let mut pace = Pace::new(stretch, rate);
    let first = pace.first_beat();
    let last = pace.beats_at(stretch.frames.end);
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    let bars = bars(stretch, last);
    let half = 0.5 * pace.beats_a_frame();
    bars.into_iter()
        .filter(|bar| bar.beats >= first - half && bar.beats <= last + half)
        .filter_map(|bar| {
            let at = pace.frame_at(bar.beats)?;
            Some(Line { at, ..bar })
        })
        .filter(|line| (stretch.frames.start..=stretch.frames.end).contains(&line.at))
        .collect()
}

/// All bars that the host has named or passed, up to that beat, their frames still unknown.
fn bars(stretch: &Stretch, last: f64) -> Vec<Line> {
    let mut bars: Vec<Line> = Vec::new();
    for mark in &stretch.marks {
        let Some(beats) = beats(mark) else {
            continue;
        };
        let metre = metre(mark);
        let length = length(metre);
        let bar = |from: f64| from + ((beats - from + EXACT) / length).floor() * length;
        let counted = bar(0.0);
        // A host that names an old bar means one that many bars later.
        let said = mark.position.bar_start.filter(|said| said.is_finite());
        let said = said.filter(|said| *said <= beats + SAME).unwrap_or(counted);
        let named = bar(said).max(said);
        let Some(now) = bars.last().copied() else {
            let later = ((named - said) / length).round() as i32;
            let number = mark.position.bar.unwrap_or((said / length).floor() as i32);
            bars.push(Line {
                at: 0,
                beats: named,
                metre,
                number: number.saturating_add(later).saturating_add(1),
            });
            continue;
        };
        let goes_on = bar(now.beats);
        // Where a block is cut in two by automation, the framework counts the second half's bar
        // from the song's start, as if the metre had never changed.
        let is_usual = (named - goes_on).abs() < SAME || (named - counted).abs() < SAME;
        if metre == now.metre && is_usual {
            fill(&mut bars, goes_on + SAME);
        } else if named > now.beats + SAME {
            fill(&mut bars, named - SAME);
            let number = bars.last().map_or(now.number, |bar| bar.number);
            bars.push(Line {
                at: 0,
                beats: named,
                metre,
                number: number.saturating_add(1),
            });
        } else if let Some(now) = bars.last_mut() {
            now.metre = metre;
        }
    }
    fill(&mut bars, last + SAME);
    bars
}

/// Adds bars of the last one's metre that begin before a beat.
fn fill(bars: &mut Vec<Line>, before: f64) {
    while let Some(last) = bars.last().copied() {
        let beats = last.beats + length(last.metre);
        if beats >= before || bars.len() >= MOST {
            break;
        }
        bars.push(Line {
            beats,
            number: last.number.saturating_add(1),
            ..last
        });
    }
}

/// How beats go on between two marks: `beats + slope * x + bend * x²` after `x` frames.
#[derive(Clone, Copy, Debug)]
struct Segment {
    at: u64,
    beats: f64,
    slope: f64,
    bend: f64,
}

impl Segment {
    fn beats_after(&self, frames: f64) -> f64 {
        self.beats + frames * (self.slope + frames * self.bend)
    }

    fn frames_to(&self, beats: f64) -> f64 {
        let way = beats - self.beats;
        let root = (self.slope * self.slope + 4.0 * self.bend * way)
            .max(0.0)
            .sqrt();
        2.0 * way / (self.slope + root)
    }
}

/// From beats to frames, through a stretch.
pub(super) struct Pace(Vec<Segment>, usize);

impl Pace {
    pub(super) fn new(stretch: &Stretch, rate: f32) -> Self {
        let rate = f64::from(rate).max(1.0);
        let slope = |mark: &Mark| {
            let tempo = mark
                .position
                .tempo
                .filter(|tempo| tempo.is_finite() && *tempo > 0.0)?;
            Some(tempo / 60.0 / rate)
        };
        let mut segments: Vec<Segment> = Vec::new();
        let mut before: Option<(&Mark, f64)> = None;
        for mark in &stretch.marks {
            let Some(beats) = beats(mark) else {
                continue;
            };
            if let Some((from, from_beats)) = before {
                let (way, frames) = (beats - from_beats, (mark.at - from.at) as f64);
                // A host that rounds its beats back a little is passed over.
                if way <= 0.0 || frames == 0.0 {
                    continue;
                }
                let mean = way / frames;
                let slope = slope(from).filter(|slope| (slope / mean - 1.0).abs() < 0.1);
                let slope = slope.unwrap_or(mean);
                segments.push(Segment {
                    at: from.at,
                    beats: from_beats,
                    slope,
                    bend: (mean - slope) / frames,
                });
            }
            before = Some((mark, beats));
        }
        // After the last mark it goes on as it says, and bends on if it has bent evenly so far.
        if let Some((mark, beats)) = before {
            let last = segments.last();
            let end = last.map(|last| last.slope + 2.0 * last.bend * (mark.at - last.at) as f64);
            let slope = slope(mark).or(end).filter(|slope| *slope > 0.0);
            if let Some(slope) = slope {
                let bend = last.filter(|last| {
                    let change = slope - last.slope;
                    end.is_some_and(|end| (end - slope).abs() <= 0.25 * change.abs())
                });
                segments.push(Segment {
                    at: mark.at,
                    beats,
                    slope,
                    bend: bend.map_or(0.0, |last| last.bend),
                });
            }
        }
        Self(segments, 0)
    }

    fn first_beat(&self) -> Option<f64> {
        self.0.first().map(|segment| segment.beats)
    }

    fn beats_a_frame(&self) -> f64 {
        self.0.first().map_or(0.0, |segment| segment.slope)
    }

    /// Quarter notes since the song's start at a frame.
    pub(super) fn beats_at(&self, at: u64) -> Option<f64> {
        let index = self.0.partition_point(|segment| segment.at <= at);
        let segment = self.0.get(index.saturating_sub(1))?;
        Some(segment.beats_after(at as f64 - segment.at as f64))
    }

    /// The frame nearest to a beat. Quickest when asked in order.
    pub(super) fn frame_at(&mut self, beats: f64) -> Option<u64> {
        if self
            .0
            .get(self.1)
            .is_none_or(|segment| segment.beats > beats)
        {
            self.1 = 0;
        }
        while self
            .0
            .get(self.1 + 1)
            .is_some_and(|next| next.beats <= beats)
        {
            self.1 += 1;
        }
        let segment = self.0.get(self.1)?;
        let frame = segment.at as f64 + segment.frames_to(beats);
        (frame > -0.5).then(|| frame.round() as u64)
    }
}
