//! Wheels, pedals, note expressions and modulation arrive and do what players expect.

use crate::RATE;
use crate::host::{Event, Session, Sound, What, load, note_of};
use clack_host::events::event_types::NoteExpressionType;

/// Middle-A held for a second, with some events besides.
fn held_with(events: &[What]) -> Sound {
    let mut session = Session::ready(&load(), RATE, 512);
    let mut all = vec![Event::at(0, What::On(69, 0.8))];
    all.extend(events.iter().map(|&what| Event::at(4_800, what)));
    session.play(&all, 48_000, &[512])
}

/// Its first partial's level at a frequency, in dB, after the events.
fn level_at(sound: &Sound, hz: f64) -> f64 {
    sound.partial_db(12_000..48_000, hz, RATE)
}

/// The frequency around `hz` where the first partial stands, to a twentieth of a semitone.
fn pitch_near(sound: &Sound, hz: f64) -> f64 {
    let steps = (-60..=60).map(|step| f64::from(step) / 20.0);
    let at = |semitones: f64| hz * (semitones / 12.0).exp2();
    let best = steps.max_by(|a, b| level_at(sound, at(*a)).total_cmp(&level_at(sound, at(*b))));
    12.0 * (at(best.expect("there are steps")) / 440.0).log2()
}

#[track_caller]
fn near(found: f64, wanted: f64, within: f64) {
    assert!(
        (found - wanted).abs() <= within,
        "{found:.2}, not {wanted:.2}"
    );
}

#[test]
fn the_pitch_wheel_bends_by_two_semitones_each_way() {
    near(pitch_near(&held_with(&[]), 440.0), 0.0, 0.05);
    near(
        pitch_near(&held_with(&[What::Midi([0xE0, 127, 127])]), 493.9),
        2.0,
        0.1,
    );
    near(
        pitch_near(&held_with(&[What::Midi([0xE0, 0, 0])]), 392.0),
        -2.0,
        0.1,
    );
}

#[test]
fn tuning_of_one_note_moves_that_note_only() {
    let tuned = held_with(&[What::Expression(69, NoteExpressionType::Tuning, 1.0)]);
    near(pitch_near(&tuned, 466.2), 1.0, 0.05);
    let other = held_with(&[What::Expression(60, NoteExpressionType::Tuning, 1.0)]);
    near(pitch_near(&other, 440.0), 0.0, 0.05);
}

#[test]
fn sustain_holds_released_notes_until_the_pedal_comes_up() {
    let play = |pedal: bool| {
        let mut session = Session::ready(&load(), RATE, 512);
        let mut events = note_of(60, 0.8, 0, 4_800).to_vec();
        if pedal {
            events.insert(1, Event::at(2_000, What::Midi([0xB0, 64, 127])));
            events.push(Event::at(96_000, What::Midi([0xB0, 64, 0])));
        }
        session.play(&events, 5 * 48_000, &[512])
    };
    let (with, without) = (play(true), play(false));
    let late = 80_000..95_000;
    assert!(
        with.rms(late.clone()) > 4.0 * without.rms(late),
        "the pedal holds the note"
    );
    let end = 4 * 48_000..5 * 48_000;
    assert!(
        with.rms(end.clone()) < 0.1 * with.rms(80_000..95_000),
        "and lets it go"
    );
}

#[test]
fn mod_wheel_and_pressure_are_heard() {
    let plain = held_with(&[]);
    for (name, message) in [
        ("mod wheel", [0xB0, 1, 127]),
        ("channel pressure", [0xD0, 127, 0]),
    ] {
        let moved = held_with(&[What::Midi(message)]);
        let differs = moved
            .first_difference(&plain)
            .unwrap_or_else(|| panic!("{name} is mute"));
        assert!(
            differs >= 4_800,
            "{name} is heard before it happens, at frame {differs}"
        );
    }
}

#[test]
fn note_expressions_are_heard_on_their_note() {
    use NoteExpressionType as E;
    let plain = held_with(&[]);
    let loudness = |sound: &Sound| f64::from(sound.rms(12_000..48_000));

    let quiet = held_with(&[What::Expression(69, E::Volume, 0.25)]);
    near(loudness(&quiet) / loudness(&plain), 0.25, 0.05);

    let left = held_with(&[What::Expression(69, E::Pan, 0.0)]);
    let side = |side: &[f32]| side[12_000..].iter().map(|x| x.abs()).sum::<f32>();
    assert!(
        side(&left.left) > 4.0 * side(&left.right),
        "panned to the left"
    );

    for kind in [E::Brightness, E::Pressure, E::Expression] {
        let moved = held_with(&[What::Expression(69, kind, 0.1)]);
        assert!(moved.first_difference(&plain).is_some(), "{kind:?} is mute");
        let other = held_with(&[What::Expression(50, kind, 0.1)]);
        assert_eq!(
            other.first_difference(&plain),
            None,
            "{kind:?} of another note is heard"
        );
    }
}

#[test]
fn polyphonic_modulation_moves_one_note_of_two() {
    let play = |modulated: bool| {
        let mut session = Session::ready(&load(), RATE, 512);
        let level = session
            .parameters()
            .into_iter()
            .find(|p| p.name == "Level")
            .expect("Level");
        let mut events = vec![
            Event::at(0, What::On(57, 0.8)),
            Event::at(0, What::On(69, 0.8)),
        ];
        if modulated {
            // To the bottom of its range: silence, or nearly.
            let down = level.min - level.max;
            events.push(Event::at(4_800, What::Modulate(69, level.id, down)));
        }
        session.play(&events, 48_000, &[512])
    };
    let (both, one) = (play(false), play(true));
    // A3's own first partial stays; a minor sixth above A4's, in A4's series alone, goes.
    near(level_at(&one, 220.0), level_at(&both, 220.0), 0.5);
    assert!(
        one.rms(12_000..48_000) < 0.9 * both.rms(12_000..48_000),
        "A4 is quieter"
    );
}

#[test]
fn more_notes_than_voices_still_sound_and_end() {
    let mut session = Session::ready(&load(), RATE, 512);
    let mut events = vec![Event::at(0, What::Midi([0xB0, 64, 127]))];
    for round in 0..4 {
        for key in 21..=108u8 {
            let frame = round * 8_800 + usize::from(key - 20) * 100;
            events.extend(note_of(key, 0.5, frame, frame + 50));
        }
    }
    events.push(Event::at(40_000, What::Midi([0xB0, 64, 0])));
    events.sort_by_key(|event| event.frame);
    let sound = session.play(&events, 48_000, &[512]);
    // The newest note is heard at once: it takes the place of an old one.
    assert!(sound.peak(35_000..36_000) > 1e-3);
    session.play(&[], 10 * 48_000, &[512]);
    assert_eq!(
        session.play(&[], 4_800, &[512]).first_sound(),
        None,
        "all of them end"
    );
}
