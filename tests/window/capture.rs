//! A sound captured from the sidechain, from the click on the button to the instrument.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use consort::editor::{State, theme, ui};
use consort::jobs::Capture;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::host::{Session, load, note_of};
use crate::page_host::Host;
use crate::parent::Parent;
use crate::{RATE, alone, close, open, run_until};

/// The folder that stands for the user's music.
static MUSIC: OnceLock<tempfile::TempDir> = OnceLock::new();

/// Says where the user's music is. Before the plugin is loaded.
pub fn name_music_folder() {
    let music = MUSIC.get_or_init(|| tempfile::tempdir().expect("a folder"));
    let line = format!("XDG_MUSIC_DIR=\"{}\"\n", music.path().display());
    std::fs::write(music.path().join("user-dirs.dirs"), line).expect("it is written");
    // SAFETY: the first test does this before it starts anything that reads it.
    unsafe { std::env::set_var("XDG_CONFIG_HOME", music.path()) };
}

fn captured_files() -> Vec<PathBuf> {
    let folder = MUSIC.get().expect("it was named").path();
    std::fs::read_dir(folder.join("Consort/Captured sounds"))
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
    let _alone = alone();
    let parent = Parent::new();
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
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
    assert!(captured_files().is_empty());

    click("Capture", None);
    session.play(&[], 4_800, &[512]);
    let audio = session.audio.as_mut().expect("activated");
    audio.position = 0;
    audio.sidechain = tone;
    run_until(&mut session, "the sound's end", |_| {
        !captured_files().is_empty()
    });
    session.audio.as_mut().expect("activated").sidechain = |_| 0.0;
    assert_eq!(captured_files().len(), 1);
    let mut reader = hound::WavReader::open(&captured_files()[0]).expect("a WAV file");
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
}
