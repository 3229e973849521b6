//! Instruments that serve new notes once their sound is called for: what is heard changes together with
//! what calls for it.

use super::Rack;
use crate::instrument::zone::SampledInstrument;

/// What came of calling for a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// It isn't here with all that was asked for.
    NotYet,
    /// New notes play it already.
    Plays,
    /// From now on they do.
    Comes,
}

impl Rack {
    /// One whose instruments serve new notes once they are called for.
    pub fn by_call(self) -> Rack {
        Rack {
            by_call: true,
            ..self
        }
    }

    /// New notes play the newest rendering of a sound that has all these keys (bit *k* is MIDI key
    /// *k*) as far as the sound has them at all; whether there is one, and whether that is news.
    /// Otherwise they play what they did.
    pub fn call(&mut self, sound: u64, keys: u128) -> Called {
        let has = |instrument: &SampledInstrument| {
            let mut places = instrument.key_to_column.iter().enumerate();
            places.all(|(key, place)| {
                let column = place.and_then(|place| instrument.columns.get(usize::from(place)));
                keys >> key & 1 == 0 || column.is_none_or(Option::is_some)
            })
        };
        let held = self.places.iter().enumerate();
        let newest = held
            .filter_map(|(place, held)| Some((held.as_ref()?, place)))
            .filter(|(held, _)| held.instrument.sound == sound)
            .filter(|(held, place)| *place == self.current || has(&held.instrument))
            .max_by_key(|(held, _)| held.arrival);
        match newest {
            None => Called::NotYet,
            Some((held, place)) if place == self.current => {
                if has(&held.instrument) {
                    Called::Plays
                } else {
                    Called::NotYet
                }
            }
            Some((_, place)) => {
                self.current = place;
                Called::Comes
            }
        }
    }

    /// The place of the newest instrument where it waits to be called for.
    pub(super) fn awaiting(&self) -> Option<usize> {
        let places = self.places.iter().enumerate();
        let newest = places
            .filter_map(|(i, place)| Some((place.as_ref()?.arrival, i)))
            .max();
        newest
            .map(|(_, place)| place)
            .filter(|place| self.by_call && *place != self.current)
    }
}
