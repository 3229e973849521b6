//! A sound captured from the sidechain.

use std::sync::Arc;

use consort::editor::State;
use consort::jobs::{Capture, Captured, Request, SoundFile, Source};
use egui_kittest::kittest::Queryable;

use crate::host::{Asked, Host};
use crate::page_in;

fn captured(name: &str, notice: Option<&str>) -> Arc<Captured> {
    Arc::new(Captured {
        sound: SoundFile {
            path: format!("/music/{name}").into(),
            key: None,
            sound: None,
        },
        notice: notice.map(str::to_owned),
    })
}

fn of(captured: &Captured, changes: &str) -> Asked {
    Asked::Make(Request {
        source: Source::Sound(captured.sound.clone()),
        prompt: changes.into(),
        seed: 1,
        ..Request::default()
    })
}

#[test]
fn a_sound_is_captured_shown_and_made() {
    let host = Host::new();
    let mut page = page_in(&host, State::default());
    page.run();
    page.get_by_label("Capture").click();
    page.run();
    assert_eq!(host.take(), [Asked::Prepare, Asked::Capture]);

    host.show(|view| view.capture = Some(Capture::Waiting));
    page.run();
    page.get_by_label("Waiting for a sound on the sidechain");
    page.get_by_label("Capture level");
    assert!(page.query_by_label("Browse").is_none());
    assert!(page.query_by_label("Capture").is_none());
    host.show(|view| {
        view.capture = Some(Capture::Taking(2.34));
        view.sidechain_peak = 0.3;
    });
    page.run_steps(3);
    page.get_by_label("2.3 s captured");
    page.get_by_label("Stop capture").click();
    page.run_steps(3);
    page.get_by_label("Cancel capture").click();
    page.run_steps(3);
    assert_eq!(host.take(), [Asked::StopCapture, Asked::CancelCapture]);

    // Nothing is made until it is asked for: the capture may have ended by itself.
    let sound = captured("captured sound.wav", None);
    let done = sound.clone();
    host.show(|view| {
        view.capture = Some(Capture::Done(done));
        view.sidechain_peak = 0.0;
    });
    page.run_steps(3);
    page.get_by_label("captured sound.wav");
    assert_eq!(host.take(), []);
    page.get_by_label("Make").click();
    page.run_steps(3);
    assert_eq!(host.take(), [of(&sound, "")]);
    page.get_by_label("Changes").click();
    page.run_steps(3);
    page.get_by_label("Changes").type_text("darker");
    page.run_steps(3);
    page.get_by_label("Make").click();
    page.run_steps(3);
    assert_eq!(host.take(), [Asked::Prepare, of(&sound, "darker")]);
}

#[test]
fn what_went_wrong_is_said_until_something_else_is_chosen() {
    let host = Host::new();
    let mut page = page_in(&host, State::default());
    let sentence = "Nothing arrives on the sidechain: route a track into it.";
    host.show(|view| view.capture = Some(Capture::Failed(sentence.into())));
    page.run();
    assert_eq!(host.take()[0], Asked::CancelCapture, "it is taken note of");
    host.show(|view| view.capture = None);
    page.run();
    page.get_by_label(sentence);
    host.take();
    page.get_by_label("Capture").click();
    page.run();
    assert_eq!(host.take(), [Asked::Prepare, Asked::Capture]);
    assert!(page.query_by_label(sentence).is_none());

    // What couldn't be saved is there all the same.
    let notice = "The captured sound couldn't be saved.";
    let sound = captured("captured sound.wav", Some(notice));
    let done = sound.clone();
    host.show(|view| view.capture = Some(Capture::Done(done)));
    page.run();
    page.get_by_label(notice);
    page.get_by_label("Make").click();
    page.run();
    assert_eq!(host.take(), [of(&sound, "")]);
    page.get_by_label("captured sound.wav");
}
