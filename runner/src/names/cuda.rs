//! NVIDIA's GPUs, by the driver's own interface (CUDA Driver API; the library comes with the driver).

use std::ffi::{CStr, c_char, c_int, c_uint};

use libloading::Library;

const DRIVER: &str = if cfg!(windows) {
    "nvcuda.dll"
} else {
    "libcuda.so.1"
};

/// Each number with its name; none without a driver.
pub fn devices() -> Vec<(String, String)> {
    ask().unwrap_or_default()
}

fn ask() -> Option<Vec<(String, String)>> {
    // SAFETY: the driver's library is the system's. The functions have had these names and
    // signatures since CUDA 2.0; all give 0 when they did what was asked, and the name is written with its end within
    // the length given.
    unsafe {
        let driver = Library::new(DRIVER).ok()?;
        let init = driver.get::<extern "system" fn(c_uint) -> c_int>(b"cuInit\0");
        let count = driver.get::<extern "system" fn(*mut c_int) -> c_int>(b"cuDeviceGetCount\0");
        let get = driver.get::<extern "system" fn(*mut c_int, c_int) -> c_int>(b"cuDeviceGet\0");
        let name = driver
            .get::<extern "system" fn(*mut c_char, c_int, c_int) -> c_int>(b"cuDeviceGetName\0");
        let (init, count, get, name) = (init.ok()?, count.ok()?, get.ok()?, name.ok()?);
        let mut many = 0;
        if init(0) != 0 || count(&raw mut many) != 0 {
            return None;
        }
        let one = |number: c_int| {
            let mut device = 0;
            let mut text = [0 as c_char; 256];
            let length = c_int::try_from(text.len()).ok()?;
            let there = get(&raw mut device, number) == 0
                && name(text.as_mut_ptr(), length - 1, device) == 0;
            there.then(|| {
                let text = CStr::from_ptr(text.as_ptr()).to_string_lossy();
                (number.to_string(), text.into_owned())
            })
        };
        let found = (0..many).filter_map(one).collect();
        // A driver isn't unloaded once it has begun.
        std::mem::forget(driver);
        Some(found)
    }
}
