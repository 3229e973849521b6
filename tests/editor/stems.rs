//! The effect's page.

use std::path::Path;
use std::sync::{Arc, Mutex};

use consort::analysis::song::Corrections;
use consort::editor::{StemControls, StemsControls, StemsState, StemsView, stems_ui, theme};
use consort::jobs::song::{Hearing, Progress};
use consort::jobs::stem::asking::{Edit, Sheet};
use consort::jobs::{SongOrder, Stem, StemOrder, StemStatus};
use consort::music::{GridNote, Part, PartKind};
use consort::params::stems::StemsParams;
use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use nice_plug::params::Param;
use nice_plug::params::internals::ParamPtr;

use crate::song::{heard, taken};

/// Shows what the test says, and writes down what the page asks for.
#[derive(Default)]
pub struct Track {
    shown: Mutex<StemsView>,
    asked: Mutex<Vec<SongOrder>>,
    pub stem: Mutex<Vec<StemOrder>>,
    moved: Mutex<Vec<(ParamPtr, f32)>>,
    params: StemsParams,
}

impl Track {
    pub fn show(&self, change: impl FnOnce(&mut StemsView)) {
        change(&mut self.shown.lock().unwrap());
    }

    fn take(&self) -> Vec<SongOrder> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl StemsControls for Track {
    fn view(&self) -> StemsView {
        self.shown.lock().unwrap().clone()
    }

    fn params(&self) -> &StemsParams {
        &self.params
    }

    fn song(&self, order: SongOrder) {
        self.asked.lock().unwrap().push(order);
    }
}

impl StemControls for Track {
    fn stem(&self, order: StemOrder) {
        self.stem.lock().unwrap().push(order);
    }

    fn undo(&self) {
        self.stem(StemOrder::Undo);
    }

    fn redo(&self) {
        self.stem(StemOrder::Redo);
    }

    fn begin_edit(&self, _: ParamPtr) {}

    fn edit(&self, param: ParamPtr, normalized: f32) {
        self.moved.lock().unwrap().push((param, normalized));
    }

    fn end_edit(&self, _: ParamPtr) {}
}

pub fn page(track: &Arc<Track>, (width, height): (f32, f32)) -> Harness<'static, StemsState> {
    let track = track.clone();
    Harness::builder()
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(30)
        .with_size(egui::vec2(width, height))
        .with_context_setup(theme::apply)
        .build_ui_state(
            move |page, state| stems_ui(page, state, &*track),
            StemsState::new(Path::new("/music")),
        )
}

#[test]
fn the_track_is_listened_to_and_its_bars_are_taken() {
    let track = Arc::new(Track::default());
    let mut page = page(&track, (900.0, 620.0));
    page.run();
    page.get_by_label("Consort Stems");
    page.get_by_label("Switch Listen on and let the song play.");
    assert!(page.query_by_label("How to route").is_none());
    page.get_by_label("Listen").click();
    page.run();
    assert_eq!(track.take(), [SongOrder::Listen(true)]);

    track.show(|view| {
        view.song.listens = true;
        view.song.quiet = true;
    });
    page.run();
    page.get_by_label("Nothing plays on this track.");
    track.show(|view| {
        view.song.quiet = false;
        view.song.heard = 3;
    });
    page.run();
    page.get_by_label("Listening: 3 whole bars heard");
    assert!(
        page.query_by_label("Nothing plays on this track.")
            .is_none()
    );
    for name in ["2 bars", "Take last", "From next bar"] {
        page.get_by_label(name).click();
        page.run();
    }
    let orders = [
        SongOrder::Bars(2),
        SongOrder::TakeLast,
        SongOrder::FromNextBar,
    ];
    assert_eq!(track.take(), orders);

    track.show(|view| {
        view.song.taken = Some(taken());
        view.song.hearing = Some(Hearing::Done(heard()));
    });
    page.run();
    page.get_by_label("Taken: Bars 5–8, 7/8, 120 bpm");
    page.get_by_label("Straight, 120 bpm, A minor, 7/8, sparse, calm.");
    page.get_by_label("Heard").click();
    page.run();
    page.get_by_label("C major").click();
    page.run();
    page.get_by_label("Save MIDI").click();
    page.run();
    // Another folder is where what is saved next goes.
    page.get_by_role_and_label(Role::TextInput, "Folder")
        .click();
    page.run();
    page.get_by_role_and_label(Role::TextInput, "Folder")
        .type_text("/songs");
    page.run();
    page.get_by_label("Save WAV").click();
    page.run();
    let orders = [
        SongOrder::Tell {
            seen: Box::default(),
            told: Box::new(Corrections {
                key: "C major".parse().ok(),
                ..Corrections::default()
            }),
        },
        SongOrder::SaveNotes("/music".into()),
        SongOrder::Save("/music/songs".into()),
    ];
    assert_eq!(track.take(), orders);
}

