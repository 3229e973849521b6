//! Closing while the generator works: at once, and nothing is left behind.

use crate::RATE;
use crate::host::{Session, load};
use std::time::{Duration, Instant};

#[test]
fn closing_while_an_instrument_is_made_is_immediate() {
    let entry = load();
    for wait in [0, 5, 50, 200, 600] {
        let mut session = Session::open(&entry, RATE, 512);
        let state = session.save().asking_for("warm cello", wait);
        assert!(session.load(&state));
        std::thread::sleep(Duration::from_millis(wait));
        let began = Instant::now();
        drop(session);
        let took = began.elapsed();
        assert!(
            took < Duration::from_millis(50),
            "{took:?} to close after {wait} ms of work"
        );
    }
}

#[test]
fn a_sample_rate_changed_while_an_instrument_is_made_is_taken_up() {
    let entry = load();
    let mut session = Session::open(&entry, 44_100.0, 512);
    let before = session.save();
    assert!(session.load(&before.asking_for("soft pad", 3)));
    session.play(&[], 512, &[512]);
    session.deactivate();
    session.activate(96_000.0, 64);
    session.wait_for_keys();
    let sound = session.play(&crate::host::note_of(69, 0.8, 0, 48_000), 96_000, &[64]);
    assert!(sound.peak(0..96_000) > 1e-3);
}

#[test]
fn twenty_instances_open_and_close() {
    let entry = load();
    for _ in 0..2 {
        let sessions: Vec<Session> = (0..10).map(|_| Session::open(&entry, RATE, 512)).collect();
        drop(sessions);
    }
}
