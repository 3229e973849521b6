//! The window's page, driven without a window by the names that a screen reader would say.

mod capture;
mod choosing;
#[path = "../dice/mod.rs"]
mod dice;
mod files;
mod host;
mod kit;
mod library;
mod painting;
mod reading;
mod settings;
mod song;
mod sound;
mod stem;
mod stems;
mod tabbing;

use std::sync::Arc;
use std::time::Duration;

use consort::editor::{State, theme, ui};
use consort::engine::mailbox;
use consort::instrument::{Family, Instrument};
use consort::jobs::{Client, Request, Stage, Status};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use nice_plug::params::Param;

use host::{Asked, Host};

/// The page of a window of the usual size.
fn page(host: &Arc<Host>) -> Harness<'static, State> {
    page_in(host, State::default())
}

/// The same, in a state.
fn page_in(host: &Arc<Host>, state: State) -> Harness<'static, State> {
    page_of_size(host, state, (1000.0, 742.0))
}

/// The same, in a window of any size.
fn page_of_size(
    host: &Arc<Host>,
    state: State,
    (width, height): (f32, f32),
) -> Harness<'static, State> {
    let host = host.clone();
    Harness::builder()
        // Frames as fast as a screen's: two clicks in a row are a double-click.
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(30)
        .with_size(egui::vec2(width, height))
        .with_context_setup(theme::apply)
        .build_ui_state(move |page, state| ui(page, state, &*host), state)
}

fn working(progress: f32) -> Status {
    let (_engine, generator) = mailbox::channel();
    // A job's id can only be had by asking for a job.
    let job = Client::new(generator).make(Request::default());
    Status::Working {
        job,
        stage: Stage::Drawing,
        progress,
    }
}

fn cello(seed: u64) -> Request {
    Request {
        prompt: "warm cello".into(),
        seed,
        ..Request::default()
    }
}

/// An instrument as if made from the request.
fn made(request: &Request) -> Arc<Instrument> {
    let mut instrument = Instrument::factory();
    instrument.name = request.prompt.clone();
    instrument.recipe.prompt = request.prompt.clone();
    instrument.recipe.seed = request.seed;
    instrument.recipe.family = request.family;
    instrument.recipe.pack = Some(consort::instrument::PackVersion {
        name: "test".into(),
        version: "1".into(),
    });
    Arc::new(instrument)
}

fn type_prompt(host: &Host, page: &mut Harness<'_, State>, text: &str) {
    page.get_by_label("Prompt").click();
    page.run();
    assert_eq!(host.take(), [Asked::Prepare], "a prompt is about to come");
    page.get_by_label("Prompt").type_text(text);
    page.run();
}

#[test]
fn a_typed_prompt_is_made_shows_progress_and_can_be_cancelled() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    assert!(page.query_by_label("Cancel").is_none());
    type_prompt(&host, &mut page, "warm cello");
    page.get_by_label("Generate").click();
    page.run();
    assert_eq!(host.take(), [Asked::Make(cello(1))]);

    host.show(|view| view.status = working(0.4));
    page.run();
    page.get_by_label("Progress");
    page.get_by_label("Drawing a note");
    assert!(page.query_by_label("Generate").is_none());
    page.get_by_label("Cancel").click();
    page.run();
    assert_eq!(host.take(), [Asked::Cancel]);

    host.show(|view| view.status = Status::Idle);
    page.run();
    page.get_by_label("Generate");
    assert!(page.query_by_label("Progress").is_none());
}

#[test]
fn enter_makes_and_other_keys_stay_with_the_host() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    // Without focus the page takes no keys: the host's space bar starts the song.
    assert!(!page.ctx.egui_wants_keyboard_input());
    page.key_press(egui::Key::Space);
    page.run();
    assert_eq!(host.take(), []);

    type_prompt(&host, &mut page, "warm cello");
    assert!(page.ctx.egui_wants_keyboard_input());
    page.key_press(egui::Key::Enter);
    page.run();
    assert_eq!(host.take(), [Asked::Make(cello(1))]);
    assert!(!page.ctx.egui_wants_keyboard_input());
}

#[test]
fn an_error_is_shown_until_it_is_dismissed() {
    let host = Host::new();
    let mut page = page(&host);
    let sentence = "The models could not be loaded; reinstall Consort.";
    host.show(|view| view.status = Status::Failed(sentence.into()));
    page.run();
    page.get_by_label(sentence);
    page.get_by_label("Dismiss").click();
    page.run();
    page.run();
    assert_eq!(host.take(), [Asked::Dismiss]);
    assert!(page.query_by_label(sentence).is_none());

    host.show(|view| {
        view.status = Status::Idle;
        view.message = Some("The saved instrument is damaged.".into());
    });
    page.run();
    page.get_by_label("The saved instrument is damaged.");
}

#[test]
fn what_is_worth_knowing_is_said_without_asking_for_anything() {
    let host = Host::new();
    let mut page = page(&host);
    let sentence = "Only the first 64 words or so of the prompt counted.";
    host.show(|view| view.notice = Some(sentence.into()));
    page.run();
    page.get_by_label(sentence);
    assert!(page.query_by_label("Dismiss").is_none());
    host.show(|view| view.status = working(0.4));
    page.run();
    assert!(page.query_by_label(sentence).is_none());
}

/// A window that nothing happens in is not drawn again.
#[test]
fn frames_are_asked_for_only_while_something_moves() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    let waits = |page: &Harness<'_, State>| {
        page.output()
            .viewport_output
            .values()
            .next()
            .unwrap()
            .repaint_delay
    };
    assert_eq!(waits(&page), Duration::MAX);

    host.show(|view| view.peak = 0.5);
    page.step();
    host.show(|view| view.peak = 0.0);
    page.step();
    assert_eq!(waits(&page), theme::FRAME, "the meter falls");
    for _ in 0..120 {
        page.step();
    }
    assert_eq!(waits(&page), Duration::MAX, "and comes to rest");
}

