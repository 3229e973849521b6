//! Notes that have ended and of which the host doesn't know yet.

use super::EndedNote;
use super::keys::Note;

/// As many as can end in a block of reasonable length; the oldest are forgotten.
const CAPACITY: usize = 256;

/// A queue that forgets its oldest when it is full.
pub struct Ended {
    notes: [EndedNote; CAPACITY],
    first: usize,
    count: usize,
}

impl Ended {
    pub fn new() -> Ended {
        let none = EndedNote {
            note_id: None,
            channel: 0,
            key: 0,
        };
        Ended {
            notes: [none; CAPACITY],
            first: 0,
            count: 0,
        }
    }

    pub fn push(&mut self, note: &Note) {
        let Note {
            note_id,
            channel,
            key,
            ..
        } = *note;
        self.notes[(self.first + self.count) % CAPACITY] = EndedNote {
            note_id,
            channel,
            key,
        };
        if self.count < CAPACITY {
            self.count += 1;
        } else {
            self.first = (self.first + 1) % CAPACITY;
        }
    }

    pub fn pop(&mut self) -> Option<EndedNote> {
        if self.count == 0 {
            return None;
        }
        let note = self.notes[self.first];
        self.first = (self.first + 1) % CAPACITY;
        self.count -= 1;
        Some(note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_in_order() {
        let mut ended = Ended::new();
        for id in 0..300 {
            ended.push(&Note {
                note_id: Some(id),
                channel: 0,
                key: 0,
                velocity: 0.0,
            });
        }
        let ids: Vec<_> = std::iter::from_fn(|| ended.pop())
            .map(|note| note.note_id.unwrap())
            .collect();
        assert_eq!(ids, (44..300).collect::<Vec<i32>>());
    }
}
