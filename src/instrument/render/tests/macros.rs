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

#[test]
fn release_goes_from_at_once_to_six_seconds_by_equal_steps() {
    let seconds = |amount| {
        let column = with(|m, v| m.release = v, amount, &organ());
        let plain = column_of(&organ(), 48_000.0, 60);
        let frames = |c: &Column| c.layers[3].frames.clone();
        assert!(
            frames(&column) == frames(&plain),
            "only after the key is let go"
        );
        column.layers[3].release_s
    };
    let made = seconds(0.0);
    assert!((seconds(-1.0) - 0.03).abs() < 1e-4 && (seconds(1.0) - 6.0).abs() < 1e-3);
    assert!((seconds(0.5) - (made * 6.0).sqrt()).abs() < 1e-3);
}

/// How much the level of a partial swings within the loop, in dB, in one channel.
fn beating(column: &Column, harmonic: f64, channel: usize) -> f64 {
    let (start, end) = column.loop_frames.unwrap();
    let cycles = harmonic * key_frequency(60.0) / 48_000.0;
    let sound: Vec<f64> = column.layers[2].frames[start as usize..end as usize]
        .iter()
        .map(|f| f64::from(f[channel]))
        .collect();
    let levels: Vec<f64> = sound
        .chunks_exact(3000)
        .map(|c| level_at(c, cycles))
        .collect();
    levels.iter().copied().fold(f64::MIN, f64::max)
        - levels.iter().copied().fold(f64::MAX, f64::min)
}

#[test]
fn detune_beats_in_stereo_and_keeps_pitch_and_power() {
    let organ = organ();
    let (made, half, full) = (
        with(|m, v| m.detune = v, 0.0, &organ),
        with(|m, v| m.detune = v, 0.5, &organ),
        with(|m, v| m.detune = v, 1.0, &organ),
    );
    for harmonic in [2.0, 3.0, 4.0] {
        assert!(beating(&made, harmonic, 0) < 0.2);
        for column in [&half, &full] {
            assert!(
                beating(column, harmonic, 0) > 6.0,
                "{}",
                beating(column, harmonic, 0)
            );
        }
    }
    let side = |c: &Column| correlation(&c.layers[2].frames[48_000..]);
    assert!(
        side(&made) > 0.95 && side(&full) < 0.85,
        "{} {}",
        side(&made),
        side(&full)
    );
    // The outer voices lie symmetrically about the middle one, a few cycles a loop away.
    let (start, end) = full.loop_frames.unwrap();
    let turn = middle(&full.layers[2])[start as usize..end as usize].repeat(4);
    let length = f64::from(end - start);
    let third = (3.0 * key_frequency(60.0) / 48_000.0 * length).round();
    let lines: Vec<f64> = (-24..=24)
        .map(|k| level_at(&turn, (third + f64::from(k)) / length))
        .collect();
    let loudest = |side: &[f64]| {
        let most = side.iter().copied().fold(f64::MIN, f64::max);
        (side.iter().position(|&l| l == most).unwrap(), most)
    };
    let mirrored: Vec<f64> = lines[..24].iter().rev().copied().collect();
    let (below, above) = (loudest(&mirrored), loudest(&lines[25..]));
    assert_eq!(below.0, above.0, "{lines:?}");
    assert!((below.1 - above.1).abs() < 0.5 && above.1 > lines[24] - 6.0);
    let power = |c: &Column| rms_db(&middle(&c.layers[2])[48_000..]);
    assert!((power(&full) - power(&made)).abs() < 1.5);
    // And without a step at the seam.
    let (start, end) = full.loop_frames.unwrap();
    let sound = middle(&full.layers[2]);
    assert!((sound[end as usize] - sound[start as usize]).abs() < 1e-3);
}

/// Correlation of left and right.
fn correlation(frames: &[[f32; 2]]) -> f64 {
    let sum = |f: fn(&[f32; 2]) -> f32| frames.iter().map(|x| f64::from(f(x))).sum::<f64>();
    sum(|f| f[0] * f[1]) / (sum(|f| f[0] * f[0]) * sum(|f| f[1] * f[1])).sqrt()
}

#[test]
fn width_goes_from_mono_to_wide() {
    let organ = organ();
    let at = |amount| correlation(&with(|m, v| m.width = v, amount, &organ).layers[2].frames);
    let (mono, made, wide) = (at(-1.0), at(0.0), at(1.0));
    assert!(
        mono > 0.999_99 && made < mono && wide < made - 0.1,
        "{mono} {made} {wide}"
    );
}

