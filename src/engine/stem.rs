//! A part that plays along with the host's song, notes or a recording: which notes begin and end at which frame
//! of a block, through loops, seeks and tempo ramps, whatever the blocks' lengths.

mod part;

use super::capture::HostPosition;
use super::clip::{Clip, ClipBlock, ClipReader};
use crate::music::PartKind;
use part::Place;
pub use part::{Content, PartNote, PlayedPart};

/// What a part does at a frame of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StemEvent {
    /// A note begins.
    On {
        /// MIDI channel, from 0.
        channel: u8,
        /// MIDI key.
        key: u8,
        /// MIDI velocity, 1..=127.
        velocity: u8,
        /// How many notes of its key come before it in the part, 0..=255 and again.
        stroke: u8,
    },
    /// A note ends.
    Off {
        /// The channel that it began on.
        channel: u8,
        /// MIDI key.
        key: u8,
    },
}

/// A note that sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sounding {
    /// The channel that it began on, and so ends on, whatever plays by then.
    channel: u8,
    key: u8,
    /// Where in the song it ends, quarter notes.
    ends: f64,
}

/// Notes of a part that can sound at once; further ones end the one that would end first.
const MOST: usize = 32;
/// Notes that begin in a block: so many, and one more for so many frames of it. Further ones are left out,
/// so that no part and no tempo can hold a block up.
const ONSETS: (usize, usize) = (64, 16);
/// Quarter notes a minute that a host may play at. What goes faster isn't believed, and is silence.
const FASTEST: f64 = 10_000.0;
/// Quarter notes from the song's start that a host may be at, and a part may begin: beyond, numbers are too
/// coarse to count on.
const FARTHEST: f64 = 1e9;
/// How far blocks may lie from where they should and still follow each other, quarter notes: hosts
/// differ on what the tempo of a block is that it changes in.
pub(super) const ROUNDING_BEATS: f64 = 0.03;
/// Parts on their way.
const CAPACITY: usize = 16;

/// The audio thread's end: plays what it was sent.
#[derive(Debug)]
pub struct StemPlayer {
    inbox: rtrb::Consumer<Box<Content>>,
    returns: rtrb::Producer<Box<Content>>,
    part: Option<Box<Content>>,
    /// The newest, whose sound isn't there yet.
    next: Option<Box<Content>>,
    sounding: [Option<Sounding>; MOST],
    clip: ClipReader,
    /// Where in the song the last block ended; nothing while the song rests.
    heard_to: Option<f64>,
}

/// The other end: sends parts, and drops them when they come back.
#[derive(Debug)]
pub struct PartSender {
    outbox: rtrb::Producer<Box<Content>>,
    returned: rtrb::Consumer<Box<Content>>,
}

/// Makes both ends. Main thread.
#[must_use]
pub fn channel() -> (StemPlayer, PartSender) {
    let (outbox, inbox) = rtrb::RingBuffer::new(CAPACITY);
    let (returns, returned) = rtrb::RingBuffer::new(CAPACITY);
    (
        StemPlayer {
            inbox,
            returns,
            part: None,
            next: None,
            sounding: [None; MOST],
            clip: ClipReader::new(),
            heard_to: None,
        },
        PartSender { outbox, returned },
    )
}

impl PartSender {
    /// Frees what has come back. Any thread but audio.
    pub fn take_back(&mut self) {
        while self.returned.pop().is_ok() {}
    }

    /// Sends a part, which is played instead of the one before from the next block on, or from the first
    /// for which its sound is there; a part without notes is silence. Gives it back when the audio thread has read none for a while: try again
    /// later. Any thread but audio.
    ///
    /// # Errors
    /// The part, when the ring is full.
    pub fn send(&mut self, part: Box<Content>) -> Result<(), Box<Content>> {
        self.take_back();
        self.outbox
            .push(part)
            .map_err(|rtrb::PushError::Full(part)| part)
    }
}

impl StemPlayer {
    /// Takes the next block for a jump, which ends what sounds: after a reset of what plays it. Who else was
    /// told of a note's beginning is owed its end. Audio thread.
    pub fn reset(&mut self) {
        self.heard_to = None;
        self.clip.reset();
    }

