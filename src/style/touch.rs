//! How hard and how exactly: people strike no two notes alike, and none quite on its place.

use super::chance::chance;
use super::file::Feel;
use super::groove::Hits;
use super::{Setting, Style, pieces};
use crate::music::GridNote;

/// The velocity of each level, 1 to 4, and how far people stray from it: hardly ever so far.
const VELOCITIES: [f32; 4] = [34.0, 62.0, 88.0, 110.0];
const STRAYS: [f32; 4] = [14.0, 14.0, 12.0, 11.0];
/// How far all of half a bar does.
const DRIFTS: f32 = 3.0;
const DRIFT: u64 = 8;
/// Of a loudness of −2..=2.
const LOUDER: f32 = 11.0;
/// What keeps time is softer between beats, and softer still between those.
const BETWEEN: [f32; 4] = [3.0, -9.0, -4.0, -9.0];
/// How far a drummer strays in time, and the pieces of one stroke from each other, ms.
const TIME: f32 = 5.0;
const APART: f32 = 2.0;
/// How much later sixteenths are that are a little shuffled, steps.
const SHUFFLED: f32 = 0.22;

/// The streams of chance.
#[derive(Clone, Copy)]
enum Of {
    Velocity = 32,
    Time,
    Apart,
    Drift,
}

/// How late a step's place is, steps: swung eighths by tempo. Friberg and Sundström, "Swing ratios and ensemble timing in jazz
/// performance" (Music Perception 19, 2002): about 2.2 to 1 at 120, even at 300. Any thread.
pub(super) fn late(feel: Feel, bpm: f64, step: usize, beat: usize) -> f32 {
    match (feel, step % beat) {
        (Feel::Swing | Feel::Triplets, place @ (1 | 3)) if beat == 4 => {
            let ratio = match feel {
                Feel::Triplets => 2.0,
                _ => (2.2 - (bpm - 120.0) / 150.0).clamp(1.0, 2.3) as f32,
            };
            let last = 4.0 * ratio / (1.0 + ratio);
            // The second of three lies half-way to it.
            if place == 3 {
                last - 3.0
            } else {
                last / 2.0 - 1.0
            }
        }
        (Feel::Shuffled, 1 | 3) => SHUFFLED,
        _ => 0.0,
    }
}

/// A velocity of a level, as a hand has it at a place. Any thread.
pub(super) fn velocity(setting: &Setting, level: f32, place: &[u64]) -> u8 {
    let at = (level - 1.0).clamp(0.0, 3.0);
    let (low, share) = (at.floor() as usize, at.fract());
    let usual = VELOCITIES[low] + share * (VELOCITIES[(low + 1).min(3)] - VELOCITIES[low]);
    let whole: Vec<u64> = std::iter::once(Of::Velocity as u64)
        .chain(place.iter().copied())
        .collect();
    let again: Vec<u64> = whole.iter().copied().chain([1]).collect();
    let two = chance(setting.seed, &whole) + chance(setting.seed, &again) - 1.0;
    let drift = chance(setting.seed, &[Of::Drift as u64, place[0] / DRIFT]);
    let strays = STRAYS[low] * two + DRIFTS * (2.0 * drift - 1.0);
    (usual + strays + LOUDER * setting.loud).clamp(1.0, 127.0) as u8
}

/// How far from its place a hand is at a step, steps. Any thread.
pub(super) fn time(setting: &Setting, step: usize, voice: u64) -> f32 {
    let of =
        |of: Of, voice: u64| 2.0 * chance(setting.seed, &[of as u64, step as u64, voice]) - 1.0;
    (TIME * of(Of::Time, 0) + APART * of(Of::Apart, voice)) * setting.steps_a_ms()
}

/// A note that is so far from its step's place: at another step, if that is nearer.
pub(super) fn placed(step: usize, offset: f32, length: f32, (key, velocity): (u8, u8)) -> GridNote {
    let start = (step as f64 + f64::from(offset)).max(0.0);
    let note = GridNote::between(start, start + f64::from(length), key, velocity);
    note.unwrap_or(GridNote {
        step: 0,
        offset: 0.0,
        length,
        key,
        velocity,
    })
}

/// How far between beats a step is: on one, on a sixteenth, on an eighth.
fn between(style: &Style, step: usize) -> usize {
    match style.bars.on_beat(step) {
        true => 0,
        false if style.bars.eighths => 2 - step % 2,
        false => step % 4,
    }
}

/// Notes of hits.
pub(super) fn strokes(style: &Style, setting: &Setting, hits: &Hits) -> Vec<GridNote> {
    let beat = style.bars.beat();
    let mut notes = Vec::new();
    for (step, hits) in hits.iter().enumerate() {
        for (piece, level) in hits.iter().enumerate().filter(|(_, level)| **level > 0) {
            if setting.banned.contains(&pieces::group(piece)) {
                continue;
            }
            let facts = style.drums.iter().find(|facts| facts.piece == piece);
            let mut strength = f32::from(*level);
            if pieces::keeps_time(piece) && *level > 1 {
                strength += BETWEEN[between(style, step)] / 26.0;
            }
            let late_ms = facts.map_or(0.0, |facts| facts.late[step % style.bars.all()]);
            let offset = late(style.file.feel, setting.bpm, step, beat)
                + late_ms * setting.steps_a_ms()
                + time(setting, step, piece as u64);
            let velocity = velocity(setting, strength, &[step as u64, piece as u64]);
            notes.push(placed(step, offset, 1.0, (pieces::key(piece), velocity)));
        }
    }
    notes
}
