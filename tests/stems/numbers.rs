//! Numbers that no sensible host or track has: they must hold up nothing, and poison nothing.

use std::time::{Duration, Instant};

use clack_host::events::event_types::{TransportEvent, TransportFlags};
use clack_host::utils::BeatTime;
use consort::jobs::stem::asking::Sheet;
use consort::music::{GridNote, Part, PartKind};
use serde_json::json;

use crate::host::{STEMS, Session};
use crate::playing::{session, session_of};
use crate::sheet::sheet;
use crate::timeline::Timeline;
use crate::{RATE, linked_in, watched, worked};

/// As dense as a part can be that no round of it is longer than a quarter note.
fn crowd() -> Sheet {
    let note = |i: u32| GridNote {
        step: i % 4,
        offset: (i % 97) as f32 / 97.0,
        length: 0.5,
        key: (i % 100) as u8 + 20,
        velocity: 100,
    };
    let notes = (0..5_000).map(note).collect();
    Sheet {
        variations: vec![Part::new(Some(PartKind::Drums), notes)],
        steps: 4,
        bar: 4,
        begins: 0.0,
        pace: 0.0625,
        ..sheet(true)
    }
}

#[test]
fn no_tempo_and_no_place_hold_a_block_up() {
    let entry = linked_in();
    let mut stems = session_of(RATE, &crowd());
    let mut consort = Session::ready(&entry, RATE, 512);
    let state = consort.save();
    let stem = json!({ "sheet": crowd(), "instrument": state.field("instrument") });
    assert!(consort.load(&state.with_field("stem", &stem)));
    consort.wait_for_keys();
    let tempos = [
        0.0,
        -1.0,
        -120.0,
        1e-300,
        120.0,
        999.0,
        1e4,
        1e6,
        1e9,
        1e300,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    // In CLAP's fixed point the farthest place is at 2³² quarter notes.
    let places = [0.0, -7.3, 1e6, 1e9, -1e9, 4.2e9, -4.2e9];
    for (name, session) in [("Consort Stems", &mut stems), ("Consort", &mut consort)] {
        session.audio.as_mut().expect("active").around = worked::timed;
        worked::take();
        let (mut blocks, mut longest, mut about, mut most) = (0, 0.0, (0.0, 0.0), 0);
        for tempo in tempos {
            for beats in places {
                let audio = session.audio.as_mut().expect("active");
                audio.notes_out.clear();
                audio.transport = Some(Box::new(move |frame| {
                    let usual = Timeline::new(0, (4, 4), 120.0, 0.0, RATE).at(frame);
                    TransportEvent {
                        flags: usual.flags | TransportFlags::IS_PLAYING,
                        tempo,
                        song_pos_beats: BeatTime::from_float(beats),
                        ..usual
                    }
                }));
                for size in [512, 1, 512] {
                    session.play(&[], size, &[size]);
                    blocks += 1;
                    let took = worked::take().0;
                    if took > longest {
                        (longest, about) = (took, (tempo, beats));
                    }
                }
                let notes = session.audio.as_ref().expect("active").notes_out.len();
                most = most.max(notes);
                assert!(notes <= 3 * 2 * (64 + 512 / 16 + 32), "{notes} notes out");
            }
        }
        println!(
            "{name}: {blocks} blocks, the longest {longest:.2} ms, at {} bpm and {} beats; {most} notes out in three at most",
            about.0, about.1
        );
        assert!(longest < 2.0 * 512.0 / RATE * 1e3, "{longest} ms");
    }
    assert_eq!(watched::violations(), 0, "allocations or frees");
}

/// Drums that become a bass while they sound, and a host that resets, leave nothing hanging.
#[test]
fn every_note_that_begins_ends_on_its_channel() {
    let mut session = session(RATE, true);
    let bass = Sheet {
        kind: Some(PartKind::Bass),
        ..sheet(true)
    };
    for step in 0..3 {
        let now = session.audio.as_ref().expect("active").position;
        let timeline = Timeline::new(now, (4, 4), 120.0, 0.0, RATE);
        let audio = session.audio.as_mut().expect("active");
        audio.notes_out.clear();
        audio.transport = Some(Box::new(move |frame| timeline.at(frame)));
        // Into the middle of a note of half a beat.
        session.play(&[], 24_000 * 4 + 3_000, &[512]);
        match step {
            0 => {
                let state = session.save();
                let mut stem = state.field("stem").expect("it is there");
                stem["sheet"] = json!(bass);
                assert!(session.load(&state.with_field("stem", &stem)));
                // The drums go on until the bass has its sound.
                let begun = Instant::now();
                let bass_plays = |session: &Session| {
                    let audio = session.audio.as_ref().expect("active");
                    audio.notes_out.iter().any(|note| note.1 == 0)
                };
                while !bass_plays(&session) {
                    assert!(begun.elapsed().as_secs() < 60, "its sound never came");
                    session.play(&[], 4_800, &[512]);
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            1 => {
                let audio = session.audio.as_mut().expect("active");
                let out = std::mem::take(&mut audio.notes_out);
                session.deactivate();
                session.activate(RATE, 8_192);
                let audio = session.audio.as_mut().expect("active");
                audio.notes_out = out;
                audio.transport = Some(Box::new(|frame| Timeline::stopped(RATE).at(frame)));
            }
            _ => {
                let audio = session.audio.as_mut().expect("active");
                audio.transport = Some(Box::new(|frame| Timeline::stopped(RATE).at(frame)));
            }
        }
        session.play(&[], 24_000, &[512]);
        let audio = session.audio.as_mut().expect("active");
        audio.transport = Some(Box::new(|frame| Timeline::stopped(RATE).at(frame)));
        session.play(&[], 512, &[512]);
        let audio = session.audio.as_ref().expect("active");
        let mut sounding = Vec::new();
        for (_, channel, key, begins) in &audio.notes_out {
            let held = sounding.iter().position(|note| note == &(*channel, *key));
            match (begins, held) {
                (true, None) => sounding.push((*channel, *key)),
                (false, Some(at)) => drop(sounding.remove(at)),
                (begins, held) => panic!("{step}: {channel} {key} {begins} {held:?}"),
            }
        }
        assert!(sounding.is_empty(), "{step}: {sounding:?} hang");
        let channels: Vec<u16> = audio.notes_out.iter().map(|note| note.1).collect();
        assert_eq!(channels[0], if step == 0 { 9 } else { 0 });
        println!("step {step}: {} notes in and out", channels.len());
    }
}

/// Milliseconds for four seconds of a track of some kind, the quickest of three.
fn cost(session: &mut Session, track: fn(u64) -> f32) -> f64 {
    session.audio.as_mut().expect("active").sidechain = track;
    let mut run = || {
        worked::take();
        session.play(&[], 192_000, &[512]);
        worked::take().1
    };
    run().min(run()).min(run())
}

#[test]
fn subnormals_cost_no_more_than_twice_what_others_cost() {
    let entry = linked_in();
    let listening = |id| {
        let mut session = Session::open_one(&entry, id, RATE, 512);
        let state = session.save();
        let state = state.with_field("song", &json!({ "listen": true }));
        assert!(session.load(&state));
        session
    };
    let playing = || {
        let mut session = session(RATE, true);
        let now = session.audio.as_ref().expect("active").position;
        let timeline = Timeline::new(now, (4, 4), 120.0, 0.0, RATE);
        session.audio.as_mut().expect("active").transport =
            Some(Box::new(move |frame| timeline.at(frame)));
        session
    };
    let idle = Session::open_one(&entry, STEMS, RATE, 512);
    let sessions = [
        ("Stems, idle", idle),
        ("Stems, listening", listening(STEMS)),
        ("Stems, playing", playing()),
        ("Consort's sidechain", listening(crate::host::CONSORT)),
    ];
    for (name, mut session) in sessions {
        session.audio.as_mut().expect("active").around = worked::timed;
        let mut ratios: Vec<f64> = (0..20)
            .map(|_| {
                let usual = cost(&mut session, |frame| 0.1 * (frame as f32 * 0.1).sin());
                let small = cost(&mut session, |frame| {
                    f32::from_bits(1 + (frame as u32 * 977) % 0x7F_FFFF)
                });
                small / usual
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        println!(
            "{name}: subnormals cost {:.2} × in the middle of 20 runs, {:.2} × at most",
            ratios[10], ratios[19]
        );
        assert!(ratios[19] <= 2.0, "{name}: {ratios:?}");
    }
}
