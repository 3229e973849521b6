//! The sidechain's way out of the audio thread: stereo frames in one ring, and in another, for
//! each block, where in the song it was. Both are made once and bounded; nothing is written while
//! nobody listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Where a block starts in the host's song. What the host doesn't say is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HostPosition {
    /// Whether the transport runs.
    pub playing: bool,
    /// Frames since the song's start.
    pub samples: Option<i64>,
    /// Quarter notes since the song's start.
    pub beats: Option<f64>,
    /// Quarter notes a minute.
    pub tempo: Option<f64>,
    /// Quarter notes from the song's start to that of the current bar.
    pub bar_start: Option<f64>,
    /// Number of the current bar, 0 for the song's first.
    pub bar: Option<i32>,
    /// Numerator and denominator.
    pub time_signature: Option<(i32, i32)>,
}

/// Nearer than this to a bar line, quarter notes, is on it.
const ON_THE_LINE: f64 = 1e-3;

impl HostPosition {
    /// The bar line at the block's start, or the next one, quarter notes since the song's start; bars are counted
    /// from there where the host doesn't say where this one begins. Any thread, the audio thread too.
    #[must_use]
    pub fn next_bar(&self) -> Option<f64> {
        let (beats, (count, unit)) = self.beats.zip(self.time_signature)?;
        if count <= 0 || unit <= 0 {
            return None;
        }
        let length = 4.0 * f64::from(count) / f64::from(unit);
        let from = self.bar_start.unwrap_or(0.0);
        let bars = ((beats - from - ON_THE_LINE) / length).ceil();
        Some(from + bars * length)
    }
}

/// Furthest that a block may lie from where it should, in frames: many hosts count beats.
const ROUNDING: u64 = 2;
/// The same in quarter notes, where beats and tempo are known: hosts differ on what the tempo of a
/// block is that it changes in.
const ROUNDING_BEATS: f64 = 0.03;

/// One block of captured sound.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CapturedBlock {
    /// Where it starts.
    pub position: HostPosition,
    /// Its length in frames.
    pub frames: usize,
    /// Frames per second; 0 while unknown.
    pub rate: f32,
    /// All of it is exactly zero.
    pub silent: bool,
    /// The song doesn't go on from the block before: a start, stop, loop or seek, another sample
    /// rate, or blocks were lost in between. A tempo or metre that changes on the way is none of it.
    pub starts_stretch: bool,
}

/// The audio thread's end.
#[derive(Debug)]
pub struct Writer {
    blocks: rtrb::Producer<CapturedBlock>,
    frames: rtrb::Producer<[f32; 2]>,
    armed: Arc<AtomicBool>,
    rate: f32,
    /// The last block written.
    last: Option<CapturedBlock>,
}

/// The listener's end.
#[derive(Debug)]
pub struct Reader {
    blocks: rtrb::Consumer<CapturedBlock>,
    frames: rtrb::Consumer<[f32; 2]>,
    armed: Arc<AtomicBool>,
}

/// Makes both ends, with room for that many frames, in blocks of 16 or more. Not armed. Main
/// thread.
pub fn channel(frames: usize) -> (Writer, Reader) {
    let armed = Arc::new(AtomicBool::new(false));
    let (block_in, block_out) = rtrb::RingBuffer::new(frames.div_ceil(16).max(1));
    let (frame_in, frame_out) = rtrb::RingBuffer::new(frames.max(1));
    (
        Writer {
            blocks: block_in,
            frames: frame_in,
            armed: armed.clone(),
            rate: 0.0,
            last: None,
        },
        Reader {
            blocks: block_out,
            frames: frame_out,
            armed,
        },
    )
}

impl Writer {
    /// Whether anybody listens. Audio thread.
    pub fn is_armed(&self) -> bool {
        self.armed.load(Relaxed)
    }

    /// From here on there are so many frames per second. Not while `write` runs.
    pub fn set_rate(&mut self, rate: f32) {
        self.rate = rate;
        self.last = None;
    }

    /// Writes a block of `frames` frames if anybody listens. Slices that are shorter are silent at
    /// their end, as hosts may leave the sidechain out or cut it short. A block that finds no room
    /// is lost whole, and the next one starts a new stretch. Of a silent one nothing but its place is
    /// written. Audio thread.
    pub fn write(&mut self, position: &HostPosition, frames: usize, left: &[f32], right: &[f32]) {
        if !self.is_armed() {
            self.last = None;
            return;
        }
        if frames == 0 {
            return;
        }
        let (left, right) = (
            &left[..left.len().min(frames)],
            &right[..right.len().min(frames)],
        );
        let silent = left.iter().chain(right).all(|x| *x == 0.0);
        let taken = if silent { 0 } else { frames };
        let room = !self.blocks.is_full();
        let Some(chunk) = room
            .then(|| self.frames.write_chunk_uninit(taken).ok())
            .flatten()
        else {
            self.last = None;
            return;
        };
        let sample = |channel: &[f32], i: usize| channel.get(i).copied().unwrap_or(0.0);
        chunk.fill_from_iter((0..taken).map(|i| [sample(left, i), sample(right, i)]));
        let block = CapturedBlock {
            position: *position,
            frames,
            rate: self.rate,
            silent,
            starts_stretch: !self.last.is_some_and(|last| goes_on(&last, position)),
        };
        // There is room: this is the only producer.
        let _ = self.blocks.push(block);
        self.last = Some(block);
    }
}

impl Reader {
    /// Starts or stops writing; what was written before stays to be read. Any thread.
    pub fn arm(&self, armed: bool) {
        self.armed.store(armed, Relaxed);
    }

