//! The effect's page.

use std::path::Path;
use std::sync::{Arc, Mutex};

use consort::analysis::song::Corrections;
use consort::editor::{StemsControls, StemsState, StemsView, stems_ui, theme};
use consort::jobs::SongOrder;
use consort::jobs::song::{Hearing, Progress};
use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::song::{heard, taken};

/// Shows what the test says, and writes down what the page asks for.
#[derive(Default)]
struct Track {
    shown: Mutex<StemsView>,
    asked: Mutex<Vec<SongOrder>>,
}

impl Track {
    fn show(&self, change: impl FnOnce(&mut StemsView)) {
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

    fn song(&self, order: SongOrder) {
        self.asked.lock().unwrap().push(order);
    }
}

fn page(track: &Arc<Track>, (width, height): (f32, f32)) -> Harness<'static, StemsState> {
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
        SongOrder::Tell(Corrections {
            key: "C major".parse().ok(),
            ..Corrections::default()
        }),
        SongOrder::SaveNotes("/music".into()),
        SongOrder::Save("/music/songs".into()),
    ];
    assert_eq!(track.take(), orders);
}

/// At every size all of it lies inside, and nothing on something else.
#[test]
fn nothing_is_cut_off_in_the_smallest_window() {
    for size in [(780.0, 212.0), (900.0, 300.0), (1600.0, 900.0)] {
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
