//! Projects of before open, and come back as they were; damaged ones harm nothing.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vst3::Steinberg::Vst::IEditControllerTrait;
use vst3::Steinberg::kResultOk;

use crate::dice::Dice;
use crate::host::State;
use crate::vst3_host::handler::Told;
use crate::vst3_host::lists::Note;
use crate::vst3_host::{Block, CONSORT, Plugin, STEMS};
use crate::{INSTRUMENT_STATE, STEMS_STATE, alone};

const RATE: f64 = 48_000.0;

/// What a state says, fields read: they are JSON in text, and instruments text in that.
fn read(state: &[u8]) -> Value {
    let mut state: Value = serde_json::from_slice(state).expect("JSON");
    for field in state["fields"]
        .as_object_mut()
        .expect("fields")
        .values_mut()
    {
        let text = field.as_str().expect("text").to_owned();
        *field = serde_json::from_str(&text).expect("JSON");
    }
    state
}

#[test]
fn projects_of_before_open_and_are_saved_as_they_were() {
    let _alone = alone();
    for (class, golden) in [(CONSORT, INSTRUMENT_STATE), (STEMS, STEMS_STATE)] {
        let plugin = Plugin::create(class);
        assert!(plugin.load(golden));
        let (before, mut now) = (read(golden), read(&plugin.save()));
        // Parameters that came later stand where they stand by themselves.
        let known = before["params"].as_object().expect("parameters");
        let all = now["params"].as_object_mut().expect("parameters");
        all.retain(|id, _| known.contains_key(id));
        assert_eq!(before, now);
        // The framework puts eight bytes of length before them in CLAP; nothing else differs.
        let clap = State::from_json(&before);
        assert_eq!(
            clap.bytes().len() - 8,
            serde_json::to_vec(&before).expect("JSON").len()
        );
    }
}

/// The state with some fields in the place of its own.
fn with_fields(state: &[u8], fields: &Value) -> Vec<u8> {
    let mut state: Value = serde_json::from_slice(state).expect("JSON");
    for (name, field) in fields.as_object().expect("fields") {
        state["fields"][name] = field.to_string().into();
    }
    serde_json::to_vec(&state).expect("JSON")
}

/// A later version may write what this one can't read.
#[test]
fn what_cannot_be_read_is_saved_as_it_came() {
    let _alone = alone();
    let shared = json!({
        "song": { "heard": { "told": 3 }, "listen": false, "bars": 4 },
        "stem": { "sheet": { "pace": "slow" }, "instrument": 3 },
        "window": { "points": [1100, 800] },
    });
    let mut all = shared.clone();
    all["instrument"] = json!({ "partials": 3 });
    all["request"] = json!({ "words": ["warm", "cello"] });
    let part: Value = read(STEMS_STATE)["fields"]["stem"].clone();
    let mut soundless = shared.clone();
    soundless["stem"] = json!({ "sheet": part["sheet"], "instrument": "QUJD", "asked": 3 });
    for (class, golden, fields) in [
        (CONSORT, INSTRUMENT_STATE, all),
        (STEMS, STEMS_STATE, shared),
        (STEMS, STEMS_STATE, soundless),
    ] {
        let plugin = Plugin::create(class);
        let is_kept = |when: &str| {
            let saved = read(&plugin.save());
            for (name, field) in fields.as_object().expect("fields") {
                assert_eq!(&saved["fields"][name], field, "{name}, {when}");
            }
        };
        assert!(plugin.load(&with_fields(golden, &fields)));
        is_kept("loaded");
        plugin.activate(RATE, 512, false);
        for _ in 0..20 {
            plugin.play(512, &Block::default());
        }
        is_kept("played");
        assert!(plugin.load(golden));
        let now = read(&plugin.save());
        assert_eq!(now["fields"]["stem"], read(golden)["fields"]["stem"]);
    }
}

