//! Separate outputs: listed always, off by default, played only where the host and the user ask for them;
//! no sound is lost, and who doesn't ask hears what there was before.

use base64::Engine as _;
use serde_json::{Value, json};
use vst3::Steinberg::Vst::{IAudioProcessorTrait, IComponentTrait, SpeakerArr};
use vst3::Steinberg::kResultOk;

use crate::vst3_host::lists::Note;
use crate::vst3_host::{Block, CONSORT, Plugin, bus, text};
use crate::{INSTRUMENT_STATE, STEMS_STATE, alone, song};

const KIT: &[u8] = include_bytes!("../../plugin-assets/factory/tight-70s-funk-kit.consort");
const RATE: f64 = 48_000.0;
const FRAMES: usize = 512;
const NAMES: [&str; 16] = [
    "Output",
    "Kick",
    "Snare",
    "Stick and clap",
    "Closed hat",
    "Open hat",
    "Low tom",
    "High tom",
    "Crash",
    "Ride",
    "Shaker",
    "Hand drum",
    "Bell",
    "Bass",
    "Chords",
    "Lead",
];
/// A key for each piece.
const KEYS: [i16; 12] = [35, 40, 39, 44, 46, 41, 50, 57, 59, 54, 64, 76];
/// All separate ones; bit *n* is bus *n*.
const ALL: u32 = 0xFFFE;

/// Output after output: left, right.
type Sides = Vec<[Vec<f32>; 2]>;

/// A project with a kit for its instrument.
fn kit(separate: bool) -> Value {
    let mut state: Value = serde_json::from_slice(INSTRUMENT_STATE).expect("JSON");
    let kit = base64::engine::general_purpose::STANDARD.encode(KIT);
    state["fields"]["instrument"] = Value::from(Value::from(kit).to_string());
    state["fields"]
        .as_object_mut()
        .expect("fields")
        .remove("stem");
    state["params"]["outs"] = json!({ "bool": separate });
    for (id, value) in [("level", 1.0), ("width", 1.0), ("tone", 20_000.0)] {
        state["params"][id] = json!({ "f32": value });
    }
    state
}

/// A project with a drum part and its kit, and an instrument that isn't one.
fn part(separate: bool) -> Value {
    let mut state: Value = serde_json::from_slice(INSTRUMENT_STATE).expect("JSON");
    let stems: Value = serde_json::from_slice(STEMS_STATE).expect("JSON");
    state["fields"]["stem"] = stems["fields"]["stem"].clone();
    state["params"]["outs"] = json!({ "bool": separate });
    state
}

/// Active for a bounce, with these buses on.
fn open(state: &Value, on: u32) -> Plugin {
    let plugin = Plugin::create(CONSORT);
    assert!(plugin.load(&serde_json::to_vec(state).expect("JSON")));
    switch(&plugin, on);
    plugin.activate(RATE, FRAMES, true);
    plugin
}

fn switch(plugin: &Plugin, on: u32) {
    for index in 1..NAMES.len() as i32 {
        let state = (on >> index & 1) as u8;
        // SAFETY: no pointers.
        let done = unsafe { plugin.component.activateBus(0, 1, index, state) };
        assert_eq!(done, kResultOk);
    }
}

fn beats(block: usize) -> f64 {
    (block * FRAMES) as f64 / 24_000.0
}

/// All that leaves in so many blocks of a song, the notes of which are given by block.
fn play(plugin: &Plugin, blocks: usize, notes: impl Fn(usize) -> Vec<Note>) -> Sides {
    let mut all: Sides = vec![Default::default(); NAMES.len()];
    for at in 0..blocks {
        let block = Block {
            notes: &notes(at),
            context: Some(song(120.0, beats(at))),
            ..Block::default()
        };
        let played = plugin.play(FRAMES, &block);
        assert_eq!(played.result, kResultOk);
        for (all, played) in all.iter_mut().zip(played.outputs) {
            for (all, played) in all.iter_mut().zip(played) {
                all.extend(played);
            }
        }
    }
    all
}

fn peak(output: &[Vec<f32>; 2]) -> f32 {
    let samples = output.iter().flatten();
    samples.fold(0.0, |peak, x| peak.max(x.abs()))
}

/// The farthest that the sum of all outputs is from the main one of `whole`.
fn apart(outputs: &Sides, whole: &Sides) -> f32 {
    let mut farthest = 0.0_f32;
    for side in 0..2 {
        for (at, whole) in whole[0][side].iter().enumerate() {
            let sum: f32 = outputs.iter().map(|output| output[side][at]).sum();
            farthest = farthest.max((sum - whole).abs());
        }
    }
    farthest
}

/// A stroke of each piece, one after the other.
fn strokes(block: usize) -> Vec<Note> {
    match KEYS.get(block / 4) {
        Some(key) if block.is_multiple_of(4) => vec![Note::on(block as i32, *key, *key as i32)],
        _ => Vec::new(),
    }
}

