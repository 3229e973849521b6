//! The instruments that the audio thread holds: one for new notes, and old ones for as long as
//! voices play them. The newest serves new notes at once, or, where instruments are called for, as
//! soon as its sound is.

mod calling;

pub use calling::Called;

use super::mailbox::{EngineSide, FromEngine, ToEngine};
use super::retired::Retired;
use crate::instrument::zone::{Column, MAX_LAYERS, MAX_TAKES, SampledInstrument};

/// Instruments held at once. When one more comes, the voices of the oldest are faded out.
const PLACES: usize = 4;
/// Messages read in one go, so that a full ring can't make one block late.
const MESSAGES_AT_ONCE: usize = 64;
/// More than any sound has; positions in it fit in 32.32 bits with room to step.
const MAX_FRAMES: usize = 1 << 31;

/// Where a voice finds its sound; a place beyond the instruments' is that of a retired column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundPlace {
    pub place: u8,
    pub column: u8,
}

/// What there is to play for a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    Sound(SoundPlace),
    /// Its sound is still being made, or there is no instrument yet.
    NotYet,
    /// The instrument doesn't have this key.
    Never,
}

/// What reading the mailbox has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Notes that wait may find their sound now.
    pub new_sound: bool,
    /// An instrument waits outside: the voices of this place should end quickly.
    pub crowded: Option<u8>,
    /// A column was replaced: its voices must move before more is read.
    pub replaced: Option<Replaced>,
}

/// A column of which there is another now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Where it was, and its successor is.
    pub now: SoundPlace,
    /// Where it is kept for voices that fade out.
    pub before: SoundPlace,
}

struct Held {
    instrument: Box<SampledInstrument>,
    /// Counts instruments in order of arrival.
    arrival: u64,
    voices: u32,
}

/// See the module.
pub struct Rack {
    places: [Option<Held>; PLACES],
    /// The place of what new notes play; none beyond the last.
    current: usize,
    /// Instruments serve new notes once they are called for.
    by_call: bool,
    arrivals: u64,
    retired: Retired,
    /// A column that goes back as soon as the return ring has room.
    unreturned: Option<Box<Column>>,
}

impl Rack {
    pub fn new() -> Rack {
        Rack {
            places: [const { None }; PLACES],
            current: PLACES,
            by_call: false,
            arrivals: 0,
            retired: Retired::NONE,
            unreturned: None,
        }
    }

    /// What new notes play.
    pub fn current(&self) -> Option<&SampledInstrument> {
        let held = self.places.get(self.current)?.as_ref()?;
        Some(&held.instrument)
    }

    /// What a key plays now.
    pub fn find(&self, key: u8) -> Found {
        let Some(instrument) = self.current() else {
            return Found::NotYet;
        };
        let Some(&Some(column)) = instrument.key_to_column.get(usize::from(key)) else {
            return Found::Never;
        };
        match instrument.columns.get(usize::from(column)) {
            Some(Some(sound)) if is_playable(sound) && instrument.sample_rate >= 1.0 => {
                Found::Sound(SoundPlace {
                    place: self.current as u8,
                    column,
                })
            }
            Some(None) => Found::NotYet,
            _ => Found::Never,
        }
    }

    /// The column that a voice plays, and the sample rate of its frames.
    pub fn column(&self, at: SoundPlace) -> Option<(&Column, f32)> {
        let Some(place) = self.places.get(usize::from(at.place)) else {
            return self.retired.column(usize::from(at.place) - PLACES);
        };
        let instrument = &place.as_ref()?.instrument;
        let column = instrument.columns.get(usize::from(at.column))?.as_ref()?;
        Some((column, instrument.sample_rate))
    }

    /// A voice starts on an instrument.
    pub fn take(&mut self, at: SoundPlace) {
        if let Some(voices) = self.voices(at) {
            *voices += 1;
        }
    }

    /// A voice on an instrument has ended.
    pub fn leave(&mut self, at: SoundPlace) {
        if let Some(voices) = self.voices(at) {
            *voices = voices.saturating_sub(1);
        }
    }

    fn voices(&mut self, at: SoundPlace) -> Option<&mut u32> {
        let place = usize::from(at.place);
        match self.places.get_mut(place) {
            Some(held) => Some(&mut held.as_mut()?.voices),
            None => self.retired.voices(place - PLACES),
        }
    }

