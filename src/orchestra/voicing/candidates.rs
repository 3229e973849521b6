//! Voicings of a chord with the melody's note in its voice, and what each costs by itself.

use super::{Problem, Row, Slot, classes};
use crate::music::Quality;

/// As many are kept.
const KEEP: usize = 56;
/// As many while they are built.
const BUILD: usize = 700;

// Costs: a spike over chorales set them (docs/decisions.md).
const OUTSIDE: f32 = 30.0;
const UNCOMFORTABLE: f32 = 0.6;
const WIDE: f32 = 3.0;
const TIGHT: f32 = 0.4;
const UNISON: f32 = 1.5;
const CROSSING: f32 = 12.0;
const NO_ROOT: f32 = 4.0;
const NO_THIRD: f32 = 7.0;
const NO_FIFTH: f32 = 0.8;
const NO_SEVENTH: f32 = 3.0;
const TWO_THIRDS: f32 = 1.2;
const TWO_SEVENTHS: f32 = 6.0;
const TWO_LEADING: f32 = 8.0;
const FIRST_INVERSION: f32 = 0.1;
const SECOND_INVERSION: f32 = 4.0;
const THIRD_INVERSION: f32 = 1.2;
/// How much more an inversion costs where a phrase ends.
const CADENCE: f32 = 6.0;

/// A voicing, from the top.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub keys: Row,
    pub cost: f32,
}

/// The cheapest voicings of a slot; one at least.
pub(super) fn candidates(problem: &Problem, slot: &Slot) -> Vec<Candidate> {
    let tones: Vec<i16> = classes(slot.chord).collect();
    let mut built = vec![Candidate {
        keys: Row::default(),
        cost: 0.0,
    }];
    for voice in 0..problem.voices.len() {
        let mut next: Vec<Candidate> = Vec::with_capacity(built.len() * 8);
        for before in &built {
            for key in pool(problem, slot, &tones, before, voice) {
                let mut one = *before;
                one.keys[voice] = key;
                one.cost += reach(problem, voice, key) + gap(problem, slot, &one.keys, voice);
                next.push(one);
            }
        }
        cheapest(&mut next, BUILD);
        built = next;
    }
    for one in &mut built {
        one.cost += doubling(problem, slot, &tones, &one.keys);
    }
    cheapest(&mut built, KEEP);
    built
}

fn cheapest(all: &mut Vec<Candidate>, keep: usize) {
    if all.len() > keep {
        all.select_nth_unstable_by(keep, |a, b| {
            a.cost.total_cmp(&b.cost).then(a.keys.cmp(&b.keys))
        });
        all.truncate(keep);
    }
    all.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.keys.cmp(&b.keys)));
}

/// Keys that a voice may take under those above it.
fn pool(
    problem: &Problem,
    slot: &Slot,
    tones: &[i16],
    before: &Candidate,
    voice: usize,
) -> Vec<i16> {
    if voice == slot.melody {
        return vec![slot.arrive];
    }
    let range = problem.voices[voice];
    let over = if voice == 0 {
        i16::MAX
    } else {
        before.keys[voice - 1]
    };
    let top = over.min(range.easy_high + 3).min(range.high);
    let bottom = (range.easy_low - 3).max(range.low);
    // Voices above the melody stay above it.
    let bottom = if voice < slot.melody {
        bottom.max(slot.arrive)
    } else {
        bottom
    };
    let found: Vec<i16> = (bottom..=top)
        .filter(|key| tones.contains(&(key % 12)))
        .collect();
    if !found.is_empty() {
        return found;
    }
    // No room: any tone of the chord within the range, crossing what must be.
    (range.low..=range.high)
        .filter(|key| tones.contains(&(key % 12)))
        .collect()
}

/// What a key costs in its voice.
fn reach(problem: &Problem, voice: usize, key: i16) -> f32 {
    let range = problem.voices[voice];
    let outside = if key < range.low || key > range.high {
        OUTSIDE
    } else {
        0.0
    };
    let tiring = (range.easy_low - key).max(0) + (key - range.easy_high).max(0);
    outside + UNCOMFORTABLE * f32::from(tiring)
}

/// What the distance to the voice above costs.
fn gap(problem: &Problem, slot: &Slot, keys: &Row, voice: usize) -> f32 {
    if voice == 0 {
        return 0.0;
    }
    let gap = keys[voice - 1] - keys[voice];
    let last = voice + 1 == problem.voices.len();
    let mut cost = match gap {
        ..0 => CROSSING,
        0 => UNISON,
        _ => 0.0,
    };
    // A melody may lie far from the others.
    let free = voice - 1 == slot.melody || voice == slot.melody;
    let most = if last { 19 } else { 12 };
    if gap > most {
        let far = f32::from(gap - most).min(12.0) * 0.15;
        cost += if last { WIDE / 2.0 } else { WIDE } + if free { 0.0 } else { far };
    }
    if last && gap < 5 && keys[voice] < 50 {
        cost += TIGHT;
    }
    cost
}

/// What missing and doubled tones cost, and the inversion.
fn doubling(problem: &Problem, slot: &Slot, tones: &[i16], keys: &Row) -> f32 {
    let keys = &keys[..problem.voices.len()];
    let count = |class: i16| keys.iter().filter(|key| *key % 12 == class).count() as f32;
    let few = keys.len() < 3;
    let missing = |class: i16, cost: f32| if count(class) == 0.0 { cost } else { 0.0 };
    let mut cost = missing(tones[1], if few { NO_THIRD / 2.0 } else { NO_THIRD });
    cost += missing(tones[0], if few { NO_ROOT / 2.0 } else { NO_ROOT });
    cost += missing(tones[2], NO_FIFTH);
    let spare = (keys.len() as f32 - 4.0).max(0.0);
    cost += TWO_THIRDS * (count(tones[1]) - 1.0 - spare / 2.0).max(0.0);
    if let Some(seventh) = tones.get(3) {
        cost += missing(*seventh, NO_SEVENTH) + TWO_SEVENTHS * (count(*seventh) - 1.0).max(0.0);
    }
    let leading = i16::from((problem.tonic + 11) % 12);
    if tones.contains(&leading) {
        cost += TWO_LEADING * (count(leading) - 1.0).max(0.0);
    }
    if problem.has_bass && slot.melody + 1 != keys.len() {
        let bass = keys[keys.len() - 1] % 12;
        let diminished = matches!(
            slot.chord.quality,
            Quality::Diminished | Quality::HalfDiminished
        );
        if let Some(said) = slot.chord.bass {
            return cost + if bass == i16::from(said) { 0.0 } else { 1.5 };
        }
        let end = if slot.ends { CADENCE } else { 1.0 };
        cost += match tones.iter().position(|tone| *tone == bass) {
            Some(0) => {
                if diminished {
                    1.5
                } else {
                    0.0
                }
            }
            Some(1) => {
                if diminished {
                    0.0
                } else {
                    FIRST_INVERSION * end
                }
            }
            Some(2) => SECOND_INVERSION * if slot.ends { 2.5 } else { 1.0 },
            _ => THIRD_INVERSION * end,
        };
    }
    cost
}
