//! What teachers say of styles, and how much of it is true of the parts that are written: statements from method
//! books and encyclopedias, each turned into something that can be measured. Each request is made for three
//! songs, with one seed; `CONSORT_IDIOMS=all` takes three seeds, `CONSORT_IDIOMS=WORDS` only requests that hold
//! these words. `CONSORT_BIN` names another `consort` to ask. Prints a table of all statements
//! (`cargo test --release --test idioms -- --nocapture`).
#![cfg(built_in_models)]

mod check;
mod examiner;
mod language;
mod songs;
mod statements;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use check::Take;
use consort::music::midi;
use songs::SONGS;
use statements::{Ask, asks};

/// The share of statements, over all songs and seeds, that must hold.
const AT_LEAST: f64 = 0.96;
/// Seeds of a thorough run.
const SEEDS: usize = 3;

/// How often a statement held, and what its first claim that did not hold measured.
#[derive(Clone, Default)]
struct Tally {
    held: usize,
    tried: usize,
    failed: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.held += other.held;
        self.tried += other.tried;
    }

    fn share(&self) -> f64 {
        self.held as f64 / self.tried.max(1) as f64
    }
}

/// The parts that a request may be answered by: a pad or an arpeggio need not come from keys.
fn answers(part: &str) -> &[&str] {
    match part {
        "drums" => &["drums"],
        "bass" => &["bass"],
        "guitar" => &["guitar"],
        "strings" => &["strings"],
        "brass" => &["brass", "winds"],
        _ => &["keys", "strings", "lead"],
    }
}

/// Writes the part asked for to one song with these seeds, and judges each of its statements.
fn judge(ask: &Ask, song: usize, seeds: usize, tallies: &mut [Tally]) {
    let desk = tempfile::tempdir().unwrap();
    let time = ask.time();
    fs::write(desk.path().join("song.mid"), songs::song(song, time)).unwrap();
    let consort = env::var("CONSORT_BIN");
    let consort = consort.as_deref().unwrap_or(env!("CARGO_BIN_EXE_consort"));
    let mut command = Command::new(consort);
    command.args(["stem", "song.mid", &ask.words, "--midi-only", "--seed", "1"]);
    command.args(["--variations", &seeds.to_string()]);
    let ran = command.current_dir(desk.path()).output().unwrap();
    for seed in 0..seeds {
        let letter = char::from(b'A' + seed as u8);
        let file = |part: &str| desk.path().join(format!("song-{part}-{letter}.mid"));
        let mut paths = answers(&ask.part).iter().map(|part| file(part));
        let where_ = format!("song {song} seed {}", seed + 1);
        let written = match paths.find(|path| path.exists()) {
            Some(path) => midi::read(&fs::read(path).unwrap()).map_err(|error| error.to_string()),
            None => {
                let error = String::from_utf8_lossy(&ran.stderr);
                Err(format!("no {} part: {}", ask.part, error.trim()))
            }
        };
        let is_drums = ask.part == "drums";
        let take = written.map(|written| Take::of(&written, time, songs::harmony(song), is_drums));
        for (statement, tally) in ask.tells.iter().zip(tallies.iter_mut()) {
            let verdict = take.as_ref().map_err(Clone::clone).and_then(|take| {
                ask.claims(statement)
                    .into_iter()
                    .try_for_each(|(text, claims)| {
                        let verdicts: Vec<_> =
                            claims.iter().map(|claim| take.judge(claim)).collect();
                        let holds = verdicts.iter().any(|verdict| verdict.0);
                        let measured: Vec<String> = verdicts
                            .iter()
                            .map(|verdict| format!("{:.2}", verdict.1))
                            .collect();
                        holds
                            .then_some(())
                            .ok_or(format!("{text}: {}", measured.join(", ")))
                    })
            });
            tally.tried += 1;
            match verdict {
                Ok(()) => tally.held += 1,
                Err(why) => tally.failed.push(format!("{where_}: {why}")),
            }
        }
    }
}

