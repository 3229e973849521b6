//! Macros turned while notes are held: heard soon, without a click, and exactly as a note that
//! began with them.

use std::time::{Duration, Instant};

use clack_host::utils::ClapId;

use crate::RATE;
use crate::host::{Event, Session, Sound, What, load};

const KEY: u8 = 57;
/// Frames: the macro is turned, all is heard, the end.
const TURNED: usize = 24_000;
const SETTLED: usize = 72_000;
const END: usize = 90_000;

fn id(session: &mut Session, name: &str) -> ClapId {
    let found = session.parameters().into_iter().find(|p| p.name == name);
    found.unwrap_or_else(|| panic!("{name} is a parameter")).id
}

/// A held note during which a macro is turned, as fast as time goes by: that is what the generator
/// works in.
fn turned(name: &str, value: f64) -> Sound {
    let mut session = Session::ready(&load(), RATE, 512);
    let id = id(&mut session, name);
    let began = Instant::now();
    let mut sound = session.play(&[Event::at(0, What::On(KEY, 0.7))], TURNED, &[480]);
    let mut events = vec![Event::at(0, What::Set(id, value))];
    while sound.len() < END {
        sound.append(&session.play(&events, 480, &[480]));
        events.clear();
        let due = Duration::from_secs_f64((sound.len() - TURNED) as f64 / RATE);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
    sound
}

/// The same note without any change.
fn untouched() -> Sound {
    let mut session = Session::ready(&load(), RATE, 512);
    session.play(&[Event::at(0, What::On(KEY, 0.7))], END, &[480])
}

/// The same note in an instance whose macro stands there from the start.
fn fresh(name: &str, value: f64) -> Sound {
    let mut session = Session::ready(&load(), RATE, 512);
    let id = id(&mut session, name);
    session.play(&[Event::at(0, What::Set(id, value))], 512, &[512]);
    // The generator looks at parameters ten times a second.
    std::thread::sleep(Duration::from_millis(700));
    session.wait_for_keys();
    session.play(&[Event::at(0, What::On(KEY, 0.7))], END, &[480])
}

fn largest_step(sound: &Sound, frames: std::ops::Range<usize>) -> f32 {
    let side = |side: &[f32]| {
        let steps = side[frames.clone()].windows(2).map(|w| (w[1] - w[0]).abs());
        steps.fold(0.0, f32::max)
    };
    side(&sound.left).max(side(&sound.right))
}

#[test]
fn a_held_note_follows_each_macro_without_a_click() {
    let made = untouched();
    for (name, value) in [
        ("Brightness", 1.0),
        ("Brightness", -1.0),
        ("Attack", 1.0),
        ("Decay", 1.0),
        ("Decay", -0.5),
        ("Body", -1.0),
        ("Width", 1.0),
        ("Motion", 1.0),
        ("Detune", 1.0),
        ("Detune", -1.0),
    ] {
        let (moved, wanted) = (turned(name, value), fresh(name, value));
        // It comes after its turn, and soon.
        let changed = moved.first_difference(&made).unwrap_or(END);
        println!(
            "{name} at {value}: heard after {:.0} ms",
            (changed as f64 - TURNED as f64) / RATE * 1e3
        );
        assert!(
            (TURNED..SETTLED).contains(&changed),
            "{name}: frame {changed}"
        );

        // No step that neither sound has itself; both go on changing, so from here to the end.
        let crossing = changed..(changed + 2_400).min(END);
        let usual =
            largest_step(&made, crossing.clone()).max(largest_step(&wanted, crossing.clone()));
        let worst = largest_step(&moved, crossing);
        assert!(
            worst < 1.2 * usual,
            "{name} at {value}: a step of {worst}, {usual} is usual"
        );

        // And then it is the sound of a note that began so.
        let difference: f32 = (SETTLED..END)
            .map(|i| {
                (moved.left[i] - wanted.left[i])
                    .abs()
                    .max((moved.right[i] - wanted.right[i]).abs())
            })
            .fold(0.0, f32::max);
        let loudest = wanted.peak(SETTLED..END).max(1e-4);
        println!(
            "   differs from a fresh note by {:.1} dB",
            20.0 * (difference / loudest).log10()
        );
        assert!(
            difference < 0.003 * loudest,
            "{name} at {value}: {difference} of {loudest}"
        );
    }
}

#[test]
fn brightness_crosses_over_from_one_spectrum_to_the_other() {
    let (made, wanted) = (untouched(), fresh("Brightness", -1.0));
    let moved = turned("Brightness", -1.0);
    let changed = moved.first_difference(&made).expect("it is heard");
    let fourth = 4.0 * 440.0 * ((f64::from(KEY) - 69.0) / 12.0).exp2();
    let level = |sound: &Sound, from: usize| sound.partial_db(from..from + 1_440, fourth, RATE);
    let (before, during, after) = (
        level(&moved, changed - 1_440),
        level(&moved, changed),
        level(&moved, changed + 2_400),
    );
    assert!(after < before - 6.0, "{before} {during} {after}");
    assert!(
        during < before + 0.5 && during > after - 0.5,
        "{before} {during} {after}"
    );
    assert!((level(&wanted, changed + 2_400) - after).abs() < 0.1);
}

#[test]
fn a_release_made_longer_under_a_held_key_rings_on() {
    let ring = |value: f64| {
        let mut session = Session::ready(&load(), RATE, 512);
        let id = id(&mut session, "Release");
        session.play(
            &[
                Event::at(0, What::On(KEY, 0.7)),
                Event::at(10, What::Set(id, value)),
            ],
            512,
            &[512],
        );
        std::thread::sleep(Duration::from_millis(800));
        session.play(&[], 4_800, &[480]);
        let sound = session.play(&[Event::at(0, What::Off(KEY))], 48_000, &[480]);
        20.0 * (sound.rms(1_200..2_400) / sound.rms(0..480) + 1e-9).log10()
    };
    // This instrument's own release is as short as it gets.
    let (short, made, long) = (ring(-1.0), ring(0.0), ring(1.0));
    assert!(
        short < made + 0.1 && long > made + 30.0 && long > -3.0,
        "{short} {made} {long}"
    );
}
