//! Notes begin and end at the frame the host says.

use crate::RATE;
use crate::host::{Event, Session, Sound, What, load, note_of};

/// A note in a new instance.
fn note_at(frame: usize, blocks: &[usize]) -> Sound {
    let mut session = Session::ready(&load(), RATE, 8_192);
    session.play(&note_of(60, 0.8, frame, frame + 20_000), 48_000, blocks)
}

#[test]
fn a_note_moved_by_some_frames_is_the_same_sound_that_much_later() {
    let first = note_at(1_000, &[512]);
    let begins = first.first_sound().expect("it sounds");
    assert!(
        (1_000..1_050).contains(&begins),
        "it begins at once: at frame {begins}, not 1000"
    );
    for later in [1, 37, 513] {
        let second = note_at(1_000 + later, &[512]);
        assert_eq!(second.first_sound(), Some(begins + later));
        // Not to the last bit: slow movements are computed at steps of the host's clock.
        let moved = first.left.iter().zip(&second.left[later..]);
        let difference = moved.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        let loudest = first.peak(0..first.len());
        println!(
            "{later} frames later: {:.1} dB",
            20.0 * (difference / loudest).log10()
        );
        assert!(
            difference < 0.003 * loudest,
            "{difference} of {loudest}, {later} frames later"
        );
    }
}

#[test]
fn a_release_takes_effect_at_its_frame() {
    let mut long = Session::ready(&load(), RATE, 512);
    let mut short = Session::ready(&load(), RATE, 512);
    let held = long.play(&note_of(60, 0.8, 0, 47_000), 48_000, &[512]);
    let released = short.play(&note_of(60, 0.8, 0, 20_000), 48_000, &[512]);
    let differs = held
        .first_difference(&released)
        .expect("a release is heard");
    assert!(
        (20_000..20_200).contains(&differs),
        "at frame {differs}, not 20000"
    );
}

#[test]
fn silence_before_the_first_note_and_after_the_last() {
    let mut session = Session::ready(&load(), RATE, 512);
    let before = session.play(&[], 24_000, &[512]);
    assert_eq!(before.first_sound(), None, "before");
    session.play(&crate::music(), 96_000, &[512]);
    // Releases take their time, but not for ever.
    session.play(&[], 10 * 48_000, &[512]);
    let after = session.play(&[], 48_000, &[512]);
    assert_eq!(after.first_sound(), None, "eleven seconds after");
}

#[test]
fn a_choke_ends_a_note_at_once_without_a_click() {
    let mut session = Session::ready(&load(), RATE, 512);
    let mut events = note_of(60, 0.8, 0, 40_000).to_vec();
    events.insert(1, Event::at(20_000, What::Choke(60)));
    let sound = session.play(&events, 48_000, &[512]);
    assert!(sound.peak(24_800..48_000) < 1e-4, "silent within 100 ms");
    let step = |at: usize| (sound.left[at + 1] - sound.left[at]).abs();
    let usual = (15_000..20_000).map(step).fold(0.0, f32::max);
    let worst = (20_000..24_000).map(step).fold(0.0, f32::max);
    assert!(
        worst <= 2.0 * usual,
        "a step of {worst}, where {usual} is usual"
    );
}
