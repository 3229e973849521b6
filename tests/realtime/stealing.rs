//! Stolen, choked and released voices must not click. A click shows in the fourth difference of
//! the output: tiny for slow sines, as large as the step for a step.

use consort::engine::{MAX_VOICES, NoteAddress, NoteEvent};

use crate::fixtures::{Player, RATE, column, instrument, layer, off, on, sine};

/// 100 Hz at key 69, with a soft start of 20 ms: nothing in it is fast.
fn player() -> Player {
    let mut frames = sine(20, 9_600, 0.5);
    for (i, frame) in frames.iter_mut().take(960).enumerate() {
        let rise = 0.5 - 0.5 * (std::f32::consts::PI * i as f32 / 960.0).cos();
        *frame = frame.map(|x| x * rise);
    }
    let layers = vec![layer(127, frames)];
    Player::new(
        instrument(1, RATE, Some(column(69, Some((4_800, 9_600)), layers))),
        RATE,
    )
}

fn fourth_difference(frames: &[[f32; 2]]) -> f32 {
    let terms = frames.windows(5).map(|w| {
        let x: Vec<f64> = w.iter().map(|frame| f64::from(frame[0])).collect();
        (x[0] - 4.0 * x[1] + 6.0 * x[2] - 4.0 * x[3] + x[4]).abs() as f32
    });
    terms.fold(0.0, f32::max)
}

fn largest_jump(frames: &[[f32; 2]]) -> f32 {
    frames
        .windows(2)
        .map(|w| (w[1][0] - w[0][0]).abs())
        .fold(0.0, f32::max)
}

#[test]
fn the_measure_sees_a_click() {
    let mut player = player();
    player.handle(on(0, 69, 1.0));
    let mut out = player.render(5_000);
    assert!(fourth_difference(&out) < 1e-3);
    for frame in &mut out[4_900..] {
        *frame = [0.0; 2]; // cut off at its peak
    }
    let cut = out[4_899][0].abs();
    assert!(cut > 0.1 && fourth_difference(&out) > cut);
}

#[test]
fn the_oldest_released_voice_is_stolen_without_a_click() {
    let mut player = player();
    for i in 0..MAX_VOICES {
        let (channel, key) = ((i % 16) as u8, 50 + (i / 16) as u8);
        player.handle(on(channel, key, 0.5));
    }
    player.render(9_600);
    player.handle(off(3, 52));
    player.render(100);
    player.handle(off(5, 54));
    let before = player.render(480);
    while player.engine.take_ended().is_some() {}
    player.handle(on(0, 80, 0.5));
    assert_eq!(player.engine.active_voices(), MAX_VOICES);
    let after = player.render(480);
    let ended = player.engine.take_ended().unwrap();
    assert_eq!(
        (ended.channel, ended.key),
        (3, 52),
        "the one released first"
    );
    println!(
        "steal among {MAX_VOICES}: largest jump {:.4} (before {:.4}), fourth difference {:.1e} (before {:.1e})",
        largest_jump(&after),
        largest_jump(&before),
        fourth_difference(&after),
        fourth_difference(&before)
    );
    assert!(largest_jump(&after) < 1.25 * largest_jump(&before));
    assert!(fourth_difference(&after) < 1.5 * fourth_difference(&before));
}

#[test]
fn all_voices_stolen_at_once_fade_out() {
    let mut player = player();
    for key in 0..MAX_VOICES {
        player.handle(on((key % 16) as u8, 60 + (key / 16) as u8, 0.3));
    }
    let before = player.render(9_600);
    for key in 0..MAX_VOICES {
        player.handle(on((key % 16) as u8, 40 + (key / 16) as u8, 0.3));
    }
    assert_eq!(player.engine.active_voices(), MAX_VOICES);
    let after = player.render(480);
    println!(
        "steal all {MAX_VOICES}: largest jump {:.3} (before {:.3})",
        largest_jump(&after),
        largest_jump(&before)
    );
    assert!(largest_jump(&after) < 2.0 * largest_jump(&before[4_800..]));
    // Once more within the same 3 ms: more fades than slots, cut voices leave a decaying rest.
    for key in 0..MAX_VOICES {
        player.handle(on((key % 16) as u8, 20 + (key / 16) as u8, 0.3));
    }
    player.render(20);
    for key in 0..MAX_VOICES {
        player.handle(on((key % 16) as u8, 100 + (key / 16) as u8, 0.3));
    }
    assert_eq!(player.engine.active_voices(), MAX_VOICES);
    assert!(player.render(4_800).iter().flatten().all(|x| x.is_finite()));
}

#[test]
fn a_new_slow_note_is_not_the_next_to_be_stolen() {
    let mut player = player();
    for i in 0..MAX_VOICES {
        player.handle(on((i % 16) as u8, 50 + (i / 16) as u8, 0.9));
    }
    player.render(9_600);
    player.handle(on(0, 90, 0.1));
    player.render(1_000);
    while player.engine.take_ended().is_some() {}
    player.handle(on(1, 91, 0.1));
    player.render(1_000);
    assert_ne!(player.engine.take_ended().unwrap().key, 90);
}

#[test]
fn choke_release_and_late_attack_do_not_click() {
    let mut player = player();
    player.handle(on(0, 69, 1.0));
    player.render(5_003);
    player.handle(NoteEvent::Choke(NoteAddress::default()));
    let choked = player.render(480);
    assert!(choked[200..].iter().all(|frame| *frame == [0.0; 2]));
    player.handle(on(0, 69, 1.0));
    player.render(5_003);
    player.settings.release_scale = 0.0;
    player.render(10);
    player.handle(off(0, 69));
    let released = player.render(4_800);
    println!(
        "fourth difference: choke {:.1e}, shortest release {:.1e} of a sine of 0.5",
        fourth_difference(&choked),
        fourth_difference(&released)
    );
    assert!(fourth_difference(&choked) < 1e-3);
    assert!(fourth_difference(&released) < 5e-3);
}
