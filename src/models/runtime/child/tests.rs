//! What the process can do wrong, and that the job goes on: a program of the tests' own plays the runner, or is
//! none at all.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Write;
use std::time::Instant;

use consort_runner::wire::Run;

use super::*;
use crate::models::tensor::Tensor;

/// Set for the program that plays the runner: how.
const PLAYS: &str = "CONSORT_TEST_PLAYS";

/// Starts a program, and what is told of it.
type Way = (fn() -> Command, &'static str);

/// Short enough for a test; a busy machine needs its time, too.
const SHORT: Limits = Limits {
    open: Duration::from_secs(20),
    load: Duration::from_secs(20),
    first: Duration::from_secs(2),
    slack: Duration::from_secs(2),
};

fn onnx() -> Cow<'static, [u8]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugin-assets/models/song_tags.onnx");
    std::fs::read(path).expect("a model").into()
}

fn features() -> Vec<f32> {
    (0..403).map(|i| (0.7 * i as f32).sin()).collect()
}

fn run(model: &mut dyn LoadedModel) -> Vec<Vec<f32>> {
    let features = features();
    let inputs = [Tensor::floats("features", &[1, 403], &features)];
    let found = model.run(&inputs, &["genres", "instruments"]);
    found.expect("an answer")
}

fn right() -> Vec<Vec<f32>> {
    let cpu = InProcess.load("song_tags.onnx", onnx(), Usage::Often);
    run(&mut *cpu.expect("loading"))
}

fn backend(command: fn() -> Command, limits: Limits) -> ChildBackend {
    let choice = Choice::named("openvino").expect("a provider");
    ChildBackend::with(choice, limits, Some((command, PathBuf::new())))
}

/// A job with this program: it is done right, in time, twice; what is told. Nothing is left of the program.
fn job(command: fn() -> Command, limits: Limits) -> (Vec<String>, usize) {
    let backend = backend(command, limits);
    let begun = Instant::now();
    let mut model = backend
        .load("song_tags.onnx", onnx(), Usage::Often)
        .expect("loading");
    let pid = backend
        .0
        .starting
        .lock()
        .upgrade()
        .map(|runner| runner.pid());
    let right = right();
    for _ in 0..2 {
        assert!(difference(&run(&mut *model), &right) < 1e-5);
    }
    assert_eq!(model.outputs().len(), 2);
    let report = backend.report();
    drop((model, backend));
    assert!(begun.elapsed() < Duration::from_secs(60), "{begun:?}");
    let gone = || pid.is_none_or(|pid| !Path::new(&format!("/proc/{pid}")).exists());
    while !gone() {
        assert!(begun.elapsed() < Duration::from_secs(90), "{pid:?} is left");
        std::thread::sleep(Duration::from_millis(5));
    }
    (report.told, report.checked)
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    program::piped(command)
}

#[test]
fn what_is_no_runner_is_done_without() {
    let programs: [Way; 7] = [
        (|| Command::new("/nowhere/runner"), "can't be used"),
        (|| shell("exit 0"), "ended unexpectedly"),
        (|| shell("kill -9 $$"), "ended unexpectedly"),
        (|| shell("cat"), "can't be understood"),
        (|| shell("head -c 100000 /dev/urandom; sleep 60"), ""),
        (
            || shell("printf '\\3\\0\\0\\0\\0\\0\\0\\0abc'; sleep 60"),
            "can't be understood",
        ),
        (|| shell("yes"), ""),
    ];
    for (program, word) in programs {
        let (told, _) = job(program, SHORT);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].starts_with("OpenVINO ") && told[0].contains(word),
            "{told:?}"
        );
        assert!(told[0].contains("on the CPU"), "{told:?}");
    }
}

