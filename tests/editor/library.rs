//! The library page.

use std::path::PathBuf;
use std::sync::Arc;

use consort::editor::{LibraryOrder, State};
use consort::instrument::Family;
use consort::jobs::librarian::{Adding, Asked as AskedWith, Question, Wish};
use consort::jobs::{Capture, Captured, Request, SoundFile, Source};
use consort::library::{Entry, EntryId, Filter, Hit, Kind, Place};
use consort::models::Impression;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::host::{Asked, Host};
use crate::sound::Dropped;
use crate::{page, page_in, working};

fn hit(id: i64, name: &str, family: Family, score: f32) -> Hit {
    Hit {
        entry: Entry {
            id: EntryId(id),
            kind: Kind::Factory,
            name: name.into(),
            family,
            tags: vec!["warm".into(), "soft".into()],
            favourite: false,
            place: Place::Factory(name.into()),
        },
        score,
    }
}

fn sound(path: &str) -> SoundFile {
    SoundFile {
        path: PathBuf::from(path),
        key: None,
        sound: None,
    }
}

/// The page, open, with a library of three.
pub fn library(host: &Arc<Host>) -> Harness<'static, State> {
    let mut page = page(host);
    page.run();
    page.get_by_label("Library page").click();
    page.run();
    assert_eq!(host.take(), [order(Question::All, Filter::default())]);
    host.show(|view| {
        view.library.open = true;
        view.library.entries = 3;
        view.library.hits = Arc::new(vec![
            hit(1, "Round Bass", Family::Bass, 0.0),
            hit(2, "Airy Strings", Family::Strings, 0.0),
            hit(3, "Glass Bell", Family::ChromaticPercussion, 0.0),
        ]);
    });
    page.run();
    page
}

fn order(question: Question, filter: Filter) -> Asked {
    Asked::Library(LibraryOrder::Ask(Wish { question, filter }))
}

fn click(page: &mut Harness<'_, State>, name: &str) {
    let entry = page.query_by_role_and_label(Role::ListBoxOption, name);
    let button = || page.get_by_role_and_label(Role::Button, name);
    entry.unwrap_or_else(button).click();
    page.run();
}

#[test]
fn words_are_asked_and_answers_heard_and_loaded() {
    let host = Host::new();
    let mut page = library(&host);
    page.get_by_label("3 instruments in the library");
    page.get_by_label("Find by words").click();
    page.run();
    page.get_by_label("Find by words").type_text("airy strings");
    page.run();
    page.key_press(Key::Enter);
    page.run();
    let words = Question::Words("airy strings".into());
    assert_eq!(host.take(), [order(words.clone(), Filter::default())]);

    click(&mut page, "Airy Strings");
    assert_eq!(
        host.take(),
        [Asked::Library(LibraryOrder::Audition(EntryId(2)))]
    );
    host.show(|view| view.auditioned = Some(EntryId(2)));
    page.run();
    click(&mut page, "Favourite");
    assert_eq!(
        host.take(),
        [Asked::Library(LibraryOrder::Favourite(EntryId(2), true))]
    );
    click(&mut page, "Find similar");
    assert_eq!(
        host.take(),
        [order(Question::Entry(EntryId(2)), Filter::default())]
    );
    page.get_by_label("Find").click();
    page.run();
    assert_eq!(host.take(), [order(words, Filter::default())]);
    click(&mut page, "Load");
    assert_eq!(
        host.take(),
        [Asked::Library(LibraryOrder::Load(EntryId(2)))]
    );
    page.get_by_label("Prompt");
    // What was found is still there.
    page.get_by_label("Library page").click();
    page.run();
    assert_eq!(host.take(), []);
    page.get_by_role_and_label(Role::ListBoxOption, "Airy Strings");
}

#[test]
fn filters_ask_again() {
    let host = Host::new();
    let mut page = library(&host);
    page.get_by_label("Library family").click();
    page.run();
    page.get_by_label("Bass").click();
    page.run();
    let family = Filter {
        family: Some(Family::Bass),
        ..Filter::default()
    };
    assert_eq!(host.take(), [order(Question::All, family.clone())]);
    page.get_by_label("Where from").click();
    page.run();
    page.get_by_label("imported").click();
    page.run();
    let kind = Filter {
        kind: Some(Kind::Imported),
        ..family
    };
    assert_eq!(host.take(), [order(Question::All, kind.clone())]);
    click(&mut page, "Only favourites");
    let favourites = Filter {
        favourites: true,
        ..kind
    };
    assert_eq!(host.take(), [order(Question::All, favourites)]);
}

#[test]
fn a_mix_says_what_is_in_it_and_each_is_looked_for() {
    let host = Host::new();
    let mut page = library(&host);
    let mut families = [0.0; 16];
    families[Family::Bass.index()] = 0.93;
    families[Family::Brass.index()] = 0.71;
    families[Family::Drum.index()] = 0.02;
    families[Family::SynthLead.index()] = 0.3;
    let impression = Impression {
        timbre: Vec::new(),
        meaning: Vec::new(),
        families,
    };
    host.show(|view| {
        view.library.question = Some("Sounds like “mix.wav”".into());
        view.library.asked = Some(Arc::new(AskedWith {
            sound: sound("/mix.wav"),
            impression,
        }));
        view.library.notice = Some("No drum is heard in it; these are the nearest.".into());
    });
    page.run();
    page.get_by_label("Sounds like “mix.wav”");
    page.get_by_label("No drum is heard in it; these are the nearest.");
    for name in ["no drums", "no keys", "Brass 71 %", "Synth lead 30 %"] {
        page.get_by_role_and_label(Role::Button, name);
    }
    click(&mut page, "Bass 93 %");
    let bass = Filter {
        family: Some(Family::Bass),
        ..Filter::default()
    };
    assert_eq!(
        host.take(),
        [order(Question::Sound(sound("/mix.wav")), bass)]
    );
    click(&mut page, "Make one like it");
    let make = Request {
        source: Source::Sound(sound("/mix.wav")),
        ..Request::default()
    };
    assert_eq!(host.take(), [Asked::Make(make)]);
}

