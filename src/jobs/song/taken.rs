//! What was taken: the sound, and where in the song it was.

use std::ops::Range;

use super::bars::{self, Line, Pace};
use super::history::{History, Stretch};
use crate::engine::capture::HostPosition;

/// A bar of a [`Taken`].
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its first frame.
    pub frame: usize,
    /// Its number as the host counts, 1 for the song's first. VST3 hosts don't say it; there it is
    /// counted as if the song had one metre.
    pub number: i32,
    /// Numerator and denominator.
    pub metre: (i32, i32),
}

/// A beat of a [`Taken`]: of the metre's denominator, so an eighth note in 7/8.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    /// The frame nearest to it.
    pub frame: usize,
    /// Quarter notes since the song's start.
    pub position: f64,
    /// Whether a bar begins with it.
    pub is_downbeat: bool,
}

/// Captured context: some bars, or some seconds where there were no bars. Any thread but audio.
#[derive(Debug)]
pub struct Taken {
    /// Left and right, full scale ±1, every number finite.
    pub frames: Vec<[f32; 2]>,
    /// Frames per second, those of the host.
    pub rate: u32,
    /// Where the first frame was; beats and samples are exact.
    pub start: HostPosition,
    /// The bars, in order; none when the host said none.
    pub bars: Vec<Bar>,
    /// All beats of these bars, in order.
    pub beats: Vec<Beat>,
    /// The tempo where it was heard to change, first at frame 0: frame, quarter notes a minute.
    pub tempo: Vec<(usize, f64)>,
    /// What the user should know about it, in a sentence.
    pub notice: Option<String>,
}

impl Taken {
    /// The bars between some lines of a stretch, the last of which only ends the last bar.
    pub(super) fn bars(history: &History, stretch: &Stretch, lines: &[Line]) -> Option<Self> {
        let (first, last) = (lines.first()?, lines.last()?);
        let mut taken = Self::frames(history, stretch, first.at..last.at);
        let mut pace = Pace::new(stretch, history.rate());
        for pair in lines.windows(2) {
            let (line, next) = (pair[0], pair[1]);
            let frame = (line.at - first.at) as usize;
            taken.bars.push(Bar {
                frame,
                number: line.number,
                metre: line.metre,
            });
            // A bar may be cut short by the next one.
            let beat = 4.0 / f64::from(line.metre.1);
            for index in 0..line.metre.0 {
                let position = line.beats + f64::from(index) * beat;
                let at = pace.frame_at(position).unwrap_or(line.at);
                if position >= next.beats - 1e-3 || at >= next.at {
                    break;
                }
                taken.beats.push(Beat {
                    frame: at.saturating_sub(first.at) as usize,
                    position,
                    is_downbeat: index == 0,
                });
            }
        }
        taken.start.beats = Some(first.beats);
        taken.start.bar_start = Some(first.beats);
        taken.start.bar = Some(first.number.saturating_sub(1));
        taken.start.time_signature = Some(first.metre);
        let sounds = |line: &[Line]| !history.is_silent(line[0].at..line[1].at);
        if let Some(last) = lines.windows(2).rposition(sounds)
            && let Some(bar) = taken.bars.get(last + 1)
        {
            taken.say(format!("From bar {} on nothing was heard.", bar.number));
        }
        Some(taken)
    }

