//! What a screen reader is told of every page: each thing that can be used has a name of its own, says what
//! it is and what it is worth.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use accesskit_consumer::{FilterResult, NodeRef};
use consort::editor::State;
use consort::jobs::song::Hearing;
use consort::jobs::{Capture, Export, Stem, StemStatus};
use egui::accesskit::{Action, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::host::Host;
use crate::kit::kit;
use crate::song::{heard, taken};
use crate::stems::{Track, page as stems_page, sheet};
use crate::{library, page_of_size, working};

fn all(_: &NodeRef) -> FilterResult {
    FilterResult::Include
}

/// Whether a user does anything with it.
pub fn is_used(node: &NodeRef) -> bool {
    let acts = node.is_clickable(&all) || node.supports_action(Action::Focus, &all);
    // Of text one can select parts; what is scrolled to follows the keyboard.
    acts && !matches!(node.role(), Role::Label | Role::ScrollBar)
}

/// What there is to use, in the order of the tree.
pub fn controls<S>(page: &Harness<'_, S>) -> Vec<(Role, String)> {
    let nodes = page.root().children_recursive();
    let nodes = nodes.map(|node| node.accesskit_node());
    nodes
        .filter(is_used)
        .map(|node| (node.role(), node.label().unwrap_or_default()))
        .collect()
}

/// Checks all of it, and says how much there is.
fn check<S>(name: &str, page: &Harness<'_, S>) {
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for node in page.root().children_recursive() {
        let node = node.accesskit_node();
        if !is_used(&node) {
            continue;
        }
        let (role, label) = (node.role(), node.label().unwrap_or_default());
        let mut fault = |what: &str| faults.push(format!("{role:?} “{label}” {what}"));
        if label.trim().is_empty() {
            fault("has no name");
        }
        let wrong = match role {
            Role::Slider | Role::SpinButton => {
                let bounds = [node.min_numeric_value(), node.max_numeric_value()];
                let least = bounds[0].zip(node.numeric_value());
                let most = node.numeric_value().zip(bounds[1]);
                let within = |pair: Option<(f64, f64)>| pair.is_some_and(|(a, b)| a <= b);
                (!within(least) || !within(most) || node.value().is_none()).then_some("value")
            }
            Role::CheckBox | Role::RadioButton => node.toggled().is_none().then_some("state"),
            Role::Tab | Role::ListBoxOption => node.is_selected().is_none().then_some("state"),
            Role::ComboBox | Role::TextInput => node.value().is_none().then_some("value"),
            Role::Button | Role::MenuItem | Role::MenuItemRadio => None,
            _ => Some("role that is used"),
        };
        if let Some(what) = wrong {
            fault(&format!("has no {what}"));
        }
        if node.bounding_box().is_none() {
            fault("is nowhere");
        }
        *seen.entry((format!("{role:?}"), label)).or_default() += 1;
    }
    for ((role, label), count) in &seen {
        if *count > 1 {
            faults.push(format!("{role} “{label}” is there {count} times"));
        }
    }
    println!("{name}: {} things to use", seen.len());
    assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
    assert!(seen.len() > 12, "{name}: {seen:?}");
}

fn instrument(host: &Arc<Host>) -> Harness<'static, State> {
    let mut page = page_of_size(host, State::new(Path::new("/music")), (1000.0, 860.0));
    page.run();
    page
}

