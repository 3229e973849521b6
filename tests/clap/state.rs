//! Saved projects: the exact sound comes back, and damage is survived with nothing lost.

use crate::host::{Session, Sound, State, load, note_of};
use crate::{RATE, music};
use serde_json::json;

fn sound_of(session: &mut Session) -> Sound {
    session.play(&music(), 96_000, &[512])
}

#[test]
fn a_saved_state_sounds_the_same_in_another_instance() {
    let entry = load();
    let mut first = Session::ready(&entry, RATE, 512);
    let state = first.save();
    let wanted = sound_of(&mut first);

    let mut second = Session::open(&entry, RATE, 512);
    assert!(second.load(&state));
    assert_eq!(
        second.wait_for_keys(),
        state,
        "saving again gives the same state"
    );
    assert_eq!(sound_of(&mut second).first_difference(&wanted), None);
}

#[test]
fn a_state_may_be_loaded_before_activation_and_while_playing() {
    let entry = load();
    let mut first = Session::ready(&entry, RATE, 512);
    let state = first.save();
    let wanted = sound_of(&mut first);

    let mut early = Session::create(&entry);
    assert!(early.load(&state));
    early.activate(RATE, 512);
    early.wait_for_keys();
    assert_eq!(
        sound_of(&mut early).first_difference(&wanted),
        None,
        "before activation"
    );

    let mut late = Session::ready(&entry, RATE, 512);
    late.play(&note_of(50, 0.9, 0, 4_000), 4_096, &[512]);
    assert!(late.load(&state));
    late.play(&note_of(62, 0.9, 0, 4_000), 4_096, &[512]);
    late.wait_for_keys();
    late.play(&[], 15 * 48_000, &[512]);
    assert_eq!(
        sound_of(&mut late).first_difference(&wanted),
        None,
        "under held notes"
    );
}

/// Other instances keep the generator busy all the while.
#[test]
fn an_offline_render_right_after_loading_misses_no_note() {
    let entry = load();
    let mut first = Session::ready(&entry, RATE, 512);
    let state = first.save();
    let wanted = sound_of(&mut first);
    let _busy: Vec<Session> = (0..3).map(|_| Session::open(&entry, RATE, 512)).collect();

    let mut before = Session::create(&entry);
    assert!(before.set_offline(true));
    assert!(before.load(&state));
    before.activate(RATE, 512);
    assert_eq!(
        sound_of(&mut before).first_difference(&wanted),
        None,
        "loaded before activation"
    );

    let mut after = Session::create(&entry);
    assert!(after.set_offline(true));
    after.activate(RATE, 512);
    assert!(after.load(&state));
    assert_eq!(
        sound_of(&mut after).first_difference(&wanted),
        None,
        "loaded after activation"
    );

    after.deactivate();
    after.activate(44_100.0, 512);
    let sound = after.play(&note_of(108, 0.8, 0, 4_000), 4_096, &[512]);
    assert!(sound.first_sound().is_some(), "at another sample rate");
}

#[test]
fn damaged_states_leave_a_playing_plugin() {
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let good = session.save();
    let text = good.bytes();
    let huge = u64::MAX.to_le_bytes().to_vec();
    let no_json = [&8u64.to_le_bytes()[..], b"not JSON"].concat();
    let other = State::from_json(&json!({ "version": "99", "params": {}, "fields": {} }));
    let parameters = State::from_json(&json!({
        "version": "0.1.0", "params": { "level": "loud", "tune": 1e30, "none": [] }, "fields": {}
    }));
    let damaged = [
        ("empty", Vec::new()),
        ("cut in its length", text[..5].to_vec()),
        ("cut in half", text[..text.len() / 2].to_vec()),
        ("of impossible length", huge),
        ("not JSON", no_json),
        ("of a later version, empty", other.bytes().to_vec()),
        ("with foreign parameters", parameters.bytes().to_vec()),
    ];
    for (name, bytes) in damaged {
        session.load(&State::from_bytes(bytes));
        session.wait_for_keys();
        let sound = session.play(&note_of(60, 0.8, 0, 4_000), 8_000, &[512]);
        assert!(sound.peak(0..8_000) > 1e-3, "silent after a state {name}");
    }
}

#[test]
fn an_instrument_that_cannot_be_read_is_kept_as_it_came() {
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let good = session.save();
    let whole = good
        .instrument()
        .as_str()
        .expect("an instrument is saved as text")
        .to_owned();
    for foreign in [
        json!("AAAA"),
        json!(&whole[..whole.len() / 8 * 4]),
        json!({ "later": [1, 2] }),
    ] {
        let damaged = good.with_field("instrument", &foreign);
        assert!(session.load(&damaged), "the rest of the state is good");
        let kept = session.wait_for_keys();
        assert_eq!(kept.instrument(), foreign, "what came is what is saved");
        let sound = session.play(&note_of(60, 0.8, 0, 4_000), 8_000, &[512]);
        assert!(
            sound.peak(0..8_000) > 1e-3,
            "and the plugin plays meanwhile"
        );
    }
    assert!(session.load(&good));
    assert_eq!(session.wait_for_keys(), good, "a good state after all that");
}

#[test]
fn parameters_are_saved() {
    use crate::host::{Event, What};
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let tune = session
        .parameters()
        .into_iter()
        .find(|p| p.name == "Tune")
        .expect("Tune")
        .id;
    let before = session.value(tune);
    session.play(&[Event::at(0, What::Set(tune, before + 0.1))], 512, &[512]);
    let moved = session.value(tune);
    assert_ne!(moved, before);
    let state = session.save();
    let mut other = Session::create(&entry);
    assert!(other.load(&state));
    assert_eq!(other.value(tune), moved);
}