#[test]
fn files_are_asked_with_and_added() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["rhodes.wav", "piano.sfz", "notes.txt"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let host = Host::new();
    let mut page = page_in(&host, State::default().with_sounds(folder.path()));
    page.run();
    page.get_by_label("Library page").click();
    page.run();
    host.take();
    page.get_by_label("From file").click();
    page.run();
    page.run();
    page.get_by_label("rhodes.wav").click();
    page.run();
    let rhodes = folder.path().join("rhodes.wav");
    let question = Question::Sound(sound(rhodes.to_str().unwrap()));
    assert_eq!(host.take(), [order(question, Filter::default())]);
    page.run();
    page.get_by_label("Add files").click();
    page.run();
    page.run();
    assert!(page.query_by_label("notes.txt").is_none());
    page.get_by_label("Add this folder").click();
    page.run();
    let add = LibraryOrder::Add(vec![folder.path().to_owned()]);
    assert_eq!(host.take(), [Asked::Library(add)]);

    host.show(|view| view.library.adding = Some(Adding { done: 3, total: 12 }));
    page.run();
    page.get_by_label("3 of 12");
    page.get_by_label("Adding progress");
    page.get_by_label("Stop adding").click();
    page.run();
    assert_eq!(host.take(), [Asked::Library(LibraryOrder::CancelAdding)]);
}

#[test]
fn a_dropped_sound_is_asked_with() {
    let host = Host::new();
    let mut page = library(&host);
    let dropped = Arc::new(Dropped("/mix.wav".into()));
    page.input_mut().dropped_files.push(dropped);
    page.run();
    let question = Question::Sound(sound("/mix.wav"));
    assert_eq!(host.take(), [order(question, Filter::default())]);
}

#[test]
fn what_is_captured_here_is_asked_with() {
    let host = Host::new();
    let mut page = library(&host);
    page.get_by_label("Sidechain").click();
    page.run();
    assert_eq!(host.take(), [Asked::Capture]);
    host.show(|view| view.capture = Some(Capture::Taking(1.5)));
    page.run();
    page.get_by_label("Stop capture").click();
    page.run();
    assert_eq!(host.take(), [Asked::StopCapture]);
    let captured = Captured {
        sound: sound("/captured sound.wav"),
        notice: None,
    };
    host.show(|view| view.capture = Some(Capture::Done(Arc::new(captured))));
    page.run();
    page.run();
    let question = Question::Sound(sound("/captured sound.wav"));
    assert_eq!(host.take(), [order(question, Filter::default())]);
}

#[test]
fn entries_are_tagged_and_removed_and_changes_undone() {
    let host = Host::new();
    let mut page = library(&host);
    click(&mut page, "Glass Bell");
    host.take();
    page.get_by_label("Tags").click();
    page.run();
    page.get_by_label("Tags").type_text(", ringing");
    page.run();
    page.key_press(Key::Enter);
    page.run();
    let asked = host.take();
    let [Asked::Library(LibraryOrder::Tags(EntryId(3), tags))] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert!(
        tags.contains(&"ringing".to_owned()) && tags.len() == 3,
        "{tags:?}"
    );
    click(&mut page, "Remove");
    assert_eq!(
        host.take(),
        [Asked::Library(LibraryOrder::Remove(EntryId(3)))]
    );
    assert!(page.query_by_label("Undo change").is_none());
    host.show(|view| view.library.undo = Some("removing “Glass Bell”".into()));
    page.run();
    page.get_by_label("Undo change").click();
    page.run();
    assert_eq!(host.take(), [Asked::Library(LibraryOrder::Undo)]);
}

#[test]
fn what_goes_wrong_is_said_and_what_is_made_can_be_cancelled() {
    let host = Host::new();
    let mut page = library(&host);
    host.show(|view| view.library.message = Some("There is no room on the disk.".into()));
    page.run();
    page.get_by_label("There is no room on the disk.");
    page.get_by_label("Dismiss").click();
    page.run();
    assert_eq!(host.take(), [Asked::Library(LibraryOrder::Dismiss)]);
    host.show(|view| {
        view.library.message = None;
        view.status = working(0.3);
    });
    page.run();
    page.get_by_label("Making progress");
    page.get_by_label("Cancel").click();
    page.run();
    assert_eq!(host.take(), [Asked::Cancel]);
    host.show(|view| view.library.hits = Arc::default());
    page.run();
    page.get_by_label("Nothing fits; ask for something else, or add instruments below.");
}

#[test]
fn everything_fits_at_any_size() {
    for size in [(860.0, 722.0), (1600.0, 1000.0)] {
        let host = Host::new();
        let mut page = library(&host);
        page.set_size(egui::vec2(size.0, size.1));
        click(&mut page, "Airy Strings");
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(size.0, size.1));
        for name in [
            "Find by words",
            "Find",
            "Like this one",
            "From file",
            "Sidechain",
            "Library family",
            "Where from",
            "Only favourites",
            "Load",
            "Find similar",
            "Tags",
            "Remove",
            "Add files",
            "A0",
            "C8",
        ] {
            let rect = page.get_by_label(name).rect();
            assert!(whole.contains_rect(rect), "{name} at {size:?}: {rect:?}");
        }
    }
}
