//! An offline render that begins as soon as a project is loaded has every part's sound.

use std::ffi::CStr;

use consort::instrument::Instrument;
use consort::instrument::factory::{self, Kind};
use consort::jobs::stem::asking::Sheet;
use consort::plugin::state::write;
use serde_json::{Value, json};

use crate::host::{CONSORT, Event, STEMS, Session, Sound, State, note_of};
use crate::sheet::sheet;
use crate::timeline::Timeline;
use crate::{RATE, linked_in, watched};

/// The first kit of the factory library.
pub fn kit() -> Instrument {
    let mut entries = factory::entries().iter();
    let kit = entries.find(|entry| entry.kind == Kind::Kit);
    kit.expect("it has kits").instrument()
}

/// A part on all these keys.
pub fn on_keys(keys: &[u8]) -> Sheet {
    let mut sheet = sheet(true);
    sheet.trim_db = Some(-3.0);
    for (note, key) in sheet.variations[0]
        .notes
        .iter_mut()
        .zip(keys.iter().cycle())
    {
        note.key = *key;
    }
    sheet
}

/// What a project holds of a part.
pub fn stem(sheet: &Sheet, instrument: &Instrument) -> Value {
    json!({ "sheet": sheet, "instrument": write(&instrument.to_bytes()) })
}

/// The first seconds of a render from cold.
fn bounce(id: &CStr, state: &State, rate: f64, loaded_first: bool, sizes: &[usize]) -> Sound {
    let mut session = Session::create_one(&linked_in(), id);
    assert!(session.set_offline(true));
    if loaded_first {
        assert!(session.load(state));
        session.activate(rate, 8_192);
    } else {
        session.activate(rate, 8_192);
        assert!(session.load(state));
    }
    play(&mut session, id, rate, sizes)
}

fn play(session: &mut Session, id: &CStr, rate: f64, sizes: &[usize]) -> Sound {
    let audio = session.audio.as_mut().expect("active");
    audio.around = watched::watched;
    let now = audio.position;
    // At the bar in which the part begins.
    let timeline = Timeline::new(now, (4, 4), 120.0, 0.0, rate).at_bar(2, 0);
    audio.transport = Some(Box::new(move |frame| timeline.at(frame)));
    // The instrument's own keys, beside the part.
    let mut keys = Vec::new();
    if id == CONSORT {
        keys.extend(note_of(50, 0.8, 0, 20_000));
        keys.extend(note_of(69, 0.8, 0, 30_000));
        keys.sort_by_key(|event: &Event| event.frame);
    }
    session.play(&keys, (2.0 * rate) as usize, sizes)
}

#[test]
fn the_first_block_of_a_bounce_has_all_its_hits() {
    for (name, part) in [
        ("kit", stem(&on_keys(&[36, 42, 38, 46]), &kit())),
        (
            "keys",
            stem(&on_keys(&[28, 60, 95, 40]), &Instrument::factory()),
        ),
        (
            // Measured only now: that, too, is waited for.
            "unmeasured",
            stem(
                &Sheet {
                    trim_db: None,
                    context_lufs: Some(-14.0),
                    ..on_keys(&[36, 42, 38, 46])
                },
                &kit(),
            ),
        ),
    ] {
        for id in [STEMS, CONSORT] {
            let mut made = Session::create_one(&linked_in(), id);
            let state = made.save().with_field("stem", &part);
            // What it should be: everything is there long before.
            assert!(made.load(&state));
            made.activate(RATE, 8_192);
            made.wait_for_keys();
            let wanted = play(&mut made, id, RATE, &[512]);
            assert!(wanted.peak(0..24_000) > 1e-3);
            for loaded_first in [true, false] {
                let mut sounds = Vec::new();
                for sizes in [&[512][..], &[512], &[64, 8_192, 1]] {
                    let sound = bounce(id, &state, RATE, loaded_first, sizes);
                    assert_eq!(
                        sound.first_difference(&wanted),
                        None,
                        "{name} in {id:?}, loaded first: {loaded_first}, {sizes:?}"
                    );
                    sounds.push(sound);
                }
                assert_eq!(sounds[0].first_difference(&sounds[1]), None);
            }
        }
    }
    assert_eq!(watched::violations(), 0, "allocations or frees");
}

/// A host that played at one rate bounces at another.
#[test]
fn a_bounce_at_another_rate_has_its_sound_at_that_rate() {
    let part = stem(&on_keys(&[36, 42, 38, 46]), &kit());
    let mut session = Session::open_one(&linked_in(), STEMS, 44_100.0, 8_192);
    let state = session.save().with_field("stem", &part);
    assert!(session.load(&state));
    session.wait_for_keys();
    session.deactivate();
    assert!(session.set_offline(true));
    session.activate(96_000.0, 8_192);
    let sound = play(&mut session, STEMS, 96_000.0, &[512]);
    let wanted = bounce(STEMS, &state, 96_000.0, true, &[512]);
    assert_eq!(sound.first_difference(&wanted), None);
}
