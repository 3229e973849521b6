//! A style as its file has it: TOML that a drummer can write. `plugin-assets/styles/README.md` explains each word.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::music::PartKind;

/// See the [module](self).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleFile {
    /// What musicians call it, the usual name first.
    pub names: Vec<String>,
    /// What it is, in a sentence.
    pub about: String,
    /// Where that is to be read: methods, encyclopedias.
    pub sources: Vec<String>,
    /// Slowest and fastest usual tempo, quarter notes (in metres of eighths: dotted ones) a minute.
    pub tempo: [f64; 2],
    /// In quarters or eighths: "4/4", "7/8".
    #[serde(default = "four")]
    pub metre: String,
    /// How eighths are grouped, where that isn't usual: 3, 2, 2.
    #[serde(default)]
    pub groups: Vec<usize>,
    /// The style that plays what this one says nothing of.
    #[serde(default)]
    pub kin: Option<String>,
    /// A way of playing rather than a style: one that is named besides comes first.
    #[serde(default)]
    pub manner: bool,
    /// Played as the song is counted, also where that is far slower than its own tempo: a punk backbeat stays on 2 and 4.
    #[serde(default)]
    pub keeps_count: bool,
    /// Straight or swung.
    #[serde(default)]
    pub feel: Feel,
    /// Bars after which the groove begins anew.
    #[serde(default = "one")]
    pub bars: usize,
    /// How much likelier a kick is with a note of the bass than without.
    #[serde(default = "nine")]
    pub follow: f32,
    /// Share of places that are the same in all versions of the groove.
    #[serde(default = "most")]
    pub alike: f32,
    /// The kit it is played on, in words.
    #[serde(default)]
    pub kit: Option<String>,
    /// What each piece plays, by its name.
    #[serde(default)]
    pub drums: BTreeMap<String, PieceFile>,
    /// How sections are marked.
    #[serde(default)]
    pub form: FormFile,
    /// The bass.
    #[serde(default)]
    pub bass: Option<LineFile>,
    /// The guitar.
    #[serde(default)]
    pub guitar: Option<LineFile>,
    /// Piano and other keys.
    #[serde(default)]
    pub keys: Option<LineFile>,
    /// Bowed strings.
    #[serde(default)]
    pub strings: Option<LineFile>,
    /// Trumpets, trombones, horns.
    #[serde(default)]
    pub brass: Option<LineFile>,
    /// Flutes, reeds, saxophones.
    #[serde(default)]
    pub winds: Option<LineFile>,
    /// A synth or whatever else plays above.
    #[serde(default)]
    pub lead: Option<LineFile>,
}

impl StyleFile {
    /// What it says of pitched parts. Any thread.
    pub fn lines(&self) -> impl Iterator<Item = (PartKind, &LineFile)> {
        let all = [
            (PartKind::Bass, &self.bass),
            (PartKind::Guitar, &self.guitar),
            (PartKind::Keys, &self.keys),
            (PartKind::Strings, &self.strings),
            (PartKind::Brass, &self.brass),
            (PartKind::Winds, &self.winds),
            (PartKind::Lead, &self.lead),
        ];
        all.into_iter()
            .filter_map(|(kind, line)| Some((kind, line.as_ref()?)))
    }
}

/// How eighths fall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Feel {
    /// In the middle of the beat.
    #[default]
    Straight,
    /// Late, as far as the tempo has it.
    Swing,
    /// Sixteenths are late, a little.
    Shuffled,
    /// Beats are of three, exactly.
    Triplets,
}

/// What a piece plays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PieceFile {
    /// Where it always plays.
    #[serde(default)]
    pub must: String,
    /// How likely it is at other places, 0..=1; places joined by "+" play together or not at all, of places joined by "|"
    /// one does.
    #[serde(default)]
    pub usual: BTreeMap<String, f32>,
    /// Where it never plays.
    #[serde(default)]
    pub never: String,
    /// How likely it is everywhere else.
    #[serde(default, rename = "else")]
    pub other: f32,
    /// How hard, 1 (ghost) to 4 (accent).
    #[serde(default = "three")]
    pub level: u8,
    /// Where it is accented; elsewhere it is a level softer then.
    #[serde(default)]
    pub accents: String,
    /// Where it is a ghost note.
    #[serde(default)]
    pub soft: String,
    /// So many of some places at least.
    #[serde(default)]
    pub least: Option<Least>,
    /// What may keep time in its place, and how often.
    #[serde(default, rename = "or")]
    pub swaps: BTreeMap<String, f32>,
    /// How late it is, ms; early where negative.
    #[serde(default)]
    pub late: Late,
}

