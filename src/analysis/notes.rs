//! From likelihoods of keys to notes: where they begin and end, how loud and how bent they are.
//!
//! The decoding of Bittner et al. (ICASSP 2022), section 3, as published with Basic Pitch: notes
//! grow from peaks of the onsets, from the last to the first; what then still sounds is taken for
//! notes whose beginning wasn't heard (the "melody pass").

use serde::{Deserialize, Serialize};

use super::posterior::{BINS_A_KEY, CONTOUR_BINS, Contours, IN_TUNE, KEYS, LOWEST, Posterior};

/// How sure the model has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decoding {
    /// That a note begins, 0..=1.
    pub begins: f32,
    /// That it still sounds, 0..=1.
    pub sounds: f32,
    /// Shorter notes are left out, frames.
    pub shortest: usize,
}

impl Default for Decoding {
    /// As published: 0.5, 0.3, 11 frames (128 ms).
    fn default() -> Self {
        Self {
            begins: 0.5,
            sounds: 0.3,
            shortest: 11,
        }
    }
}

/// A note as it was heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeardNote {
    /// MIDI key, 21..=108.
    pub key: u8,
    /// Where it begins and ends, seconds from the start of the sound.
    pub start: f64,
    /// See `start`.
    pub end: f64,
    /// How surely it sounds on average, 0..=1.
    pub amplitude: f32,
    /// How loud it begins, dB: its energy over that of the loudest note of the recording, which is as loud as the recording's
    /// highest sample is under full scale. `None` where nobody measured it, as in older projects.
    #[serde(default)]
    pub level: Option<f32>,
    /// Semitones off its key, evenly spread from start to end; projects don't remember it.
    #[serde(skip)]
    pub bend: Vec<f32>,
}

impl HeardNote {
    /// MIDI velocity, 1..=127: the level is 40 log₁₀(velocity / 127) dB, as General MIDI 2 and DLS have it. Its sureness stands for
    /// a level that nobody measured.
    #[must_use]
    pub fn velocity(&self) -> u8 {
        let share = self
            .level
            .map_or(self.amplitude, |level| 10f32.powf(level / 40.0));
        (share * 127.0).round().clamp(1.0, 127.0) as u8
    }
}

/// Frames below the threshold after which a note is over.
const PATIENCE: usize = 11;
/// Frames over which a rise counts as a beginning.
const RISE: usize = 2;
/// Furthest bend that is followed, in thirds of a semitone, and how soon far ones count less.
const FURTHEST: usize = 25;
const NEAR: f32 = 5.0;

/// The notes, sorted by their start. Any thread but audio.
#[must_use]
pub fn decode(posterior: &Posterior, contours: &Contours, decoding: Decoding) -> Vec<HeardNote> {
    let mut left = Left {
        energy: posterior.sounds.clone(),
        decoding,
    };
    let mut spans = Vec::new();
    for (frame, key) in beginnings(posterior, decoding.begins) {
        spans.extend(left.begun_at(frame, key));
    }
    let mut loudest: Vec<(f32, usize, usize)> = left.above().collect();
    loudest.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    for (level, frame, key) in loudest {
        if left.energy[frame][key] == level {
            spans.extend(left.around(frame, key));
        }
    }
    let mut notes: Vec<HeardNote> = spans
        .into_iter()
        .map(|span| span.note(posterior, contours))
        .collect();
    notes.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.key.cmp(&b.key)));
    notes
}

