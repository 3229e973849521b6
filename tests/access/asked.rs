//! What a screen reader asks is done: focus, press, set and move a value, write; and what is typed goes where
//! the focus is told to be.

use std::time::Duration;

use crate::embedded::close;
use crate::host::{CONSORT, Session, load};
use crate::parent::Parent;
use crate::reader::{CHECKED, Element, FOCUSED, Reader, SELECTED};
use crate::seat::{ESCAPE, Seat, TAB};
use crate::{RATE, alone, find, named, rest, show, wait};

/// The host's value of a parameter.
fn value(session: &mut Session, name: &str) -> String {
    let parameters = session.parameters();
    let parameter = parameters.iter().find(|it| it.name == name);
    let id = parameter.expect("there is such a parameter").id;
    let value = session.value(id);
    session.value_text(id, value)
}

/// Gives an element the focus, and waits until it is told to have it.
fn focus(session: &mut Session, reader: &Reader, role: &str, name: &str) -> Element {
    let element = find(session, reader, role, name);
    assert_eq!(reader.focus(&element), Some(true));
    wait(session, reader, &format!("focus on {name}"), |all| {
        named(all, role, name).is_some_and(|it| it.is(FOCUSED))
    });
    element
}

#[test]
fn what_a_screen_reader_asks_is_done() {
    let (_alone, reader) = alone();
    let (parent, entry) = (Parent::new(), load());
    let mut session = Session::open_one(&entry, CONSORT, RATE, 512);
    show(&mut session, &parent, reader);
    let session = &mut session;

    let level = focus(session, reader, "slider", "Level");
    reader.set_value(&level, -12.0);
    wait(session, reader, "-12 dB", |all| {
        named(all, "slider", "Level").is_some_and(|it| it.description == "-12.0 dB")
    });
    assert_eq!(value(session, "Level"), "-12.0 dB");
    assert_eq!(reader.value(&level).map(|[_, now, _]| now), Some(-12.0));
    let release = find(session, reader, "slider", "Detune");
    reader.set_value(&release, 50.0);
    wait(session, reader, "50 %", |all| {
        named(all, "slider", "Detune").is_some_and(|it| it.description == "50 %")
    });

    // Written without focus, and with.
    let prompt = find(session, reader, "entry", "Prompt");
    assert_eq!(reader.set_text(&prompt, "warm cello"), Some(true));
    wait(session, reader, "the text", |_| {
        reader.text(&prompt).as_deref() == Some("warm cello")
    });
    focus(session, reader, "entry", "Prompt");
    assert_eq!(reader.set_text(&prompt, "glass bell"), Some(true));
    wait(session, reader, "the other text", |_| {
        reader.text(&prompt).as_deref() == Some("glass bell")
    });

    let tab = find(session, reader, "page tab", "PLAY");
    assert!(!tab.is(SELECTED));
    assert_eq!(reader.press(&tab), Some(true));
    wait(session, reader, "the other knobs", |all| {
        named(all, "page tab", "PLAY").is_some_and(|it| it.is(SELECTED))
            && named(all, "slider", "Glide").is_some()
    });
    let strip = find(session, reader, "toggle button", "Song strip");
    assert_eq!(reader.press(&strip), Some(true));
    find(session, reader, "check box", "Listen");
    // Once the page has come to rest with the strip in it.
    rest(session, Duration::from_millis(250));
    let listen = find(session, reader, "check box", "Listen");
    assert!(!listen.is(CHECKED));
    assert_eq!(reader.press(&listen), Some(true));
    wait(session, reader, "listening", |all| {
        named(all, "check box", "Listen").is_some_and(|it| it.is(CHECKED))
    });

    // A list that drops down: opened, gone through, chosen from.
    let family = focus(session, reader, "combo box", "Family");
    reader.press(&family);
    let strings = find(session, reader, "list item", "Strings");
    reader.press(&strings);
    wait(session, reader, "the family", |all| {
        named(all, "combo box", "Family")
            .is_some_and(|it| it.description == "Strings" && it.is(FOCUSED))
    });
    close(session);
}

/// The keyboard follows: Tab goes on from where the screen reader went, round the page, and it is the host's
/// again after Escape.
#[test]
fn tab_goes_round_a_real_window() {
    let (_alone, reader) = alone();
    let (parent, seat, entry) = (Parent::new(), Seat::new(), load());
    let mut session = Session::open_one(&entry, CONSORT, RATE, 512);
    show(&mut session, &parent, reader);
    let session = &mut session;
    seat.focus(parent.id());
    focus(session, reader, "entry", "Prompt");
    rest(session, Duration::from_millis(100));
    assert_ne!(seat.focused(), parent.id(), "the window has the keyboard");
    let mut found: Vec<String> = Vec::new();
    for _ in 0..60 {
        seat.strike(TAB);
        rest(session, Duration::from_millis(60));
        let elements = reader.elements();
        let focused = elements.iter().find(|it| it.is(FOCUSED));
        let name = focused.map_or_else(|| "nothing".to_owned(), |it| it.name.clone());
        found.push(name);
        assert_ne!(seat.focused(), parent.id(), "given back after {found:?}");
        if found.last().is_some_and(|name| name == "Prompt") {
            break;
        }
    }
    println!("Tab stops at {} things", found.len());
    assert_eq!(
        found.last().map(String::as_str),
        Some("Prompt"),
        "{found:?}"
    );
    assert!(
        found.len() > 30 && found.iter().all(|name| name != "nothing"),
        "{found:?}"
    );
    seat.strike(ESCAPE);
    rest(session, Duration::from_millis(200));
    assert_eq!(seat.focused(), parent.id(), "given back");
    close(session);
}
