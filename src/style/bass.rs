//! Lines of a bass over chords: walking, with the kick, or a figure of the style's.

use super::chance::chance;
use super::file::{Line, LineFile};
use super::places::{Bars, NoPlace};
use super::touch::{late, placed, time, velocity};
use super::{Setting, Style};
use crate::music::{Chord, GridNote, Key};

/// The four strings, from E1, and how far up they are played.
const LOW: i32 = 28;
const HIGH: i32 = 55;
/// Where roots lie best, and as far as they go.
const MIDDLE: f32 = 36.0;
const ROOTS: std::ops::RangeInclusive<i32> = 28..=45;
/// A walk goes no higher.
const WALK: i32 = 52;
const FORBIDDEN: f32 = 9.0;

/// What a figure plays at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Degree {
    /// Of the chord there.
    Root,
    Third,
    Fifth,
    /// The fifth below the root.
    LowFifth,
    Sixth,
    /// Seventh, or of a major triad the sixth.
    Seventh,
    Octave,
    /// The root of the chord that comes next.
    Next,
    /// A step to that.
    Approach,
    /// The chord there, or (ahead) the one that comes.
    Chord,
    Ahead,
    /// One of the chord's notes, counted from the lowest.
    Voice(usize),
}

/// A note of a figure: its step in a round, what, how likely.
pub(super) type FigureNote = (usize, Degree, f32);

/// A note of a figure at a place that there isn't.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} in \"{1}\"")]
pub(super) struct Misplaced(NoPlace, String);

/// The versions of a line's figure: "1 root, 2& fifth .5".
pub(super) fn figures(line: &LineFile, bars: Bars) -> Result<Vec<Vec<FigureNote>>, Misplaced> {
    let version = |text: &String| {
        let mut notes = Vec::new();
        for note in text.split(',').filter(|note| !note.trim().is_empty()) {
            let mut words: Vec<&str> = note.split_ascii_whitespace().collect();
            // A whole number is a place.
            let likely = words.last().filter(|word| word.contains('.'));
            let likely = likely.and_then(|word| word.parse::<f32>().ok());
            if likely.is_some() {
                words.pop();
            }
            let (degree, places) = match words.last().and_then(|word| degree(word)) {
                Some(degree) => (degree, &words[..words.len() - 1]),
                None => (Degree::Chord, &words[..]),
            };
            let steps = bars.at(&places.join(" "));
            let steps = steps.map_err(|place| Misplaced(place, note.trim().to_owned()))?;
            notes.extend(
                steps
                    .into_iter()
                    .map(|step| (step, degree, likely.unwrap_or(1.0))),
            );
        }
        notes.sort_by_key(|note| note.0);
        Ok(notes)
    };
    line.notes.iter().map(version).collect()
}

fn degree(word: &str) -> Option<Degree> {
    Some(match word {
        "root" => Degree::Root,
        "third" => Degree::Third,
        "fifth" => Degree::Fifth,
        "low-fifth" => Degree::LowFifth,
        "sixth" => Degree::Sixth,
        "seventh" => Degree::Seventh,
        "octave" => Degree::Octave,
        "next" => Degree::Next,
        "approach" => Degree::Approach,
        "chord" => Degree::Chord,
        "ahead" => Degree::Ahead,
        "v1" => Degree::Voice(0),
        "v2" => Degree::Voice(1),
        "v3" => Degree::Voice(2),
        "v4" => Degree::Voice(3),
        _ => return None,
    })
}

/// A note to be played: step, key, level.
type Played = (usize, i32, f32);

/// The line. Any thread but audio.
pub(super) fn line(style: &Style, line: &LineFile, setting: &Setting) -> Vec<GridNote> {
    let played = match line.line {
        Line::Walking => walking(style, setting),
        Line::Locked => locked(style, setting),
        Line::Figure | Line::Chords | Line::Arpeggio => figure(style, line, setting),
    };
    let beat = style.bars.beat();
    let ends = played
        .iter()
        .skip(1)
        .map(|note| note.0)
        .chain([setting.steps]);
    played
        .iter()
        .zip(ends)
        .map(|(&(step, key, level), end)| {
            let room = (end - step) as f32;
            let length = line.steps.map_or(room, |steps| room.min(steps)) * line.length;
            let offset =
                late(style.file.feel, setting.bpm, step, beat) + 0.5 * time(setting, step, 99);
            let velocity = velocity(setting, level, &[step as u64, 99]);
            let key = key.clamp(LOW, HIGH) as u8;
            placed(step, offset, length.max(0.25), (key, velocity))
        })
        .collect()
}

