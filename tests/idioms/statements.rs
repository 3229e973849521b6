//! What is asked for, and what teachers say of it.

use std::path::Path;

use consort::music::Metre;
use serde::Deserialize;

use crate::language::{Claim, read};
use crate::songs::Time;

/// The files of statements; a name before its number is the part that answers.
const FILES: [&str; 19] = [
    "drums-1", "drums-2", "drums-3", "drums-4", "drums-5", "bass", "bass-2", "bass-3", "bass-4",
    "guitar", "guitar-2", "guitar-3", "guitar-4", "keys", "keys-2", "keys-3", "keys-4", "strings",
    "brass",
];

/// A request and what must be true of the part that answers it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// In a musician's words.
    pub words: String,
    pub style: String,
    /// Felt beats a minute.
    pub bpm: f64,
    pub metre: String,
    pub tells: Vec<Statement>,
    /// The part that answers it, from the name of its file.
    #[serde(skip)]
    pub part: String,
}

/// Something that can be looked up. Sources are named by title, not checked page by page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    pub says: String,
    pub source: String,
    /// All of these must hold; the language is described in `language.rs`.
    check: Vec<String>,
}

impl Ask {
    pub fn time(&self) -> Time {
        let metre: Metre = self
            .metre
            .parse()
            .unwrap_or_else(|_| panic!("{}: metre", self.words));
        Time {
            bpm: self.bpm,
            metre,
        }
    }

    /// For each claim of a statement its text, and the claims of which one must hold.
    pub fn claims<'a>(&self, statement: &'a Statement) -> Vec<(&'a str, Vec<Claim>)> {
        let time = self.time();
        let one = |text: &'a String| {
            let claims = read(text, time.metre.count, time.quarter());
            let claims = claims.unwrap_or_else(|error| panic!("{}: {error}", self.words));
            (text.as_str(), claims)
        };
        statement.check.iter().map(one).collect()
    }
}

/// All that is asked for.
pub fn asks() -> Vec<Ask> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        ask: Vec<Ask>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/idioms/statements");
    let mut all = Vec::new();
    for file in FILES {
        let path = folder.join(file).with_extension("toml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let read: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let part = file.split('-').next().unwrap_or(file);
        all.extend(read.ask.into_iter().map(|ask| Ask {
            part: part.to_owned(),
            ..ask
        }));
    }
    all
}
