//! Bars from where a song begins to sound to where it ends.

use super::Heard;
use super::feel;
use super::rhythm::Rhythm;
use super::salience::ROWS;
use super::strength::FRAMES;

/// A beat before the sound by less than this is at its beginning, s.
const EARLY: f64 = 0.1;
/// What begins so much before a bar line belongs to the bar after it, s.
const BEFORE_LINE: f64 = 0.08;
/// A moment sounds that has this share of what sounds at half of all moments.
const SOUNDS: f32 = 0.1;
/// How long before it begins something sounds already, as it is heard, s.
const BLURRED: f64 = 0.25;
/// A bar at the end in which nothing begins is there if it sounds for this share of it.
const SHARE: f64 = 0.5;

/// Leaves out the bars of a rhythm before the song begins to sound, and after it has ended. Any thread but audio.
pub(super) fn settle(rhythm: &mut Rhythm, heard: &Heard) {
    let onsets: Vec<f64> = feel::onsets(&heard.strength)
        .into_iter()
        .map(|frame| frame as f64 / FRAMES)
        .collect();
    let (begins, ends) = sounding(heard, &onsets);
    let from = first(rhythm, begins);
    let to = end(rhythm, ends, &onsets).max(from);
    rhythm.beats.truncate(to);
    rhythm.places.truncate(to);
    rhythm.beats.drain(..from);
    rhythm.places.drain(..from);
    if let Some(beat) = rhythm.beats.first_mut() {
        *beat = beat.max(0.0);
    }
}

/// When it begins to sound, and when it ends, s.
fn sounding(heard: &Heard, onsets: &[f64]) -> (f64, f64) {
    let levels = heard
        .salience
        .rows
        .iter()
        .map(|row| row.iter().sum::<f32>());
    let levels: Vec<f32> = levels.collect();
    let mut sorted: Vec<f32> = levels
        .iter()
        .copied()
        .filter(|level| *level > 0.0)
        .collect();
    sorted.sort_by(f32::total_cmp);
    let least = SOUNDS * sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let sounds = |level: &f32| *level > least;
    let row = |row: usize| row as f64 / ROWS;
    // What sounds is heard some time before it begins.
    let begins = match (levels.iter().position(sounds).map(row), onsets.first()) {
        (Some(sounds), Some(begins)) if (sounds..sounds + BLURRED).contains(begins) => {
            vec![*begins]
        }
        (sounds, begins) => sounds.into_iter().chain(begins.copied()).collect(),
    };
    let ends = [
        levels.iter().rposition(sounds).map(row),
        onsets.last().copied(),
    ];
    let begins = begins.into_iter().reduce(f64::min);
    let ends = ends.into_iter().flatten().reduce(f64::max);
    (begins.unwrap_or(0.0), ends.unwrap_or(heard.seconds_used))
}

/// The first beat that is kept: the downbeat of the bar that the song begins in.
fn first(rhythm: &Rhythm, begins: f64) -> usize {
    let there = rhythm.beats.partition_point(|beat| *beat < -EARLY);
    let lines = rhythm.places.iter().zip(&rhythm.beats).enumerate();
    let lines = lines.filter(|(_, (place, at))| **place == 0 && **at <= begins + BEFORE_LINE);
    lines
        .map(|(number, _)| number)
        .next_back()
        .unwrap_or(0)
        .max(there)
}

/// The beat after the last that is kept.
fn end(rhythm: &Rhythm, ends: f64, onsets: &[f64]) -> usize {
    let mut end = rhythm
        .beats
        .partition_point(|beat| *beat <= ends + BEFORE_LINE);
    let usual = |from: usize| match rhythm.beats.get(from..from + 2) {
        Some(pair) => pair[1] - pair[0],
        None => 0.0,
    };
    while let Some(line) = (0..end).rev().find(|beat| rhythm.places[*beat] == 0) {
        let at = rhythm.beats[line];
        let bar = f64::from(rhythm.metre.beats()) * usual(line.saturating_sub(1));
        let begins = onsets.iter().any(|onset| *onset >= at - BEFORE_LINE);
        if line == 0 || begins || ends - at >= SHARE * bar {
            // The bar is whole, as far as its beats are known.
            let next = (line + 1..rhythm.beats.len()).find(|beat| rhythm.places[*beat] == 0);
            return next.unwrap_or(rhythm.beats.len());
        }
        end = line;
    }
    rhythm.beats.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::posterior::KEYS;
    use crate::analysis::song::salience::Salience;
    use crate::analysis::song::strength::BANDS;
    use crate::music::Metre;

    /// A song that sounds between two moments, an onset each half second from the first on.
    fn heard(from: f64, to: f64, onsets_to: f64, seconds: f64) -> Heard {
        let mut salience = Salience::default();
        for row in 0..(seconds * ROWS) as usize {
            let at = row as f64 / ROWS;
            let sounds = (from..to).contains(&at);
            salience.rows.push([if sounds { 1.0 } else { 0.0 }; KEYS]);
        }
        let mut strength = vec![[0.0f32; BANDS]; (seconds * FRAMES) as usize];
        let count = ((onsets_to - from) * 2.0) as usize + 1;
        for onset in 0..count {
            strength[((from + 0.5 * onset as f64) * FRAMES) as usize] = [2.0; BANDS];
        }
        Heard {
            seconds,
            seconds_used: seconds,
            loudness_lufs: None,
            strength,
            salience,
        }
    }

    fn lines(begins: f64, heard: &Heard) -> Vec<f64> {
        let four = Metre { count: 4, unit: 4 };
        let mut rhythm = Rhythm::even(120.0, four, begins, heard.seconds_used).unwrap();
        settle(&mut rhythm, heard);
        let lines = rhythm.places.iter().zip(&rhythm.beats);
        lines
            .filter(|(place, _)| **place == 0)
            .map(|(_, at)| *at)
            .collect()
    }

    #[test]
    fn bars_begin_and_end_with_the_song() {
        // A beat before its beginning by a few ms is there.
        assert_eq!(lines(-0.02, &heard(0.0, 8.0, 7.5, 8.3))[..2], [0.0, 1.98]);
        // Silence before and after; the song's own four bars stay.
        assert_eq!(
            lines(0.3, &heard(4.3, 12.5, 12.0, 20.0)),
            [4.3, 6.3, 8.3, 10.3]
        );
        // An upbeat belongs to the bar before, and what rings on is no bar.
        assert_eq!(lines(0.0, &heard(3.0, 8.7, 7.5, 10.0)), [2.0, 4.0, 6.0]);
        // A last chord on a bar line is one, and so is one that is held.
        assert_eq!(
            lines(0.0, &heard(0.0, 8.7, 8.0, 10.0)),
            [0.0, 2.0, 4.0, 6.0, 8.0]
        );
        assert_eq!(
            lines(0.0, &heard(0.0, 9.5, 7.5, 10.0)),
            [0.0, 2.0, 4.0, 6.0, 8.0]
        );
    }
}
