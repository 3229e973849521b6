//! Bars of a stretch of sound: which step is at which second.

use serde::{Deserialize, Serialize};

use super::Metre;
use super::part::STEPS;

/// A bar of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridBar {
    /// Its first step.
    pub step: u32,
    /// Its metre.
    pub metre: Metre,
}

/// Bars, and steps (sixteenths of the notated whole's quarter) that follow the beats of a sound.
/// Before the first beat and after the last the tempo goes on as it is there.
#[derive(Clone, Debug, PartialEq)]
pub struct BarGrid {
    /// In order; the first begins at step 0, which may lie before the sound's start.
    bars: Vec<GridBar>,
    /// Step and second of each beat, both rising; two at least.
    beats: Vec<(f64, f64)>,
}

/// Steps of a felt beat: four of a quarter note, six of a dotted one.
fn steps_a_beat(metre: Metre) -> f64 {
    metre.quarters() * f64::from(STEPS)
}

/// Steps of a bar, at least one.
fn steps_a_bar(metre: Metre) -> u32 {
    (u32::from(metre.count) * 4 * STEPS / u32::from(metre.unit)).max(1)
}

impl BarGrid {
    /// Bars of one metre through felt beats (seconds, rising, two at least) with the place of each
    /// in its bar, 0 at the downbeat. `None` for others, or where no whole bar could be. Any thread.
    #[must_use]
    pub fn new(beats: &[f64], places: &[usize], metre: Metre) -> Option<Self> {
        let bars = [(0.0, metre)];
        Self::with_bars(beats, places, &bars)
    }

    /// The same where the metre changes: `metres` says from which second on there is which, the
    /// first from the beginning.
    #[must_use]
    pub fn with_bars(beats: &[f64], places: &[usize], metres: &[(f64, Metre)]) -> Option<Self> {
        let rising = beats.windows(2).all(|pair| pair[1] > pair[0]);
        if beats.len() < 2 || beats.len() != places.len() || !rising {
            return None;
        }
        let at = |second: f64| {
            let known = metres.iter().rev().find(|(from, _)| *from <= second + 1e-6);
            known.or(metres.first()).map(|(_, metre)| *metre)
        };
        let mut bars: Vec<GridBar> = Vec::new();
        let mut placed: Vec<(f64, f64)> = Vec::new();
        let mut last = (0.0, 0);
        for (&second, &place) in beats.iter().zip(places) {
            let metre = at(second)?;
            let step = match placed.last() {
                // The pick-up belongs to a bar of its own, whose beginning isn't heard.
                None => place as f64 * steps_a_beat(metre),
                Some((before, _)) if place == 0 => {
                    // A bar that was cut short ends here.
                    (before + steps_a_beat(last_metre(&bars)?)).round()
                }
                Some(_) => last.0 + (place - last.1.min(place)).max(1) as f64 * steps_a_beat(metre),
            };
            if place == 0 || bars.is_empty() {
                let step = if bars.is_empty() { 0 } else { step as u32 };
                bars.push(GridBar { step, metre });
            }
            placed.push((step, second));
            last = (step, place);
        }
        Some(Self {
            bars,
            beats: placed,
        })
    }

    /// Its bars.
    #[must_use]
    pub fn bars(&self) -> &[GridBar] {
        &self.bars
    }

    /// Steps of all bars, the last one whole.
    #[must_use]
    pub fn steps(&self) -> u32 {
        let last = self.bars[self.bars.len() - 1];
        last.step + steps_a_bar(last.metre)
    }

    /// Where a moment lies, steps from the first bar line; negative before it. Any thread.
    #[must_use]
    pub fn step_at(&self, seconds: f64) -> f64 {
        let (from, to) = self.around(self.beats.partition_point(|beat| beat.1 <= seconds));
        from.0 + (seconds - from.1) / (to.1 - from.1) * (to.0 - from.0)
    }

    /// When a place is, seconds. Any thread.
    #[must_use]
    pub fn seconds_at(&self, step: f64) -> f64 {
        let (from, to) = self.around(self.beats.partition_point(|beat| beat.0 <= step));
        from.1 + (step - from.0) / (to.0 - from.0) * (to.1 - from.1)
    }

