//! A host that plays a song.

use crate::engine::capture::{self, HostPosition, Reader, Writer};
use crate::jobs::song::bars;
use crate::jobs::song::history::History;
use crate::jobs::song::taken::Taken;

pub(super) const RATE: f32 = 22_050.0;

/// A song whose tempo changes evenly, in bars of changing metres, on a host.
pub(super) struct Host {
    pub(super) writer: Writer,
    pub(super) reader: Reader,
    pub(super) history: History,
    /// Quarter notes a minute at the start, and how much more with each frame.
    pub(super) tempo: (f64, f64),
    /// Of each bar; the last one goes on.
    pub(super) metres: Vec<(i32, i32)>,
    /// Where in the song the host is, frames.
    pub(super) at: u64,
    pub(super) playing: bool,
    pub(super) knows_beats: bool,
    /// What is played in both channels, by the song's frame.
    pub(super) sound: fn(u64) -> [f32; 2],
}

/// Tells every frame of a few minutes from every other.
pub(super) fn numbered(frame: u64) -> [f32; 2] {
    let frame = frame + 1;
    [
        (frame % 4_096) as f32 / 4_096.0,
        (frame / 4_096) as f32 / 4_096.0 + 0.1,
    ]
}

impl Host {
    pub(super) fn new(metre: (i32, i32)) -> Self {
        let (mut writer, reader) = capture::channel(480_000);
        writer.set_rate(RATE);
        reader.arm(true);
        Self {
            writer,
            reader,
            history: History::default(),
            tempo: (137.0, 0.0),
            metres: vec![metre],
            at: 0,
            playing: true,
            knows_beats: true,
            sound: numbered,
        }
    }

    /// Start of a bar (0 the first) in quarter notes, and its metre.
    pub(super) fn bar(&self, index: usize) -> (f64, (i32, i32)) {
        let metre = |index: usize| self.metres[index.min(self.metres.len() - 1)];
        let start = (0..index).map(|index| bars::length(metre(index))).sum();
        (start, metre(index))
    }

    pub(super) fn beats(&self, frame: u64) -> f64 {
        let frame = frame as f64;
        frame * (self.tempo.0 + 0.5 * self.tempo.1 * frame) / 60.0 / f64::from(RATE)
    }

    /// The frame nearest to a bar's start.
    pub(super) fn bar_frame(&self, index: usize) -> u64 {
        let wanted = self.bar(index).0;
        // A song that gets slower and slower comes to a rest.
        let end = self.tempo.0 / (-self.tempo.1).max(1e-7);
        let (mut low, mut high) = (0, end as u64);
        while low < high {
            let middle = low.midpoint(high);
            if self.beats(middle) < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let before = low.saturating_sub(1);
        if (self.beats(before) - wanted).abs() < (self.beats(low) - wanted).abs() {
            before
        } else {
            low
        }
    }

    pub(super) fn position(&self) -> HostPosition {
        let beats = self.beats(self.at);
        let index = (1..)
            .find(|index| self.bar(*index).0 > beats + 1e-9)
            .unwrap()
            - 1;
        let (start, metre) = self.bar(index);
        HostPosition {
            playing: self.playing,
            samples: Some(self.at as i64),
            beats: self.knows_beats.then_some(beats),
            tempo: self
                .knows_beats
                .then_some(self.tempo.0 + self.tempo.1 * self.at as f64),
            bar_start: self.knows_beats.then_some(start),
            bar: Some(index as i32),
            time_signature: Some(metre),
        }
    }

    pub(super) fn block(&mut self, frames: usize) {
        let position = self.position();
        let sound = (self.at..).take(frames).map(self.sound);
        let (left, right): (Vec<f32>, Vec<f32>) = sound.map(|[l, r]| (l, r)).unzip();
        self.writer.write(&position, frames, &left, &right);
        let mut sound = Vec::new();
        while let Some(block) = self.reader.read(&mut sound) {
            self.history.push(&block, &sound);
            sound.clear();
        }
        if self.playing {
            self.at += frames as u64;
        }
    }

    /// Plays so many frames in blocks of these sizes, over and over.
    pub(super) fn play(&mut self, frames: u64, sizes: &[usize]) {
        let mut left = frames as usize;
        for size in sizes.iter().cycle() {
            let size = (*size).min(left);
            if size == 0 {
                return;
            }
            self.block(size);
            left -= size;
        }
    }

    /// Whether exactly these bars (from 0) were taken.
    pub(super) fn assert_taken(&self, taken: &Taken, bars: std::ops::Range<usize>, about: &str) {
        let (from, to) = (self.bar_frame(bars.start), self.bar_frame(bars.end));
        let wanted: Vec<[f32; 2]> = (from..to).map(self.sound).collect();
        assert_eq!(taken.frames.len(), wanted.len(), "{about}: length");
        assert!(taken.frames == wanted, "{about}: sound");
        assert_eq!(taken.bars.len(), bars.len(), "{about}");
        for (bar, index) in taken.bars.iter().zip(bars.clone()) {
            assert_eq!(bar.frame as u64, self.bar_frame(index) - from, "{about}");
            assert_eq!(bar.number, index as i32 + 1, "{about}");
            assert_eq!(bar.metre, self.bar(index).1, "{about}");
        }
        let beats = bars
            .map(|index| self.bar(index).1.0 as usize)
            .sum::<usize>();
        assert_eq!(taken.beats.len(), beats, "{about}");
        for beat in &taken.beats {
            let played = self.beats(from + beat.frame as u64);
            let frame = self.beats(from + 1) - self.beats(from);
            assert!((played - beat.position).abs() <= frame, "{about}: {beat:?}");
        }
        assert_eq!(taken.start.samples, Some(from as i64), "{about}");
    }
}
