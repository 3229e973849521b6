//! What each macro does to a rendered column.

use super::*;

fn with(change: impl Fn(&mut Macros, f32), amount: f32, instrument: &Instrument) -> Column {
    let mut macros = Macros::default();
    change(&mut macros, amount);
    let column = column_with(instrument, 48_000.0, macros, 60);
    let frames = column
        .layers
        .iter()
        .flat_map(|layer| &layer.frames)
        .flatten();
    assert!(frames.into_iter().all(|x| x.is_finite() && x.abs() < 4.0));
    column
}

fn level(column: &Column, harmonic: f64) -> f64 {
    level_at(
        &middle(&column.layers[2])[9600..33_600],
        harmonic * key_frequency(60.0) / 48_000.0,
    )
}

fn at(column: &Column, seconds: f64) -> f64 {
    let start = (seconds * 48_000.0) as usize;
    rms_db(&middle(&column.layers[2])[start..start + 1200])
}

#[test]
fn zero_leaves_every_bit_alone() {
    let bell = bell();
    let zero = Macros {
        brightness: -0.0,
        width: f32::NAN,
        ..Macros::default()
    };
    assert_eq!(
        column_with(&bell, 48_000.0, zero, 60),
        column_of(&bell, 48_000.0, 60)
    );
}

#[test]
fn brightness_tilts_by_6_db_an_octave_and_keeps_the_loudness() {
    let organ = organ();
    let tilt = |amount| {
        let column = with(|m, v| m.brightness = v, amount, &organ);
        (
            level(&column, 4.0) - level(&column, 1.0),
            rms_db(&middle(&column.layers[2])[9600..33_600]),
        )
    };
    let (bright, made, dark) = (tilt(1.0), tilt(0.0), tilt(-1.0));
    assert!((bright.0 - made.0 - 12.0).abs() < 0.2 && (made.0 - dark.0 - 12.0).abs() < 0.2);
    assert!((bright.1 - made.1).abs() < 0.3 && (dark.1 - made.1).abs() < 0.3);
}

#[test]
fn attack_slows_or_accents_the_onset() {
    let onset = |amount| at(&with(|m, v| m.attack = v, amount, &organ()), 0.005);
    assert!(onset(1.0) < onset(0.0) - 30.0);
    assert!(onset(-1.0) > onset(0.0) + 3.0);
    let held = |amount| at(&with(|m, v| m.attack = v, amount, &organ()), 0.7);
    assert!((held(1.0) - held(0.0)).abs() < 0.1 && (held(-1.0) - held(0.0)).abs() < 0.1);
}

#[test]
fn decay_shortens_or_sustains() {
    let late = |amount| at(&with(|m, v| m.decay = v, amount, &bell()), 1.2);
    assert!(late(1.0) > late(0.0) + 5.0, "{} {}", late(1.0), late(0.0));
    assert!(late(-1.0) < late(0.0) - 40.0);
    let column = with(|m, v| m.decay = v, -1.0, &bell());
    assert!(column.loop_frames.is_none());
}

#[test]
fn body_moves_the_balance_of_tone_and_noise() {
    let breathy = instrument(
        |row, _| {
            if row == 3 {
                0.0
            } else if row == 170 {
                -20.0
            } else {
                SILENT_DB
            }
        },
        |_| 0.0,
    );
    let balance = |amount| {
        let column = with(|m, v| m.body = v, amount, &breathy);
        let sound = &middle(&column.layers[2])[9600..33_600];
        let tone = level(&column, 1.0);
        let guess = key_frequency(60.0) / 48_000.0;
        let (amplitude, phase) = phasor(sound, guess);
        let rest = sound
            .iter()
            .enumerate()
            .map(|(n, x)| x - amplitude * (TAU * (guess * n as f64 + phase)).cos());
        tone - rms_db(&rest.collect::<Vec<_>>())
    };
    assert!(
        balance(1.0) > balance(0.0) + 20.0,
        "{} {}",
        balance(1.0),
        balance(0.0)
    );
    assert!(balance(-1.0) < balance(0.0) - 19.0);
}

#[test]
fn width_changes_the_sides_and_never_the_sum() {
    let organ = organ();
    let (mono, made, wide) = (
        with(|m, v| m.width = v, -1.0, &organ),
        with(|m, v| m.width = v, 0.0, &organ),
        with(|m, v| m.width = v, 1.0, &organ),
    );
    let sides = |c: &Column| {
        let side: Vec<f64> = c.layers[2]
            .frames
            .iter()
            .map(|f| f64::from(f[0] - f[1]) / 2.0)
            .collect();
        rms_db(&side)
    };
    assert!(sides(&mono) < -190.0);
    assert!(sides(&wide) > sides(&made) + 6.0 && sides(&made) > -60.0);
    let pairs = middle(&mono.layers[2])
        .into_iter()
        .zip(middle(&wide.layers[2]));
    assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn motion_moves_within_the_loop_or_freezes_it() {
    let waving = instrument(
        |row, t| {
            if row == 3 {
                3.0 * (t * 9.0).sin()
            } else {
                SILENT_DB
            }
        },
        |_| 0.0,
    );
    let swing = |amount| {
        let column = with(|m, v| m.motion = v, amount, &waving);
        let (start, end) = column.loop_frames.unwrap();
        let sound = middle(&column.layers[2]);
        let levels: Vec<f64> = sound[start as usize..end as usize]
            .chunks_exact(2400)
            .map(rms_db)
            .collect();
        // And without a step at the seam.
        let step = (sound[end as usize] - sound[start as usize]).abs();
        assert!(step < 1e-3, "{step}");
        levels.iter().copied().fold(f64::MIN, f64::max)
            - levels.iter().copied().fold(f64::MAX, f64::min)
    };
    assert!(swing(-1.0) < 0.3, "{}", swing(-1.0));
    assert!(swing(0.0) > 2.0, "{}", swing(0.0));
    assert!(swing(1.0) > swing(0.0) + 3.0, "{}", swing(1.0));
}
