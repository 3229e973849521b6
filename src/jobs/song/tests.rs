//! What is taken, held against what was played.

mod host;
mod quiet;
mod telling;

use std::time::{Duration, Instant};

use super::choosing::{Arm, take_last};
use super::history::{History, KEPT};
use super::*;
use crate::engine::capture::{self, HostPosition};
use host::{Host, RATE, numbered};

#[test]
fn bars_are_taken_to_the_frame() {
    let ramps = [(137.0, 0.0), (100.0, 2e-4), (180.0, -3e-4)];
    let all: [&[usize]; 9] = [
        &[1],
        &[7],
        &[64],
        &[441],
        &[512],
        &[4_096],
        &[8_192],
        &[512, 1, 441, 8_192, 7, 64],
        &[3, 100, 1_000],
    ];
    for metre in [(4, 4), (3, 4), (7, 8)] {
        for tempo in ramps {
            for sizes in all {
                let about = format!("{metre:?}, {tempo:?}, blocks of {sizes:?}");
                let mut host = Host::new(metre);
                host.tempo = tempo;
                host.at = host.bar_frame(1) + 1_234;
                let end = host.bar_frame(5) + 9_000;
                host.play(end - host.at, sizes);
                assert_eq!(host.history.stretches().len(), 1, "{about}");
                let taken = take_last(&host.history, 2).expect(&about);
                let last = if host.bar_frame(6) <= end { 6 } else { 5 };
                host.assert_taken(&taken, last - 2..last, &about);
                let said = take_last(&host.history, 16).expect_err(&about).to_string();
                assert!(said.starts_with("Only "), "{said}");
            }
        }
    }
}

#[test]
fn metres_may_change_and_blocks_be_cut_by_automation() {
    let mut host = Host::new((4, 4));
    host.metres = vec![(4, 4), (7, 8), (7, 8), (3, 4), (5, 4)];
    for sizes in [&[64][..], &[512], &[8_192], &[100, 3_000]] {
        host.history = History::default();
        host.at = 0;
        host.play(host.bar_frame(6) + 10, sizes);
        let taken = take_last(&host.history, 4).expect("six bars");
        host.assert_taken(&taken, 2..6, &format!("{sizes:?}"));
        assert_eq!(taken.title(), "Bars 3–6, 7/8 and 3/4 and 5/4, 137 bpm");
    }
    // The framework counts the bars of a block's later parts as if the metre had always been so.
    let mut history = History::default();
    let mut metre = None;
    for at in (0..host.bar_frame(6)).step_by(500) {
        host.at = at;
        let mut position = host.position();
        if at % 1_000 == 0 {
            metre = position.time_signature;
        } else {
            let length = metre.map(bars::length).unwrap();
            position.time_signature = metre;
            position.bar_start = position
                .beats
                .map(|beats| (beats / length).floor() * length);
        }
        let block = capture::CapturedBlock {
            position,
            frames: 500,
            rate: RATE,
            silent: false,
            starts_stretch: at == 0,
        };
        let sound: Vec<[f32; 2]> = (at..at + 500).map(numbered).collect();
        history.push(&block, &sound);
    }
    let taken = take_last(&history, 1).expect("bars");
    host.assert_taken(&taken, 5..6, "cut by automation");
}

#[test]
fn a_loop_a_stop_and_a_seek_part_what_is_taken() {
    let mut host = Host::new((4, 4));
    host.play(host.bar_frame(4), &[441]);
    host.at = host.bar_frame(2) + 100;
    host.play(20_000, &[441]);
    let taken = take_last(&host.history, 4).expect("the loop's first round");
    host.assert_taken(&taken, 0..4, "before the loop");
    assert!(
        taken
            .notice
            .as_deref()
            .is_some_and(|said| said.contains("went back"))
    );

    // It stands still in silence.
    host.playing = false;
    host.sound = |_| [0.0; 2];
    host.play(30_000, &[512]);
    host.sound = numbered;
    let taken = take_last(&host.history, 2).expect("bars from before");
    host.assert_taken(&taken, 2..4, "before the stop");
    // And is played to while it stands still.
    host.play(60_000, &[512]);
    let taken = take_last(&host.history, 1).expect("seconds");
    assert!(taken.bars.is_empty() && (taken.seconds() - 4.0 * 60.0 / 137.0).abs() < 1e-3);
    assert!(
        taken
            .notice
            .as_deref()
            .is_some_and(|said| said.contains("stands still"))
    );

    // Somewhere else: what was there before isn't shown as this.
    host.playing = true;
    host.at = host.bar_frame(20);
    host.play(host.bar_frame(21) - host.at, &[512]);
    let said = take_last(&host.history, 2)
        .expect_err("one bar")
        .to_string();
    assert!(said.starts_with("Only 1 bar "), "{said}");
    host.assert_taken(&take_last(&host.history, 1).unwrap(), 20..21, "elsewhere");
}

