//! Projects of before open, and come back as they were; damaged ones harm nothing.

use serde_json::Value;
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
