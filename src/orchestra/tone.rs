//! Notes in quarter notes, and the bars and beats that they lie in.

use crate::music::Metre;

/// Two moments nearer than this are one, quarter notes.
pub const SAME: f64 = 1e-3;

/// A note, in quarter notes from the first bar line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Where it begins.
    pub start: f64,
    /// Where it ends, after its start.
    pub end: f64,
    /// MIDI key as it sounds.
    pub key: u8,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
}

impl Tone {
    /// How long it is, quarter notes. Any thread.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.end - self.start
    }

    /// Whether it sounds at a moment. Any thread.
    #[must_use]
    pub fn sounds(&self, at: f64) -> bool {
        self.start <= at + SAME && self.end > at + SAME
    }

    /// How much of it lies in a stretch, quarter notes. Any thread.
    #[must_use]
    pub fn within(&self, from: f64, to: f64) -> f64 {
        (self.end.min(to) - self.start.max(from)).max(0.0)
    }

    /// Its pitch class, 0 (C) to 11. Any thread.
    #[must_use]
    pub fn class(&self) -> u8 {
        self.key % 12
    }
}

/// Puts notes in the order of their starts, then keys.
pub(super) fn sort(tones: &mut [Tone]) {
    tones.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.key.cmp(&b.key)));
}

/// A bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Its bar line, quarter notes.
    pub start: f64,
    /// The next one.
    pub end: f64,
    /// Its metre.
    pub metre: Metre,
}

/// A felt beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    /// Where it begins, quarter notes.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
    /// Which bar, from 0.
    pub bar: usize,
    /// Which beat of the bar, from 0.
    pub place: usize,
    /// Whether it is a strong one: the first, and the third of four.
    pub strong: bool,
}

/// Whole bars up to an end, of metres that say where they begin; 4/4 where none does. At most so many
/// bars as a day has seconds. Any thread.
#[must_use]
pub fn bars(metres: &[(f64, Metre)], end: f64) -> Vec<Bar> {
    let mut found = Vec::new();
    let mut start = 0.0;
    while (start < end - SAME || found.is_empty()) && found.len() < 86_400 {
        let said = metres.iter().rev().find(|(from, _)| *from <= start + SAME);
        let metre = said.map_or(Metre { count: 4, unit: 4 }, |(_, metre)| *metre);
        let whole = start + f64::from(metre.count.max(1)) * 4.0 / f64::from(metre.unit.max(1));
        // A bar that another metre cuts short.
        let next = metres
            .iter()
            .map(|(from, _)| *from)
            .find(|from| *from > start + SAME && *from < whole - SAME);
        let end = next.unwrap_or(whole);
        found.push(Bar { start, end, metre });
        start = end;
    }
    found
}

/// The felt beats of bars. Any thread.
#[must_use]
pub fn beats(bars: &[Bar]) -> Vec<Beat> {
    let mut found = Vec::new();
    for (number, bar) in bars.iter().enumerate() {
        // Small units of odd metres go in quarters.
        let beat = bar.metre.quarters().max(0.5);
        let (mut start, mut place) = (bar.start, 0);
        while start < bar.end - SAME {
            let end = (start + beat).min(bar.end);
            let strong = place == 0 || place == 2 && bar.metre.beats() == 4;
            found.push(Beat {
                start,
                end,
                bar: number,
                place,
                strong,
            });
            (start, place) = (end, place + 1);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_follow_their_metres() {
        let metre = |name: &str| name.parse::<Metre>().unwrap();
        let bars = bars(&[(0.0, metre("3/4")), (6.0, metre("6/8"))], 11.0);
        let starts: Vec<f64> = bars.iter().map(|bar| bar.start).collect();
        assert_eq!(starts, [0.0, 3.0, 6.0, 9.0]);
        let beats = beats(&bars);
        assert_eq!(beats.len(), 3 + 3 + 2 + 2);
        assert_eq!((beats[7].start, beats[7].place), (7.5, 1));
        assert_eq!(super::bars(&[], 0.0).len(), 1);
    }
}
