//! A part in hosts that loop, jump, stop and ramp, in blocks of any size.

use super::*;

const RATE: f64 = 48_000.0;

fn note(start: f64, length: f64, key: u8) -> PartNote {
    PartNote {
        start,
        length,
        key,
        velocity: 100,
    }
}

fn at(beats: f64, tempo: f64) -> HostPosition {
    HostPosition {
        playing: true,
        beats: Some(beats),
        tempo: Some(tempo),
        ..HostPosition::default()
    }
}

fn player(
    notes: Vec<PartNote>,
    begins: f64,
    length: f64,
    repeats: bool,
) -> (StemPlayer, PartSender) {
    let (player, mut sender) = channel();
    let part = PlayedPart::new(notes, begins, length, repeats);
    sender.send(Box::new(part.into())).unwrap();
    (player, sender)
}

/// Plays from `from` beats for `frames` frames in blocks; (frame since the start, event).
fn play(
    player: &mut StemPlayer,
    from: f64,
    tempo: f64,
    frames: usize,
    blocks: &[usize],
) -> Vec<(usize, StemEvent)> {
    let (mut events, mut done) = (Vec::new(), 0);
    for &size in blocks.iter().cycle() {
        let size = size.min(frames - done);
        let position = at(from + done as f64 / RATE * tempo / 60.0, tempo);
        player.take_up(|_, _| true);
        player.block(&position, size, RATE, true, |frame, event| {
            assert!(frame < size);
            events.push((done + frame, event));
        });
        done += size;
        if done == frames {
            return events;
        }
    }
    unreachable!()
}

fn ons(events: &[(usize, StemEvent)]) -> Vec<(usize, u8)> {
    let on = |&(frame, event): &(usize, StemEvent)| match event {
        StemEvent::On { key, .. } => Some((frame, key)),
        StemEvent::Off { .. } => None,
    };
    events.iter().filter_map(on).collect()
}

#[test]
fn notes_fall_on_their_frames_whatever_the_blocks() {
    let notes = vec![
        note(0.0, 0.5, 36),
        note(1.0 / 3.0, 0.1, 42),
        note(1.0, 0.25, 38),
        note(3.999, 0.1, 46),
    ];
    let mut all = Vec::new();
    for blocks in [&[1][..], &[7, 64, 1, 333], &[512], &[8192], &[480]] {
        let (mut player, _sender) = player(notes.clone(), 8.0, 4.0, true);
        // Two rounds and a little, at a tempo whose beats don't fall on frames.
        all.push(play(&mut player, 8.0, 117.0, 200_000, blocks));
    }
    let beat = RATE * 60.0 / 117.0;
    let wanted: Vec<(usize, u8)> = (0..3)
        .flat_map(|round| {
            let notes = notes.iter();
            notes.map(move |note| ((round as f64 * 4.0 + note.start) * beat, note.key))
        })
        .map(|(frame, key)| (frame.round() as usize, key))
        .filter(|(frame, _)| *frame < 200_000)
        .collect();
    assert_eq!(ons(&all[0]), wanted);
    for other in &all[1..] {
        assert_eq!(other, &all[0]);
    }
    // Each that begins ends, but for what still sounds.
    let offs = all[0].len() - wanted.len();
    assert!(wanted.len() - offs <= 1, "{offs} of {}", wanted.len());
}

#[test]
fn a_part_that_does_not_repeat_plays_in_its_place_only() {
    let (mut player, _sender) = player(vec![note(0.0, 1.0, 60)], 4.0, 4.0, false);
    let events = play(&mut player, 0.0, 120.0, 24_000 * 16, &[1000]);
    assert_eq!(ons(&events), [(4 * 24_000, 60)]);
}

#[test]
fn a_loop_ends_what_sounds_and_plays_its_first_note_again() {
    let (mut player, _sender) = player(vec![note(0.0, 4.0, 60)], 0.0, 4.0, true);
    let mut events = Vec::new();
    for beats in [0.0, 1.0, 0.0] {
        player.take_up(|_, _| true);
        player.block(&at(beats, 60.0), 48_000, RATE, true, |frame, event| {
            events.push((frame, event));
        });
    }
    let on = StemEvent::On {
        channel: 0,
        key: 60,
        velocity: 100,
        stroke: 0,
    };
    let off = StemEvent::Off {
        channel: 0,
        key: 60,
    };
    assert_eq!(events, [(0, on), (0, off), (0, on)]);
}

#[test]
fn stop_and_off_end_what_sounds_once() {
    let (mut player, _sender) = player(vec![note(0.0, 4.0, 60)], 0.0, 4.0, true);
    let mut count = |position: HostPosition, on: bool| {
        let mut events = Vec::new();
        player.take_up(|_, _| true);
        player.block(&position, 100, RATE, on, |_, event| events.push(event));
        events.len()
    };
    assert_eq!(count(at(0.0, 120.0), true), 1);
    assert_eq!(count(HostPosition::default(), true), 1);
    assert_eq!(count(HostPosition::default(), true), 0);
    assert_eq!(count(at(0.0, 120.0), true), 1);
    assert_eq!(count(at(0.0, 120.0), false), 1);
    let nonsense = HostPosition {
        beats: Some(f64::NAN),
        ..at(0.0, 0.0)
    };
    assert_eq!(count(nonsense, true), 0);
}

