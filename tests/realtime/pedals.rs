//! Who is released when: keys, pedals, repeated keys.

use consort::engine::{NoteAddress, NoteEvent, Settings};

use crate::fixtures::{Player, RATE, at, column, control, instrument, layer, off, on, sine};

/// A tone that lasts as long as it is held, and ends 0.1 s after its release.
fn player() -> Player {
    let mut tone = layer(100, sine(50, 4_800, 0.2));
    tone.release_s = 0.05;
    Player::new(
        instrument(1, RATE, Some(column(69, Some((0, 4_800)), vec![tone]))),
        RATE,
    )
}

/// Voices that still sound after long enough for released ones to end.
fn left(player: &mut Player) -> usize {
    player.render(9_600);
    player.engine.active_voices()
}

#[test]
fn sustain_holds_what_is_lifted_until_it_goes_up() {
    let mut player = player();
    player.handle(control(0, 64, 1.0));
    player.handle(on(0, 60, 1.0));
    player.handle(on(0, 64, 1.0));
    player.handle(off(0, 60));
    assert_eq!(left(&mut player), 2);
    player.handle(control(0, 64, 0.0));
    assert_eq!(left(&mut player), 1);
    player.handle(off(0, 64));
    assert_eq!(left(&mut player), 0);
}

#[test]
fn sustain_pressed_after_the_release_catches_nothing() {
    let mut player = player();
    player.handle(on(0, 60, 1.0));
    player.handle(off(0, 60));
    player.handle(control(0, 64, 1.0));
    assert_eq!(left(&mut player), 0);
}

#[test]
fn sostenuto_holds_only_what_was_down() {
    let mut player = player();
    player.handle(on(0, 60, 1.0));
    player.handle(control(0, 66, 1.0));
    player.handle(on(0, 64, 1.0));
    player.handle(off(0, 60));
    player.handle(off(0, 64));
    assert_eq!(left(&mut player), 1);
    player.handle(control(0, 66, 0.0));
    assert_eq!(left(&mut player), 0);
}

#[test]
fn each_pedal_goes_on_holding_when_the_other_goes_up() {
    let mut player = player();
    player.handle(on(0, 60, 1.0));
    player.handle(control(0, 66, 1.0));
    player.handle(control(0, 64, 1.0));
    player.handle(off(0, 60));
    player.handle(control(0, 64, 0.0));
    assert_eq!(left(&mut player), 1);
    player.handle(control(0, 64, 1.0));
    player.handle(control(0, 66, 0.0));
    assert_eq!(left(&mut player), 1);
    player.handle(control(0, 64, 0.0));
    assert_eq!(left(&mut player), 0);
}

#[test]
fn pedals_act_on_their_channel_and_the_manager_on_all_members() {
    let mut player = player();
    player.handle(control(0, 64, 1.0));
    player.handle(on(1, 60, 1.0));
    player.handle(off(1, 60));
    assert_eq!(left(&mut player), 0);
    player.settings = Settings {
        mpe: true,
        ..Settings::default()
    };
    player.render(1);
    player.handle(on(1, 60, 1.0));
    player.handle(off(1, 60));
    assert_eq!(left(&mut player), 1);
    player.handle(control(0, 64, 0.0));
    assert_eq!(left(&mut player), 0);
}

#[test]
fn a_repeated_key_replaces_itself() {
    let mut player = player();
    player.handle(control(0, 64, 1.0));
    for _ in 0..5 {
        player.handle(on(0, 60, 1.0));
        player.render(100);
        player.handle(off(0, 60));
    }
    assert_eq!(left(&mut player), 1);
}

#[test]
fn ids_tell_notes_on_the_same_key_apart() {
    let mut player = player();
    let note = |id| NoteEvent::NoteOn {
        note_id: Some(id),
        channel: 0,
        key: 60,
        velocity: 1.0,
    };
    player.handle(note(1));
    player.handle(note(2));
    assert_eq!(left(&mut player), 2);
    player.handle(NoteEvent::NoteOff(NoteAddress {
        note_id: Some(1),
        ..at(0, 60)
    }));
    assert_eq!(left(&mut player), 1);
    let ended = player.engine.take_ended().unwrap();
    assert_eq!((ended.note_id, ended.key), (Some(1), 60));
    assert_eq!(player.engine.take_ended(), None);
    player.handle(off(0, 60));
    assert_eq!(left(&mut player), 0);
}

#[test]
fn all_notes_off_respects_the_pedal_and_all_sound_off_does_not() {
    let mut player = player();
    player.handle(control(0, 64, 1.0));
    player.handle(on(0, 60, 1.0));
    player.handle(control(0, 123, 0.0));
    assert_eq!(left(&mut player), 1);
    assert_eq!(player.engine.telemetry().held_keys(), 0);
    player.handle(control(0, 120, 0.0));
    player.render(480);
    assert_eq!(player.engine.active_voices(), 0);
    assert!(player.engine.is_silent());
}

#[test]
fn telemetry_shows_keys_and_voices() {
    let mut player = player();
    let telemetry = player.engine.telemetry();
    player.handle(on(0, 60, 1.0));
    player.handle(on(3, 61, 1.0));
    player.render(4_800);
    assert_eq!(telemetry.held_keys(), 1 << 60 | 1 << 61);
    assert_eq!((telemetry.voices(), telemetry.instrument()), (2, 1));
    player.handle(off(0, 60));
    player.render(1);
    assert_eq!(telemetry.held_keys(), 1 << 61);
    player.engine.reset();
    assert_eq!(telemetry.held_keys(), 0);
    assert!(player.render(100).iter().all(|frame| *frame == [0.0; 2]));
}