/// Frames and keys at which notes begin, the last first: peaks of the onsets, or of rises of what
/// sounds, scaled to the onsets' height.
fn beginnings(posterior: &Posterior, threshold: f32) -> Vec<(usize, usize)> {
    let (sounds, begins) = (&posterior.sounds, &posterior.begins);
    let frames = sounds.len();
    let rise = |frame: usize, key: usize| -> f32 {
        if frame < RISE {
            return 0.0;
        }
        let now = sounds[frame][key];
        let rises = (1..=RISE).map(|back| now - sounds[frame - back][key]);
        rises.fold(f32::INFINITY, f32::min).max(0.0)
    };
    let cells = || (0..frames).flat_map(|frame| (0..KEYS).map(move |key| (frame, key)));
    let highest_rise = cells()
        .map(|(frame, key)| rise(frame, key))
        .fold(0.0, f32::max);
    let highest = begins.iter().flatten().copied().fold(0.0, f32::max);
    let scale = if highest_rise > 0.0 {
        highest / highest_rise
    } else {
        0.0
    };
    let onset = |frame: usize, key: usize| begins[frame][key].max(rise(frame, key) * scale);
    let mut found = Vec::new();
    for frame in (1..frames.saturating_sub(1)).rev() {
        for key in (0..KEYS).rev() {
            let here = onset(frame, key);
            if here >= threshold && here > onset(frame - 1, key) && here > onset(frame + 1, key) {
                found.push((frame, key));
            }
        }
    }
    found
}

/// Frames `start..end` of a key.
struct Span {
    start: usize,
    end: usize,
    key: usize,
}

impl Span {
    fn note(&self, posterior: &Posterior, contours: &Contours) -> HeardNote {
        let frames = self.start..self.end;
        let level: f32 = posterior.sounds[frames.clone()]
            .iter()
            .map(|row| row[self.key])
            .sum();
        HeardNote {
            key: LOWEST + self.key as u8,
            start: posterior.seconds[self.start],
            end: posterior.seconds[self.end],
            amplitude: level / frames.len() as f32,
            level: None,
            bend: contours[frames]
                .iter()
                .map(|row| bend(row, self.key))
                .collect(),
        }
    }
}

/// Semitones off a key at which a frame's contour is strongest, near ones counting more.
fn bend(contour: &[f32; CONTOUR_BINS], key: usize) -> f32 {
    let middle = key * BINS_A_KEY + IN_TUNE;
    let bins = middle.saturating_sub(FURTHEST)..(middle + FURTHEST + 1).min(CONTOUR_BINS);
    let off = |bin: usize| bin as f32 - middle as f32;
    let weighted = |bin: usize| contour[bin] * (-0.5 * (off(bin) / NEAR).powi(2)).exp();
    // The first of equals.
    let best = bins
        .rev()
        .max_by(|&a, &b| weighted(a).total_cmp(&weighted(b)));
    best.map_or(0.0, |bin| off(bin) / BINS_A_KEY as f32)
}

/// What sounds and belongs to no note yet.
struct Left {
    energy: Vec<[f32; KEYS]>,
    decoding: Decoding,
}

impl Left {
    fn above(&self) -> impl Iterator<Item = (f32, usize, usize)> {
        let cells = self.energy.iter().enumerate().flat_map(|(frame, row)| {
            let cells = row.iter().enumerate();
            cells.map(move |(key, level)| (*level, frame, key))
        });
        cells.filter(|(level, ..)| *level > self.decoding.sounds)
    }

    /// The note that begins here, taken out with its neighbours.
    fn begun_at(&mut self, start: usize, key: usize) -> Option<Span> {
        let last = self.energy.len() - 1;
        let (mut frame, mut quiet) = (start + 1, 0);
        while frame < last && quiet < PATIENCE {
            quiet = self.quiet(frame, key, quiet);
            frame += 1;
        }
        let end = frame - quiet;
        if end <= start + self.decoding.shortest {
            return None;
        }
        for row in &mut self.energy[start..end] {
            clear(row, key);
        }
        Some(Span { start, end, key })
    }

    /// The note that sounds here, both ways, taken out with its neighbours.
    fn around(&mut self, middle: usize, key: usize) -> Option<Span> {
        let last = self.energy.len() - 1;
        self.energy[middle][key] = 0.0;
        let (mut frame, mut quiet) = (middle + 1, 0);
        while frame < last && quiet < PATIENCE {
            quiet = self.quiet(frame, key, quiet);
            clear(&mut self.energy[frame], key);
            frame += 1;
        }
        let end = (frame - 1).saturating_sub(quiet);
        let (mut frame, mut quiet) = (middle.saturating_sub(1), 0);
        while frame > 0 && quiet < PATIENCE {
            quiet = self.quiet(frame, key, quiet);
            clear(&mut self.energy[frame], key);
            frame -= 1;
        }
        let start = (frame + 1 + quiet).min(middle);
        (end > start + self.decoding.shortest).then_some(Span { start, end, key })
    }

