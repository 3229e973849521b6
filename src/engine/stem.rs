//! A part that plays along with the host's song: which notes begin and end at which frame of a
//! block, through loops, seeks and tempo ramps, whatever the blocks' lengths.

use super::capture::HostPosition;
use crate::music::PartKind;

/// A note of a part, in quarter notes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartNote {
    /// From the part's beginning, 0 ≤ start < the part's length.
    pub start: f64,
    /// Until it is let go, more than 0.
    pub length: f64,
    /// MIDI key, 0..=127.
    pub key: u8,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
}

/// Notes with their place in the song.
#[derive(Clone, Debug, PartialEq)]
pub struct PlayedPart {
    notes: Box<[PartNote]>,
    /// Quarter notes from the song's start to the part's.
    pub begins: f64,
    /// Quarter notes.
    length: f64,
    /// Whether it is played over and over, before and after its place too, in step with it.
    pub repeats: bool,
    /// Linear, what puts it at the level of the song: 0..=16.
    gain: f32,
    /// The MIDI channel that its notes leave on, from 0.
    channel: u8,
    /// What plays it, if anybody said.
    kind: Option<PartKind>,
    /// The number of the sound that plays it; without one its notes go to the host only.
    sound: Option<u64>,
    /// Keys of its notes: bit *k* is MIDI key *k*.
    keys: u128,
}

impl PlayedPart {
    /// `notes` in any order; those that can't be played are left out. `begins` and `length` in
    /// quarter notes. Any thread but audio.
    #[must_use]
    pub fn new(mut notes: Vec<PartNote>, begins: f64, length: f64, repeats: bool) -> Self {
        // Shorter ones would have more rounds than a block has frames.
        let length = if length.is_finite() {
            length.clamp(0.25, FARTHEST)
        } else {
            4.0
        };
        let begins = if begins.abs() <= FARTHEST {
            begins
        } else {
            0.0
        };
        notes.retain(|note| {
            (0.0..length).contains(&note.start)
                && note.length.is_finite()
                && note.length > 0.0
                && note.key < 128
        });
        notes.sort_by(|a, b| a.start.total_cmp(&b.start));
        Self {
            keys: notes.iter().fold(0, |keys, note| keys | 1 << note.key),
            notes: notes.into(),
            begins,
            length,
            repeats,
            gain: 1.0,
            channel: 0,
            kind: None,
            sound: None,
        }
    }

    /// The same on another MIDI channel, 0..=15. Any thread but audio.
    #[must_use]
    pub fn on_channel(self, channel: u8) -> Self {
        let channel = channel.min(15);
        Self { channel, ..self }
    }

    /// The same as a part of a kind. Any thread but audio.
    #[must_use]
    pub fn of_kind(self, kind: Option<PartKind>) -> Self {
        Self { kind, ..self }
    }

    /// The same, played by the sound of this number
    /// ([`SampledInstrument::sound`](crate::instrument::zone::SampledInstrument::sound)) once it is
    /// there, and not before. Any thread but audio.
    #[must_use]
    pub fn by_sound(self, sound: u64) -> Self {
        let sound = Some(sound);
        Self { sound, ..self }
    }

    /// The same at another linear gain. Any thread but audio.
    #[must_use]
    pub fn at_gain(self, gain: f32) -> Self {
        let gain = if gain.is_finite() {
            gain.clamp(0.0, 16.0)
        } else {
            1.0
        };
        Self { gain, ..self }
    }

    /// The first note that begins at `from` or later, and before `before`: when, and which.
    fn next(&self, from: f64, before: f64) -> Option<(f64, Place)> {
        let round = ((from - self.begins) / self.length).floor();
        let round = if self.repeats { round } else { 0.0 };
        let origin = self.begins + round * self.length;
        let index = self
            .notes
            .partition_point(|note| origin + note.start < from);
        self.at(Place { round, index })
            .filter(|(when, _)| *when < before)
    }

    /// The note at a place, or the next one where the place is beyond a round's last.
    fn at(&self, place: Place) -> Option<(f64, Place)> {
        let place = match self.notes.get(place.index) {
            Some(_) => place,
            None if self.repeats => Place {
                round: place.round + 1.0,
                index: 0,
            },
            None => return None,
        };
        let note = self.notes.get(place.index)?;
        Some((self.begins + place.round * self.length + note.start, place))
    }
}

