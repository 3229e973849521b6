//! What the sampler does to sound: pitch, noise, loops, velocity, envelopes, bends.

use std::f64::consts::TAU;

use consort::engine::{Expression, NoteEvent, Settings};
use consort::instrument::zone::Layer;

use crate::fixtures::{Player, RATE, at, column, control, instrument, layer, off, on, rms, sine};

/// A sine of `periods` in 48,000 frames (so as many Hz), untransposed at key 60.
fn tone(periods: usize) -> Player {
    let layers = vec![layer(127, sine(periods, 48_000, 0.5))];
    Player::new(
        instrument(1, RATE, Some(column(60, Some((0, 48_000)), layers))),
        RATE,
    )
}

/// Least-squares fit of a sine of that frequency: its complex amplitude and the power of the rest
/// over that of the sine.
fn fit(frames: &[[f32; 2]], hz: f64) -> ([f64; 2], f64) {
    let turn = TAU * hz / f64::from(RATE);
    let (mut cc, mut cs, mut ss, mut xc, mut xs) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (i, frame) in frames.iter().enumerate() {
        let (sin, cos) = (turn * i as f64).sin_cos();
        let x = f64::from(frame[0]);
        cc += cos * cos;
        cs += cos * sin;
        ss += sin * sin;
        xc += x * cos;
        xs += x * sin;
    }
    let determinant = cc * ss - cs * cs;
    let (a, b) = (
        (xc * ss - xs * cs) / determinant,
        (xs * cc - xc * cs) / determinant,
    );
    let mut rest = 0.0;
    for (i, frame) in frames.iter().enumerate() {
        let (sin, cos) = (turn * i as f64).sin_cos();
        rest += (f64::from(frame[0]) - a * cos - b * sin).powi(2);
    }
    ([a, b], rest / (0.5 * (a * a + b * b) * frames.len() as f64))
}

/// Frequency near a guess, from the phase of both halves.
fn measure_hz(frames: &[[f32; 2]], guess: f64) -> f64 {
    let half = frames.len() / 2;
    let mut hz = guess;
    for _ in 0..3 {
        let phase = |part: &[[f32; 2]]| {
            let [a, b] = fit(part, hz).0;
            (-b).atan2(a)
        };
        let advance = phase(&frames[half..]) - phase(&frames[..half]);
        let expected = TAU * hz / f64::from(RATE) * half as f64;
        let difference = (advance - expected + TAU / 2.0).rem_euclid(TAU) - TAU / 2.0;
        hz += difference / TAU * f64::from(RATE) / half as f64;
    }
    hz
}

#[test]
fn interpolation_is_in_tune_and_clean() {
    println!("     Hz  semitones     cents   noise and distortion, dB");
    for (hz, limit_db) in [
        (440, -85.0),
        (1_000, -85.0),
        (5_000, -80.0),
        (10_000, -75.0),
    ] {
        for semitones in [-12.0f32, -1.0, 0.5, 1.0, 3.0] {
            let mut player = tone(hz);
            player.start_with(Settings {
                tune_semitones: semitones,
                ..Settings::default()
            });
            player.handle(on(0, 60, 1.0));
            player.render(48_000); // through the loop's seam
            let out = player.render(24_000);
            let ideal = hz as f64 * (f64::from(semitones) / 12.0).exp2();
            let measured = measure_hz(&out, ideal);
            let cents = 1200.0 * (measured / ideal).log2();
            let rest_db = 10.0 * fit(&out, measured).1.log10();
            println!("{hz:7} {semitones:10.1} {cents:9.4} {rest_db:10.1}");
            assert!(cents.abs() < 0.01);
            assert!(
                rest_db < limit_db,
                "{hz} Hz by {semitones}: {rest_db:.1} dB"
            );
        }
    }
}

#[test]
fn what_would_fold_over_is_taken_out() {
    // 16 kHz, the highest there is, would come out an octave up as 16 kHz again.
    let mut player = tone(16_000);
    player.start_with(Settings {
        tune_semitones: 12.0,
        ..Settings::default()
    });
    player.handle(on(0, 60, 1.0));
    player.render(4_800);
    let level_db = 20.0 * (rms(&player.render(24_000)) / rms(&sine(1, 48_000, 0.5))).log10();
    println!("16 kHz an octave up: {level_db:.1} dB");
    assert!(level_db < -20.0);
}

