//! The factory library: instruments in the plugin file, which need no model. One of them is what
//! Consort plays before the first prompt. `plugin-assets/factory/README.md` says what they were
//! made from, and how.
//!
//! Nothing of it is read before it is asked for: the index with the first look at it, an
//! instrument when it is played.

use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Family, Instrument};

/// Name and bytes of each file of the library.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/factory_files.rs"));
const INDEX: &str = include_str!("../../plugin-assets/factory/index.json");
const FIRST: &str = "electric-piano.consort";

/// What an entry of the library is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Keys of one sound.
    #[default]
    Instrument,
    /// Drums, one a key.
    Kit,
}

/// One entry of the library, as the index has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its file in `plugin-assets/factory`.
    pub file: String,
    /// Name shown to people; no two have the same.
    pub name: String,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
    /// Where people look for it.
    #[serde(serialize_with = "write_family", deserialize_with = "read_family")]
    pub family: Family,
    /// Words to find it by, lower case.
    pub tags: Vec<String>,
    /// The words it was made from; empty where it was made otherwise.
    pub prompt: String,
    /// The seed it was made with.
    pub seed: u64,
}

fn write_family<S: Serializer>(family: &Family, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(family.name())
}

fn read_family<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Family, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(serde::de::Error::custom)
}

/// All entries, by family and name. Any thread but audio.
pub fn entries() -> &'static [Entry] {
    static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
        let mut entries: Vec<Entry> = serde_json::from_str(INDEX).expect("the index is tested");
        entries.sort_by(|a, b| (a.family.name(), &a.name).cmp(&(b.family.name(), &b.name)));
        entries
    });
    &ENTRIES
}

/// The entry of a name, in any case. Any thread but audio.
pub fn named(name: &str) -> Option<&'static Entry> {
    let wanted = name.trim().to_lowercase();
    entries()
        .iter()
        .find(|entry| entry.name.to_lowercase() == wanted)
}

impl Entry {
    /// Its `.consort` bytes. Any thread.
    pub fn bytes(&self) -> &'static [u8] {
        bytes(&self.file)
    }

    /// The instrument; some milliseconds. Any thread but audio.
    pub fn instrument(&self) -> Instrument {
        Instrument::from_bytes(self.bytes()).expect("the library is tested")
    }

    /// Whether each word of `search` begins a word of its name, family, tags or prompt. Any thread.
    pub fn fits(&self, search: &str) -> bool {
        let about = format!(
            "{} {} {} {}",
            self.name,
            self.family,
            self.tags.join(" "),
            self.prompt
        );
        let about = about.to_lowercase();
        let words: Vec<&str> = about.split(|c: char| !c.is_alphanumeric()).collect();
        search
            .to_lowercase()
            .split_whitespace()
            .all(|wanted| words.iter().any(|word| word.starts_with(wanted)))
    }
}

fn bytes(file: &str) -> &'static [u8] {
    let found = FILES.iter().find(|(name, _)| *name == file);
    found.expect("the index names files that are there").1
}

impl Instrument {
    /// The factory instrument; some milliseconds. Any thread but audio.
    pub fn factory() -> Self {
        Self::from_bytes(bytes(FIRST)).expect("the built-in instrument is tested")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ops::ControlFlow;

    use super::*;
    use crate::instrument::render;

    #[test]
    fn the_first_instrument_is_whole_and_sounds() {
        let factory = Instrument::factory();
        assert_eq!(factory.name, "Electric Piano");
        let mut peaks = Vec::new();
        let mut ready = |_, column: Box<crate::instrument::zone::Column>| {
            let loudest = &column.layers.last().expect("four layers").frames;
            peaks.push(
                loudest
                    .iter()
                    .flatten()
                    .fold(0.0f32, |peak, x| peak.max(x.abs())),
            );
            ControlFlow::Continue(())
        };
        let flow = render::render_columns(
            &factory,
            48_000.0,
            &factory.macros,
            &render::order(&factory, 60),
            &|| false,
            &mut ready,
        );
        assert!(flow.is_continue());
        assert_eq!(peaks.len(), 30);
        assert!(
            peaks.iter().all(|&peak| (0.05..1.5).contains(&peak)),
            "{peaks:?}"
        );
    }

    #[test]
    fn the_index_and_the_files_agree() {
        let names: BTreeSet<&str> = entries().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names.len(), entries().len(), "names are unique");
        let listed: BTreeSet<&str> = entries().iter().map(|entry| entry.file.as_str()).collect();
        let there: BTreeSet<&str> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, there);
        for entry in entries().iter().filter(|e| e.kind == Kind::Instrument) {
            let instrument = entry.instrument();
            assert_eq!(instrument.name, entry.name);
            assert_eq!(instrument.recipe.prompt, entry.prompt);
            assert!(!entry.tags.is_empty(), "{}", entry.name);
            assert_eq!(named(&entry.name.to_uppercase()), Some(entry));
        }
    }

    #[test]
    fn searching_finds_by_the_beginnings_of_words() {
        let entry = Entry {
            file: String::new(),
            name: "Felt Piano".into(),
            kind: Kind::Instrument,
            family: Family::Keys,
            tags: vec!["soft".into(), "intimate".into()],
            prompt: "soft felt piano, warm".into(),
            seed: 1,
        };
        for found in ["", "felt", "PIA soft", "keys war", "intimate felt"] {
            assert!(entry.fits(found), "{found}");
        }
        for missed in ["organ", "felt organ", "elt"] {
            assert!(!entry.fits(missed), "{missed}");
        }
    }
}