#[test]
fn no_note_is_lost_or_doubled_in_a_ramp() {
    let notes = (0..64).map(|i| note(f64::from(i) / 4.0, 0.1, 40));
    let (mut player, _sender) = player(notes.collect(), 0.0, 16.0, false);
    let (mut beats, mut tempo, mut count) = (0.0, 60.0, 0);
    while beats < 16.0 {
        // The host says the tempo of a block's start, and goes on by that of its middle.
        player.take_up(|_, _| true);
        player.block(&at(beats, tempo), 480, RATE, true, |_, event| {
            count += usize::from(matches!(event, StemEvent::On { .. }));
        });
        beats += 480.0 / RATE * (tempo + 0.05) / 60.0;
        tempo += 0.1;
    }
    assert_eq!(count, 64);
}

#[test]
fn another_part_takes_over_without_cutting_what_sounds() {
    let (mut player, mut sender) = player(vec![note(0.0, 2.0, 60)], 0.0, 4.0, true);
    let mut events = play(&mut player, 0.0, 60.0, 48_000, &[512]);
    let other = PlayedPart::new(vec![note(1.5, 0.25, 62)], 0.0, 4.0, true);
    sender.send(Box::new(other.into())).unwrap();
    events.extend(play(&mut player, 1.0, 60.0, 96_000, &[512]));
    let keys: Vec<_> = events
        .iter()
        .map(|(_, event)| match *event {
            StemEvent::On { key, .. } => (true, key),
            StemEvent::Off { key, .. } => (false, key),
        })
        .collect();
    assert_eq!(keys, [(true, 60), (true, 62), (false, 62), (false, 60)]);
}

/// Variations are auditioned while the song plays: whichever is chosen when, a note that is due comes once, at its
/// frame, of the one that is chosen.
#[test]
fn variations_follow_each_other_without_a_gap() {
    let eighths = |key| (0..8).map(move |i| note(f64::from(i) / 2.0, 0.4, key));
    for size in [64, 441, 4_096] {
        let (mut player, mut sender) = player(eighths(60).collect(), 0.0, 4.0, true);
        let (mut found, mut wanted, mut done, mut key) = (Vec::new(), Vec::new(), 0, 60);
        for turn in 0.. {
            if turn % 3 == 2 {
                key = 60 + (key - 59) % 3;
                let other = PlayedPart::new(eighths(key).collect(), 0.0, 4.0, true);
                sender.send(Box::new(other.into())).unwrap();
            }
            let from = done as f64 / RATE * 2.0;
            let events = play(&mut player, from, 120.0, size, &[size]);
            found.extend(
                ons(&events)
                    .into_iter()
                    .map(|(frame, key)| (done + frame, key)),
            );
            let due = (done..done + size).filter(|frame| frame % 12_000 == 0);
            wanted.extend(due.map(|frame| (frame, key)));
            done += size;
            if done > 20 * 12_000 {
                break;
            }
        }
        assert_eq!(found, wanted, "blocks of {size}");
    }
}

#[test]
fn more_notes_than_fit_end_those_that_would_end_first() {
    let notes = (0..40).map(|i| note(0.0, 1.0 + f64::from(i) / 100.0, i));
    let (mut player, _sender) = player(notes.collect(), 0.0, 4.0, true);
    let mut sounding = std::collections::BTreeSet::new();
    player.take_up(|_, _| true);
    player.block(&at(0.0, 120.0), 64, RATE, true, |_, event| match event {
        StemEvent::On { key, .. } => assert!(sounding.insert(key)),
        StemEvent::Off { key, .. } => assert!(sounding.remove(&key)),
    });
    assert_eq!(sounding, (8..40).collect());
}

#[test]
fn parts_that_are_never_read_come_back() {
    let (_player, mut sender) = channel();
    let part = || Box::new(PlayedPart::new(Vec::new(), 0.0, 4.0, true).into());
    for _ in 0..CAPACITY {
        sender.send(part()).unwrap();
    }
    assert!(sender.send(part()).is_err());
}