/// Whatever goes on besides when the request fails: what plays is rendered, blocks are played, the host
/// saves.
#[test]
fn a_request_that_fails_is_saved_with_its_reason() {
    let _alone = alone();
    let request = json!({ "prompt": "x", "sound": { "path": "/nonexistent.wav" }, "more": 1 });
    let fields = json!({ "request": request });
    for turn in 0..12 {
        let plugin = Plugin::create(CONSORT);
        if turn % 3 == 0 {
            plugin.activate(RATE, 512, false);
        }
        assert!(plugin.load(&with_fields(INSTRUMENT_STATE, &fields)));
        if turn % 3 == 1 {
            plugin.activate(RATE, 512, false);
        }
        let begun = Instant::now();
        let failed = loop {
            let mut saved = read(&plugin.save())["fields"]["request"].clone();
            let fields = saved.as_object_mut().expect("it is kept");
            let why = fields.remove("failed");
            assert_eq!(saved, request);
            if let Some(why) = why {
                break why;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "it never fails");
            std::thread::sleep(Duration::from_millis(1 + turn));
        };
        assert!(
            failed.as_str().expect("text").contains("nonexistent"),
            "{failed}"
        );
        if turn % 3 == 2 {
            plugin.activate(RATE, 512, false);
        }
        std::thread::sleep(Duration::from_millis(300));
        let saved = plugin.save();
        assert_eq!(read(&saved)["fields"]["request"]["failed"], failed);
        let other = Plugin::create(CONSORT);
        assert!(other.load(&saved));
        assert_eq!(read(&other.save()), read(&saved), "once more");
    }
}

#[test]
fn the_instrument_of_a_project_of_before_sounds() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    assert!(plugin.load(INSTRUMENT_STATE));
    plugin.activate(RATE, 512, true);
    let on = [Note::on(0, 60, 1)];
    let block = Block {
        notes: &on,
        ..Block::default()
    };
    let mut peak = plugin.play(512, &block).peak(0);
    for _ in 0..20 {
        peak = peak.max(plugin.play(512, &Block::default()).peak(0));
    }
    assert!(peak > 1e-3, "{peak}");
}

#[test]
fn a_loaded_state_is_told_on_the_main_thread() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    assert!(plugin.load(INSTRUMENT_STATE));
    let told = plugin.handler.told();
    let values = 4; // kParamValuesChanged
    assert!(told.contains(&Told::Restart(values)), "{told:?}");
    assert_eq!(plugin.handler.elsewhere(), 0);
    let level = plugin.parameters()[0].id;
    // SAFETY: as VST3 has it.
    let value = unsafe { plugin.controller.getParamNormalized(level) };
    assert!(value > 0.0 && value < 1.0);
}

/// Bytes changed, cut and put in: each is taken up or refused, and what was there goes on.
#[test]
fn damaged_states_harm_nothing() {
    let _alone = alone();
    let mut dice = Dice(11);
    let mut refused = 0;
    for (class, golden) in [(CONSORT, INSTRUMENT_STATE), (STEMS, STEMS_STATE)] {
        let plugin = Plugin::create(class);
        assert!(plugin.load(golden));
        plugin.activate(RATE, 512, false);
        for turn in 0..125 {
            let mut damaged = golden.to_vec();
            for _ in 0..=dice.below(4) {
                let at = dice.below(damaged.len() as u64) as usize;
                match dice.below(4) {
                    0 => damaged.truncate(at),
                    1 => damaged.insert(at, dice.below(256) as u8),
                    2 => damaged.extend_from_within(..at),
                    _ => damaged[at] = dice.below(256) as u8,
                }
                if damaged.is_empty() {
                    break;
                }
            }
            refused += usize::from(!plugin.load(&damaged));
            if turn % 5 == 0 {
                let played = plugin.play(512, &Block::default());
                let finite = played
                    .outputs
                    .iter()
                    .flatten()
                    .flatten()
                    .all(|x| x.is_finite());
                assert!(played.result == kResultOk && finite);
            }
            read(&plugin.save());
        }
        for nothing in [&b""[..], b"{}", b"null", b"[1,2]", &[0; 64], &[0xff; 9]] {
            plugin.load(nothing);
        }
        assert!(plugin.load(golden), "a sound one is still taken up");
    }
    println!("250 damaged states: {refused} refused");
}
