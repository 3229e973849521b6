//! The effect's stem in a VST3 host: its notes at their frames, its sound beside the track's.

use std::time::{Duration, Instant};

use clack_host::prelude::*;
use serde_json::json;

use super::host::Session;
use super::sheet::{KICK, sheet, wanted};
use super::vst3::{STEMS, Vst3};
use super::{Host, Timeline, alone, watched};

const RATE: f64 = 48_000.0;

#[test]
fn the_stem_plays_its_notes_and_its_sound_in_vst3() {
    let _alone = alone();
    // SAFETY: it is the entry that the plugin library exports.
    let entry = unsafe { PluginEntry::load_from_raw(&consort::clap_entry, c"/linked/in") };
    let made = Session::ready(&entry.expect("it loads"), RATE, 512).save();
    let stem = json!({ "sheet": sheet(true), "instrument": made.field("instrument") });
    let mut host = Vst3::open(STEMS, RATE);
    host.load("stem", &stem);
    let violations = watched::violations();
    let begun = Instant::now();
    while host.heard.iter().all(|x| *x == 0.0) {
        assert!(begun.elapsed() < Duration::from_secs(60), "it has no sound");
        let song = Timeline::new(host.now(), (4, 4), 120.0, 0.0, RATE);
        host.play(&song, 24_000, &[512]);
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut notes = 0;
    for sizes in [&[1][..], &[64], &[512], &[8_192], &[512, 1, 441, 8_192, 7]] {
        // From the song's beginning; then, as in a loop, from its third bar again.
        for bar in [0, 2, 2] {
            host.began.clear();
            let now = host.now();
            let song = Timeline::new(now, (4, 4), 118.0, 0.0, RATE).at_bar(bar, 0);
            host.play(&song, 96_000, sizes);
            let wanted = wanted(&song, now, 96_000);
            let found: Vec<u64> = host.began.iter().map(|note| note.0).collect();
            assert_eq!(found, wanted, "blocks of {sizes:?}");
            let keys = host.began.iter().map(|note| (note.1, note.2));
            assert!(keys.eq(wanted.iter().map(|_| (9, i16::from(KICK)))));
            notes += wanted.len();
        }
    }
    println!("{notes} notes in VST3, all at their frames");
    // It ends with the song.
    host.play(&Timeline::stopped(RATE), 96_000, &[512]);
    let loud = |sound: &[f32]| sound.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    let end = host.heard.len() - 4_800;
    assert!(loud(&host.heard[..end]) > 1e-2 && loud(&host.heard[end..]) < 1e-3);
    assert_eq!(watched::violations(), violations, "allocations or frees");
}
