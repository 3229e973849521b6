//! Bells, tubes and bars in a transcription: what a model takes for a chord where one is struck is one note.

use super::notes::HeardNote;
use super::overtones::begins;
use super::posterior::{KEYS, LOWEST, Posterior};
use super::spectrum::{Fourier, RATE};
use super::struck::{self, Body};
use crate::instrument::slots::key_frequency;

/// Notes that begin within this of the first of them may be one stroke's, s.
const TOGETHER: f64 = 0.1;
/// The spectrum of a stroke begins so long after it, and is so long, s: at least, where another follows soon.
const AFTER: f64 = 0.01;
const LONGEST: f64 = 0.5;
const SHORTEST: f64 = 0.12;
/// What sounded before is heard as long before a stroke, s.
const BEFORE: f64 = 0.03;
/// What is struck has at least such a share of what then sounds, as power.
const LEAST_NEW: f64 = 0.2;
/// At least such a share of the strokes are of one kind where any is.
const MAJORITY: f64 = 0.6;
/// What rings on begins less surely than this.
const RINGS_ON: f64 = 0.5;
/// It may ring on so long after the model hears it no more, s.
const FADING: f64 = 3.0;

/// What a stroke is.
#[derive(Clone, Copy)]
enum Stroke {
    /// Too short, or nothing begins there.
    Untold,
    /// No such body's.
    Other,
    Of(Struck),
}

/// What is struck.
#[derive(Clone, Copy)]
struct Struck {
    body: &'static Body,
    /// Hz.
    note: f64,
}

/// The notes, those of each stroke of a bell, tube or bar brought to one, where most strokes are of one kind; of a mono sound at
/// [`super::SAMPLE_RATE`]. Sorted by their start, as `notes` are. Some 2 ms a stroke. Any thread but audio.
#[must_use]
pub fn joined(notes: Vec<HeardNote>, sound: &[f32], posterior: &Posterior) -> Vec<HeardNote> {
    let strokes = strokes(&notes);
    let heard = heard(&strokes, sound, posterior);
    let Some(body) = kind(&heard) else {
        return notes;
    };
    let mut left: Vec<HeardNote> = Vec::new();
    let mut ringing: Vec<(Struck, f64)> = Vec::new();
    for (stroke, heard) in strokes.into_iter().zip(heard) {
        let struck = heard.struck().filter(|struck| struck.body == body);
        let own = |note: &HeardNote| struck.is_some_and(|struck| struck.has(note));
        let (partials, others): (Vec<HeardNote>, Vec<HeardNote>) =
            stroke.into_iter().partition(own);
        let rings_on = |note: &HeardNote| {
            let surely = struck.is_none() && begins(note, posterior) >= RINGS_ON;
            let rings = |(struck, until): &(Struck, f64)| note.start < *until && struck.has(note);
            !surely && ringing.iter().any(rings)
        };
        left.extend(others.into_iter().filter(|note| !rings_on(note)));
        if let Some(note) = struck.and_then(|struck| struck.one(&partials)) {
            ringing.extend(struck.map(|struck| (struck, note.end + FADING)));
            left.push(note);
        }
    }
    left.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.key.cmp(&b.key)));
    left
}

/// Notes that begin together.
fn strokes(notes: &[HeardNote]) -> Vec<Vec<HeardNote>> {
    let mut strokes: Vec<Vec<HeardNote>> = Vec::new();
    for note in notes {
        match strokes
            .last_mut()
            .filter(|stroke| note.start - stroke[0].start < TOGETHER)
        {
            Some(stroke) => stroke.push(note.clone()),
            None => strokes.push(vec![note.clone()]),
        }
    }
    strokes
}

/// What is struck at each stroke.
fn heard(strokes: &[Vec<HeardNote>], sound: &[f32], posterior: &Posterior) -> Vec<Stroke> {
    let mut fourier = Fourier::default();
    let end = sound.len() as f64 / RATE;
    let mut last = f64::MIN;
    let mut heard = Vec::new();
    for (number, stroke) in strokes.iter().enumerate() {
        let start = stroke[0].start;
        let next = strokes.get(number + 1).map_or(end, |next| next[0].start);
        let surely = stroke
            .iter()
            .any(|note| begins(note, posterior) >= RINGS_ON);
        let told = match of_stroke(&mut fourier, sound, start, last, next) {
            Stroke::Other if !surely => Stroke::Untold,
            told => told,
        };
        if told.struck().is_some() {
            last = start;
        }
        heard.push(told);
    }
    heard
}

/// What is struck at `start` and sounds alone until `next`; there was a stroke before, at `last` (s).
fn of_stroke(fourier: &mut Fourier, sound: &[f32], start: f64, last: f64, next: f64) -> Stroke {
    let length = (next - start - AFTER)
        .min(start - BEFORE - last)
        .min(LONGEST);
    if length < SHORTEST {
        return Stroke::Untold;
    }
    let times = [start + AFTER + length / 2.0, start - BEFORE - length / 2.0];
    let spectra = fourier.spectra(sound, &times, length, 2);
    let (after, before) = spectra.power.split_at(spectra.bins);
    let both = after.iter().zip(before);
    let new: Vec<f32> = both
        .map(|(after, before)| (after - before).max(0.0))
        .collect();
    if f64::from(new.iter().sum::<f32>()) < LEAST_NEW * f64::from(after.iter().sum::<f32>()) {
        return Stroke::Untold;
    }
    struck::find(&new, spectra.hertz_per_bin).map_or(Stroke::Other, |(body, note)| {
        Stroke::Of(Struck { body, note })
    })
}

/// The kind that most strokes are of.
fn kind(heard: &[Stroke]) -> Option<&'static Body> {
    let told = heard
        .iter()
        .filter(|stroke| !matches!(stroke, Stroke::Untold));
    let bodies = || {
        heard
            .iter()
            .filter_map(|stroke| Some(stroke.struck()?.body))
    };
    let count = |body: &Body| bodies().filter(|other| *other == body).count();
    let body = bodies().max_by_key(|body| count(body))?;
    (count(body) as f64 >= MAJORITY * told.count() as f64).then_some(body)
}

impl Stroke {
    fn struck(self) -> Option<Struck> {
        match self {
            Self::Of(struck) => Some(struck),
            Self::Untold | Self::Other => None,
        }
    }
}

impl Struck {
    fn has(&self, note: &HeardNote) -> bool {
        self.body
            .has(key_frequency(f64::from(note.key)) / self.note)
    }

    /// One note for all its partials.
    fn one(&self, partials: &[HeardNote]) -> Option<HeardNote> {
        let key = (69.0 + 12.0 * (self.note / 440.0).log2()).round();
        let keys = f64::from(LOWEST)..f64::from(LOWEST) + KEYS as f64;
        let first = partials.first().filter(|_| keys.contains(&key))?;
        let of = |fold: fn(f64, f64) -> f64, of: fn(&HeardNote) -> f64| {
            partials.iter().map(of).fold(of(first), fold)
        };
        Some(HeardNote {
            key: key as u8,
            start: of(f64::min, |note| note.start),
            end: of(f64::max, |note| note.end),
            amplitude: of(f64::max, |note| f64::from(note.amplitude)) as f32,
            level: None,
            bend: Vec::new(),
        })
    }
}