#[test]
fn loops_have_no_seam() {
    // An attack of its own, then a loop of 37 periods in 1,777 frames, read at awkward ratios.
    let mut frames = vec![[0.0; 2]; 500];
    frames.extend(sine(37, 1_777, 0.5));
    let end = frames.len() as u32;
    let hz = 37.0 * f64::from(RATE) / 1_777.0;
    for key in [48u8, 59, 60, 61, 67, 72] {
        let layers = vec![layer(127, frames.clone())];
        let column = column(60, Some((500, end)), layers);
        let mut player = Player::new(instrument(1, RATE, Some(column)), RATE);
        player.handle(on(0, key, 1.0));
        player.render(6_000);
        let out = player.render(48_000); // tens of passes
        let ideal = hz * ((f64::from(key) - 60.0) / 12.0).exp2();
        let rest_db = 10.0 * fit(&out, measure_hz(&out, ideal)).1.log10();
        println!(
            "loop at {:+} semitones: rest {rest_db:.1} dB",
            i32::from(key) - 60
        );
        assert!(rest_db < -80.0, "{rest_db}");
    }
}

#[test]
fn velocity_layers_in_phase_cross_fade_steadily() {
    let level_of = |velocity: u8| 0.5 * (f32::from(velocity) / 127.0).powi(2);
    let layers: Vec<Layer> = [32u8, 64, 96, 127]
        .map(|velocity| layer(velocity, sine(440, 48_000, level_of(velocity))))
        .into();
    let make = || {
        let column = column(60, Some((0, 48_000)), layers.clone());
        Player::new(instrument(1, RATE, Some(column)), RATE)
    };
    let mut last = 0.0;
    for velocity in 1..=127u8 {
        let mut player = make();
        player.handle(on(0, 61, f32::from(velocity) / 127.0));
        player.render(100);
        let level = rms(&player.render(4_800)) * std::f32::consts::SQRT_2;
        assert!(level > last, "velocity {velocity}: {level} after {last}");
        if [32, 64, 96, 127].contains(&velocity) {
            assert!(
                (level / level_of(velocity) - 1.0).abs() < 0.01,
                "velocity {velocity}"
            );
        }
        last = level;
    }
}

#[test]
fn the_velocity_curve_bends_the_touch() {
    let level = |curve: f32| {
        let mut player = tone(440);
        player.start_with(Settings {
            velocity_curve: curve,
            ..Settings::default()
        });
        player.handle(on(0, 60, 0.5));
        rms(&player.render(4_800))
    };
    assert!(level(-1.0) > 1.5 * level(0.0) && level(0.0) > 1.5 * level(1.0));
}

#[test]
fn decay_goes_on_in_the_loop_and_release_takes_its_time() {
    let mut tone = layer(127, sine(100, 4_800, 0.5));
    tone.loop_decay_db_per_s = 20.0;
    tone.release_s = 0.4;
    let column = column(60, Some((2_400, 4_800)), vec![tone]);
    let mut player = Player::new(instrument(1, RATE, Some(column)), RATE);
    player.handle(on(0, 60, 1.0));
    let out = player.render(72_000);
    let level_db = |from: usize| 20.0 * (rms(&out[from..from + 480]) / 0.353_553).log10();
    assert!(level_db(1_900).abs() < 0.01, "no decay before the loop");
    assert!(
        (level_db(50_160) + 20.0).abs() < 0.2,
        "{}",
        level_db(50_160)
    );
    player.handle(off(0, 60));
    let out = player.render(24_000);
    let fall = 20.0 * (rms(&out[9_600..10_080]) / rms(&out[..480])).log10();
    println!("release: {fall:.2} dB in half of its time (and 4 dB of decay)");
    assert!((fall + 34.0).abs() < 0.5, "{fall}");
    player.render(48_000);
    assert_eq!(player.engine.active_voices(), 0);
}