/// See [`PieceFile::late`].
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Late {
    /// Everywhere.
    All(f32),
    /// By place.
    Places(BTreeMap<String, f32>),
}

impl Default for Late {
    fn default() -> Self {
        Self::All(0.0)
    }
}

/// See [`PieceFile::least`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Least {
    /// Of these places.
    pub of: String,
    /// So many.
    pub count: usize,
}

/// How sections are marked; what isn't said is as usual.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormFile {
    /// Chance of a fill in a section's last bar.
    pub section_fill: Option<f32>,
    /// In a phrase's.
    pub phrase_fill: Option<f32>,
    /// Beats that a section's fill takes, and how often.
    pub section_sizes: Option<BTreeMap<String, f32>>,
    /// A phrase's.
    pub phrase_sizes: Option<BTreeMap<String, f32>>,
    /// Chance of a crash where a section begins.
    pub section_crash: Option<f32>,
    /// Where a phrase does.
    pub phrase_crash: Option<f32>,
    /// Which pieces a fill goes over, beat by beat to its end.
    pub path: Option<Vec<Vec<String>>>,
    /// Its first and last level.
    pub levels: Option<[u8; 2]>,
    /// Chance of a kick under each of its beats.
    pub kick_under: Option<f32>,
    /// What goes on under it.
    #[serde(default)]
    pub keeps: Vec<String>,
    /// A crash comes without a kick.
    #[serde(default)]
    pub bare_crash: bool,
}

/// What a pitched part plays.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineFile {
    /// How it is made.
    pub line: Line,
    /// What it plays where, a version of the groove each: a place, a degree, how, and how likely. "1 root, 2& fifth short .5".
    #[serde(default)]
    pub notes: Vec<String>,
    /// How long, as a share of the time to the next note; or steps where `steps` is set.
    #[serde(default = "most_of_it")]
    pub length: f32,
    /// Steps a note lasts at most.
    #[serde(default)]
    pub steps: Option<f32>,
    /// Bars after which it begins anew.
    #[serde(default = "one")]
    pub bars: usize,
    /// How often a round has another version than the first; 0: a riff. As usual where nothing is said.
    #[serde(default)]
    pub vary: Option<f32>,
    /// Which notes of a chord.
    #[serde(default)]
    pub voicing: Voicing,
    /// Octaves above (or below) where it usually lies.
    #[serde(default)]
    pub octave: i32,
    /// Where it is accented.
    #[serde(default)]
    pub accents: String,
    /// ms from a strum's first string to its last.
    #[serde(default)]
    pub strum: f32,
    /// The instrument, in words.
    #[serde(default)]
    pub sound: Option<String>,
    /// How far it lies under the loudness of all else, LU; as its kind usually does where nothing is said.
    #[serde(default)]
    pub under: Option<f64>,
}

/// How a line is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// A note a beat that goes somewhere.
    Walking,
    /// Roots with the kick.
    Locked,
    /// What `notes` says.
    Figure,
    /// Chords where `notes` says.
    Chords,
    /// One note of the chord after the other.
    Arpeggio,
    /// Chords held as long as they last, anew in each bar.
    Held,
}

/// Which notes of a chord.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Voicing {
    /// Root, third and fifth, near the chord before.
    #[default]
    Triad,
    /// All of its notes.
    Full,
    /// Third, fifth, and seventh (or sixth).
    Shell,
    /// Root, fifth and octave.
    Power,
    /// As a guitar's open strings have it: five or six notes.
    Open,
    /// Third, fifth, seventh and ninth.
    Ninth,
    /// A root below, seventh (or fifth), third and fifth above, wide apart.
    Wide,
    /// Fourths above each other.
    Quartal,
    /// The highest of a triad, and its octave.
    Octaves,
    /// One note.
    Single,
}

fn four() -> String {
    "4/4".to_owned()
}

fn one() -> usize {
    1
}

fn nine() -> f32 {
    9.0
}

fn most() -> f32 {
    0.6
}

fn three() -> u8 {
    3
}

fn most_of_it() -> f32 {
    0.9
}
