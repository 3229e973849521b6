//! Instruments from a sound, and near another one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use consort::editor::State;
use consort::instrument::Instrument;
use consort::jobs::{Request, SoundFile, Source};
use egui::{DroppedFile, Key};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::host::{Asked, Host};
use crate::page_in;

/// A folder with sounds, another folder, and what isn't to be shown.
fn sounds() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["rhodes.wav", "Bell.FLAC", "pad.consort", "notes.txt"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    std::fs::create_dir(folder.path().join("loops")).unwrap();
    std::fs::write(folder.path().join("loops/loop.ogg"), "x").unwrap();
    folder
}

fn page(host: &Arc<Host>, folder: &Path) -> Harness<'static, State> {
    let mut page = page_in(host, State::default().with_sounds(folder));
    page.run();
    page
}

fn browse(host: &Host, page: &mut Harness<'_, State>) {
    page.get_by_label("Browse").click();
    page.run();
    page.run();
    assert_eq!(host.take(), [Asked::Prepare], "a sound is about to come");
}

fn of_sound(path: PathBuf, changes: &str) -> Asked {
    Asked::Make(Request {
        source: Source::Sound(SoundFile {
            path,
            key: None,
            sound: None,
        }),
        prompt: changes.into(),
        seed: 1,
        ..Request::default()
    })
}

#[test]
fn a_sound_is_browsed_for_and_made() {
    let folder = sounds();
    let host = Host::new();
    let mut page = page(&host, folder.path());
    browse(&host, &mut page);
    page.get_by_label("Bell.FLAC");
    assert!(page.query_by_label("notes.txt").is_none());
    page.get_by_label("loops/").click();
    page.run();
    page.get_by_label("loop.ogg");
    page.get_by_label("Up").click();
    page.run();
    page.get_by_label("rhodes.wav").click();
    page.run();
    page.run();
    let file = folder.path().join("rhodes.wav");
    assert_eq!(host.take(), [of_sound(file.clone(), "")]);
    assert!(page.query_by_label("Bell.FLAC").is_none(), "it is closed");
    page.get_by_label("rhodes.wav");

    // What is typed changes it.
    page.get_by_label("Changes").click();
    page.run();
    page.get_by_label("Changes").type_text("darker");
    page.run();
    page.get_by_label("Make").click();
    page.run();
    assert_eq!(host.take(), [Asked::Prepare, of_sound(file, "darker")]);
}

#[test]
fn the_browser_obeys_the_keyboard() {
    let folder = sounds();
    let host = Host::new();
    let mut page = page(&host, &folder.path().join("loops"));
    browse(&host, &mut page);
    // The host leaves the keys to the window.
    assert!(page.ctx.egui_wants_keyboard_input());
    page.get_by_label("loop.ogg");
    page.key_press(Key::Backspace);
    page.run();
    page.get_by_label("rhodes.wav");
    for _ in 0..9 {
        page.key_press(Key::ArrowDown);
        page.run();
    }
    page.key_press(Key::Enter);
    page.run();
    let last = folder.path().join("rhodes.wav");
    assert_eq!(host.take(), [of_sound(last, "")]);

    // Names are found, and Escape closes.
    page.run();
    browse(&host, &mut page);
    page.get_by_label("Find a file").type_text("bell");
    page.run();
    assert!(page.query_by_label("pad.consort").is_none());
    page.key_press(Key::Enter);
    page.run();
    let bell = folder.path().join("Bell.FLAC");
    assert_eq!(host.take(), [of_sound(bell, "")]);
    page.run();
    browse(&host, &mut page);
    page.key_press(Key::Escape);
    page.run();
    page.run();
    assert!(page.query_by_label("Find a file").is_none());
    assert_eq!(host.take(), []);
}

#[test]
fn instruments_are_opened_and_lost_folders_are_said() {
    let folder = sounds();
    let host = Host::new();
    let mut page = page(&host, folder.path());
    browse(&host, &mut page);
    page.get_by_label("pad.consort").click();
    page.run();
    page.run();
    let file = folder.path().join("pad.consort");
    assert_eq!(host.take(), [Asked::Open(file)]);
    page.get_by_label("This is not a Consort instrument; choose a .consort file.");

    browse(&host, &mut page);
    page.get_by_label("Find a file")
        .type_text("/no/such/file.wav");
    page.run();
    page.key_press(Key::Enter);
    page.run();
    page.get_by_label("“/no/such/file.wav” isn't there.");
    page.get_by_label("Close").click();
    page.run();
    page.run();
    assert!(page.query_by_label("Find a file").is_none());
    assert_eq!(host.take(), []);
}

#[derive(Debug)]
pub struct Dropped(pub PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn dropped_files_are_taken() {
    let host = Host::new();
    let mut page = page(&host, Path::new(""));
    let drop = |page: &mut Harness<'_, State>, file: &str| {
        let dropped = Arc::new(Dropped(file.into()));
        page.input_mut().dropped_files.push(dropped);
        page.run();
    };
    drop(&mut page, "/sounds/rhodes.wav");
    assert_eq!(host.take(), [of_sound("/sounds/rhodes.wav".into(), "")]);
    drop(&mut page, "/sounds/notes.txt");
    assert_eq!(host.take(), []);
    page.get_by_label(
        "“notes.txt” is no sound or instrument; use WAV, FLAC, AIFF, MP3, OGG or .consort.",
    );
}

#[test]
fn variations_are_made_near_the_instrument_that_plays() {
    let host = Host::new();
    let mut page = page(&host, Path::new(""));
    let playing = Arc::new(Instrument::factory());
    let shown = playing.clone();
    host.show(move |view| view.instrument = Some(shown));
    let near = |seed: u64| {
        Asked::Make(Request {
            source: Source::Near(playing.clone()),
            amount: 0.3,
            seed,
            ..Request::default()
        })
    };
    page.run();
    page.get_by_label("Variation amount");
    for seed in [1, 2] {
        page.get_by_label("Vary").click();
        page.run();
        assert_eq!(host.take(), [near(seed)]);
    }
    host.show(|view| view.instrument = None);
    page.run();
    page.get_by_label("Vary").click();
    page.run();
    assert_eq!(host.take(), [], "there is nothing to vary");
}
