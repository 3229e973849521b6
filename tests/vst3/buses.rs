//! Buses that a host leaves out, switches off, or lies about.

use std::ptr::null_mut;

use vst3::Steinberg::Vst::{
    BusInfo, BusInfo_::BusFlags_, IAudioProcessorTrait, IComponentTrait, SpeakerArr,
};
use vst3::Steinberg::{kInvalidArgument, kResultFalse, kResultOk};

use crate::vst3_host::lists::Note;
use crate::vst3_host::{Block, CONSORT, Plugin, STEMS, bus, text};
use crate::{INSTRUMENT_STATE, alone};

const RATE: f64 = 48_000.0;
const FRAMES: usize = 512;

fn playing() -> Plugin {
    let plugin = Plugin::create(CONSORT);
    assert!(plugin.load(INSTRUMENT_STATE));
    plugin.activate(RATE, FRAMES, true);
    plugin
}

fn info(plugin: &Plugin, kind: i32, direction: i32, index: i32) -> Option<BusInfo> {
    // SAFETY: as VST3 has it.
    unsafe {
        let mut info = std::mem::zeroed();
        let found = plugin
            .component
            .getBusInfo(kind, direction, index, &mut info);
        (found == kResultOk).then_some(info)
    }
}

#[test]
fn the_buses_are_listed_and_only_the_usual_ones_are_on() {
    let _alone = alone();
    for (class, ins, notes_in) in [(CONSORT, &["Sidechain"][..], 1), (STEMS, &["Track"], 0)] {
        let plugin = Plugin::create(class);
        // SAFETY: no pointers.
        let count = |kind, direction| unsafe { plugin.component.getBusCount(kind, direction) };
        assert_eq!(count(0, 0), ins.len() as i32);
        for (index, name) in ins.iter().enumerate() {
            let input = info(&plugin, 0, 0, index as i32).expect("it is there");
            assert_eq!((text(&input.name).as_str(), input.channelCount), (*name, 2));
        }
        let main = info(&plugin, 0, 1, 0).expect("it is there");
        assert_eq!((main.channelCount, main.flags), (2, 1));
        for index in 1..count(0, 1) {
            let separate = info(&plugin, 0, 1, index).expect("it is there");
            let usual = separate.flags & BusFlags_::kDefaultActive;
            assert_eq!((separate.channelCount, usual), (2, 0), "off by default");
        }
        assert_eq!((count(1, 0), count(1, 1)), (notes_in, 1));
        for (kind, direction, index) in [(0, 0, 9), (0, 1, -1), (1, 1, 1), (2, 0, 0), (0, 2, 0)] {
            assert!(info(&plugin, kind, direction, index).is_none());
            // SAFETY: no pointers.
            let on = unsafe { plugin.component.activateBus(kind, direction, index, 1) };
            assert_eq!(on, kInvalidArgument);
        }
        // SAFETY: no pointers.
        let outs = count(0, 1) as usize;
        let mut stereo = vec![SpeakerArr::kStereo; outs.max(ins.len())];
        let mut mono = vec![SpeakerArr::kMono; outs.max(ins.len())];
        let (ins, outs) = (ins.len() as i32, outs as i32);
        // SAFETY: there are as many as it is told.
        unsafe {
            let arrange = |i: &mut [u64], n, o: *mut u64, m| {
                plugin.processor.setBusArrangements(i.as_mut_ptr(), n, o, m)
            };
            let mut both = stereo.clone();
            let all = stereo.as_mut_ptr();
            assert_eq!(arrange(&mut both, ins, all, outs), kResultOk);
            assert_eq!(arrange(&mut mono, ins, all, outs), kResultFalse);
            assert_eq!(arrange(&mut both, ins - 1, all, outs), kResultFalse);
            assert_eq!(arrange(&mut both, ins, all, -1), kResultFalse);
            assert_eq!(arrange(&mut both, ins, null_mut(), outs), kResultFalse);
        }
    }
}

#[test]
fn what_a_host_leaves_out_is_silence() {
    let _alone = alone();
    let plugin = playing();
    let on = [Note::on(0, 60, 1)];
    let block = Block {
        notes: &on,
        ..Block::default()
    };
    let (mut left, mut right) = ([0.0_f32; FRAMES], [0.0_f32; FRAMES]);
    let mut sides = [left.as_mut_ptr(), right.as_mut_ptr()];
    let mut half = [left.as_mut_ptr(), null_mut()];
    let there = bus(sides.as_mut_ptr(), 2);
    let frames = FRAMES as i32;
    for (mut ins, mut outs) in [
        (vec![], vec![there]),
        (vec![bus(null_mut(), 0)], vec![there]),
        (vec![bus(null_mut(), 2)], vec![there]),
        (vec![there], vec![bus(half.as_mut_ptr(), 2)]),
        (vec![there], vec![bus(half.as_mut_ptr(), 1)]),
        (vec![there], vec![bus(null_mut(), 0)]),
        (vec![there], vec![]),
        (vec![], vec![]),
        // More than there are.
        (vec![there; 3], vec![there; 20]),
    ] {
        let (result, _) = plugin.process(frames, &block, &mut ins, &mut outs);
        assert_eq!(result, kResultOk);
    }
    assert!(plugin.play(FRAMES, &block).peak(0) > 1e-4, "it plays on");
}

#[test]
fn a_bus_that_is_off_gets_nothing_written() {
    let _alone = alone();
    let plugin = playing();
    let on = [Note::on(0, 60, 1)];
    let block = Block {
        notes: &on,
        ..Block::default()
    };
    let mut sides = [vec![7.0_f32; FRAMES], vec![7.0_f32; FRAMES]];
    let mut pointers = sides.each_mut().map(|side| side.as_mut_ptr());
    // SAFETY: no pointers.
    unsafe { plugin.component.activateBus(0, 1, 0, 0) };
    let mut outs = [bus(pointers.as_mut_ptr(), 2)];
    let (result, _) = plugin.process(FRAMES as i32, &block, &mut [], &mut outs);
    assert_eq!(result, kResultOk);
    assert!(sides.iter().flatten().all(|x| *x == 7.0));
    // SAFETY: as above.
    unsafe { plugin.component.activateBus(0, 1, 0, 1) };
    assert!(plugin.play(FRAMES, &block).peak(0) > 1e-4);
}
