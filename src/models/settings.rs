//! What a user chooses once for all projects: a file in the user's configuration.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::provider::Choice;

/// The environment variable that names another folder for the file.
pub const FOLDER_VARIABLE: &str = "CONSORT_SETTINGS";

/// The file's name.
const FILE: &str = "settings.json";

/// What is chosen. What another version wrote beside it stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// What models are computed with.
    #[serde(default)]
    pub compute: Choice,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

/// Why a choice isn't kept for later. `Display` is one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// There is nowhere to keep it.
    #[error(
        "The choice holds for now, but this system has no folder for settings: name one in {FOLDER_VARIABLE}."
    )]
    NoFolder,
    /// The file can't be written.
    #[error("The choice holds for now, but can't be kept in {folder} ({reason}).")]
    NotKept {
        /// Where it would be.
        folder: String,
        /// The system's words.
        reason: String,
    },
}

impl Settings {
    /// As they were written last; where they can't be read, as at first. Any thread but audio.
    #[must_use]
    pub fn read() -> Self {
        folder()
            .map(|folder| Self::read_from(&folder))
            .unwrap_or_default()
    }

    /// Changes them, in the file. Any thread but audio.
    ///
    /// # Errors
    /// [`SettingsFault`]: they can't be kept.
    pub fn change(change: impl FnOnce(&mut Self)) -> Result<(), SettingsFault> {
        let folder = folder().ok_or(SettingsFault::NoFolder)?;
        let mut settings = Self::read_from(&folder);
        change(&mut settings);
        settings
            .write_to(&folder)
            .map_err(|e| SettingsFault::NotKept {
                folder: folder.display().to_string(),
                reason: e.to_string(),
            })
    }

    fn read_from(folder: &Path) -> Self {
        let bytes = std::fs::read(folder.join(FILE)).unwrap_or_default();
        let read: Option<serde_json::Map<String, serde_json::Value>> =
            serde_json::from_slice(&bytes).ok();
        let mut rest = read.unwrap_or_default();
        let compute = rest.remove("compute");
        let compute = compute.and_then(|value| serde_json::from_value(value).ok());
        Self {
            compute: compute.unwrap_or_default(),
            rest,
        }
    }

    /// Under another name first, so that nobody reads a half.
    fn write_to(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.persist(folder.join(FILE))?;
        Ok(())
    }
}

fn folder() -> Option<PathBuf> {
    match std::env::var_os(FOLDER_VARIABLE).filter(|value| !value.is_empty()) {
        Some(folder) => Some(folder.into()),
        None => dirs::config_dir().map(|folder| folder.join("consort")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_kept_and_what_others_wrote_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("consort");
        assert_eq!(Settings::read_from(&folder), Settings::default());
        let settings = Settings {
            compute: Choice {
                library: Some("/a/b.so".into()),
                ..Choice::named("openvino:CPU").unwrap()
            },
            ..Settings::default()
        };
        settings.write_to(&folder).expect("writing");
        assert_eq!(Settings::read_from(&folder), settings);

        let text = r#"{"compute": {"provider": "abacus"}, "later": [1]}"#;
        std::fs::write(folder.join(FILE), text).expect("writing");
        let read = Settings::read_from(&folder);
        assert_eq!(read.compute, Choice::default(), "what isn't understood");
        read.write_to(&folder).expect("writing");
        let kept = std::fs::read_to_string(folder.join(FILE)).expect("reading");
        assert!(kept.contains("later"), "{kept}");
        std::fs::write(folder.join(FILE), "{").expect("writing");
        assert_eq!(Settings::read_from(&folder), Settings::default());
    }
}
