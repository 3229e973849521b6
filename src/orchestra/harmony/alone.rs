//! Chords for a melody alone, by a hidden Markov model whose tables are set by hand; each slot has its likeliest
//! chord by posterior, and how sure that is.

use super::tables::{Degree, degrees};
use super::{Harmony, Manner, phrase_ends, weights};
use crate::music::{Chord, Key, Metre};
use crate::orchestra::tone::{Bar, Beat, SAME, Tone};

/// How much a quarter note of melody says.
const EVIDENCE: f64 = 1.0;
/// How much one of the bass, where there is one.
const BASS: f64 = 1.4;

/// A stretch with one chord.
struct Slot {
    beats: std::ops::Range<usize>,
    start: f64,
    end: f64,
    /// Whether it begins a bar.
    bar: bool,
    /// Whether a phrase ends in it, and in the next.
    ends: bool,
    before_end: bool,
    last: bool,
}

/// A chord for each slot.
pub(super) fn chords(
    melody: &[Tone],
    bass: &[Tone],
    key: Key,
    (beats, bars): (&[Beat], &[Bar]),
    manner: Manner,
) -> Vec<Harmony> {
    let slots = slots(melody, beats, bars, manner);
    let table = degrees(key.mode);
    let likelihood: Vec<Vec<f64>> = slots
        .iter()
        .map(|slot| evidence(slot, melody, bass, key, table))
        .collect();
    let way = |slot: &Slot, from: usize, to: usize| {
        let stays = match manner {
            Manner::Hymn if slot.bar => 0.3,
            Manner::Hymn => 0.9,
            Manner::Song if slot.bar => 2.0,
            Manner::Song => 6.0,
        };
        let usual = table[to].usual(manner);
        let mut odds = table[from].follows(from, to, usual, stays);
        if slot.last {
            odds *= 0.02
                + if table[to].ends >= 0.3 && table[to].root == 0 {
                    table[to].ends
                } else {
                    0.0
                };
        } else if slot.ends {
            odds *= 0.15 + table[to].ends;
        } else if slot.before_end {
            odds *= 0.4 + table[to].before_end;
        }
        odds
    };
    let posterior = forward_backward(
        &likelihood,
        table.len(),
        |slot, from, to| way(&slots[slot], from, to),
        |to| table[to].usual(manner),
    );
    let mut found = Vec::new();
    for (slot, odds) in slots.iter().zip(&posterior) {
        let mut order: Vec<usize> = (0..odds.len()).collect();
        order.sort_by(|a, b| odds[*b].total_cmp(&odds[*a]));
        let chord = |at: &usize| table[*at].chord(key);
        let mut others: Vec<Chord> = Vec::new();
        for other in order[1..].iter().map(chord) {
            let same = |known: &Chord| known.root == other.root && triad(*known) == triad(other);
            if !same(&chord(&order[0])) && !others.iter().any(same) && others.len() < 2 {
                others.push(other);
            }
        }
        // Triad and seventh are one answer.
        let sure: f64 = order
            .iter()
            .filter(|at| chord(at).root == chord(&order[0]).root)
            .map(|at| odds[*at])
            .sum();
        for beat in &beats[slot.beats.clone()] {
            found.push(Harmony {
                start: beat.start,
                end: beat.end,
                chord: chord(&order[0]),
                sure: sure as f32,
                others: others.clone(),
            });
        }
    }
    found
}

/// Third and fifth of a chord.
fn triad(chord: Chord) -> (u8, u8) {
    let intervals = chord.quality.intervals();
    (intervals[1], intervals[2])
}

