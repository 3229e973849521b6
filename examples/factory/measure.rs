//! What is measured of an instrument, all from its partials and noise.

use consort::instrument::slots::{
    ANCHOR_KEYS, FIRST_GROUP_ROW, PARTIAL_ROWS, RELEASE_AT, ROWS, SILENT_DB, TIMES, band_edges,
    key_frequency, multiple, time_grid,
};
use consort::instrument::{Family, Instrument, NoteModel};
use consort::models::choice;

/// The key and velocity at which timbre is described.
const VELOCITY: u8 = 96;

/// See the fields.
pub struct Measured {
    /// The worst clarity of pitch of its keys within the family's range (`models::choice`).
    pub clarity: f32,
    /// Loudest moments of the quietest and the loudest of those keys, dB.
    pub levels: (f32, f32),
    /// Centroid of the middle note, Hz.
    pub centroid_hz: f32,
    /// Seconds until the middle note is within 3 dB of its loudest.
    pub onset_s: f32,
    /// Seconds in which it would fall by 60 dB while held; 60 for one that doesn't.
    pub t60_s: f32,
    /// Noise against partials, dB.
    pub noise_db: f32,
    /// How much its level moves while held, dB, trend apart.
    pub motion_db: f32,
    /// What it is compared by: levels of the middle note's rows at some times, dB.
    pub fingerprint: Vec<f32>,
}

/// Keys that an instrument of a family is played on.
fn range(family: Family) -> (u8, u8) {
    match family {
        Family::Bass => (28, 60),
        Family::ChromaticPercussion => (60, 98),
        Family::Wind => (58, 94),
        Family::Guitar | Family::Voice | Family::Reed | Family::Brass => (42, 84),
        _ => (36, 90),
    }
}

/// The key in the middle of where a family is played.
fn middle_key(family: Family) -> u8 {
    let (low, high) = range(family);
    (low + high) / 2
}

/// Measures an instrument.
pub fn measure(instrument: &Instrument, family: Family) -> Measured {
    let (low, high) = range(family);
    let keys: Vec<u8> = (low..=high).step_by(6).collect();
    let notes: Vec<NoteModel> = keys
        .iter()
        .map(|&key| instrument.note(key, VELOCITY).expect("no kit"))
        .collect();
    // Noise has a figure of its own.
    let clarities = keys
        .iter()
        .zip(&notes)
        .map(|(&key, note)| choice::clarity(&note.levels, &note.cents, key, true));
    let loudest = |note: &NoteModel| note.total_levels().into_iter().fold(SILENT_DB, f32::max);
    let levels = notes.iter().map(loudest);
    let key = middle_key(family);
    let middle = instrument.note(key, VELOCITY).expect("no kit");
    Measured {
        clarity: clarities.fold(f32::INFINITY, f32::min),
        levels: levels.fold((f32::MAX, f32::MIN), |(low, high), level| {
            (low.min(level), high.max(level))
        }),
        centroid_hz: centroid(&middle, key),
        onset_s: onset(&middle),
        t60_s: t60(&middle),
        noise_db: noise(&middle),
        motion_db: motion(&middle),
        fingerprint: fingerprint(instrument),
    }
}

fn power(db: f32) -> f32 {
    if db <= SILENT_DB {
        0.0
    } else {
        10f32.powf(db / 10.0)
    }
}

/// Mean power of a row while the note is held.
fn held_power(note: &NoteModel, row: usize) -> f32 {
    let grid = time_grid();
    let times = grid.partition_point(|&t| t < 0.05)..grid.partition_point(|&t| t < 1.0);
    let count = times.len() as f32;
    note.row(row)[times]
        .iter()
        .map(|&db| power(db))
        .sum::<f32>()
        / count
}

fn centroid(note: &NoteModel, key: u8) -> f32 {
    let hz = key_frequency(f64::from(key)) as f32;
    let partials =
        (0..FIRST_GROUP_ROW).map(|row| (multiple(row) as f32 * hz, held_power(note, row)));
    let edges = band_edges();
    let bands = (PARTIAL_ROWS..ROWS).map(|row| {
        let band = row - PARTIAL_ROWS;
        (
            (edges[band] * edges[band + 1]).sqrt() as f32,
            held_power(note, row),
        )
    });
    let (sum, weights) = partials
        .chain(bands)
        .map(|(hz, power)| (hz, power.sqrt()))
        .fold((0.0, 1e-9), |(sum, weights), (hz, weight)| {
            (sum + hz * weight, weights + weight)
        });
    sum / weights
}

fn held(note: &NoteModel) -> Vec<(f32, f32)> {
    let grid = time_grid();
    let held = grid.partition_point(|&t| t < RELEASE_AT - 1e-3);
    grid[..held]
        .iter()
        .copied()
        .zip(note.total_levels())
        .collect()
}

fn onset(note: &NoteModel) -> f32 {
    let held = held(note);
    let loudest = held.iter().map(|p| p.1).fold(SILENT_DB, f32::max);
    held.iter()
        .find(|p| p.1 >= loudest - 3.0)
        .map_or(0.0, |p| p.0)
}

/// From the loudest moment to where it has fallen by 30 dB, or to the release.
fn t60(note: &NoteModel) -> f32 {
    let held = held(note);
    let (at, loudest) =
        held.iter().copied().fold(
            (0.0, SILENT_DB),
            |best, p| if p.1 > best.1 { p } else { best },
        );
    let fallen = held.iter().find(|p| p.0 > at && p.1 < loudest - 30.0);
    let end = fallen.or(held.last()).copied().unwrap_or((1.0, loudest));
    let loss = (loudest - end.1).max(0.01);
    (60.0 * (end.0 - at).max(0.01) / loss).min(60.0)
}

fn noise(note: &NoteModel) -> f32 {
    let sum = |rows: std::ops::Range<usize>| rows.map(|row| held_power(note, row)).sum::<f32>();
    10.0 * ((sum(PARTIAL_ROWS..ROWS) + 1e-9) / (sum(0..PARTIAL_ROWS) + 1e-9)).log10()
}

fn motion(note: &NoteModel) -> f32 {
    let late: Vec<f32> = held(note)
        .iter()
        .filter(|p| p.0 > 0.5)
        .map(|p| p.1)
        .collect();
    let steps = late.windows(3).map(|w| (w[1] - (w[0] + w[2]) / 2.0).abs());
    steps.sum::<f32>() / late.len().max(1) as f32
}

fn fingerprint(instrument: &Instrument) -> Vec<f32> {
    let times = [4, 20, 60, 90, 104, 114];
    let mut fingerprint = Vec::new();
    for key in [ANCHOR_KEYS[2], ANCHOR_KEYS[4], ANCHOR_KEYS[6]] {
        let note = instrument.note(key, VELOCITY).expect("no kit");
        let loudest = note.total_levels().into_iter().fold(SILENT_DB, f32::max);
        for row in 0..ROWS {
            let levels = note.row(row);
            fingerprint
                .extend(times.map(|time| (levels[time.min(TIMES - 1)] - loudest).max(-60.0)));
        }
    }
    fingerprint
}
