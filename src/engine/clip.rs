//! A recording that plays along with the host's song: which of its frames is heard at which frame of a
//! block, through loops, seeks and tempo ramps, whatever the blocks' lengths.
//!
//! It begins at a quarter note and goes on at its own speed. Where the song goes on, so does it, frame by frame,
//! whatever the tempo does. Where the song jumps into its middle, its place is worked out from the tempo there:
//! to the frame, unless the tempo has changed since its beginning.

use std::sync::Arc;

use super::capture::HostPosition;

/// Cut into or out of its middle, a clip fades for so long, seconds.
const FADE_S: f64 = 0.0015;
/// The same in frames, at most: at 384 kHz.
const MOST_FADE: usize = 576;
/// How long a change of gain from 0 to 1 takes, seconds.
const GAIN_S: f64 = 0.005;
/// How many frames blocks may lie from where they should and still follow each other: many hosts count beats, and
/// round. Where the host counts frames these decide, for beats are off where the tempo changes within a block.
const ROUNDING: u64 = 2;

/// A recording with its place in the song.
#[derive(Clone, Debug)]
pub struct Clip {
    samples: Arc<[[f32; 2]]>,
    rate: u32,
    begins: f64,
}

impl Clip {
    /// Left and right samples, ±1, of `rate` frames a second; it is played only where the host has that rate.
    /// Its first is heard at quarter note `begins`. Any thread but audio.
    #[must_use]
    pub fn new(samples: Arc<[[f32; 2]]>, rate: u32, begins: f64) -> Self {
        let begins = if begins.is_finite() { begins } else { 0.0 };
        Self {
            samples,
            rate,
            begins,
        }
    }

    /// A frame, silent before its beginning and after its end.
    fn frame(&self, at: i64) -> Option<[f32; 2]> {
        let at = usize::try_from(at).ok()?;
        self.samples.get(at).copied()
    }

    fn holds(&self, at: i64) -> bool {
        (0..self.samples.len() as i64).contains(&at)
    }
}

/// Where a clip is heard.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The clip's frame at the beginning of the next block, negative before its first.
    frame: i64,
    /// Where in the song that should be: quarter notes, and frames where the host counts them.
    beats: f64,
    samples: Option<i64>,
}

/// Reads clips on the audio thread.
#[derive(Debug)]
pub(super) struct ClipReader {
    /// Nothing while nothing plays.
    place: Option<Place>,
    /// Linear, left and right, on their way to where they should be.
    gains: [f32; 2],
    /// Frames of fading in, done and in all.
    rise: (usize, usize),
    /// What rings out of the place before, and how much of it has.
    tail: Box<[[f32; 2]; MOST_FADE]>,
    rung: usize,
    rings: usize,
    /// Something of it was heard in the last block.
    sounded: bool,
}

/// A block as a clip is played in it.
pub(super) struct ClipBlock<'a> {
    /// Where it starts; the tempo counts, too.
    pub position: &'a HostPosition,
    /// Frames a second.
    pub rate: f64,
    /// Whether the clip is heard.
    pub on: bool,
    /// Linear, left and right.
    pub gains: [f32; 2],
}

impl ClipReader {
    /// One that plays nothing. Main thread.
    pub(super) fn new() -> Self {
        Self {
            place: None,
            gains: [0.0; 2],
            rise: (0, 0),
            tail: Box::new([[0.0; 2]; MOST_FADE]),
            rung: 0,
            rings: 0,
            sounded: false,
        }
    }

    /// Silence at once. Audio thread.
    pub(super) fn reset(&mut self) {
        self.place = None;
        (self.rung, self.rings) = (0, 0);
        self.sounded = false;
    }

    /// Whether anything of it was heard in the last block, or is in the next frame if the song goes on. Audio
    /// thread.
    pub(super) fn is_sounding(&self, clip: Option<&Clip>) -> bool {
        let at = self.place.zip(clip);
        self.sounded
            || self.rung < self.rings
            || at.is_some_and(|(place, clip)| clip.holds(place.frame))
    }

