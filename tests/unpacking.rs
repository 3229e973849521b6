//! ONNX Runtime is unpacked by several processes at once, into folders of all kinds.
//!
//! `CONSORT_UNPACKS=200 cargo test --release --test unpacking -- --nocapture` asks for more than the
//! usual number of rounds, and prints how long loading takes.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

use consort::models::runtime::Runtime;

/// Set for a child: it loads ONNX Runtime, and says how long that took and from where.
const LOADS: &str = "CONSORT_TEST_LOADS";
/// How many rounds are run.
const COUNT: &str = "CONSORT_UNPACKS";
const USUAL_COUNT: usize = 10;

fn count() -> usize {
    let asked = std::env::var(COUNT).ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(USUAL_COUNT)
}

/// Run by the tests below in a process of its own.
#[test]
#[ignore = "is the child of other tests"]
fn child() {
    if std::env::var_os(LOADS).is_none() {
        return;
    }
    let begun = Instant::now();
    match Runtime::get() {
        Ok(runtime) => {
            let spent = begun.elapsed().as_secs_f64() * 1e3;
            println!("loaded {spent:.1} {}", runtime.path().display());
            std::process::exit(0)
        }
        Err(error) => {
            println!("refused {error}");
            std::process::exit(3)
        }
    }
}

/// A shell that does `first`, and then is a child that unpacks to `cache`, or else to `other`.
fn shell(before: &[&str], first: &str, cache: &Path, other: &Path) -> Command {
    let mut words = before.to_vec();
    let script = format!("{first}\nexec \"$0\" --ignored --exact child --nocapture");
    words.extend(["sh", "-c", &script]);
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .arg(std::env::current_exe().expect("this test's program"))
        .env(LOADS, "1")
        .env("XDG_CACHE_HOME", cache)
        .env("TMPDIR", other)
        .env_remove("CONSORT_ONNXRUNTIME")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn start(mut command: Command) -> Child {
    command.spawn().expect("running a child")
}

fn end(child: Child) -> Output {
    child.wait_with_output().expect("waiting for a child")
}

/// What follows `word` in what the child printed.
fn said(output: &Output, word: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = text.split_once(&format!("{word} "))?.1;
    found.lines().next().map(str::to_owned)
}

fn milliseconds(output: &Output) -> f64 {
    let said = said(output, "loaded").unwrap_or_else(|| panic!("{output:?}"));
    let number = said.split(' ').next().expect("a number");
    number.parse().expect("a number")
}

/// The words that start a program in namespaces of its own, where this system allows it.
fn apart(kinds: &[&'static str]) -> Option<Vec<&'static str>> {
    for user in [&[][..], &["--user", "--map-root-user"]] {
        let mut words = vec!["unshare", "--fork"];
        words.extend(user);
        words.extend(kinds);
        let tried = Command::new(words[0])
            .args(&words[1..])
            .arg("true")
            .output();
        if tried.is_ok_and(|output| output.status.success()) {
            return Some(words);
        }
    }
    println!("no namespaces here: nothing was tried");
    None
}

/// How many processes unpack at the same time.
const TOGETHER: usize = 3;
/// What unpacking takes, seconds: they begin at all moments of each other's.
const LASTS: f64 = 0.2;

/// Two sandboxes, or a DAW's CLAP and VST3, have one folder and one process id.
#[test]
fn the_same_process_id_in_one_folder_crashes_nobody() {
    let Some(apart) = apart(&["--pid"]) else {
        return;
    };
    let (mut runs, mut bad) = (0, Vec::new());
    for round in 0..count() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = folder.path().join("cache");
        let together = (0..TOGETHER).map(|which| {
            // The golden ratio spreads any number of moments evenly.
            let moment = ((round * TOGETHER + which) as f64 * 0.618_033_988_75).fract();
            let wait = if which == 0 { 0.0 } else { LASTS * moment };
            start(shell(
                &apart,
                &format!("sleep {wait:.3}"),
                &cache,
                folder.path(),
            ))
        });
        let together: Vec<Child> = together.collect();
        for output in together.into_iter().map(end) {
            runs += 1;
            if said(&output, "loaded").is_none_or(|said| !said.contains("/cache/")) {
                bad.push(format!("{}: {output:?}", output.status));
            }
        }
        let left = std::fs::read_dir(cache.join("consort")).expect("listing");
        let left: Vec<_> = left.flatten().map(|entry| entry.file_name()).collect();
        if left.len() != 1 {
            bad.push(format!("left {left:?}"));
        }
    }
    println!("{runs} processes of one id, {} bad", bad.len());
    assert!(bad.is_empty(), "{bad:#?}");
}

/// Where nothing may be run from the user's folders, another is used, then memory; where that is
/// forbidden as well, a sentence says why.
#[test]
fn folders_mounted_noexec_are_gone_around_or_said() {
    let Some(apart) = apart(&["--pid", "--mount", "--mount-proc"]) else {
        return;
    };
    let run = |mounts: &[&str], then: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let (cache, other) = (folder.path().join("cache"), folder.path().join("other"));
        for made in [&cache, &other] {
            std::fs::create_dir(made).expect("making");
        }
        let mount = |name: &&str| format!("mount -t tmpfs -o noexec,mode=700 none \"${name}\" && ");
        let first = mounts.iter().map(mount).collect::<String>() + then;
        end(start(shell(
            &apart,
            &format!("{first} || exit 4"),
            &cache,
            &other,
        )))
    };
    let first = run(&["XDG_CACHE_HOME"], "true");
    if first.status.code() == Some(4) {
        println!("no mounts here: nothing was tried");
        return;
    }
    let place = said(&first, "loaded").unwrap_or_else(|| panic!("{first:?}"));
    assert!(place.contains("/other/consort-"), "{place}");
    let both = ["XDG_CACHE_HOME", "TMPDIR"];
    let memory = run(&both, "true");
    let place = said(&memory, "loaded").unwrap_or_else(|| panic!("{memory:?}"));
    assert!(place.ends_with(" memory"), "{place}");
    let nowhere = run(&both, "echo 2 > /proc/sys/vm/memfd_noexec");
    if nowhere.status.code() != Some(4) {
        let sentence = said(&nowhere, "refused").unwrap_or_else(|| panic!("{nowhere:?}"));
        for word in ["noexec", "XDG_CACHE_HOME", "CONSORT_ONNXRUNTIME"] {
            assert!(sentence.contains(word), "{sentence}");
        }
        println!("{sentence}");
    }
}

#[test]
fn loading_takes_no_longer_the_second_time() {
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for _ in 0..count() {
        let folder = tempfile::tempdir().expect("a folder");
        let load = || end(start(shell(&["env"], "", folder.path(), folder.path())));
        first.push(milliseconds(&load()));
        later.push(milliseconds(&load()));
    }
    let (first, later) = (median(first), median(later));
    println!("the first load takes {first:.0} ms, a later one {later:.0} ms");
}
