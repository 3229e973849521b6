//! OpenVINO's devices, by its C interface; the library lies beside ONNX Runtime's.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr::null_mut;

use libloading::{Library, Symbol};

/// Names that the library has on the three systems.
const NAMES: [&str; 3] = ["libopenvino_c.so", "openvino_c.dll", "libopenvino_c.dylib"];

/// `ov_available_devices_t`.
#[repr(C)]
struct Devices {
    names: *mut *mut c_char,
    count: usize,
}

/// `ov_core_t`.
type Core = *mut c_void;

/// Each as OpenVINO calls it, with its name; the processor alone where OpenVINO can't be asked.
pub fn devices(library: &Path) -> Vec<(String, String)> {
    let folder = library.parent().unwrap_or(Path::new(""));
    let mut found = NAMES.into_iter().map(|name| folder.join(name));
    let found = found.find(|path| path.is_file());
    let asked = found.and_then(|path| ask(&path));
    asked.unwrap_or_else(|| vec![("CPU".to_owned(), "processor".to_owned())])
}

fn ask(library: &Path) -> Option<Vec<(String, String)>> {
    // SAFETY: the library lies beside the one that the user named to be run. The functions have
    // had these names and signatures since OpenVINO 2022.1; all give 0 when they did what was asked. What they
    // return stays until it is freed, which is left to the end of the process.
    unsafe {
        let library = Library::new(library).ok()?;
        let create: Symbol<'_, extern "C" fn(*mut Core) -> c_int> =
            library.get(b"ov_core_create\0").ok()?;
        let list: Symbol<'_, extern "C" fn(Core, *mut Devices) -> c_int> =
            library.get(b"ov_core_get_available_devices\0").ok()?;
        type Property =
            extern "C" fn(Core, *const c_char, *const c_char, *mut *mut c_char) -> c_int;
        let property: Symbol<'_, Property> = library.get(b"ov_core_get_property\0").ok()?;
        let mut core = null_mut();
        let mut devices = Devices {
            names: null_mut(),
            count: 0,
        };
        if create(&raw mut core) != 0 || list(core, &raw mut devices) != 0 {
            return None;
        }
        let names = match devices.names.is_null() {
            true => &[],
            false => std::slice::from_raw_parts(devices.names, devices.count),
        };
        let called = names.iter().filter(|name| !name.is_null());
        let found = called.map(|&device| {
            let device = CStr::from_ptr(device);
            let mut text = null_mut();
            let key = c"FULL_DEVICE_NAME".as_ptr();
            let named = property(core, device.as_ptr(), key, &raw mut text) == 0 && !text.is_null();
            let name = match named {
                true => CStr::from_ptr(text).to_owned(),
                false => CString::from(device),
            };
            let text = |name: &CStr| name.to_string_lossy().trim().to_owned();
            (text(device), text(&name))
        });
        let found = found.collect();
        std::mem::forget(library);
        Some(found)
    }
}
