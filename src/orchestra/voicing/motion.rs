//! What it costs to go from one voicing to the next.

use super::{Problem, Row, Slot, classes};

const LEAP: f32 = 0.1;
const BASS_LEAP: f32 = 1.1;
const BIG: f32 = 2.5;
const ODD: f32 = 3.0;
const COMMON: f32 = 0.05;
const PARALLEL: f32 = 40.0;
const HIDDEN: f32 = 5.0;
const OVERLAP: f32 = 2.5;
const ALL_ONE_WAY: f32 = 1.0;
const LEADING: f32 = 3.0;
const SEVENTH: f32 = 5.0;
const STATIC_BASS: f32 = 0.6;
/// Bass lines go by step.
const BASS_STEP: f32 = 0.35;
/// Nothing moves under a melody.
const FROZEN: f32 = 1.6;

/// What both slots say of a step, so that it is said once.
pub(super) struct Joint {
    /// The chord changes.
    change: bool,
    /// Something is to move.
    moves: bool,
    /// A phrase ended: what comes is free.
    free: bool,
    /// The leading note of the chord before, where the tonic is to come.
    leading: Option<i16>,
    /// The seventh of the chord before, where it is to resolve.
    seventh: Option<i16>,
    tonic: i16,
    /// The voice of the melody, before and after.
    melody: (usize, usize),
    leave: i16,
}

impl Joint {
    pub fn new(problem: &Problem, from: &Slot, to: &Slot) -> Self {
        let (a, b) = (from.chord, to.chord);
        let change = a != b;
        let tonic = i16::from(problem.tonic % 12);
        let leading = (tonic + 11) % 12;
        let leads = a.root != b.root
            && classes(a).any(|class| class == leading)
            && classes(b).any(|class| class == tonic);
        Self {
            change,
            moves: to.moves,
            free: from.ends,
            leading: leads.then_some(leading),
            seventh: classes(a).nth(3).filter(|_| change),
            tonic,
            melody: (from.melody, to.melody),
            leave: from.leave,
        }
    }
}

/// The cost.
pub(super) fn cost(problem: &Problem, joint: &Joint, from: &Row, to: &Row) -> f32 {
    let count = problem.voices.len();
    let last = count - 1;
    // The melody leaves from where it is at the slot's end.
    let mut from = *from;
    from[joint.melody.0] = joint.leave;
    let (from, to) = (&from[..count], &to[..count]);
    let own = |voice: usize| voice != joint.melody.0 && voice != joint.melody.1;
    let mut cost = 0.0;
    let mut still = true;
    for voice in (0..count).filter(|voice| own(*voice)) {
        let far = (to[voice] - from[voice]).abs();
        let bass = voice == last && problem.has_bass;
        still &= far == 0;
        cost += LEAP * f32::from(far) * if bass { BASS_LEAP } else { 1.0 };
        if far > if bass { 12 } else { 7 } {
            cost += BIG;
        }
        if matches!(far, 6 | 10 | 11) {
            cost += ODD;
        }
        if far == 0 && !bass && joint.change {
            cost -= COMMON;
        }
        if bass && matches!(far, 1 | 2) {
            cost -= BASS_STEP;
        }
    }
    if joint.change && own(last) && to[last] == from[last] {
        cost += STATIC_BASS;
    }
    for upper in 0..count {
        for lower in upper + 1..count {
            let outer = upper == 0 && lower == last && !joint.free;
            cost += pair((from[upper], to[upper]), (from[lower], to[lower]), outer);
        }
    }
    if joint.free {
        return cost;
    }
    if still && joint.moves && !joint.change {
        cost += FROZEN;
    }
    let way = |voice: usize| (to[voice] - from[voice]).signum();
    if count > 2 && (1..count).all(|voice| way(voice) == way(0)) && way(0) != 0 {
        cost += ALL_ONE_WAY;
    }
    for upper in 0..count {
        if upper < last && (to[upper + 1] > from[upper] || to[upper] < from[upper + 1]) {
            cost += OVERLAP;
        }
    }
    for voice in (0..count).filter(|voice| own(*voice)) {
        let moved = to[voice] - from[voice];
        if joint.leading == Some(from[voice] % 12) && (moved != 1 || to[voice] % 12 != joint.tonic)
        {
            cost += if voice == last {
                LEADING
            } else {
                0.4 * LEADING
            };
        }
        if joint.seventh == Some(from[voice] % 12) && !matches!(moved, -2..=0) {
            cost += SEVENTH;
        }
    }
    cost
}

/// Parallel and hidden fifths and octaves of two voices.
fn pair((a, b): (i16, i16), (c, d): (i16, i16), outer: bool) -> f32 {
    if a == b || c == d {
        return 0.0;
    }
    let after = (b - d).rem_euclid(12);
    if after != 0 && after != 7 {
        return 0.0;
    }
    if (a - c).rem_euclid(12) == after {
        PARALLEL
    } else if outer && (b - a).signum() == (d - c).signum() && (b - a).abs() > 2 {
        HIDDEN
    } else {
        0.0
    }
}
