//! Ensembles by name.

use std::sync::OnceLock;

use serde::Deserialize;

use super::words::role;
use super::{Player, Role};
use crate::music::PartKind;
use crate::orchestra::instruments;
use crate::style::Style;

const TABLE: &str = include_str!("../../../plugin-assets/orchestra/ensembles.toml");

/// Who plays in an ensemble of a name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ensemble {
    /// What it is called, the usual name first.
    pub names: Vec<String>,
    /// "violin, violin: counter".
    players: String,
    /// The style that its rhythm section plays.
    #[serde(default)]
    pub style: Option<String>,
}

#[derive(Deserialize)]
struct Table {
    ensembles: Vec<Ensemble>,
}

/// All of them.
pub(super) fn all() -> &'static [Ensemble] {
    static ALL: OnceLock<Vec<Ensemble>> = OnceLock::new();
    ALL.get_or_init(|| {
        let table: Table = toml::from_str(TABLE).expect("a test reads the table");
        table.ensembles
    })
}

/// The one with this name.
pub(super) fn named(name: &str) -> Option<&'static Ensemble> {
    let called = |name: &str| all().iter().find(|one| one.names.iter().any(|n| n == name));
    called(name).or_else(|| called(name.strip_suffix('s')?))
}

impl Ensemble {
    /// Who plays. Players that aren't in the table of instruments are left out; a test finds them.
    pub fn players(&self) -> Vec<Player> {
        self.players.split(',').filter_map(player).collect()
    }

    /// How many names its text has.
    #[cfg(test)]
    pub fn written(&self) -> usize {
        self.players.split(',').count()
    }
}

fn player(text: &str) -> Option<Player> {
    let (name, said) = match text.split_once(':') {
        Some((name, said)) => (name.trim(), role(said.trim())),
        None => (text.trim(), None),
    };
    plain(name, said)
}

/// A player of this instrument.
pub(super) fn plain(name: &str, role: Option<Role>) -> Option<Player> {
    Some(Player {
        instrument: instruments::named(name)?,
        role,
        loud: 0.0,
        sound: Vec::new(),
    })
}

/// The band of a style: what its file has lines for, and a melody over it.
pub(super) fn band(style: &Style) -> Vec<Player> {
    let jazz = style.swings();
    let named = [
        (
            true,
            if jazz {
                "tenor saxophone"
            } else {
                "electric guitar"
            },
            Some(Role::Melody),
        ),
        (style.has(PartKind::Guitar), "guitar", Some(Role::Comping)),
        (style.has(PartKind::Keys), "piano", Some(Role::Comping)),
        (
            style.has(PartKind::Bass),
            if jazz { "double bass" } else { "bass guitar" },
            Some(Role::Bass),
        ),
        (style.has(PartKind::Drums), "drums", Some(Role::Rhythm)),
    ];
    let play = named.into_iter().filter(|(plays, ..)| *plays);
    play.filter_map(|(_, name, role)| plain(name, role))
        .collect()
}

/// So many singers, the highest first.
pub(super) fn voices(count: usize) -> Vec<Player> {
    let names: &[&str] = match count {
        1 => &["voice"],
        2 => &["soprano", "alto"],
        3 => &["soprano", "alto", "bass voice"],
        4 => &["soprano", "alto", "tenor", "bass voice"],
        5 => &["soprano", "alto", "tenor", "baritone", "bass voice"],
        6 => &[
            "soprano",
            "mezzo-soprano",
            "alto",
            "tenor",
            "baritone",
            "bass voice",
        ],
        _ => &[
            "soprano",
            "soprano",
            "alto",
            "alto",
            "tenor",
            "tenor",
            "bass voice",
            "bass voice",
        ],
    };
    names.iter().filter_map(|name| plain(name, None)).collect()
}
