//! From a sound file to an instrument, through the plugin.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::RATE;
use crate::host::{Session, Sound, State, load, note_of};

/// A tone of A3 with a few harmonics, two seconds long.
fn write_tone(path: &Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec).expect("it is made");
    for frame in 0..96_000 {
        let time = f64::from(frame) / RATE;
        let level = (time * 100.0).min(1.0) * ((2.0 - time) * 20.0).min(1.0);
        let partial = |n: f64| (std::f64::consts::TAU * 220.0 * n * time).sin() / n;
        let sample = 0.2 * level * (1..=6).map(f64::from).map(partial).sum::<f64>();
        writer.write_sample(sample as f32).expect("it is written");
    }
    writer.finalize().expect("it is whole");
}

/// Has the sound made an instrument; the state after that, or the sentence that says why not.
fn make(session: &mut Session, path: &Path) -> Result<State, String> {
    let before = session.save();
    let request = json!({ "prompt": "", "seed": 1, "sound": { "path": path } });
    assert!(session.load(&before.with_field("request", &request)));
    let began = Instant::now();
    loop {
        session.play(&[], 64, &[64]);
        session.idle();
        let state = session.save();
        if let Some(sentence) = state.request()["failed"].as_str() {
            return Err(sentence.to_owned());
        }
        if state.request().is_null() && state.instrument() != before.instrument() {
            return Ok(session.wait_for_keys());
        }
        assert!(
            began.elapsed() < Duration::from_secs(180),
            "{}",
            state.summary()
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn played(session: &mut Session) -> Sound {
    let sound = session.play(&note_of(60, 0.8, 0, 24_000), 48_000, &[512]);
    session.wait_for_keys();
    sound
}

#[test]
fn a_project_outlives_the_sound_that_it_was_made_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("tone.wav");
    write_tone(&path);
    let entry = load();
    let mut session = Session::ready(&entry, RATE, 512);
    let saved = make(&mut session, &path).expect("it is made");
    let sound = played(&mut session);
    let db = |hertz: f64| sound.partial_db(8_000..24_000, hertz, RATE);
    assert!(db(261.63) > db(240.0) + 25.0, "middle C");

    std::fs::remove_file(&path).expect("it was there");
    let mut other = Session::open(&entry, RATE, 512);
    assert!(other.load(&saved));
    other.wait_for_keys();
    assert_eq!(played(&mut other).first_difference(&sound), None);

    let sentence = make(&mut other, &path).expect_err("the sound is gone");
    assert_eq!(
        sentence,
        "“tone.wav” isn't there any more; choose the file again."
    );
    assert_eq!(
        other.save().instrument(),
        saved.instrument(),
        "nothing is lost"
    );
    assert_eq!(played(&mut other).first_difference(&sound), None);
    // And a project saved then opens without trying again.
    let mut third = Session::open(&entry, RATE, 512);
    assert!(third.load(&other.save()));
    third.wait_for_keys();
    assert_eq!(played(&mut third).first_difference(&sound), None);
}
