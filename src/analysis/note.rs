//! One recorded note into the note model: finds its own tuning, its partials in a long spectrum and
//! the noise between them, and follows all of them over the model's time grid.
//!
//! The same analysis as the one that wrote the models' training data (`training/data/analyse.py`),
//! so that a note from a sound file looks to the models like those they know; a test compares the
//! two on sounds of `tests/golden/analysis.json`.

use super::extend::extend;
use super::levels::follow;
use super::partials::{Partials, offsets, tuning};
use super::spectrum::Fourier;
use super::timing::{LONG_WINDOW, Timing};
use crate::instrument::NoteModel;
use crate::instrument::slots::{
    FIRST_GROUP_ROW, HIGHEST_PARTIAL_HZ, LOUDEST_DB, MAX_CENTS, PARTIAL_ROWS, ROWS, SILENT_DB,
    TIMES, group_harmonics,
};

/// How far the real pitch may be from the one given, cents.
const TUNING_LIMIT: f64 = 60.0;

/// One analysed note, at its own pitch.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// [`ROWS`] × [`TIMES`] levels in dB, row-major. Full scale: a sine of amplitude 1 is 0 dB;
    /// −120 is silent.
    pub levels: Vec<f32>,
    /// Offset of each partial row from its multiple of the fundamental, cents, within ±100.
    pub cents: [f32; PARTIAL_ROWS],
    /// The note's fundamental as it sounds, Hz.
    pub fundamental: f64,
}

impl Analysis {
    /// Analyses a note.
    ///
    /// `sound`: mono at [`SAMPLE_RATE`](super::SAMPLE_RATE), beginning at the note's onset (see
    /// `trim`). `fundamental`: its pitch in Hz, right within 50 cents; any, for a sound
    /// without pitch. Takes some 20 ms. Any thread but audio.
    pub fn of(sound: &[f32], fundamental: f64, timing: Timing) -> Self {
        let sound = &sound[..sound.len().min(timing.samples())];
        let mut fourier = Fourier::default();
        let long = fourier.spectra(sound, &timing.long_moments(), LONG_WINDOW, 1);
        let mean = long.mean();
        let cents = tuning(&mean, long.hertz_per_bin, fundamental, TUNING_LIMIT).unwrap_or(0.0);
        let f0 = fundamental * (cents / 1200.0).exp2();
        let partials = Partials::find(&mean, long.hertz_per_bin, f0);
        let mut levels = follow(&mut fourier, sound, timing, &partials, f0);
        extend(&mut levels, sound, timing, f0);
        let (cents, own) = offsets(&partials, f0);
        let limit = f64::from(MAX_CENTS);
        Self {
            levels,
            cents: cents.map(|cents| cents.clamp(-limit, limit) as f32),
            fundamental: f0 * (own / 1200.0).exp2(),
        }
    }

    /// Level of the whole note at its loudest moment, dB, full scale: what an instrument whose
    /// middle anchor this is calls 0 dB.
    pub fn loudest_db(&self) -> f32 {
        let totals = total_db(&self.levels, self.fundamental);
        totals.into_iter().fold(-300.0, f64::max) as f32
    }

    /// The note as anchors and the note codec have it: relative to `reference_db`, within −80 and
    /// +24 dB. Any thread.
    pub fn note(&self, reference_db: f32) -> NoteModel {
        let relative = |&db: &f32| (db - reference_db).clamp(SILENT_DB, LOUDEST_DB);
        NoteModel {
            levels: self.levels.iter().map(relative).collect(),
            cents: self.cents,
        }
    }
}

/// Level of a whole note of fundamental `f0` at each time, dB.
pub(super) fn total_db(levels: &[f32], f0: f64) -> [f64; TIMES] {
    let mut powers = [0.0f64; TIMES];
    let highest = (HIGHEST_PARTIAL_HZ / f0) as u32;
    for row in 0..ROWS {
        let count = if (FIRST_GROUP_ROW..PARTIAL_ROWS).contains(&row) {
            let harmonics = group_harmonics(row - FIRST_GROUP_ROW);
            harmonics.take_while(|&h| h <= highest).count() as f64
        } else {
            1.0
        };
        let row = &levels[row * TIMES..][..TIMES];
        for (sum, &db) in powers.iter_mut().zip(row) {
            *sum += count * 10f64.powf(f64::from(db) / 10.0);
        }
    }
    powers.map(|power| 10.0 * (power + 1e-30).log10())
}
