//! Instruments of orchestra, band and folk music: what they are called, what they can play, where they sit
//! (`plugin-assets/orchestra/instruments.toml`).

use std::sync::OnceLock;

use serde::Deserialize;

/// The table's text.
const TABLE: &str = include_str!("../../plugin-assets/orchestra/instruments.toml");

/// What an instrument belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Bowed strings.
    Strings,
    /// Flutes and reeds.
    Woodwind,
    /// Brass.
    Brass,
    /// Singers.
    Voice,
    /// Keyboards.
    Keys,
    /// Plucked and hammered strings.
    Plucked,
    /// Basses that are plucked.
    Bass,
    /// Percussion of definite pitch.
    Mallets,
    /// Synthesizers.
    Synth,
    /// Percussion on the keys of General MIDI's drums.
    Drums,
}

/// The clef it is read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clef {
    /// G2.
    Treble,
    /// G2, an octave lower.
    Treble8,
    /// C3.
    Alto,
    /// F4.
    Bass,
    /// For drums.
    Percussion,
}

/// An instrument. Keys are MIDI keys as they sound.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// What it is called.
    pub name: String,
    /// What else it is called, odd plurals among them.
    pub also: Vec<String>,
    /// What it belongs to.
    pub family: Family,
    /// General MIDI programme, 0..=127; of no meaning for drums.
    pub gm: u8,
    /// Lowest and highest note.
    pub range: [u8; 2],
    /// Where it sounds well and isn't tiring.
    pub easy: [u8; 2],
    /// Semitones that the written note lies above the sounding one.
    pub writes: i8,
    /// Notes at once.
    pub many: u8,
    /// Seconds that a breath lasts; 0 where none is needed.
    pub breath: f32,
    /// Notes a second that are comfortable.
    pub agile: f32,
    /// What usually plays along with it, an octave apart or not.
    pub doubles: Vec<String>,
    /// Where it sits, −1 (left, as the audience sees it) to 1.
    pub pan: f32,
    /// How loud it is beside others, about 1.
    pub weight: f32,
    /// The clef it is read in.
    pub clef: Clef,
}

#[derive(Deserialize)]
struct Table {
    instruments: Vec<Instrument>,
}

impl Instrument {
    /// Whether it plays drums: its keys are pieces of a kit. Any thread.
    #[must_use]
    pub fn is_drums(&self) -> bool {
        self.family == Family::Drums
    }

    /// Whether it plays chords: four notes at once, or a section of players. Any thread.
    #[must_use]
    pub fn is_chordal(&self) -> bool {
        self.many >= 4 && !self.is_drums()
    }

    /// Whether two hands play it on keys. Any thread.
    #[must_use]
    pub fn has_hands(&self) -> bool {
        self.family == Family::Keys && self.many >= 7
    }

    /// Whether a key is within its range. Any thread.
    #[must_use]
    pub fn reaches(&self, key: i32) -> bool {
        (i32::from(self.range[0])..=i32::from(self.range[1])).contains(&key)
    }

    /// The middle of where it sounds well. Any thread.
    #[must_use]
    pub fn middle(&self) -> f32 {
        (f32::from(self.easy[0]) + f32::from(self.easy[1])) / 2.0
    }

    /// Whether it usually plays the bass: it sounds well below E2. Any thread.
    #[must_use]
    pub fn is_bass(&self) -> bool {
        !self.is_drums()
            && !self.is_chordal()
            && self.family != Family::Mallets
            && self.middle() < 54.0
    }

    /// All its names, the first one first. Any thread.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.name).chain(self.also.iter().map(String::as_str))
    }
}

/// All of them. Any thread but audio.
///
/// # Panics
/// Never: a test reads the table.
pub fn all() -> &'static [Instrument] {
    static ALL: OnceLock<Vec<Instrument>> = OnceLock::new();
    ALL.get_or_init(|| {
        let table: Table = toml::from_str(TABLE).expect("a test reads the table");
        table.instruments
    })
}

/// The one with this name, in small letters; synonyms and plurals count. Any thread but audio.
#[must_use]
pub fn named(name: &str) -> Option<&'static Instrument> {
    let called = |name: &str| all().iter().find(|one| one.names().any(|n| n == name));
    called(name)
        .or_else(|| called(name.strip_suffix("es")?))
        .or_else(|| called(name.strip_suffix('s')?))
}

/// The name nearest to one that nobody knows, if any is near. Any thread but audio.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    let names = all().iter().flat_map(Instrument::names);
    let near = names.map(|known| (strsim::normalized_damerau_levenshtein(known, name), known));
    // Of equals the first: a name before its plural.
    let best = near.reduce(|a, b| if b.0 > a.0 { b } else { a })?;
    (best.0 >= 0.7).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_makes_sense() {
        assert!(all().len() >= 60);
        let mut names = BTreeSet::new();
        for one in all() {
            for name in one.names() {
                assert!(names.insert(name), "{name} is two instruments");
                assert_eq!(name, name.to_lowercase());
            }
            let ([low, high], [from, to]) = (one.range, one.easy);
            assert!(low <= from && from < to && to <= high, "{}", one.name);
            assert!(high < 128 && one.gm < 128 && one.many >= 1, "{}", one.name);
            assert!((-1.0..=1.0).contains(&one.pan) && one.weight > 0.3);
            assert!(one.agile >= 2.0 && one.breath >= 0.0);
            for other in &one.doubles {
                assert!(named(other).is_some(), "{other} of {}", one.name);
            }
        }
    }

    #[test]
    fn names_plurals_and_near_names_are_known() {
        for (said, meant) in [
            ("celli", "cello"),
            ("violas", "viola"),
            ("cor anglais", "english horn"),
            ("double basses", "double bass"),
            ("rhodes", "electric piano"),
            ("glockenspiels", "glockenspiel"),
        ] {
            assert_eq!(named(said).map(|one| &*one.name), Some(meant), "{said}");
        }
        assert_eq!(named("kazoo"), None);
        assert_eq!(nearest("voilin"), Some("violin"));
        assert_eq!(nearest("clarinett"), Some("clarinet"));
        assert_eq!(nearest("quantum"), None);
    }
}
