//! Changes of a part's notes. All leave what they don't change as it is, to the last bit.

use super::part::{GridNote, Part};

/// Largest change of a velocity, and of an offset (steps), by chance.
const HUMAN_VELOCITY: f32 = 16.0;
const HUMAN_OFFSET: f32 = 0.2;
/// How late the second of two eighths is in triplets, steps.
const TRIPLET: f32 = 2.0 / 3.0;
/// Where second eighths lie in a beat, straight or swung, steps.
const SECOND_EIGHTH: std::ops::Range<f32> = 1.6..2.9;

impl Part {
    /// The note at a step and key. Any thread.
    #[must_use]
    pub fn note_at(&self, step: u32, key: u8) -> Option<&GridNote> {
        self.notes
            .iter()
            .find(|note| (note.step, note.key) == (step, key))
    }

    /// Takes the note at a step and key away, or puts one there. Any thread.
    pub fn toggle(&mut self, step: u32, key: u8, velocity: u8) {
        let before = self.notes.len();
        self.notes
            .retain(|note| (note.step, note.key) != (step, key));
        if self.notes.len() == before {
            self.notes.push(GridNote {
                step,
                offset: 0.0,
                length: 1.0,
                key,
                velocity: velocity.clamp(1, 127),
            });
            self.sort();
        }
    }

    /// Changes the note at a step and key. Any thread.
    pub fn change(&mut self, step: u32, key: u8, change: impl Fn(&mut GridNote)) {
        let notes = self.notes.iter_mut();
        notes
            .filter(|note| (note.step, note.key) == (step, key))
            .for_each(change);
        self.sort();
    }

    /// Moves notes this share (0..=1) of the way to their steps. Any thread.
    pub fn quantise(&mut self, amount: f32) {
        let left = 1.0 - amount.clamp(0.0, 1.0);
        self.notes.iter_mut().for_each(|note| note.offset *= left);
        self.sort();
    }

    /// Puts second eighths of a beat (of four steps) between straight (0) and triplets (1); sixteenths
    /// stay. Any thread.
    pub fn swing(&mut self, amount: f32) {
        for note in &mut self.notes {
            let start = note.start() as f32;
            let beat = (start / 4.0).floor() * 4.0;
            // A swung eighth lies at 2.67 steps, and belongs to the third.
            if SECOND_EIGHTH.contains(&(start - beat)) {
                let place = beat + 2.0 + TRIPLET * amount.clamp(0.0, 1.0);
                note.step = place.round() as u32;
                note.offset = place - place.round();
            }
        }
        self.sort();
        // Of an even and a late one one is left.
        self.notes
            .dedup_by(|a, b| a.key == b.key && (a.start() - b.start()).abs() < 0.01);
    }

    /// Moves notes and their velocities by chance. Any thread.
    pub fn humanise(&mut self, amount: f32, seed: u64) {
        let amount = amount.clamp(0.0, 1.0);
        let mut state = seed | 1;
        let mut chance = || {
            // xorshift64* (Vigna, 2016), −1..1.
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1 << 23) as f32 - 1.0
        };
        for note in &mut self.notes {
            let velocity = f32::from(note.velocity) + chance() * amount * HUMAN_VELOCITY;
            note.velocity = velocity.round().clamp(1.0, 127.0) as u8;
            note.offset = (note.offset + chance() * amount * HUMAN_OFFSET).clamp(-0.5, 0.5);
        }
        self.sort();
    }

    fn sort(&mut self) {
        let sorted = Self::new(self.kind, std::mem::take(&mut self.notes));
        *self = sorted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eighths() -> Part {
        let note = |step| GridNote {
            step,
            offset: 0.0,
            length: 1.0,
            key: 42,
            velocity: 80,
        };
        Part::new(None, (0..8).map(|eighth| note(2 * eighth)).collect())
    }

    #[test]
    fn notes_come_and_go() {
        let mut part = eighths();
        part.toggle(4, 42, 90);
        assert_eq!((part.notes.len(), part.note_at(4, 42)), (7, None));
        part.toggle(4, 38, 200);
        assert_eq!(part.note_at(4, 38).map(|note| note.velocity), Some(127));
        part.change(4, 38, |note| note.velocity = 5);
        assert_eq!(part.note_at(4, 38).map(|note| note.velocity), Some(5));
        assert!(
            part.notes
                .windows(2)
                .all(|pair| pair[0].start() <= pair[1].start())
        );
    }

    #[test]
    fn eighths_swing_and_become_straight_again() {
        let mut part = eighths();
        part.swing(1.0);
        let starts: Vec<f64> = part.notes.iter().map(GridNote::start).collect();
        for (note, start) in starts.iter().enumerate() {
            let wanted = (note / 2 * 4) as f64 + if note % 2 == 1 { 8.0 / 3.0 } else { 0.0 };
            assert!((start - wanted).abs() < 1e-5, "{note}: {start}");
        }
        part.swing(0.0);
        assert_eq!(part, eighths());
        // A sixteenth after the second eighth stays one.
        part.toggle(3, 42, 80);
        part.swing(1.0);
        assert_eq!(part.notes.len(), 9);
        part.swing(0.0);
        assert!(part.note_at(2, 42).is_some() && part.note_at(3, 42).is_some());
    }

    #[test]
    fn chance_moves_a_little_and_quantising_moves_back() {
        let mut part = eighths();
        part.humanise(1.0, 7);
        let moved = part.notes.iter().filter(|note| note.offset != 0.0).count();
        assert!(moved >= 7 && part.notes.iter().all(|note| note.offset.abs() <= 0.2));
        let loudness: Vec<u8> = part.notes.iter().map(|note| note.velocity).collect();
        assert!(loudness.iter().any(|v| *v != 80) && loudness.iter().all(|v| v.abs_diff(80) <= 16));
        let mut same = eighths();
        same.humanise(1.0, 7);
        assert_eq!(same, part);
        part.quantise(1.0);
        assert!(part.notes.iter().all(|note| note.offset == 0.0));
    }
}
