//! Which notes of a chord sound, and where: close voicings near those of the chord before, and shapes of their own.

use super::file::Voicing;
use crate::music::{Chord, Key, PartKind};

/// Where the voices of a part lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    /// Close voicings go from here to here, and best about the middle.
    low: i32,
    high: i32,
    middle: f32,
    /// From where shapes of their own, a thumb or a left hand go.
    pub(super) bottom: i32,
}

impl Range {
    /// Of a part that lies so many octaves above the usual.
    pub(super) fn of(kind: PartKind, octaves: i32) -> Self {
        // A guitar's strings from E2, a left hand from C2, sections of an orchestra where they are full.
        let (low, high, bottom) = match kind {
            PartKind::Guitar => (50, 76, 40),
            PartKind::Strings => (52, 82, 43),
            PartKind::Brass => (53, 79, 46),
            PartKind::Winds => (57, 84, 52),
            PartKind::Lead => (58, 86, 55),
            _ => (50, 76, 36),
        };
        let up = 12 * octaves;
        Self {
            low: low + up,
            high: high + up,
            middle: (low + high) as f32 / 2.0 - 1.0 + up as f32,
            bottom: bottom + up,
        }
    }
}

/// Semitones of the seventh and of what lies above it, as the key has them.
fn colours(chord: Chord, key: Key) -> [i32; 2] {
    let above = chord.quality.intervals();
    let root = i32::from(chord.root);
    let in_key = |interval: i32| {
        let class = (root + interval - i32::from(key.tonic)).rem_euclid(12);
        key.mode
            .scale()
            .iter()
            .any(|tone| i32::from(*tone) == class)
    };
    let seventh = match above {
        [_, _, _, seventh, ..] => i32::from(*seventh),
        [_, 3, ..] => 10,
        _ if in_key(11) || !in_key(10) => 11,
        _ => 10,
    };
    // A ninth a semitone above the root bites: a fourth instead, under a major third a sixth.
    let ninth = match in_key(2) || !in_key(1) {
        true => 14,
        false if above.get(1) == Some(&3) => 17,
        false => 21,
    };
    [seventh, ninth]
}

/// The notes of a chord, near those of the one before.
pub(super) fn voiced(
    (chord, key): (Chord, Key),
    voicing: Voicing,
    before: Option<&[i32]>,
    range: Range,
) -> Vec<i32> {
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
            let root = lowest(root, range.bottom);
            return vec![root, root + fifth, root + 12];
        }
        Voicing::Open => {
            let root = lowest(root, range.bottom);
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
        Voicing::Wide => {
            let root = lowest(root, range.bottom + 5);
            let tenth = above.get(1).copied().unwrap_or(4) + 12;
            let top = above.get(3).map_or(fifth, |seventh| *seventh) + 12;
            return vec![root, root + fifth, root + tenth, root + top];
        }
        Voicing::Quartal => {
            let first = match (above.get(1), above.get(3)) {
                (Some(3), _) => 0,
                (_, Some(10)) => 10,
                _ => 4,
            };
            let bottom = lowest((root + first) % 12, range.low);
            // Under a dominant's fourths lies a tritone.
            let second = if first == 10 { 6 } else { 5 };
            return vec![bottom, bottom + second, bottom + second + 5];
        }
        Voicing::Octaves | Voicing::Single => {
            let near = before.map_or(range.middle, |before| before[0] as f32);
            let tone = |key: &i32| above.iter().take(3).any(|i| (key - root - i) % 12 == 0);
            let far =
                |key: &i32| 2.0 * (*key as f32 - near).abs() + (*key as f32 - range.middle).abs();
            let key = (range.low..range.high).filter(tone);
            let key = key.min_by(|a, b| far(a).total_cmp(&far(b)));
            let key = key.unwrap_or(60 + root);
            return match voicing {
                Voicing::Single => vec![key],
                _ => vec![key, key + 12],
            };
        }
        Voicing::Triad | Voicing::Full | Voicing::Shell | Voicing::Ninth => {}
    }
    let [seventh, ninth] = colours(chord, key);
    let classes: Vec<i32> = match voicing {
        Voicing::Triad => above.iter().take(3).map(|i| (root + i) % 12).collect(),
        Voicing::Ninth => [above[1], fifth, seventh, ninth]
            .iter()
            .map(|i| (root + i) % 12)
            .collect(),
        // The bass has the root. A major triad has a sixth rather than a seventh.
        Voicing::Shell => {
            let is_major = above.len() == 3 && above[1] == 4;
            [above[1], fifth, if is_major { 9 } else { seventh }]
                .iter()
                .map(|i| (root + i) % 12)
                .collect()
        }
        _ => above.iter().map(|i| (root + i) % 12).collect(),
    };
    let mut all: Vec<Vec<i32>> = Vec::new();
    for bottom in range.low..range.high {
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
        if voices[voices.len() - 1] <= range.high {
            all.push(voices);
        }
    }
    let mean = |voices: &[i32]| voices.iter().sum::<i32>() as f32 / voices.len().max(1) as f32;
    let cost = |voices: &Vec<i32>| {
        let middle = (mean(voices) - range.middle).abs();
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
