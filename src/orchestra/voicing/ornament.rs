//! Notes between those of the beats: passing notes, neighbours, suspensions. None of them makes parallels.

use super::classes;
use super::faults::{parallel, sounding};
use crate::music::{Key, Mode};
use crate::orchestra::harmony::Harmonies;
use crate::orchestra::tone::{SAME, Tone};
use crate::style::chance::chance;

/// How much, and where.
#[derive(Clone, Debug)]
pub(in crate::orchestra) struct Ornaments<'a> {
    pub harmonies: &'a Harmonies,
    /// The chance of each that is possible, 0..=1: passing, neighbours, suspensions.
    pub passing: f32,
    pub neighbours: f32,
    pub suspensions: f32,
    /// Lines that stay as they are.
    pub kept: Vec<usize>,
    /// Lines that move wherever the melody holds.
    pub counter: Vec<usize>,
    /// A felt beat, quarter notes.
    pub beat: f64,
    /// Where phrases end, quarter notes: rest there.
    pub ends: Vec<f64>,
    pub seed: u64,
}

/// Whether a pitch class is of a key, in minor with both sevenths and sixths as the line goes up or down.
fn in_key(key: Key, class: i16, up: bool) -> bool {
    let over = (class - i16::from(key.tonic)).rem_euclid(12);
    match key.mode {
        Mode::Major => key.mode.scale().iter().any(|step| i16::from(*step) == over),
        Mode::Minor if up => [0, 2, 3, 5, 7, 9, 11].contains(&over),
        Mode::Minor => [0, 2, 3, 5, 7, 8, 10].contains(&over),
    }
}

/// Adds them to lines from the highest to the lowest.
pub(in crate::orchestra) fn ornament(
    lines: &mut [Vec<Tone>],
    how: &Ornaments,
    ranges: &[(i16, i16)],
) {
    for voice in (0..lines.len()).filter(|voice| !how.kept.contains(voice)) {
        let mut at = 0;
        while at + 1 < lines[voice].len() {
            let added = between(lines, how, ranges, voice, at);
            at += 1 + added;
        }
    }
}

/// Tries one after a note; how many notes were added.
fn between(
    lines: &mut [Vec<Tone>],
    how: &Ornaments,
    ranges: &[(i16, i16)],
    voice: usize,
    at: usize,
) -> usize {
    let (here, next) = (lines[voice][at], lines[voice][at + 1]);
    let half = how.beat / 2.0;
    let joined = (next.start - here.end).abs() < SAME;
    if !joined
        || how
            .ends
            .iter()
            .any(|end| here.start <= *end + SAME && here.end > *end + SAME)
    {
        return 0;
    }
    let place = (here.start * 96.0) as u64;
    let draw = |kind: u64| chance(how.seed, &[kind, voice as u64, place]);
    let counter = how.counter.contains(&voice);
    let held = counter
        && lines.iter().enumerate().any(|(other, line)| {
            other != voice && how.kept.contains(&other) && holds(line, here.end - half)
        });
    let more = if held { 3.0 } else { 1.0 };
    let (from, to) = (i16::from(here.key), i16::from(next.key));
    let far = to - from;
    let key = how.harmonies.key;
    let fits = |pitch: i16| pitch >= ranges[voice].0 && pitch <= ranges[voice].1;
    if here.length() >= how.beat - SAME {
        let cut = here.end - half;
        if matches!(far.abs(), 3 | 4) && draw(1) < how.passing * more {
            let middle =
                (from.min(to) + 1..from.max(to)).filter(|pitch| in_key(key, pitch % 12, far > 0));
            let middle: Vec<i16> = middle.collect();
            if let [pitch] = middle[..]
                && put(lines, voice, at, (cut, here.end), pitch)
            {
                return 1;
            }
        }
        if far == 0 && draw(2) < how.neighbours * more {
            let up = draw(3) < 0.4;
            let steps: [i16; 2] = if up { [1, 2] } else { [-1, -2] };
            let near = steps
                .iter()
                .map(|step| from + step)
                .find(|pitch| in_key(key, pitch.rem_euclid(12), up));
            if let Some(pitch) = near.filter(|pitch| fits(*pitch))
                && put(lines, voice, at, (cut, here.end), pitch)
            {
                return 1;
            }
        }
        // A leap of a fourth or more goes by a note of the chord.
        if far.abs() >= 5 && draw(5) < 0.5 * how.passing * more {
            let chord = how.harmonies.at(cut);
            let inside: Vec<i16> = (from.min(to) + 2..from.max(to) - 1)
                .filter(|pitch| classes(chord).any(|class| class == pitch % 12))
                .collect();
            if let Some(pitch) = inside.get(inside.len() / 2)
                && put(lines, voice, at, (cut, here.end), *pitch)
            {
                return 1;
            }
        }
    }
    let bass = voice + 1 == lines.len();
    if !bass
        && matches!(far, -1 | -2)
        && next.length() >= how.beat - SAME
        && draw(4) < how.suspensions
    {
        suspend(lines, how, voice, at, half);
    }
    0
}

