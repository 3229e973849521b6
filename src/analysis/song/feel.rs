//! How it is played: how many onsets, whether eighths swing, how much is going on.

use super::description::Swing;
use super::strength::{BANDS, FRAMES};
use crate::music::{DRUM_CHANNEL, Note, Song};

/// An onset is at least this, and this much above the mean of its surroundings.
const LEAST: f32 = 0.35;
const ABOVE: f32 = 1.6;
/// Onsets are this far apart at least, and are the highest so far around, frames.
const APART: usize = 5;
const AROUND: usize = 100;
/// Where the second eighth of a beat may fall, parts of the beat.
const EARLIEST: f64 = 0.42;
const LATEST: f64 = 0.78;
/// So many beats with a second eighth are needed to speak of swing.
const FEWEST: usize = 8;

/// Frames at which something begins. Any thread but audio.
pub fn onsets(strength: &[[f32; BANDS]]) -> Vec<usize> {
    let total: Vec<f32> = strength.iter().map(|row| row.iter().sum()).collect();
    let mut sums = vec![0.0f64; total.len() + 1];
    for (i, &x) in total.iter().enumerate() {
        sums[i + 1] = sums[i] + f64::from(x);
    }
    let mut found: Vec<usize> = Vec::new();
    for (at, &x) in total.iter().enumerate() {
        let (from, to) = (
            at.saturating_sub(AROUND),
            (at + AROUND + 1).min(total.len()),
        );
        let mean = ((sums[to] - sums[from]) / (to - from) as f64) as f32;
        let near = at.saturating_sub(APART)..(at + APART + 1).min(total.len());
        let highest = near.clone().all(|other| total[other] <= x);
        let new = found.last().is_none_or(|&last| at - last > APART);
        if x >= LEAST && x > ABOVE * mean && highest && new {
            found.push(at);
        }
    }
    found
}

/// Swing of the onsets between beats (s); `None` where there are too few second eighths, or beats
/// are too fast or slow for eighths to be what swings.
pub fn swing(strength: &[[f32; BANDS]], onsets: &[usize], beats: &[f64]) -> Option<Swing> {
    let mut places: Vec<(f64, f64)> = Vec::new();
    for beat in beats.windows(2) {
        let length = beat[1] - beat[0];
        let between = onsets.iter().filter_map(|&frame| {
            let place = (frame as f64 / FRAMES - beat[0]) / length;
            let weight = f64::from(strength[frame].iter().sum::<f32>());
            (EARLIEST..=LATEST)
                .contains(&place)
                .then_some((place, weight))
        });
        // Of several, the strongest: sixteenths around a straight eighth are weaker than it.
        places.extend(between.max_by(|a, b| a.1.total_cmp(&b.1)));
    }
    if places.len() < FEWEST {
        return None;
    }
    // Where most of the weight lies within a twentieth of a beat.
    let weight_around = |centre: f64| -> f64 {
        let near = places.iter().filter(|p| (p.0 - centre).abs() < 0.05);
        near.map(|p| p.1.sqrt()).sum()
    };
    let total: f64 = places.iter().map(|p| p.1.sqrt()).sum();
    let centres = (42..=78).map(|percent| f64::from(percent) / 100.0);
    let centre = centres.max_by(|&a, &b| weight_around(a).total_cmp(&weight_around(b)))?;
    let near: Vec<&(f64, f64)> = places
        .iter()
        .filter(|p| (p.0 - centre).abs() < 0.05)
        .collect();
    let sum: f64 = near.iter().map(|p| p.1.sqrt()).sum();
    let place = near.iter().map(|p| p.0 * p.1.sqrt()).sum::<f64>() / sum.max(1e-9);
    let enough = (places.len() as f64 / (0.3 * beats.len() as f64)).min(1.0);
    Some(Swing {
        ratio: place / (1.0 - place),
        confidence: sum / total.max(1e-9) * enough,
    })
}

