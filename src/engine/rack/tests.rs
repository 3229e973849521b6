//! What the rack takes, keeps and gives back.

use super::super::mailbox::{self, GeneratorSide};
use super::*;
use crate::instrument::zone::Layer;

fn column(length: usize) -> Box<Column> {
    let layer = Layer {
        velocity: 100,
        frames: vec![[0.1; 2]; length],
        loop_decay_db_per_s: 0.0,
        release_s: 0.1,
    };
    Box::new(Column {
        low_key: 0,
        high_key: 127,
        root_key: 60,
        loop_frames: Some((10, 20)),
        one_shot: false,
        choke_group: 0,
        takes: Vec::new(),
        layers: vec![layer],
    })
}

fn instrument(id: u64) -> ToEngine {
    let key_to_column = [Some(0); 128];
    let columns = vec![None, None];
    let sample_rate = 48_000.0;
    ToEngine::Instrument(Box::new(SampledInstrument {
        id,
        sound: 0,
        sample_rate,
        key_to_column,
        columns,
    }))
}

fn send_column(generator: &mut GeneratorSide, instrument: u64, index: u8, length: usize) {
    let column = column(length);
    generator
        .send(ToEngine::Column {
            instrument,
            index,
            column,
        })
        .unwrap();
}

fn returned(generator: &mut GeneratorSide) -> (usize, usize) {
    let mut counts = (0, 0);
    while let Some(object) = generator.receive() {
        match object {
            FromEngine::Instrument(_) => counts.0 += 1,
            FromEngine::Column(_) => counts.1 += 1,
        }
    }
    counts
}

#[test]
fn a_key_finds_its_sound_once_the_column_is_there() {
    let (mut engine, mut generator) = mailbox::channel();
    let mut rack = Rack::new();
    assert_eq!(rack.find(60), Found::NotYet);
    generator.send(instrument(1)).unwrap();
    assert!(rack.exchange(&mut engine).new_sound);
    assert_eq!(rack.find(60), Found::NotYet);
    send_column(&mut generator, 1, 0, 100);
    assert!(rack.exchange(&mut engine).new_sound);
    assert_eq!(
        rack.find(60),
        Found::Sound(SoundPlace {
            place: 0,
            column: 0
        })
    );
}

#[test]
fn columns_that_cannot_be_taken_come_straight_back() {
    let (mut engine, mut generator) = mailbox::channel();
    let mut rack = Rack::new();
    send_column(&mut generator, 1, 0, 100); // before its instrument
    generator.send(instrument(1)).unwrap();
    send_column(&mut generator, 2, 0, 100); // of another instrument
    send_column(&mut generator, 1, 0, 100);
    send_column(&mut generator, 1, 0, 100); // its place is filled
    send_column(&mut generator, 1, 2, 100); // no such place
    send_column(&mut generator, 1, 1, 15); // its loop ends beyond its frames
    rack.exchange(&mut engine);
    rack.exchange(&mut engine);
    assert_eq!(returned(&mut generator), (0, 5));
}

#[test]
fn an_old_instrument_goes_back_when_its_last_voice_has_ended() {
    let (mut engine, mut generator) = mailbox::channel();
    let mut rack = Rack::new();
    generator.send(instrument(1)).unwrap();
    send_column(&mut generator, 1, 0, 100);
    rack.exchange(&mut engine);
    let Found::Sound(at) = rack.find(60) else {
        panic!()
    };
    rack.take(at);
    generator.send(instrument(2)).unwrap();
    rack.exchange(&mut engine);
    assert_eq!(returned(&mut generator), (0, 0));
    assert!(rack.column(at).is_some());
    rack.leave(at);
    rack.exchange(&mut engine);
    assert_eq!(returned(&mut generator), (1, 0));
    assert!(rack.column(at).is_none());
}