    /// These frames of a stretch, with no bars.
    pub(super) fn frames(history: &History, stretch: &Stretch, frames: Range<u64>) -> Self {
        let sound = history.read(frames.clone());
        let marks = stretch.marks.iter();
        let mark = marks.rev().find(|mark| mark.at <= frames.start);
        let mut start = mark.map(|mark| mark.position).unwrap_or_default();
        if let Some(mark) = mark.filter(|mark| mark.position.playing) {
            let later = frames.start.saturating_sub(mark.at) as i64;
            start.samples = start.samples.map(|samples| samples.saturating_add(later));
            start.beats = Pace::new(stretch, history.rate())
                .beats_at(frames.start)
                .or(start.beats);
        }
        let mut tempo: Vec<(usize, f64)> = Vec::new();
        for mark in stretch.marks.iter().filter(|mark| mark.at < frames.end) {
            let Some(now) = mark.position.tempo.filter(|tempo| tempo.is_finite()) else {
                continue;
            };
            let frame = mark.at.saturating_sub(frames.start) as usize;
            match tempo.last_mut() {
                Some((at, last)) if *at == frame => *last = now,
                Some((_, last)) if *last == now => {}
                _ => tempo.push((frame, now)),
            }
        }
        let mut taken = Self {
            frames: sound,
            rate: history.rate().round() as u32,
            start,
            bars: Vec::new(),
            beats: Vec::new(),
            tempo,
            notice: None,
        };
        let silent = |side: usize| taken.frames.iter().all(|frame| frame[side] == 0.0);
        if silent(1) && !silent(0) {
            taken.say("Only the left channel is heard: a mono track may be routed in.".into());
        }
        taken
    }

    /// Something that the user should know.
    pub(super) fn say(&mut self, sentence: String) {
        self.notice = Some(match self.notice.take() {
            Some(before) => format!("{before} {sentence}"),
            None => sentence,
        });
    }

    /// Its length.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.frames.len() as f64 / f64::from(self.rate.max(1))
    }

    /// Seconds from its first frame to each beat, and whether a bar begins there: the grid that the
    /// analysis of harmony and rhythm wants. The end of the last bar is [`Taken::seconds`].
    #[must_use]
    pub fn beat_seconds(&self) -> Vec<(f64, bool)> {
        let rate = f64::from(self.rate.max(1));
        let beats = self.beats.iter();
        beats
            .map(|beat| (beat.frame as f64 / rate, beat.is_downbeat))
            .collect()
    }

    /// Its bars, tempo and metre in words: "Bars 5–8, 7/8, 120 bpm".
    #[must_use]
    pub fn title(&self) -> String {
        let mut title = match self.bars.as_slice() {
            [] => format!("{:.1} seconds", self.seconds()),
            [bar] => format!("Bar {}", bar.number),
            [first, .., last] => format!("Bars {}–{}", first.number, last.number),
        };
        let mut metres: Vec<(i32, i32)> = self.bars.iter().map(|bar| bar.metre).collect();
        metres.dedup();
        for (index, (numerator, denominator)) in metres.iter().enumerate() {
            let sep = if index == 0 { ", " } else { " and " };
            if index < 3 {
                title += &format!("{sep}{numerator}/{denominator}");
            }
        }
        let tempo = |bpm: f64| format!("{}", (bpm * 10.0).round() / 10.0);
        match (self.tempo.first(), self.tempo.last()) {
            (Some((_, from)), Some((_, to))) if tempo(*from) != tempo(*to) => {
                title += &format!(", {} to {} bpm", tempo(*from), tempo(*to));
            }
            (Some((_, bpm)), _) => title += &format!(", {} bpm", tempo(*bpm)),
            _ => {}
        }
        title
    }

    /// A name for its file, without an ending.
    pub(super) fn file_name(&self) -> String {
        self.title().replace('/', "-")
    }
}

/// Lines of the newest bars that were heard whole: `count` of them and the one that ends the last.
pub(super) fn last_bars(lines: &[Line], count: usize) -> Option<&[Line]> {
    lines.get(lines.len().checked_sub(count + 1)?..)
}

/// How long so many bars are where there are none: by the host's tempo and metre, or 4/4 at 120.
pub(super) fn bars_in_seconds(stretch: &Stretch, count: u32) -> f64 {
    let Some(last) = stretch.last() else {
        return 2.0 * f64::from(count);
    };
    let tempo = last.position.tempo.filter(|t| (20.0..=999.0).contains(t));
    f64::from(count) * bars::length(bars::metre(last)) * 60.0 / tempo.unwrap_or(120.0)
}
