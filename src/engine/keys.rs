//! Which keys are down, and which of them still wait for their sound.

use super::{NoteAddress, channel::CHANNELS};

/// A note as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// The host's id.
    pub note_id: Option<i32>,
    /// 0..=15.
    pub channel: u8,
    /// 0..=127.
    pub key: u8,
    /// 0..=1.
    pub velocity: f32,
}

impl Note {
    /// Whether an address means this note.
    pub fn is_at(&self, address: &NoteAddress) -> bool {
        fn fits<T: PartialEq>(asked: Option<T>, own: Option<T>) -> bool {
            asked.is_none() || own.is_none() || asked == own
        }
        fits(address.note_id, self.note_id)
            && fits(address.channel, Some(self.channel))
            && fits(address.key, Some(self.key))
    }
}

/// Keys that are down, for the editor.
#[derive(Clone)]
pub struct HeldKeys {
    /// For each key, a bit for each channel on which it is down.
    channels: [u16; 128],
}

impl HeldKeys {
    /// No key is down.
    pub const NONE: HeldKeys = HeldKeys { channels: [0; 128] };

    /// A key goes down.
    pub fn press(&mut self, channel: u8, key: u8) {
        self.channels[usize::from(key) % 128] |= 1 << (usize::from(channel) % CHANNELS);
    }

    /// Keys go up.
    pub fn lift(&mut self, address: &NoteAddress) {
        let kept = match address.channel {
            Some(channel) => !(1u16 << (usize::from(channel) % CHANNELS)),
            None => 0,
        };
        for (key, channels) in self.channels.iter_mut().enumerate() {
            if address.key.is_none_or(|asked| usize::from(asked) == key) {
                *channels &= kept;
            }
        }
    }

    /// Bit *k* is set while key *k* is down.
    pub fn bits(&self) -> u128 {
        let bit = |(key, channels): (usize, &u16)| u128::from(*channels != 0) << key;
        self.channels
            .iter()
            .enumerate()
            .map(bit)
            .fold(0, |all, bit| all | bit)
    }
}

/// Notes whose key is held and whose sound is still being made, in order of their note-ons.
pub struct Waiting {
    notes: [Option<Note>; Waiting::CAPACITY],
}

impl Waiting {
    /// As many as there are keys; one more and the first is forgotten.
    const CAPACITY: usize = 128;
    /// Nobody waits.
    pub const NONE: Waiting = Waiting {
        notes: [None; Waiting::CAPACITY],
    };

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.notes[0].is_none()
    }

    /// One more waits.
    pub fn add(&mut self, note: Note) {
        let free = self.notes.iter().position(Option::is_none);
        let place = free.unwrap_or_else(|| {
            self.notes.rotate_left(1);
            Self::CAPACITY - 1
        });
        self.notes[place] = Some(note);
    }

    /// Those for which `stays` says no leave.
    pub fn retain(&mut self, mut stays: impl FnMut(&Note) -> bool) {
        let mut kept = 0;
        for i in 0..Self::CAPACITY {
            let Some(note) = self.notes[i].take() else {
                break; // the rest is empty too
            };
            if stays(&note) {
                self.notes[kept] = Some(note);
                kept += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: Note = Note {
        note_id: Some(7),
        channel: 2,
        key: 60,
        velocity: 1.0,
    };

    #[test]
    fn addresses_match_by_what_both_sides_know() {
        let address = |note_id, channel, key| NoteAddress {
            note_id,
            channel,
            key,
        };
        assert!(NOTE.is_at(&address(None, None, None)));
        assert!(NOTE.is_at(&address(Some(7), None, Some(60))));
        assert!(!NOTE.is_at(&address(Some(8), Some(2), Some(60))));
        assert!(!NOTE.is_at(&address(None, Some(1), Some(60))));
        let nameless = Note {
            note_id: None,
            ..NOTE
        };
        assert!(nameless.is_at(&address(Some(8), Some(2), Some(60))));
    }

    #[test]
    fn a_key_is_down_until_its_last_channel_lifts_it() {
        let mut held = HeldKeys::NONE;
        held.press(0, 60);
        held.press(1, 60);
        held.press(1, 127);
        held.lift(&NoteAddress {
            channel: Some(0),
            key: Some(60),
            ..NoteAddress::default()
        });
        assert_eq!(held.bits(), 1 << 60 | 1 << 127);
        held.lift(&NoteAddress {
            channel: Some(1),
            ..NoteAddress::default()
        });
        assert_eq!(held.bits(), 0);
    }

    #[test]
    fn the_first_of_too_many_is_forgotten() {
        let mut waiting = Waiting::NONE;
        for key in 0..=128u8 {
            waiting.add(Note { key, ..NOTE });
        }
        let mut keys = Vec::new();
        waiting.retain(|note| {
            keys.push(note.key);
            note.key % 2 == 0
        });
        assert_eq!(keys, (1..=128).collect::<Vec<u8>>());
        let mut left = 0;
        waiting.retain(|_| {
            left += 1;
            false
        });
        assert_eq!(left, 64);
        assert!(waiting.is_empty());
    }
}