#[test]
fn too_many_instruments_in_use_wait_outside() {
    let (mut engine, mut generator) = mailbox::channel();
    let mut rack = Rack::new();
    let mut used = Vec::new();
    for id in 1..=PLACES as u64 {
        generator.send(instrument(id)).unwrap();
        send_column(&mut generator, id, 0, 100);
        assert_eq!(rack.exchange(&mut engine).crowded, None);
        let Found::Sound(at) = rack.find(60) else {
            panic!()
        };
        rack.take(at);
        used.push(at);
    }
    generator.send(instrument(99)).unwrap();
    assert_eq!(rack.exchange(&mut engine).crowded, Some(used[0].place));
    assert_eq!(rack.current().unwrap().id, PLACES as u64);
    rack.leave(used[0]);
    assert_eq!(rack.exchange(&mut engine).crowded, None);
    assert_eq!(rack.current().unwrap().id, 99);
    assert_eq!(returned(&mut generator), (1, 0));
}

#[test]
fn a_full_return_ring_keeps_what_it_has_no_room_for() {
    let (mut engine, mut generator) = mailbox::channel();
    let mut rack = Rack::new();
    let mut sent = 0;
    for _ in 0..20 {
        while generator
            .send(ToEngine::Column {
                instrument: 1,
                index: 0,
                column: column(30),
            })
            .is_ok()
        {
            sent += 1;
        }
        for _ in 0..10 {
            rack.exchange(&mut engine);
        }
    }
    // The return ring, one in the rack's hand, and a full ring of messages unread.
    assert_eq!(sent, 2 * mailbox::CAPACITY + 1);
    let mut got = 0;
    for _ in 0..20 {
        got += returned(&mut generator).1;
        for _ in 0..10 {
            rack.exchange(&mut engine);
        }
    }
    assert_eq!(got, sent);
}

#[test]
fn an_instrument_that_is_called_for_serves_once_all_keys_asked_for_are_there() {
    let (mut side, mut generator) = mailbox::channel();
    let mut rack = Rack::new().by_call();
    let send = |generator: &mut GeneratorSide, id: u64, sound: u64| {
        let ToEngine::Instrument(mut instrument) = instrument(id) else {
            unreachable!()
        };
        instrument.sound = sound;
        instrument.key_to_column[61] = Some(1);
        instrument.key_to_column[62] = None;
        generator.send(ToEngine::Instrument(instrument)).unwrap();
    };
    let (low, both) = (1u128 << 60, 7u128 << 60);
    send(&mut generator, 1, 7);
    send_column(&mut generator, 1, 0, 100);
    rack.exchange(&mut side);
    assert_eq!(rack.find(60), Found::NotYet, "nobody has called for it");
    assert_eq!(rack.call(8, low), Called::NotYet);
    assert_eq!(rack.call(7, both), Called::NotYet, "key 61 is missing");
    assert_eq!(rack.call(7, low), Called::Comes);
    assert_eq!(rack.call(7, low), Called::Plays);
    let Found::Sound(first) = rack.find(60) else {
        panic!("it plays")
    };
    rack.take(first);

    // Another sound waits while columns come to both.
    send(&mut generator, 2, 8);
    send_column(&mut generator, 2, 0, 100);
    send_column(&mut generator, 1, 1, 100);
    rack.exchange(&mut side);
    assert_eq!(rack.call(7, both), Called::Plays);
    assert_eq!(returned(&mut generator), (0, 0));
    // One that nobody called for makes room for the next; so does what nothing plays any more.
    send(&mut generator, 3, 9);
    send_column(&mut generator, 3, 0, 100);
    rack.exchange(&mut side);
    rack.exchange(&mut side);
    assert_eq!(returned(&mut generator), (1, 0));
    assert_eq!(rack.call(9, low), Called::Comes);
    rack.exchange(&mut side);
    assert_eq!(returned(&mut generator), (0, 0), "a voice plays it");
    rack.leave(first);
    rack.exchange(&mut side);
    assert_eq!(returned(&mut generator), (1, 0));

    // The same sound anew, at another sample rate: it comes when it is as whole.
    send(&mut generator, 4, 9);
    rack.exchange(&mut side);
    assert_eq!(rack.call(9, low), Called::Plays);
    send_column(&mut generator, 4, 0, 100);
    rack.exchange(&mut side);
    assert_eq!(rack.call(9, low), Called::Comes);
    rack.exchange(&mut side);
    assert_eq!(returned(&mut generator), (1, 0));
}