    /// Gives back what isn't needed any more, then reads messages.
    pub fn exchange(&mut self, mailbox: &mut EngineSide) -> Received {
        let mut received = Received::default();
        for _ in 0..MESSAGES_AT_ONCE {
            if !self.give_back(mailbox) {
                break;
            }
            match mailbox.inbox.peek() {
                Err(_) => break,
                Ok(ToEngine::Instrument(_)) => {
                    let Some(free) = self.places.iter().position(Option::is_none) else {
                        received.crowded = self.oldest();
                        break;
                    };
                    if let Ok(ToEngine::Instrument(instrument)) = mailbox.inbox.pop() {
                        self.arrivals += 1;
                        let arrival = self.arrivals;
                        self.places[free] = Some(Held {
                            instrument,
                            arrival,
                            voices: 0,
                        });
                        if !self.by_call {
                            self.current = free;
                        }
                        received.new_sound = true;
                    }
                }
                Ok(ToEngine::Column { .. }) => {
                    if let Ok(ToEngine::Column {
                        instrument,
                        index,
                        column,
                    }) = mailbox.inbox.pop()
                    {
                        match self.insert(instrument, index, column) {
                            Ok(()) => received.new_sound = true,
                            Err(column) => self.unreturned = Some(column),
                        }
                    }
                }
                Ok(ToEngine::Replacement { .. }) => {
                    if !self.retired.has_room() {
                        break;
                    }
                    if let Ok(ToEngine::Replacement {
                        instrument,
                        index,
                        column,
                    }) = mailbox.inbox.pop()
                    {
                        match self.replace(instrument, index, column) {
                            Ok(replaced) => {
                                received.replaced = Some(replaced);
                                break;
                            }
                            Err(column) => self.unreturned = Some(column),
                        }
                    }
                }
            }
        }
        received
    }

    /// Whether all could be given back that should be.
    fn give_back(&mut self, mailbox: &mut EngineSide) -> bool {
        let returns = &mut mailbox.returns;
        if let Some(column) = self.unreturned.take()
            && let Err(rtrb::PushError::Full(FromEngine::Column(column))) =
                returns.push(FromEngine::Column(column))
        {
            self.unreturned = Some(column);
            return false;
        }
        if !self.retired.give_back(returns) {
            return false;
        }
        let awaiting = self.awaiting();
        for (i, place) in self.places.iter_mut().enumerate() {
            let serves = i == self.current || Some(i) == awaiting;
            if serves || place.as_ref().is_none_or(|held| held.voices > 0) {
                continue;
            }
            if let Some(Held {
                instrument,
                arrival,
                voices,
            }) = place.take()
                && let Err(rtrb::PushError::Full(FromEngine::Instrument(instrument))) =
                    returns.push(FromEngine::Instrument(instrument))
            {
                *place = Some(Held {
                    instrument,
                    arrival,
                    voices,
                });
                return false;
            }
        }
        true
    }

    fn insert(&mut self, id: u64, index: u8, column: Box<Column>) -> Result<(), Box<Column>> {
        let places = [Some(self.current), self.awaiting()];
        let of_id = |place: &usize| {
            let held = self.places.get(*place).and_then(Option::as_ref);
            held.is_some_and(|held| held.instrument.id == id)
        };
        let Some(place) = places.into_iter().flatten().find(of_id) else {
            return Err(column);
        };
        let Some(held) = &mut self.places[place] else {
            return Err(column);
        };
        match held.instrument.columns.get_mut(usize::from(index)) {
            Some(empty @ None) if is_playable(&column) => {
                *empty = Some(column);
                Ok(())
            }
            _ => Err(column),
        }
    }

    fn replace(
        &mut self,
        id: u64,
        index: u8,
        column: Box<Column>,
    ) -> Result<Replaced, Box<Column>> {
        let Some(Some(held)) = self.places.get_mut(self.current) else {
            return Err(column);
        };
        let instrument = &mut *held.instrument;
        match instrument.columns.get_mut(usize::from(index)) {
            Some(Some(old))
                if instrument.id == id
                    && is_playable(&column)
                    && old.root_key == column.root_key =>
            {
                let old = std::mem::replace(old, column);
                let place = self.retired.keep(old, instrument.sample_rate)?;
                Ok(Replaced {
                    now: SoundPlace {
                        place: self.current as u8,
                        column: index,
                    },
                    before: SoundPlace {
                        place: PLACES as u8 + place,
                        column: index,
                    },
                })
            }
            _ => Err(column),
        }
    }

    /// The place of the oldest instrument that serves no new notes, nor waits to.
    fn oldest(&self) -> Option<u8> {
        let places = self.places.iter().enumerate();
        let awaiting = self.awaiting();
        places
            .filter(|&(i, _)| i != self.current && Some(i) != awaiting)
            .filter_map(|(i, place)| Some((place.as_ref()?.arrival, i as u8)))
            .min()
            .map(|(_, place)| place)
    }
}

/// Whether a column's layers and loop are such that they can be read.
fn is_playable(column: &Column) -> bool {
    let Some(length) = column.layers.first().map(|layer| layer.frames.len()) else {
        return false;
    };
    let loop_fits = column
        .loop_frames
        .is_none_or(|(start, end)| start < end && end as usize <= length);
    (1..MAX_FRAMES).contains(&length)
        && loop_fits
        && column.layers.len() <= MAX_LAYERS
        && column
            .layers
            .iter()
            .all(|layer| layer.frames.len() == length)
        && column.takes.len() <= MAX_TAKES
        && column.takes.iter().all(|take| {
            take.len() == column.layers.len() && take.iter().all(|frames| frames.len() == length)
        })
}

#[cfg(test)]
mod tests;
