//! Columns that others have replaced, kept for the voices that still fade out of them.

use super::mailbox::FromEngine;
use crate::instrument::zone::Column;

/// Columns kept at once; their voices fade out within hundredths of a second.
const PLACES: usize = 8;

struct Kept {
    column: Box<Column>,
    sample_rate: f32,
    voices: u32,
}

/// See the module.
pub struct Retired {
    places: [Option<Kept>; PLACES],
}

impl Retired {
    pub const NONE: Retired = Retired {
        places: [const { None }; PLACES],
    };

    /// Whether one more can be kept.
    pub fn has_room(&self) -> bool {
        self.places.iter().any(Option::is_none)
    }

    /// Keeps a column; returns its place, or the column when there is none.
    pub fn keep(&mut self, column: Box<Column>, sample_rate: f32) -> Result<u8, Box<Column>> {
        match self.places.iter().position(Option::is_none) {
            Some(free) => {
                self.places[free] = Some(Kept {
                    column,
                    sample_rate,
                    voices: 0,
                });
                Ok(free as u8)
            }
            None => Err(column),
        }
    }

    /// The column of a place, and its sample rate.
    pub fn column(&self, place: usize) -> Option<(&Column, f32)> {
        let kept = self.places.get(place)?.as_ref()?;
        Some((&kept.column, kept.sample_rate))
    }

    /// The voices of a place.
    pub fn voices(&mut self, place: usize) -> Option<&mut u32> {
        Some(&mut self.places.get_mut(place)?.as_mut()?.voices)
    }

    /// Gives back what no voice plays; whether there was room for all of it.
    pub fn give_back(&mut self, returns: &mut rtrb::Producer<FromEngine>) -> bool {
        for place in &mut self.places {
            if place.as_ref().is_none_or(|kept| kept.voices > 0) {
                continue;
            }
            if returns.is_full() {
                return false;
            }
            if let Some(kept) = place.take() {
                // There is room: this end alone fills the ring.
                let _ = returns.push(FromEngine::Column(kept.column));
            }
        }
        true
    }
}