#[test]
fn attack_fades_in_from_the_exact_frame() {
    let mut player = tone(6_000);
    player.start_with(Settings {
        attack_s: 0.1,
        ..Settings::default()
    });
    let out = player.play(&[(1_001, on(0, 60, 1.0))], 10_000, &[512]);
    assert!(out[..1_002].iter().all(|frame| *frame == [0.0; 2]) && out[1_003][0] != 0.0);
    let at = |from: usize| rms(&out[from..from + 240]) / 0.353_553;
    assert!(
        (at(1_001 + 2_400 - 120) - 0.5).abs() < 0.01,
        "{}",
        at(3_281)
    );
    assert!((at(7_000) - 1.0).abs() < 0.01);
}

#[test]
fn a_soft_note_with_a_slow_attack_is_not_taken_for_silence() {
    let mut tone = layer(127, sine(100, 4_800, 0.5));
    tone.loop_decay_db_per_s = 1.0;
    let column = column(60, Some((0, 4_800)), vec![tone]);
    let mut player = Player::new(instrument(1, RATE, Some(column)), RATE);
    player.start_with(Settings {
        attack_s: 20.0,
        ..Settings::default()
    });
    player.handle(on(0, 60, 0.0));
    player.render(4_800);
    assert_eq!(player.engine.active_voices(), 1);
    assert!(rms(&player.render(4_800)) > 0.0);
}

#[test]
fn bends_arrive_and_extremes_stay_finite() {
    let hz_after = |events: &[NoteEvent], settings: Settings, guess: f64| {
        let mut player = tone(440);
        player.start_with(settings);
        player.handle(on(1, 60, 1.0));
        player.render(1_000);
        events.iter().for_each(|event| player.handle(*event));
        player.render(4_800);
        measure_hz(&player.render(9_600), guess)
    };
    let cents = |hz: f64, semitones: f64| 1200.0 * (hz / 440.0).log2() - 100.0 * semitones;
    let up = 440.0 * (2.0f64 / 12.0).exp2();
    let bend = |channel, value| NoteEvent::PitchBend { channel, value };
    let hz = hz_after(&[bend(1, 1.0)], Settings::default(), up);
    assert!(cents(hz, 2.0).abs() < 0.05, "{hz}");
    let mpe = Settings {
        mpe: true,
        ..Settings::default()
    };
    let hz = hz_after(
        &[bend(1, 0.25), bend(0, -1.0)],
        mpe,
        440.0 * (10.0f64 / 12.0).exp2(),
    );
    assert!(cents(hz, 10.0).abs() < 0.05, "{hz}");
    let tune = Expression::Tuning(-0.5);
    let hz = hz_after(
        &[NoteEvent::Expression {
            note: at(1, 60),
            expression: tune,
        }],
        Settings::default(),
        427.5,
    );
    assert!(cents(hz, -0.5).abs() < 0.05, "{hz}");

    let wild = Settings {
        bend_range: 96.0,
        tune_semitones: 48.0,
        ..Settings::default()
    };
    for direction in [1.0, -1.0] {
        let mut player = tone(440);
        player.settings = Settings {
            tune_semitones: 48.0 * direction,
            ..wild
        };
        for key in [0, 60, 127] {
            player.handle(on(0, key, 1.0));
        }
        player.handle(bend(0, direction));
        assert!(
            player
                .render(48_000)
                .iter()
                .flatten()
                .all(|x| x.is_finite())
        );
        assert_eq!(player.engine.active_voices(), 3);
    }
}

#[test]
fn glide_slides_from_the_key_before() {
    let mut player = tone(440);
    player.settings.glide_s = 0.5;
    player.handle(on(0, 48, 1.0));
    player.render(4_800);
    player.handle(off(0, 48));
    player.render(48_000);
    player.handle(on(0, 60, 1.0));
    player.render(10_800);
    let middle = measure_hz(&player.render(2_400), 311.0);
    assert!(
        (1200.0 * (middle / 311.127).log2()).abs() < 30.0,
        "half way: {middle}"
    );
    player.render(24_000);
    let end = measure_hz(&player.render(9_600), 440.0);
    assert!((1200.0 * (end / 440.0).log2()).abs() < 0.05, "{end}");
}

