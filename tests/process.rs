//! What a whole process does: it ends cleanly and at once while a job runs, and leaves nothing of
//! ONNX Runtime behind but its library.

use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use consort::engine::mailbox;
use consort::jobs::{Client, Request};

const AFTER: &str = "CONSORT_TEST_EXIT_AFTER_MS";

/// A process that makes an instrument, and exits so many milliseconds into making another one, or
/// makes no other.
fn child_process(after: Option<u64>) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test's program"));
    let after = after.map_or_else(|| "made".to_owned(), |after| after.to_string());
    command
        .args(["--ignored", "--exact", "child"])
        .env(AFTER, after);
    command
}

fn exits(after: u64) -> (ExitStatus, Duration) {
    let begun = Instant::now();
    let output = child_process(Some(after))
        .output()
        .expect("running a child");
    (output.status, begun.elapsed())
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
            spent < Duration::from_secs(10),
            "after {after} ms: {spent:?}"
        );
    }
}

/// ONNX Runtime would leave a device id and reports to send in the user's cache folder.
#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(not(built_in_models), ignore = "needs the built-in models")]
fn nothing_is_written_but_the_library() {
    let cache = tempfile::tempdir().expect("a folder");
    let run = child_process(None)
        .env("XDG_CACHE_HOME", cache.path())
        .status();
    assert!(run.expect("running a child").success());
    let names = |folder: &std::path::Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("listing").flatten();
        entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(names(cache.path()), ["consort"]);
    let files = names(&cache.path().join("consort"));
    assert!(
        files.len() == 1 && files[0].starts_with("consort-onnxruntime-"),
        "{files:?}"
    );
}

/// Run by the tests above in a process of its own.
#[test]
#[ignore = "ends the process"]
fn child() {
    let Ok(after) = std::env::var(AFTER) else {
        return;
    };
    let (_engine, generator) = mailbox::channel();
    let client = Client::new(generator);
    client.set_sample_rate(8_000.0);
    client.make(Request {
        prompt: "warm cello".to_owned(),
        ..Request::default()
    });
    while client.snapshot().instrument.is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    if let Ok(milliseconds) = after.parse() {
        client.make(Request {
            prompt: "bright bell".to_owned(),
            ..Request::default()
        });
        std::thread::sleep(Duration::from_millis(milliseconds));
    }
    std::process::exit(0);
}
