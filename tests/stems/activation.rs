//! How long activation holds up the host's main thread.

use std::ffi::CStr;
use std::time::{Duration, Instant};

use consort::instrument::Instrument;
use consort::plugin::state::write;
use serde_json::json;

use crate::bounce::{kit, on_keys, stem};
use crate::host::{CONSORT, STEMS, Session, State};
use crate::{RATE, linked_in};

/// What a host may be held up by, and what a busy machine may add to it.
const LIVE: Duration = Duration::from_millis(100);
const OFFLINE: Duration = Duration::from_secs(2);
const SLACK: Duration = Duration::from_millis(300);

/// One time of an activation of a new instance with this state.
fn activation(id: &CStr, state: &State, offline: bool) -> Duration {
    let mut session = Session::create_one(&linked_in(), id);
    assert!(session.set_offline(offline));
    assert!(session.load(state));
    let begun = Instant::now();
    session.activate(RATE, 512);
    begun.elapsed()
}

#[test]
fn activation_never_holds_a_host_up() {
    let new = |id| Session::create_one(&linked_in(), id).save();
    let (keys, kit) = (Instrument::factory(), kit());
    let on_kit = stem(&on_keys(&[36, 42, 38, 46]), &kit);
    let all: Vec<u8> = (24..104).step_by(10).collect();
    let on_keys_of_it = stem(&on_keys(&all), &keys);
    let asked = json!({
        "sheet": on_keys(&[36, 38]),
        "asked": { "words": "jazzy drums", "kind": "drums", "seed": 1 },
    });
    let (instrument, effect) = (new(CONSORT), new(STEMS));
    let of_kit = instrument.with_field("instrument", &write(&kit.to_bytes()));
    let states = [
        (CONSORT, "nothing", instrument.clone()),
        (CONSORT, "a kit", of_kit.clone()),
        (
            CONSORT,
            "part on a kit",
            instrument.with_field("stem", &on_kit),
        ),
        (
            CONSORT,
            "kit, part on keys",
            of_kit.with_field("stem", &on_keys_of_it),
        ),
        (
            CONSORT,
            "part on keys",
            instrument.with_field("stem", &on_keys_of_it),
        ),
        (
            CONSORT,
            "request in progress",
            instrument.asking_for("warm pad", 1),
        ),
        (
            CONSORT,
            "sound in progress",
            instrument.with_field("stem", &asked),
        ),
        (STEMS, "nothing", effect.clone()),
        (STEMS, "part on a kit", effect.with_field("stem", &on_kit)),
        (
            STEMS,
            "part on keys",
            effect.with_field("stem", &on_keys_of_it),
        ),
        (
            STEMS,
            "sound in progress",
            effect.with_field("stem", &asked),
        ),
    ];
    let mut worst = [Duration::ZERO; 2];
    for (id, name, state) in &states {
        let mut times = [false, true].map(|offline| activation(id, state, offline));
        times[0] = times[0].max(activation(id, state, false));
        println!(
            "{:<20} {name:<22} live {:>6.1} ms, offline {:>7.1} ms",
            id.to_string_lossy(),
            times[0].as_secs_f64() * 1e3,
            times[1].as_secs_f64() * 1e3
        );
        worst = [worst[0].max(times[0]), worst[1].max(times[1])];
    }
    println!("at most {:.0?} live, {:.0?} offline", worst[0], worst[1]);
    assert!(worst[0] < LIVE + SLACK, "live: {:?}", worst[0]);
    assert!(worst[1] < OFFLINE + SLACK, "offline: {:?}", worst[1]);
}