/// Whether a line holds a note, or rests, over a moment.
fn holds(line: &[Tone], at: f64) -> bool {
    let after = line.partition_point(|tone| tone.start <= at + SAME);
    let before = after.checked_sub(1).map(|number| &line[number]);
    let next = line.get(after);
    before.is_none_or(|tone| tone.start < at - SAME)
        && next.is_none_or(|tone| tone.start > at + SAME)
}

/// Splits a note: its last part is another. Not where two voices would clash, or go in parallel.
fn put(
    lines: &mut [Vec<Tone>],
    voice: usize,
    at: usize,
    (cut, end): (f64, f64),
    pitch: i16,
) -> bool {
    let clash = lines.iter().enumerate().any(|(other, line)| {
        let now = (other != voice).then(|| sounding(line, cut)).flatten();
        // Seconds and sevenths pass, but not the same note, nor a second struck at once.
        now.is_some_and(|key| {
            let crossing = other < voice && key < pitch || other > voice && key > pitch;
            let near =
                (key - pitch).abs() <= 2 && line.iter().any(|tone| (tone.start - cut).abs() < SAME);
            crossing || key == pitch || near || (key - pitch).abs() == 1
        })
    });
    if clash {
        return false;
    }
    let old = lines[voice][at];
    lines[voice][at].end = cut;
    let new = Tone {
        start: cut,
        end,
        key: pitch.clamp(0, 127) as u8,
        velocity: old.velocity,
    };
    lines[voice].insert(at + 1, new);
    if makes_parallels(lines, voice, &[cut, end]) {
        lines[voice].remove(at + 1);
        lines[voice][at] = old;
        return false;
    }
    true
}

/// A note is held into the next beat and goes down then: where it is no tone of the chord there, and nobody else has
/// the note that it goes to.
fn suspend(lines: &mut [Vec<Tone>], how: &Ornaments, voice: usize, at: usize, half: f64) {
    let (here, next) = (lines[voice][at], lines[voice][at + 1]);
    let chord = how.harmonies.at(next.start);
    let held = i16::from(here.key);
    if classes(chord).any(|class| class == held % 12) || here.length() < how.beat - SAME {
        return;
    }
    let taken = lines.iter().enumerate().any(|(other, line)| {
        let now = (other != voice)
            .then(|| sounding(line, next.start))
            .flatten();
        now.is_some_and(|key| {
            key % 12 == i16::from(next.key) % 12 && other + 1 != lines.len()
                || (key - held).abs() <= 1
        })
    });
    if taken {
        return;
    }
    lines[voice][at].end = next.start + half;
    lines[voice][at + 1].start = next.start + half;
    if makes_parallels(lines, voice, &[next.start, next.start + half, next.end]) {
        lines[voice][at] = here;
        lines[voice][at + 1] = next;
    }
}

/// Whether a line goes in parallels with another into one of these moments.
pub(in crate::orchestra) fn makes_parallels(
    lines: &[Vec<Tone>],
    voice: usize,
    moments: &[f64],
) -> bool {
    lines
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != voice)
        .any(|(other, line)| {
            let (upper, lower) = if other < voice {
                (line, &lines[voice])
            } else {
                (&lines[voice], line)
            };
            moments.iter().any(|at| parallel(upper, lower, *at))
        })
}