    /// The bar a step is in, counted from 0, and its place there. Any thread.
    #[must_use]
    pub fn bar_of(&self, step: u32) -> (usize, u32) {
        let after = self.bars.partition_point(|bar| bar.step <= step).max(1);
        let bar = self.bars[after - 1];
        // After the last bar others like it follow.
        let whole = match self.bars.get(after) {
            None => (step - bar.step) / steps_a_bar(bar.metre),
            Some(_) => 0,
        };
        let within = step - bar.step - whole * steps_a_bar(bar.metre);
        (after - 1 + whole as usize, within)
    }

    /// Where in its bar a moment lies, 0..1; `None` outside the bars. Any thread.
    #[must_use]
    pub fn place_in_bar(&self, seconds: f64) -> Option<f64> {
        let step = self.step_at(seconds);
        let whole = (0.0..f64::from(self.steps()))
            .contains(&step)
            .then_some(step)?;
        let (_, within) = self.bar_of(whole as u32);
        let bar = self.bars[self
            .bars
            .partition_point(|bar| f64::from(bar.step) <= whole)
            .max(1)
            - 1];
        Some((f64::from(within) + whole.fract()) / f64::from(steps_a_bar(bar.metre)))
    }

    /// The beats that a moment lies between, of which so many come before it.
    fn around(&self, before: usize) -> ((f64, f64), (f64, f64)) {
        let second = before.clamp(1, self.beats.len() - 1);
        (self.beats[second - 1], self.beats[second])
    }
}

fn last_metre(bars: &[GridBar]) -> Option<Metre> {
    bars.last().map(|bar| bar.metre)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metre(name: &str) -> Metre {
        name.parse().unwrap()
    }

    #[test]
    fn steps_follow_the_beats() {
        // A pick-up of one beat, and a beat that comes late.
        let beats = [0.5, 1.0, 1.5, 2.1, 2.6, 3.1];
        let places = [3, 0, 1, 2, 3, 0];
        let grid = BarGrid::new(&beats, &places, metre("4/4")).unwrap();
        let steps: Vec<u32> = grid.bars().iter().map(|bar| bar.step).collect();
        assert_eq!(steps, [0, 16, 32]);
        assert_eq!(grid.steps(), 48);
        for (second, step) in [
            (0.5, 12.0),
            (1.0, 16.0),
            (1.8, 22.0),
            (3.1, 32.0),
            (3.6, 36.0),
            (0.0, 8.0),
        ] {
            assert!(
                (grid.step_at(second) - step).abs() < 1e-9,
                "{second}: {}",
                grid.step_at(second)
            );
            assert!((grid.seconds_at(step) - second).abs() < 1e-9);
        }
        assert_eq!(grid.place_in_bar(1.25), Some(0.125));
        assert_eq!(
            (grid.place_in_bar(-2.0), grid.place_in_bar(90.0)),
            (None, None)
        );
        assert_eq!(grid.bar_of(13), (0, 13));
        assert_eq!(grid.bar_of(31), (1, 15));
        assert_eq!(grid.bar_of(32 + 17), (3, 1));
    }

    #[test]
    fn beats_of_compound_metres_have_six_steps_and_metres_change() {
        let grid = BarGrid::new(&[0.0, 0.6, 1.2], &[0, 1, 0], metre("6/8")).unwrap();
        assert_eq!(grid.step_at(1.2), 12.0);
        let beats: Vec<f64> = (0..9).map(|beat| f64::from(beat) * 0.25).collect();
        let places = [0, 1, 2, 3, 4, 5, 6, 0, 1];
        let metres = [(0.0, metre("7/8")), (1.75, metre("4/4"))];
        let grid = BarGrid::with_bars(&beats, &places, &metres).unwrap();
        assert_eq!(grid.bars()[1].step, 14);
        assert_eq!(grid.step_at(1.75), 14.0);
        assert_eq!(grid.step_at(2.0), 18.0);
    }

    #[test]
    fn there_is_no_grid_without_beats() {
        for (beats, places) in [
            (&[][..], &[][..]),
            (&[1.0], &[0]),
            (&[1.0, 1.0], &[0, 1]),
            (&[0.0, 1.0], &[0]),
        ] {
            assert_eq!(BarGrid::new(beats, places, metre("4/4")), None, "{beats:?}");
        }
    }
}
