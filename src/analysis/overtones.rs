//! Overtones that a transcription model takes for notes: what sounds at a multiple of a lower note's frequency, begins less surely
//! than a note does, and isn't stronger than overtones are.

use super::beginning::{Beginning, partial_near, sounds_with};
use super::notes::HeardNote;
use super::posterior::{LOWEST, Posterior};
use super::spectrum::Fourier;
use crate::instrument::slots::key_frequency;

/// Overtones up to this partial are taken for notes.
const HIGHEST: usize = 10;
/// Frames around a note's start in which its beginning is looked for.
const AROUND: usize = 3;
/// Notes that begin this long after another still sound with it, s.
const TOGETHER: f64 = 0.1;
/// What is less likely than this to be a note is left out.
const LEAST: f64 = 0.35;
/// A logistic regression over 120 training songs by texture and 60 lines of synthetic and sampled tones; see
/// `training/EXPERIMENTS.md`, Transcription.
const CONSTANT: f64 = -4.95;
/// Of how surely it begins, 0..=1.
const BEGINS: f64 = 8.85;
/// Of the logarithm of how surely it sounds, over the same of the lower note.
const SURENESS: f64 = 2.10;
/// Of its level over that of the lower note's first partial, and of the strongest partial below it, 10 dB each.
const OVER_FIRST: f64 = -0.47;
const OVER_BELOW: f64 = 0.50;
/// Of octaves above middle C, of octaves above the lower note, and of being its second partial.
const HEIGHT: f64 = 0.21;
const APART: f64 = 0.30;
const SECOND: f64 = -0.78;
/// Of how far its first three partials stand out at most of what a smooth spectrum has there, 6 dB (at most one).
const STANDS_OUT: f64 = -0.83;
const MOST_DB: f64 = 6.0;
/// Where only one line is played: of how little they do, [`PLAIN_DB`].
const PLAIN: f64 = -9.05;
const PLAIN_DB: f64 = 4.0;

/// The notes that are no overtones, of a mono sound at [`super::SAMPLE_RATE`]. Some 0.3 ms a note. Any thread but audio.
#[must_use]
pub fn left_out(notes: Vec<HeardNote>, sound: &[f32], posterior: &Posterior) -> Vec<HeardNote> {
    let lower: Vec<Vec<(usize, usize)>> = notes.iter().map(|note| parents(note, &notes)).collect();
    let single = 1.0 - polyphony(&notes, &lower);
    let mut fourier = Fourier::default();
    let is_note = |(note, parents): (&HeardNote, &Vec<(usize, usize)>)| -> bool {
        if parents.is_empty() {
            return true;
        }
        let beginning = Beginning::of(note, sound, &mut fourier);
        let begins = begins(note, posterior);
        parents.iter().all(|&(parent, number)| {
            let score = score(note, &notes[parent], number, &beginning, begins, single);
            score > (LEAST / (1.0 - LEAST)).ln()
        })
    };
    let kept: Vec<bool> = notes.iter().zip(&lower).map(is_note).collect();
    let both = notes.into_iter().zip(kept);
    both.filter_map(|(note, kept)| kept.then_some(note))
        .collect()
}

/// Notes that a note may be an overtone of, and as which partial.
fn parents(note: &HeardNote, notes: &[HeardNote]) -> Vec<(usize, usize)> {
    let hertz = key_frequency(f64::from(note.key));
    let below = notes.iter().enumerate();
    let below = below.filter(|(_, low)| low.key < note.key && sounds_with(low, note));
    below
        .filter_map(|(index, low)| {
            let number = partial_near(hertz, key_frequency(f64::from(low.key)))?;
            (2..=HIGHEST).contains(&number).then_some((index, number))
        })
        .collect()
}

/// Share of the notes that certainly are notes that sound with another such.
fn polyphony(notes: &[HeardNote], parents: &[Vec<(usize, usize)>]) -> f64 {
    let both = notes.iter().zip(parents);
    let certain: Vec<&HeardNote> = both
        .filter_map(|(note, parents)| parents.is_empty().then_some(note))
        .collect();
    let with_another = certain.iter().enumerate().filter(|(index, note)| {
        let moment = note.start + TOGETHER;
        let mut others = certain.iter().enumerate();
        others.any(|(other, note)| other != *index && note.start < moment && note.end > moment)
    });
    with_another.count() as f64 / certain.len().max(1) as f64
}

/// How surely a note begins.
pub(super) fn begins(note: &HeardNote, posterior: &Posterior) -> f64 {
    let at = posterior
        .seconds
        .partition_point(|seconds| *seconds < note.start);
    let rows = at.saturating_sub(AROUND)..(at + AROUND + 1).min(posterior.begins.len());
    let key = usize::from(note.key - LOWEST);
    let rows = posterior.begins[rows].iter();
    f64::from(rows.map(|row| row[key]).fold(0.0, f32::max))
}

