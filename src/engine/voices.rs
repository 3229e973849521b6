//! All voices: who starts, who must give way, who has ended.

use super::rack::{Rack, Replaced};
use super::voice::Voice;
use super::{MAX_VOICES, NoteAddress};

/// Slots: every voice may be stolen at once and still fade out beside its successor.
const SLOTS: usize = 2 * MAX_VOICES;

/// See the module.
pub struct Voices {
    slots: Box<[Voice; SLOTS]>,
    /// All slots; the first `count` are in use, in order of their note-ons: voices are always
    /// mixed in this order, so that the sum of floats is the same however time is cut into blocks.
    order: [u16; SLOTS],
    count: usize,
    releases: u64,
}

impl Voices {
    /// All at rest.
    pub fn new() -> Voices {
        Voices {
            slots: Box::new([Voice::IDLE; SLOTS]),
            order: std::array::from_fn(|slot| slot as u16),
            count: 0,
            releases: 0,
        }
    }

    /// Silence at once.
    pub fn clear(&mut self) {
        self.slots.fill(Voice::IDLE);
        self.count = 0;
    }

    /// All that sound, in order of their note-ons.
    pub fn for_each(&mut self, mut act: impl FnMut(&mut Voice)) {
        for &slot in &self.order[..self.count] {
            if let Some(voice) = self.slots.get_mut(usize::from(slot)) {
                act(voice);
            }
        }
    }

    /// Those of the voices that an address means and that aren't on their way out.
    pub fn for_each_at(&mut self, address: &NoteAddress, mut act: impl FnMut(&mut Voice)) {
        self.for_each(|voice| {
            if !voice.is_fading() && voice.note.is_at(address) {
                act(voice);
            }
        });
    }

    /// All in use, those that fade out included.
    pub fn in_use(&self) -> usize {
        self.count
    }

    /// Those that count for [`MAX_VOICES`].
    pub fn sounding(&self) -> usize {
        self.in_order().filter(|voice| !voice.is_fading()).count()
    }

    /// Bit *k* is set while key *k* sounds and isn't on its way out.
    pub fn keys(&self) -> u128 {
        let sounding = self.in_order().filter(|voice| !voice.is_fading());
        sounding.fold(0, |keys, voice| keys | 1 << (voice.note.key & 127))
    }

    /// A number for the next release.
    pub fn next_release(&mut self) -> u64 {
        self.releases += 1;
        self.releases
    }

    /// Adds a voice, at the cost of another if there are too many. Returns a voice that had to be
    /// cut off at once, if it came to that.
    pub fn add(&mut self, voice: Voice) -> Option<Voice> {
        if let Some(victim) = self.victim() {
            self.slots[victim].fade();
        }
        let mut cut = None;
        if self.count == SLOTS {
            // Only when all voices are stolen twice within a fade: the oldest fade is cut.
            let oldest = self.in_order().position(Voice::is_fading).unwrap_or(0);
            cut = Some(self.slots[usize::from(self.order[oldest])]);
            self.free(oldest);
        }
        self.slots[usize::from(self.order[self.count])] = voice;
        self.count += 1;
        cut
    }

    /// Voices of a column that was replaced cross over to its successor, each in its own place of
    /// the order. `cut` is told of those that
    /// can't fade out because there are too many at once.
    pub fn cross_over(
        &mut self,
        replaced: &Replaced,
        rack: &mut Rack,
        phase: usize,
        sample_rate: f32,
        mut cut: impl FnMut(&Voice),
    ) {
        for i in 0..self.count {
            let slot = usize::from(self.order[i]);
            let voice = &mut self.slots[slot];
            if voice.sound != replaced.now {
                continue;
            }
            let (Some((from, _)), Some((to, _))) =
                (rack.column(replaced.before), rack.column(replaced.now))
            else {
                continue;
            };
            let mut before = *voice;
            before.sound = replaced.before;
            let successor = if before.is_fading() {
                None
            } else {
                before.move_on(from, to, phase, sample_rate)
            };
            rack.take(replaced.before);
            match successor {
                None => {
                    *voice = before;
                    rack.leave(replaced.now);
                }
                Some(successor) => {
                    *voice = successor;
                    voice.sound = replaced.now;
                    if self.count < SLOTS {
                        self.slots[usize::from(self.order[self.count])] = before;
                        self.count += 1;
                    } else {
                        rack.leave(replaced.before);
                        cut(&before);
                    }
                }
            }
        }
    }

    /// Takes out all voices that have ended, keeping the order of the others.
    pub fn remove_ended(&mut self, mut ended: impl FnMut(&Voice)) {
        let mut i = 0;
        while i < self.count {
            let voice = &self.slots[usize::from(self.order[i])];
            if voice.ended {
                ended(voice);
                self.free(i);
            } else {
                i += 1;
            }
        }
    }

    /// Frees the slot at a place in the order.
    fn free(&mut self, at: usize) {
        self.order[at..self.count].rotate_left(1);
        self.count -= 1;
    }

    fn in_order(&self) -> impl Iterator<Item = &Voice> {
        let active = self.order[..self.count].iter();
        active.map(|&slot| &self.slots[usize::from(slot)])
    }

    /// If there are too many, the slot of the voice that is missed least: the one released first; if none
    /// is, of the older half of the voices (those that only a pedal holds, if there are any) the quietest,
    /// and of equals the oldest. New voices are spared: a slow attack is quiet too.
    fn victim(&self) -> Option<usize> {
        // In one go: thousands of notes in a block come by here.
        let (mut count, mut by_pedal) = (0, 0);
        let mut released: Option<(u64, usize)> = None;
        for (slot, voice) in self.sounding_slots() {
            count += 1;
            by_pedal += usize::from(!voice.key_down);
            if voice.is_released() && released.is_none_or(|(first, _)| voice.release_order < first)
            {
                released = Some((voice.release_order, slot));
            }
        }
        if count < MAX_VOICES {
            return None;
        }
        if let Some((_, slot)) = released {
            return Some(slot);
        }
        let candidates = if by_pedal > 0 { by_pedal } else { count };
        self.sounding_slots()
            .filter(|(_, voice)| by_pedal == 0 || !voice.key_down)
            .take(candidates.div_ceil(2))
            .min_by(|(_, a), (_, b)| a.loudness.total_cmp(&b.loudness))
            .map(|(slot, _)| slot)
    }

    /// Those that count, in order, with their slots.
    fn sounding_slots(&self) -> impl Iterator<Item = (usize, &Voice)> {
        let active = self.order[..self.count].iter();
        active
            .map(|&slot| (usize::from(slot), &self.slots[usize::from(slot)]))
            .filter(|(_, voice)| !voice.is_fading())
    }
}