/// At every size all of it lies inside, and nothing on something else.
#[test]
fn nothing_is_cut_off_in_the_smallest_window() {
    for size in [(860.0, 560.0), (960.0, 640.0), (1600.0, 900.0)] {
        let track = Arc::new(Track::default());
        track.show(|view| {
            view.song.listens = true;
            view.song.taken = Some(taken());
            view.song.hearing = Some(Hearing::Done(heard()));
        });
        let mut page = page(&track, size);
        page.run();
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(size.0, size.1));
        let rect = |name: &str| page.get_by_label(name).rect();
        for name in [
            "Consort Stems",
            "Listen",
            "16 bars",
            "Take last",
            "Save WAV",
            "Taken: Bars 5–8, 7/8, 120 bpm",
        ] {
            assert!(whole.contains_rect(rect(name)), "{name} at {size:?}");
        }
        assert!(
            rect("From next bar").right() < rect("Heard").left(),
            "{size:?}"
        );
        let folder = page.get_by_role_and_label(Role::TextInput, "Folder").rect();
        assert!(whole.contains_rect(folder), "{size:?}");
        let picture = rect("Taken: Bars 5–8, 7/8, 120 bpm");
        assert!(picture.top() > rect("Take last").bottom(), "{size:?}");
        assert!(picture.bottom() < folder.top(), "{size:?}");
        // The harness leaves a margin of 8 around the page.
        assert!(picture.height() > 35.0, "{size:?}: {picture:?}");
        track.show(|view| view.song.progress = Some(Progress::Waiting));
        page.run();
        let rect = |name: &str| page.get_by_label(name).rect();
        let waiting = rect("Waiting for a bar");
        assert!(waiting.right() < rect("Heard").left(), "{size:?}");
    }
}

/// Eight bars with a kick on each beat, in two variations.
pub fn sheet() -> Sheet {
    let note = |step: u32| GridNote {
        step,
        offset: 0.0,
        length: 1.0,
        key: 36,
        velocity: 100,
    };
    let part = Part::new(
        Some(PartKind::Drums),
        (0..32).map(|beat| note(4 * beat)).collect(),
    );
    Sheet {
        words: "four on the floor".into(),
        kind: Some(PartKind::Drums),
        variations: vec![part.clone(), part],
        steps: 128,
        bar: 16,
        pace: 0.25,
        bpm: 120.0,
        title: "Bars 5–12, 4/4".into(),
        repeats: true,
        ..Sheet::default()
    }
}

#[test]
fn a_part_is_asked_for_changed_and_saved() {
    let track = Arc::new(Track::default());
    let mut page = page(&track, (960.0, 640.0));
    let asked = || std::mem::take(&mut *track.stem.lock().unwrap());
    page.get_by_label_contains("say what to add");
    page.get_by_role_and_label(Role::TextInput, "Instruction")
        .click();
    page.run();
    page.get_by_role_and_label(Role::TextInput, "Instruction")
        .type_text("jazzy drums");
    page.run();
    page.get_by_label("Add").click();
    page.run();
    let make = |kind, seed| StemOrder::Make {
        words: "jazzy drums".into(),
        kind,
        seed,
    };
    assert_eq!(asked(), [make(None, 1)]);
    page.get_by_label("Bass").click();
    page.run();
    page.get_by_label("Add").click();
    page.run();
    assert_eq!(asked(), [make(Some(PartKind::Bass), 2)]);

    track.show(|view| view.stem.status = StemStatus::Working(0.4));
    page.run();
    page.get_by_label("Writing: 40 %");
    page.get_by_label("Cancel").click();
    page.run();
    assert_eq!(asked(), [StemOrder::Cancel]);
    track.show(|view| view.stem.status = StemStatus::Failed("No beat was heard.".into()));
    page.run();
    page.get_by_label("No beat was heard.");

    track.show(|view| {
        view.before = Some("Drums".into());
        view.stem = Stem {
            sheet: Some(Arc::new(sheet())),
            playhead: Some(3.0),
            sound: Some("Brushes".into()),
            ..Stem::default()
        };
    });
    page.run();
    page.get_by_label("Sound: Brushes");
    let toggle = |step, key| StemOrder::Edit(Edit::Toggle { step, key });
    for (name, order) in [
        ("Variation B", StemOrder::Choose(1)),
        ("Undo", StemOrder::Undo),
        ("Kick, bar 1, step 1", toggle(0, 36)),
        ("Snare, bar 2, step 5", toggle(20, 38)),
        ("Keep bar 2", StemOrder::LockBar(1, true)),
        ("Keep snare", StemOrder::LockPiece(38, true)),
        ("Repeat", StemOrder::Repeat(false)),
        ("Quantise", StemOrder::Edit(Edit::Quantise(0.0))),
        ("Save part as MIDI", StemOrder::SaveMidi("/music".into())),
        ("Save part as WAV", StemOrder::SaveWav("/music".into())),
        ("Clear part", StemOrder::Clear),
    ] {
        page.get_by_label(name).click();
        page.run();
        assert_eq!(asked(), [order], "{name}");
    }

    // What is chosen is made anew, on the other page of bars, too.
    page.get_by_label("Bars 5 to 8").click();
    page.run();
    for name in ["Bar 6", "Snare", "Change"] {
        page.get_by_label(name).click();
        page.run();
    }
    let again = StemOrder::Again {
        words: "jazzy drums".into(),
        bars: (0..8).map(|bar| bar == 5).collect(),
        pieces: vec![38],
        seed: 3,
    };
    assert_eq!(asked(), [again]);

    page.get_by_label("Output level");

    // The switches are the host's parameters.
    page.get_by_label("Stem on").click();
    page.run();
    page.get_by_label("Track on").click();
    page.run();
    let moved = std::mem::take(&mut *track.moved.lock().unwrap());
    let params = &track.params;
    assert_eq!(
        moved,
        [(params.on.as_ptr(), 0.0), (params.track.as_ptr(), 0.0)]
    );
}

