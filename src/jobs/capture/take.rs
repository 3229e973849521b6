//! When a captured sound begins and ends.

use crate::engine::capture::{CapturedBlock, HostPosition};

/// What is louder than this begins a sound (−50 dB).
const BEGINS: f32 = 0.003;
/// Kept from before that, s: onsets may be soft.
const PRE_ROLL: f64 = 0.1;
/// What is softer than this share of the loudest sample so far is silence (−50 dB).
const QUIET: f32 = 0.003;
/// So is anything below this (−80 dB).
const SILENT: f32 = 1e-4;
/// Silence that ends a sound, s.
const ENDS: f64 = 1.0;
/// Longest sound, s.
const LONGEST: f64 = 8.0;
/// A sound that a jump of the song ends sooner than this is forgotten, s.
const SHORTEST: f64 = 0.25;
/// The song goes elsewhere when it goes further than this from where it was to be, s.
const JUMP: f64 = 0.1;

/// A sound on its way in.
pub(super) struct Take {
    rate: f64,
    frames: Vec<[f32; 2]>,
    begun: bool,
    peak: f32,
    /// Frames since one that wasn't silent.
    quiet: usize,
    /// Where the last block was, and its length in frames.
    last: Option<(HostPosition, usize)>,
}

impl Take {
    /// One that waits for sound, at `rate` Hz.
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate: f64::from(rate),
            frames: Vec::new(),
            begun: false,
            peak: 0.0,
            quiet: 0,
            last: None,
        }
    }

    /// Length so far, s; `None` while it waits.
    pub(super) fn seconds(&self) -> Option<f64> {
        self.begun.then(|| self.frames.len() as f64 / self.rate)
    }

    /// What was taken, left and right.
    pub(super) fn into_channels(self) -> Vec<Vec<f32>> {
        let channel = |side: usize| self.frames.iter().map(|frame| frame[side]).collect();
        vec![channel(0), channel(1)]
    }

    /// Takes a block; whether the sound has come to its end. What comes after that isn't wanted.
    pub(super) fn push(&mut self, block: &CapturedBlock, sound: &[[f32; 2]]) -> bool {
        if self.is_jump(block) {
            if self.begun && self.frames.len() >= self.count(SHORTEST) {
                return true;
            }
            *self = Self::new(self.rate as u32);
        }
        self.last = Some((block.position, block.frames));
        for frame in sound {
            // A broken plugin before this one is no reason to lose the sound.
            let frame = frame.map(|x| if x.is_finite() { x } else { 0.0 });
            self.frames.push(frame);
            let level = frame[0].abs().max(frame[1].abs());
            if !self.begun && level > BEGINS {
                self.begun = true;
                self.forget_all_but(self.count(PRE_ROLL));
            }
            self.peak = self.peak.max(level);
            if level > (QUIET * self.peak).max(SILENT) {
                self.quiet = 0;
            } else {
                self.quiet += 1;
            }
            let ends = self.quiet >= self.count(ENDS) || self.frames.len() >= self.count(LONGEST);
            if self.begun && ends {
                return true;
            }
        }
        if !self.begun {
            self.forget_all_but(self.count(PRE_ROLL));
        }
        false
    }

    /// Whether the sound doesn't go on from the block before. A song may change its pace under it,
    /// and hosts may be a little wrong about where they are.
    fn is_jump(&self, block: &CapturedBlock) -> bool {
        let Some((last, frames)) = self.last.filter(|_| block.starts_stretch) else {
            return block.starts_stretch;
        };
        let now = &block.position;
        if last.playing != now.playing {
            return true;
        }
        if last.tempo != now.tempo || last.time_signature != now.time_signature {
            return false;
        }
        match (last.samples, now.samples) {
            (Some(last), Some(now)) if block.position.playing => {
                now.abs_diff(last.saturating_add(frames as i64)) > self.count(JUMP) as u64
            }
            // Nothing of the song has changed: blocks were lost.
            _ => true,
        }
    }

    fn forget_all_but(&mut self, count: usize) {
        let excess = self.frames.len().saturating_sub(count);
        self.frames.drain(..excess);
    }

    fn count(&self, seconds: f64) -> usize {
        (seconds * self.rate) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 8_000;

    /// Blocks of a host whose transport stands still, or of a song.
    struct Blocks {
        take: Take,
        position: HostPosition,
        jump: bool,
    }

    impl Blocks {
        fn new() -> Self {
            Self {
                take: Take::new(RATE),
                position: HostPosition::default(),
                jump: true,
            }
        }

        /// Plays so many seconds at a level; whether the sound has ended.
        fn play(&mut self, level: f32, seconds: f64) -> bool {
            let frames = (seconds * f64::from(RATE)) as usize;
            let sound = vec![[level, -level]; frames];
            sound.chunks(160).any(|sound| {
                let block = CapturedBlock {
                    position: self.position,
                    frames: sound.len(),
                    starts_stretch: std::mem::take(&mut self.jump),
                    ..CapturedBlock::default()
                };
                self.take.push(&block, sound)
            })
        }

        fn count(&self) -> i64 {
            self.take.frames.len() as i64
        }

        fn seconds(&self) -> f64 {
            self.take.seconds().unwrap_or(0.0)
        }
    }

    #[test]
    fn silence_before_is_left_out_and_silence_after_ends_it() {
        let mut blocks = Blocks::new();
        assert!(!blocks.play(0.0, 30.0) && !blocks.play(0.002, 1.0));
        assert_eq!(blocks.take.seconds(), None, "that is noise");
        assert!(!blocks.play(0.5, 2.0) && !blocks.play(0.0, 0.9) && !blocks.play(0.1, 0.5));
        assert!(blocks.play(0.001, 2.0), "quieter by more than 50 dB");
        assert!(
            (blocks.seconds() - 4.5).abs() < 0.01,
            "{}",
            blocks.seconds()
        );
        let channels = blocks.take.into_channels();
        let onset = channels[0].iter().position(|x| *x == 0.5);
        assert_eq!(
            onset,
            Some(RATE as usize / 10 - 1),
            "a little before it is kept"
        );
        assert_eq!(channels[1][1_000], -0.5);
    }

    #[test]
    fn a_soft_sound_rings_out_and_a_long_one_is_cut() {
        let mut blocks = Blocks::new();
        assert!(!blocks.play(0.004, 0.5) && !blocks.play(0.0005, 3.0));
        assert!(blocks.play(0.00005, 1.1));
        let mut blocks = Blocks::new();
        assert!(!blocks.play(0.1, 7.9) && blocks.play(0.1, 0.2));
        assert_eq!(blocks.seconds(), 8.0);
    }

    #[test]
    fn a_jump_ends_it_or_begins_it_anew() {
        let mut blocks = Blocks::new();
        assert!(!blocks.play(0.5, 0.2));
        blocks.jump = true;
        assert!(
            !blocks.play(0.25, 0.5),
            "a click before the song is no sound"
        );
        assert_eq!(blocks.seconds(), 0.5);
        // A song that grows faster goes on.
        for tempo in [120.0, 121.0, 122.0] {
            blocks.jump = true;
            blocks.position.tempo = Some(tempo);
            assert!(!blocks.play(0.25, 0.25));
        }
        assert_eq!(blocks.seconds(), 1.25);
        blocks.jump = true;
        assert!(blocks.play(0.25, 0.5), "the song went elsewhere");
        assert_eq!(blocks.seconds(), 1.25);
    }

    #[test]
    fn a_loop_is_a_jump_and_a_host_that_counts_badly_is_none() {
        let mut blocks = Blocks::new();
        blocks.position.playing = true;
        for error in [0, 300, -300, 0] {
            blocks.position.samples = Some(blocks.count() + error);
            blocks.jump = true;
            assert!(!blocks.play(0.25, 0.02), "{error} frames");
        }
        assert!(!blocks.play(0.25, 0.5));
        blocks.position.samples = Some(-8_000);
        blocks.jump = true;
        assert!(blocks.play(0.25, 0.02));
        assert!(
            (blocks.seconds() - 0.58).abs() < 0.001,
            "{}",
            blocks.seconds()
        );
    }

    #[test]
    fn numbers_that_are_none_are_silence() {
        let mut blocks = Blocks::new();
        assert!(!blocks.play(0.5, 0.1) && !blocks.play(f32::NAN, 0.1));
        let channels = blocks.take.into_channels();
        assert!(channels.iter().flatten().all(|x| x.is_finite()));
        assert_eq!(channels[0].len(), 1_600);
    }
}
