//! A bounce that begins as soon as the project is open: the host says once that it renders offline, and
//! every key is there.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::vst3_host::handler::Told;
use crate::vst3_host::lists::Note;
use crate::vst3_host::{Block, CONSORT, Plugin, STEMS};
use crate::{INSTRUMENT_STATE, STEMS_STATE, alone, song, unwatched};

#[test]
fn an_offline_render_right_after_loading_has_every_key() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    assert!(plugin.load(INSTRUMENT_STATE));
    let began = Instant::now();
    plugin.activate(48_000.0, 512, true);
    let waited = began.elapsed();
    for key in [21, 40, 60, 80, 108] {
        let mut peak = 0.0_f32;
        for block in 0..40 {
            let on = [Note::on(0, key, 7)];
            let notes = if block == 0 { &on[..] } else { &[] };
            let block = Block {
                notes,
                ..Block::default()
            };
            peak = peak.max(plugin.play(512, &block).peak(0));
        }
        assert!(peak > 1e-4, "key {key}: {peak}");
        let off = Block {
            notes: &[Note::off(0, key, 7)],
            ..Block::default()
        };
        plugin.play(512, &off);
    }
    println!("active after {waited:.2?}");
}

/// Ardour says so with its blocks only.
#[test]
fn a_host_that_says_offline_with_a_block_only_is_understood() {
    // Not under the allocator's watch: such a block activates, and waits.
    let _alone = unwatched();
    for (class, state) in [(CONSORT, INSTRUMENT_STATE), (STEMS, STEMS_STATE)] {
        let plugin = Plugin::create(class);
        assert!(plugin.load(state));
        plugin.activate(48_000.0, 512, false);
        plugin.offline.store(true, Ordering::Relaxed);
        let on = [Note::on(0, 21, 7)];
        let block = Block {
            notes: &on,
            context: Some(song(118.0, 2.0 * BAR)),
            ..Block::default()
        };
        let mut peak = plugin.play(512, &block).peak(0);
        for block in 1..8 {
            let beats = 512.0 * 118.0 / 60.0 / 48_000.0;
            let block = Block {
                context: Some(song(118.0, 2.0 * BAR + f64::from(block) * beats)),
                ..Block::default()
            };
            peak = peak.max(plugin.play(512, &block).peak(0));
        }
        assert!(peak > 1e-4, "{peak}");
        // Back in time, the host is asked to activate it when it can.
        plugin.offline.store(false, Ordering::Relaxed);
        plugin.play(512, &Block::default());
        plugin.save();
        let latency = 1 << 3;
        assert!(plugin.handler.told().contains(&Told::Restart(latency)));
    }
}

/// Else a host that sets up offline and says nothing with its blocks would be asked over and over.
#[test]
fn what_is_set_up_offline_stays_so_whatever_blocks_say() {
    let _alone = alone();
    let plugin = Plugin::create(CONSORT);
    plugin.activate(48_000.0, 512, true);
    plugin.offline.store(false, Ordering::Relaxed);
    plugin.play(512, &Block::default());
    plugin.save();
    let told = plugin.handler.told();
    assert!(!told.contains(&Told::Restart(1 << 3)), "{told:?}");
}

#[test]
fn activation_doesnt_wait_when_nobody_renders_offline() {
    let _alone = alone();
    let mut worst = Duration::ZERO;
    for _ in 0..5 {
        let plugin = Plugin::create(CONSORT);
        assert!(plugin.load(INSTRUMENT_STATE));
        let began = Instant::now();
        plugin.activate(48_000.0, 512, false);
        worst = worst.max(began.elapsed());
    }
    println!("active after {worst:.2?} at most");
    assert!(worst < Duration::from_millis(100));
}

/// Quarter notes; the part begins with the song's third.
const BAR: f64 = 4.0;

/// The part of a project, in both plugins: its notes leave on the drums' channel, its sound from the first
/// block on, and a second bounce is the same to the bit.
#[test]
fn an_offline_render_right_after_loading_has_the_part() {
    let _alone = alone();
    for (class, state) in [(CONSORT, INSTRUMENT_STATE), (STEMS, STEMS_STATE)] {
        let bounce = || {
            let plugin = Plugin::create(class);
            assert!(plugin.load(state));
            let began = Instant::now();
            plugin.activate(48_000.0, 512, true);
            println!("active after {:.2?}", began.elapsed());
            let (mut sound, mut notes) = (Vec::new(), Vec::new());
            let beats = 512.0 * 118.0 / 60.0 / 48_000.0;
            for block in 0..400 {
                let block = Block {
                    context: Some(song(118.0, 2.0 * BAR + f64::from(block) * beats)),
                    ..Block::default()
                };
                let played = plugin.play(512, &block);
                sound.extend(played.outputs[0][0].iter().map(|x| x.to_bits()));
                notes.extend(played.notes);
            }
            (sound, notes)
        };
        let (first, second) = (bounce(), bounce());
        let ons = first
            .1
            .iter()
            .filter(|note| matches!(note, Note::On { channel: 9, .. }));
        assert!(ons.count() > 10, "{:?}", first.1);
        let peak = first.0[..4_096]
            .iter()
            .map(|bits| f32::from_bits(*bits).abs());
        assert!(peak.fold(0.0, f32::max) > 1e-3, "its first hit is there");
        assert!(first == second, "a second bounce is the same");
    }
}
