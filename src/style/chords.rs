//! Chords in a rhythm, each voice going as little as it can; or one note of them after the other.

use super::bass::{Degree, FigureNote, figures, version};
use super::chance::chance;
use super::file::{Line, LineFile, Voicing};
use super::places::Bars;
use super::touch::{late, placed, time, velocity};
use super::{Setting, Style};
use crate::music::{Chord, GridNote, PartKind};

/// Where close voicings lie, and their middle.
const LOW: i32 = 50;
const HIGH: i32 = 76;
const MIDDLE: f32 = 62.0;
/// Power chords and open ones lie lower: a guitar's strings from E2.
const STRINGS: i32 = 40;

/// From where a thumb or a left hand plays.
const LEFT_HAND: i32 = 36;
/// How much harder an accent is, in levels, and all else softer.
const ACCENT: [f32; 2] = [0.7, -0.5];

/// The notes. Any thread but audio.
pub(super) fn line(
    style: &Style,
    line: &LineFile,
    setting: &Setting,
    kind: PartKind,
) -> Vec<GridNote> {
    let bars = Bars {
        count: line.bars,
        ..style.bars
    };
    let round = bars.all();
    let figures = figures(line, bars).unwrap_or_default();
    if figures.is_empty() {
        return Vec::new();
    }
    let mut at: Vec<(usize, Degree)> = Vec::new();
    for first in (0..setting.steps).step_by(round) {
        let version = version(setting, first / round, figures.len());
        let plays = |note: &&FigureNote| {
            let step = first + note.0;
            step < setting.steps
                && (note.2 >= 1.0 || chance(setting.seed, &[96, step as u64]) < note.2)
        };
        at.extend(
            figures[version]
                .iter()
                .filter(plays)
                .map(|note| (first + note.0, note.1)),
        );
    }
    let beat = style.bars.beat();
    let accents = bars.at(&line.accents).unwrap_or_default();
    let bottom = match kind {
        PartKind::Guitar => STRINGS,
        _ => LEFT_HAND,
    };
    let mut notes = Vec::new();
    let mut before: Option<(Chord, Vec<i32>)> = None;
    for (number, &(step, degree)) in at.iter().enumerate() {
        let coming = if degree == Degree::Ahead {
            (step + 4).min(setting.steps - 1)
        } else {
            step
        };
        let chord = setting.chord(coming);
        let voices = match &before {
            Some((same, voices)) if *same == chord => voices.clone(),
            _ => voiced(
                chord,
                line.voicing,
                before.as_ref().map(|(_, voices)| &voices[..]),
            ),
        };
        let mut later = at[number + 1..].iter();
        let end = later.find(|next| next.0 > step);
        let end = end.map_or(setting.steps, |next| next.0);
        let room = (end - step) as f32;
        let length = (line.steps.map_or(room, |steps| room.min(steps)) * line.length).max(0.25);
        let level = match (accents.is_empty(), accents.contains(&(step % round))) {
            (true, _) if step % beat == 0 => 2.8,
            (true, _) => 3.1,
            (false, is) => 3.0 + ACCENT[usize::from(!is)],
        };
        let place = late(style.file.feel, setting.bpm, step, beat) + time(setting, step, 98);
        let strum = line.strum * setting.steps_a_ms();
        // Down on the beat, up between.
        let up = !step.is_multiple_of((beat / 2).max(1));
        let played: Vec<i32> = match (line.line, low(chord, degree, bottom), degree) {
            (_, Some(key), _) => vec![key],
            (_, None, Degree::Voice(voice)) => {
                vec![voices.get(voice).copied().unwrap_or(voices[0] + 12)]
            }
            (Line::Arpeggio, ..) => vec![arpeggiated(&voices, setting, number)],
            _ => voices.clone(),
        };
        let count = played.len().max(2) - 1;
        for (voice, key) in played.into_iter().enumerate() {
            let order = if up { count - voice.min(count) } else { voice };
            let offset = place + strum * order as f32 / count as f32;
            let velocity = velocity(setting, level, &[step as u64, 100 + voice as u64]);
            let key = key.clamp(0, 127) as u8;
            notes.push(placed(step, offset, length, (key, velocity)));
        }
        before = Some((chord, voices));
    }
    notes
}

