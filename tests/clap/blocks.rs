//! The same sound, whatever the block size, and whether the host is in a hurry or not.

use crate::host::{Event, Session, Sound, What, load};
use crate::{RATE, music};

fn played(blocks: &[usize], offline: bool) -> Sound {
    let mut session = Session::ready(&load(), RATE, 8_192);
    session.set_offline(offline);
    let level = session
        .parameters()
        .into_iter()
        .find(|p| p.name == "Level")
        .expect("Level")
        .id;
    let mut events = music();
    // Automation within a block, too.
    events.push(Event::at(30_011, What::Set(level, 0.5)));
    events.push(Event::at(33_333, What::Set(level, 1.0)));
    events.sort_by_key(|event| event.frame);
    session.play(&events, 96_000, blocks)
}

#[test]
fn every_block_size_sounds_the_same() {
    let wanted = played(&[512], false);
    assert!(
        wanted.peak(0..96_000) > 0.01,
        "it is not silence that is compared"
    );
    for blocks in [
        &[1][..],
        &[17],
        &[64],
        &[8_192],
        &[1, 512, 17, 64, 8_192, 3],
    ] {
        let sound = played(blocks, false);
        let differs = sound.first_difference(&wanted);
        assert_eq!(
            differs, None,
            "blocks of {blocks:?} differ from blocks of 512"
        );
    }
}

#[test]
fn an_offline_bounce_is_the_realtime_sound() {
    let realtime = played(&[512], false);
    for blocks in [512, 8_192] {
        let differs = played(&[blocks], true).first_difference(&realtime);
        assert_eq!(differs, None, "offline in blocks of {blocks}");
    }
}
