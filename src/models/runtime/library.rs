//! An ONNX Runtime library in memory, looked at before it is used.

use std::path::{Path, PathBuf};

use consort_runner::library::{NoLibrary, look};

use super::checked::Checked;

/// An ONNX Runtime in memory. It stays there while this is held, so that `ort`, which loads it again by
/// its name, gets this one.
#[derive(Debug)]
pub(super) struct Loaded {
    _library: libloading::Library,
    file: Option<Checked>,
    path: PathBuf,
    version: String,
}

impl Loaded {
    /// The name that it was loaded by.
    pub(super) fn name(&self) -> &Path {
        self.file.as_ref().map_or(&self.path, Checked::name)
    }

    /// Where it is, for people.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

/// Loads the library at `path`, an absolute path.
///
/// # Errors
/// [`NoLibrary`]: it doesn't load, isn't ONNX Runtime, or is too old.
pub(super) fn load(path: &Path) -> Result<Loaded, NoLibrary> {
    if !path.is_file() {
        return Err(NoLibrary::Missing(path.to_owned()));
    }
    let (library, version) = look(path, path)?;
    Ok(Loaded {
        _library: library,
        file: None,
        path: path.to_owned(),
        version,
    })
}

/// Loads the very file that was checked.
///
/// # Errors
/// As [`load`].
pub(super) fn load_checked(file: Checked) -> Result<Loaded, NoLibrary> {
    let path = file.place().to_owned();
    let (library, version) = look(file.name(), &path)?;
    Ok(Loaded {
        _library: library,
        file: Some(file),
        path,
        version,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn what_is_no_library_is_refused_in_a_sentence() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = folder.path().join("missing.so");
        assert!(
            load(&missing)
                .expect_err("missing")
                .to_string()
                .starts_with("There is no ONNX Runtime library at ")
        );
        let text = folder.path().join("text.so");
        std::fs::write(&text, "not a library").expect("writing");
        assert!(
            load(&text)
                .expect_err("text")
                .to_string()
                .contains("doesn't load as a library")
        );
    }

    /// A library that looks like ONNX Runtime of this version, and speaks its interface or none.
    #[cfg(target_os = "linux")]
    pub(in super::super) fn counterfeit(folder: &Path, version: &str, speaks: bool) -> PathBuf {
        let source = folder.join("counterfeit.c");
        let speaks = u8::from(speaks);
        let code = format!(
            "static const void *api(unsigned v) {{ (void)v; return {speaks} ? (const void *)api : 0; }}\n\
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
            let path = counterfeit(folder.path(), version, false);
            let sentence = load(&path).expect_err("it speaks nothing").to_string();
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
            let sentence = load(path).expect_err("libm").to_string();
            assert!(sentence.contains("isn't ONNX Runtime"), "{sentence}");
        }
    }
}
