//! The renderer as a whole: levels, pitch, loops, layers, rates, macros, cancelling.

mod kit;
mod macros;

use std::cell::Cell;
use std::f64::consts::TAU;
use std::ops::ControlFlow;

use realfft::RealFftPlanner;

use super::*;
use crate::instrument::slots::{
    ANCHORS, NOISE_ROWS, PARTIAL_ROWS, ROWS, TIMES, band_edges, harmonic_row, multiple, time_grid,
};
use crate::instrument::zone::Layer;
use crate::instrument::{AnchorSet, Recipe};

/// An instrument whose anchors all have these levels (by row and time in seconds) and cents.
fn instrument(level: impl Fn(usize, f32) -> f32, cents: impl Fn(usize) -> f32) -> Instrument {
    let note: Vec<f32> = (0..ROWS)
        .flat_map(|row| time_grid().map(|t| level(row, t)))
        .collect();
    let offsets: Vec<f32> = (0..PARTIAL_ROWS).map(cents).collect();
    Instrument {
        name: "test".into(),
        recipe: Recipe::default(),
        macros: Macros::default(),
        body: Body::Keys(
            AnchorSet::from_levels(&note.repeat(ANCHORS), &offsets.repeat(ANCHORS)).unwrap(),
        ),
    }
}

/// Steady harmonics 1 to 8, each 6 dB below the one before, until the release.
fn organ() -> Instrument {
    let level = |row, t| match (1..=8).find(|&h| harmonic_row(h) == Some(row)) {
        Some(h) if t < 3.0 => -6.0 * (h - 1) as f32,
        _ => SILENT_DB,
    };
    instrument(level, |_| 0.0)
}

/// Three decaying partials that aren't harmonic: 1/2, 2.74 and 5.29 times the key.
const BELL: [(usize, f32, f32); 3] = [(1, -10.0, 0.0), (10, 0.0, -6.0), (20, -20.0, 12.0)];

fn bell() -> Instrument {
    let of = |row| BELL.iter().find(|p| p.0 == row);
    instrument(
        |row, t| of(row).map_or(SILENT_DB, |p| p.1 - 6.0 * t),
        |row| of(row).map_or(0.0, |p| p.2),
    )
}

fn columns_of(instrument: &Instrument, rate: f32, macros: Macros, order: &[u8]) -> Vec<Column> {
    let mut columns = Vec::new();
    let mut ready = |_, column: Box<Column>| {
        columns.push(*column);
        ControlFlow::Continue(())
    };
    let flow = render_columns(instrument, rate, &macros, order, &|| false, &mut ready);
    assert!(flow.is_continue());
    columns
}

fn column_with(instrument: &Instrument, rate: f32, macros: Macros, key: u8) -> Column {
    let index = plan(instrument, rate).key_to_column[usize::from(key)].unwrap();
    columns_of(instrument, rate, macros, &[index]).remove(0)
}

fn column_of(instrument: &Instrument, rate: f32, key: u8) -> Column {
    column_with(instrument, rate, Macros::default(), key)
}

/// The sum of both channels, halved.
fn middle(layer: &Layer) -> Vec<f64> {
    layer
        .frames
        .iter()
        .map(|f| f64::from(f[0] + f[1]) / 2.0)
        .collect()
}

/// Amplitude and phase (cycles) of a sine at `cycles` per frame, under a Hann window.
fn phasor(sound: &[f64], cycles: f64) -> (f64, f64) {
    let (mut re, mut im, mut weights) = (0.0, 0.0, 0.0);
    for (n, x) in sound.iter().enumerate() {
        let w = 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / sound.len() as f64).cos();
        let (sin, cos) = (TAU * (cycles * n as f64).fract()).sin_cos();
        (re, im, weights) = (re + w * x * cos, im - w * x * sin, weights + w);
    }
    (2.0 * re.hypot(im) / weights, im.atan2(re) / TAU)
}

fn level_at(sound: &[f64], cycles: f64) -> f64 {
    20.0 * phasor(sound, cycles).0.max(1e-12).log10()
}

/// Frequency (cycles per frame) near `guess`, from the phase's advance between the two halves.
fn frequency(sound: &[f64], guess: f64) -> f64 {
    let half = sound.len() / 2;
    let advance = phasor(&sound[half..2 * half], guess).1 - phasor(&sound[..half], guess).1;
    let beyond = advance - (guess * half as f64).fract();
    guess + (beyond - beyond.round()) / half as f64
}

fn cents(ratio: f64) -> f64 {
    1200.0 * ratio.log2()
}

