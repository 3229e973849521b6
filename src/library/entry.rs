//! An instrument of the library.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::instrument::Family;

/// Names an entry; never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub i64);

/// Where an entry comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It comes with Consort.
    Factory,
    /// It was made from a prompt, a sound or another instrument.
    Generated,
    /// A `.consort` file of the user's.
    Saved,
    /// An SFZ instrument or a sound file.
    Imported,
}

impl Kind {
    /// All kinds, in the order in which they are stored.
    pub const ALL: [Self; 4] = [Self::Factory, Self::Generated, Self::Saved, Self::Imported];

    /// A word for people. Any thread.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Factory => "factory",
            Self::Generated => "generated",
            Self::Saved => "saved",
            Self::Imported => "imported",
        }
    }
}

/// Where an entry's sound is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the factory library, by name.
    Factory(String),
    /// In the library itself: `.consort` bytes, by their hash.
    Inside(String),
    /// A `.consort`, SFZ or sound file.
    File(PathBuf),
}

impl Place {
    /// Of `.consort` bytes in the library itself. Any thread.
    #[must_use]
    pub fn inside(bytes: &[u8]) -> Self {
        let hash = Sha256::digest(bytes);
        Self::Inside(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// As it is stored; no two places have the same text.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Factory(name) => format!("factory:{name}"),
            Self::Inside(hash) => format!("inside:{hash}"),
            Self::File(path) => format!("file:{}", path.display()),
        }
    }

    pub(super) fn of_text(text: &str) -> Option<Self> {
        let (what, rest) = text.split_once(':')?;
        Some(match what {
            "factory" => Self::Factory(rest.to_owned()),
            "inside" => Self::Inside(rest.to_owned()),
            "file" => Self::File(PathBuf::from(rest)),
            _ => return None,
        })
    }
}

/// An instrument of the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Names it.
    pub id: EntryId,
    /// Where it comes from.
    pub kind: Kind,
    /// Name shown to people.
    pub name: String,
    /// Its family; for imported ones, what the sound encoder heard.
    pub family: Family,
    /// Words to find it by, lower case.
    pub tags: Vec<String>,
    /// The user likes it.
    pub favourite: bool,
    /// Where its sound is.
    pub place: Place,
}

/// An entry to be added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// Where it comes from.
    pub kind: Kind,
    /// Name shown to people.
    pub name: String,
    /// Its family.
    pub family: Family,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Where its sound is; an entry of the same place is replaced, its favourite mark and its tags
    /// stay.
    pub place: Place,
    /// When its file was last changed, and how long it is; 0 for others.
    pub stamp: i64,
    /// `.consort` bytes of an instrument that is kept in the library itself.
    pub bytes: Option<Vec<u8>>,
    /// Which encoder made its vectors.
    pub encoder: String,
    /// Unit vector of its sound.
    pub timbre: Vec<f32>,
    /// Unit vector of its sound in the space of the prompts.
    pub meaning: Vec<f32>,
}
