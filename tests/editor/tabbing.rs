//! The pages without a pointer: Tab goes round all there is to use, keys move and press it, and the keyboard
//! isn't lost with what had it.

use std::path::Path;
use std::sync::Arc;

use consort::editor::{Other, State};
use consort::jobs::StemOrder;
use consort::jobs::stem::asking::Edit;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use nice_plug::params::Param;

use crate::host::{Asked, Host};
use crate::kit::kit;
use crate::library;
use crate::page_in;
use crate::reading::{controls, is_used};
use crate::stems::{Track, page as stems_page, sheet};

/// What has the keyboard.
fn focused<S>(page: &Harness<'_, S>) -> Option<(Role, String)> {
    let mut nodes = page.root().children_recursive();
    let node = nodes.find(|node| node.is_focused())?.accesskit_node();
    Some((node.role(), node.label().unwrap_or_default()))
}

fn at<S>(page: &Harness<'_, S>) -> String {
    focused(page).map_or_else(|| "nothing".to_owned(), |(_, name)| name)
}

fn strike<S>(page: &mut Harness<'_, S>, key: Key) {
    page.key_press(key);
    page.run();
}

fn strike_shift<S>(page: &mut Harness<'_, S>, key: Key) {
    page.key_press_modifiers(Modifiers::SHIFT, key);
    page.run();
}

/// Where Tab comes to, from the field of this name round to it again.
fn round<S>(page: &mut Harness<'_, S>, from: &str, back: bool) -> Vec<(Role, String)> {
    page.get_by_role_and_label(Role::TextInput, from).focus();
    page.run();
    let mut found = vec![focused(page).expect("it has the keyboard")];
    loop {
        if back {
            strike_shift(page, Key::Tab);
        } else {
            strike(page, Key::Tab);
        }
        let now = focused(page).unwrap_or_else(|| panic!("lost after {found:?}"));
        if now == found[0] {
            return found;
        }
        assert!(!found.contains(&now), "{now:?} again, after {found:?}");
        found.push(now);
    }
}

/// Tab reaches all that can be used now, once; of what is one stop, one thing.
fn check<S>(name: &str, page: &mut Harness<'_, S>, from: &str, one_stop: &[(&str, usize)]) {
    let stops = round(page, from, false);
    let mut back = round(page, from, true);
    back[1..].reverse();
    assert_eq!(stops, back, "{name}: back as forth");
    let nodes = page
        .root()
        .children_recursive()
        .map(|node| node.accesskit_node());
    let able = nodes
        .filter(is_used)
        .filter(|node| !node.is_disabled())
        .count();
    let grouped: usize = one_stop.iter().map(|(_, count)| count - 1).sum();
    println!("{name}: {} stops for {able} things", stops.len());
    assert_eq!(
        stops.len(),
        able - grouped,
        "{name}: {stops:?} of {:?}",
        controls(page)
    );
    for (group, _) in one_stop {
        let of_group = stops.iter().filter(|(_, name)| name == group).count();
        assert_eq!(of_group, 1, "{name}: {group} in {stops:?}");
    }
}

#[test]
fn tab_goes_round_the_instruments_page_and_back() {
    let host = Host::new();
    let mut page = page_in(&host, State::new(Path::new("/music")));
    page.run();
    check("instrument", &mut page, "Prompt", &[("C4", 88)]);
    host.show(|view| view.instrument = Some(kit("tight funk kit")));
    page.run();
    check("kit", &mut page, "Prompt", &[("C4", 88), ("Kick", 3)]);
    page.get_by_label("Factory").click();
    page.run();
    let list = controls(&page);
    let list = list.iter().filter(|(role, _)| *role == Role::ListBoxOption);
    let (rows, first) = (list.clone().count(), list.clone().next().unwrap().1.clone());
    check(
        "factory",
        &mut page,
        "Prompt",
        &[("C4", 88), (&first, rows)],
    );
}

#[test]
fn tab_goes_round_the_library_and_the_stems() {
    let host = Host::new();
    let mut page = library::library(&host);
    let one_stop = [("C4", 88), ("Round Bass", 3)];
    check("library", &mut page, "Find by words", &one_stop);

    let track = Arc::new(Track::default());
    track.show(|view| view.stem.sheet = Some(Arc::new(sheet())));
    let mut page = stems_page(&track, (960.0, 640.0));
    page.run();
    // Four bars with a lock each, 15 pieces with a lock and 64 steps each.
    let grid = 4 * 2 + 15 * (2 + 64);
    check(
        "stems",
        &mut page,
        "Instruction",
        &[("Crash, bar 1, step 1", grid)],
    );
}