/// See [`super::SongDescription::energy`].
pub fn energy(onsets_a_second: f64, loudness_lufs: Option<f64>, strength: &[[f32; BANDS]]) -> f64 {
    let busy = (onsets_a_second / 8.0).clamp(0.0, 1.0);
    let loud = loudness_lufs.map_or(0.0, |lufs| ((lufs + 40.0) / 32.0).clamp(0.0, 1.0));
    let all: f32 = strength.iter().flatten().sum();
    let high: f32 = strength.iter().map(|row| row[BANDS - 1]).sum();
    let bright = if all > 1e-6 {
        f64::from(high / all)
    } else {
        0.0
    };
    (busy + loud + bright) / 3.0
}

/// Notes that begin so soon after each other are one onset, s.
const TOGETHER: f64 = 0.03;
/// Velocities that are as soft, and as loud, as songs are.
const VELOCITIES: (f64, f64) = (20.0, 110.0);
/// Keys of General MIDI's kit whose strokes are loudest above 2 kHz: snares, claps, hats, cymbals, shakers.
const BRIGHT: [u8; 18] = [
    37, 38, 39, 40, 42, 44, 46, 49, 51, 52, 53, 54, 55, 57, 59, 69, 70, 82,
];

/// The onsets in the first seconds of a song that is written down, and its energy. What a sound is measured by is judged by the notes:
/// loudness by velocity, brightness by half the share of onsets with a bright stroke.
pub fn written(song: &Song, seconds: f64) -> (usize, f64) {
    let bright = |note: &Note| note.channel == DRUM_CHANNEL && BRIGHT.contains(&note.key);
    let mut notes: Vec<(f64, bool)> = song
        .notes()
        .map(|note| (song.tempo.seconds_at(note.start), bright(note)))
        .filter(|(at, _)| *at <= seconds)
        .collect();
    notes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut onsets: Vec<(f64, bool)> = Vec::new();
    for (at, bright) in notes {
        match onsets.last_mut() {
            Some(last) if at - last.0 < TOGETHER => last.1 |= bright,
            _ => onsets.push((at, bright)),
        }
    }
    let count = onsets.len().max(1) as f64;
    let busy = (count / seconds.max(1.0) / 8.0).clamp(0.0, 1.0);
    let velocities: f64 = song.notes().map(|note| f64::from(note.velocity)).sum();
    let velocity = velocities / song.notes().count().max(1) as f64;
    let loud = ((velocity - VELOCITIES.0) / (VELOCITIES.1 - VELOCITIES.0)).clamp(0.0, 1.0);
    let bright = onsets.iter().filter(|onset| onset.1).count() as f64 / count / 2.0;
    (onsets.len(), (busy + loud + bright) / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(second: f64) -> (Vec<[f32; BANDS]>, Vec<f64>) {
        let mut strength = vec![[0.0f32; BANDS]; 1700];
        let beats: Vec<f64> = (0..33).map(|beat| f64::from(beat) * 0.5).collect();
        for beat in &beats {
            for (place, level) in [(0.0, 3.0), (second, 2.0)] {
                strength[((beat + place * 0.5) * FRAMES).round() as usize][1] = level;
            }
        }
        (strength, beats)
    }

    #[test]
    fn swing_is_where_the_second_eighth_falls() {
        for (second, ratio) in [(0.5, 1.0), (0.667, 2.0), (0.6, 1.5)] {
            let (strength, beats) = played(second);
            let onsets = onsets(&strength);
            assert_eq!(onsets.len(), 66);
            let swing = swing(&strength, &onsets, &beats).unwrap();
            assert!((swing.ratio - ratio).abs() < 0.15, "{swing:?}");
            assert!(swing.confidence > 0.9);
        }
        let (strength, beats) = played(0.0);
        assert!(swing(&strength, &onsets(&strength), &beats).is_none());
        assert!(onsets(&[]).is_empty());
    }
}