/// The key of a pitch class nearest to another, within a range.
fn near(class: i32, key: f32, range: std::ops::RangeInclusive<i32>) -> i32 {
    let of_class = range
        .clone()
        .filter(|other| (other - class).rem_euclid(12) == 0);
    let far = |other: &i32| (*other as f32 - key).abs();
    of_class
        .min_by(|a, b| far(a).total_cmp(&far(b)))
        .unwrap_or(*range.start())
}

fn root_of(chord: Chord) -> i32 {
    i32::from(chord.bass.unwrap_or(chord.root))
}

fn classes(chord: Chord) -> Vec<i32> {
    let above = chord.quality.intervals().iter();
    above
        .map(|above| (i32::from(chord.root) + i32::from(*above)) % 12)
        .collect()
}

fn scale(key: Key) -> Vec<i32> {
    key.mode
        .scale()
        .iter()
        .map(|above| (i32::from(*above) + i32::from(key.tonic)) % 12)
        .collect()
}

/// The step at which the next chord begins, and it; at the song's end its beginning.
fn next_chord(setting: &Setting, step: usize) -> (usize, Chord) {
    let now = setting.chord(step);
    let found = (step + 1..setting.steps).find(|next| setting.chord(*next) != now);
    found.map_or((setting.steps, setting.chord(0)), |next| {
        (next, setting.chord(next))
    })
}

/// The key of each step's root: near the one before, and where roots lie best.
fn roots(setting: &Setting) -> Vec<i32> {
    let mut last = MIDDLE;
    let mut known: Option<(Chord, i32)> = None;
    (0..setting.steps)
        .map(|step| {
            let chord = setting.chord(step);
            if let Some((_, key)) = known.filter(|(same, _)| *same == chord) {
                return key;
            }
            let key = near(root_of(chord), 0.5 * last + 0.5 * MIDDLE, ROOTS);
            last = key as f32;
            known = Some((chord, key));
            key
        })
        .collect()
}

/// A note a beat: the root where a chord begins, chord tones on strong beats, small steps, and into the next
/// chord by a step. The cheapest way through, where a note's cost goes by the two before it.
fn walking(style: &Style, setting: &Setting) -> Vec<Played> {
    let beat = style.bars.beat();
    let a_bar = style.bars.steps / beat;
    let steps: Vec<usize> = (0..setting.steps).step_by(beat).collect();
    let keys: Vec<i32> = (LOW..=WALK).collect();
    let own: Vec<Vec<f32>> = steps
        .iter()
        .enumerate()
        .map(|(at, step)| {
            let costs = keys
                .iter()
                .map(|key| cost(setting, (at, *step, beat, a_bar), *key));
            costs.collect()
        })
        .collect();
    let path = cheapest(&own, &keys, &|at| begins(setting, steps[at]));
    let level = |at: usize| if at % 2 == 1 { 3.2 } else { 2.9 };
    let notes = steps.iter().zip(path).enumerate();
    notes
        .map(|(at, (step, key))| (*step, keys[key], level(at)))
        .collect()
}

fn begins(setting: &Setting, step: usize) -> bool {
    step == 0 || setting.chord(step) != setting.chord(step - 1)
}