    /// Whether a note has begun and not ended, or a recording is heard. Audio thread.
    #[must_use]
    pub fn is_sounding(&self) -> bool {
        self.sounding.iter().any(Option::is_some) || self.clip.is_sounding(self.clip())
    }

    /// Whether the part has anything to play. Audio thread.
    #[must_use]
    pub fn has_content(&self) -> bool {
        self.part.as_ref().is_some_and(|part| match &**part {
            Content::Notes(notes) => !notes.notes.is_empty(),
            Content::Clip(_) => true,
        })
    }

    fn notes(&self) -> Option<&PlayedPart> {
        self.part.as_ref().and_then(|part| part.notes())
    }

    fn clip(&self) -> Option<&Clip> {
        self.part.as_ref().and_then(|part| part.clip())
    }

    /// Plays the newest part from the next block on, if its sound is there: `call` has a sound play
    /// these keys (bit *k* is MIDI key *k*) and says whether it can. Until then the part before goes on.
    /// To be called before each block. Audio thread.
    pub fn take_up(&mut self, mut call: impl FnMut(u64, u128) -> bool) {
        self.exchange();
        let ready = |part: &Content, call: &mut dyn FnMut(u64, u128) -> bool| match part {
            Content::Notes(part) => part.sound.is_none_or(|sound| call(sound, part.keys)),
            Content::Clip(_) => true,
        };
        match &self.next {
            Some(next) if !self.returns.is_full() && ready(next, &mut call) => {
                if let Some(old) = std::mem::replace(&mut self.part, self.next.take()) {
                    if let Content::Clip(clip) = &*old {
                        self.clip.leave(clip);
                    }
                    // There is room: this is the only producer.
                    let _ = self.returns.push(old);
                }
            }
            // Its sound may have come anew, at another sample rate.
            _ => {
                let _ = self
                    .part
                    .as_ref()
                    .is_some_and(|part| ready(part, &mut call));
            }
        }
    }

    /// The linear gain of the part that the next block plays. Audio thread.
    #[must_use]
    pub fn gain(&self) -> f32 {
        self.notes().map_or(1.0, |part| part.gain)
    }

    /// What kind of part the next block plays. Audio thread.
    #[must_use]
    pub fn kind(&self) -> Option<PartKind> {
        self.notes().and_then(|part| part.kind)
    }

    /// Whether a newer part waits for its sound. Audio thread, or main thread while not processing.
    #[must_use]
    pub fn awaits_sound(&self) -> bool {
        self.next.is_some()
    }

    /// Whether a sound plays the part, or its notes go to the host only. Audio thread.
    #[must_use]
    pub fn has_sound(&self) -> bool {
        self.notes().is_some_and(|part| part.sound.is_some())
    }

    /// What happens within a block of `frames` frames at `rate` frames a second that starts at
    /// `position`: `emit` is told of each event, in order, and of its frame. Silent where `on` is
    /// false, the transport rests, or the host doesn't say where in the song it is, or nothing that can be.
    /// Notes that sound end when it stops or jumps. However large the host's numbers, it is told of no more
    /// than twice [`ONSETS`] and [`MOST`]. Audio thread.
    pub fn block(
        &mut self,
        position: &HostPosition,
        frames: usize,
        rate: f64,
        on: bool,
        mut emit: impl FnMut(usize, StemEvent),
    ) {
        let place = position.beats.zip(position.tempo);
        let place = place.filter(|(beats, tempo)| on && is_place(position, *beats, *tempo));
        let (Some((beats, tempo)), true) = (place, rate > 0.0) else {
            self.end_all(&mut emit);
            self.heard_to = None;
            return;
        };
        let a_frame = tempo / 60.0 / rate;
        // Half a frame early: an event goes to the frame that is nearest.
        let begin = beats - 0.5 * a_frame;
        let end = begin + frames as f64 * a_frame;
        let goes_on = |to: &f64| (to - begin).abs() <= ROUNDING_BEATS.max(2.0 * a_frame);
        let from = match self.heard_to.filter(goes_on) {
            Some(to) => to,
            None => {
                self.end_all(&mut emit);
                begin
            }
        };
        if frames == 0 {
            return;
        }
        let last = frames - 1;
        let frame = |beats: f64| (((beats - begin) / a_frame).max(0.0) as usize).min(last);
        let content = self.part.take();
        let part = content.as_ref().and_then(|content| content.notes());
        let mut next = part.and_then(|part| part.next(from, end));
        let mut onsets = ONSETS.0 + frames / ONSETS.1;
        loop {
            let off = self.first_off().filter(|(when, _)| *when < end);
            match (next, off) {
                (Some((when, place)), off) if off.is_none_or(|(off, _)| off > when) => {
                    if let Some(part) = part {
                        let note = part.notes[place.index];
                        let stroke = part.strokes[place.index];
                        self.begin(
                            &note,
                            (part.channel, stroke),
                            (when, frame(when)),
                            &mut emit,
                        );
                        let following = Place {
                            index: place.index + 1,
                            ..place
                        };
                        onsets -= 1;
                        next = part
                            .at(following)
                            .filter(|(when, _)| *when < end && onsets > 0);
                    }
                }
                (_, Some((when, index))) => self.end(index, frame(when), &mut emit),
                _ => break,
            }
        }
        self.part = content;
        self.heard_to = Some(end.max(from));
    }

