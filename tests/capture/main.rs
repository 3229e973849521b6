//! A sound captured from the sidechain, from the click on the button to the instrument. Needs a
//! display, as `tests/window` does.
//!
//! The plugin is linked in here as in `tests/soak.rs`: all that the audio thread does for a capture
//! runs under an allocator that counts.
#![cfg(target_os = "linux")]

#[path = "../window/embedded.rs"]
mod embedded;
#[path = "../realtime/guard.rs"]
#[expect(dead_code, reason = "this test counts, and judges at the end")]
mod guard;
#[path = "../host/mod.rs"]
mod host;
#[path = "../editor/host.rs"]
#[expect(dead_code, reason = "the page is only looked at")]
mod page_host;
#[path = "../window/parent.rs"]
#[expect(dead_code, reason = "one window is opened, once")]
mod parent;
#[path = "../realtime/watched.rs"]
mod watched;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clack_host::prelude::*;
use consort::editor::{State, theme, ui};
use consort::jobs::Capture;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use embedded::{close, open, run_until};
use host::{Session, note_of};
use page_host::Host;
use parent::Parent;

const RATE: f64 = 48_000.0;

#[global_allocator]
static ALLOCATOR: guard::Counting = guard::Counting;

/// Says that the user's music is in `folder`. Before anything reads it.
fn name_music_folder(folder: &Path) {
    let line = format!("XDG_MUSIC_DIR=\"{}\"\n", folder.display());
    std::fs::write(folder.join("user-dirs.dirs"), line).expect("it is written");
    // SAFETY: no other test here reads it, and nothing was started yet.
    unsafe { std::env::set_var("XDG_CONFIG_HOME", folder) };
}

fn captured_files(music: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(music.join("Consort/Captured sounds"))
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "wav"))
        .collect()
}

/// Where something with a name is in a window of that size, while a capture stands like this.
fn place(name: &str, (width, height): (u32, u32), capture: Option<Capture>) -> egui::Pos2 {
    let host = Host::new();
    host.show(|view| view.capture = capture);
    let mut page = Harness::builder()
        .with_size(egui::vec2(width as f32, height as f32))
        .with_context_setup(theme::apply)
        .build_ui_state(
            move |page, state: &mut State| ui(page, state, &*host),
            State::default(),
        );
    page.run();
    page.get_by_label(name).rect().center()
}

/// A tone of A3 with a few harmonics that begins after a second and is let go after three more.
fn tone(frame: u64) -> f32 {
    let time = frame as f64 / RATE;
    let level = ((time - 1.0) * 100.0).clamp(0.0, 1.0) * ((4.0 - time) * 20.0).clamp(0.0, 1.0);
    let partial = |number: f64| (std::f64::consts::TAU * 220.0 * number * time).sin() / number;
    (0.2 * level * (1..=6).map(f64::from).map(partial).sum::<f64>()) as f32
}

#[test]
fn a_tone_on_the_sidechain_is_captured_and_played() {
    let music = tempfile::tempdir().expect("a folder");
    name_music_folder(music.path());
    let files = || captured_files(music.path());
    let parent = Parent::new();
    // SAFETY: it is the entry that the plugin library exports.
    let entry = unsafe { PluginEntry::load_from_raw(&consort::clap_entry, c"/linked/in") };
    let mut session = Session::ready(&entry.expect("it loads"), RATE, 512);
    session.audio.as_mut().expect("activated").around = watched::watched;
    let size = open(&mut session, &parent);
    let size = (size.width, size.height);
    run_until(&mut session, "a picture", |_| parent.colours() > 50);
    let click = |name: &str, capture: Option<Capture>| {
        let at = place(name, size, capture);
        parent.click(at.x, at.y);
    };

    // Nothing is routed: a click on Stop ends it, and no file comes of it.
    click("Capture", None);
    for _ in 0..20 {
        session.play(&[], 512, &[512]);
    }
    click("Stop capture", Some(Capture::Waiting));
    assert!(files().is_empty());

    click("Capture", None);
    session.play(&[], 4_800, &[512]);
    let audio = session.audio.as_mut().expect("activated");
    audio.position = 0;
    audio.sidechain = tone;
    run_until(&mut session, "the sound's end", |_| !files().is_empty());
    session.audio.as_mut().expect("activated").sidechain = |_| 0.0;
    assert_eq!(files().len(), 1);
    let mut reader = hound::WavReader::open(&files()[0]).expect("a WAV file");
    let seconds = f64::from(reader.duration()) / RATE;
    println!("captured {seconds:.2} s");
    assert!(
        (3.9..4.4).contains(&seconds),
        "the tone and a second: {seconds}"
    );
    let samples: Vec<f32> = reader.samples().map(Result::unwrap).collect();
    let onset = samples
        .iter()
        .position(|x| x.abs() > 0.003)
        .expect("a sound");
    assert!(onset / 2 <= 4_800, "silence before it is left out: {onset}");

    let before = session.save();
    // The window hears of it after the file is there.
    for _ in 0..20 {
        session.play(&[], 512, &[512]);
        std::thread::sleep(Duration::from_millis(10));
    }
    click("Make", None);
    run_until(&mut session, "the instrument", |session| {
        let state = session.save();
        assert!(state.request()["failed"].is_null(), "{}", state.summary());
        state.instrument() != before.instrument()
    });
    session.wait_for_keys();
    for (key, hertz) in [(57, 220.0), (69, 440.0)] {
        let sound = session.play(&note_of(key, 0.8, 0, 40_000), 48_000, &[512]);
        let db = |factor: f64| sound.partial_db(8_000..40_000, hertz * factor, RATE);
        assert!(
            db(1.0) > db(1.03) + 25.0 && db(1.0) > db(0.97) + 25.0,
            "key {key}"
        );
        assert!(db(1.0) > -60.0, "key {key}: {:.1} dB", db(1.0));
        session.wait_for_keys();
    }
    close(&mut session);
    let violations = watched::violations();
    assert_eq!(violations, 0, "allocations or frees on the audio thread");
}
