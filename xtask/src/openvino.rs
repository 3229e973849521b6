//! An ONNX Runtime with another provider, to test with: OpenVINO runs on any processor. Its Python wheel is
//! pinned, its hash checked; 84 MB to fetch, 130 MB of it are kept in `target/openvino`.

use crate::shell::{Result, say, target};
use crate::wheel::{self, Pins, Wheel};
use std::fs;
use std::path::PathBuf;

/// What is needed of it: without what is for GPUs and NPUs.
const FILES: [&str; 8] = [
    "libonnxruntime.so.1.24.1",
    "libonnxruntime_providers_openvino.so",
    "libonnxruntime_providers_shared.so",
    "libopenvino.so.2541",
    "libopenvino_c.so",
    "libopenvino_intel_cpu_plugin.so",
    "libopenvino_onnx_frontend.so.2541",
    "libtbb.so.12",
];

/// The folder with its library, fetched if it isn't there. There is one for Linux on x86-64 only.
pub fn folder() -> Result<PathBuf> {
    let folder = target().join("openvino");
    let pins = Pins::read("xtask/openvino.json")?;
    let wheel = Wheel {
        package: "onnxruntime-openvino",
        version: pins.get(&["version"])?,
        sha256: pins.get(&["wheel_sha256"])?,
        for_python: vec![
            "--python-version".into(),
            pins.get(&["python"])?,
            "--platform".into(),
            pins.get(&["pip_platform"])?,
        ],
        name: pins.get(&["wheel"])?,
        notices: Vec::new(),
    };
    let stamp = folder.join("wheel.sha256");
    if fs::read_to_string(&stamp).is_ok_and(|of| of == wheel.sha256) {
        return Ok(folder);
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}.", folder.display()))?;
    for name in FILES {
        let bytes = wheel.file(&format!("onnxruntime/capi/{name}"))?;
        crate::setup::write(&folder.join(name), &bytes)?;
    }
    crate::setup::write(&stamp, wheel.sha256.as_bytes())?;
    say(format!("ready: {}", folder.display()));
    wheel::clear();
    Ok(folder)
}
