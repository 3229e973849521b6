//! What ONNX Runtime computes with: its execution providers.

use serde::{Deserialize, Serialize};

/// An execution provider that Consort knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// The processor, by ONNX Runtime itself.
    Cpu,
    /// NVIDIA's GPUs.
    Cuda,
    /// Apple's.
    CoreMl,
    /// Windows' GPUs.
    DirectMl,
    /// Intel's toolkit: processors, GPUs and NPUs.
    OpenVino,
    /// GPUs by Vulkan, Metal or Direct3D.
    WebGpu,
}

impl Provider {
    /// All of them, the CPU first.
    pub const ALL: [Self; 6] = [
        Self::Cpu,
        Self::Cuda,
        Self::CoreMl,
        Self::DirectMl,
        Self::OpenVino,
        Self::WebGpu,
    ];

    /// "OpenVINO".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "CPU",
            Self::Cuda => "CUDA",
            Self::CoreMl => "CoreML",
            Self::DirectMl => "DirectML",
            Self::OpenVino => "OpenVINO",
            Self::WebGpu => "WebGPU",
        }
    }

    /// The one of this name, whatever its case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let is = |provider: &Self| provider.name().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(is)
    }

    /// ONNX Runtime's name of it.
    #[must_use]
    pub fn onnx_name(self) -> &'static str {
        match self {
            Self::Cpu => "CPUExecutionProvider",
            Self::Cuda => "CUDAExecutionProvider",
            Self::CoreMl => "CoreMLExecutionProvider",
            Self::DirectMl => "DmlExecutionProvider",
            Self::OpenVino => "OpenVINOExecutionProvider",
            Self::WebGpu => "WebGpuExecutionProvider",
        }
    }
}

/// A device that a provider can compute with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Whose it is.
    pub provider: Provider,
    /// What the provider calls it: `0`, `GPU.1`.
    pub device: String,
    /// What people call it.
    pub name: String,
}