/// What a key costs at a beat of a walk.
fn cost(setting: &Setting, (at, step, beat, a_bar): (usize, usize, usize, usize), key: i32) -> f32 {
    let chord = setting.chord(step);
    let (tones, scale) = (classes(chord), scale(setting.key));
    let class = key.rem_euclid(12);
    let (is_root, is_tone) = (class == root_of(chord), tones.contains(&class));
    let in_scale = scale.contains(&class);
    let (begins_next, next) = next_chord(setting, step);
    let own = if begins(setting, step) {
        if is_root { 0.0 } else { FORBIDDEN }
    } else if begins_next <= step + beat {
        match (key - root_of(next)).rem_euclid(12) {
            1 | 11 => 0.1,
            2 | 10 if in_scale => 0.3,
            7 => 0.7,
            0 => FORBIDDEN,
            _ if is_tone => 0.8,
            _ => FORBIDDEN,
        }
    } else if at % a_bar == 0 {
        match tones.iter().take(3).any(|tone| *tone == class) {
            _ if is_root => 0.4,
            true => 0.6,
            false => FORBIDDEN,
        }
    } else if at % 2 == 0 {
        if is_tone {
            0.0
        } else if in_scale {
            1.3
        } else {
            3.0
        }
    } else if is_tone {
        0.1
    } else if in_scale {
        0.4
    } else {
        1.6
    };
    // Another seed walks another way.
    let number = chance(setting.seed, &[64, at as u64, key as u64]).clamp(1e-4, 0.9999);
    let stray = (-(-number.ln()).ln()).clamp(-1.0, 2.0);
    own + 0.015 * (key - 40).abs() as f32 + 0.3 * stray
}

/// What a step from one key to another costs.
fn leap(semitones: i32) -> f32 {
    const LEAPS: [f32; 13] = [
        3.0, 0.0, 0.0, 0.25, 0.35, 0.5, 2.5, 0.9, 1.8, 2.0, 2.5, 3.0, 1.5,
    ];
    LEAPS
        .get(semitones.unsigned_abs() as usize)
        .copied()
        .unwrap_or(6.0)
}

/// The keys of the cheapest way: dynamic programming over pairs of keys, so that it doesn't go to and fro.
fn cheapest(own: &[Vec<f32>], keys: &[i32], begins: &dyn Fn(usize) -> bool) -> Vec<usize> {
    const TO_AND_FRO: f32 = 1.0;
    const INTO: f32 = 0.4;
    let count = keys.len();
    let lowest = |costs: &[f32]| {
        let all = costs.iter().enumerate();
        all.min_by(|a, b| a.1.total_cmp(b.1))
            .map_or(0, |(at, _)| at)
    };
    let Some(first) = own.first() else {
        return Vec::new();
    };
    if own.len() < 2 {
        return vec![lowest(first)];
    }
    let step = |from: usize, to: usize| leap(keys[from] - keys[to]);
    // Of each pair the cost so far, [before][now].
    let mut costs: Vec<Vec<f32>> = (0..count)
        .map(|from| {
            (0..count)
                .map(|to| first[from] + step(from, to) + own[1][to])
                .collect()
        })
        .collect();
    let mut back: Vec<Vec<Vec<usize>>> = Vec::new();
    for (at, own) in own.iter().enumerate().skip(2) {
        let mut next = vec![vec![0.0; count]; count];
        let mut from = vec![vec![0; count]; count];
        for now in 0..count {
            for to in 0..count {
                let by = |before: usize| {
                    costs[before][now] + if before == to { TO_AND_FRO } else { 0.0 }
                };
                let all: Vec<f32> = (0..count).map(by).collect();
                let best = lowest(&all);
                let far = (keys[now] - keys[to]).abs();
                let into = if begins(at) && far > 2 { INTO } else { 0.0 };
                next[now][to] = all[best] + step(now, to) + into + own[to];
                from[now][to] = best;
            }
        }
        back.push(from);
        costs = next;
    }
    let flat: Vec<f32> = costs.iter().flatten().copied().collect();
    let best = lowest(&flat);
    let mut path = vec![best % count, best / count];
    for from in back.iter().rev() {
        let (now, before) = (path[path.len() - 2], path[path.len() - 1]);
        path.push(from[before][now]);
    }
    path.reverse();
    path
}