/// Drums become a bass, or what plays stops, is switched off, jumps or is reset, while a note sounds.
#[test]
fn a_note_ends_once_and_on_the_channel_that_it_began_on() {
    let off = [(
        0,
        StemEvent::Off {
            channel: 9,
            key: 36,
        },
    )];
    let stopped = HostPosition::default();
    let lost = HostPosition {
        tempo: None,
        ..at(0.5, 120.0)
    };
    let ways = [
        (at(0.5, 120.0), false, false),
        (stopped, true, false),
        (lost, true, false),
        (at(100.5, 120.0), true, false),
        (at(0.5, 120.0), true, true),
        (stopped, true, true),
    ];
    for (position, on, reset) in ways {
        let (mut player, mut sender) = channel();
        let drums = PlayedPart::new(vec![note(0.0, 2.0, 36)], 0.0, 4.0, true).on_channel(9);
        let bass = PlayedPart::new(vec![note(3.0, 0.5, 36)], 0.0, 4.0, true).on_channel(0);
        sender.send(Box::new(drums.into())).unwrap();
        play(&mut player, 0.0, 120.0, 12_000, &[512]);
        assert!(player.is_sounding());
        sender.send(Box::new(bass.into())).unwrap();
        if reset {
            player.reset();
        }
        for wanted in [&off[..], &[]] {
            let mut events = Vec::new();
            player.block(&position, 64, RATE, on, |frame, event| {
                events.push((frame, event))
            });
            assert_eq!(events, wanted, "{position:?}, on: {on}, reset: {reset}");
            assert!(!player.is_sounding());
        }
    }
}

/// However a host counts, a block comes to its end, with a bounded number of events, and the next
/// sensible one plays.
#[test]
fn no_number_of_a_host_holds_a_block_up() {
    let crowd = || (0..5_000).map(|i| note(f64::from(i) * 5e-5, 0.01, (i % 128) as u8));
    let numbers = [
        0.0,
        -0.0,
        -120.0,
        1e-300,
        5e-324,
        1e-9,
        0.1,
        999.0,
        9_999.0,
        1e6,
        1e9,
        1e18,
        f64::MAX,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    let places = [
        0.0, -1e-300, 3.999, -7.3, 1e6, 1e9, -1e9, 1e15, 9e15, 1e18, -1e18, 1e300,
    ];
    let ends = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX];
    let (mut most, mut slowest) = (0, std::time::Duration::ZERO);
    for (begins, length, repeats) in [
        (0.0, 0.25, true),
        (-1e9, 0.25, true),
        (1e300, 1e300, true),
        (8.0, 4.0, false),
    ] {
        let (mut player, _sender) = player(crowd().collect(), begins, length, repeats);
        for &tempo in &numbers {
            for &beats in places.iter().chain(&ends) {
                for rate in [RATE, 1e-3, f64::INFINITY] {
                    for frames in [0, 1, 512, 65_536] {
                        let (mut count, begun) = (0, std::time::Instant::now());
                        let mut last = 0;
                        player.block(&at(beats, tempo), frames, rate, true, |frame, _| {
                            assert!(frame < frames.max(1) && frame >= last);
                            (count, last) = (count + 1, frame);
                        });
                        slowest = slowest.max(begun.elapsed());
                        let bound = 2 * (ONSETS.0 + frames / ONSETS.1 + MOST);
                        assert!(
                            count <= bound,
                            "{count} events at {beats} beats, {tempo} bpm"
                        );
                        most = most.max(count);
                    }
                }
            }
        }
        let events = play(&mut player, 100.0, 120.0, 24_000, &[512]);
        assert_eq!(ons(&events).is_empty(), !repeats || length > 1.0);
    }
    println!("at most {most} events a block; the slowest took {slowest:?}");
    assert!(slowest.as_millis() < 100, "{slowest:?}");
}

#[test]
fn a_part_comes_with_its_sound_and_its_gain_or_not_yet() {
    let (mut player, mut sender) = channel();
    let of = |key, sound| {
        let part = PlayedPart::new(vec![note(0.5, 0.25, key)], 0.0, 1.0, true);
        part.at_gain(f32::from(key) / 10.0).by_sound(sound)
    };
    // The sounds that are there, and the one called for last.
    let (mut there, mut called) = (vec![1], 0);
    let mut beats = 0.0;
    let mut block = |player: &mut StemPlayer, there: &[u64], called: &mut u64| {
        player.take_up(|sound, keys| {
            assert_ne!(keys, 0);
            let comes = there.contains(&sound);
            *called = if comes { sound } else { *called };
            comes
        });
        let mut keys = Vec::new();
        player.block(&at(beats, 60.0), 48_000, RATE, true, |_, event| {
            if let StemEvent::On { key, .. } = event {
                keys.push(key);
            }
        });
        beats += 1.0;
        keys
    };
    sender.send(Box::new(of(10, 1).into())).unwrap();
    assert_eq!(block(&mut player, &there, &mut called), [10]);
    assert!(player.has_sound());
    // The newest counts, and only once its sound is there; the old one goes on until then.
    sender.send(Box::new(of(20, 2).into())).unwrap();
    sender.send(Box::new(of(30, 3).into())).unwrap();
    there.push(2);
    assert_eq!(block(&mut player, &there, &mut called), [10]);
    assert_eq!((called, player.gain()), (1, 1.0));
    there.push(3);
    assert_eq!(block(&mut player, &there, &mut called), [30]);
    assert_eq!((called, player.gain()), (3, 3.0));
    // Silence needs no sound, and leaves the one that is there.
    let silence = PlayedPart::new(Vec::new(), 0.0, 4.0, true);
    sender.send(Box::new(silence.into())).unwrap();
    assert!(block(&mut player, &there, &mut called).is_empty());
    assert!(called == 3 && !player.has_sound() && !player.has_content());
}