#[test]
fn negative_detune_pulls_partials_into_tune() {
    let stiff = instrument(
        |row, t| match (1..=8).find(|&h| harmonic_row(h) == Some(row)) {
            Some(h) if t < 3.0 => -3.0 * (h - 1) as f32,
            _ => SILENT_DB,
        },
        |row| if row < 32 { row as f32 } else { 0.0 },
    );
    let offset = |amount, harmonic: f64| {
        let column = with(|m, v| m.detune = v, amount, &stiff);
        let exact = harmonic * key_frequency(60.0) / 48_000.0;
        cents(frequency(&middle(&column.layers[2])[4800..6000], exact) / exact)
    };
    let spread = |amount| offset(amount, 8.0) - offset(amount, 1.0);
    assert!((spread(0.0) - 28.0).abs() < 1.0, "{}", spread(0.0));
    assert!((spread(-0.5) - 14.0).abs() < 1.0, "{}", spread(-0.5));
    assert!(spread(-1.0).abs() < 0.3, "{}", spread(-1.0));
}

#[test]
fn breath_comes_to_sounds_without_noise_and_loudness_stays() {
    let organ = organ();
    let loudness = |amount| {
        let column = with(|m, v| m.body = v, amount, &organ);
        let sound = &middle(&column.layers[2])[9600..33_600];
        let hz = key_frequency(60.0) / 48_000.0;
        // Between the harmonics.
        (rms_db(sound), level_at(sound, 5.5 * hz))
    };
    let (made, breathy) = (loudness(0.0), loudness(-1.0));
    assert!((made.0 - breathy.0).abs() < 0.5, "{made:?} {breathy:?}");
    assert!(breathy.1 > made.1 + 20.0, "{made:?} {breathy:?}");
}

/// Every macro at both ends and half way, on an instrument with stretched partials.
#[test]
fn no_macro_moves_the_pitch() {
    let piano = Instrument::factory();
    let changes: [fn(&mut Macros, f32); 8] = [
        |m, v| m.brightness = v,
        |m, v| m.attack = v,
        |m, v| m.decay = v,
        |m, v| m.release = v,
        |m, v| m.body = v,
        |m, v| m.width = v,
        |m, v| m.motion = v,
        |m, v| m.detune = v,
    ];
    let exact = key_frequency(60.0) / 48_000.0;
    let pitch = |column: &Column| {
        let sound = middle(&column.layers[2]);
        frequency(&sound[12_000..sound.len().min(60_000)], exact)
    };
    let made = pitch(&with(changes[0], 0.0, &piano));
    for (index, change) in changes.into_iter().enumerate() {
        for amount in [-1.0, -0.5, 0.5, 1.0] {
            if index == 7 && amount > 0.0 {
                continue; // its voices lie about the pitch: see above
            }
            let column = with(change, amount, &piano);
            let moved = cents(pitch(&column) / made);
            assert!(
                moved.abs() < 2.0,
                "macro {index} at {amount}: {moved} cents"
            );
        }
    }
}

#[test]
fn attack_reaches_its_level_in_the_time_it_says() {
    let organ = organ();
    let rise = |amount: f32| {
        let sound = middle(&with(|m, v| m.attack = v, amount, &organ).layers[2]);
        let full = rms_db(&sound[33_600..38_400]);
        let steps = sound.chunks_exact(480).map(rms_db);
        steps.take_while(|level| *level < full - 3.0).count() as f64 * 0.01
    };
    // sin² is 3 dB down at 0.64 of its way.
    assert!((rise(1.0) - 0.32).abs() < 0.03, "{}", rise(1.0));
    assert!((rise(0.5) - 0.08).abs() < 0.02, "{}", rise(0.5));
    assert!(rise(0.0) < 0.011);
}

#[test]
fn decay_shortens_the_time_to_60_db() {
    let bell = bell();
    let t60 = |amount: f32| {
        let column = with(|m, v| m.decay = v, amount, &bell);
        let (early, late) = (at(&column, 0.3), at(&column, 0.8));
        60.0 * 0.5 / (early - late)
    };
    let (short, made, long) = (t60(-1.0), t60(0.0), t60(1.0));
    assert!((made - 10.0).abs() < 1.0, "{made}");
    assert!(short < 1.5 && long > 40.0, "{short} {long}");
    let half = t60(-0.5);
    assert!(half > short && half < made, "{half}");
}
