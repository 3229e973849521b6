//! The plugin's window in a host: embedded in a window of the host's, as it is shipped. Needs a
//! display; `cargo xtask test` starts one without a screen where there is none.
#![cfg(target_os = "linux")]

mod adding;
mod automated;
mod cost;
mod drops;
mod embedded;
#[path = "../host/mod.rs"]
mod host;
mod opening;
#[expect(dead_code, reason = "the tests in VST3 use all of it")]
mod parent;
mod scale;
mod seat;
#[path = "../song/timeline.rs"]
#[expect(dead_code, reason = "the song's tests use all of it")]
mod timeline;
mod typing;
mod undoing;
mod xdnd;

use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use clack_extensions::gui::GuiSize;
use embedded::{close, gui, open, run_until};
use host::{STEMS, Session, load, note_of};
use parent::Parent;
use serde_json::json;

const RATE: f64 = 48_000.0;

/// Memory is the whole process's, and so are its threads: one test at a time. Before the first one
/// opens a window, an instance without one has played.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    static WITHOUT: Once = Once::new();
    let alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    WITHOUT.call_once(|| {
        // Each new thread may be given another of glibc's arenas, and each arena keeps what was once
        // used: with one for all, memory that grows is memory that isn't given back.
        // SAFETY: it changes how malloc goes on, nothing else.
        unsafe { libc::mallopt(libc::M_ARENA_MAX, 1) };
        drop(Session::ready(&load(), RATE, 512));
        assert!(!onnx_runtime_is_loaded(), "nobody opened a window yet");
    });
    alone
}

/// A number of the process's, from `/proc/self/status`: kilobytes, or a count.
fn status(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux says how it is");
    let line = text.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number
        .expect("it is there")
        .parse()
        .expect("it is a number")
}

fn onnx_runtime_is_loaded() -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux says what is loaded");
    maps.contains("onnxruntime")
}

#[test]
fn it_opens_and_closes_twenty_times_while_instruments_are_made() {
    let _alone = alone();
    let parent = Parent::new();
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let (mut memory, mut threads): (Vec<u64>, Vec<u64>) = (Vec::new(), Vec::new());
    for turn in 0..20 {
        if turn % 3 == 0 {
            let state = session.save().asking_for("warm cello", 100 + turn);
            assert!(session.load(&state));
        }
        let size = open(&mut session, &parent);
        assert_eq!(parent.children(), [(size.width, size.height)]);
        // Every fourth window is gone before it has drawn.
        if turn % 4 != 3 {
            run_until(&mut session, "a picture", |_| parent.colours() > 50);
        }
        let note = note_of(60, 0.8, 0, 511);
        session.play(&note[..1], 512, &[512]);
        let began = Instant::now();
        close(&mut session);
        assert!(
            began.elapsed() < Duration::from_secs(2),
            "{:?}",
            began.elapsed()
        );
        parent.wait_until_empty();
        session.play(&note[1..], 512, &[512]);
        memory.push(status("VmRSS") / 1024);
        threads.push(status("Threads"));
    }
    run_until(&mut session, "the models", |_| onnx_runtime_is_loaded());
    session.wait_for_keys();
    let sound = session.play(&note_of(64, 0.8, 0, 4_000), 8_000, &[512]);
    assert!(sound.peak(0..8_000) > 1e-3, "it still plays");
    println!("memory after each close: {memory:?} MB; threads: {threads:?}");
    // Instruments, models and drivers come to a level; what a window takes, it gives back.
    assert!(memory[19] < 1_000, "{memory:?} MB");
    assert!(threads.iter().all(|count| *count < 25), "{threads:?}");

    memory.clear();
    for _ in 0..16 {
        open(&mut session, &parent);
        run_until(&mut session, "a picture", |_| parent.colours() > 50);
        close(&mut session);
        parent.wait_until_empty();
        memory.push(status("RssAnon") / 1024);
    }
    println!("with nothing being made: {memory:?} MB");
    assert!(memory[15] < memory[3] + 10, "{memory:?} MB");
}