fn slots(melody: &[Tone], beats: &[Beat], bars: &[Bar], manner: Manner) -> Vec<Slot> {
    let ends = phrase_ends(melody, beats);
    let mut found: Vec<Slot> = Vec::new();
    for (number, beat) in beats.iter().enumerate() {
        let size = match manner {
            Manner::Hymn => 1,
            Manner::Song => song_slot(bars[beat.bar].metre),
        };
        if beat.place % size == 0 || found.is_empty() {
            found.push(Slot {
                beats: number..number,
                start: beat.start,
                end: beat.end,
                bar: beat.place == 0,
                ends: false,
                before_end: false,
                last: false,
            });
        }
        if let Some(slot) = found.last_mut() {
            slot.beats.end = number + 1;
            slot.end = beat.end;
            slot.ends |= ends.contains(&number);
        }
    }
    for at in 1..found.len() {
        found[at - 1].before_end = found[at].ends && !found[at - 1].ends;
    }
    let last = melody.last().map_or(0.0, |tone| tone.start);
    // Nothing comes after the last note but its chord.
    for slot in &mut found {
        slot.last = slot.end > last + SAME;
    }
    found
}

/// Beats of a chord in songs.
fn song_slot(metre: Metre) -> usize {
    match metre.beats() {
        4 => 2,
        3 => 3,
        _ => 1,
    }
}

/// How well each chord goes with what sounds.
fn evidence(slot: &Slot, melody: &[Tone], bass: &[Tone], key: Key, table: &[Degree]) -> Vec<f64> {
    let heard = weights(melody, slot.start, slot.end, 0.35);
    let low = weights(bass, slot.start, slot.end, 0.2);
    let log = |degree: &Degree| {
        let tonic = usize::from(key.tonic);
        let melody: f64 = (0..12)
            .map(|class| {
                EVIDENCE * heard[(class + tonic) % 12] * degree.sounds(class, key.mode).ln()
            })
            .sum();
        let bass = (0..12).map(|class| {
            let over = (class + 12 - usize::from(degree.root)) % 12;
            let odds: f64 = match over {
                0 => 0.6,
                3 | 4 if degree.quality.intervals().contains(&(over as u8)) => 0.2,
                6 | 7 if degree.quality.intervals().contains(&(over as u8)) => 0.08,
                _ => 0.012,
            };
            BASS * low[(class + tonic) % 12] * odds.ln()
        });
        melody + bass.sum::<f64>()
    };
    let logs: Vec<f64> = table.iter().map(log).collect();
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logs.iter().map(|log| (log - most).exp()).collect()
}

/// Probability of each state at each slot, given all slots (Rabiner, 1989).
fn forward_backward(
    likelihood: &[Vec<f64>],
    states: usize,
    way: impl Fn(usize, usize, usize) -> f64,
    start: impl Fn(usize) -> f64,
) -> Vec<Vec<f64>> {
    let even = |mut values: Vec<f64>| {
        let sum: f64 = values.iter().sum::<f64>().max(1e-300);
        values.iter_mut().for_each(|value| *value /= sum);
        values
    };
    // Odds to go from each state sum to one before what a place allows weighs in.
    let sums: Vec<Vec<f64>> = (0..likelihood.len())
        .map(|slot| {
            (0..states)
                .map(|from| {
                    (0..states)
                        .map(|to| way(slot, from, to))
                        .sum::<f64>()
                        .max(1e-12)
                })
                .collect()
        })
        .collect();
    let odds = |slot: usize, from: usize, to: usize| way(slot, from, to) / sums[slot][from];
    let mut forward: Vec<Vec<f64>> = Vec::with_capacity(likelihood.len());
    for (slot, likely) in likelihood.iter().enumerate() {
        let here = (0..states).map(|to| {
            let before = match slot {
                0 => start(to),
                _ => (0..states)
                    .map(|from| forward[slot - 1][from] * odds(slot, from, to))
                    .sum(),
            };
            before * likely[to]
        });
        forward.push(even(here.collect()));
    }
    let mut after = vec![1.0; states];
    let mut found = vec![Vec::new(); likelihood.len()];
    for slot in (0..likelihood.len()).rev() {
        found[slot] = even(
            (0..states)
                .map(|state| forward[slot][state] * after[state])
                .collect(),
        );
        if slot > 0 {
            let back = |from: usize| {
                (0..states)
                    .map(|to| odds(slot, from, to) * likelihood[slot][to] * after[to])
                    .sum()
            };
            after = even((0..states).map(back).collect());
        }
    }
    found
}
