//! A process may end at any moment of its very first job, and ends well.
//!
//! This test is its own program (no test harness), since what `exit()` does depends on the thread
//! that calls it, and a harness keeps the main thread to itself. It runs itself again and again;
//! each child begins its first job and exits a little later than the one before.
//!
//! `CONSORT_EXITS=400 cargo test --release --test exit` asks for more than the usual number.

use std::process::{Command, ExitCode};
use std::time::Duration;

use consort::engine::mailbox;
use consort::jobs::{Client, Request};

/// Milliseconds after which a child exits.
const AFTER: &str = "CONSORT_TEST_EXIT";
/// How many children are run.
const COUNT: &str = "CONSORT_EXITS";
const USUAL_COUNT: u32 = 40;
/// A first job is done with the models by then.
const LATEST_MS: f64 = 1500.0;
/// Children at the same time.
const TOGETHER: u32 = 2;

fn main() -> ExitCode {
    if let Ok(after) = std::env::var(AFTER) {
        child(after.parse().expect("a number"));
    }
    if !cfg!(built_in_models) {
        println!("test result: ok. 0 passed; 0 failed; 1 ignored (needs the built-in models)");
        return ExitCode::SUCCESS;
    }
    let asked = std::env::var(COUNT).ok().and_then(|n| n.parse().ok());
    let count = asked.unwrap_or(USUAL_COUNT);
    let bad: Vec<String> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..TOGETHER)
            .map(|lane| {
                scope.spawn(move || {
                    let mine = (lane..count).step_by(TOGETHER as usize);
                    mine.filter_map(fault).collect::<Vec<_>>()
                })
            })
            .collect();
        let faults = lanes.into_iter().map(|lane| lane.join().expect("a lane"));
        faults.flatten().collect()
    });
    for fault in &bad {
        println!("{fault}");
    }
    println!("{count} exits during a first job, {} bad", bad.len());
    let (word, passed) = if bad.is_empty() {
        ("ok", 1)
    } else {
        ("FAILED", 0)
    };
    println!("test first_job_exits ... {word}");
    println!(
        "test result: {word}. {passed} passed; {} failed;",
        1 - passed
    );
    ExitCode::from(u8::from(!bad.is_empty()))
}

/// Runs child `n`; what was wrong with its end, if anything.
fn fault(n: u32) -> Option<String> {
    // The golden ratio spreads any number of moments evenly, in an order that looks random.
    let after = LATEST_MS * (f64::from(n) * 0.618_033_988_75).fract();
    let program = std::env::current_exe().expect("this test's program");
    let output = Command::new(program).env(AFTER, after.to_string()).output();
    let status = output.expect("running a child").status;
    (!status.success()).then(|| format!("exit after {after:.0} ms: {status}"))
}

/// Begins this process's first job and exits.
fn child(after_ms: f64) -> ! {
    let (_engine, generator) = mailbox::channel();
    let client = Client::new(generator);
    client.set_sample_rate(8_000.0);
    client.make(Request {
        prompt: "warm cello".to_owned(),
        ..Request::default()
    });
    std::thread::sleep(Duration::from_secs_f64(after_ms / 1000.0));
    std::process::exit(0)
}