    /// How many frames the key has been quiet, this one counted.
    fn quiet(&self, frame: usize, key: usize, before: usize) -> usize {
        if self.energy[frame][key] < self.decoding.sounds {
            before + 1
        } else {
            0
        }
    }
}

/// A key's overtones spill into its neighbours.
fn clear(row: &mut [f32; KEYS], key: usize) {
    row[key.saturating_sub(1)..(key + 2).min(KEYS)].fill(0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of silence into which notes are put.
    fn nothing(frames: usize) -> (Posterior, Contours) {
        let posterior = Posterior {
            sounds: vec![[0.0; KEYS]; frames],
            begins: vec![[0.0; KEYS]; frames],
            seconds: (0..frames).map(|frame| frame as f64 * 0.01).collect(),
        };
        (posterior, vec![[0.0; CONTOUR_BINS]; frames])
    }

    fn heard(posterior: &Posterior, contours: &Contours) -> Vec<(u8, usize, usize)> {
        let frame = |seconds: f64| (seconds * 100.0).round() as usize;
        decode(posterior, contours, Decoding::default())
            .iter()
            .map(|note| (note.key, frame(note.start), frame(note.end)))
            .collect()
    }

    #[test]
    fn a_repeated_key_is_two_notes() {
        let (mut posterior, mut contours) = nothing(120);
        let sounds = posterior.sounds[10..90].iter_mut();
        for (sounds, contour) in sounds.zip(&mut contours[10..90]) {
            sounds[39] = 0.8;
            contour[39 * BINS_A_KEY + IN_TUNE + 1] = 0.9;
        }
        posterior.begins[10][39] = 0.9;
        posterior.begins[50][39] = 0.6;
        let notes = decode(&posterior, &contours, Decoding::default());
        assert_eq!(heard(&posterior, &contours), [(60, 10, 50), (60, 50, 90)]);
        assert_eq!(notes[0].velocity(), 102);
        assert_eq!(notes[0].bend.len(), 40);
        assert!(
            notes[0]
                .bend
                .iter()
                .all(|bend| (bend - 1.0 / 3.0).abs() < 1e-6)
        );
    }

    #[test]
    fn gaps_are_bridged_and_short_notes_left_out() {
        let (mut posterior, contours) = nothing(200);
        for frame in (20..50).chain(58..80) {
            // A rise as high as the first would be a beginning.
            posterior.sounds[frame][87] = if frame < 50 { 0.7 } else { 0.35 };
        }
        for frame in 100..108 {
            posterior.sounds[frame][0] = 0.7;
        }
        posterior.begins[20][87] = 0.9;
        posterior.begins[100][0] = 0.9;
        assert_eq!(heard(&posterior, &contours), [(108, 20, 80)]);
    }

    #[test]
    fn a_note_whose_beginning_was_not_heard_is_found_by_the_melody_pass() {
        let (mut posterior, contours) = nothing(120);
        for frame in 0..60 {
            // It swells slowly, so that nothing rises at once.
            posterior.sounds[frame][20] = 0.2 + 0.01 * frame as f32;
            posterior.sounds[frame][21] = 0.19 + 0.005 * frame as f32;
        }
        posterior.begins[80][60] = 0.4;
        let notes = heard(&posterior, &contours);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert_eq!(notes[0].0, 41);
        assert!(
            notes[0].1.abs_diff(10) <= 1 && notes[0].2.abs_diff(59) <= 1,
            "{notes:?}"
        );
    }

    #[test]
    fn nothing_is_nothing() {
        for frames in [0, 1, 2, 50] {
            let (posterior, contours) = nothing(frames);
            assert!(heard(&posterior, &contours).is_empty());
        }
    }
}
