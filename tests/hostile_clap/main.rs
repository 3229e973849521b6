//! The CLAP plugin in a host that does what hosts shouldn't: buffers left out or null, events out of order
//! and beyond the block, nonsense for numbers, damaged states, instances by the dozen. It speaks CLAP's own
//! structs, for a well-made host library keeps one from all this. The same in VST3: `tests/vst3`.
#![cfg(target_os = "linux")]

#[path = "../dice/mod.rs"]
mod dice;
mod numbers;
mod outputs;
mod raw;

use std::ptr::{null, null_mut};
use std::time::Instant;

use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process_status};
use dice::Dice;
use raw::{Event, Plugin, Ports};

const CONSORT: &std::ffi::CStr = c"org.consort.consort";
const STEMS: &std::ffi::CStr = c"org.consort.stems";
const RATE: f64 = 48_000.0;
const FRAMES: usize = 512;

/// A project of the instrument, and one of the effect with a part, as VST3 has them.
const STATES: [(&std::ffi::CStr, &[u8]); 2] = [
    (
        CONSORT,
        include_bytes!("../data/states/instrument.vst3.json"),
    ),
    (STEMS, include_bytes!("../data/states/stems.vst3.json")),
];

fn opened(id: &std::ffi::CStr, state: &[u8]) -> Plugin {
    let mut plugin = Plugin::create(id);
    assert!(plugin.load_json(state));
    plugin.activate(RATE, FRAMES as u32);
    plugin
}

fn is_fine(status: clap_process_status) -> bool {
    status != CLAP_PROCESS_ERROR
}

#[test]
fn every_rate_and_block_size_plays() {
    for (id, state) in STATES {
        let mut plugin = Plugin::create(id);
        assert!(plugin.load_json(state));
        for rate in [8_000.0, 22_050.0, 44_100.0, 96_000.0, 192_000.0, 384_000.0] {
            plugin.activate(rate, 8_192);
            for frames in [1, 2, 63, 64, 441, 8_191, 8_192, 1] {
                let mut ports = Ports::new(&plugin, frames);
                let on = [Event::on(frames as u32 / 2, 60)];
                assert!(is_fine(plugin.process(
                    frames as u32,
                    &on,
                    None,
                    &mut ports
                )));
                assert!(
                    ports
                        .outputs
                        .iter()
                        .flatten()
                        .flatten()
                        .all(|x| x.is_finite())
                );
            }
            plugin.deactivate();
        }
    }
}

#[test]
fn buffers_that_are_left_out_are_silence() {
    for (id, state) in STATES {
        let mut plugin = opened(id, state);
        let on = [Event::on(0, 60)];
        // No inputs, no outputs, neither; counted as none, or null though counted.
        for (ins, outs) in [(true, false), (false, true), (false, false)] {
            for null in [false, true] {
                let mut ports = Ports::new(&plugin, FRAMES);
                ports.leave_out(ins, outs, null);
                plugin.process(FRAMES as u32, &on, None, &mut ports);
            }
        }
        // Channels that are null.
        let mut ports = Ports::new(&plugin, FRAMES);
        ports.null_channels();
        plugin.process(FRAMES as u32, &on, None, &mut ports);
        let mut ports = Ports::new(&plugin, FRAMES);
        assert!(
            is_fine(plugin.process(FRAMES as u32, &on, None, &mut ports)),
            "it plays on"
        );
    }
}

#[test]
fn a_longer_block_than_was_announced_takes_nothing_down() {
    for (id, state) in STATES {
        let mut plugin = opened(id, state);
        let mut ports = Ports::new(&plugin, 4 * FRAMES);
        plugin.process(4 * FRAMES as u32, &[Event::on(0, 60)], None, &mut ports);
        let mut ports = Ports::new(&plugin, FRAMES);
        assert!(
            is_fine(plugin.process(FRAMES as u32, &[], None, &mut ports)),
            "it plays on"
        );
    }
}