#[test]
fn what_never_answers_is_not_waited_for() {
    let limits = Limits {
        open: Duration::from_millis(300),
        ..SHORT
    };
    for program in [|| shell("sleep 600"), || shell("kill -STOP $$")] {
        let begun = Instant::now();
        let (told, _) = job(program, limits);
        assert!(begun.elapsed() < Duration::from_secs(20));
        assert_eq!(
            told,
            ["OpenVINO stopped answering; Consort goes on on the CPU until you choose it again."]
        );
    }
}

/// This program, which plays the runner in that way.
fn plays(how: &str) -> Command {
    let name = "models::runtime::child::tests::player";
    let script = format!(
        "exec 3>&1 >/dev/null 2>&1; exec \"$0\" --ignored --exact {name} --nocapture --test-threads=1"
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]);
    command.arg(std::env::current_exe().expect("this program"));
    command.env(PLAYS, how);
    program::piped(command)
}

/// Runs models as the runner does, and then spoils something.
#[test]
#[ignore = "plays the runner for other tests"]
fn player() {
    let Ok(how) = std::env::var(PLAYS) else {
        return;
    };
    let mut answers = File::options()
        .write(true)
        .open("/proc/self/fd/3")
        .expect("a pipe");
    let mut input = std::io::stdin().lock();
    let mut models = Vec::new();
    while let Ok(Some(bytes)) = wire::read(&mut input) {
        let answer = match wire::understand(&bytes).expect("a request") {
            Request::Open(open) => Answer::Opened {
                version: open.version + u32::from(how == "another version"),
                runtime: "1.24.0".to_owned(),
                found: vec![Found {
                    provider: Provider::OpenVino,
                    device: "CPU".to_owned(),
                    name: "a player".to_owned(),
                }],
            },
            Request::Load(_) if how == "can't load" => Answer::Fault("no such operator".to_owned()),
            Request::Load(load) => {
                let onnx = load.onnx.into_owned().into();
                let model = InProcess.load("", onnx, load.usage).expect("loading");
                let (inputs, outputs) = (model.inputs(), model.outputs());
                models.push(model);
                Answer::Loaded {
                    model: 0,
                    inputs,
                    outputs,
                }
            }
            Request::Run(run) => match &*how {
                "ends" => std::process::exit(3),
                "hangs" => loop {
                    std::thread::sleep(Duration::from_secs(60));
                },
                "has no memory" => Answer::Fault("bad allocation\nat".to_owned()),
                "says half" => {
                    answers
                        .write_all(&[9, 0, 0, 0, 0, 0, 0, 0, 1])
                        .expect("writing");
                    std::process::exit(0)
                }
                _ => Answer::Ran(spoiled(&mut *models[0], &run, &how)),
            },
            Request::Unload(_) => Answer::Unloaded,
        };
        wire::write(&mut answers, &answer).expect("writing");
    }
    std::process::exit(0);
}

fn spoiled(model: &mut dyn LoadedModel, run: &Run<'_>, how: &str) -> Vec<Vec<f32>> {
    let names: Vec<&str> = run.outputs.iter().map(AsRef::as_ref).collect();
    let mut found = model.run(&run.inputs, &names).expect("running");
    match how {
        "is wrong" => found[1][3] += 0.5,
        "gives no numbers" => found[0][0] = f32::NAN,
        "gives less" => found[0].truncate(5),
        "gives one" => found.truncate(1),
        _ => {}
    }
    found
}