#[test]
fn variations_are_seeds_of_the_same_prompt() {
    let host = Host::new();
    let mut page = page(&host);
    type_prompt(&host, &mut page, "warm cello");
    page.get_by_label("Variation C").click();
    page.run();
    assert_eq!(host.take(), [Asked::Make(cello(3))]);

    // Once it plays, Generate goes on to seeds not heard yet.
    host.show(|view| view.instrument = Some(made(&cello(3))));
    page.run();
    page.get_by_label("Generate").click();
    page.run();
    assert_eq!(host.take(), [Asked::Make(cello(5))]);
    page.get_by_label("Variation B").click();
    page.run();
    assert_eq!(host.take(), [Asked::Make(cello(6))]);
}

#[test]
fn the_family_goes_with_the_prompt() {
    let host = Host::new();
    let mut page = page(&host);
    type_prompt(&host, &mut page, "warm cello");
    page.get_by_label("Family").click();
    page.run();
    page.get_by_label("Strings").click();
    page.run();
    page.get_by_label("Generate").click();
    page.run();
    let wanted = Request {
        family: Some(Family::Strings),
        ..cello(1)
    };
    assert_eq!(host.take(), [Asked::Make(wanted)]);
}

#[test]
fn undo_and_redo_go_to_named_instruments_and_the_fields_follow() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    page.get_by_label("Undo").click();
    page.run();
    assert_eq!(host.take(), [], "there is nothing to go back to");

    host.show(|view| {
        view.before = Some("warm cello".into());
        view.after = Some("glass bell".into());
    });
    page.run();
    page.get_by_label("Undo").click();
    page.run();
    page.get_by_label("Redo").click();
    page.run();
    assert_eq!(host.take(), [Asked::Undo, Asked::Redo]);

    host.show(|view| view.instrument = Some(made(&cello(2))));
    page.run();
    assert_eq!(
        page.get_by_label("Prompt").value().as_deref(),
        Some("warm cello")
    );
    page.get_by_label("Picture of warm cello");
}

#[test]
fn a_clicked_key_plays_while_it_is_down() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    let c4 = page.get_by_label("C4").rect().center();
    let low = egui::pos2(c4.x, page.get_by_label("C4").rect().bottom() - 2.0);
    page.drag_at(low);
    page.run();
    let Some(Asked::Key(60, Some(hard))) = host.take().first().cloned() else {
        panic!("C4 is key 60");
    };
    assert!(hard > 0.9, "the near end plays hard: {hard}");

    // Sliding on plays the next key.
    let d4 = page.get_by_label("D4").rect().center();
    page.hover_at(egui::pos2(d4.x, low.y));
    page.run();
    let asked = host.take();
    assert_eq!(asked[0], Asked::Key(60, None));
    assert!(matches!(asked[1], Asked::Key(62, Some(_))), "{asked:?}");

    page.drop_at(egui::pos2(d4.x, low.y));
    page.run();
    assert_eq!(host.take(), [Asked::Key(62, None)]);
}

#[test]
fn knobs_turn_in_one_gesture_and_reset_on_double_click() {
    let host = Host::new();
    let mut page = page(&host);
    page.run();
    let level = host.params.level.as_ptr();
    let centre = page.get_by_label("Level").rect().center();
    page.drag_at(centre);
    page.run();
    page.hover_at(centre - egui::vec2(0.0, 16.0));
    page.run();
    page.drop_at(centre - egui::vec2(0.0, 16.0));
    page.run();
    let asked = host.take();
    assert_eq!(asked.first(), Some(&Asked::Begin(level)), "{asked:?}");
    assert_eq!(asked.last(), Some(&Asked::End(level)));
    let mut sets = asked.iter().filter_map(|asked| match asked {
        Asked::Set(_, value) => Some(*value),
        _ => None,
    });
    let last = sets.next_back().expect("it was moved");
    assert!(last > host.params.level.unmodulated_normalized_value());

    page.get_by_label("Level").click();
    page.get_by_label("Level").click();
    page.run();
    let default = host.params.level.default_normalized_value();
    assert!(host.take().contains(&Asked::Set(level, default)));
}

/// Also at the smallest size nothing lies outside the window, and every widget has a name (the
/// harness checks the names after each run).
#[test]
fn everything_fits_at_any_size() {
    for size in [(860.0, 722.0), (1000.0, 742.0), (1600.0, 1000.0)] {
        let host = Host::new();
        let mut page = page(&host);
        page.set_size(egui::vec2(size.0, size.1));
        page.run();
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(size.0, size.1));
        for name in [
            "Prompt",
            "Generate",
            "Family",
            "Variation D",
            "Browse",
            "Capture",
            "Changes",
            "Make",
            "Vary",
            "Variation amount",
            "Undo",
            "Redo",
            "Level",
            "Detune",
            "Velocity curve",
            "Morph with…",
            "Morph",
            "Factory",
            "A0",
            "C8",
            "Open",
            "Save",
            "Export SFZ",
        ] {
            let rect = page.get_by_label(name).rect();
            assert!(whole.contains_rect(rect), "{name} at {size:?}: {rect:?}");
        }
        let (morph, key) = (
            page.get_by_label("Morph").rect(),
            page.get_by_label("C8").rect(),
        );
        assert!(morph.bottom() <= key.top(), "knobs end above the keys");
    }
}
