//! `cargo xtask setup`: what a build needs and Cargo doesn't bring.

use crate::packages;
use crate::shell::{Result, run, say, target};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes a plain `cargo build --release` work: system packages, and ONNX Runtime as an asset.
pub fn build() -> Result {
    packages::ensure(packages::BUILD)?;
    onnxruntime()
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
    let pins: Value =
        serde_json::from_slice(&read(Path::new("plugin-assets/onnxruntime.json"))?)
            .map_err(|error| format!("plugin-assets/onnxruntime.json is damaged: {error}."))?;
    let pin = |name: &str| {
        pins["platforms"][&platform][name]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| {
                format!("plugin-assets/onnxruntime.json has no `{name}` for {platform}.")
            })
    };
    let (tag, wheel, wheel_hash) = (pin("pip_platform")?, pin("wheel")?, pin("wheel_sha256")?);
    let (library, hash) = (pin("library")?, pin("library_sha256")?);
    let version = pins["version"].as_str().unwrap_or_default();

    let assets = target().join("assets");
    let asset = assets.join(format!("onnxruntime-{platform}.zst"));
    let asset_hash = assets.join(format!("onnxruntime-{platform}.sha256"));
    if asset.exists() && fs::read_to_string(&asset_hash).is_ok_and(|have| have.trim() == hash) {
        return Ok(());
    }

    say(format!(
        "fetching ONNX Runtime {version} for {platform} (its Python wheel, 15 to 25 MB)"
    ));
    let folder = assets.join("wheel");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}.", folder.display()))?;
    let requirement = folder.join("requirements.txt");
    write(
        &requirement,
        format!("onnxruntime=={version} --hash=sha256:{wheel_hash}\n").as_bytes(),
    )?;
    let python = python()?;
    let mut download = pip(&python);
    download.args([
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
    ]);
    // The wheel's own Python, which needn't be ours: only the library inside is wanted.
    let for_python = wheel
        .split('-')
        .nth(2)
        .unwrap_or_default()
        .trim_start_matches("cp");
    download.args(["--python-version", for_python, "--platform", &tag]);
    run(download
        .arg("--dest")
        .arg(&folder)
        .arg("-r")
        .arg(&requirement))?;

    say("checking its library and compressing it for the plugin");
    let unpack = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    let unpacked = Command::new(&python)
        .args(["-c", unpack])
        .arg(folder.join(wheel))
        .arg(&library)
        .output()
        .map_err(|error| format!("Python could not start: {error}."))?;
    let found = sha256(&unpacked.stdout);
    if found != hash {
        return Err(format!(
            "{library} has sha256 {found}, not the pinned {hash}; it is not used."
        ));
    }
    // Level 19 takes seconds, once, and makes the plugin file 20% smaller than the default does.
    let packed = zstd::encode_all(unpacked.stdout.as_slice(), 19)
        .map_err(|error| format!("{library} could not be compressed: {error}."))?;
    write(&asset, &packed)?;
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
