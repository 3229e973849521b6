//! The macros that change a note's levels: brightness, attack, decay and body. (The others act
//! while rendering.) Each leaves the note untouched at 0.

use crate::instrument::macros::Macros;
use crate::instrument::note::NoteModel;
use crate::instrument::slots::{
    LOUDEST_DB, NOISE_ROWS, PARTIAL_ROWS, RELEASE_AT, ROWS, SILENT_DB, TIMES, band_edges,
    multiples, time_grid,
};

/// Tilt of the partials at the ends of the brightness macro, dB an octave above the fundamental.
const TILT_DB: f32 = 6.0;
/// And of the noise, dB an octave around 1 kHz.
const NOISE_TILT_DB: f32 = 3.0;
const MOST_TILT_DB: f32 = 24.0;
/// The slowest onset, seconds.
const SLOWEST_S: f32 = 0.5;
/// The sharpest onset: how much faster, how much louder (dB), for how long (seconds).
const FASTER: f32 = 3.0;
const ACCENT_DB: f32 = 9.0;
const ACCENT_S: f32 = 0.03;
/// Share of a sound's own decay that is taken away at most, and decay added at most (dB/s).
const DECAY_TAKEN: f32 = 0.85;
const DECAY_ADDED_DB_PER_S: f32 = 40.0;
/// A note has risen when it is so near to its loudest moment, dB.
const RISEN_DB: f32 = 1.0;
/// Noise taken from a pure sound at most; noise added to a breathy one, and tone taken from it.
const NOISE_TAKEN_DB: f32 = 24.0;
const NOISE_ADDED_DB: f32 = 12.0;
const TONE_TAKEN_DB: f32 = 9.0;
/// Breath of a sound without noise of its own, all bands together, against the whole note: next to
/// nothing, and at the macro's end.
const BREATH_DB: (f32, f32) = (-70.0, -20.0);

/// Changes a note by the macros.
pub(super) fn apply(note: &mut NoteModel, macros: &Macros) {
    if macros.brightness != 0.0 {
        brighten(note, macros.brightness);
    }
    if macros.attack > 0.0 {
        slow_onset(note, macros.attack);
    } else if macros.attack < 0.0 {
        sharpen_onset(note, -macros.attack);
    }
    if macros.decay > 0.0 {
        sustain(note, macros.decay);
    } else if macros.decay < 0.0 {
        damp(note, -macros.decay);
    }
    if macros.body != 0.0 {
        balance(note, macros.body);
    }
}

/// Tilts the spectrum, and makes up for the loudness gained or lost.
fn brighten(note: &mut NoteModel, amount: f32) {
    let before = loudest(note);
    for row in 0..ROWS {
        let tilt = if row < PARTIAL_ROWS {
            let (sum, count) = multiples(row).fold((0.0, 0.0), |(s, n), m| (s + m, n + 1.0));
            TILT_DB * ((sum / count) as f32).log2().max(0.0)
        } else {
            let edges = &band_edges()[row - PARTIAL_ROWS..];
            NOISE_TILT_DB * ((edges[0] * edges[1]).sqrt() as f32 / 1000.0).log2()
        };
        let gain = (amount * tilt).clamp(-MOST_TILT_DB, MOST_TILT_DB);
        note.row_mut(row).iter_mut().for_each(|db| raise(db, gain));
    }
    let gain = before - loudest(note);
    note.levels.iter_mut().for_each(|db| raise(db, gain));
}

/// Fades the note in over up to half a second.
fn slow_onset(note: &mut NoteModel, amount: f32) {
    let length = SLOWEST_S * amount * amount;
    add_over_time(note, |t| {
        if t >= length {
            return 0.0;
        }
        let share = (t / length * std::f32::consts::FRAC_PI_2).sin();
        20.0 * (share * share).max(1e-4).log10()
    });
}