#[test]
fn wheel_and_pressure_do_what_the_docs_say() {
    let play = |events: &[NoteEvent]| {
        let mut player = tone(8_000);
        player.start_with(Settings {
            tone_hz: 1_000.0,
            ..Settings::default()
        });
        player.handle(on(0, 60, 1.0));
        events.iter().for_each(|event| player.handle(*event));
        player.render(4_800);
        player.render(9_600)
    };
    let plain = play(&[]);
    // An octave brighter at 12 dB an octave, and 3 dB louder.
    let pressed = play(&[NoteEvent::Pressure {
        channel: 0,
        value: 1.0,
    }]);
    let db = 20.0 * (rms(&pressed) / rms(&plain)).log10();
    assert!((db - 15.0).abs() < 1.0, "{db}");
    // Half a semitone of vibrato moves a high sine off its pitch.
    let wheel = play(&[control(0, 1, 1.0)]);
    assert!(fit(&plain, 8_000.0).1 < 1e-6 && fit(&wheel, 8_000.0).1 > 1.0);
    // Brightness opens or closes the filter.
    let dark = play(&[control(0, 74, 0.0)]);
    assert!(rms(&dark) < 0.05 * rms(&plain));
}

#[test]
fn pan_volume_and_dynamics_set_the_level() {
    let play = |expression| {
        let mut player = tone(440);
        player.handle(on(0, 60, 1.0));
        player.handle(NoteEvent::Expression {
            note: at(0, 60),
            expression,
        });
        player.render(4_800)
    };
    let plain = rms(&play(Expression::Pan(0.0)));
    let left = play(Expression::Pan(-1.0));
    assert!(left.iter().all(|frame| frame[1].abs() < 1e-6));
    assert!((rms(&left) / plain - std::f32::consts::SQRT_2).abs() < 1e-3);
    assert!((rms(&play(Expression::Volume(0.5))) / plain - 0.5).abs() < 1e-3);
    assert!((rms(&play(Expression::Dynamics(0.5))) / plain - 0.25).abs() < 1e-3);
    assert!((rms(&play(Expression::Level(2.0))) / plain - 2.0).abs() < 1e-3);
}

#[test]
fn changes_of_parameters_do_not_click() {
    // A sudden change of everything, on a slow sine: no sample jumps more than the sine does.
    let mut player = tone(100);
    player.handle(on(0, 60, 1.0));
    let mut out = player.render(10_013);
    player.settings = Settings {
        level: 0.1,
        tone_hz: 300.0,
        width: 0.0,
        ..Settings::default()
    };
    player.handle(NoteEvent::Expression {
        note: at(0, 60),
        expression: Expression::Pan(1.0),
    });
    out.extend(player.render(10_000));
    player.settings = Settings::default();
    out.extend(player.render(10_000));
    let jump = |frames: &[[f32; 2]]| {
        frames
            .windows(2)
            .map(|w| (w[1][0] - w[0][0]).abs())
            .fold(0.0, f32::max)
    };
    println!(
        "largest jump: {:.4} at rest, {:.4} through changes",
        jump(&out[..10_000]),
        jump(&out)
    );
    assert!(jump(&out) < 2.0 * jump(&out[..10_000]));
}

#[test]
fn broken_sound_is_silenced() {
    let mut frames = sine(440, 48_000, 0.5);
    frames[2_000] = [f32::NAN, 0.0];
    frames[2_001] = [0.0, f32::INFINITY];
    let column = column(60, None, vec![layer(127, frames)]);
    let mut player = Player::new(instrument(1, RATE, Some(column)), RATE);
    player.settings.tone_hz = 5_000.0;
    player.handle(on(0, 60, 1.0));
    let out = player.render(4_800);
    assert!(out.iter().flatten().all(|x| x.is_finite()));
    assert!(rms(&out[..1_900]) > 0.1);
    assert_eq!(rms(&out[2_000..]), 0.0);
    assert_eq!(player.engine.active_voices(), 0);
}