/// Log-odds that it is a note, beside one lower note.
fn score(
    note: &HeardNote,
    low: &HeardNote,
    number: usize,
    beginning: &Beginning,
    begins: f64,
    single: f64,
) -> f64 {
    let fundamental = key_frequency(f64::from(low.key));
    let at = |partial: usize| beginning.at(fundamental * partial as f64);
    let decibels = |ratio: f32| 20.0 * f64::from(ratio).log10();
    let strongest = (1..number).map(at).fold(0.0, f32::max);
    let raised = [1, 2, 3].map(|multiple| {
        let partial = number * multiple;
        decibels(at(partial) / beginning.expected(fundamental, partial))
    });
    let raised = raised.into_iter().fold(f64::MIN, f64::max);
    CONSTANT
        + BEGINS * begins
        + SURENESS * f64::from(note.amplitude / low.amplitude).ln()
        + OVER_FIRST * decibels(at(number) / at(1)).clamp(-40.0, 30.0) / 10.0
        + OVER_BELOW * decibels(at(number) / strongest).clamp(-30.0, 20.0) / 10.0
        + HEIGHT * (f64::from(note.key) - 60.0) / 12.0
        + APART * (number as f64).log2()
        + if number == 2 { SECOND } else { 0.0 }
        + STANDS_OUT * raised.clamp(0.0, MOST_DB) / MOST_DB
        + PLAIN * single * (PLAIN_DB - raised).clamp(0.0, PLAIN_DB) / PLAIN_DB
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::posterior::KEYS;
    use crate::analysis::tests::synthetic::{hertz, saw, tone};

    const RATE: u32 = 32_000;

    /// Keys that are left of (key, start s, how surely it begins and sounds), where only `played` sound.
    fn left(played: &[(u8, f64)], heard: &[(u8, f64, f32)]) -> Vec<u8> {
        let mut sound = vec![0.0f32; 4 * RATE as usize];
        for &(key, start) in played {
            let part = tone(hertz(f64::from(key)), &saw(16), 1.0, 0.8, RATE);
            let place = sound[(start * f64::from(RATE)) as usize..].iter_mut();
            place.zip(part).for_each(|(sum, x)| *sum += x);
        }
        let seconds: Vec<f64> = (0..344).map(|frame| f64::from(frame) / 86.0).collect();
        let mut posterior = Posterior {
            sounds: vec![[0.0; KEYS]; seconds.len()],
            begins: vec![[0.0; KEYS]; seconds.len()],
            seconds,
        };
        let mut notes = Vec::new();
        for &(key, start, sureness) in heard {
            let frame = (start * 86.0) as usize;
            posterior.begins[frame][usize::from(key - LOWEST)] = sureness;
            notes.push(HeardNote {
                key,
                start,
                end: start + 0.7,
                amplitude: sureness,
                level: None,
                bend: Vec::new(),
            });
        }
        let left = left_out(notes, &sound, &posterior);
        left.iter().map(|note| note.key).collect()
    }

    #[test]
    fn overtones_of_a_low_note_are_none() {
        for low in [28, 33, 40] {
            let heard = [
                (low, 0.5, 0.8),
                (low + 12, 0.5, 0.5),
                (low + 19, 0.52, 0.4),
                (low + 24, 0.5, 0.4),
            ];
            assert_eq!(left(&[(low, 0.5)], &heard), [low]);
        }
    }

    #[test]
    fn siblings_in_the_middle_are_none_either() {
        for low in [45, 52, 59] {
            let heard = [(low, 1.0, 0.9), (low + 12, 1.0, 0.6), (low + 28, 1.0, 0.35)];
            assert_eq!(left(&[(low, 1.0)], &heard), [low]);
        }
    }

    #[test]
    fn octaves_and_chords_stay() {
        for low in [36, 43, 50] {
            for above in [[12, 19], [12, 24], [19, 28]] {
                let played: Vec<(u8, f64)> = [low, low + above[0], low + above[1]]
                    .map(|key| (key, 0.5))
                    .to_vec();
                let heard: Vec<(u8, f64, f32)> = played
                    .iter()
                    .map(|(key, start)| (*key, *start, 0.85))
                    .collect();
                assert_eq!(left(&played, &heard).len(), 3, "{low} {above:?}");
            }
        }
        // Nothing that the lower note's partials reach.
        assert_eq!(
            left(&[(40, 0.5)], &[(40, 0.5, 0.8), (44, 0.5, 0.4)]),
            [40, 44]
        );
        assert!(left(&[], &[]).is_empty());
    }
}
