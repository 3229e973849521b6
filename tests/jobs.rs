//! Background work as a plugin instance sees it: makes, cancels, errors, closing, many at once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use consort::engine::mailbox::{self, EngineSide};
use consort::instrument::{Instrument, Macros};
use consort::jobs::{Client, Export, Preload, Request, Snapshot, SoundFile, Source, Stage, Status};

const PIANO: u128 = ((1 << 88) - 1) << 21;

/// A client with the engine's end of its mailbox.
fn client() -> (Client, EngineSide) {
    let (engine, generator) = mailbox::channel();
    let client = Client::new(generator);
    // A low rate renders quickly; none of this depends on it.
    client.set_sample_rate(8_000.0);
    (client, engine)
}

fn request(prompt: &str, seed: u64) -> Request {
    Request {
        prompt: prompt.to_owned(),
        seed,
        ..Request::default()
    }
}

/// Looks until `enough`, at most five minutes.
fn wait(client: &Client, enough: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let begun = Instant::now();
    loop {
        let snapshot = client.snapshot();
        if enough(&snapshot) {
            return snapshot;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(300),
            "nothing happened: {:?}",
            snapshot.status
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn rests(snapshot: &Snapshot) -> bool {
    !matches!(snapshot.status, Status::Working { .. })
}

fn made(client: &Client) -> Arc<Instrument> {
    let snapshot = wait(client, rests);
    assert_eq!(snapshot.status, Status::Idle);
    assert_eq!(snapshot.ready_keys, PIANO);
    snapshot.instrument.expect("an instrument")
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_prompt_becomes_an_instrument_and_its_seed_decides_which() {
    let (client, _engine) = client();
    client.make(request("warm cello", 1));
    let first = made(&client);
    assert_eq!(first.name, "warm cello");
    assert_eq!(first.recipe.seed, 1);
    assert!(first.recipe.pack.is_some());
    client.make(request("warm cello", 2));
    let other = made(&client);
    assert_ne!(first.body, other.body);
    client.make(request("warm cello", 1));
    assert_eq!(*first, *made(&client));
    assert_eq!(client.snapshot().generation, 3);
}

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

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn bad_prompts_get_a_sentence_and_what_was_there_stays() {
    let (client, _engine) = client();
    client.make(request("soft pad", 1));
    let before = made(&client);
    for (prompt, sentence) in [
        (
            "",
            "Type what the instrument should sound like, for example: warm cello.",
        ),
        (
            " \n\t ",
            "Type what the instrument should sound like, for example: warm cello.",
        ),
        (
            "какой-то звук",
            "\"какой-то звук\" has no words that Consort knows; describe the sound in English, for example: warm cello.",
        ),
        (
            "温かいチェロ",
            "\"温かいチェロ\" has no words that Consort knows; describe the sound in English, for example: warm cello.",
        ),
        (
            "🎻🎻🎻",
            "\"🎻🎻🎻\" has no words that Consort knows; describe the sound in English, for example: warm cello.",
        ),
    ] {
        client.make(request(prompt, 1));
        let snapshot = wait(&client, rests);
        assert_eq!(
            snapshot.status,
            Status::Failed(sentence.to_owned()),
            "{prompt:?}"
        );
        assert!(Arc::ptr_eq(
            &before,
            &snapshot.instrument.expect("the one before")
        ));
        assert_eq!(snapshot.ready_keys, PIANO);
    }
    client.make(Request {
        range: Some((90, 20)),
        ..request("soft pad", 1)
    });
    let snapshot = wait(&client, rests);
    assert!(
        matches!(snapshot.status, Status::Failed(sentence) if sentence.starts_with("The keys 90 to 20 are no range"))
    );
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_prompt_of_10_000_characters_works_with_a_notice() {
    let (client, _engine) = client();
    client.make(request(&"warm bright cello ".repeat(560), 1));
    made(&client);
    let notice = client.snapshot().notice.expect("a notice");
    assert_eq!(
        notice,
        "Only the first 64 words or so of the prompt counted."
    );
    client.make(request(&"z".repeat(10_000), 1));
    wait(&client, rests);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn cancelling_a_make_keeps_what_was_there() {
    let (client, _engine) = client();
    client.make(request("soft pad", 1));
    let before = made(&client);
    client.make(request("bright bell", 1));
    client.cancel();
    let snapshot = wait(&client, rests);
    assert_eq!(snapshot.status, Status::Idle);
    assert!(Arc::ptr_eq(
        &before,
        &snapshot.instrument.expect("the one before")
    ));
    assert_eq!(snapshot.ready_keys, PIANO);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_new_make_replaces_the_one_in_progress() {
    let (client, _engine) = client();
    let jobs: Vec<_> = (0..20)
        .map(|seed| client.make(request("dark organ", seed)))
        .collect();
    assert!(jobs.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(made(&client).recipe.seed, 19);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn several_clients_take_turns() {
    let clients: Vec<_> = (0..4).map(|_| client()).collect();
    for (index, (client, _)) in clients.iter().enumerate() {
        client.make(request("plucked harp", index as u64));
    }
    // With turns, all get their first key before any of them has all keys.
    for (client, _) in &clients {
        wait(client, |snapshot| snapshot.ready_keys != 0);
    }
    let complete = clients
        .iter()
        .filter(|(client, _)| client.snapshot().ready_keys == PIANO)
        .count();
    assert_eq!(complete, 0);
    for (index, (client, _)) in clients.iter().enumerate() {
        assert_eq!(made(client).recipe.seed, index as u64);
    }
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn closing_with_a_job_in_progress_is_immediate() {
    for delay in [0, 5, 50, 200] {
        let (client, engine) = client();
        client.make(request("breathy flute", 3));
        std::thread::sleep(Duration::from_millis(delay));
        let begun = Instant::now();
        drop(client);
        let spent = begun.elapsed();
        assert!(spent < Duration::from_millis(5), "{spent:?}");
        drop(engine);
    }
    // And the generator goes on for others.
    let (other, _engine) = client();
    other.make(request("breathy flute", 4));
    made(&other);
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn macros_belong_to_the_instrument_and_an_earlier_one_plays_again() {
    let (client, _engine) = client();
    client.make(request("glass bell", 5));
    let first = made(&client);
    let macros = Macros {
        brightness: 0.5,
        ..Macros::default()
    };
    client.set_macros(macros);
    let snapshot = wait(&client, |snapshot| {
        snapshot.generation == 2 && rests(snapshot)
    });
    assert_eq!(snapshot.instrument.expect("an instrument").macros, macros);
    assert_eq!(snapshot.ready_keys, PIANO);
    client.play(Arc::clone(&first));
    assert!(Arc::ptr_eq(&first, &made(&client)));
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_changed_sample_rate_renders_again_without_a_gap() {
    let (client, _engine) = client();
    client.make(request("glass bell", 5));
    made(&client);
    client.set_sample_rate(9_000.0);
    // The generator hears of it within a few milliseconds.
    std::thread::sleep(Duration::from_millis(20));
    wait(&client, |snapshot| {
        assert_eq!(snapshot.ready_keys, PIANO);
        rests(snapshot)
    });
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn models_loaded_in_advance_are_there_when_a_make_comes() {
    let (client, _engine) = client();
    client.preload();
    assert_eq!(client.snapshot().preload, Preload::Working);
    wait(&client, |snapshot| snapshot.preload == Preload::Done);
    assert_eq!(client.snapshot().status, Status::Idle);
    client.make(request("warm cello", 1));
    made(&client);
    let timings = client.snapshot().timings;
    let loading: Duration = timings
        .stages
        .iter()
        .filter(|(stage, _)| *stage == Stage::Loading)
        .map(|(_, spent)| *spent)
        .sum();
    println!("loading {loading:?}, first key {:?}", timings.first_key);
    assert!(loading < Duration::from_millis(50), "{loading:?}");
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn closing_while_models_load_in_advance_is_immediate() {
    let (client, engine) = client();
    client.preload();
    let begun = Instant::now();
    drop(client);
    assert!(begun.elapsed() < Duration::from_millis(5));
    drop(engine);
}

#[test]
fn changes_are_told() {
    let (client, _engine) = client();
    let told = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&told);
    client.listen(Box::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    }));
    client.play(Arc::new(Instrument::factory()));
    made(&client);
    assert!(told.load(Ordering::Relaxed) > 5, "each column is a change");
}

/// What became of an export.
fn exported(client: &Client) -> Export {
    let done = |export: &Option<Export>| !matches!(export, None | Some(Export::Working(_)));
    let snapshot = wait(client, |snapshot| done(&snapshot.export));
    snapshot.export.expect("it is done")
}

#[test]
fn an_export_writes_files_while_others_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let (exporter, _engine) = client();
    exporter.export(Arc::new(Instrument::factory()), folder.path().to_owned());
    let (other, _other_engine) = client();
    other.play(Arc::new(Instrument::factory()));
    made(&other);
    let Export::Done(file) = exported(&exporter) else {
        panic!("{:?}", exporter.snapshot().export);
    };
    let text = std::fs::read_to_string(&file).expect("an SFZ");
    assert_eq!(text.matches("<region>").count(), 120);
    let samples = std::fs::read_dir(file.parent().unwrap().join("samples")).expect("samples");
    assert_eq!(samples.count(), 120);
    let around = std::fs::read_dir(folder.path()).expect("the folder");
    assert_eq!(around.count(), 1, "nothing unfinished is left");
}

#[test]
fn a_cancelled_export_is_over_at_once_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let entries = || {
        std::fs::read_dir(folder.path())
            .expect("the folder")
            .count()
    };
    for close in [false, true] {
        let (client, _engine) = client();
        client.set_sample_rate(48_000.0);
        client.export(Arc::new(Instrument::factory()), folder.path().to_owned());
        wait(
            &client,
            |snapshot| matches!(snapshot.export, Some(Export::Working(done)) if done > 0.0),
        );
        assert_eq!(entries(), 1);
        let begun = Instant::now();
        if close {
            drop(client);
        } else {
            client.cancel_export();
            assert_eq!(client.snapshot().export, None);
        }
        assert!(begun.elapsed() < Duration::from_millis(100));
        // Its files go after the slice in progress, which may be another test's.
        while entries() > 0 {
            assert!(begun.elapsed() < Duration::from_secs(10), "files are left");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn an_export_that_cannot_be_written_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "x").expect("a file");
    let (client, _engine) = client();
    // Nothing can be made in /proc, not even by root.
    for (place, words) in [
        (file.as_path(), "a file is in the way"),
        (Path::new("/proc"), "/proc"),
    ] {
        client.export(Arc::new(Instrument::factory()), place.to_owned());
        let Export::Failed(sentence) = exported(&client) else {
            panic!("it was written");
        };
        assert!(
            sentence.contains(words) && sentence.ends_with('.'),
            "{sentence}"
        );
    }
}