#[test]
fn they_are_listed_with_names_and_may_be_asked_for_as_off() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    // SAFETY: as VST3 has it.
    unsafe {
        assert_eq!(plugin.component.getBusCount(0, 1), NAMES.len() as i32);
        for (index, name) in NAMES.iter().enumerate() {
            let mut info = std::mem::zeroed();
            let index = index as i32;
            assert_eq!(plugin.component.getBusInfo(0, 1, index, &mut info), 0);
            let (is_aux, usual) = (i32::from(index > 0), u32::from(index == 0));
            assert_eq!(text(&info.name), *name);
            assert_eq!(
                (info.busType, info.flags, info.channelCount),
                (is_aux, usual, 2)
            );
        }
        let mut ins = [SpeakerArr::kStereo];
        let mut outs = [SpeakerArr::kEmpty; 16];
        let mut ask = |outs: &mut [u64; 16]| {
            let outs = outs.as_mut_ptr();
            let ins = ins.as_mut_ptr();
            plugin.processor.setBusArrangements(ins, 1, outs, 16) == kResultOk
        };
        assert!(!ask(&mut outs), "the main one is never off");
        outs[0] = SpeakerArr::kStereo;
        assert!(ask(&mut outs));
        outs[3] = SpeakerArr::kMono;
        assert!(!ask(&mut outs));
    }
}

#[test]
fn each_piece_of_a_kit_leaves_on_its_own() {
    let _alone = alone();
    let plugin = open(&kit(true), ALL);
    for (at, key) in KEYS.into_iter().enumerate() {
        let outputs = play(&plugin, 8, |block| match block {
            0 => vec![Note::on(3, key, 1)],
            1 => vec![Note::off(3, key, 1)],
            _ => Vec::new(),
        });
        for (index, output) in outputs.iter().enumerate() {
            assert_eq!(peak(output) > 1e-3, index == at + 1, "key {key}: {index}");
        }
        // What is struck next mustn't hear what rings on.
        // SAFETY: no pointers.
        unsafe {
            plugin.processor.setProcessing(0);
            plugin.processor.setProcessing(1);
        }
    }
}

#[test]
fn nothing_is_lost_whatever_is_on_and_what_is_off_is_not_written() {
    let _alone = alone();
    let whole = play(&open(&kit(false), 0), 60, strokes);
    assert!(peak(&whole[0]) > 0.05 && peak(&whole[0]) < 0.89);
    for on in [ALL, 1 << 1, 1 << 2 | 1 << 4, 1 << 15, 0] {
        let plugin = open(&kit(true), on);
        let outputs = play(&plugin, 60, strokes);
        let farthest = apart(&outputs, &whole);
        assert!(farthest < 2e-6, "{on:x}: {farthest}");
        for (index, output) in outputs.iter().enumerate().skip(1) {
            let sounds = on >> index & 1 != 0 && index <= KEYS.len();
            assert_eq!(peak(output) > 1e-3, sounds, "{on:x}: {index}");
        }
    }
    // Nor if a host hands buffers of buses over that are off, or only half of one.
    let plugin = open(&kit(true), 1 << 1 | 1 << 2);
    let mut sides = vec![[vec![7.0_f32; FRAMES], vec![7.0_f32; FRAMES]]; NAMES.len()];
    let mut pointers: Vec<_> = sides
        .iter_mut()
        .map(|bus| bus.each_mut().map(|side| side.as_mut_ptr()))
        .collect();
    let mut outs: Vec<_> = pointers
        .iter_mut()
        .map(|of| bus(of.as_mut_ptr(), 2))
        .collect();
    outs[2].numChannels = 1;
    let notes = [Note::on(0, 36, 1), Note::on(0, 38, 2), Note::on(0, 42, 3)];
    let block = Block {
        notes: &notes,
        ..Block::default()
    };
    let (result, _) = plugin.process(FRAMES as i32, &block, &mut [], &mut outs);
    assert_eq!(result, kResultOk);
    let is = |side: &[f32], value: f32| side.iter().all(|x| *x == value);
    assert!(is(&sides[2][0], 0.0) && is(&sides[2][1], 7.0), "half a bus");
    assert!(sides[3..].iter().flatten().all(|side| is(side, 7.0)));
    assert!(peak(&sides[1]) < 1.0 && peak(&sides[1]) > 1e-2);
    let all = play(&open(&kit(true), 0), 1, |_| notes.to_vec());
    let sum = sides[0][1].iter().zip(&sides[1][1]).map(|(x, y)| x + y);
    let farthest = sum.zip(&all[0][1]).map(|(x, y)| (x - y).abs());
    assert!(farthest.fold(0.0, f32::max) < 2e-6, "its snare is in main");
}