#[test]
fn whatever_a_runner_does_the_job_is_done_right() {
    let ways: [Way; 10] = [
        (|| plays("is right"), ""),
        (|| plays("another version"), "can't be understood"),
        (
            || plays("can't load"),
            "can't run song_tags.onnx (no such operator); that model",
        ),
        (|| plays("ends"), "ended unexpectedly"),
        (|| plays("hangs"), "stopped answering"),
        (
            || plays("has no memory"),
            "can't run song_tags.onnx (bad allocation); that model",
        ),
        (|| plays("says half"), "ended unexpectedly"),
        (
            || plays("is wrong"),
            "computes song_tags.onnx otherwise than the CPU (by ",
        ),
        (|| plays("gives no numbers"), "otherwise than the CPU"),
        (
            || plays("gives less"),
            "otherwise than the CPU; that model runs on the CPU.",
        ),
    ];
    for (way, word) in ways {
        let (told, checked) = job(way, SHORT);
        let right = word.is_empty();
        assert_eq!(checked, usize::from(right), "{word}");
        assert_eq!(told.len(), usize::from(!right), "{told:?}");
        assert!(told.iter().all(|told| told.contains(word)), "{told:?}");
    }
    let (told, _) = job(|| plays("gives one"), SHORT);
    assert!(told[0].contains("can't be understood"), "{told:?}");
}

#[test]
fn a_lost_process_is_not_started_again() {
    let backend = backend(|| plays("ends"), SHORT);
    let load = || {
        let model = backend.load("song_tags.onnx", onnx(), Usage::Often);
        model.expect("loading")
    };
    let (mut first, mut second) = (load(), load());
    assert!(backend.report().device.is_some());
    run(&mut *first);
    assert_eq!(backend.report().device, None);
    run(&mut *second);
    run(&mut *load());
    assert_eq!(backend.report().told.len(), 1);
    assert!(backend.0.starting.lock().upgrade().is_none());
}

#[test]
fn the_process_lives_as_long_as_a_model() {
    let backend = backend(|| plays("is right"), SHORT);
    let load = || {
        let model = backend.load("song_tags.onnx", onnx(), Usage::Often);
        model.expect("loading")
    };
    let pid = || {
        backend
            .0
            .starting
            .lock()
            .upgrade()
            .map(|runner| runner.pid())
    };
    let first = load();
    let process = pid();
    assert!(process.is_some());
    let second = load();
    drop(first);
    assert_eq!(pid(), process);
    drop(second);
    assert_eq!(pid(), None);
    drop(load());
    assert_eq!(backend.report().told, [""; 0]);
}

/// As `cargo xtask test` leaves it.
#[cfg(target_arch = "x86_64")]
fn openvino() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target"),
        PathBuf::from,
    );
    let library = target.join("openvino/libonnxruntime.so.1.24.1");
    assert!(library.is_file(), "run `cargo xtask test` first");
    library
}

/// The program itself, which gets so many megabytes of addresses and no more.
#[cfg(target_arch = "x86_64")]
fn starved<const MEGABYTES: u32>() -> Command {
    let path = program::start(|command| std::fs::canonicalize(command.get_program()));
    let path = path.expect("it is built in").display().to_string();
    shell(&format!("ulimit -v {}; exec '{path}'", MEGABYTES * 1024))
}

#[cfg(target_arch = "x86_64")]
#[test]
fn without_memory_the_job_goes_on() {
    let library = openvino();
    let ways: [fn() -> Command; 7] = [
        starved::<8>,
        starved::<60>,
        starved::<150>,
        starved::<250>,
        starved::<350>,
        starved::<500>,
        starved::<8000>,
    ];
    let mut told = Vec::new();
    for way in ways {
        let choice = Choice::named("openvino").expect("a provider");
        let limits = Limits {
            first: Duration::from_secs(20),
            ..SHORT
        };
        let backend = ChildBackend::with(choice, limits, Some((way, library.clone())));
        let model = backend.load("song_tags.onnx", onnx(), Usage::Often);
        let mut model = model.expect("loading");
        for _ in 0..2 {
            assert!(difference(&run(&mut *model), &right()) < 1e-3);
        }
        let mut sentences = backend.report().told;
        assert!(sentences.len() <= 1, "{sentences:?}");
        told.push(sentences.pop());
    }
    println!("{told:#?}");
    let starved = told.iter().filter(|told| told.is_some()).count();
    assert!(starved >= 3 && told[0].is_some(), "{told:#?}");
    assert_eq!(told.last(), Some(&None), "and with memory it runs");
}