    /// Fades out of where the clip is heard. Audio thread.
    pub(super) fn leave(&mut self, clip: &Clip) {
        let place = self.place.take();
        let Some(place) = place.filter(|place| clip.holds(place.frame)) else {
            return;
        };
        let fade = fade(f64::from(clip.rate));
        let (left, all) = (self.rings - self.rung, self.rung);
        self.tail.copy_within(all..self.rings, 0);
        self.tail[left..].fill([0.0; 2]);
        for at in 0..fade {
            let falls = 1.0 - (at as f32 + 0.5) / fade as f32;
            let gain = falls * self.risen();
            let frame = clip.frame(place.frame + at as i64).unwrap_or_default();
            let [left, right] = frame;
            let [l, r] = self.gains;
            self.tail[at][0] += left * gain * l;
            self.tail[at][1] += right * gain * r;
        }
        (self.rung, self.rings) = (0, left.max(fade));
        self.rise = (0, 0);
    }

    /// How far it has faded in.
    fn risen(&self) -> f32 {
        match self.rise {
            (done, all) if done < all => (done as f32 + 0.5) / all as f32,
            _ => 1.0,
        }
    }

    /// Adds what of `clip` is heard in a block to both sides, which are equally long. Audio thread.
    pub(super) fn add(
        &mut self,
        clip: Option<&Clip>,
        block: &ClipBlock<'_>,
        left: &mut [f32],
        right: &mut [f32],
    ) {
        self.sounded = false;
        let fits = |clip: &&Clip| f64::from(clip.rate) == block.rate.round();
        match (clip, block.position.beats.zip(block.position.tempo)) {
            (Some(clip), Some((beats, tempo))) if fits(&clip) && sane(block, beats, tempo) => {
                self.play(clip, block, (beats, tempo), left, right);
            }
            (Some(clip), _) => self.leave(clip),
            (None, _) => self.place = None,
        }
        let tail = &self.tail[self.rung..self.rings];
        self.sounded |= !tail.is_empty();
        for ((left, right), frame) in left.iter_mut().zip(right).zip(tail) {
            *left += frame[0];
            *right += frame[1];
            self.rung += 1;
        }
    }

    fn play(
        &mut self,
        clip: &Clip,
        block: &ClipBlock<'_>,
        (beats, tempo): (f64, f64),
        left: &mut [f32],
        right: &mut [f32],
    ) {
        let a_frame = tempo / 60.0 / block.rate;
        let samples = block.position.samples;
        let goes_on = |place: &Place| match place.samples.zip(samples) {
            Some((should, is)) => should.abs_diff(is) <= ROUNDING,
            None => {
                let rounding = super::stem::ROUNDING_BEATS.max(2.0 * a_frame);
                (place.beats - beats).abs() <= rounding
            }
        };
        let worked_out = ((beats - clip.begins) / a_frame).round() as i64;
        let frame = match self.place.filter(goes_on) {
            // Until it has begun, the tempo on the way there counts.
            Some(place) if place.frame < 0 => worked_out.min(0),
            Some(place) => place.frame,
            None => {
                self.leave(clip);
                self.rise = match clip.holds(worked_out) && worked_out > 0 {
                    true => (0, fade(block.rate)),
                    false => (0, 0),
                };
                self.gains = block.gains;
                worked_out
            }
        };
        if !clip.holds(frame) {
            self.gains = block.gains;
        }
        let step = (1.0 / (GAIN_S * block.rate)) as f32;
        let frames = left.len().min(right.len());
        // None of it before its beginning, nor after its end.
        let first = usize::try_from(-frame.min(0)).unwrap_or(0).min(frames);
        let sides = left.iter_mut().zip(right).skip(first);
        let from = usize::try_from(frame.max(0)).unwrap_or(usize::MAX);
        let heard = clip.samples.get(from..).unwrap_or_default();
        for ((left, right), frame) in sides.zip(heard) {
            self.sounded = true;
            let risen = self.risen();
            self.rise.0 += usize::from(self.rise.0 < self.rise.1);
            for (gain, goal) in self.gains.iter_mut().zip(block.gains) {
                *gain += (goal - *gain).clamp(-step, step);
            }
            *left += frame[0] * risen * self.gains[0];
            *right += frame[1] * risen * self.gains[1];
        }
        let count = frames as i64;
        self.place = Some(Place {
            frame: frame.saturating_add(count),
            beats: beats + frames as f64 * a_frame,
            samples: samples.map(|samples| samples.saturating_add(count)),
        });
    }
}

/// Whether a clip can be heard in a block at these quarter notes and this tempo.
fn sane(block: &ClipBlock<'_>, beats: f64, tempo: f64) -> bool {
    block.on && super::stem::is_place(block.position, beats, tempo)
}

/// Frames of a fade.
fn fade(rate: f64) -> usize {
    ((FADE_S * rate) as usize).clamp(1, MOST_FADE)
}

#[cfg(test)]
mod tests;