#[test]
fn bars_to_come_are_waited_for() {
    let mut host = Host::new((7, 8));
    host.tempo = (120.0, 1e-4);
    host.at = host.bar_frame(3) + 50;
    host.play(1_000, &[512]);
    let mut arm = Arm::new(host.history.end(), 2);
    assert!(arm.look(&host.history).is_none());
    assert_eq!(arm.progress, Progress::Waiting);
    host.play(host.bar_frame(4) + 10 - host.at, &[64]);
    assert!(arm.look(&host.history).is_none());
    assert_eq!(arm.progress, Progress::Bars(0));
    host.play(host.bar_frame(5) + 300 - host.at, &[64]);
    assert!(arm.look(&host.history).is_none());
    assert_eq!(arm.progress, Progress::Bars(1));
    // The song goes back: it begins anew, and finds bars that ended before the next jump.
    host.at = host.bar_frame(1) - 10;
    host.play(host.bar_frame(3) - host.at, &[512]);
    host.at = host.bar_frame(1);
    host.play(100, &[512]);
    let taken = arm.look(&host.history).expect("two bars").expect("heard");
    host.assert_taken(&taken, 1..3, "after a loop");

    // Enough is enough.
    let arm = Arm::new(host.history.end(), 16);
    host.play(host.bar_frame(4) + 100 - host.at, &[512]);
    let taken = arm.stop(&host.history).expect("bars").expect("heard");
    host.assert_taken(&taken, 2..4, "stopped");

    // A loop that is too short.
    let mut arm = Arm::new(host.history.end(), 16);
    for _ in 0..4 {
        host.at = host.bar_frame(1);
        host.play(host.bar_frame(2) - host.at + 10, &[512]);
    }
    let said = arm
        .look(&host.history)
        .expect("no more")
        .expect_err("why")
        .to_string();
    assert!(said.contains("jumped"), "{said}");
    let slow = Host::new((4, 4));
    let mut slow = Host {
        tempo: (30.0, 0.0),
        ..slow
    };
    let mut arm = Arm::new(0, 16);
    slow.play(100, &[100]);
    let said = arm
        .look(&slow.history)
        .expect("no more")
        .expect_err("why")
        .to_string();
    assert!(said.contains("two minutes"), "{said}");
}

#[test]
fn without_beats_seconds_are_taken() {
    let mut host = Host::new((4, 4));
    host.knows_beats = false;
    let mut arm = Arm::new(0, 2);
    host.play(22_050, &[441]);
    assert!(arm.look(&host.history).is_none());
    assert_eq!(arm.progress, Progress::Seconds(1.0));
    host.play(4 * 22_050, &[441]);
    for taken in [
        take_last(&host.history, 2).expect("seconds"),
        arm.look(&host.history).expect("seconds").expect("heard"),
    ] {
        assert!((taken.seconds() - 4.0).abs() < 1e-3 && taken.bars.is_empty());
        assert_eq!(taken.frames[0], numbered(22_050));
        assert_eq!(
            taken.notice.as_deref(),
            Some("The host says no bars: these are the last 4.0 seconds.")
        );
    }
}

#[test]
fn silence_broken_numbers_and_mono_are_said() {
    let mut host = Host::new((4, 4));
    host.sound = |_| [0.0; 2];
    host.play(host.bar_frame(3), &[512]);
    assert!(
        take_last(&host.history, 1)
            .expect_err("silence")
            .to_string()
            .starts_with("Nothing is heard")
    );
    host.sound = |frame| {
        if frame % 2 == 0 {
            [f32::NAN, f32::INFINITY]
        } else {
            [0.5, 0.0]
        }
    };
    host.play(host.bar_frame(4) - host.at, &[512]);
    host.sound = |_| [0.0; 2];
    host.play(host.bar_frame(5) - host.at, &[512]);
    let taken = take_last(&host.history, 2).expect("a bar of sound");
    assert!(taken.frames.iter().flatten().all(|x| x.is_finite()));
    let said = taken.notice.expect("two things");
    assert!(
        said.contains("From bar 5 on") && said.contains("Only the left"),
        "{said}"
    );
}