fn rms_db(sound: &[f64]) -> f64 {
    10.0 * (sound.iter().map(|x| x * x).sum::<f64>() / sound.len() as f64)
        .max(1e-20)
        .log10()
}

/// dB of the amplitude that an instrument's 0 dB is rendered at.
fn reference_db(instrument: &Instrument) -> f64 {
    20.0 * f64::from(gain(instrument)).log10()
}

#[test]
fn harmonics_have_the_levels_of_the_model() {
    let organ = organ();
    let column = column_of(&organ, 48_000.0, 60);
    let cycles = key_frequency(60.0) / 48_000.0;
    for layer in &column.layers {
        let sound = middle(layer);
        for h in 1..=8 {
            let level =
                level_at(&sound[12_000..36_000], cycles * f64::from(h)) - reference_db(&organ);
            let expected = -6.0 * f64::from(h - 1);
            assert!(
                (level - expected).abs() < 0.5,
                "harmonic {h}: {level} for {expected}"
            );
        }
    }
}

#[test]
fn bells_have_the_levels_and_frequencies_of_the_model() {
    let note_of = bell().anchors().unwrap().note(MIDDLE_ANCHOR);
    let rate = 44_100.0;
    let sound: Vec<f64> = note(&note_of, 64, 3.0, rate)
        .into_iter()
        .map(f64::from)
        .collect();
    for (row, db, offset) in BELL {
        let exact = multiple(row) * key_frequency(64.0) * (f64::from(offset) / 1200.0).exp2();
        let cycles = exact / f64::from(rate);
        // A window centred on one second.
        let level = level_at(&sound[36_100..52_100], cycles);
        assert!(
            (level - f64::from(db) + 6.0).abs() < 0.5,
            "row {row}: {level}"
        );
        let found = frequency(&sound[22_050..88_200], cycles);
        assert!(
            cents(found / cycles).abs() < 0.05,
            "row {row}: {}",
            cents(found / cycles)
        );
    }
}

#[test]
fn noise_has_the_levels_of_the_model_in_its_bands_and_nowhere_else() {
    let level = |row: usize, t: f32| {
        let band = row.checked_sub(PARTIAL_ROWS);
        if t < 3.0 && band.is_some_and(|b| b % 4 == 3) {
            -10.0
        } else {
            SILENT_DB
        }
    };
    let hiss = instrument(level, |_| 0.0);
    let rate = 48_000.0;
    let sound = note(&hiss.anchors().unwrap().note(MIDDLE_ANCHOR), 64, 2.5, rate);
    let mut frames = sound[4800..4800 + 98_304].to_vec();
    let forward = RealFftPlanner::<f32>::new().plan_fft_forward(frames.len());
    let bin_hz = f64::from(rate) / frames.len() as f64;
    let mut spectrum = forward.make_output_vec();
    forward.process(&mut frames, &mut spectrum).unwrap();
    for band in 0..NOISE_ROWS {
        let (low, high) = (band_edges()[band], band_edges()[band + 1]);
        let overlap = (high - low) * 0.3;
        let bins = ((low - overlap) / bin_hz) as usize..((high + overlap) / bin_hz) as usize;
        let power: f64 = spectrum[bins].iter().map(|x| f64::from(x.norm_sqr())).sum();
        // A²-equivalent: twice the mean square; each bin stands for itself and its mirror.
        let db = 10.0 * (4.0 * power / 98_304f64.powi(2)).max(1e-12).log10();
        match band % 4 {
            3 => assert!((db + 10.0).abs() < 0.5, "band {band}: {db}"),
            1 => assert!(db < -60.0, "band {band}: {db}"),
            _ => {}
        }
    }
}

#[test]
fn every_key_is_in_tune() {
    let organ = organ();
    let rate = 48_000.0;
    let note_of = organ.anchors().unwrap().note(MIDDLE_ANCHOR);
    for key in 21..=108 {
        let sound = note(&note_of, key, 0.5, rate);
        let sound: Vec<f64> = sound.into_iter().map(f64::from).collect();
        let guess = key_frequency(f64::from(key)) / f64::from(rate);
        let error = cents(frequency(&sound, guess) / guess);
        assert!(error.abs() < 0.5, "key {key}: {error} cents");
    }
    for column in columns_of(&organ, rate, Macros::default(), &order(&organ, 60)) {
        let guess = key_frequency(f64::from(column.root_key)) / f64::from(rate);
        let (start, end) = column.loop_frames.unwrap();
        let sound = middle(&column.layers[2]);
        for part in [4800..start as usize, start as usize..end as usize] {
            let error = cents(frequency(&sound[part], guess) / guess);
            assert!(error.abs() < 0.1, "root {}: {error} cents", column.root_key);
        }
    }
}

