//! A sound is dropped into the window and becomes the instrument.

use std::f64::consts::TAU;

use crate::embedded::{close, open, run_until};
use crate::host::{Session, load, note_of};
use crate::parent::Parent;
use crate::xdnd::drop_file;
use crate::{RATE, alone};

/// A plucked tone of 220 Hz.
fn write_tone(file: &std::path::Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(file, spec).expect("a file");
    for frame in 0..96_000 {
        let time = f64::from(frame) / RATE;
        let tone = |n: i32| (TAU * 220.0 * f64::from(n) * time).sin() / f64::from(n);
        let sound: f64 = (1..=6).map(tone).sum::<f64>() * (-2.0 * time).exp();
        writer
            .write_sample((8_000.0 * sound) as i16)
            .expect("it is written");
    }
    writer.finalize().expect("it is whole");
}

#[test]
fn a_sound_that_is_dropped_becomes_the_instrument() {
    let _alone = alone();
    let parent = Parent::new();
    let mut session = Session::ready(&load(), RATE, 512);
    open(&mut session, &parent);
    run_until(&mut session, "a picture", |_| parent.colours() > 50);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("plucked tone.wav");
    write_tone(&file);
    let child = parent.child().expect("a window is open");
    // With the host going on meanwhile, as it does.
    std::thread::scope(|scope| {
        let dropping = scope.spawn(|| drop_file(&file, child, (500, 400)));
        run_until(&mut session, "the drop", |_| dropping.is_finished());
    });
    run_until(&mut session, "its instrument", |session| {
        let request = session.save().field("request");
        request.is_some_and(|it| it.to_string().contains("plucked tone"))
    });
    session.wait_for_keys();
    let began = std::time::Instant::now();
    run_until(&mut session, "rest", |_| began.elapsed().as_millis() > 500);
    parent.picture().expect("a picture").keep("dropped");
    let sound = session.play(&note_of(57, 0.8, 0, 20_000), 24_000, &[512]);
    assert!(sound.peak(0..24_000) > 1e-3, "it plays");
    close(&mut session);
}
