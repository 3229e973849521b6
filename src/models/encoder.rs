//! From a note to its code: the way back through the codec's decoder.
//!
//! A level at the floor says "silent", not "exactly this many dB": a cell that is silent in the
//! note and decoded as silent is right, however deep the decoder puts it, and a partial that the
//! key doesn't have says nothing. So the code is found by rounds of decoding, asking what the
//! decoded levels lack, and least squares against the decoder's own matrix (PCA of censored data
//! by repeated imputation).

use super::Error;
use super::codec::{Decoder, SHAPE_WIDTH};
use crate::instrument::NoteModel;
use crate::instrument::slots::{
    HIGHEST_PARTIAL_HZ, PARTIAL_ROWS, ROWS, SILENT_DB, TIMES, key_frequency, multiples,
};

/// A note's shape reaches so many dB below its loudest moment; what lies below is silence.
const SHAPE_DB: f32 = 70.0;
/// The decoder's deepest level of a shape, and what it was before it was hushed: [`unhushed`].
const DEEPEST: f32 = -50.0;
const UNHEARD: f32 = 0.875;
/// Rounds: each brings the levels nearer, the fifth by a twentieth of a dB.
const ROUNDS: usize = 5;
/// Levels at or below this are silent.
const SILENT: f32 = SILENT_DB + 0.5;
/// Offsets of partials that stay further below the loudest one aren't coded, dB.
const ACTIVE_DB: f32 = 50.0;
/// What the first number of a code is when others are measured: far beyond any note's, so that
/// half of all cells are as deep as the decoder goes.
const FAR: f32 = 1000.0;
/// Size of the offset numbers that their directions are measured with: too small to be bounded.
const SMALL: f32 = 0.05;

/// How the decoder reads the numbers of a code that aren't its shape: all are linear.
#[derive(Clone, Debug)]
struct Tail {
    /// dB of the loudest moment for a level number of 0, and for each 1 more.
    level: (f32, f32),
    /// For each number after the level: the cents it adds to the partials.
    offsets: Vec<Vec<f32>>,
}

impl Tail {
    /// Measured by decoding codes of which only those numbers differ.
    fn measure(decoder: &mut Decoder) -> Result<Self, Error> {
        let width = decoder.code_width();
        let count = width - SHAPE_WIDTH - 1;
        let mut codes = vec![0.0; (count + 2) * width];
        codes[0] = FAR;
        codes[width] = FAR;
        codes[width + SHAPE_WIDTH] = 1.0;
        for n in 0..count {
            codes[(n + 2) * width + SHAPE_WIDTH + 1 + n] = SMALL;
        }
        let decoded = decoder.decode(&codes)?;
        let lowest = |note: usize| {
            let levels = &decoded.levels[note * ROWS * TIMES..(note + 1) * ROWS * TIMES];
            levels.iter().copied().fold(f32::INFINITY, f32::min)
        };
        let base = lowest(0) + SHAPE_DB - DEEPEST;
        let offsets = decoded.cents[2 * PARTIAL_ROWS..].chunks(PARTIAL_ROWS);
        Ok(Self {
            level: (base, lowest(1) - lowest(0)),
            offsets: offsets
                .map(|cents| cents.iter().map(|c| c / SMALL).collect())
                .collect(),
        })
    }

    /// The code of a note without shape.
    fn code(&self, peak: f32, cents: &[f32]) -> Vec<f32> {
        let (base, step) = self.level;
        let mut code = vec![0.0; SHAPE_WIDTH];
        code.push(if step.abs() > 1e-6 {
            (peak - base) / step
        } else {
            0.0
        });
        // The directions are orthogonal: they were fitted as principal components.
        code.extend(self.offsets.iter().map(|direction| {
            let along: f32 = direction.iter().zip(cents).map(|(d, c)| d * c).sum();
            let square: f32 = direction.iter().map(|d| d * d).sum();
            if square > 1e-9 { along / square } else { 0.0 }
        }));
        code
    }
}