/// Roots with the kick, now and then fifth or octave between beats.
fn locked(style: &Style, setting: &Setting) -> Vec<Played> {
    let roots = roots(setting);
    let bar = style.bars.steps;
    let mut at = setting.kicks().unwrap_or_else(|| {
        // Without drums it has a rhythm of its own.
        (0..setting.steps)
            .map(|step| matches!(step % bar, 0 | 6 | 8))
            .collect()
    });
    (0..setting.steps)
        .filter(|step| begins(setting, *step))
        .for_each(|step| at[step] = true);
    let steps = (0..setting.steps).filter(|step| at[*step]);
    steps
        .map(|step| {
            let number = chance(setting.seed, &[65, step as u64]);
            let key = match step % 4 {
                0 => roots[step],
                _ if number < 0.12 => roots[step] + 12,
                _ if number < 0.25 => roots[step] + fifth(setting.chord(step)),
                _ => roots[step],
            };
            (step, key, if step % bar == 0 { 3.5 } else { 3.0 })
        })
        .collect()
}

/// Semitones of a chord's fifth over its root.
fn fifth(chord: Chord) -> i32 {
    i32::from(chord.quality.intervals().get(2).copied().unwrap_or(7))
}

/// What the style's figure says.
fn figure(style: &Style, line: &LineFile, setting: &Setting) -> Vec<Played> {
    let bars = Bars {
        count: line.bars,
        ..style.bars
    };
    let figures = figures(line, bars).unwrap_or_default();
    if figures.is_empty() {
        return Vec::new();
    }
    let roots = roots(setting);
    let round = bars.all();
    let mut played = Vec::new();
    for first in (0..setting.steps).step_by(round) {
        let version = version(setting, first / round, figures.len());
        for &(within, degree, likely) in &figures[version] {
            let step = first + within;
            let place = [66, step as u64];
            if step >= setting.steps || likely < 1.0 && chance(setting.seed, &place) >= likely {
                continue;
            }
            let level = if within == 0 { 3.5 } else { 3.0 };
            played.push((
                step,
                sounding(setting, &roots, (step, style.bars.steps), degree),
                level,
            ));
        }
    }
    played
}

/// Which version of a figure a round has: that of the seed, another in every fourth.
pub(super) fn version(setting: &Setting, round: usize, count: usize) -> usize {
    let of = |place: u64| (chance(setting.seed, &[67, place]) * count as f32) as usize;
    let first = of(0);
    if round % 4 == 3 || round % 4 == 1 && chance(setting.seed, &[68, round as u64]) < 0.4 {
        return (first + 1 + of(1 + round as u64).min(count.saturating_sub(2))) % count;
    }
    first
}

/// The key of a degree at a step.
fn sounding(setting: &Setting, roots: &[i32], (step, bar): (usize, usize), degree: Degree) -> i32 {
    let (chord, root) = (setting.chord(step), roots[step]);
    let interval =
        |number: usize| i32::from(chord.quality.intervals().get(number).copied().unwrap_or(0));
    // What comes at the bar line, or before it: no chord that isn't due yet.
    let line = (step / bar + 1) * bar;
    let (change, _) = next_chord(setting, step);
    let coming = roots.get(change.min(line)).copied();
    let coming = coming.unwrap_or_else(|| near(root_of(setting.chord(0)), root as f32, ROOTS));
    let within = |key: i32| {
        if key > 48 {
            key - 12
        } else if key < LOW {
            key + 12
        } else {
            key
        }
    };
    match degree {
        Degree::Root | Degree::Chord | Degree::Voice(_) => root,
        Degree::Sixth => within(root + 9),
        Degree::Third => within(root + interval(1)),
        Degree::Fifth => within(root + fifth(chord)),
        Degree::LowFifth => within(root + fifth(chord) - 12),
        Degree::Seventh => {
            let seventh = match chord.quality.intervals() {
                [_, _, _, seventh, ..] => i32::from(*seventh),
                // A minor triad has a minor seventh, a major one rather a sixth.
                [_, 3, ..] => 10,
                _ => 9,
            };
            within(root + seventh)
        }
        Degree::Octave => root + 12,
        Degree::Next | Degree::Ahead => coming,
        Degree::Approach => {
            let below = coming - 2;
            let in_scale = scale(setting.key).contains(&below.rem_euclid(12));
            match root > coming {
                true => coming + 1,
                false if in_scale => below.max(LOW),
                false => (coming - 1).max(LOW),
            }
        }
    }
}
