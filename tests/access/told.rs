//! Each page's controls, as a screen reader lists them.

use std::collections::BTreeMap;

use consort::jobs::stem::asking::Sheet;
use consort::music::{GridNote, Part, PartKind};
use serde_json::json;

use crate::embedded::close;
use crate::host::{CONSORT, STEMS, Session, State, load};
use crate::parent::Parent;
use crate::reader::{CHECKED, Element, FOCUSABLE, Reader};
use crate::{RATE, alone, find, named, show, wait};

/// What can be used.
fn controls(elements: &[Element]) -> Vec<&Element> {
    let all = elements.iter();
    all.filter(|element| element.is(FOCUSABLE) && element.role != "frame")
        .collect()
}

/// Checks a page, and says how much there is; all that it has.
fn check(reader: &Reader, page: &str, elements: &[Element], wanted: &[(&str, &str)]) {
    let controls = controls(elements);
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for element in &controls {
        let (role, name) = (element.role, element.name.as_str());
        let mut fault = |what: &str| faults.push(format!("{role} “{name}” {what}"));
        if name.trim().is_empty() {
            fault("has no name");
        }
        match role {
            "slider" | "spin button" => match reader.value(element) {
                Some([low, now, high]) if low < high && (low..=high).contains(&now) => {
                    if high > 1e300 {
                        fault("has no end");
                    }
                }
                value => fault(&format!("is worth {value:?}")),
            },
            "entry" if reader.text(element).is_none() => fault("has no text"),
            "combo box" if element.description.is_empty() => fault("doesn't say what is chosen"),
            "button" | "toggle button" | "check box" | "radio button" | "page tab"
            | "list item" | "entry" | "combo box" => {}
            _ => fault("is nothing that can be used"),
        }
        let ways: &[&str] = match role {
            "slider" => &["Value"],
            "spin button" => &["Value", "Action"],
            "entry" => &["Text", "EditableText"],
            _ => &["Action"],
        };
        if !element.has("Component") || ways.iter().any(|way| !element.has(way)) {
            fault("can't be used from here");
        }
        *seen.entry((role, name)).or_default() += 1;
    }
    for ((role, name), count) in &seen {
        if *count > 1 {
            faults.push(format!("{role} “{name}” is there {count} times"));
        }
    }
    for (role, name) in wanted {
        if !seen.contains_key(&(*role, *name)) {
            faults.push(format!("{role} “{name}” is missing"));
        }
    }
    println!(
        "{page}: {} controls, {} elements in all",
        controls.len(),
        elements.len()
    );
    assert!(faults.is_empty(), "{page}:\n{}", faults.join("\n"));
}

/// A state with a part of eight bars.
fn with_part(session: &mut Session) -> State {
    let note = |beat: u32| GridNote {
        step: 4 * beat,
        offset: 0.0,
        length: 1.0,
        key: 36,
        velocity: 100,
    };
    let part = Part::new(Some(PartKind::Drums), (0..32).map(note).collect());
    let sheet = Sheet {
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
    };
    let state = session.save();
    state.with_field("stem", &json!({ "sheet": sheet }))
}

