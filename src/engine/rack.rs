//! The instruments that the audio thread holds: one for new notes, and old ones for as long as
//! voices play them.

use super::mailbox::{EngineSide, FromEngine, ToEngine};
use crate::instrument::zone::{Column, MAX_LAYERS, SampledInstrument};

/// Instruments held at once. When one more comes, the voices of the oldest are faded out.
const PLACES: usize = 4;
/// Messages read in one go, so that a full ring can't make one block late.
const MESSAGES_AT_ONCE: usize = 64;
/// More than any sound has; positions in it fit in 32.32 bits with room to step.
const MAX_FRAMES: usize = 1 << 31;

/// Where a voice finds its sound.
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
    current: usize,
    arrivals: u64,
    /// A column that goes back as soon as the return ring has room.
    unreturned: Option<Box<Column>>,
}

impl Rack {
    pub fn new() -> Rack {
        Rack {
            places: [const { None }; PLACES],
            current: 0,
            arrivals: 0,
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
        let instrument = &self.places.get(usize::from(at.place))?.as_ref()?.instrument;
        let column = instrument.columns.get(usize::from(at.column))?.as_ref()?;
        Some((column, instrument.sample_rate))
    }

    /// A voice starts on an instrument.
    pub fn take(&mut self, at: SoundPlace) {
        if let Some(Some(held)) = self.places.get_mut(usize::from(at.place)) {
            held.voices += 1;
        }
    }

    /// A voice on an instrument has ended.
    pub fn leave(&mut self, at: SoundPlace) {
        if let Some(Some(held)) = self.places.get_mut(usize::from(at.place)) {
            held.voices = held.voices.saturating_sub(1);
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
                        self.current = free;
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
        for (i, place) in self.places.iter_mut().enumerate() {
            if i == self.current || place.as_ref().is_none_or(|held| held.voices > 0) {
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
        let Some(Some(held)) = self.places.get_mut(self.current) else {
            return Err(column);
        };
        match held.instrument.columns.get_mut(usize::from(index)) {
            Some(empty @ None) if held.instrument.id == id && is_playable(&column) => {
                *empty = Some(column);
                Ok(())
            }
            _ => Err(column),
        }
    }

    /// The place of the oldest instrument that serves no new notes.
    fn oldest(&self) -> Option<u8> {
        let places = self.places.iter().enumerate();
        places
            .filter(|&(i, _)| i != self.current)
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
}

#[cfg(test)]
mod tests {
    use super::super::mailbox::{self, GeneratorSide};
    use super::*;
    use crate::instrument::zone::Layer;

    fn column(length: usize) -> Box<Column> {
        let layer = Layer {
            velocity: 100,
            frames: vec![[0.1; 2]; length],
            loop_decay_db_per_s: 0.0,
            release_s: 0.1,
        };
        Box::new(Column {
            low_key: 0,
            high_key: 127,
            root_key: 60,
            loop_frames: Some((10, 20)),
            one_shot: false,
            choke_group: 0,
            layers: vec![layer],
        })
    }

    fn instrument(id: u64) -> ToEngine {
        let key_to_column = [Some(0); 128];
        let columns = vec![None, None];
        let sample_rate = 48_000.0;
        ToEngine::Instrument(Box::new(SampledInstrument {
            id,
            sample_rate,
            key_to_column,
            columns,
        }))
    }

    fn send_column(generator: &mut GeneratorSide, instrument: u64, index: u8, length: usize) {
        let column = column(length);
        generator
            .send(ToEngine::Column {
                instrument,
                index,
                column,
            })
            .unwrap();
    }

    fn returned(generator: &mut GeneratorSide) -> (usize, usize) {
        let mut counts = (0, 0);
        while let Some(object) = generator.receive() {
            match object {
                FromEngine::Instrument(_) => counts.0 += 1,
                FromEngine::Column(_) => counts.1 += 1,
            }
        }
        counts
    }

    #[test]
    fn a_key_finds_its_sound_once_the_column_is_there() {
        let (mut engine, mut generator) = mailbox::channel();
        let mut rack = Rack::new();
        assert_eq!(rack.find(60), Found::NotYet);
        generator.send(instrument(1)).unwrap();
        assert!(rack.exchange(&mut engine).new_sound);
        assert_eq!(rack.find(60), Found::NotYet);
        send_column(&mut generator, 1, 0, 100);
        assert!(rack.exchange(&mut engine).new_sound);
        assert_eq!(
            rack.find(60),
            Found::Sound(SoundPlace {
                place: 0,
                column: 0
            })
        );
    }

    #[test]
    fn columns_that_cannot_be_taken_come_straight_back() {
        let (mut engine, mut generator) = mailbox::channel();
        let mut rack = Rack::new();
        send_column(&mut generator, 1, 0, 100); // before its instrument
        generator.send(instrument(1)).unwrap();
        send_column(&mut generator, 2, 0, 100); // of another instrument
        send_column(&mut generator, 1, 0, 100);
        send_column(&mut generator, 1, 0, 100); // its place is filled
        send_column(&mut generator, 1, 2, 100); // no such place
        send_column(&mut generator, 1, 1, 15); // its loop ends beyond its frames
        rack.exchange(&mut engine);
        rack.exchange(&mut engine);
        assert_eq!(returned(&mut generator), (0, 5));
    }

    #[test]
    fn an_old_instrument_goes_back_when_its_last_voice_has_ended() {
        let (mut engine, mut generator) = mailbox::channel();
        let mut rack = Rack::new();
        generator.send(instrument(1)).unwrap();
        send_column(&mut generator, 1, 0, 100);
        rack.exchange(&mut engine);
        let Found::Sound(at) = rack.find(60) else {
            panic!()
        };
        rack.take(at);
        generator.send(instrument(2)).unwrap();
        rack.exchange(&mut engine);
        assert_eq!(returned(&mut generator), (0, 0));
        assert!(rack.column(at).is_some());
        rack.leave(at);
        rack.exchange(&mut engine);
        assert_eq!(returned(&mut generator), (1, 0));
        assert!(rack.column(at).is_none());
    }

    #[test]
    fn too_many_instruments_in_use_wait_outside() {
        let (mut engine, mut generator) = mailbox::channel();
        let mut rack = Rack::new();
        let mut used = Vec::new();
        for id in 1..=PLACES as u64 {
            generator.send(instrument(id)).unwrap();
            send_column(&mut generator, id, 0, 100);
            assert_eq!(rack.exchange(&mut engine).crowded, None);
            let Found::Sound(at) = rack.find(60) else {
                panic!()
            };
            rack.take(at);
            used.push(at);
        }
        generator.send(instrument(99)).unwrap();
        assert_eq!(rack.exchange(&mut engine).crowded, Some(used[0].place));
        assert_eq!(rack.current().unwrap().id, PLACES as u64);
        rack.leave(used[0]);
        assert_eq!(rack.exchange(&mut engine).crowded, None);
        assert_eq!(rack.current().unwrap().id, 99);
        assert_eq!(returned(&mut generator), (1, 0));
    }

    #[test]
    fn a_full_return_ring_keeps_what_it_has_no_room_for() {
        let (mut engine, mut generator) = mailbox::channel();
        let mut rack = Rack::new();
        let mut sent = 0;
        for _ in 0..20 {
            while generator
                .send(ToEngine::Column {
                    instrument: 1,
                    index: 0,
                    column: column(30),
                })
                .is_ok()
            {
                sent += 1;
            }
            for _ in 0..10 {
                rack.exchange(&mut engine);
            }
        }
        // The return ring, one in the rack's hand, and a full ring of messages unread.
        assert_eq!(sent, 2 * mailbox::CAPACITY + 1);
        let mut got = 0;
        for _ in 0..20 {
            got += returned(&mut generator).1;
            for _ in 0..10 {
                rack.exchange(&mut engine);
            }
        }
        assert_eq!(got, sent);
    }
}