#[test]
fn everything_on_the_instruments_page_is_told() {
    let host = Host::new();
    let mut page = instrument(&host);
    check("instrument", &page);
    for name in ["PLAY", "Song strip", "Family"] {
        page.get_by_label(name).click();
        page.run();
        check(name, &page);
    }
    page.key_press(egui::Key::Escape);
    page.run();
    for menu in [
        "Ideas",
        "Open",
        "Morph with…",
        "Zoom: 100 %",
        "How to route",
    ] {
        page.get_by_label(menu).click();
        page.run();
        check(menu, &page);
        page.key_press(egui::Key::Escape);
        page.run();
    }
    page.get_by_label("Factory").click();
    page.run();
    check("factory", &page);
    page.get_by_label("Close").click();
    page.run();
    page.get_by_label("Browse").click();
    page.run();
    check("browser", &page);
    page.key_press(egui::Key::Escape);
    page.run();

    host.show(|view| {
        view.status = working(0.4);
        view.capture = Some(Capture::Taking(1.0));
        view.export = Some(Export::Working(0.3));
        view.morph_with = Some(("warm cello".into(), 0.4));
    });
    page.run();
    check("at work", &page);
    host.show(|view| {
        view.status = consort::jobs::Status::Failed("It failed.".into());
        view.capture = None;
        view.instrument = Some(kit("tight funk kit"));
    });
    page.run();
    page.get_by_label("Kick").click();
    page.run();
    check("a kit", &page);
}

#[test]
fn everything_on_the_library_page_is_told() {
    let host = Host::new();
    let mut page = library::library(&host);
    check("library", &page);
    page.get_by_role_and_label(Role::ListBoxOption, "Airy Strings")
        .click();
    page.run();
    check("an entry of the library", &page);
    for menu in ["Library family", "Where from"] {
        page.get_by_label(menu).click();
        page.run();
        check(menu, &page);
        page.key_press(egui::Key::Escape);
        page.run();
    }
    let row = page.get_by_role_and_label(Role::ListBoxOption, "Airy Strings");
    let row = row.accesskit_node();
    assert_eq!(
        (row.position_in_set(), row.is_selected()),
        (Some(1), Some(true))
    );
}

#[test]
fn everything_of_a_song_and_a_stem_is_told() {
    let track = Arc::new(Track::default());
    let mut page = stems_page(&track, (960.0, 760.0));
    page.run();
    check("stems, at first", &page);
    track.show(|view| {
        view.song.listens = true;
        view.song.taken = Some(taken());
        view.song.hearing = Some(Hearing::Done(heard()));
        view.stem = Stem {
            sheet: Some(Arc::new(sheet())),
            ..Stem::default()
        };
    });
    page.run();
    check("a part", &page);
    page.get_by_label("Heard").click();
    page.run();
    check("heard", &page);
    page.get_by_label_contains("Chords of bar 1").click();
    page.run();
    check("chords", &page);
    page.key_press(egui::Key::Escape);
    page.run();
    track.show(|view| view.stem.status = StemStatus::Working(0.4));
    page.run();
    check("writing a part", &page);
    let first = page.get_by_label("Kick, bar 1, step 1");
    assert_eq!(first.value().as_deref(), Some("velocity 100"));
}

/// What is shown is what is told: knobs with their unit, lists with what is chosen, boxes with their state.
#[test]
fn values_are_told_as_they_are_shown() {
    let host = Host::new();
    let page = instrument(&host);
    let value = |name: &str| {
        let node = page.get_by_label(name);
        let node = node.accesskit_node();
        let numbers = [
            node.min_numeric_value(),
            node.numeric_value(),
            node.max_numeric_value(),
        ];
        (
            node.value(),
            numbers.map(|number| number.unwrap_or(f64::NAN).round()),
        )
    };
    assert_eq!(value("Level"), (Some("0.0 dB".into()), [-60.0, 0.0, 12.0]));
    assert_eq!(value("Detune"), (Some("0 %".into()), [-100.0, 0.0, 100.0]));
    assert_eq!(value("Stereo width").1, [0.0, 100.0, 200.0]);
    let (text, [low, now, high]) = value("Tone");
    assert_eq!(text.as_deref(), Some("Open"));
    assert!(
        low > 0.0 && now <= high && high > 10_000.0,
        "{low} {now} {high}"
    );
    let text = |name: &str| page.get_by_label(name).value();
    assert_eq!(text("Family").as_deref(), Some("Any family"));
    assert_eq!(text("Variation amount").as_deref(), Some("30 %"));
}