#[test]
fn mistuned_anchors_are_brought_in_tune() {
    let level = |row, _| {
        if harmonic_row(1) == Some(row) {
            0.0
        } else {
            SILENT_DB
        }
    };
    let flat = instrument(level, |_| -40.0);
    let column = column_of(&flat, 48_000.0, 60);
    let guess = key_frequency(60.0) / 48_000.0;
    let error = cents(frequency(&middle(&column.layers[1])[..40_000], guess) / guess);
    assert!(error.abs() < 0.1, "{error} cents");
}

#[test]
fn loops_of_harmonic_tones_have_no_seam() {
    for (rate, key) in [(48_000.0, 36), (44_100.0, 60), (48_000.0, 96)] {
        let column = column_of(&organ(), rate, key);
        let (start, end) = column.loop_frames.unwrap();
        let once = &middle(&column.layers[3])[start as usize..end as usize];
        let mut thrice = once.repeat(3);
        let forward = RealFftPlanner::<f64>::new().plan_fft_forward(thrice.len());
        let mut spectrum = forward.make_output_vec();
        forward.process(&mut thrice, &mut spectrum).unwrap();
        // Three whole loops need no window: what isn't a harmonic comes from the seams.
        let periods =
            key_frequency(f64::from(column.root_key)) / f64::from(rate) * once.len() as f64;
        let harmonic = |bin: usize| {
            let h = (bin as f64 / 3.0 / periods).round();
            (1.0..=8.0).contains(&h) && (bin as f64 - (h * periods.round() * 3.0)).abs() < 0.5
        };
        let loudest = spectrum.iter().map(|x| x.norm()).fold(0.0, f64::max);
        for (bin, x) in spectrum
            .iter()
            .enumerate()
            .filter(|(bin, _)| !harmonic(*bin))
        {
            let db = 20.0 * (x.norm() / loudest).max(1e-12).log10();
            assert!(db < -90.0, "key {key}: bin {bin} has {db} dB");
        }
    }
}

#[test]
fn inharmonic_and_noisy_loops_go_on_without_a_step() {
    let level = |row: usize, _| match row {
        10 => 0.0,
        20 => -10.0,
        150 | 160 => -20.0,
        _ => SILENT_DB,
    };
    let column = column_of(&instrument(level, |row| row as f32), 48_000.0, 60);
    let (start, end) = column.loop_frames.unwrap();
    for layer in &column.layers {
        let (start, end) = (
            &layer.frames[start as usize..],
            &layer.frames[end as usize..],
        );
        assert!(!end.is_empty());
        for (a, b) in start.iter().zip(end) {
            assert!(
                (a[0] - b[0]).abs() < 1e-4 && (a[1] - b[1]).abs() < 1e-4,
                "{a:?} {b:?}"
            );
        }
    }
}

#[test]
fn decaying_sounds_are_flat_within_their_loop_and_say_how_fast_they_decay() {
    let column = column_of(&bell(), 48_000.0, 60);
    let (start, end) = column.loop_frames.unwrap();
    let layer = &column.layers[2];
    assert!(
        (layer.loop_decay_db_per_s - 6.0).abs() < 0.3,
        "{}",
        layer.loop_decay_db_per_s
    );
    let sound = middle(layer);
    let quarter = (end - start) as usize / 4;
    let level = |i: usize| rms_db(&sound[start as usize + i * quarter..][..quarter]);
    assert!(
        (level(0) - level(3)).abs() < 0.3,
        "{} {}",
        level(0),
        level(3)
    );
    assert!(rms_db(&sound[2400..7200]) - level(0) > 6.0);
}

#[test]
fn layers_add_in_phase() {
    let rising = {
        let mut levels = Vec::new();
        for anchor in 0..ANCHORS {
            for row in 0..ROWS {
                let db = match row {
                    3 | 7 | 150 => [-20.0, -10.0, 0.0][anchor % 3],
                    _ => SILENT_DB,
                };
                levels.extend([db; TIMES]);
            }
        }
        let anchors = AnchorSet::from_levels(&levels, &[0.0; ANCHORS * PARTIAL_ROWS]).unwrap();
        Instrument {
            body: Body::Keys(anchors),
            ..organ()
        }
    };
    let column = column_of(&rising, 48_000.0, 60);
    for pair in column.layers.windows(2) {
        let (a, b) = (
            &middle(&pair[0])[9600..57_600],
            &middle(&pair[1])[9600..57_600],
        );
        assert!(rms_db(b) > rms_db(a) + 1.0);
        let sum: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + b).collect();
        let expected = 20.0 * (10f64.powf(rms_db(a) / 20.0) + 10f64.powf(rms_db(b) / 20.0)).log10();
        assert!(
            (rms_db(&sum) - expected).abs() < 0.3,
            "{} for {expected}",
            rms_db(&sum)
        );
    }
}

