//! What a library has to compute with, and sessions on it.
//!
//! ONNX Runtime has two kinds of providers. Of those that it is built with, it says only that they are
//! there: which devices they have is asked of their drivers ([`super::names`]). Plugins, and a few that are
//! built in, say themselves which devices they have. Of these, OpenVINO (built in) is tried in CI; CUDA, CoreML, DirectML, WebGPU
//! and plugins are not.

use std::ffi::CStr;
use std::path::Path;

use consort_runner::onnx::Said;
use consort_runner::provider::{Found, Provider};
use ort::AsPointer;
use ort::device::Device;
use ort::environment::Environment;
use ort::ep::{self, ExecutionProvider};
use ort::memory::DeviceType;
use ort::session::builder::SessionBuilder;

use super::names;

/// All that there is but the CPU provider, which Consort has without this program.
pub fn found(environment: &Environment, library: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    for provider in Provider::ALL.into_iter().skip(1) {
        let own: Vec<_> = devices(environment, provider)
            .enumerate()
            .map(|(at, device)| (at.to_string(), name(&device)))
            .collect();
        let named = if own.is_empty() && is_built_in(provider) {
            match provider {
                Provider::Cuda => names::cuda(),
                Provider::OpenVino => names::openvino(library),
                // It takes what the system gives it.
                Provider::CoreMl => vec![("0".to_owned(), "this Mac".to_owned())],
                _ => Vec::new(),
            }
        } else {
            own
        };
        found.extend(named.into_iter().map(|(device, name)| Found {
            provider,
            device,
            name,
        }));
    }
    found
}

/// The session is to run on this device, as it was found.
pub fn choose(
    environment: &Environment,
    builder: SessionBuilder,
    provider: Provider,
    device: &str,
    threads: usize,
) -> Result<SessionBuilder, Said> {
    let number = device.parse().ok();
    let own = number.and_then(|at| devices(environment, provider).nth(at));
    if let Some(device) = own {
        return builder.with_devices([device], None).map_err(Said::of);
    }
    let number = i32::try_from(number.unwrap_or(0)).unwrap_or(0);
    let dispatch = match provider {
        Provider::Cpu => return Ok(builder),
        // With TF32, products have 10 bits.
        Provider::Cuda => ep::CUDA::default()
            .with_device_id(number)
            .with_tf32(false)
            .build(),
        Provider::CoreMl => ep::CoreML::default().build(),
        Provider::DirectMl => ep::DirectML::default().with_device_id(number).build(),
        Provider::OpenVino => {
            let chosen = ep::OpenVINO::default()
                .with_device_type(device)
                .with_num_threads(threads);
            if device.starts_with("GPU") {
                chosen.with_precision("FP32").build()
            } else {
                chosen.build()
            }
        }
        Provider::WebGpu => ep::WebGPU::default().build(),
    };
    builder
        .with_execution_providers([dispatch.error_on_failure()])
        .map_err(Said::of)
}

fn is_built_in(provider: Provider) -> bool {
    let there = match provider {
        Provider::Cpu => return true,
        Provider::Cuda => ep::CUDA::is_available(),
        Provider::CoreMl => ep::CoreML::is_available(),
        Provider::DirectMl => ep::DirectML::is_available(),
        Provider::OpenVino => ep::OpenVINO::is_available(),
        Provider::WebGpu => ep::WebGPU::is_available(),
    };
    there.unwrap_or(false)
}

/// Those that ONNX Runtime itself knows for this provider.
fn devices(environment: &Environment, provider: Provider) -> impl Iterator<Item = Device<'_>> {
    let is = move |device: &Device<'_>| device.ep().is_ok_and(|name| name == provider.onnx_name());
    environment.devices().filter(is)
}

/// "NVIDIA GPU", or what the system calls it.
fn name(device: &Device<'_>) -> String {
    let hardware = device.hardware_device();
    if let Some(description) = description(hardware.ptr()) {
        return description;
    }
    let kind = match hardware.ty() {
        DeviceType::GPU => "GPU",
        DeviceType::NPU => "NPU",
        _ => "processor",
    };
    format!("{} {kind}", hardware.vendor().unwrap_or_default())
        .trim()
        .to_owned()
}

/// What the system calls it, where it says.
fn description(hardware: *const ort::sys::OrtHardwareDevice) -> Option<String> {
    // SAFETY: the device is ONNX Runtime's and lives as long as its environment; both functions are in
    // every version that Consort takes, and what they return belongs to the device.
    let text = unsafe {
        let api = ort::api();
        let facts = (api.HardwareDevice_Metadata)(hardware);
        let value = (api.GetKeyValue)(facts, c"Description".as_ptr());
        if value.is_null() {
            return None;
        }
        CStr::from_ptr(value)
    };
    let text = text.to_string_lossy().trim().to_owned();
    (!text.is_empty()).then_some(text)
}