#[test]
fn every_control_of_every_page_is_told() {
    let (_alone, reader) = alone();
    let (parent, entry) = (Parent::new(), load());
    let mut session = Session::open_one(&entry, CONSORT, RATE, 512);
    show(&mut session, &parent, reader);
    let elements = reader.elements();
    assert!(
        named(&elements, "frame", "Consort").is_some(),
        "{elements:?}"
    );
    let instrument = [
        ("entry", "Prompt"),
        ("entry", "Changes"),
        ("entry", "Folder"),
        ("button", "Generate"),
        ("combo box", "Family"),
        ("toggle button", "Variation A"),
        ("slider", "Variation amount"),
        ("slider", "Brightness"),
        ("slider", "Velocity curve"),
        ("page tab", "Library page"),
        ("toggle button", "Song strip"),
        ("button", "C4"),
    ];
    check(reader, "instrument", &elements, &instrument);
    // Of the piano one key is a stop; the others are there, and can be asked for.
    let keys = elements
        .iter()
        .filter(|e| e.role == "button" && is_key(&e.name));
    assert_eq!(keys.count(), 88);
    let level = find(&mut session, reader, "slider", "Level");
    assert_eq!(reader.value(&level), Some([-60.0, 0.0, 12.0]));
    assert_eq!(level.description, "0.0 dB");

    let press = |session: &mut Session, role, name: &str, then: (&str, &str)| {
        let tab = find(session, reader, role, name);
        assert_eq!(reader.press(&tab), Some(true));
        let (role, name) = then;
        wait(session, reader, name, |all| {
            named(all, role, name).is_some()
        })
    };
    let elements = press(&mut session, "page tab", "PLAY", ("slider", "Glide"));
    check(reader, "instrument, PLAY", &elements, &[("slider", "Tune")]);
    let elements = press(&mut session, "button", "Factory", ("entry", "Search"));
    let factory = [
        ("combo box", "Factory family"),
        ("toggle button", "Tag warm"),
        ("button", "Close"),
    ];
    check(reader, "factory", &elements, &factory);
    assert!(named(&elements, "list box", "Factory library").is_some());
    let listed = elements.iter().filter(|e| e.role == "list item");
    assert!(listed.count() > 5);
    press(&mut session, "button", "Close", ("button", "Factory"));

    let by_words = ("entry", "Find by words");
    let elements = press(&mut session, "page tab", "Library page", by_words);
    let library = [
        ("button", "Find"),
        ("combo box", "Where from"),
        ("toggle button", "Only favourites"),
        ("button", "Add files"),
    ];
    check(reader, "library", &elements, &library);

    let elements = press(
        &mut session,
        "toggle button",
        "Song strip",
        ("check box", "Listen"),
    );
    let song = [("radio button", "8 bars"), ("button", "How to route")];
    check(reader, "library and song", &elements, &song);

    let state = with_part(&mut session);
    assert!(session.load(&state));
    let words = ("entry", "Instruction");
    press(&mut session, "page tab", "Stems page", words);
    let part = ("check box", "Kick, bar 1, step 1");
    let elements = wait(&mut session, reader, "a part", |all| {
        named(all, part.0, part.1).is_some()
    });
    let stems = [
        ("radio button", "Drums"),
        ("radio button", "Variation B"),
        ("spin button", "Swing amount"),
        ("check box", "Stem on"),
        ("check box", "Separate outputs"),
        ("spin button", "Stem level"),
    ];
    check(reader, "stems", &elements, &stems);
    let kick = named(&elements, part.0, part.1).expect("a note");
    assert!(
        kick.is(CHECKED) && kick.description == "velocity 100",
        "{kick:?}"
    );
    let rest = named(&elements, "check box", "Kick, bar 1, step 2").expect("no note");
    assert!(!rest.is(CHECKED));
    close(&mut session);

    let mut session = Session::open_one(&entry, STEMS, RATE, 512);
    let state = with_part(&mut session);
    assert!(session.load(&state));
    show(&mut session, &parent, reader);
    let elements = wait(&mut session, reader, "a part", |all| {
        named(all, part.0, part.1).is_some()
    });
    assert!(named(&elements, "frame", "Consort Stems").is_some());
    let stems = [
        ("check box", "Listen"),
        ("check box", "Track on"),
        ("button", "Save part as MIDI"),
        ("entry", "Folder"),
    ];
    check(reader, "Consort Stems", &elements, &stems);
    close(&mut session);
}

/// "C4", "A#0".
fn is_key(name: &str) -> bool {
    let octave = name.trim_start_matches(|c| "ABCDEFG#".contains(c));
    name.len() > octave.len() && octave.len() == 1 && octave.parse::<u8>().is_ok()
}
