//! Looks at an ONNX Runtime library before it is used: `ort` would abort on one that is too old.

#![expect(unsafe_code, reason = "libraries are loaded, and found, in C")]

use std::ffi::{CStr, c_char, c_void};
use std::path::{Path, PathBuf};

use libloading::Library;

use crate::onnx::first_line;

/// The oldest 1.x that has the interface Consort is built against (`ort`'s feature `api-24`).
pub const OLDEST_MINOR: u32 = 24;

/// The head of what every ONNX Runtime library exports: `OrtApiBase`.
#[repr(C)]
struct ApiBase {
    get_api: extern "C" fn(u32) -> *const c_void,
    get_version_string: extern "C" fn() -> *const c_char,
}

/// Why a file isn't an ONNX Runtime that can be used. `Display` is one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLibrary {
    /// There is none.
    #[error("There is no ONNX Runtime library at {}.", .0.display())]
    Missing(PathBuf),
    /// The system doesn't load it, in its own words.
    #[error("{} doesn't load as a library ({said}).", .0.display(), said = .1)]
    Unloadable(PathBuf, String),
    /// It is another library.
    #[error("{} isn't ONNX Runtime.", .0.display())]
    Other(PathBuf),
    /// It is one, and does nothing.
    #[error("{} isn't a working ONNX Runtime.", .0.display())]
    Broken(PathBuf),
    /// It has no version.
    #[error("{} doesn't say which ONNX Runtime it is.", .0.display())]
    Nameless(PathBuf),
    /// It is of a version that doesn't fit.
    #[error("ONNX Runtime {version} at {} doesn't fit: Consort needs version 1.{OLDEST_MINOR} or a newer 1.x.", .0.display(), version = .1)]
    Version(PathBuf, String),
}

/// Loads the library of this name, which people know as `path`; its version.
///
/// # Errors
/// [`NoLibrary`]: it doesn't load, isn't ONNX Runtime, or is too old.
pub fn look(name: &Path, path: &Path) -> Result<(Library, String), NoLibrary> {
    // SAFETY: loading a library runs its initialisers. This one is ONNX Runtime, its bytes checked
    // against a pinned hash, or a library that the user named to be run.
    let library = unsafe { Library::new(name) }.map_err(|e| {
        let said = e
            .to_string()
            .replace(&name.display().to_string(), &path.display().to_string());
        NoLibrary::Unloadable(path.to_owned(), first_line(&said).to_owned())
    })?;
    // SAFETY: the name and the signature are ONNX Runtime's stable C interface; the structure it
    // returns is static and begins with these two functions in all versions since 1.0.
    let (version, speaks) = unsafe {
        let Ok(get_base) = library.get::<extern "C" fn() -> *const ApiBase>(b"OrtGetApiBase\0")
        else {
            return Err(NoLibrary::Other(path.to_owned()));
        };
        let Some(base) = get_base().as_ref() else {
            return Err(NoLibrary::Broken(path.to_owned()));
        };
        let version = (base.get_version_string)();
        if version.is_null() {
            return Err(NoLibrary::Nameless(path.to_owned()));
        }
        let version = CStr::from_ptr(version).to_string_lossy().into_owned();
        let speaks = is_new_enough(&version) && !(base.get_api)(OLDEST_MINOR).is_null();
        (version, speaks)
    };
    if speaks {
        Ok((library, version))
    } else {
        Err(NoLibrary::Version(path.to_owned(), version))
    }
}

/// Whether the library at `path` isn't ONNX Runtime but brings a provider for it.
#[must_use]
pub fn is_plugin(path: &Path) -> bool {
    // SAFETY: as in `look`; the symbols are looked for only, and not called.
    unsafe {
        Library::new(path).is_ok_and(|library| {
            library.get::<*const c_void>(b"OrtGetApiBase\0").is_err()
                && library.get::<*const c_void>(b"CreateEpFactories\0").is_ok()
        })
    }
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    numbers.next() == Some(1) && numbers.next().is_some_and(|minor| minor >= OLDEST_MINOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (version, fits) in [
            ("1.24.0", true),
            ("1.31.1", true),
            ("1.23.2", false),
            ("1.9", false),
            ("2.0.0", false),
            ("", false),
        ] {
            assert_eq!(is_new_enough(version), fits, "{version}");
        }
    }
}