#[test]
fn the_same_instrument_gives_the_same_bits_in_any_order() {
    let bell = bell();
    let one = columns_of(&bell, 44_100.0, Macros::default(), &[10, 3, 29]);
    let other = columns_of(&bell, 44_100.0, Macros::default(), &[29, 3, 10]);
    assert_eq!(one[0], other[2]);
    assert_eq!(one[1], other[1]);
    assert_eq!(one[2], other[0]);
    assert!(columns_of(&bell, 44_100.0, Macros::default(), &[200]).is_empty());
}

#[test]
fn all_rates_give_the_same_level_and_pitch() {
    let organ = organ();
    let expected = level_at(
        &middle(&column_of(&organ, 48_000.0, 69).layers[2])[4800..38_400],
        440.0 / 48_000.0,
    );
    for host in [
        22_050.0, 32_000.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0,
    ] {
        let rate = plan(&organ, host).sample_rate;
        let column = column_of(&organ, host, 69);
        let sound = middle(&column.layers[2]);
        let at = |seconds: f64| (seconds * f64::from(rate)) as usize;
        let sound = &sound[at(0.1)..at(0.8)];
        // The column's root may be a neighbour of key 69.
        let guess = key_frequency(f64::from(column.root_key)) / f64::from(rate);
        assert!(
            cents(frequency(sound, guess) / guess).abs() < 0.1,
            "{host} Hz"
        );
        assert!((level_at(sound, guess) - expected).abs() < 0.1, "{host} Hz");
        assert!(
            column
                .layers
                .iter()
                .flat_map(|l| &l.frames)
                .flatten()
                .all(|x| x.is_finite())
        );
    }
}

#[test]
fn cancelling_is_asked_for_every_few_milliseconds_of_sound_and_obeyed_at_once() {
    let organ = organ();
    let asked = Cell::new(0);
    let column = column_of(&organ, 48_000.0, 60);
    let mut seen = Vec::new();
    let mut ready = |index, _| {
        seen.push(index);
        ControlFlow::Continue(())
    };
    let cancelled = || {
        asked.set(asked.get() + 1);
        asked.get() > 500
    };
    let flow = render_columns(
        &organ,
        48_000.0,
        &Macros::default(),
        &order(&organ, 60),
        &cancelled,
        &mut ready,
    );
    assert!(flow.is_break());
    assert_eq!(asked.get(), 501);
    let asks_a_column = column.layers[0].frames.len() / 256;
    assert_eq!(seen.len(), 500 / (asks_a_column + 1));

    let mut stop_at_first = |_, _| ControlFlow::Break(());
    let flow = render_columns(
        &organ,
        48_000.0,
        &Macros::default(),
        &order(&organ, 60),
        &|| false,
        &mut stop_at_first,
    );
    assert!(flow.is_break());
}

/// The factory instrument's levels, so that no change of the renderer goes unnoticed.
#[test]
fn the_factory_instrument_sounds_as_it_did() {
    let golden: [(u8, [f64; 4]); 3] = [
        (36, [-46.123, -22.558, -22.733, -22.281]),
        (60, [-38.903, -15.817, -16.874, -22.279]),
        (96, [-39.562, -16.817, -35.296, -51.937]),
    ];
    let found = golden.map(|(key, _)| {
        let column = column_of(&Instrument::factory(), 48_000.0, key);
        let (soft, hard) = (middle(&column.layers[0]), middle(&column.layers[3]));
        let levels = [
            &soft[..2400],
            &hard[..2400],
            &hard[24_000..28_800],
            &hard[60_000..64_800],
        ];
        (key, levels.map(rms_db))
    });
    for ((key, golden), (_, found)) in golden.iter().zip(&found) {
        let close = golden.iter().zip(found).all(|(a, b)| (a - b).abs() < 0.02);
        assert!(close, "key {key}: {found:.3?}, not {golden:.3?}");
    }
}
