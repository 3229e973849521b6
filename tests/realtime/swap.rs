//! Instruments come and go under held notes; every one comes back to be freed.

use consort::engine::MAX_VOICES;
use consort::engine::mailbox::ToEngine;

use crate::fixtures::{Player, RATE, control, instrument, off, on, rich, rms};

#[test]
fn sixty_four_held_notes_play_on_through_swaps_and_all_memory_returns() {
    let mut player = Player::new(instrument(1, RATE, Some(rich(1))), RATE);
    for key in 30..94 {
        player.handle(on(0, key, 0.8));
    }
    player.render(512);
    assert_eq!(player.engine.active_voices(), 64);
    player
        .generator
        .send(ToEngine::Instrument(instrument(2, RATE, Some(rich(2)))))
        .unwrap();
    player.render(512);
    // The old notes play the old instrument; it can't be freed yet.
    assert_eq!(player.engine.active_voices(), 64);
    assert_eq!(player.take_back(), (0, 0));
    player.handle(on(0, 94, 0.8));
    for key in 30..94 {
        player.handle(off(0, key));
    }
    player.render(48_000);
    player.render(1);
    assert_eq!(player.engine.active_voices(), 1);
    assert_eq!(player.take_back(), (1, 0));
}

#[test]
fn a_flood_of_instruments_is_taken_in_and_given_back() {
    let mut player = Player::new(instrument(1, RATE, Some(rich(1))), RATE);
    let mut returned = 0;
    for id in 2..=100 {
        let channel = (id % 16) as u8;
        for key in 40..104 {
            player.handle(on(channel, key, 0.8));
        }
        player
            .generator
            .send(ToEngine::Instrument(instrument(id, RATE, Some(rich(id)))))
            .unwrap();
        player.render(100);
        assert!(player.engine.active_voices() <= MAX_VOICES);
        returned += player.take_back().0;
    }
    for channel in 0..16 {
        player.handle(control(channel, 120, 0.0));
    }
    for _ in 0..100 {
        player.render(512);
        returned += player.take_back().0;
    }
    assert_eq!(returned, 99, "all but the last");
    assert_eq!(player.engine.telemetry().instrument(), 100);
}

#[test]
fn a_full_return_ring_keeps_old_instruments_and_sound_goes_on() {
    let mut player = Player::new(instrument(1, RATE, Some(rich(1))), RATE);
    player.handle(on(0, 60, 1.0));
    let mut sent = 1;
    for id in 2..=2_000 {
        match player
            .generator
            .send(ToEngine::Instrument(instrument(id, RATE, None)))
        {
            Ok(()) => sent += 1,
            Err(_) => break,
        }
        let out = player.render(64); // nobody takes anything back
        assert!(out.iter().flatten().all(|x| x.is_finite()));
    }
    assert!(sent < 2_000, "the ring must fill");
    let mut returned = 0;
    for _ in 0..2_000 {
        player.render(64);
        returned += player.take_back().0;
    }
    // The first may still be held by the note; the last serves new notes.
    assert_eq!(
        returned + 1 + usize::from(player.engine.active_voices() > 0),
        sent
    );
}

#[test]
fn a_key_pressed_before_its_sound_exists_starts_when_it_comes() {
    let mut player = Player::new(instrument(1, RATE, None), RATE);
    player.handle(on(0, 60, 1.0));
    player.handle(on(0, 62, 1.0));
    player.handle(off(0, 62));
    assert_eq!(rms(&player.render(512)), 0.0);
    let send = |player: &mut Player, instrument| {
        let column = Box::new(rich(1));
        player
            .generator
            .send(ToEngine::Column {
                instrument,
                index: 0,
                column,
            })
            .unwrap();
    };
    send(&mut player, 7); // of an instrument that never was
    assert_eq!(rms(&player.render(512)), 0.0);
    assert_eq!(player.take_back(), (0, 1));
    send(&mut player, 1);
    assert!(rms(&player.render(4_800)) > 0.0);
    assert_eq!(
        player.engine.active_voices(),
        1,
        "the lifted key stays silent"
    );
}

fn replacement(instrument: u64, column: consort::instrument::zone::Column) -> ToEngine {
    ToEngine::Replacement {
        instrument,
        index: 0,
        column: Box::new(column),
    }
}

/// A note that is held while its column is replaced sounds, once it has crossed over, as one that
/// began at the same time with the new column: before the loop, in it, and with another loop.
#[test]
fn a_held_note_crosses_over_to_where_a_fresh_one_would_be() {
    let mut other = rich(2);
    other.loop_frames = Some((4_000, 8_800));
    for (held, successor) in [(2_000, rich(2)), (30_000, rich(2)), (31_000, other)] {
        let mut moved = Player::new(instrument(1, RATE, Some(rich(1))), RATE);
        moved.handle(on(0, 63, 0.6));
        moved.render(held);
        moved
            .generator
            .send(replacement(1, successor.clone()))
            .unwrap();
        let crossing = moved.render(1_440);
        assert_eq!(moved.engine.active_voices(), 1);

        let mut fresh = Player::new(instrument(1, RATE, Some(successor)), RATE);
        fresh.handle(on(0, 63, 0.6));
        fresh.render(held);
        let expected = fresh.render(1_440);
        let step = |frames: &[[f32; 2]]| {
            let pairs = frames.windows(2).map(|w| (w[1][0] - w[0][0]).abs());
            pairs.fold(0.0, f32::max)
        };
        assert!(step(&crossing) < 1.3 * step(&expected).max(1e-3), "a click");

        let (found, wanted) = (moved.render(9_600), fresh.render(9_600));
        let difference: Vec<[f32; 2]> = found
            .iter()
            .zip(&wanted)
            .map(|(a, b)| [a[0] - b[0], a[1] - b[1]])
            .collect();
        assert!(
            rms(&difference) < 1e-3 * rms(&wanted),
            "after {held}: {} of {}",
            rms(&difference),
            rms(&wanted)
        );
        // The old column is back, and the note ends as one.
        assert_eq!(moved.take_back(), (0, 1));
        moved.handle(off(0, 63));
        moved.render(48_000);
        moved.render(1);
        assert_eq!(moved.engine.take_ended().map(|note| note.key), Some(63));
        assert_eq!(moved.engine.take_ended(), None);
    }
}

#[test]
fn a_flood_of_replacements_under_all_voices_is_survived_and_given_back() {
    let mut player = Player::new(instrument(1, RATE, Some(rich(1))), RATE);
    let mut returned = 0;
    for round in 0..200 {
        for key in 0..4 {
            player.handle(on(
                (round % 16) as u8,
                30 + (round * 7 + key) as u8 % 64,
                0.8,
            ));
        }
        player
            .generator
            .send(replacement(1 + round % 2, rich(round)))
            .unwrap();
        let out = player.render(200);
        assert!(out.iter().flatten().all(|x| x.is_finite()));
        assert!(player.engine.active_voices() <= MAX_VOICES);
        returned += player.take_back().1;
    }
    for channel in 0..16 {
        player.handle(control(channel, 120, 0.0));
    }
    for _ in 0..100 {
        player.render(512);
        returned += player.take_back().1;
    }
    assert_eq!(returned, 200, "each for the one it replaced, or itself");
    assert_eq!(player.engine.active_voices(), 0);
}