/// The code of a note that sounds at MIDI key `key`, for an anchor's key. Some 0.1 s. `go_on` is told the
/// share done, 0..=1, before each round of some 20 ms.
///
/// # Errors
/// [`Error::Model`], and `go_on`'s. Thread: any but audio.
pub fn encode(
    note: &NoteModel,
    (key, anchor_key): (f64, u8),
    decoder: &mut Decoder,
    go_on: &mut dyn FnMut(f32) -> Result<(), Error>,
) -> Result<Vec<f32>, Error> {
    // dB above the note's floor: 0 is silent, `None` a partial that the key doesn't have.
    let peak = peak_db(note, key);
    let floor = peak - SHAPE_DB;
    let highest = key_frequency(key.max(f64::from(anchor_key)));
    let mut target = Vec::with_capacity(ROWS * TIMES);
    for row in 0..ROWS {
        let exists = harmonics(row, highest) > 0;
        target.extend(note.row(row).iter().map(|&db| {
            let above = if db > SILENT { db - floor } else { 0.0 };
            exists.then_some(above.clamp(0.0, SHAPE_DB))
        }));
    }
    go_on(0.0)?;
    let mut code = Tail::measure(decoder)?.code(peak, &heard_offsets(note));
    for round in 0..ROUNDS {
        go_on(round as f32 / ROUNDS as f32)?;
        let decoded = decoder.decode(&code)?.levels;
        let residual: Vec<f32> = target
            .iter()
            .zip(decoded)
            .map(|(&target, level)| {
                let guess = unhushed(level - floor);
                match target {
                    None => 0.0,
                    Some(db) if db > 0.0 => db - guess,
                    Some(_) => guess.min(UNHEARD) - guess,
                }
            })
            .collect();
        let change = decoder.change(&residual)?;
        for (number, change) in code.iter_mut().zip(change) {
            *number += change;
        }
    }
    Ok(code)
}

/// The decoder pushes the quietest part of a shape down, so that silence doesn't add up to a drone:
/// this is what it pushed, linear in the code.
fn unhushed(level: f32) -> f32 {
    if level >= 8.0 {
        level
    } else if level >= 0.0 {
        (level + 8.0) / 2.0
    } else {
        (level.max(DEEPEST) + 64.0) / 16.0
    }
}

/// How many sinusoids of a row sound at a fundamental of `hertz`; 1 for a band of noise.
pub(super) fn harmonics(row: usize, hertz: f64) -> usize {
    if row >= PARTIAL_ROWS {
        return 1;
    }
    multiples(row)
        .take_while(|multiple| multiple * hertz < HIGHEST_PARTIAL_HZ)
        .count()
}

/// Level of a note's loudest moment at a MIDI key, dB. Thread: any but audio.
pub(super) fn peak_db(note: &NoteModel, key: f64) -> f32 {
    let mut powers = [0.0f64; TIMES];
    for row in 0..ROWS {
        let count = harmonics(row, key_frequency(key)) as f64;
        for (sum, &db) in powers.iter_mut().zip(note.row(row)) {
            *sum += count * 10f64.powf(f64::from(db) / 10.0);
        }
    }
    let loudest = powers.into_iter().fold(0.0, f64::max);
    10.0 * (loudest + 1e-9).log10() as f32
}

/// The offsets of the partials that are heard; 0 for the others.
fn heard_offsets(note: &NoteModel) -> [f32; PARTIAL_ROWS] {
    let loudest: [f32; PARTIAL_ROWS] =
        std::array::from_fn(|row| note.row(row).iter().copied().fold(SILENT_DB, f32::max));
    let least = loudest.iter().copied().fold(SILENT_DB, f32::max) - ACTIVE_DB;
    std::array::from_fn(|row| {
        if loudest[row] > least {
            note.cents[row]
        } else {
            0.0
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::Instrument;
    use crate::models::{Models, Pack, loudness};

    #[test]
    fn hushing_is_undone() {
        let hushed = |x: f32| x.min(2.0 * x - 8.0).min(16.0 * x - 64.0).max(DEEPEST);
        for step in 0..=700 {
            let level = UNHEARD + step as f32 * 0.1;
            assert!((unhushed(hushed(level)) - level).abs() < 1e-3, "{level}");
        }
        assert_eq!(unhushed(hushed(-30.0)), UNHEARD);
    }

    #[test]
    #[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
    fn a_note_comes_back_from_its_code() {
        let note = Instrument::factory().anchors().expect("notes").note(13);
        let mut models = Models::new(Pack::open().unwrap());
        let decoder = models.decoder().unwrap();
        let code = encode(&note, (64.0, 64), decoder, &mut |_| Ok(())).unwrap();
        assert_eq!(code.len(), decoder.code_width());
        let mut decoded = decoder.decode(&code).unwrap();
        loudness::silence_floor(&mut decoded.levels);
        let loudest = note.levels.iter().copied().fold(SILENT_DB, f32::max);
        let (mut error, mut count) = (0.0, 0.0);
        for (&a, &b) in note.levels.iter().zip(&decoded.levels) {
            if a.max(b) > loudest - 55.0 {
                error += (a - b.max(SILENT_DB)).abs();
                count += 1.0;
            }
        }
        assert!(error / count < 3.0, "{} dB", error / count);
        let back = NoteModel {
            levels: decoded.levels.iter().map(|db| db.max(SILENT_DB)).collect(),
            cents: note.cents,
        };
        let apart = (peak_db(&note, 64.0) - peak_db(&back, 64.0)).abs();
        assert!(apart < 1.0, "{apart} dB louder or softer");
        // The fundamental is where it was.
        assert!((decoded.cents[3] - note.cents[3]).abs() < 5.0);
    }
}