#[test]
fn another_rate_forgets_and_memory_is_bounded() {
    let mut host = Host::new((4, 4));
    host.play(host.bar_frame(2), &[512]);
    assert!(take_last(&host.history, 1).is_ok());
    host.writer.set_rate(48_000.0);
    let mut sound = Vec::new();
    host.writer.write(&host.position(), 4, &[0.5; 4], &[]);
    let block = host.reader.read(&mut sound).expect("a block");
    assert!(host.history.push(&block, &sound));
    assert!(take_last(&host.history, 1).is_err());
    assert_eq!(host.history.stretches().len(), 1);

    let mut history = History::default();
    for index in 0..400 {
        let block = capture::CapturedBlock {
            position: HostPosition::default(),
            frames: 22_050,
            rate: RATE,
            silent: index > 300,
            starts_stretch: index % 7 == 0,
        };
        history.push(&block, &[[0.25; 2]; 22_050]);
        let held = history.stretches().front().expect("one").frames.start;
        let held = (history.end() - held) as f64 / f64::from(RATE);
        assert!(held <= KEPT + 0.5, "{held} s");
    }
    // The last 99 s were silent.
    let seconds = history.memory() as f64 / 8.0 / f64::from(RATE);
    assert!(seconds < KEPT - 98.0, "silence takes none: {seconds} s");
}

/// What the thread does with orders, and that there is none without them.
#[test]
fn orders_are_followed_while_it_listens() {
    let (mut writer, reader) = capture::channel(480_000);
    writer.set_rate(RATE);
    let song = SongListener::new(reader, Source::Sidechain, Box::new(|| ()));
    let wait = |what: &str, enough: &dyn Fn(&Song) -> bool| {
        let begun = Instant::now();
        while !enough(&song.song()) {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "{what}: {:?}",
                song.song()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let said = |part: &'static str| {
        move |song: &Song| {
            song.said
                .as_ref()
                .is_some_and(|said| said.sentence().contains(part))
        }
    };
    song.order(SongOrder::TakeLast);
    wait("off", &said("isn't listening"));
    song.order(SongOrder::Listen(true));
    song.order(SongOrder::TakeLast);
    wait("inactive", &said("switched Consort off"));
    assert!(
        !writer.is_armed(),
        "nothing is started before the host plays"
    );
    song.activate();
    let begun = Instant::now();
    while !writer.is_armed() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(1));
    }
    let mut host = Host::new((4, 4));
    let mut play = |bars: std::ops::Range<usize>| {
        host.at = host.bar_frame(bars.start);
        while host.at < host.bar_frame(bars.end) {
            let sound: Vec<f32> = (host.at..host.at + 441)
                .map(|frame| numbered(frame)[0])
                .collect();
            writer.write(&host.position(), 441, &sound, &sound);
            host.at += 441;
        }
    };
    play(0..3);
    song.order(SongOrder::Bars(2));
    song.order(SongOrder::TakeLast);
    wait("taken", &|song| song.taken.is_some());
    let taken = song.song().taken.expect("it is there");
    assert_eq!(taken.title(), "Bars 2–3, 4/4, 137 bpm");
    song.order(SongOrder::FromNextBar);
    wait("armed", &|song| song.progress.is_some());
    song.order(SongOrder::Cancel);
    wait("cancelled", &|song| song.progress.is_none());
    let folder = tempfile::tempdir().expect("a folder");
    song.order(SongOrder::Save(folder.path().to_owned()));
    wait("saved", &said("Saved"));
    let file = folder.path().join("Bars 2–3, 4-4, 137 bpm.wav");
    let mut wav = hound::WavReader::open(file).expect("a file");
    assert_eq!(wav.duration() as usize, taken.frames.len());
    assert_eq!(wav.spec().bits_per_sample, 24);
    let first = wav
        .samples::<i32>()
        .next()
        .expect("samples")
        .expect("whole");
    assert_eq!(first, (taken.frames[0][0] * 8_388_607.0).round() as i32);
    song.order(SongOrder::Save("/dev/null/nowhere".into()));
    wait("no folder", &said("choose another folder"));
    song.order(SongOrder::Listen(false));
    let begun = Instant::now();
    while song.0.work.is_locked() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the thread ends");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(song.song().taken.is_some(), "what was taken stays");
}
