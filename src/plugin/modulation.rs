//! Polyphonic modulation (CLAP): offsets of Level and Tone for single notes.
//!
//! The host sends an offset in normalised units from the parameter's present value. The engine
//! takes a factor (Level) and octaves (Tone) on top of the parameter, and both depend on where the
//! parameter stands, so offsets are remembered per note and sent again when it moves.

use nice_plug::prelude::*;

use crate::engine::{Expression, MAX_VOICES, NoteAddress, NoteEvent as EngineEvent};
use crate::params::{ConsortParams, MODULATE_LEVEL, MODULATE_TONE};

/// Notes whose offsets are remembered; more than can sound.
const NOTES: usize = MAX_VOICES;

/// One parameter's offset for one note.
#[derive(Clone, Copy)]
struct Offset {
    note_id: i32,
    param: u32,
    normalized: f32,
}

/// The offsets of all notes that sound. Audio thread.
pub struct Modulation {
    offsets: Vec<Offset>,
}

impl Default for Modulation {
    fn default() -> Self {
        Self {
            offsets: Vec::with_capacity(2 * NOTES),
        }
    }
}

impl Modulation {
    /// Remembers an offset and returns what the engine is to be told. `None`: no such parameter.
    pub fn set(
        &mut self,
        params: &ConsortParams,
        note_id: i32,
        param: u32,
        normalized: f32,
    ) -> Option<EngineEvent> {
        let offset = Offset {
            note_id,
            param,
            normalized,
        };
        let room = self.offsets.len() < self.offsets.capacity();
        let known = self
            .offsets
            .iter_mut()
            .find(|known| known.note_id == note_id && known.param == param);
        match known {
            Some(known) => *known = offset,
            // A full list means a host that never lets notes end: the offset still acts now.
            None if room => self.offsets.push(offset),
            None => {}
        }
        event(params, &offset)
    }

    /// What to tell the engine now that a parameter has moved.
    pub fn moved<'a>(
        &'a self,
        params: &'a ConsortParams,
        param: u32,
    ) -> impl Iterator<Item = EngineEvent> + 'a {
        self.offsets
            .iter()
            .filter(move |offset| offset.param == param)
            .filter_map(|offset| event(params, offset))
    }

    /// Forgets a note that has ended.
    pub fn forget(&mut self, note_id: i32) {
        self.offsets.retain(|offset| offset.note_id != note_id);
    }

    /// Forgets all notes.
    pub fn clear(&mut self) {
        self.offsets.clear();
    }
}

fn event(params: &ConsortParams, offset: &Offset) -> Option<EngineEvent> {
    let expression = match offset.param {
        MODULATE_LEVEL => {
            let level = params.level.preview_modulated(offset.normalized);
            Expression::Level(level / params.level.value())
        }
        MODULATE_TONE => {
            let hz = params.tone.preview_modulated(offset.normalized);
            Expression::ToneOctaves((hz / params.tone.value()).log2())
        }
        _ => return None,
    };
    Some(EngineEvent::Expression {
        note: NoteAddress {
            note_id: Some(offset.note_id),
            ..NoteAddress::default()
        },
        expression,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_in_the_parameters_own_scale() {
        let params = ConsortParams::default();
        let mut modulation = Modulation::default();
        let Some(EngineEvent::Expression { note, expression }) =
            modulation.set(&params, 7, MODULATE_TONE, -0.5)
        else {
            panic!("Tone can be modulated");
        };
        assert_eq!(note.note_id, Some(7));
        let wanted = (params.tone.preview_plain(0.5) / params.tone.value()).log2();
        assert_eq!(expression, Expression::ToneOctaves(wanted));
        assert!(wanted < -1.0);
        assert!(modulation.set(&params, 7, 99, 0.1).is_none());
    }

    #[test]
    fn notes_are_remembered_until_they_end() {
        let params = ConsortParams::default();
        let mut modulation = Modulation::default();
        for note in 0..1000 {
            modulation.set(&params, note, MODULATE_LEVEL, 0.1);
        }
        assert_eq!(modulation.moved(&params, MODULATE_LEVEL).count(), 2 * NOTES);
        modulation.forget(3);
        assert_eq!(
            modulation.moved(&params, MODULATE_LEVEL).count(),
            2 * NOTES - 1
        );
        assert_eq!(modulation.moved(&params, MODULATE_TONE).count(), 0);
        modulation.clear();
        assert_eq!(modulation.moved(&params, MODULATE_LEVEL).count(), 0);
    }
}
