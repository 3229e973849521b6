//! What was heard in the last minutes, with its place in the song.

use std::collections::VecDeque;
use std::ops::Range;

use super::Source;
use crate::engine::capture::{CapturedBlock, HostPosition};

/// What is kept, s: 16 bars of 4/4 at 40 bpm take 96. Silence takes no memory, sound 8 bytes a frame:
/// 46 MB at 48 kHz, 184 at 192.
pub(super) const KEPT: f64 = 120.0;
/// Frames that are kept or forgotten at once.
const CHUNK: usize = 4_096;
/// Most stretches that are remembered.
const MOST_STRETCHES: usize = 256;
/// Places are kept this far apart, in frames, while the tempo stays as it is.
const FAR: u64 = 256;
/// And while it changes.
const NEAR: u64 = 16;

/// Where in the song a frame was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// Frames since the history's beginning.
    pub(super) at: u64,
    pub(super) position: HostPosition,
}

/// Sound through which the song went on without a jump.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    /// Which one it is.
    pub(super) id: u64,
    /// Its frames since the history's beginning.
    pub(super) frames: Range<u64>,
    /// Where it was: at its start, and then often enough.
    pub(super) marks: VecDeque<Mark>,
}

impl Stretch {
    pub(super) fn is_playing(&self) -> bool {
        self.last().is_some_and(|mark| mark.position.playing)
    }

    pub(super) fn last(&self) -> Option<&Mark> {
        self.marks.back()
    }

    fn push(&mut self, mark: Mark) {
        let wanted = self.last().is_none_or(|last| {
            let (old, new) = (&last.position, &mark.position);
            let away = mark.at - last.at;
            away >= FAR
                || away >= NEAR && old.tempo != new.tempo
                || old.bar_start != new.bar_start
                || old.time_signature != new.time_signature
        });
        if wanted {
            self.marks.push_back(mark);
        }
    }

    /// Forgets what lies before a frame.
    fn forget(&mut self, first: u64) {
        self.frames.start = self.frames.start.max(first);
        while self.marks.get(1).is_some_and(|mark| mark.at <= first) {
            self.marks.pop_front();
        }
    }
}

/// The last [`KEPT`] seconds.
#[derive(Debug, Default)]
pub(super) struct History {
    source: Source,
    rate: f32,
    /// The first frame of the first chunk, and one past the last frame.
    kept: Range<u64>,
    /// Silent ones are `None`.
    chunks: VecDeque<Option<Box<[[f32; 2]]>>>,
    stretches: VecDeque<Stretch>,
    next_id: u64,
}

impl History {
    /// An empty one of what comes from there.
    pub(super) fn of(source: Source) -> Self {
        Self {
            source,
            ..Self::default()
        }
    }

    /// Where it comes from.
    pub(super) fn source(&self) -> Source {
        self.source
    }

    /// Frames per second; 0 before the first block.
    pub(super) fn rate(&self) -> f32 {
        self.rate
    }

    /// One past the last frame.
    pub(super) fn end(&self) -> u64 {
        self.kept.end
    }

    /// From the oldest to the current one.
    pub(super) fn stretches(&self) -> &VecDeque<Stretch> {
        &self.stretches
    }

    /// The stretch that is being heard.
    pub(super) fn current(&self) -> Option<&Stretch> {
        self.stretches.back()
    }

    /// Adds a block; whether its sample rate is another one than before, so that all before it is
    /// forgotten. Numbers that are none become silence.
    pub(super) fn push(&mut self, block: &CapturedBlock, sound: &[[f32; 2]]) -> bool {
        let other_rate = self.rate > 0.0 && block.rate != self.rate;
        if other_rate {
            self.chunks.clear();
            self.stretches.clear();
            self.kept.start = self.kept.end;
        }
        self.rate = block.rate;
        let at = self.kept.end;
        if block.starts_stretch || self.stretches.is_empty() {
            self.next_id += 1;
            self.stretches.push_back(Stretch {
                id: self.next_id,
                frames: at..at,
                marks: VecDeque::new(),
            });
        }
        self.keep(block, sound);
        if let Some(stretch) = self.stretches.back_mut() {
            let position = block.position;
            stretch.push(Mark { at, position });
            stretch.frames.end = self.kept.end;
        }
        self.forget();
        other_rate
    }

    fn keep(&mut self, block: &CapturedBlock, mut sound: &[[f32; 2]]) {
        while !sound.is_empty() {
            let within = (self.kept.end - self.kept.start) as usize % CHUNK;
            if within == 0 {
                self.chunks.push_back(None);
            }
            let (now, later) = sound.split_at(sound.len().min(CHUNK - within));
            if !block.silent
                && let Some(chunk) = self.chunks.back_mut()
            {
                let chunk = chunk.get_or_insert_with(|| vec![[0.0; 2]; CHUNK].into());
                for (kept, new) in chunk[within..].iter_mut().zip(now) {
                    *kept = new.map(|x| if x.is_finite() { x } else { 0.0 });
                }
            }
            self.kept.end += now.len() as u64;
            sound = later;
        }
    }

    fn forget(&mut self) {
        let most = (KEPT * f64::from(self.rate)) as u64;
        while self.kept.end - self.kept.start > most + CHUNK as u64 {
            self.chunks.pop_front();
            self.kept.start += CHUNK as u64;
        }
        let first = self.kept.start;
        let too_many = self.stretches.len().saturating_sub(MOST_STRETCHES);
        self.stretches.drain(..too_many);
        while self
            .stretches
            .front()
            .is_some_and(|s| s.frames.end <= first)
        {
            self.stretches.pop_front();
        }
        if let Some(oldest) = self.stretches.front_mut() {
            oldest.forget(first);
        }
    }

    /// Whether there is nothing but silence in these frames.
    pub(super) fn is_silent(&self, frames: Range<u64>) -> bool {
        self.pieces(frames)
            .all(|piece| piece.map_or(true, |piece| piece.iter().flatten().all(|x| *x == 0.0)))
    }

    /// These frames, those that are forgotten left out.
    pub(super) fn read(&self, frames: Range<u64>) -> Vec<[f32; 2]> {
        let mut sound = Vec::with_capacity(frames.end.saturating_sub(frames.start) as usize);
        for piece in self.pieces(frames) {
            match piece {
                Ok(piece) => sound.extend_from_slice(piece),
                Err(silence) => sound.resize(sound.len() + silence, [0.0; 2]),
            }
        }
        sound
    }

    /// Bytes that the sound takes.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        self.chunks.iter().flatten().count() * CHUNK * size_of::<[f32; 2]>()
    }

    /// Frames chunk by chunk; of silence, how many.
    fn pieces(&self, frames: Range<u64>) -> impl Iterator<Item = Result<&[[f32; 2]], usize>> {
        let to = frames
            .end
            .min(self.kept.end)
            .saturating_sub(self.kept.start) as usize;
        let from = (frames.start.saturating_sub(self.kept.start) as usize).min(to);
        let chunks = from / CHUNK..to.div_ceil(CHUNK).max(from / CHUNK);
        self.chunks
            .range(chunks.clone())
            .zip(chunks)
            .map(move |(chunk, index)| {
                let start = index * CHUNK;
                let within = from.max(start) - start..to.min(start + CHUNK) - start;
                match chunk {
                    Some(chunk) => Ok(&chunk[within]),
                    None => Err(within.len()),
                }
            })
    }
}