#[test]
fn its_size_is_remembered_when_it_opens_again_and_by_the_project() {
    let _alone = alone();
    let parent = Parent::new();
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let first = open(&mut session, &parent);
    run_until(&mut session, "a picture", |_| parent.colours() > 50);
    let wanted = GuiSize {
        width: first.width + 180,
        height: first.height + 70,
    };
    let gui = gui(&mut session);
    let handle = session.instance.plugin_handle();
    assert!(gui.can_resize(&handle));
    assert_eq!(gui.adjust_size(&handle, wanted), Some(wanted));
    parent.resize(wanted.width, wanted.height);
    gui.set_size(&handle, wanted).expect("it takes the size");
    let saved = json!([wanted.width, wanted.height]);
    run_until(&mut session, "the new size", |session| {
        session.save().field("window").as_ref() == Some(&saved)
    });
    assert_eq!(parent.children(), [(wanted.width, wanted.height)]);
    let state = session.save();
    close(&mut session);
    parent.wait_until_empty();
    assert_eq!(open(&mut session, &parent), wanted, "opened again");
    run_until(&mut session, "a picture", |_| parent.colours() > 50);
    close(&mut session);
    parent.wait_until_empty();

    let mut other = Session::ready(&entry, RATE, 512);
    assert!(other.load(&state));
    assert_eq!(open(&mut other, &parent), wanted, "in a project");
    // An instance may go with its window open.
    drop(other);
    parent.wait_until_empty();
}

/// The effect has the same frame around another page; its models wait until something is taken.
#[test]
fn the_effects_window_opens_over_a_track_and_remembers_its_size() {
    let _alone = alone();
    let parent = Parent::new();
    let entry = load();
    let mut session = Session::open_one(&entry, STEMS, RATE, 512);
    session.audio.as_mut().expect("active").sidechain = |frame| (frame as f32 * 0.05).sin();
    let song = json!({ "listen": true, "bars": 2 });
    let state = session.save().with_field("song", &song);
    assert!(session.load(&state));
    for _ in 0..5 {
        let size = open(&mut session, &parent);
        assert_eq!(parent.children(), [(size.width, size.height)]);
        run_until(&mut session, "a picture", |_| parent.colours() > 30);
        let wanted = GuiSize {
            width: size.width + 40,
            height: size.height + 30,
        };
        let gui = gui(&mut session);
        let handle = session.instance.plugin_handle();
        assert!(gui.can_resize(&handle));
        parent.resize(wanted.width, wanted.height);
        gui.set_size(&handle, wanted).expect("it takes the size");
        let saved = json!([wanted.width, wanted.height]);
        run_until(&mut session, "the new size", |session| {
            session.save().field("window").as_ref() == Some(&saved)
        });
        close(&mut session);
        parent.wait_until_empty();
    }
    assert_eq!(session.save().field("song"), Some(song));
    // An instance may go with its window open.
    open(&mut session, &parent);
    drop(session);
    parent.wait_until_empty();
}

/// The models load when a window opens: the first prompt doesn't wait for them.
#[test]
fn the_first_prompt_of_a_window_is_quick() {
    let _alone = alone();
    let parent = Parent::new();
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    open(&mut session, &parent);
    run_until(&mut session, "the models", |_| onnx_runtime_is_loaded());
    // Nothing tells a host that the last of them is there.
    let began = Instant::now();
    run_until(&mut session, "loading", |_| {
        began.elapsed() > Duration::from_secs(3)
    });
    let made = session.make("warm cello", 1).expect("it is made");
    println!(
        "first key after {:.2} s, all after {:.2} s",
        made.first_key, made.whole
    );
    close(&mut session);
}

#[test]
fn a_window_that_nothing_happens_in_costs_next_to_nothing() {
    let _alone = alone();
    let parent = Parent::new();
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    open(&mut session, &parent);
    let began = Instant::now();
    run_until(&mut session, "loading", |_| {
        began.elapsed() > Duration::from_secs(4)
    });
    let (before, length) = (processor_time(), Duration::from_secs(4));
    std::thread::sleep(length);
    let share = (processor_time() - before).as_secs_f64() / length.as_secs_f64();
    println!("an idle window: {:.1} % of a core", 100.0 * share);
    assert!(share < 0.05, "{share}");
    close(&mut session);
}

/// What the process has used so far.
fn processor_time() -> Duration {
    // SAFETY: a zeroed `rusage` is one, and it is filled in.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        assert_eq!(libc::getrusage(libc::RUSAGE_SELF, &mut usage), 0);
        usage
    };
    [usage.ru_utime, usage.ru_stime]
        .map(|time| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1_000))
        .into_iter()
        .sum()
}
