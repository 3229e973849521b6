//! The process ends while a job runs: cleanly, and at once.

use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use consort::engine::mailbox;
use consort::jobs::{Client, Request};

const AFTER: &str = "CONSORT_TEST_EXIT_AFTER_MS";

fn exits(after: u64) -> (ExitStatus, Duration) {
    let program = std::env::current_exe().expect("this test's program");
    let begun = Instant::now();
    let status = Command::new(program)
        .args(["--ignored", "--exact", "child"])
        .env(AFTER, after.to_string())
        .output()
        .expect("running a child")
        .status;
    (status, begun.elapsed())
}

#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn a_process_that_ends_with_a_job_in_progress_ends_cleanly() {
    for after in [
        0, 1, 3, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 600, 1000,
    ] {
        let (status, spent) = exits(after);
        assert!(status.success(), "after {after} ms: {status}");
        assert!(
            spent < Duration::from_secs(20),
            "after {after} ms: {spent:?}"
        );
    }
}

/// Run by the test above in a process of its own.
#[test]
#[ignore = "ends the process"]
fn child() {
    let Some(after) = std::env::var(AFTER).ok().and_then(|text| text.parse().ok()) else {
        return;
    };
    let (_engine, generator) = mailbox::channel();
    let client = Client::new(generator);
    client.set_sample_rate(48_000.0);
    client.make(Request {
        prompt: "warm cello".to_owned(),
        ..Request::default()
    });
    std::thread::sleep(Duration::from_millis(after));
    std::process::exit(0);
}
