//! A bounce that begins as soon as the project is open: the host says once that it renders offline, and
//! every key is there.

use std::time::{Duration, Instant};

use crate::vst3_host::lists::Note;
use crate::vst3_host::{Block, CONSORT, Plugin};
use crate::{INSTRUMENT_STATE, alone};

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
