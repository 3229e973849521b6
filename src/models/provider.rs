//! What models are computed with, as the user chooses it.

use std::fmt;
use std::path::{Path, PathBuf};

pub use consort_runner::provider::{Found, Provider};
use serde::{Deserialize, Serialize};

use super::settings::Settings;
use super::{Error, runtime};

/// The environment variable that chooses: `openvino`, `cuda:1`.
pub const VARIABLE: &str = "CONSORT_PROVIDER";

/// What the user chose. The CPU runs in this process, all else in one of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What computes.
    pub provider: Provider,
    /// One of its devices; nothing for its first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The ONNX Runtime that has it: the library, its folder, or a plugin; nothing for Consort's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<PathBuf>,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            provider: Provider::Cpu,
            device: None,
            library: None,
        }
    }
}

/// Why something can't be chosen to compute with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFault {
    /// There is no such provider. One sentence that says what to do.
    #[error("There is no provider {0:?}; choose one of {names}.", names = Provider::ALL.map(Provider::name).join(", "))]
    Unknown(String),
    /// It isn't among what there is. A part of a sentence.
    #[error("that ONNX Runtime finds {} here", list(.0))]
    NotFound(Vec<Found>),
}

fn list(found: &[Found]) -> String {
    match found {
        [] => "nothing but the CPU".to_owned(),
        found => found.iter().map(describe).collect::<Vec<_>>().join(", "),
    }
}

impl Choice {
    /// What `NAME[:DEVICE]` chooses, in the library that is named elsewhere.
    ///
    /// # Errors
    /// [`ProviderFault::Unknown`].
    pub fn named(text: &str) -> Result<Self, ProviderFault> {
        let (name, device) = match text.split_once(':') {
            Some((name, device)) if !device.is_empty() => (name, Some(device.to_owned())),
            _ => (text.trim_end_matches(':'), None),
        };
        let provider =
            Provider::named(name.trim()).ok_or_else(|| ProviderFault::Unknown(name.to_owned()))?;
        Ok(Self {
            provider,
            device,
            library: None,
        })
    }

    /// What holds when nobody chooses now: `CONSORT_PROVIDER` with the library of `CONSORT_ONNXRUNTIME`, or
    /// what was chosen last. Any thread but audio.
    #[must_use]
    pub fn remembered() -> Self {
        let set = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        let settings = Settings::read();
        let chosen = set(VARIABLE).and_then(|text| Self::named(&text).ok());
        let mut choice = chosen.unwrap_or(Self {
            library: None,
            ..settings.compute.clone()
        });
        choice.library = set(runtime::LIBRARY_VARIABLE)
            .map(PathBuf::from)
            .or(settings.compute.library);
        choice
    }

    /// The device that is meant, of those there are.
    pub(super) fn pick(&self, found: &[Found]) -> Result<Found, ProviderFault> {
        let mut own = found.iter().filter(|found| found.provider == self.provider);
        let picked = match &self.device {
            None => own.next(),
            Some(device) => own.find(|found| found.device.eq_ignore_ascii_case(device)),
        };
        picked
            .cloned()
            .ok_or_else(|| ProviderFault::NotFound(found.to_vec()))
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.provider.name().to_lowercase())?;
        self.device
            .iter()
            .try_for_each(|device| write!(f, ":{device}"))
    }
}

/// `openvino:CPU (AMD EPYC)`.
#[must_use]
pub fn describe(found: &Found) -> String {
    let provider = found.provider.name().to_lowercase();
    format!("{provider}:{} ({})", found.device, found.name)
}

/// What `library`, or Consort's own ONNX Runtime, finds on this machine beside the CPU. Takes up to seconds: a process looks.
/// Any thread but audio.
///
/// # Errors
/// [`Error::Runtime`]: it can't be used.
pub fn find(library: Option<&Path>) -> Result<Vec<Found>, Error> {
    runtime::found(library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_they_are_written() {
        for text in ["cpu", "openvino", "openvino:GPU.1", "cuda:0"] {
            assert_eq!(Choice::named(text).unwrap().to_string(), text);
        }
        assert_eq!(Choice::named("WebGPU:").unwrap().to_string(), "webgpu");
        let sentence = Choice::named("gpu").unwrap_err().to_string();
        assert!(sentence.contains("CPU, CUDA, CoreML"), "{sentence}");
    }

    #[test]
    fn the_device_that_is_meant_is_picked_or_what_there_is_said() {
        let of = |provider, device: &str| Found {
            provider,
            device: device.to_owned(),
            name: format!("name of {device}"),
        };
        let found = [
            of(Provider::Cuda, "0"),
            of(Provider::OpenVino, "CPU"),
            of(Provider::OpenVino, "GPU"),
        ];
        let pick = |text: &str| Choice::named(text).unwrap().pick(&found);
        assert_eq!(pick("openvino").unwrap().device, "CPU");
        assert_eq!(pick("openvino:gpu").unwrap().device, "GPU");
        let said = pick("cuda:1").unwrap_err().to_string();
        assert!(said.contains("cuda:0 (name of 0), openvino:CPU"), "{said}");
        let nothing = Choice::named("cuda").unwrap().pick(&[]).unwrap_err();
        let nothing = nothing.to_string();
        assert!(nothing.contains("nothing but the CPU"), "{nothing}");
    }
}
