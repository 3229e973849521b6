//! The files that an SFZ file names: written on Windows, where either slash and any case will do.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Finds files from a folder on, by names that may be in another case.
pub(super) struct Files {
    folder: PathBuf,
    /// Names in the folders looked into, by their lower case.
    names: HashMap<PathBuf, HashMap<String, String>>,
}

impl Files {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            names: HashMap::new(),
        }
    }

    /// The file of this name.
    pub(super) fn find(&mut self, name: &str) -> Option<PathBuf> {
        let folder = self.folder.clone();
        self.within(&folder, name)
    }

    /// A file that is included: from the SFZ file's own folder, or from that of the file that includes it.
    pub(super) fn included(&mut self, name: &str, by: &Path) -> Option<PathBuf> {
        let beside = by.parent().unwrap_or(Path::new("."));
        self.find(name).or_else(|| self.within(beside, name))
    }

    fn within(&mut self, folder: &Path, name: &str) -> Option<PathBuf> {
        let name = name.trim().replace('\\', "/");
        let exact = folder.join(&name);
        if exact.is_file() {
            return Some(exact);
        }
        // A slash before everything is the folder's own.
        let mut path = folder.to_owned();
        for part in name.split('/').filter(|part| !matches!(*part, "" | ".")) {
            let next = path.join(part);
            path = match part == ".." || next.exists() {
                true => next,
                false => path.join(self.in_any_case(&path, part)?),
            };
        }
        path.is_file().then_some(path)
    }

    fn in_any_case(&mut self, folder: &Path, name: &str) -> Option<String> {
        let names = self.names.entry(folder.to_owned()).or_insert_with(|| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
            names.map(|name| (name.to_lowercase(), name)).collect()
        });
        names.get(&name.to_lowercase()).cloned()
    }
}
