//! A stem of a few notes, and when they are due.

use consort::jobs::stem::asking::Sheet;
use consort::music::{GridNote, Part, PartKind};

use crate::timeline::Timeline;

pub const KICK: u8 = 60;

/// Two bars from the song's third bar on, over and over: a note on each beat, every second one a third
/// of a step late.
pub fn sheet(repeats: bool) -> Sheet {
    let note = |beat: u32| GridNote {
        step: 4 * beat,
        offset: if beat % 2 == 1 { 1.0 / 3.0 } else { 0.0 },
        length: 2.0,
        key: KICK,
        velocity: 100,
    };
    Sheet {
        kind: Some(PartKind::Drums),
        variations: vec![Part::new(Some(PartKind::Drums), (0..8).map(note).collect())],
        steps: 32,
        bar: 16,
        begins: 8.0,
        pace: 0.25,
        bpm: 120.0,
        repeats,
        ..Sheet::default()
    }
}

/// The frames at which notes should begin, in so many frames from `from` on: bars of `apart` beats.
pub fn wanted(timeline: &Timeline, from: u64, frames: usize) -> Vec<u64> {
    let to = from + frames as u64;
    let quarters = (0..400).map(|beat| {
        let late = if beat % 2 == 1 { 0.25 / 3.0 } else { 0.0 };
        f64::from(beat) + late
    });
    let frames = quarters.map(|quarters| timeline.frame_of_quarter(quarters));
    frames.filter(|frame| (from..to).contains(frame)).collect()
}
