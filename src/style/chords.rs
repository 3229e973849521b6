//! Chords in a rhythm, each voice going as little as it can; or one note of them after the other.

use super::chance::chance;
use super::figures::{Degree, FigureNote, Figures};
use super::file::Line;
use super::touch::{late, placed, time, velocity};
use super::voicing::{Range, voiced};
use super::{Setting, Style};
use crate::music::{Chord, GridNote, PartKind};

/// How much harder an accent is, in levels, and all else softer.
const ACCENT: [f32; 2] = [0.7, -0.5];
/// A held chord.
const HELD: FigureNote = FigureNote {
    step: 0,
    degree: Degree::Chord,
    likely: 1.0,
    louder: 0.0,
    most: None,
};

/// The notes. Any thread but audio.
pub(super) fn line(
    style: &Style,
    figures: &Figures,
    setting: &Setting,
    kind: PartKind,
) -> Vec<GridNote> {
    let line = &figures.line;
    let round = figures.round;
    let at = match line.line {
        Line::Held => held(style, setting),
        _ => figures.played(setting, 96),
    };
    let beat = style.bars.beat();
    let accents = &figures.accents;
    let range = Range::of(kind, line.octave);
    let mut notes = Vec::new();
    let mut before: Option<(Chord, Vec<i32>)> = None;
    for (number, &(step, note)) in at.iter().enumerate() {
        let degree = note.degree;
        let coming = if degree == Degree::Ahead {
            (step + 4).min(setting.steps - 1)
        } else {
            step
        };
        let chord = setting.chord(coming);
        let voices = match &before {
            Some((same, voices)) if *same == chord => voices.clone(),
            _ => voiced(
                (chord, setting.key),
                line.voicing,
                before.as_ref().map(|(_, voices)| &voices[..]),
                range,
            ),
        };
        let mut later = at[number + 1..].iter();
        let end = later.find(|next| next.0 > step);
        let end = end.map_or(setting.steps, |next| next.0);
        let room = (end - step) as f32;
        let length = line.steps.map_or(room, |steps| room.min(steps)) * line.length;
        let length = note.most.map_or(length, |most| most.min(room)).max(0.25);
        let level = match (accents.is_empty(), accents.contains(&(step % round))) {
            (true, _) if step % beat == 0 => 2.8,
            (true, _) => 3.1,
            (false, is) => 3.0 + ACCENT[usize::from(!is)],
        } + note.louder;
        let place = late(style.file.feel, setting.bpm, step, beat) + time(setting, step, 98);
        let strum = line.strum * setting.steps_a_ms();
        // Down on the beat, up between.
        let up = !step.is_multiple_of((beat / 2).max(1));
        let played: Vec<i32> = match (line.line, low(chord, degree, range.bottom), degree) {
            (_, Some(key), _) => vec![key],
            (_, None, Degree::Voice(voice)) => {
                vec![voices.get(voice).copied().unwrap_or(voices[0] + 12)]
            }
            (Line::Arpeggio, ..) => {
                // Anew in each bar.
                let line = step / style.bars.steps * style.bars.steps;
                let first = at.iter().position(|note| note.0 >= line);
                vec![arpeggiated(&voices, setting, number - first.unwrap_or(0))]
            }
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

/// A chord in each bar, and wherever another begins.
fn held(style: &Style, setting: &Setting) -> Vec<(usize, FigureNote)> {
    let begins = |step: &usize| {
        step.is_multiple_of(style.bars.steps) || setting.chord(*step) != setting.chord(step - 1)
    };
    (0..setting.steps)
        .filter(begins)
        .map(|step| (step, HELD))
        .collect()
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
        Degree::Second => root + 2,
        Degree::Fourth => root + 5,
        Degree::Sixth => root + 9,
        Degree::FlatSeventh => root + 10,
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
