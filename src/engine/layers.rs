//! Which layers of a column a voice plays, how loud each, and how they die away.

use super::TICK;
use super::goals::OCTAVES_PER_DB;
use super::reader::Sound;
use crate::instrument::zone::{Column, Layer};

/// Two layers that sound together, or one.
#[derive(Clone, Copy)]
pub struct Layers {
    /// Which of the column's strokes: 0 the first, then its further takes.
    take: u8,
    indices: [u8; 2],
    one: bool,
    weights: [f32; 2],
    /// Where the decay in the loop has brought them, and what it does to them each tick.
    decays: [f32; 2],
    decay_per_tick: [f32; 2],
    /// Seconds in which a release falls by 60 dB.
    pub release_s: f32,
}

impl Layers {
    /// Silent ones.
    pub const NONE: Layers = Layers {
        take: 0,
        indices: [0; 2],
        one: true,
        weights: [0.0; 2],
        decays: [1.0; 2],
        decay_per_tick: [1.0; 2],
        release_s: 0.0,
    };

    /// Those that sound at a velocity (1..=127), at the stroke of this number: a column's takes follow each other.
    pub fn new(column: &Column, velocity: f32, stroke: u32, sample_rate: f32) -> Layers {
        let (indices, weights) = mix(&column.layers, velocity);
        let each = |value: fn(&Layer) -> f32| {
            indices.map(|index| {
                let value = column.layers.get(usize::from(index)).map_or(0.0, value);
                if value.is_finite() { value } else { 0.0 }
            })
        };
        let decay_per_tick = each(|layer| layer.loop_decay_db_per_s).map(|db_per_s| {
            let db = db_per_s.clamp(0.0, 1000.0) * TICK as f32 / sample_rate;
            (-db * OCTAVES_PER_DB).exp2()
        });
        let [lower, upper] = each(|layer| layer.release_s);
        let release = (lower * weights[0] + upper * weights[1]) / (weights[0] + weights[1]);
        Layers {
            take: (stroke % (column.takes.len() as u32 + 1)) as u8,
            indices,
            one: weights[1] == 0.0,
            weights,
            decays: [1.0; 2],
            decay_per_tick,
            release_s: release,
        }
    }

    /// Their gains now.
    pub fn gains(&self) -> [f32; 2] {
        [
            self.weights[0] * self.decays[0],
            self.weights[1] * self.decays[1],
        ]
    }

    /// The same, some ticks of the loop later.
    pub fn after(mut self, ticks: u64) -> Layers {
        for (decay, factor) in self.decays.iter_mut().zip(self.decay_per_tick) {
            *decay = factor.powi(ticks.min(i32::MAX as u64) as i32);
        }
        self
    }

    /// A tick of the loop has passed.
    pub fn decay(&mut self) {
        for (decay, factor) in self.decays.iter_mut().zip(self.decay_per_tick) {
            *decay *= factor;
        }
    }

    /// What there is to read.
    pub fn sound<'a>(&self, column: &'a Column) -> Sound<'a> {
        let further = usize::from(self.take)
            .checked_sub(1)
            .and_then(|take| column.takes.get(take));
        let frames = |index: u8| {
            let first = column
                .layers
                .get(usize::from(index))
                .map(|layer| &layer.frames);
            let frames = further
                .and_then(|take| take.get(usize::from(index)))
                .or(first);
            frames.map_or(&[][..], |frames| frames)
        };
        let [lower, upper] = self.indices;
        let loop_frames = column
            .loop_frames
            .map(|(start, end)| (start as usize, end as usize));
        let upper = if self.one { &[] } else { frames(upper) };
        Sound {
            lower: frames(lower),
            upper,
            loop_frames,
        }
    }
}

/// A linear cross-fade, which for sounds in phase changes the level steadily. Below the softest
/// layer, that fades towards silence.
fn mix(layers: &[Layer], velocity: f32) -> ([u8; 2], [f32; 2]) {
    let of = |index: usize| {
        layers
            .get(index)
            .map_or(velocity, |layer| f32::from(layer.velocity))
    };
    let last = layers.len().saturating_sub(1);
    match layers
        .iter()
        .position(|layer| f32::from(layer.velocity) > velocity)
    {
        None => ([last as u8; 2], [1.0, 0.0]),
        Some(0) => ([0, 0], [velocity / of(0), 0.0]),
        Some(upper) => {
            let lower = upper - 1;
            let share = (velocity - of(lower)) / (of(upper) - of(lower));
            ([lower as u8, upper as u8], [1.0 - share, share])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(velocities: &[u8]) -> Vec<Layer> {
        let layer = |&velocity| Layer {
            velocity,
            frames: vec![[0.0; 2]; 4],
            loop_decay_db_per_s: 0.0,
            release_s: 0.1,
        };
        velocities.iter().map(layer).collect()
    }

    #[test]
    fn neighbours_share_and_ends_stand_alone() {
        let three = layers(&[40, 80, 120]);
        assert_eq!(mix(&three, 20.0), ([0, 0], [0.5, 0.0]));
        assert_eq!(mix(&three, 40.0), ([0, 1], [1.0, 0.0]));
        assert_eq!(mix(&three, 50.0), ([0, 1], [0.75, 0.25]));
        assert_eq!(mix(&three, 120.0), ([2, 2], [1.0, 0.0]));
        assert_eq!(mix(&three, 127.0), ([2, 2], [1.0, 0.0]));
        assert_eq!(mix(&layers(&[100]), 127.0), ([0, 0], [1.0, 0.0]));
    }

    #[test]
    fn equal_and_unordered_velocities_stay_in_bounds() {
        for velocities in [&[64, 64][..], &[100, 20, 60], &[127, 1], &[0, 0]] {
            for velocity in 1..=127 {
                let (indices, weights) = mix(&layers(velocities), velocity as f32);
                assert!(
                    indices
                        .iter()
                        .all(|index| usize::from(*index) < velocities.len())
                );
                assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
            }
        }
    }
}