    /// Appends the next block's frames to `sound`; `None` when there is none. Any
    /// thread but audio.
    pub fn read(&mut self, sound: &mut Vec<[f32; 2]>) -> Option<CapturedBlock> {
        let block = self.blocks.pop().ok()?;
        if block.silent {
            sound.resize(sound.len() + block.frames, [0.0; 2]);
        } else {
            // Frames are written before their block.
            sound.extend(self.frames.read_chunk(block.frames).ok()?);
        }
        Some(block)
    }
}

/// Whether a block at `position` continues the song where the last one ended.
fn goes_on(last: &CapturedBlock, now: &HostPosition) -> bool {
    let before = &last.position;
    if before.playing != now.playing {
        return false;
    }
    if !now.playing {
        return true;
    }
    if let (Some(from), Some(to)) = (before.beats, now.beats) {
        // Beats tell a loop even where samples run on, and hosts that work samples out from them get
        // those wrong as soon as the tempo changes.
        let (Some(slow), Some(fast)) = (before.tempo, now.tempo) else {
            return to >= from;
        };
        if last.rate > 0.0 {
            let beats = last.frames as f64 / f64::from(last.rate) / 60.0;
            let (slow, fast) = (slow.min(fast), slow.max(fast));
            return (from + beats * slow - ROUNDING_BEATS..=from + beats * fast + ROUNDING_BEATS)
                .contains(&to);
        }
    }
    let in_beats = !matches!((before.beats, now.beats), (Some(from), Some(to)) if to < from);
    match (before.samples, now.samples) {
        (Some(from), Some(to)) => {
            in_beats && to.abs_diff(from.saturating_add(last.frames as i64)) <= ROUNDING
        }
        _ => in_beats,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(samples: i64) -> HostPosition {
        HostPosition {
            playing: true,
            samples: Some(samples),
            beats: Some(samples as f64 / 24_000.0),
            tempo: Some(120.0),
            ..HostPosition::default()
        }
    }

    #[test]
    fn nothing_is_written_until_armed() {
        let (mut writer, mut reader) = channel(64);
        writer.write(&at(0), 4, &[1.0; 4], &[2.0; 4]);
        assert_eq!(reader.read(&mut Vec::new()), None);
        reader.arm(true);
        writer.write(&at(4), 4, &[1.0; 4], &[2.0; 2]);
        let mut sound = Vec::new();
        let block = reader.read(&mut sound).unwrap();
        assert_eq!(
            (block.position, block.frames, block.starts_stretch),
            (at(4), 4, true)
        );
        assert_eq!(sound, [[1.0, 2.0], [1.0, 2.0], [1.0, 0.0], [1.0, 0.0]]);
        writer.write(&at(8), 3, &[0.0; 3], &[]);
        assert!(reader.read(&mut sound).unwrap().silent);
        assert_eq!(sound[4..], [[0.0; 2]; 3]);
    }

    #[test]
    fn jumps_start_a_new_stretch() {
        let (mut writer, mut reader) = channel(640);
        reader.arm(true);
        let faster = HostPosition {
            tempo: Some(121.0),
            ..at(160)
        };
        let stopped = HostPosition {
            playing: false,
            ..faster
        };
        let positions = [
            at(0),
            at(32),
            at(64),
            at(0),
            at(32),
            faster,
            stopped,
            stopped,
        ];
        for position in positions {
            writer.write(&position, 32, &[], &[]);
        }
        let stretches: Vec<bool> = std::iter::from_fn(|| reader.read(&mut Vec::new()))
            .map(|block| block.starts_stretch)
            .collect();
        assert_eq!(
            stretches,
            [true, false, false, true, false, true, true, false]
        );
    }

    #[test]
    fn a_tempo_that_changes_on_the_way_is_no_jump() {
        let (mut writer, mut reader) = channel(64_000);
        writer.set_rate(48_000.0);
        reader.arm(true);
        let mut beats = 0.0;
        let mut write = |jump: f64, tempo: f64, metre: (i32, i32)| {
            beats += jump;
            let position = HostPosition {
                playing: true,
                // As a host that works it out from the beats.
                samples: Some((beats * 60.0 / tempo * 48_000.0) as i64),
                beats: Some(beats),
                tempo: Some(tempo),
                time_signature: Some(metre),
                ..HostPosition::default()
            };
            writer.write(&position, 4_800, &[0.5; 4_800], &[]);
            beats += 0.1 * tempo / 60.0;
            reader.read(&mut Vec::new()).unwrap().starts_stretch
        };
        assert!(write(0.0, 60.0, (4, 4)));
        for tempo in [60.0, 70.0, 140.0, 139.0] {
            assert!(!write(0.0, tempo, (7, 8)), "{tempo}");
        }
        assert!(write(-1.0, 139.0, (7, 8)), "a loop");
        assert!(write(0.25, 139.0, (7, 8)), "a seek");
        assert!(!write(0.001, 139.0, (7, 8)), "a host that rounds");
    }

    #[test]
    fn what_finds_no_room_is_lost_whole_and_marked() {
        let (mut writer, mut reader) = channel(64);
        reader.arm(true);
        for i in 0..4 {
            writer.write(&at(i * 24), 24, &[1.0 + i as f32; 24], &[0.0; 24]);
        }
        let mut sound = Vec::new();
        while reader.read(&mut sound).is_some() {}
        assert_eq!(sound.len(), 48);
        writer.write(&at(96), 24, &[4.0; 24], &[0.0; 24]);
        assert!(reader.read(&mut sound).unwrap().starts_stretch);
        assert_eq!(sound[48..], [[4.0, 0.0]; 24]);
    }
}