/// A drag up plays a note harder, one to the side later.
#[test]
fn notes_are_dragged() {
    let track = Arc::new(Track::default());
    track.show(|view| view.stem.sheet = Some(Arc::new(sheet())));
    let mut page = page(&track, (960.0, 640.0));
    page.run();
    let at = page.get_by_label("Kick, bar 1, step 5").rect().center();
    for way in [egui::vec2(0.0, -20.0), egui::vec2(20.0, 0.0)] {
        page.drag_at(at);
        page.run();
        for part in 1..=4 {
            page.hover_at(at + way * (part as f32 / 4.0));
            page.run();
        }
        page.drop_at(at + way);
        page.run();
    }
    let asked = std::mem::take(&mut *track.stem.lock().unwrap());
    let [
        StemOrder::Edit(Edit::Velocity {
            step: 4,
            key: 36,
            velocity,
        }),
        StemOrder::Edit(Edit::Nudge {
            step: 4,
            key: 36,
            offset,
        }),
    ] = asked[..]
    else {
        panic!("{asked:?}");
    };
    assert!(velocity > 110 && velocity <= 121, "{velocity}");
    assert!(offset > 0.1 && offset <= 0.25, "{offset}");
}

#[test]
fn the_gear_leads_to_the_settings_and_back() {
    let track = Arc::new(Track::default());
    let mut page = page(&track, (860.0, 560.0));
    page.run();
    assert!(page.query_by_label("ONNX Runtime library").is_none());
    page.get_by_label("Settings").click();
    page.run();
    page.get_by_label("ONNX Runtime library");
    page.get_by_role_and_label(Role::RadioButton, "CPU");
    assert!(page.query_by_label("Listen").is_none());
    assert!(page.query_by_label("Add").is_none());
    page.get_by_label("Settings").click();
    page.run();
    page.get_by_label("Listen");
    page.get_by_label("Add");
}

#[test]
fn a_recording_is_added_by_the_browser_or_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verse.wav");
    std::fs::write(&file, "sound").unwrap();
    let track = Arc::new(Track::default());
    let mut page = page(&track, (860.0, 640.0));
    page.run();
    page.get_by_label("Add a recording…").click();
    page.run();
    page.get_by_label("Find a file")
        .type_text(file.to_str().unwrap());
    page.run();
    page.key_press(egui::Key::Enter);
    page.run();
    page.run();
    let add = |file: &Path| StemOrder::AddRecording {
        file: file.to_owned(),
        begins: None,
    };
    let asked = || std::mem::take(&mut *track.stem.lock().unwrap());
    assert_eq!(asked(), [add(&file)]);
    assert!(page.query_by_label("Find a file").is_none());
    for (name, order) in [
        ("/a/b.flac", Some(add("/a/b.flac".as_ref()))),
        ("/a/b.txt", None),
    ] {
        let dropped = Arc::new(crate::sound::Dropped(name.into()));
        page.input_mut().dropped_files.push(dropped);
        page.run();
        assert_eq!(asked(), Vec::from_iter(order));
    }
    page.get_by_label_contains("“b.txt” is no sound");
    track.show(|view| view.stem.status = StemStatus::Reading);
    page.run();
    page.get_by_label("Reading …");
    page.get_by_label("Cancel").click();
    page.run();
    assert_eq!(asked(), [StemOrder::Cancel]);
}
