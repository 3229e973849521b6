//! Whatever comes in, in whatever order: finite sound, no more voices than there may be, no
//! allocation, and all memory back in the end.

use consort::engine::mailbox::ToEngine;
use consort::engine::{Expression, MAX_VOICES, NoteAddress, NoteEvent, Settings};
use proptest::prelude::*;

use crate::fixtures::{Player, RATE, instrument, rich};

#[derive(Clone, Debug)]
enum Step {
    Event(NoteEvent),
    Chord(u8, u8),
    Render(usize),
    Settings(Box<Settings>),
    Instrument(bool),
    Column(u8),
    Reset,
}

/// Mostly sensible numbers, now and then none at all.
fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => -1.5f32..1.5,
        1 => -1e6f32..1e6,
        1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 0.0]),
    ]
}

fn address() -> impl Strategy<Value = NoteAddress> {
    let id = prop::option::of(0..4i32);
    let channel = prop::option::weighted(0.8, 0..20u8);
    let key = prop::option::weighted(0.9, 0..140u8);
    (id, channel, key).prop_map(|(note_id, channel, key)| NoteAddress {
        note_id,
        channel,
        key,
    })
}

fn expression() -> impl Strategy<Value = Expression> {
    (0..9, number()).prop_map(|(kind, value)| match kind {
        0 => Expression::Tuning(value * 30.0),
        1 => Expression::Volume(value),
        2 => Expression::Pan(value),
        3 => Expression::Brightness(value),
        4 => Expression::Pressure(value),
        5 => Expression::Vibrato(value),
        6 => Expression::Dynamics(value),
        7 => Expression::ToneOctaves(value * 5.0),
        _ => Expression::Level(value),
    })
}

fn event() -> impl Strategy<Value = NoteEvent> {
    let note_on = (prop::option::of(0..4i32), 0..18u8, 0..135u8, number());
    prop_oneof![
        4 => note_on.prop_map(|(note_id, channel, key, velocity)| {
            NoteEvent::NoteOn { note_id, channel, key, velocity }
        }),
        2 => address().prop_map(NoteEvent::NoteOff),
        1 => address().prop_map(NoteEvent::Choke),
        2 => (address(), expression())
            .prop_map(|(note, expression)| NoteEvent::Expression { note, expression }),
        1 => (0..18u8, number()).prop_map(|(channel, value)| NoteEvent::PitchBend { channel, value }),
        1 => (0..18u8, number()).prop_map(|(channel, value)| NoteEvent::Pressure { channel, value }),
        3 => (0..18u8, any::<u8>(), number()).prop_map(|(channel, number, value)| {
            let known = [1, 6, 7, 10, 11, 64, 66, 74, 100, 101, 120, 121, 123];
            let number = if number < 200 { known[usize::from(number) % 13] } else { number };
            NoteEvent::Controller { channel, number, value }
        }),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    (
        prop::array::uniform10(number()),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(x, mpe, limit)| Settings {
            level: x[0],
            width: x[1],
            attack_s: x[2] * 0.01,
            release_scale: x[3],
            tone_hz: 2_000.0 * x[4].abs().exp2(),
            velocity_curve: x[5],
            tune_semitones: x[6] * 20.0,
            glide_s: x[7] * 0.1,
            bend_range: x[8] * 50.0,
            mpe,
            mpe_bend_range: x[9] * 50.0,
            soft_limit: limit,
        })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => event().prop_map(Step::Event),
        1 => (0..16u8, 0..100u8).prop_map(|(channel, key)| Step::Chord(channel, key)),
        8 => (0..400usize).prop_map(Step::Render),
        1 => settings().prop_map(|settings| Step::Settings(Box::new(settings))),
        1 => any::<bool>().prop_map(Step::Instrument),
        2 => (0..3u8).prop_map(Step::Column),
        1 => Just(Step::Reset),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn nothing_upsets_the_engine(
        steps in prop::collection::vec(step(), 1..120),
        rate in 22_050f32..192_000.0,
    ) {
        let mut player = Player::new(instrument(1, RATE, Some(rich(1))), rate);
        let mut sent = (1, 0);
        let mut returned = (0, 0);
        for step in steps {
            match step {
                Step::Event(event) => player.handle(event),
                Step::Chord(channel, low) => {
                    for key in low..(low + 28).min(128) {
                        let note_id = Some(i32::from(key));
                        player.handle(NoteEvent::NoteOn { note_id, channel, key, velocity: 0.7 });
                    }
                }
                Step::Render(frames) => {
                    let out = player.render(frames);
                    prop_assert!(out.iter().flatten().all(|x| x.is_finite()));
                }
                Step::Settings(settings) => player.settings = *settings,
                Step::Instrument(filled) => {
                    let new = instrument(sent.0 as u64 + 1, RATE, filled.then(|| rich(2)));
                    if player.generator.send(ToEngine::Instrument(new)).is_ok() {
                        sent.0 += 1;
                    }
                }
                Step::Column(back) => {
                    let instrument = (sent.0 as u64).saturating_sub(u64::from(back));
                    let column = Box::new(rich(3));
                    let message = ToEngine::Column { instrument, index: back / 2, column };
                    if player.generator.send(message).is_ok() {
                        sent.1 += 1;
                    }
                }
                Step::Reset => player.engine.reset(),
            }
            prop_assert!(player.engine.active_voices() <= MAX_VOICES);
            let now = player.take_back();
            returned = (returned.0 + now.0, returned.1 + now.1);
        }
        player.engine.reset();
        for _ in 0..8 {
            player.render(64);
        }
        let now = player.take_back();
        // All instruments but the one that serves came back; columns either did, or lie in one.
        prop_assert_eq!(returned.0 + now.0, sent.0 - 1);
        prop_assert!(returned.1 + now.1 <= sent.1);
        prop_assert!(player.engine.is_silent());
    }
}
