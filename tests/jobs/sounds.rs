//! Instruments of sounds, and near others.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use consort::analysis::sound_file;
use consort::instrument::Instrument;
use consort::jobs::{Request, SoundFile, Source, Stage, Status};

use crate::{client, made, request, rests, wait};

fn of_sound(path: impl AsRef<Path>, changes: &str) -> Request {
    Request {
        source: Source::Sound(SoundFile {
            path: path.as_ref().to_owned(),
            key: None,
            sound: None,
        }),
        ..request(changes, 1)
    }
}

const A440: &str = "tests/data/sounds/a440.flac";

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_sound_becomes_an_instrument_and_words_and_chance_change_it() {
    let (client, _engine) = client();
    client.make(of_sound(A440, ""));
    wait(&client, |snapshot| {
        matches!(
            snapshot.status,
            Status::Working {
                stage: Stage::Listening | Stage::Encoding,
                ..
            }
        ) || rests(snapshot)
    });
    let plain = made(&client);
    let sound = plain.recipe.sound.as_ref().expect("a sound");
    assert_eq!(
        (plain.name.as_str(), sound.name.as_str()),
        ("a440", "a440.flac")
    );
    assert!((sound.key - 69.0).abs() < 0.05, "{}", sound.key);
    client.make(of_sound(A440, "brighter"));
    let brighter = made(&client);
    assert_eq!(brighter.name, "a440, brighter");
    assert_ne!(plain.body, brighter.body);
    client.make(of_sound(A440, ""));
    assert_eq!(*plain, *made(&client));

    let near = |amount: f32, seed: u64| Request {
        source: Source::Near(plain.clone()),
        amount,
        ..request("", seed)
    };
    let mut distances = Vec::new();
    for amount in [0.0, 0.2, 0.6] {
        client.make(near(amount, 1));
        let varied = made(&client);
        distances.push(distance(&plain, &varied));
        let origin = varied.recipe.variation_of.as_ref().expect("an origin");
        assert_eq!(origin.name, "a440");
        assert_eq!(varied.recipe.sound, plain.recipe.sound);
    }
    assert!(distances[0] < 0.5, "{distances:?}");
    assert!(distances[1] > distances[0] + 0.5, "{distances:?}");
    assert!(distances[2] > distances[1], "{distances:?}");
    client.make(near(0.2, 2));
    assert!(distance(&plain, &made(&client)) > 0.5);
}

/// Mean difference of two instruments' middle notes, dB.
fn distance(one: &Instrument, other: &Instrument) -> f32 {
    let note = |of: &Instrument| of.note(64, 80).expect("no drum kit");
    let (one, other) = (note(one), note(other));
    let pairs = one.levels.iter().zip(&other.levels);
    let heard: Vec<f32> = pairs
        .filter(|(a, b)| a.max(**b) > -55.0)
        .map(|(a, b)| (a - b).abs())
        .collect();
    heard.iter().sum::<f32>() / heard.len() as f32
}

/// A captured sound that couldn't be written.
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_sound_in_memory_is_as_good_as_its_file() {
    let (client, _engine) = client();
    client.make(of_sound(A440, ""));
    let of_file = made(&client);
    let (sound, _) = sound_file::read(Path::new(A440), 30.0).expect("it is there");
    client.make(Request {
        source: Source::Sound(SoundFile {
            path: "captured sound.wav".into(),
            key: None,
            sound: Some(Arc::new(sound)),
        }),
        ..request("", 1)
    });
    let of_memory = made(&client);
    assert_eq!(of_memory.name, "captured sound");
    assert_eq!(of_memory.body, of_file.body);
}

#[test]
fn sounds_that_are_none_get_a_sentence_and_listening_is_cancelled_at_once() {
    let (client, _engine) = client();
    let factory = Arc::new(Instrument::factory());
    client.play(factory.clone());
    made(&client);
    client.make(of_sound("/nowhere/rhodes.wav", ""));
    let Status::Failed(why) = wait(&client, rests).status else {
        panic!("there is no such sound");
    };
    assert!(why.contains("“rhodes.wav” isn't there"), "{why}");
    assert_eq!(client.snapshot().instrument.unwrap().name, factory.name);

    client.make(of_sound(A440, ""));
    std::thread::sleep(Duration::from_millis(10));
    let begun = Instant::now();
    client.cancel();
    wait(&client, rests);
    assert!(begun.elapsed() < Duration::from_millis(100));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(client.snapshot().status, Status::Idle);
    assert_eq!(client.snapshot().instrument.unwrap().name, factory.name);
}
