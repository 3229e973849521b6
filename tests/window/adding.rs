//! A musician's way: bars of the song are taken, words are typed, a part is added and plays with the song.

use std::f64::consts::TAU;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use consort::jobs::stem::asking::Sheet;

use crate::embedded::{close, open, run_until};
use crate::host::{STEMS, Session, load};
use crate::parent::Parent;
use crate::seat::{ENTER, Seat};
use crate::timeline::Timeline;
use crate::xdnd::Taker;
use crate::{RATE, alone};
use serde_json::json;

const BPM: f64 = 120.0;
/// Frames of a bar.
const BAR: u64 = 96_000;
/// Where buttons and fields are, as it opens.
const TAKE_LAST: (f32, f32) = (355.0, 78.0);
const WORDS: (f32, f32) = (300.0, 178.0);
const ADD: (f32, f32) = (526.0, 178.0);
const MIDI: (f32, f32) = (810.0, 574.0);
/// Keys.
const BACKSPACE: u32 = 0xff08;

/// C, A minor, F, G, a bar each, struck on each half of the bar.
fn chords(frame: u64) -> f32 {
    let chord = [[60, 64, 67], [57, 60, 64], [53, 57, 60], [55, 59, 62]];
    let keys = chord[(frame / BAR) as usize % chord.len()];
    let since = (frame % (BAR / 2)) as f64 / RATE;
    let tone = |key: i32| {
        let hertz = 440.0 * (f64::from(key - 69) / 12.0).exp2();
        (1..=4)
            .map(|n| (TAU * hertz * f64::from(n) * since).sin() / f64::from(n * n))
            .sum::<f64>()
    };
    let sound: f64 = keys.into_iter().map(tone).sum();
    (0.06 * sound * (-1.5 * since).exp() * (since / 0.005).min(1.0)) as f32
}

/// The part is dragged out of the window by its button, onto another program's.
fn drag_midi(session: &mut Session, seat: &Seat) -> PathBuf {
    let taker = Taker::new(1_300, 300);
    let files = std::thread::scope(|scope| {
        let taking = scope.spawn(|| taker.take());
        seat.point(MIDI.0, MIDI.1);
        seat.button(true);
        for step in 0..12 {
            seat.point(MIDI.0 + 50.0 * step as f32, MIDI.1 - 40.0 * step as f32);
        }
        seat.point(1_400.0, 150.0);
        seat.button(false);
        run_until(session, "the drag", |_| taking.is_finished());
        taking.join().expect("it takes it")
    });
    let [file] = &files[..] else {
        panic!("one file, not {files:?}");
    };
    file.clone()
}