/// Runs through the onset faster, and accents it.
fn sharpen_onset(note: &mut NoteModel, amount: f32) {
    let grid = time_grid();
    let totals = note.total_levels();
    let early = grid.partition_point(|&t| t < 1.0);
    let full = totals[..early].iter().copied().fold(SILENT_DB, f32::max) - 1.0;
    let risen = (0..early)
        .find(|&i| totals[i] >= full)
        .map_or(0.0, |i| grid[i]);
    let speed = 1.0 + FASTER * amount;
    for row in 0..ROWS {
        let levels = note.row(row).to_vec();
        for (time, level) in note.row_mut(row).iter_mut().enumerate() {
            if grid[time] < risen {
                *level = read(&levels, (grid[time] * speed).min(risen));
            }
        }
    }
    add_over_time(note, |t| ACCENT_DB * amount * (-t / ACCENT_S).exp());
}

/// Takes away part of what the note loses after its loudest moment.
fn sustain(note: &mut NoteModel, amount: f32) {
    let grid = time_grid();
    let totals = note.total_levels();
    let held = grid.partition_point(|&t| t < RELEASE_AT - 1e-3);
    let mut most = SILENT_DB;
    let mut gains = [0.0f32; TIMES];
    for time in 0..held {
        most = most.max(totals[time]);
        gains[time] = (most - totals[time]) * DECAY_TAKEN * amount;
    }
    let last = gains[held - 1];
    gains[held..].fill(last);
    for row in 0..ROWS {
        let levels = note.row_mut(row).iter_mut();
        levels.zip(gains).for_each(|(db, gain)| raise(db, gain));
    }
}

/// Lets the note die away faster once it has risen.
fn damp(note: &mut NoteModel, amount: f32) {
    let totals = note.total_levels();
    // A steady sound is loudest at any time.
    let risen = loudest(note) - RISEN_DB;
    let peak = totals.iter().position(|&db| db >= risen).unwrap_or(0);
    let from = time_grid()[peak];
    let slope = DECAY_ADDED_DB_PER_S * amount;
    add_over_time(note, |t| -slope * (t.min(RELEASE_AT) - from).max(0.0));
}

/// Moves the balance of partials and noise, at the same loudness.
fn balance(note: &mut NoteModel, amount: f32) {
    let totals = note.total_levels();
    let before = loudest(note);
    let (first, rest) = note.levels.split_at_mut(PARTIAL_ROWS * TIMES);
    if amount > 0.0 {
        rest.iter_mut()
            .for_each(|db| raise(db, -NOISE_TAKEN_DB * amount));
    } else {
        let breath = BREATH_DB.0 + (BREATH_DB.1 - BREATH_DB.0) * -amount;
        let breath = breath - 10.0 * (NOISE_ROWS as f32).log10();
        first
            .iter_mut()
            .for_each(|db| raise(db, TONE_TAKEN_DB * amount));
        for row in rest.chunks_mut(TIMES) {
            for (db, total) in row.iter_mut().zip(totals) {
                raise(db, -NOISE_ADDED_DB * amount);
                *db = db.max(total + breath);
            }
        }
    }
    let gain = before - loudest(note);
    note.levels.iter_mut().for_each(|db| raise(db, gain));
}

fn loudest(note: &NoteModel) -> f32 {
    note.total_levels().into_iter().fold(SILENT_DB, f32::max)
}

fn add_over_time(note: &mut NoteModel, gain: impl Fn(f32) -> f32) {
    let gains = time_grid().map(gain);
    for row in 0..ROWS {
        let levels = note.row_mut(row).iter_mut();
        levels.zip(gains).for_each(|(db, gain)| raise(db, gain));
    }
}

/// Silence stays silent.
fn raise(db: &mut f32, gain: f32) {
    if *db > SILENT_DB {
        *db = (*db + gain).clamp(SILENT_DB, LOUDEST_DB);
    }
}

/// A row's level at any time.
fn read(levels: &[f32], seconds: f32) -> f32 {
    let grid = time_grid();
    let lower = grid.partition_point(|&t| t <= seconds).clamp(1, TIMES - 1) - 1;
    let share = (seconds - grid[lower]) / (grid[lower + 1] - grid[lower]);
    levels[lower] + (levels[lower + 1] - levels[lower]) * share.clamp(0.0, 1.0)
}