#[test]
fn arrows_turn_knobs_and_enter_sets_them_back() {
    let host = Host::new();
    let mut page = page_in(&host, State::new(Path::new("/music")));
    page.run();
    let tune = host.params.level.as_ptr();
    page.get_by_label("Level").focus();
    page.run();
    let turned = |page: &mut Harness<'_, State>, key, shift| {
        if shift {
            strike_shift(page, key);
        } else {
            strike(page, key);
        }
        assert_eq!(at(page), "Level", "{key:?} stays");
        match host.take()[..] {
            [Asked::Begin(a), Asked::Set(b, to), Asked::End(c)] if [a, b, c] == [tune; 3] => to,
            ref asked => panic!("{key:?}: {asked:?}"),
        }
    };
    let now = host.params.level.unmodulated_normalized_value();
    let up = turned(&mut page, Key::ArrowUp, false);
    let finer = turned(&mut page, Key::ArrowRight, true);
    assert!(now < finer && finer < up, "{now} {finer} {up}");
    assert!(turned(&mut page, Key::ArrowLeft, false) < now);
    assert!(turned(&mut page, Key::PageDown, false) < now - 0.05);
    assert_eq!(turned(&mut page, Key::Home, false), 0.0);
    assert_eq!(turned(&mut page, Key::End, false), 1.0);
    let usual = host.params.level.default_normalized_value();
    assert_eq!(turned(&mut page, Key::Enter, false), usual);

    // As a screen reader does it, in the unit that is shown.
    page.get_by_label("Level").set_value_accesskit(-12.0);
    page.run();
    let Some(Asked::Set(_, set)) = host.take().get(1).cloned() else {
        panic!("it was set");
    };
    let shown = host.params.level.normalized_value_to_string(set, true);
    assert_eq!(shown, "-12.0 dB");
    page.get_by_label("Tone").set_value_accesskit(2_500.0);
    page.run();
    let Some(Asked::Set(_, set)) = host.take().get(1).cloned() else {
        panic!("it was set");
    };
    assert_eq!(
        host.params.tone.normalized_value_to_string(set, true),
        "2.50 kHz"
    );
}

#[test]
fn the_piano_plays_from_the_keyboard_and_by_name() {
    let host = Host::new();
    let mut page = page_in(&host, State::new(Path::new("/music")));
    page.run();
    page.get_by_label("C4").focus();
    page.run();
    for (key, name) in [
        (Key::ArrowRight, "C#4"),
        (Key::ArrowUp, "C#5"),
        (Key::ArrowLeft, "C5"),
        (Key::End, "C8"),
        (Key::ArrowUp, "C8"),
        (Key::Home, "A0"),
    ] {
        strike(&mut page, key);
        assert_eq!(at(&page), name);
    }
    page.key_down(Key::Space);
    page.run();
    assert!(matches!(host.take()[..], [Asked::Key(21, Some(_))]));
    page.key_up(Key::Space);
    page.run();
    assert_eq!(host.take(), [Asked::Key(21, None)]);
    // A screen reader goes to any, and presses it: it ends by itself.
    page.get_by_label("E4").focus();
    page.run();
    assert_eq!(at(&page), "E4");
    page.get_by_label("G4").click_accesskit();
    for _ in 0..60 {
        page.step();
    }
    let asked = host.take();
    assert!(
        matches!(asked[..], [Asked::Key(67, Some(_)), Asked::Key(67, None)]),
        "{asked:?}"
    );
}

#[test]
fn notes_are_put_and_moved_from_the_keyboard() {
    let track = Arc::new(Track::default());
    track.show(|view| view.stem.sheet = Some(Arc::new(sheet())));
    let mut page = stems_page(&track, (960.0, 640.0));
    page.run();
    page.get_by_label("Snare, bar 1, step 2").focus();
    page.run();
    let asked = || std::mem::take(&mut *track.stem.lock().unwrap());
    strike(&mut page, Key::Space);
    let toggle = Edit::Toggle { step: 1, key: 38 };
    assert_eq!(asked(), [StemOrder::Edit(toggle)]);
    for (key, name) in [
        (Key::ArrowDown, "Kick, bar 1, step 2"),
        (Key::ArrowLeft, "Kick, bar 1, step 1"),
        (Key::ArrowLeft, "Keep kick"),
        (Key::ArrowLeft, "Kick"),
        (Key::End, "Kick, bar 8, step 16"),
        (Key::PageUp, "Kick, bar 7, step 16"),
        (Key::Home, "Kick"),
        (Key::ArrowRight, "Keep kick"),
        (Key::ArrowRight, "Kick, bar 5, step 1"),
    ] {
        strike(&mut page, key);
        assert_eq!(at(&page), name);
    }
    strike_shift(&mut page, Key::ArrowUp);
    strike_shift(&mut page, Key::ArrowRight);
    let asked = asked();
    assert!(
        matches!(
            asked[..],
            [
                StemOrder::Edit(Edit::Velocity {
                    step: 64,
                    key: 36,
                    velocity: 108
                }),
                StemOrder::Edit(Edit::Nudge {
                    step: 64,
                    key: 36,
                    ..
                }),
            ]
        ),
        "{asked:?}"
    );
    assert_eq!(at(&page), "Kick, bar 5, step 1");
}

