//! The sound must not depend on how the host cuts time into blocks.

use consort::engine::{Expression, NoteEvent, Settings};

use crate::fixtures::{Player, RATE, at, control, instrument, off, on, rich};

/// Chords, repeated keys, stolen voices, pedals, bends, expressions, chokes: at odd frames.
pub fn script() -> Vec<(usize, NoteEvent)> {
    let mut events = Vec::new();
    for i in 0..300usize {
        let start = 37 * i + i * i % 101;
        let (channel, key) = ((i % 3) as u8, (30 + i * 7 % 60) as u8);
        events.push((start, on(channel, key, (i % 11) as f32 / 10.0)));
        events.push((start + 900 + 13 * (i % 50), off(channel, key)));
        if i % 5 == 0 {
            let expression = match i % 4 {
                0 => Expression::Tuning(0.3),
                1 => Expression::Pan(-0.7),
                2 => Expression::Brightness(0.2),
                _ => Expression::Volume(0.5),
            };
            let note = at(channel, key);
            events.push((start, NoteEvent::Expression { note, expression }));
            events.push((
                start + 211,
                NoteEvent::PitchBend {
                    channel,
                    value: (i as f32).sin(),
                },
            ));
            events.push((start + 57, control(channel, 1, (i % 10) as f32 / 9.0)));
            events.push((start + 400, control(channel, 64, f32::from(i % 2 == 0))));
            events.push((start + 450, control(channel, 66, f32::from(i % 3 == 0))));
        }
        if i % 17 == 0 {
            events.push((start + 77, NoteEvent::Choke(at(channel, key))));
        }
    }
    // More keys at once than there are voices.
    for i in 0..160u8 {
        events.push((12_000, on(i % 16, 40 + i / 16 * 3, 0.9)));
        events.push((16_001, off(i % 16, 40 + i / 16 * 3)));
    }
    events.sort_by_key(|(at, _)| *at);
    events
}

#[test]
fn any_partition_sounds_the_same_to_the_last_bit() {
    let script = script();
    let settings = Settings {
        tone_hz: 3_000.0,
        glide_s: 0.05,
        attack_s: 0.003,
        width: 1.4,
        level: 0.7,
        soft_limit: true,
        ..Settings::default()
    };
    for settings in [settings, Settings::default()] {
        let play = |blocks: &[usize]| {
            let mut player = Player::new(instrument(1, RATE, Some(rich(1))), RATE);
            player.start_with(settings);
            player.play(&script, 40_000, blocks)
        };
        let whole = play(&[40_000]);
        assert!(whole.iter().any(|frame| frame[0].abs() > 0.1));
        for blocks in [
            &[1][..],
            &[17],
            &[64],
            &[512],
            &[8192],
            &[3, 1, 480, 31, 32, 33, 1024, 7, 2000],
        ] {
            assert!(play(blocks) == whole, "blocks of {blocks:?}");
        }
    }
}

#[test]
fn every_rate_and_block_length_gives_sound() {
    for rate in [
        22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0,
    ] {
        let mut player = Player::new(instrument(1, RATE, Some(rich(1))), rate);
        for block in [1, 8_191, 8_192] {
            player.handle(on(0, 64, 0.8));
            let out: Vec<_> = (0..8_192 / block)
                .flat_map(|_| player.render(block))
                .collect();
            assert!(out.iter().flatten().all(|x| x.is_finite()));
            assert!(
                out.iter().any(|frame| frame[0].abs() > 1e-3),
                "{rate} Hz, {block} frames"
            );
            player.handle(off(0, 64));
        }
    }
}