    /// Adds what of a recording is heard in a block, to both sides, which are equally long: `gains` are linear,
    /// left and right. Silent where notes would be, and at other rates than the recording has. Audio thread.
    pub fn add_clip(
        &mut self,
        position: &HostPosition,
        rate: f64,
        on: bool,
        gains: [f32; 2],
        (left, right): (&mut [f32], &mut [f32]),
    ) {
        let block = ClipBlock {
            position,
            rate,
            on,
            gains,
        };
        let clip = self.part.as_ref().and_then(|part| part.clip());
        self.clip.add(clip, &block, left, right);
    }

    fn begin(
        &mut self,
        note: &PartNote,
        (channel, stroke): (u8, u8),
        (when, frame): (f64, usize),
        emit: &mut impl FnMut(usize, StemEvent),
    ) {
        let same = |held: &Option<Sounding>| held.is_some_and(|held| held.key == note.key);
        if let Some(index) = self.sounding.iter().position(same) {
            self.end(index, frame, emit);
        }
        let free = self.sounding.iter().position(Option::is_none);
        let free = free.or_else(|| {
            let (_, index) = self.first_off()?;
            self.end(index, frame, emit);
            Some(index)
        });
        if let Some(free) = free {
            self.sounding[free] = Some(Sounding {
                channel,
                key: note.key,
                ends: when + note.length,
            });
            emit(
                frame,
                StemEvent::On {
                    channel,
                    key: note.key,
                    velocity: note.velocity,
                    stroke,
                },
            );
        }
    }

    /// The note that ends first: where in the song, and its place.
    fn first_off(&self) -> Option<(f64, usize)> {
        let held = self.sounding.iter().enumerate();
        held.filter_map(|(index, note)| Some((note.as_ref()?.ends, index)))
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }

    fn end(&mut self, index: usize, frame: usize, emit: &mut impl FnMut(usize, StemEvent)) {
        if let Some(Sounding { channel, key, .. }) = self.sounding[index].take() {
            emit(frame, StemEvent::Off { channel, key });
        }
    }

    fn end_all(&mut self, emit: &mut impl FnMut(usize, StemEvent)) {
        for index in 0..MOST {
            self.end(index, 0, emit);
        }
    }

    /// Takes in the newest part, gives back those that it makes obsolete.
    fn exchange(&mut self) {
        while !self.inbox.is_empty() && !self.returns.is_full() {
            if let Ok(new) = self.inbox.pop()
                && let Some(old) = self.next.replace(new)
            {
                // There is room: this is the only producer.
                let _ = self.returns.push(old);
            }
        }
    }
}

/// Whether a song that is there, at this tempo, can be played along with.
pub(super) fn is_place(position: &HostPosition, beats: f64, tempo: f64) -> bool {
    position.playing && beats.abs() <= FARTHEST && tempo > 0.0 && tempo <= FASTEST
}

#[cfg(test)]
mod tests;
