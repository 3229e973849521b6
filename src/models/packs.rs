//! Which pack does what: those that the user added come before those inside Consort.
//!
//! A user's packs are folders: each folder in [`folder`], beside the library, and those that `folders.json` there names. One
//! that is damaged, made for another version, or too new isn't used at all, and says why.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::pack::FOLDER_VARIABLE;
use super::{Error, Pack};

/// The environment variable that names the folder of the user's packs.
pub const PACKS_VARIABLE: &str = "CONSORT_PACKS";

/// Where the folders that were added are named.
const ADDED: &str = "folders.json";

/// The packs of the user and of Consort, in the order in which they are asked. Any thread but audio.
#[derive(Debug, Default)]
pub struct PackSet {
    packs: Vec<Pack>,
    /// What can't be used: where it is, and why.
    faults: Vec<(PathBuf, Error)>,
}

impl PackSet {
    /// Those there are now. The packs of the user are checked, every file of them, once as long as they stay as they
    /// are: some 5 ms a megabyte. `CONSORT_MODELS` names a folder that takes the place of all but the transcription's.
    ///
    /// # Errors
    /// [`Error::Pack`]: what `CONSORT_MODELS` names can't be used.
    pub fn open() -> Result<Self, Error> {
        let named = std::env::var_os(FOLDER_VARIABLE).filter(|value| !value.is_empty());
        let mut set = match named {
            Some(folder) => Self {
                packs: vec![Pack::from_folder(folder)?],
                ..Self::default()
            },
            None => Self::of_user(&folder()),
        };
        let built_in = [Pack::built_in(), Pack::basic_pitch()];
        set.packs.extend(built_in.into_iter().flatten());
        Ok(set)
    }

    /// The packs in a folder, and those that it names.
    fn of_user(folder: &Path) -> Self {
        let mut set = Self::default();
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        folders.retain(|path| path.is_dir());
        folders.sort();
        folders.extend(added(folder));
        for folder in folders {
            match checked(&folder) {
                Ok(pack) => set.packs.push(pack),
                Err(error) => set.faults.push((folder, error)),
            }
        }
        set
    }

    /// The first pack that does `task`.
    ///
    /// # Errors
    /// [`Error::Pack`]: none does.
    pub fn of(&self, task: &str) -> Result<&Pack, Error> {
        let does = |pack: &&Pack| pack.does(task);
        let missing = || match Pack::built_in().err() {
            // Nothing is built in: that is what is to be mended.
            Some(error) if self.packs.iter().all(|pack| pack.folder().is_none()) => error,
            _ => Error::Pack(format!(
                "No model pack does \"{task}\"; install Consort again."
            )),
        };
        self.packs.iter().find(does).ok_or_else(missing)
    }

    /// All that can be used, in the order in which they are asked.
    #[must_use]
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// What the user added and can't be used, and why.
    #[must_use]
    pub fn faults(&self) -> &[(PathBuf, Error)] {
        &self.faults
    }
}

/// The first pack that does `task`, of [`PackSet::open`].
///
/// # Errors
/// As [`PackSet::open`] and [`PackSet::of`].
pub fn pack_for(task: &str) -> Result<Pack, Error> {
    PackSet::open()?.of(task).cloned()
}

impl Pack {
    /// The pack that makes instruments, of [`PackSet::open`].
    ///
    /// # Errors
    /// As [`pack_for`]. Thread: any but audio.
    pub fn open() -> Result<Self, Error> {
        pack_for("first_anchor")
    }
}

/// Where the user's packs are: the folder that `CONSORT_PACKS` names, or the user's data folder.
#[must_use]
pub fn folder() -> PathBuf {
    let named = std::env::var_os(PACKS_VARIABLE).filter(|value| !value.is_empty());
    named.map_or_else(
        || {
            let data = dirs::data_dir().unwrap_or_else(std::env::temp_dir);
            data.join("consort").join("packs")
        },
        PathBuf::from,
    )
}

/// Adds the pack in a folder, which stays where it is; before those that were added earlier.
///
/// # Errors
/// [`Error::Pack`]: it can't be used, or what there is can't be written.
pub fn add(pack: &Path) -> Result<Pack, Error> {
    add_to(&folder(), pack)
}

fn add_to(folder: &Path, pack: &Path) -> Result<Pack, Error> {
    let unreadable = |error| Error::Pack(format!("{} can't be read ({error}).", pack.display()));
    let path = fs::canonicalize(pack).map_err(unreadable)?;
    let found = checked(&path)?;
    let mut all = added(folder);
    all.retain(|known| *known != path);
    all.insert(0, path);
    write(folder, &all)?;
    Ok(found)
}

/// Takes away what [`add`] added; its files stay. Whether it was there.
///
/// # Errors
/// [`Error::Pack`]: what is left can't be written.
pub fn remove(pack: &Path) -> Result<bool, Error> {
    remove_from(&folder(), pack)
}

fn remove_from(folder: &Path, pack: &Path) -> Result<bool, Error> {
    let whole = fs::canonicalize(pack).unwrap_or_else(|_| pack.to_owned());
    let mut all = added(folder);
    let before = all.len();
    all.retain(|known| *known != whole && known != pack);
    if all.len() == before {
        return Ok(false);
    }
    write(folder, &all)?;
    Ok(true)
}

fn added(folder: &Path) -> Vec<PathBuf> {
    let bytes = fs::read(folder.join(ADDED)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn write(folder: &Path, all: &[PathBuf]) -> Result<(), Error> {
    let written = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let text = serde_json::to_vec_pretty(all)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        std::io::Write::write_all(&mut file, &text)?;
        file.persist(folder.join(ADDED))?;
        Ok(())
    };
    written().map_err(|error| {
        let folder = folder.display();
        Error::Pack(format!(
            "The list of packs in {folder} can't be written ({error})."
        ))
    })
}

/// The pack in a folder, all its files checked: once for each manifest, which has their hashes.
fn checked(folder: &Path) -> Result<Pack, Error> {
    type Known = HashMap<(PathBuf, Vec<u8>), Result<(), Error>>;
    static KNOWN: Mutex<Option<Known>> = Mutex::new(None);
    let pack = Pack::from_folder(folder)?;
    let manifest = fs::read(folder.join("manifest.json")).unwrap_or_default();
    let key = (folder.to_owned(), Sha256::digest(&manifest).to_vec());
    let known = KNOWN.lock().get_or_insert_default().get(&key).cloned();
    let result = known.unwrap_or_else(|| {
        let result = pack.verify();
        KNOWN
            .lock()
            .get_or_insert_default()
            .insert(key, result.clone());
        result
    });
    result.map(|()| pack)
}

#[cfg(test)]
mod tests;