#[test]
fn lists_are_walked_to_their_end_and_played() {
    let host = Host::new();
    let mut page = page_in(&host, State::new(Path::new("/music")));
    page.run();
    page.get_by_label("Factory").click();
    page.run();
    let entries = consort::instrument::factory::entries().iter();
    let mut entries =
        entries.filter(|entry| entry.kind == consort::instrument::factory::Kind::Instrument);
    let first = entries.clone().next().unwrap().name.clone();
    let last = entries.next_back().unwrap().name.clone();
    page.get_by_role_and_label(Role::ListBoxOption, &first)
        .focus();
    page.run();
    assert!(
        page.query_by_role_and_label(Role::ListBoxOption, &last)
            .is_none()
    );
    strike(&mut page, Key::End);
    assert_eq!(at(&page), last);
    strike(&mut page, Key::Enter);
    assert_eq!(host.take(), [Asked::Factory(last.clone())]);
    strike(&mut page, Key::PageUp);
    strike(&mut page, Key::Home);
    assert_eq!(at(&page), first);
}

/// A menu gives the keyboard back to what opened it, and what goes to its neighbour.
#[test]
fn the_keyboard_is_not_lost_with_what_had_it() {
    let host = Host::new();
    let mut page = page_in(&host, State::new(Path::new("/music")));
    page.run();
    page.get_by_label("Family").focus();
    page.run();
    strike(&mut page, Key::Enter);
    strike(&mut page, Key::ArrowDown);
    strike(&mut page, Key::ArrowDown);
    assert_eq!(
        focused(&page).unwrap(),
        (Role::ListBoxOption, "Drum kit".into())
    );
    strike(&mut page, Key::Enter);
    assert_eq!(at(&page), "Family");
    assert_eq!(
        page.get_by_label("Family").value().as_deref(),
        Some("Drum kit")
    );
    strike(&mut page, Key::Space);
    strike(&mut page, Key::Tab);
    strike(&mut page, Key::Escape);
    assert_eq!(at(&page), "Family");
    strike(&mut page, Key::Escape);
    assert_eq!(focused(&page), None, "the host has it again");

    // Through a menu in a menu.
    page.get_by_label("Morph with…").focus();
    page.run();
    strike(&mut page, Key::Enter);
    strike(&mut page, Key::ArrowDown);
    assert_eq!(focused(&page).unwrap().1, "Earlier instruments");
    strike(&mut page, Key::ArrowRight);
    strike(&mut page, Key::ArrowDown);
    strike(&mut page, Key::Enter);
    let asked = host.take();
    assert!(
        matches!(asked[..], [Asked::MorphWith(Other::Earlier(_))]),
        "{asked:?}"
    );
    assert_eq!(at(&page), "Morph with…");

    host.show(|view| view.message = Some("It failed.".into()));
    page.run();
    page.get_by_label("Dismiss").focus();
    page.run();
    host.show(|view| view.message = None);
    strike(&mut page, Key::Enter);
    page.run();
    assert_ne!(focused(&page), None, "a neighbour has it");
    page.get_by_label("Browse").focus();
    page.run();
    strike(&mut page, Key::Enter);
    assert_eq!(at(&page), "Find a file");
    strike(&mut page, Key::Tab);
    assert_ne!(at(&page), "Find a file");
    strike(&mut page, Key::Escape);
    assert_eq!(at(&page), "Browse");
}

/// The field keeps the keyboard, and a screen reader says what arrows mark.
#[test]
fn what_is_marked_among_files_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.wav", "b.wav"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let host = Host::new();
    let mut page = page_in(&host, State::new(folder.path()));
    page.run();
    page.get_by_label("Browse").click();
    page.run();
    assert_eq!(at(&page), "Find a file");
    strike(&mut page, Key::ArrowDown);
    assert_eq!(
        focused(&page).unwrap(),
        (Role::ListBoxOption, "b.wav".into())
    );
    page.event(egui::Event::Text("a".into()));
    page.run();
    assert_eq!(at(&page), "Find a file");
    for name in ["Up", "Home", "Close", "Find a file"] {
        strike(&mut page, Key::Tab);
        assert_eq!(at(&page), name);
    }
}