#[test]
fn events_out_of_order_beyond_the_block_and_of_nonsense_are_survived() {
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -1.0,
        1e300,
        0.0,
        2.0,
    ];
    let mut dice = Dice(3);
    for (id, state) in STATES {
        let mut plugin = opened(id, state);
        let ids = plugin.parameters();
        let mut worst = 0.0_f64;
        for turn in 0..400 {
            let mut events = Vec::new();
            for _ in 0..24 {
                let time = [0, 100, 511, 512, 5_000, u32::MAX][dice.below(6) as usize];
                let value = match dice.below(3) {
                    0 => odd[dice.below(7) as usize],
                    _ => dice.unit(),
                };
                let key = dice.below(300) as i16 - 80;
                events.push(match dice.below(5) {
                    0 => Event::on(time, key),
                    1 => Event::off(time, key),
                    2 => Event::parameter(time, dice.below(1 << 32) as u32, value),
                    3 => Event::express(time, dice.below(9) as i32, key, value),
                    _ => Event::parameter(time, ids[dice.below(ids.len() as u64) as usize], value),
                });
            }
            let mut song = raw::song(120.0, 1.0);
            song.tempo = odd[dice.below(7) as usize] * 100.0;
            song.song_pos_beats =
                (dice.below(u64::MAX) as i64).wrapping_mul(if turn % 2 == 0 { 1 } else { -1 });
            song.bar_start = dice.below(u64::MAX) as i64;
            song.tsig_num = dice.below(1 << 16) as u16;
            song.tsig_denom = dice.below(1 << 16) as u16;
            song.flags = dice.below(1 << 10) as u32;
            let mut ports = Ports::new(&plugin, FRAMES);
            if turn % 7 == 3 {
                for x in ports.inputs.iter_mut().flatten().flatten() {
                    *x = [f32::NAN, f32::INFINITY, 1e-40, 1.0][dice.below(4) as usize];
                }
            }
            let began = Instant::now();
            let status = plugin.process(FRAMES as u32, &events, Some(&song), &mut ports);
            worst = worst.max(began.elapsed().as_secs_f64());
            assert!(is_fine(status));
        }
        println!(
            "400 blocks of nonsense: the slowest took {:.1} ms",
            1e3 * worst
        );
        assert!(worst < 1.0, "{worst} s");
    }
}

#[test]
fn damaged_states_harm_nothing() {
    let mut dice = Dice(17);
    let mut refused = 0;
    for (id, state) in STATES {
        let mut plugin = opened(id, state);
        let mut whole = (state.len() as u64).to_le_bytes().to_vec();
        whole.extend_from_slice(state);
        for turn in 0..125 {
            let mut damaged = whole.clone();
            for _ in 0..=dice.below(4) {
                let at = dice.below(damaged.len() as u64) as usize;
                match dice.below(4) {
                    0 => damaged.truncate(at.max(1)),
                    1 => damaged.insert(at, dice.below(256) as u8),
                    2 => damaged.extend_from_within(..at),
                    _ => damaged[at] = dice.below(256) as u8,
                }
            }
            refused += usize::from(!plugin.load(&damaged));
            if turn % 5 == 0 {
                let mut ports = Ports::new(&plugin, FRAMES);
                assert!(is_fine(plugin.process(
                    FRAMES as u32,
                    &[],
                    None,
                    &mut ports
                )));
            }
        }
        assert!(plugin.load(&whole), "a sound one is still taken up");
    }
    println!("250 damaged states: {refused} refused");
}

#[test]
fn sixty_four_instances_play_and_five_hundred_come_and_go() {
    let mut all: Vec<Plugin> = (0..64)
        .map(|at| Plugin::create([CONSORT, STEMS][at % 2]))
        .collect();
    for plugin in &mut all {
        plugin.activate(RATE, FRAMES as u32);
        let mut ports = Ports::new(plugin, FRAMES);
        assert!(is_fine(plugin.process(
            FRAMES as u32,
            &[],
            None,
            &mut ports
        )));
    }
    drop(all);
    for turn in 0..500 {
        let (id, state) = STATES[turn % 2];
        let mut plugin = Plugin::create(id);
        if turn % 4 < 2 {
            assert!(plugin.load_json(state));
        }
        if turn % 3 == 0 {
            plugin.activate(RATE, FRAMES as u32);
        }
    }
}

#[test]
fn what_no_plugin_is_asked_is_refused() {
    assert!(!raw::makes(c"org.nobody.nothing"));
    assert!(raw::factory_of(c"clap.nothing").is_null());
    let mut plugin = Plugin::create(CONSORT);
    plugin.activate(RATE, FRAMES as u32);
    let mut ports = Ports::new(&plugin, FRAMES);
    ports.list = (null(), null_mut());
    assert!(
        is_fine(plugin.process_bare(FRAMES as u32, &mut ports)),
        "without lists of events"
    );
}