/// The key of a degree that a thumb or a left hand plays.
fn low(chord: Chord, degree: Degree, bottom: i32) -> Option<i32> {
    let root = bottom + (i32::from(chord.root) - bottom).rem_euclid(12);
    let intervals = chord.quality.intervals();
    let above = |number: usize, usual: i32| intervals.get(number).map_or(usual, |i| i32::from(*i));
    let fifth = above(2, 7);
    Some(match degree {
        Degree::Root => root,
        Degree::Third => root + above(1, 4),
        Degree::Fifth => root + fifth,
        Degree::LowFifth if root + fifth - 12 >= bottom => root + fifth - 12,
        Degree::LowFifth => root + fifth,
        Degree::Sixth => root + 9,
        Degree::Seventh => root + above(3, 10),
        Degree::Octave => root + 12,
        _ => return None,
    })
}

/// One of a chord's notes: up, or up and down again, by the seed.
fn arpeggiated(voices: &[i32], setting: &Setting, number: usize) -> i32 {
    const SHAPES: [[usize; 4]; 3] = [[0, 1, 2, 1], [0, 1, 2, 3], [0, 2, 1, 3]];
    let shape = SHAPES[(chance(setting.seed, &[97]) * 3.0) as usize % 3];
    let at = shape[number % 4];
    match voices.get(at) {
        Some(key) => *key,
        None => voices[0] + 12,
    }
}

/// The notes of a chord, near those of the one before.
fn voiced(chord: Chord, voicing: Voicing, before: Option<&[i32]>) -> Vec<i32> {
    let root = i32::from(chord.root);
    let above: Vec<i32> = chord
        .quality
        .intervals()
        .iter()
        .map(|i| i32::from(*i))
        .collect();
    let fifth = above.get(2).copied().unwrap_or(7);
    let lowest = |class: i32, from: i32| from + (class - from).rem_euclid(12);
    match voicing {
        Voicing::Power => {
            let root = lowest(root, STRINGS);
            return vec![root, root + fifth, root + 12];
        }
        Voicing::Open => {
            let root = lowest(root, STRINGS);
            let third = above.get(1).copied().unwrap_or(4);
            let mut voices = vec![
                root,
                root + fifth,
                root + 12,
                root + 12 + third,
                root + 12 + fifth,
            ];
            if let Some(seventh) = above.get(3) {
                voices[2] = root + seventh;
            }
            return voices;
        }
        Voicing::Triad | Voicing::Full | Voicing::Shell => {}
    }
    let classes: Vec<i32> = match voicing {
        Voicing::Triad => above.iter().take(3).map(|i| (root + i) % 12).collect(),
        // The bass has root and fifth.
        Voicing::Shell if above.len() > 3 => [above[1], above[3], (above[2] + 7) % 12]
            .iter()
            .map(|i| (root + i) % 12)
            .collect(),
        Voicing::Shell => [above[1], 9, 14].iter().map(|i| (root + i) % 12).collect(),
        _ => above.iter().map(|i| (root + i) % 12).collect(),
    };
    let mut all: Vec<Vec<i32>> = Vec::new();
    for bottom in LOW..HIGH {
        if !classes.contains(&bottom.rem_euclid(12)) {
            continue;
        }
        let mut voices = vec![bottom];
        let mut left: Vec<i32> = classes
            .iter()
            .copied()
            .filter(|class| *class != bottom.rem_euclid(12))
            .collect();
        while let Some((at, key)) = left
            .iter()
            .map(|class| lowest(*class, voices[voices.len() - 1] + 1))
            .enumerate()
            .min_by_key(|(_, key)| *key)
        {
            voices.push(key);
            left.remove(at);
        }
        if voices[voices.len() - 1] <= HIGH {
            all.push(voices);
        }
    }
    let mean = |voices: &[i32]| voices.iter().sum::<i32>() as f32 / voices.len().max(1) as f32;
    let cost = |voices: &Vec<i32>| {
        let middle = (mean(voices) - MIDDLE).abs();
        match before {
            Some(before) if before.len() == voices.len() => {
                let moves: i32 = before.iter().zip(voices).map(|(a, b)| (a - b).abs()).sum();
                moves as f32 + 0.15 * middle
            }
            _ => middle,
        }
    };
    let best = all.iter().min_by(|a, b| cost(a).total_cmp(&cost(b)));
    best.cloned()
        .unwrap_or_else(|| classes.iter().map(|class| 60 + class).collect())
}
