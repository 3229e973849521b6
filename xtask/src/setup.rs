//! `cargo xtask setup`: what a build needs and Cargo doesn't bring.

use crate::packages;
use crate::shell::{Result, cargo, run, say, target};
use crate::wheel::{self, Pins, Wheel};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes a plain `cargo build --release` work: system packages, and as assets ONNX Runtime and the
/// transcription model, with their licences.
pub fn build() -> Result {
    packages::ensure(packages::BUILD)?;
    onnxruntime()?;
    basic_pitch()?;
    runner()?;
    wheel::clear();
    Ok(())
}

/// The Python with the packages of `xtask/requirements-test.txt`.
pub fn python_with_hosts() -> Result<PathBuf> {
    installed("of the tests", "xtask/requirements-test.txt", &[])
}

/// The same, and what measures instruments: packages of which little is used, so that what they
/// depend on is left out.
pub fn python_with_measures() -> Result<PathBuf> {
    python_with_hosts()?;
    installed(
        "that measure instruments",
        "xtask/requirements-evaluate.txt",
        &["--no-deps"],
    )
}

/// Installs pinned packages, unless that is done.
fn installed(which: &str, requirements: &str, options: &[&str]) -> Result<PathBuf> {
    let python = python()?;
    let wanted = sha256(&read(Path::new(requirements))?);
    let name = Path::new(requirements).with_extension("sha256");
    let stamp = target()
        .join("venv")
        .join(name.file_name().unwrap_or_default());
    if fs::read_to_string(&stamp).is_ok_and(|before| before == wanted) {
        return Ok(python);
    }
    say(format!(
        "installing the Python packages {which} (pinned, hashes checked) into target/venv"
    ));
    let mut pip = pip(&python);
    run(pip
        .args(["install", "--quiet", "--require-hashes"])
        .args(options)
        .args(["-r", requirements]))?;
    write(&stamp, wanted.as_bytes())?;
    Ok(python)
}

/// A Python of our own, so that nothing of the system's or the user's is changed.
pub fn python() -> Result<PathBuf> {
    let python = target().join("venv/bin/python");
    if !python.exists() {
        say("making a Python environment in target/venv");
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(target().join("venv")))?;
    }
    Ok(python)
}

pub fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--disable-pip-version-check"]);
    command
}

/// Puts ONNX Runtime's library, compressed, where the build script embeds it from:
/// `target/assets/onnxruntime-OS-ARCH.zst`, and beside it `.sha256` of the library itself.
fn onnxruntime() -> Result {
    let pins = Pins::read(ONNXRUNTIME)?;
    let of = |name: &str| pins.get(&["platforms", &platform(), name]);
    let asset = format!("onnxruntime-{}.zst", platform());
    let asset = target().join("assets").join(asset);
    let wheel = onnxruntime_wheel()?;
    wheel.ensure(&asset, &of("library_sha256")?, &of("library")?, |library| {
        // Level 19 takes seconds, once, and makes the plugin file 20% smaller than the default does.
        zstd::encode_all(library, 19)
            .map_err(|error| format!("it could not be compressed: {error}."))
    })?;
    wheel.ensure_notices()
}

const ONNXRUNTIME: &str = "plugin-assets/onnxruntime.json";

fn platform() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

/// The wheel that ONNX Runtime comes from.
pub fn onnxruntime_wheel() -> Result<Wheel> {
    let pins = Pins::read(ONNXRUNTIME)?;
    let of = |name: &str| pins.get(&["platforms", &platform(), name]);
    let name = of("wheel")?;
    // The wheel's own Python, which needn't be ours: only the library inside is wanted.
    let for_python = name.split('-').nth(2).unwrap_or_default();
    let for_python = for_python.trim_start_matches("cp").to_owned();
    Ok(Wheel {
        package: "onnxruntime",
        version: pins.get(&["version"])?,
        sha256: of("wheel_sha256")?,
        for_python: vec![
            "--python-version".into(),
            for_python,
            "--platform".into(),
            of("pip_platform")?,
        ],
        name,
        notices: ["LICENSE", "ThirdPartyNotices.txt"]
            .map(|file| format!("onnxruntime/{file}"))
            .into(),
    })
}

/// Builds the program that runs models in a process of its own, and puts it, compressed, where the build
/// script embeds it from: `target/assets/runner-OS-ARCH.zst`, and beside it `.sha256` of the program. It is for this
/// machine's system: a build for another has none inside, and says so when it is asked for a provider.
fn runner() -> Result {
    // Its symbols would be half of it.
    let mut build = cargo();
    build.args([
        "rustc",
        "--quiet",
        "--release",
        "--package",
        "consort-runner",
    ]);
    run(build.args(["--bin", "consort-runner", "--", "-C", "strip=symbols"]))?;
    let name = format!("consort-runner{}", std::env::consts::EXE_SUFFIX);
    let program = read(&target().join("release").join(&name))?;
    let hash = sha256(&program);
    let asset = target().join("assets");
    let asset = asset.join(format!("runner-{}.zst", platform()));
    let asset_hash = asset.with_extension("sha256");
    if asset.exists() && fs::read_to_string(&asset_hash).is_ok_and(|have| have.trim() == hash) {
        return Ok(());
    }
    let packed = zstd::encode_all(program.as_slice(), 19)
        .map_err(|error| format!("{name} could not be compressed: {error}."))?;
    write(&asset, &packed)?;
    write(&asset_hash, format!("{hash}\n").as_bytes())?;
    say(format!(
        "ready: {} ({:.1} MB)",
        asset.display(),
        packed.len() as f64 / 1e6
    ));
    Ok(())
}

/// Puts the transcription model where the build script embeds it from:
/// `target/assets/basic_pitch.onnx`, and beside it `.sha256`.
fn basic_pitch() -> Result {
    let pins = Pins::read(BASIC_PITCH)?;
    let asset = target().join("assets").join("basic_pitch.onnx");
    let (model, hash) = (pins.get(&["model"])?, pins.get(&["model_sha256"])?);
    let wheel = basic_pitch_wheel()?;
    wheel.ensure(&asset, &hash, &model, |model| Ok(model.to_vec()))?;
    wheel.ensure_notices()
}

const BASIC_PITCH: &str = "plugin-assets/basic_pitch.json";

/// The wheel that the transcription model comes from.
pub fn basic_pitch_wheel() -> Result<Wheel> {
    let pins = Pins::read(BASIC_PITCH)?;
    let version = pins.get(&["version"])?;
    Ok(Wheel {
        package: "basic-pitch",
        sha256: pins.get(&["wheel_sha256"])?,
        for_python: Vec::new(),
        name: pins.get(&["wheel"])?,
        notices: ["LICENSE", "NOTICE"]
            .map(|file| format!("basic_pitch-{version}.dist-info/{file}"))
            .into(),
        version,
    })
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{} could not be read: {error}.", path.display()))
}

pub fn write(path: &Path, bytes: &[u8]) -> Result {
    fs::write(path, bytes)
        .map_err(|error| format!("{} could not be written: {error}.", path.display()))
}
