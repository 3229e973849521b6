//! Models run by OpenVINO in a process of its own: each gives what the CPU gives, and whatever becomes of that
//! process, jobs are done and nothing is left of it.
//!
//! `CONSORT_KILLS=200 cargo test --release --test providers -- --nocapture` kills it at more moments than
//! usual, and prints what came of it.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![expect(unsafe_code, reason = "processes are killed in C")]

#[path = "dice/mod.rs"]
mod dice;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use consort::models::measure::measure;
use consort::models::provider::{self, Choice, Provider};
use consort::models::{ModelHost, Models, Pack, PackSet, Request, make_instrument};

/// The process's models are chosen for by one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// As `cargo xtask test` leaves it.
fn openvino() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target"),
        PathBuf::from,
    );
    let folder = target.join("openvino");
    assert!(
        folder.join("wheel.sha256").is_file(),
        "{} is missing: run `cargo xtask test`, or `cargo xtask bench providers`",
        folder.display()
    );
    folder
}

fn choice() -> Choice {
    Choice {
        provider: Provider::OpenVino,
        device: None,
        library: Some(openvino()),
    }
}

/// The processes that a process has begun and that run models, those that wait for their burial included.
fn runners(of: &str) -> Vec<i32> {
    let tasks = std::fs::read_dir(format!("/proc/{of}/task"));
    let mut found = Vec::new();
    for task in tasks.into_iter().flatten().flatten() {
        let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        let children = children
            .split_whitespace()
            .filter_map(|pid| pid.parse::<i32>().ok());
        found.extend(children.filter(|pid: &i32| {
            let said = |file: &str| std::fs::read_to_string(format!("/proc/{pid}/{file}"));
            // Of one that has ended, what it was called with is gone.
            said("cmdline").is_ok_and(|line| line.is_empty() || line.starts_with("consort-runner"))
        }));
    }
    found
}

/// Waits until it holds; whether it does.
fn soon(holds: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > Duration::from_secs(20) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

#[test]
fn every_model_gives_what_the_cpu_gives() {
    let _alone = ALONE.lock().unwrap_or_else(|e| e.into_inner());
    let found = provider::find(Some(&openvino())).expect("looking");
    assert!(
        found
            .iter()
            .any(|found| found.device == "CPU" && !found.name.is_empty()),
        "{found:?}"
    );
    let packs = PackSet::open().expect("a pack");
    let all = measure(packs.packs(), &choice(), &mut |_| ()).expect("measuring");
    assert_eq!(
        all.len(),
        packs
            .packs()
            .iter()
            .map(|pack| pack.manifest().models.len())
            .sum::<usize>(),
        "and the transcription"
    );
    for one in &all {
        println!(
            "{:20} {:8.2} ms, CPU {:8.2} ms, apart {:.1e}",
            one.model,
            one.provider.as_secs_f64() * 1e3,
            one.cpu.as_secs_f64() * 1e3,
            one.difference
        );
        assert!(one.told.is_empty(), "{one:?}");
        // Exactly 0 would be the CPU.
        assert!(one.difference > 0.0 && one.difference < 2e-3, "{one:?}");
    }
    assert!(soon(|| runners("self").is_empty()));
}

/// Makes an instrument or, sooner done, finds the words for one.
fn job(whole: bool, seed: u64) -> Result<usize, String> {
    let mut models = Models::new(Pack::built_in().map_err(|e| e.to_string())?);
    if !whole {
        let vector = models.describe("a warm cello, and a bright bell");
        return vector.map(|vector| vector.len()).map_err(|e| e.to_string());
    }
    let request = Request {
        prompt: "warm cello".to_owned(),
        seed,
        ..Request::default()
    };
    let made = make_instrument(&mut models, &request, &mut |_, _| ControlFlow::Continue(()));
    made.map(|made| made.instrument.to_bytes().len())
        .map_err(|e| e.to_string())
}

#[test]
fn killed_at_any_moment_the_job_goes_on() {
    let _alone = ALONE.lock().unwrap_or_else(|e| e.into_inner());
    // As in a host: a test's own runtime is deaf to it.
    // SAFETY: the usual action of a signal.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
    let asked = std::env::var("CONSORT_KILLS").ok();
    let kills: usize = asked.and_then(|count| count.parse().ok()).unwrap_or(20);
    let mut dice = dice::Dice(20_260_101);
    let host = ModelHost::get();
    // How long a job takes that nobody disturbs.
    let whole = [false, true].map(|whole| {
        host.choose(choice());
        let begun = Instant::now();
        job(whole, 1).expect("undisturbed");
        assert_eq!(host.report().1.told, [""; 0]);
        assert!(host.report().1.checked > 0);
        begun.elapsed()
    });
    let mut ends = BTreeMap::<String, usize>::new();
    let mut longest = Duration::ZERO;
    let (mut jobs, mut killed) = (0, 0);
    while killed < kills {
        jobs += 1;
        assert!(jobs < 20 + 4 * kills, "{killed} of {jobs} killed");
        let is_whole = jobs % 4 == 0;
        let moment = whole[usize::from(is_whole)].mul_f64(dice.unit());
        host.choose(choice());
        let begun = Instant::now();
        let done = std::thread::scope(|scope| {
            let job = scope.spawn(move || job(is_whole, jobs as u64));
            std::thread::sleep(moment);
            // Some moments come before it, and are none; some after the job.
            let there = runners("self");
            killed += usize::from(!there.is_empty());
            for pid in there {
                // SAFETY: a signal to a process of ours.
                unsafe {
                    libc::kill(pid, libc::SIGKILL);
                }
            }
            job.join().expect("a job doesn't panic")
        });
        longest = longest.max(begun.elapsed());
        let told = host.report().1.told;
        assert!(told.len() <= 1, "{told:?}");
        let size = done.expect("killed, and done on the CPU all the same");
        assert!(size > 0);
        let end = told.first().map_or("undisturbed".to_owned(), Clone::clone);
        *ends.entry(end).or_default() += 1;
    }
    println!(
        "{killed} killed in {jobs} jobs, undisturbed {whole:.1?}, longest {longest:.1?}, {ends:#?}"
    );
    let said = "OpenVINO ended unexpectedly; Consort goes on on the CPU until you choose it again.";
    assert!(ends.contains_key(said));
    assert!(longest < Duration::from_secs(60), "{longest:?}");
    host.choose(Choice::default());
    assert!(soon(|| runners("self").is_empty()), "{:?}", runners("self"));
}

#[test]
fn when_the_host_is_killed_nothing_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    for moment in [0, 200, 700] {
        let mut host = Command::new(env!("CARGO_BIN_EXE_consort"))
            .args([
                "instrument",
                "warm cello",
                "--provider",
                "openvino",
                "--onnxruntime",
            ])
            .arg(openvino())
            .arg("--out")
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starting");
        let pid = host.id().to_string();
        assert!(soon(|| !runners(&pid).is_empty()));
        let left = runners(&pid);
        std::thread::sleep(Duration::from_millis(moment));
        host.kill().expect("killing");
        host.wait().expect("its end");
        // Where nobody buries what has lost its parent, it stays as an entry that has ended.
        let gone = || {
            left.iter().all(|pid| {
                let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
                stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z "))
            })
        };
        assert!(soon(gone), "{left:?} after {moment} ms");
    }
}

