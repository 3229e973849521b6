//! Looks at an ONNX Runtime library before it is used: `ort` would abort on one that is too old.

use std::ffi::{CStr, c_char, c_void};
use std::path::Path;

/// The oldest 1.x that has the interface Consort is built against (`ort`'s feature `api-24`).
pub(super) const OLDEST_MINOR: u32 = 24;

/// The head of what every ONNX Runtime library exports: `OrtApiBase`.
#[repr(C)]
struct ApiBase {
    get_api: extern "C" fn(u32) -> *const c_void,
    get_version_string: extern "C" fn() -> *const c_char,
}

/// The version of the library at `path`, an absolute path.
///
/// # Errors
/// One sentence: it doesn't load, isn't ONNX Runtime, or is too old.
pub(super) fn check(path: &Path) -> Result<String, String> {
    if !path.is_file() {
        return Err(format!(
            "There is no ONNX Runtime library at {}.",
            path.display()
        ));
    }
    // SAFETY: loading a library runs its initialisers. This one is ONNX Runtime, its bytes checked
    // against a pinned hash, or a library that the user named to be run.
    #[allow(unsafe_code)]
    let library = unsafe { libloading::Library::new(path) }.map_err(|e| {
        format!(
            "{} doesn't load as a library ({}).",
            path.display(),
            super::first_line(&e.to_string())
        )
    })?;
    // SAFETY: the name and the signature are ONNX Runtime's stable C interface; the structure it
    // returns is static and begins with these two functions in all versions since 1.0.
    #[allow(unsafe_code)]
    let (version, speaks) = unsafe {
        let Ok(get_base) = library.get::<extern "C" fn() -> *const ApiBase>(b"OrtGetApiBase\0")
        else {
            return Err(format!("{} isn't ONNX Runtime.", path.display()));
        };
        let Some(base) = get_base().as_ref() else {
            return Err(format!("{} isn't a working ONNX Runtime.", path.display()));
        };
        let version = (base.get_version_string)();
        if version.is_null() {
            return Err(format!(
                "{} doesn't say which ONNX Runtime it is.",
                path.display()
            ));
        }
        let version = CStr::from_ptr(version).to_string_lossy().into_owned();
        let speaks = is_new_enough(&version) && !(base.get_api)(OLDEST_MINOR).is_null();
        (version, speaks)
    };
    if speaks {
        Ok(version)
    } else {
        Err(format!(
            "ONNX Runtime {version} at {} doesn't fit: Consort needs version 1.{OLDEST_MINOR} or a newer 1.x.",
            path.display()
        ))
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

    #[test]
    fn what_is_no_library_is_refused_in_a_sentence() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = folder.path().join("missing.so");
        assert!(
            check(&missing)
                .expect_err("missing")
                .starts_with("There is no ONNX Runtime library at ")
        );
        let text = folder.path().join("text.so");
        std::fs::write(&text, "not a library").expect("writing");
        assert!(
            check(&text)
                .expect_err("text")
                .contains("doesn't load as a library")
        );
    }

    /// A library that looks like ONNX Runtime of this version, and speaks no interface.
    #[cfg(target_os = "linux")]
    fn counterfeit(folder: &Path, version: &str) -> std::path::PathBuf {
        let source = folder.join("counterfeit.c");
        let code = format!(
            "static const void *api(unsigned v) {{ (void)v; return 0; }}\n\
             static const char *version(void) {{ return \"{version}\"; }}\n\
             static const struct {{ const void *(*a)(unsigned); const char *(*v)(void); }} base = {{ api, version }};\n\
             const void *OrtGetApiBase(void) {{ return &base; }}\n"
        );
        std::fs::write(&source, code).expect("writing");
        let library = folder.join("libcounterfeit.so");
        let compiler = std::process::Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .status();
        assert!(
            compiler
                .expect("the C compiler that Rust links with")
                .success()
        );
        library
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_old_or_foreign_version_is_refused_in_a_sentence() {
        for version in ["1.17.3", "1.23.2", "1.31.1", "2.0.0"] {
            let folder = tempfile::tempdir().expect("a folder");
            let path = counterfeit(folder.path(), version);
            let sentence = check(&path).expect_err("it speaks nothing");
            let begins = format!("ONNX Runtime {version} at ");
            assert!(sentence.starts_with(&begins), "{sentence}");
            assert!(
                sentence.ends_with("Consort needs version 1.24 or a newer 1.x."),
                "{sentence}"
            );
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn another_library_is_refused_in_a_sentence() {
        let other = [
            "/lib/x86_64-linux-gnu/libm.so.6",
            "/lib64/libm.so.6",
            "/usr/lib/libm.so.6",
            "/lib/aarch64-linux-gnu/libm.so.6",
        ];
        if let Some(path) = other.iter().map(Path::new).find(|path| path.is_file()) {
            assert!(
                check(path)
                    .expect_err("libm")
                    .contains("isn't ONNX Runtime")
            );
        }
    }
}
