//! Hits: they sound to their end, and choke each other without a click.

use consort::engine::{NoteAddress, NoteEvent, STEAL_FADE_S};
use consort::instrument::zone::{Column, SampledInstrument};

use crate::fixtures::{Player, RATE, column, layer, sine};

/// A kit of two long hits that choke each other (42 and 46) and a short one that doesn't care (36).
fn kit() -> Box<SampledInstrument> {
    let hit = |key: u8, periods, length, choke_group| Column {
        low_key: key,
        high_key: key,
        one_shot: true,
        choke_group,
        takes: Vec::new(),
        ..column(key, None, vec![layer(127, sine(periods, length, 0.25))])
    };
    let columns = [
        hit(36, 40, 9_600, 0),
        hit(42, 480, 48_000, 1),
        hit(46, 600, 48_000, 1),
    ];
    let mut key_to_column = [None; 128];
    for (index, column) in columns.iter().enumerate() {
        key_to_column[usize::from(column.root_key)] = Some(index as u8);
    }
    Box::new(SampledInstrument {
        id: 1,
        sound: 0,
        sample_rate: RATE,
        key_to_column,
        columns: columns.map(|column| Some(Box::new(column))).into(),
    })
}

fn on(key: u8) -> NoteEvent {
    NoteEvent::NoteOn {
        note_id: None,
        channel: 9,
        key,
        velocity: 1.0,
    }
}

fn off(key: u8) -> NoteEvent {
    NoteEvent::NoteOff(NoteAddress {
        note_id: None,
        channel: Some(9),
        key: Some(key),
    })
}

fn peak(frames: &[[f32; 2]]) -> f32 {
    frames
        .iter()
        .flatten()
        .fold(0.0, |peak, x| peak.max(x.abs()))
}

#[test]
fn a_hit_sounds_to_its_end_and_then_there_is_silence() {
    let mut let_go = Player::new(kit(), RATE);
    let mut held = Player::new(kit(), RATE);
    for player in [&mut let_go, &mut held] {
        player.handle(on(36));
        player.render(100);
    }
    let_go.handle(off(36));
    let (one, other) = (let_go.render(12_000), held.render(12_000));
    assert_eq!(one, other, "letting go changes nothing");
    assert!(peak(&one[9_000..9_400]) > 0.1);
    assert_eq!(peak(&one[9_600..]), 0.0);
    assert_eq!(let_go.engine.active_voices(), 0);
    assert!(let_go.engine.is_silent());
}

#[test]
fn a_closed_hi_hat_silences_the_open_one_from_its_frame_on_without_a_click() {
    let alone = {
        let mut player = Player::new(kit(), RATE);
        player.handle(on(42));
        player.render(4_000)
    };
    let mut player = Player::new(kit(), RATE);
    let mut ringing = Player::new(kit(), RATE);
    for player in [&mut player, &mut ringing] {
        player.handle(on(46));
        player.render(1_001);
    }
    player.handle(on(42));
    assert_eq!(player.engine.active_voices(), 1);
    let (choked, open) = (player.render(4_000), ringing.render(4_000));
    // What is left of the open hi-hat: falls from its first frame, smoothly, and is gone.
    let left: Vec<f32> = choked
        .iter()
        .zip(&alone)
        .map(|(a, b)| a[0] - b[0])
        .collect();
    let fade = (STEAL_FADE_S * RATE) as usize;
    assert!((left[0] - open[0][0]).abs() < 1e-3);
    assert!(left[..fade].iter().any(|x| x.abs() > 0.1));
    assert!(left[fade + 1..].iter().all(|x| x.abs() < 1e-6));
    let steepest = |frames: &[f32]| {
        frames
            .windows(2)
            .fold(0.0f32, |s, w| s.max((w[1] - w[0]).abs()))
    };
    let usual: Vec<f32> = open.iter().map(|frame| frame[0]).collect();
    assert!(steepest(&left) < steepest(&usual) * 1.2);
}

#[test]
fn pieces_of_no_group_ring_on_and_a_choke_ends_hits_at_once() {
    let mut player = Player::new(kit(), RATE);
    for key in [46, 36, 36] {
        player.handle(on(key));
        player.render(10);
    }
    assert_eq!(player.engine.active_voices(), 3);
    player.handle(NoteEvent::Controller {
        channel: 9,
        number: 120,
        value: 0.0,
    });
    player.render(1_000);
    assert!(player.engine.is_silent());
}