#[test]
fn the_command_says_what_there_is_and_what_was_not_done() {
    let run = |words: &[&str]| {
        let folder = tempfile::tempdir().expect("a folder");
        let ran = Command::new(env!("CARGO_BIN_EXE_consort"))
            .args(words)
            .env("CONSORT_SETTINGS", folder.path())
            .env_remove("CONSORT_PROVIDER")
            .env_remove("CONSORT_ONNXRUNTIME")
            .current_dir(folder.path())
            .output()
            .expect("running");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (ran.status.code(), text(&ran.stdout), text(&ran.stderr))
    };
    let openvino = openvino().display().to_string();
    let (code, said, _) = run(&["providers", "--onnxruntime", &openvino]);
    assert_eq!(code, Some(0));
    assert!(
        said.starts_with("cpu (in process)  <- chosen\nopenvino:CPU ("),
        "{said}"
    );
    let (code, said, _) = run(&["providers"]);
    assert_eq!(
        (code, said.as_str()),
        (Some(0), "cpu (in process)  <- chosen\n")
    );
    let (code, _, fault) = run(&["providers", "--onnxruntime", "/nowhere"]);
    assert_eq!(code, Some(1));
    assert!(
        fault.contains("no ONNX Runtime library at /nowhere"),
        "{fault}"
    );
    let (code, _, fault) = run(&["providers", "--provider", "abacus"]);
    assert_eq!(code, Some(2));
    assert!(fault.contains("choose one of CPU, CUDA"), "{fault}");
    let describe = |provider| {
        run(&[
            "instrument",
            "warm cello",
            "--provider",
            provider,
            "--onnxruntime",
            &openvino,
        ])
    };
    let (code, _, remarks) = describe("cuda");
    assert_eq!(code, Some(0), "{remarks}");
    assert!(
        remarks.contains("note: CUDA can't be used (that ONNX Runtime finds openvino:CPU ("),
        "{remarks}"
    );
    let (code, _, remarks) = describe("openvino");
    assert_eq!((code, remarks.as_str()), (Some(0), ""));
}