#[test]
fn a_part_is_added_in_the_window_and_plays_with_the_song() {
    let _alone = alone();
    let parent = Parent::new();
    let mut session = Session::open_one(&load(), STEMS, RATE, 512);
    let audio = session.audio.as_mut().expect("active");
    audio.sidechain = chords;
    let song = Timeline::new(0, (4, 4), BPM, 0.0, RATE);
    audio.transport = Some(Box::new(move |frame| song.at(frame)));
    let state = session
        .save()
        .with_field("song", &json!({ "listen": true, "bars": 4 }));
    assert!(session.load(&state));
    open(&mut session, &parent);
    // No faster than time: whoever listens has to follow.
    let begun = Instant::now();
    let in_time = |session: &mut Session| {
        let position = session.audio.as_ref().expect("active").position;
        let due = Duration::from_secs_f64(position as f64 / RATE);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        position
    };
    // When anything beside the track was heard first.
    let mut heard = None;
    let mut until = |session: &mut Session, frame: u64| {
        loop {
            let now = in_time(session);
            if now >= frame {
                return heard;
            }
            let sound = session.play(&[], 512, &[512]);
            let track = (now..).map(chords);
            let more = track.zip(&sound.left).any(|(a, b)| (a - b).abs() > 1e-4);
            heard = heard.or(more.then(Instant::now));
            session.idle();
        }
    };
    until(&mut session, 4 * BAR + 4_800);
    parent.click(TAKE_LAST.0, TAKE_LAST.1);
    until(&mut session, 5 * BAR);
    let seat = Seat::new();
    seat.click(WORDS.0, WORDS.1);
    seat.write("add jazzy drums");
    let sheet = |session: &mut Session| -> Option<Sheet> {
        let stem = session.save().field("stem")?;
        let sheet: Sheet = serde_json::from_value(stem["sheet"].clone()).ok()?;
        (!sheet.variations.is_empty()).then_some(sheet)
    };
    // It listens for a while before there is anything to add to.
    let mut clicked = None;
    let added = loop {
        if clicked.is_none_or(|at: Instant| at.elapsed() > Duration::from_secs(5)) {
            parent.click(ADD.0, ADD.1);
            clicked = Some(Instant::now());
        }
        let now = in_time(&mut session);
        until(&mut session, now + 2_400);
        if let Some(sheet) = sheet(&mut session) {
            break sheet;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "no part came");
    };
    let after = clicked.map(|at| at.elapsed().as_secs_f64());
    println!(
        "{:.2} s from the last click to the part",
        after.unwrap_or(0.0)
    );
    assert_eq!(added.words, "add jazzy drums");
    // Its sound comes, and its level is measured.
    let came = Instant::now();
    let level = loop {
        let now = in_time(&mut session);
        let first = until(&mut session, now + 2_400);
        let level = sheet(&mut session).and_then(|sheet| sheet.trim_db);
        if let (Some(first), Some(level)) = (first, level) {
            break (first.saturating_duration_since(came), level);
        }
        assert!(came.elapsed() < Duration::from_secs(60), "no sound came");
    };
    println!(
        "first sound {:.2} s later, its level ({:.1} dB) known after {:.2} s",
        level.0.as_secs_f64(),
        level.1,
        came.elapsed().as_secs_f64()
    );
    parent.picture().expect("a picture").keep("part added");
    let file = drag_midi(&mut session, &seat);
    let file = std::fs::read(file).expect("it was written");
    let file = midly::Smf::parse(&file).expect("it is MIDI");
    let begins = |event: &midly::TrackEvent| {
        matches!(
            event.kind,
            midly::TrackEventKind::Midi {
                message: midly::MidiMessage::NoteOn { vel, .. },
                ..
            } if vel > 0
        )
    };
    let begun_in_file: usize = file
        .tracks
        .iter()
        .map(|track| track.iter().filter(|event| begins(event)).count())
        .sum();
    assert_eq!(
        begun_in_file,
        added.variations[0].notes.len(),
        "all its notes"
    );
    // A bass comes beside them, and both are in the list.
    let drums = session.save();
    seat.click(WORDS.0, WORDS.1);
    for _ in 0.."add jazzy drums".len() {
        seat.strike(BACKSPACE);
    }
    seat.write("add a walking bass");
    seat.strike(ENTER);
    let asked = Instant::now();
    while session.save().field("stem").unwrap_or_default()["others"].is_null() {
        let now = in_time(&mut session);
        until(&mut session, now + 2_400);
        assert!(asked.elapsed() < Duration::from_secs(60), "no bass came");
    }
    let now = in_time(&mut session);
    until(&mut session, now + 48_000);
    parent.picture().expect("a picture").keep("two parts");
    assert_eq!(
        sheet(&mut session).map(|sheet| sheet.kind),
        Some(added.kind)
    );
    assert!(session.load(&drums));
    close(&mut session);
    parent.wait_until_empty();

    // The song from a bar on: what comes out is the track and the stem, in time.
    let from = session.audio.as_ref().expect("active").position;
    let song = Timeline::new(from, (4, 4), BPM, 0.0, RATE);
    let audio = session.audio.as_mut().expect("active");
    audio.transport = Some(Box::new(move |frame| song.at(frame)));
    audio.notes_out.clear();
    let frames = (4 * BAR) as usize;
    let sound = session.play(&[], frames, &[512]);
    let notes = added.variations[0].notes.iter();
    let mut wanted: Vec<u64> = notes
        .map(|note| note.start() * added.pace)
        .flat_map(|at| {
            // It repeats, from wherever it was taken.
            let long = added.steps as f64 * added.pace;
            let first = (added.begins + at).rem_euclid(long);
            (0..8).map(move |round| first + f64::from(round) * long)
        })
        .map(|quarters| song.frame_of_quarter(quarters))
        .filter(|frame| (from..from + frames as u64).contains(frame))
        .collect();
    wanted.sort_unstable();
    let audio = session.audio.as_ref().expect("active");
    let mut found: Vec<u64> = audio
        .notes_out
        .iter()
        .filter(|n| n.3)
        .map(|n| n.0)
        .collect();
    found.sort_unstable();
    println!("{} notes in four bars", found.len());
    assert!(found.len() >= 16 && found == wanted, "{found:?} {wanted:?}");
    let power = |sound: &mut dyn Iterator<Item = f64>| {
        10.0 * (sound.map(|x| x * x).sum::<f64>() / frames as f64).log10()
    };
    let track = |index: usize| f64::from(chords(from + index as u64));
    let stem = power(
        &mut sound
            .left
            .iter()
            .enumerate()
            .map(|(i, x)| f64::from(*x) - track(i)),
    );
    let track = power(&mut (0..frames).map(track));
    println!("stem {stem:.1} dB, track {track:.1} dB");
    assert!((-15.0..6.0).contains(&(stem - track)), "beside the track");
}
