//! Band-limited interpolation: a bank of polyphase windowed-sinc tables, one for every quarter
//! octave of upward transposition, made once per process and shared by all engines.
//!
//! The first table passes everything: at a transposition of exactly 1 the output is the input.
//! Each next one cuts a quarter octave lower, so that what would fold over the output's Nyquist
//! frequency is taken out first.

use std::sync::LazyLock;

/// Frames that one interpolated frame is made of.
pub const TAPS: usize = 16;
/// Taps at or before the position that is read.
pub const TAPS_BEFORE: usize = 8;
/// Rows a frame is divided into. In between, weights are interpolated linearly; the error of that
/// is (ω/256)²/8, −110 dB at 10 kHz of 48.
const PHASES: usize = 256;
/// Tables: no transposition, then a quarter octave each, to four octaves.
const TABLES: usize = 17;
/// Shape of the Kaiser window: stop band at about −75 dB, transition 0.71 to 1.29 of Nyquist.
/// Rendered sound ends at 16 kHz, so at 44.1 kHz nothing of it lies in the transition.
const KAISER_BETA: f64 = 7.5;

/// Weights of the taps for one phase, each twice: for left and right of an interleaved frame.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct Row(pub [f32; 2 * TAPS]);

/// The weights for one range of transpositions; the last row is the first, one frame on.
pub struct Table {
    rows: Box<[Row; PHASES + 1]>,
}

impl Table {
    /// The rows around a position between two frames, and how far it lies from the first to the
    /// second. `fraction` is the position in 2⁻³² frames.
    #[inline(always)]
    pub fn rows(&self, fraction: u32) -> (&Row, &Row, f32) {
        const SHIFT: u32 = 32 - PHASES.ilog2();
        let index = (fraction >> SHIFT) as usize; // < PHASES, so both rows exist
        let between = (fraction & ((1 << SHIFT) - 1)) as f32 * (1.0 / (1u32 << SHIFT) as f32);
        (&self.rows[index], &self.rows[index + 1], between)
    }

    fn new(cutoff: f64, windows: &[[f64; TAPS]]) -> Table {
        let rows: Vec<Row> = windows
            .iter()
            .enumerate()
            .map(|(phase, window)| {
                let mut weights = [0.0; TAPS];
                for (tap, (weight, window)) in weights.iter_mut().zip(window).enumerate() {
                    *weight = sinc(cutoff * distance(tap, phase)) * window;
                }
                // All phases pass 0 Hz alike; otherwise a constant would come out with a ripple.
                let sum: f64 = weights.iter().sum();
                let mut row = Row([0.0; 2 * TAPS]);
                for (pair, weight) in row.0.chunks_exact_mut(2).zip(weights) {
                    pair.fill((weight / sum) as f32);
                }
                row
            })
            .collect();
        let rows = rows.into_boxed_slice().try_into();
        Table {
            rows: rows.unwrap_or_else(|_| unreachable!("one row for each window")),
        }
    }
}

/// The tables of all transpositions.
pub struct Bank {
    tables: [Table; TABLES],
}

static BANK: LazyLock<Bank> = LazyLock::new(Bank::new);

impl Bank {
    /// The one of this process; the first call computes it. Main thread.
    pub fn shared() -> &'static Bank {
        &BANK
    }

    /// The table for reading `octaves` above the recorded pitch. Up to a semitone and a half all
    /// of the band is kept: zones are that far apart, and little lies that high.
    #[inline]
    pub fn table(&self, octaves: f32) -> &Table {
        let index = (4.0 * octaves - 0.5).ceil().clamp(0.0, (TABLES - 1) as f32) as usize;
        &self.tables[index]
    }

    fn new() -> Bank {
        let windows: Vec<[f64; TAPS]> = (0..=PHASES)
            .map(|phase| std::array::from_fn(|tap| kaiser(distance(tap, phase))))
            .collect();
        Bank {
            tables: std::array::from_fn(|k| Table::new((-0.25 * k as f64).exp2(), &windows)),
        }
    }
}

/// From the position that is read to a tap, in frames.
fn distance(tap: usize, phase: usize) -> f64 {
    tap as f64 - (TAPS_BEFORE - 1) as f64 - phase as f64 / PHASES as f64
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    // Exact zeros at whole frames keep untransposed sound untouched.
    if x.fract() == 0.0 {
        return 0.0;
    }
    let x = std::f64::consts::PI * x;
    x.sin() / x
}

fn kaiser(distance: f64) -> f64 {
    let x = distance / (TAPS / 2) as f64;
    bessel_i0(KAISER_BETA * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(KAISER_BETA)
}

/// Modified Bessel function of the first kind, order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= quarter / (k * k) as f64;
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_positions_are_untouched() {
        let (row, _, between) = Bank::shared().table(0.0).rows(0);
        assert_eq!(between, 0.0);
        for (i, weight) in row.0.iter().enumerate() {
            let expected = if i / 2 == TAPS_BEFORE - 1 { 1.0 } else { 0.0 };
            assert_eq!(*weight, expected);
        }
    }

    #[test]
    fn every_row_passes_a_constant_unchanged() {
        for table in &Bank::shared().tables {
            for row in table.rows.iter() {
                let sum: f32 = row.0.iter().step_by(2).sum();
                assert!((sum - 1.0).abs() < 1e-6, "{sum}");
            }
        }
    }

    #[test]
    fn tables_cut_lower_as_the_pitch_goes_up() {
        let bank = Bank::shared();
        assert!(std::ptr::eq(bank.table(-3.0), bank.table(0.12)));
        assert!(std::ptr::eq(bank.table(1.0), &bank.tables[4]));
        assert!(std::ptr::eq(bank.table(99.0), &bank.tables[TABLES - 1]));
        assert!(std::ptr::eq(bank.table(f32::NAN), &bank.tables[0]));
    }
}
