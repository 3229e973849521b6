//! Background work as a plugin instance sees it: makes, cancels, errors, closing, many at once.

mod exports;
mod library;
mod sounds;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use consort::engine::mailbox::{self, EngineSide};
use consort::instrument::{Instrument, Macros};
use consort::jobs::{Client, Preload, Request, Snapshot, Stage, Status};

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
    let (made_by, _) = snapshot.made.expect("what was made");
    let played_by = client.play(Arc::clone(&first));
    assert!(Arc::ptr_eq(&first, &made(&client)));
    // What is played isn't made, and comes later.
    let (job, instrument) = client.snapshot().made.expect("what was made");
    assert!(job == made_by && job < played_by && Arc::ptr_eq(&instrument, &first));
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
