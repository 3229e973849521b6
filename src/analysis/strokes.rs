//! From likelihoods of drum strokes, frame by frame, to the strokes.

use serde::{Deserialize, Serialize};

use crate::music::Piece;

const PIECES: usize = Piece::ALL.len();
/// Frames within which one piece is struck once.
const APART: usize = 4;

/// A stroke as it was heard.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// What is struck.
    pub piece: Piece,
    /// When, seconds from the start of the sound.
    pub start: f64,
    /// MIDI velocity, 1..=127.
    pub velocity: u8,
}

/// How surely each piece is struck at each frame, as a model hears it.
#[derive(Clone, Debug)]
pub struct Strikes {
    frames_a_second: f64,
    thresholds: [f32; PIECES],
    onsets: Vec<[f32; PIECES]>,
    velocities: Vec<[f32; PIECES]>,
}

impl Strikes {
    /// None yet. `thresholds`: how surely a piece must be struck to count, 0..=1, in the order of
    /// [`Piece::ALL`]. Any thread but audio.
    #[must_use]
    pub fn new(frames_a_second: f64, thresholds: [f32; PIECES]) -> Self {
        Self {
            frames_a_second,
            thresholds,
            onsets: Vec::new(),
            velocities: Vec::new(),
        }
    }

    /// Adds a frame: how surely each piece is struck, and how hard it would be, both 0..=1. Any
    /// thread but audio.
    pub fn push(&mut self, onsets: [f32; PIECES], velocities: [f32; PIECES]) {
        self.onsets.push(onsets);
        self.velocities.push(velocities);
    }

    /// The strokes, sorted by time: each a peak of its piece, placed between frames by the parabola
    /// through it and its neighbours. Any thread but audio.
    #[must_use]
    pub fn strokes(&self) -> Vec<Stroke> {
        let mut found = Vec::new();
        for (index, piece) in Piece::ALL.into_iter().enumerate() {
            let at = |frame: usize| self.onsets.get(frame).map_or(0.0, |row| row[index]);
            let mut last = None;
            for frame in 0..self.onsets.len() {
                let here = at(frame);
                let around = frame.saturating_sub(APART)..=frame + APART;
                let too_soon = last.is_some_and(|last| frame - last <= APART);
                if here < self.thresholds[index] || too_soon || around.map(at).any(|x| x > here) {
                    continue;
                }
                last = Some(frame);
                let before = frame.checked_sub(1).map_or(0.0, at);
                let bend = before - 2.0 * here + at(frame + 1);
                let shift = if bend < -1e-6 {
                    (0.5 * (before - at(frame + 1)) / bend).clamp(-0.5, 0.5)
                } else {
                    0.0
                };
                let velocity = self.velocities[frame][index] * 127.0;
                found.push(Stroke {
                    piece,
                    start: ((frame as f64 + f64::from(shift)) / self.frames_a_second).max(0.0),
                    velocity: velocity.round().clamp(1.0, 127.0) as u8,
                });
            }
        }
        found.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.piece.cmp(&b.piece)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_one_stroke_between_frames() {
        let mut strikes = Strikes::new(100.0, [0.5; PIECES]);
        for (kick, snare) in [
            (0.0, 0.4),
            (0.6, 0.45),
            (0.8, 0.4),
            (0.7, 0.0),
            (0.1, 0.0),
            (0.0, 0.0),
            (0.6, 0.9),
            (0.6, 0.0),
        ] {
            let mut onsets = [0.0; PIECES];
            (onsets[0], onsets[1]) = (kick, snare);
            strikes.push(onsets, [0.25; PIECES]);
        }
        let found: Vec<_> = strikes
            .strokes()
            .iter()
            .map(|stroke| {
                (
                    stroke.piece,
                    (stroke.start * 1000.0).round(),
                    stroke.velocity,
                )
            })
            .collect();
        // The second kick is too near, and only the snare that is sure counts.
        let wanted = [(Piece::Kick, 22.0, 32), (Piece::Snare, 60.0, 32)];
        assert_eq!(found, wanted);
    }
}
