//! What a project holds of it.

use serde_json::json;

use crate::host::{CONSORT, STEMS, Session, State};
use crate::{RATE, linked_in};

#[test]
fn a_saved_state_comes_back_in_another_instance() {
    let entry = linked_in();
    let mut first = Session::create_one(&entry, STEMS);
    let untouched = first.save();
    assert_eq!(
        untouched.field("song"),
        Some(json!({ "listen": false, "bars": 4 }))
    );
    let song = json!({ "listen": true, "bars": 16 });
    let wanted = untouched
        .with_field("song", &song)
        .with_field("window", &json!([1200, 700]));
    assert!(first.load(&wanted));
    first.activate(RATE, 512);
    first.play(&[], 4_800, &[512]);
    let saved = first.save();
    assert_eq!(saved.field("song"), Some(song.clone()));

    let mut second = Session::open_one(&entry, STEMS, RATE, 512);
    assert!(second.load(&saved));
    assert_eq!(second.save(), saved);
    assert_eq!(second.save().field("window"), Some(json!([1200, 700])));
    // A preset without the field is no reason to stop listening, nor is a foreign one.
    for foreign in [json!(null), json!({ "bars": "many", "listen": 1 })] {
        assert!(second.load(&saved.with_field("song", &foreign)));
        assert_eq!(second.save().field("song"), Some(song.clone()));
    }
}

#[test]
fn damaged_states_change_nothing() {
    let entry = linked_in();
    let mut session = Session::open_one(&entry, STEMS, RATE, 512);
    let good = session.save();
    let text = good.bytes();
    let damaged = [
        Vec::new(),
        text[..5].to_vec(),
        text[..text.len() / 2].to_vec(),
        u64::MAX.to_le_bytes().to_vec(),
        [&8u64.to_le_bytes()[..], b"not JSON"].concat(),
    ];
    for bytes in damaged {
        assert!(!session.load(&State::from_bytes(bytes)), "it says so");
        assert_eq!(session.save(), good);
    }
    let later = json!({ "version": "99", "params": { "change": "x", "new": 1 }, "fields": { "song": "{", "new": "1" } });
    session.load(&State::from_json(&later));
    assert_eq!(session.save(), good);
    session.audio.as_mut().expect("active").sidechain = |_| 0.25;
    let sound = session.play(&[], 1_000, &[512]);
    assert!(sound.left.iter().chain(&sound.right).all(|x| *x == 0.25));
}

/// Projects from before there was a limiter, opened in place of one that has it off.
#[test]
fn a_project_that_says_nothing_of_the_limiter_opens_with_it_on() {
    let entry = linked_in();
    for id in [STEMS, CONSORT] {
        let mut session = Session::open_one(&entry, id, RATE, 512);
        let mut off = session.save().json();
        assert_eq!(off["params"]["limit"], json!({ "bool": true }));
        off["params"]["limit"] = json!({ "bool": false });
        assert!(session.load(&State::from_json(&off)));
        assert_eq!(
            session.save().json()["params"]["limit"],
            json!({ "bool": false })
        );
        let mut old = off.clone();
        old["params"]
            .as_object_mut()
            .expect("an object")
            .remove("limit");
        assert!(session.load(&State::from_json(&old)));
        assert_eq!(
            session.save().json()["params"]["limit"],
            json!({ "bool": true })
        );
    }
}
