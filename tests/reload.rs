//! A host may unload the plugin's library and load it again, also while work is in flight. ONNX
//! Runtime can be started only once per process, so the library must stay what it was.
//!
//! In a program of its own: the other tests keep the library loaded.

#[path = "host/mod.rs"]
mod host;

use host::{Session, load, note_of};
use std::time::Duration;

#[test]
fn the_library_is_unloaded_and_loaded_again_with_a_job_in_flight() {
    for round in 0..4u64 {
        let entry = load();
        let mut session = Session::open(&entry, 48_000.0, 512);
        let before = session.save();
        assert!(session.load(&before.asking_for("warm cello", round)));
        // Into another stage of the work each time.
        std::thread::sleep(Duration::from_millis(150 * round));
        drop(session);
        drop(entry);
        std::thread::sleep(Duration::from_millis(20));
    }

    let entry = load();
    let mut session = Session::open(&entry, 48_000.0, 512);
    session
        .make("warm cello", 1)
        .expect("the fifth load still makes instruments");
    let sound = session.play(&note_of(60, 0.8, 0, 4_000), 8_000, &[512]);
    assert!(
        sound.peak(0..8_000) > 1e-3,
        "the fifth load still makes instruments"
    );
}