/// A note of a round.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    round: f64,
    index: usize,
}

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
const ROUNDING_BEATS: f64 = 0.03;
/// Parts on their way.
const CAPACITY: usize = 16;

/// The audio thread's end: plays what it was sent.
#[derive(Debug)]
pub struct StemPlayer {
    inbox: rtrb::Consumer<Box<PlayedPart>>,
    returns: rtrb::Producer<Box<PlayedPart>>,
    part: Option<Box<PlayedPart>>,
    /// The newest, whose sound isn't there yet.
    next: Option<Box<PlayedPart>>,
    sounding: [Option<Sounding>; MOST],
    /// Where in the song the last block ended; nothing while the song rests.
    heard_to: Option<f64>,
}

/// The other end: sends parts, and drops them when they come back.
#[derive(Debug)]
pub struct PartSender {
    outbox: rtrb::Producer<Box<PlayedPart>>,
    returned: rtrb::Consumer<Box<PlayedPart>>,
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
            heard_to: None,
        },
        PartSender { outbox, returned },
    )
}

impl PartSender {
    /// Sends a part, which is played instead of the one before from the next block on, or from the first
    /// for which its sound is there; a part without notes is silence. Gives it back when the audio thread has read none for a while: try again
    /// later. Any thread but audio.
    ///
    /// # Errors
    /// The part, when the ring is full.
    pub fn send(&mut self, part: Box<PlayedPart>) -> Result<(), Box<PlayedPart>> {
        while self.returned.pop().is_ok() {}
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
    }

    /// Whether a note has begun and not ended. Audio thread.
    #[must_use]
    pub fn is_sounding(&self) -> bool {
        self.sounding.iter().any(Option::is_some)
    }

    /// Whether the part has notes. Audio thread.
    #[must_use]
    pub fn has_notes(&self) -> bool {
        self.part
            .as_ref()
            .is_some_and(|part| !part.notes.is_empty())
    }

    /// Plays the newest part from the next block on, if its sound is there: `call` has a sound play
    /// these keys (bit *k* is MIDI key *k*) and says whether it can. Until then the part before goes on.
    /// To be called before each block. Audio thread.
    pub fn take_up(&mut self, mut call: impl FnMut(u64, u128) -> bool) {
        self.exchange();
        let ready = |part: &PlayedPart, call: &mut dyn FnMut(u64, u128) -> bool| {
            part.sound.is_none_or(|sound| call(sound, part.keys))
        };
        match &self.next {
            Some(next) if !self.returns.is_full() && ready(next, &mut call) => {
                if let Some(old) = std::mem::replace(&mut self.part, self.next.take()) {
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
        self.part.as_ref().map_or(1.0, |part| part.gain)
    }

    /// What kind of part the next block plays. Audio thread.
    #[must_use]
    pub fn kind(&self) -> Option<PartKind> {
        self.part.as_ref().and_then(|part| part.kind)
    }

    /// Whether a newer part waits for its sound. Audio thread, or main thread while not processing.
    #[must_use]
    pub fn awaits_sound(&self) -> bool {
        self.next.is_some()
    }

    /// Whether a sound plays the part, or its notes go to the host only. Audio thread.
    #[must_use]
    pub fn has_sound(&self) -> bool {
        self.part.as_ref().is_some_and(|part| part.sound.is_some())
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
        let place = position.beats.zip(position.tempo).filter(|(beats, tempo)| {
            on && position.playing && beats.abs() <= FARTHEST && *tempo > 0.0 && *tempo <= FASTEST
        });
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
        let part = self.part.take();
        let mut next = part.as_ref().and_then(|part| part.next(from, end));
        let mut onsets = ONSETS.0 + frames / ONSETS.1;
        loop {
            let off = self.first_off().filter(|(when, _)| *when < end);
            match (next, off) {
                (Some((when, place)), off) if off.is_none_or(|(off, _)| off > when) => {
                    if let Some(part) = &part {
                        let note = part.notes[place.index];
                        self.begin(&note, part.channel, when, frame(when), &mut emit);
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
        self.part = part;
        self.heard_to = Some(end.max(from));
    }

    fn begin(
        &mut self,
        note: &PartNote,
        channel: u8,
        when: f64,
        frame: usize,
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

#[cfg(test)]
mod tests;