#[test]
fn until_the_user_asks_all_is_on_the_main_one_to_the_bit() {
    let _alone = alone();
    // Loud, so that the limiter has work, also with what nobody listens to elsewhere.
    let loud = |separate| {
        let mut state = kit(separate);
        state["params"]["level"] = json!({ "f32": 4.0 });
        state
    };
    let chord = |block: usize| match block % 10 {
        0 => [36, 38, 42, 49]
            .map(|key| Note::on(5, key, key.into()))
            .to_vec(),
        _ => Vec::new(),
    };
    let whole = play(&open(&loud(false), 0), 60, chord);
    let highest = peak(&whole[0]);
    assert!(highest > 0.8 && highest < 0.95, "limited: {highest}");
    for (separate, on) in [(false, ALL), (true, 0), (true, 1 << 13)] {
        let outputs = play(&open(&loud(separate), on), 60, chord);
        assert!(outputs[0] == whole[0], "{separate} {on:x}");
        assert!(outputs[1..].iter().all(|output| peak(output) == 0.0));
    }
    // A state of before has no such parameter: it is off, whatever the instance had.
    let plugin = open(&loud(true), ALL);
    plugin.deactivate();
    let mut before = loud(false);
    before["params"]
        .as_object_mut()
        .expect("one")
        .remove("outs");
    assert!(plugin.load(&serde_json::to_vec(&before).expect("JSON")));
    plugin.activate(RATE, FRAMES, true);
    let outputs = play(&plugin, 60, chord);
    assert!(outputs[0] == whole[0]);
}

#[test]
fn a_drum_part_leaves_piece_by_piece_and_the_instrument_on_the_main_one() {
    let _alone = alone();
    let key = |block| match block {
        2 => vec![Note::on(0, 60, 1)],
        _ => Vec::new(),
    };
    let whole = play(&open(&part(false), 0), 400, key);
    let plugin = open(&part(true), ALL);
    let outputs = play(&plugin, 400, key);
    let sounding: Vec<&str> = (1..NAMES.len())
        .filter(|at| peak(&outputs[*at]) > 1e-3)
        .map(|at| NAMES[at])
        .collect();
    println!("the part's pieces: {sounding:?}");
    assert!(sounding.len() >= 2 && sounding.contains(&"Kick"));
    assert!(!sounding.contains(&"Bass"));
    assert!(peak(&outputs[0]) > 1e-3, "the instrument");
    let farthest = apart(&outputs, &whole);
    assert!(farthest < 2e-6, "{farthest}");
}

#[test]
fn a_part_of_another_kind_leaves_on_its_kinds() {
    let _alone = alone();
    for (kind, name) in [("bass", "Bass"), ("strings", "Chords"), ("lead", "Lead")] {
        let mut state = part(true);
        let stem = state["fields"]["stem"].as_str().expect("text");
        let mut stem: Value = serde_json::from_str(stem).expect("JSON");
        stem["sheet"]["kind"] = Value::from(kind);
        state["fields"]["stem"] = Value::from(stem.to_string());
        let outputs = play(&open(&state, ALL), 200, |_| Vec::new());
        for (index, output) in outputs.iter().enumerate() {
            assert_eq!(peak(output) > 1e-3, NAMES[index] == name, "{kind}: {index}");
        }
    }
}

#[test]
fn a_bus_that_is_switched_on_later_is_silent_until_the_next_activation() {
    let _alone = alone();
    let plugin = open(&kit(true), 0);
    let kick = |block: usize| match block {
        0 => vec![Note::on(0, 36, 1)],
        _ => Vec::new(),
    };
    switch(&plugin, ALL);
    let outputs = play(&plugin, 4, kick);
    assert!(peak(&outputs[0]) > 1e-2);
    assert!(outputs[1..].iter().all(|output| peak(output) == 0.0));
    plugin.deactivate();
    plugin.activate(RATE, FRAMES, true);
    let outputs = play(&plugin, 4, kick);
    assert!(peak(&outputs[0]) == 0.0 && peak(&outputs[1]) > 1e-2);
    // And off again while it plays: its sound goes on in the main one.
    switch(&plugin, 0);
    let outputs = play(&plugin, 4, kick);
    assert!(peak(&outputs[0]) > 1e-2 && peak(&outputs[1]) == 0.0);
}

/// Prints what a block costs: with nothing separate, and with everything.
#[test]
fn separate_outputs_cost_little_and_nothing_where_they_are_off() {
    let _alone = alone();
    for (what, separate, on) in [
        ("plain", false, 0),
        ("asked for, no bus on", true, 0),
        ("all buses on, not asked for", false, ALL),
        ("all separate", true, ALL),
    ] {
        let plugin = open(&kit(separate), on);
        let mut blocks: Vec<f64> = (0..3_000)
            .map(|at| {
                let key = KEYS[at % KEYS.len()];
                let on = [Note::on(0, key, key.into())];
                let block = Block {
                    notes: if at.is_multiple_of(2) { &on } else { &[] },
                    ..Block::default()
                };
                let began = std::time::Instant::now();
                plugin.play(FRAMES, &block);
                began.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        blocks.sort_by(f64::total_cmp);
        println!("measured block of 512, {what}, us: {:.1}", blocks[1_500]);
    }
}