/// Judges everything, on two threads, as the asked command uses one each.
fn judge_all(asks: &[Ask], seeds: usize) -> Vec<Vec<Tally>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut judged = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(ask) = asks.get(number / SONGS) else {
                return judged;
            };
            let mut tallies = vec![Tally::default(); ask.tells.len()];
            judge(ask, number % SONGS, seeds, &mut tallies);
            judged.push((number / SONGS, tallies));
        }
    };
    let mut all: Vec<Vec<Tally>> = asks
        .iter()
        .map(|ask| vec![Tally::default(); ask.tells.len()])
        .collect();
    thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        for (number, tallies) in workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
        {
            for (sum, tally) in all[number].iter_mut().zip(tallies) {
                sum.add(&tally);
                sum.failed.extend(tally.failed);
            }
        }
    });
    all
}

/// Prints how much holds, summed by what `name` gives.
fn print_by<'a>(
    asks: &'a [Ask],
    tallies: &[Vec<Tally>],
    title: &str,
    name: fn(&'a Ask) -> &'a str,
) {
    let mut sums: BTreeMap<&str, (usize, Tally)> = BTreeMap::new();
    for (ask, tallies) in asks.iter().zip(tallies) {
        let (statements, sum) = sums.entry(name(ask)).or_default();
        *statements += tallies.len();
        tallies.iter().for_each(|tally| sum.add(tally));
    }
    println!("\n{title:<28} statements  hold");
    for (name, (statements, sum)) in sums {
        println!("{name:<28} {statements:>10}  {:.2}", sum.share());
    }
}

#[test]
fn parts_are_what_teachers_say_of_their_style() {
    let wanted = env::var("CONSORT_IDIOMS").unwrap_or_default();
    let is_all = wanted == "all";
    let mut asks = asks();
    asks.retain(|ask| is_all || ask.words.contains(&wanted));
    let seeds = if is_all { SEEDS } else { 1 };
    let tallies = judge_all(&asks, seeds);
    for (ask, tallies) in asks.iter().zip(&tallies) {
        println!(
            "\n{:?} ({}, {} bpm, {})",
            ask.words, ask.style, ask.bpm, ask.metre
        );
        for (statement, tally) in ask.tells.iter().zip(tallies) {
            println!(
                "  {:.2} {} [{}]",
                tally.share(),
                statement.says,
                statement.source
            );
            tally.failed.iter().for_each(|why| println!("       {why}"));
        }
    }
    print_by(&asks, &tallies, "style", |ask| &ask.style);
    print_by(&asks, &tallies, "part", |ask| &ask.part);
    let mut overall = Tally::default();
    tallies
        .iter()
        .flatten()
        .for_each(|tally| overall.add(tally));
    println!(
        "\noverall {:.3} ({} of {})",
        overall.share(),
        overall.held,
        overall.tried
    );
    assert!(overall.tried > 0, "no request holds these words");
    if is_all || wanted.is_empty() {
        assert!(overall.share() >= AT_LEAST, "{:.3} hold", overall.share());
    }
}

#[test]
fn there_is_enough_to_judge() {
    let asks = asks();
    let styles: BTreeSet<&str> = asks.iter().map(|ask| ask.style.as_str()).collect();
    let statements = asks
        .iter()
        .flat_map(|ask| ask.tells.iter().map(move |tell| (ask, tell)));
    let mut count = 0;
    for (ask, statement) in statements {
        assert!(
            !ask.claims(statement).is_empty(),
            "{}: {}",
            ask.words,
            statement.says
        );
        assert!(!statement.source.is_empty() && !statement.says.is_empty());
        count += 1;
    }
    println!("{count} statements over {} styles", styles.len());
    assert!(count >= 600 && styles.len() >= 200);
    let words: BTreeSet<&str> = asks.iter().map(|ask| ask.words.as_str()).collect();
    assert_eq!(words.len(), asks.len(), "a request is there twice");
}
