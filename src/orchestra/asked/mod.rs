//! What is asked for in words: who plays, in which role, in which character.
//!
//! | module | what it is |
//! |---|---|
//! | `ensembles` | ensembles by name (`plugin-assets/orchestra/ensembles.toml`) |
//! | `words` | words that mean something, and what they mean |
//! | `phrases` | a request cut into things that are known |
//! | `sentence` | which of these belong together |

mod ensembles;
mod phrases;
mod sentence;
#[cfg(test)]
mod tests;
mod words;

use super::instruments::Instrument;

/// As many play at most.
pub const MOST_PLAYERS: usize = 12;

/// What a player does in an arrangement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The tune.
    Melody,
    /// A second line, that moves where the melody rests.
    Counter,
    /// A voice between melody and bass.
    Inner,
    /// The lowest voice.
    Bass,
    /// Held chords.
    Pad,
    /// Chords in a rhythm.
    Comping,
    /// Drums.
    Rhythm,
    /// Something now and then: a stroke, a doubling.
    Colour,
}

impl Role {
    /// "counter-melody". Any thread.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Melody => "melody",
            Self::Counter => "counter-melody",
            Self::Inner => "inner voice",
            Self::Bass => "bass",
            Self::Pad => "pad",
            Self::Comping => "comping",
            Self::Rhythm => "rhythm",
            Self::Colour => "colour",
        }
    }
}

/// How accompanying voices move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Texture {
    /// With the melody, chord by chord.
    Chordal,
    /// Long notes.
    Sustained,
    /// Notes of the chord one after the other.
    Arpeggio,
    /// Bass on the beat, chords after it.
    AfterBeat,
    /// Bass on one, chords on two and three.
    Waltz,
    /// Repeated notes.
    Ostinato,
}

/// How it is to be; 0 is as usual, ±1 a word, ±2 a strong one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Character {
    /// Loud or soft.
    pub loud: f32,
    /// Full or thin: voices at once, doublings.
    pub full: f32,
    /// Lively or calm: notes a beat.
    pub busy: f32,
    /// Staccato or legato.
    pub short: f32,
    /// Dramatic: wider dynamics, tremolo, strokes.
    pub drama: f32,
    /// It grows from its beginning to its end.
    pub builds: bool,
    /// The melody goes from one player to another, phrase by phrase.
    pub calls: bool,
    /// How the accompaniment moves, if that is said.
    pub texture: Option<Texture>,
}

/// Someone who plays.
#[derive(Clone, Debug, PartialEq)]
pub struct Player {
    /// What.
    pub instrument: &'static Instrument,
    /// In which role; the arranger decides where nothing is said.
    pub role: Option<Role>,
    /// Louder or softer than the others, ±1 a word.
    pub loud: f32,
    /// Words for its sound: "warm".
    pub sound: Vec<String>,
}

/// A request that was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The ensemble's name, where one was said.
    pub ensemble: Option<String>,
    /// Who plays, as a score has them; empty where only a character was said.
    pub players: Vec<Player>,
    /// A style's name ([`crate::style`]).
    pub style: Option<String>,
    /// How.
    pub character: Character,
    /// Words for the sound of all: "warm".
    pub sound: Vec<String>,
    /// Nobody else is to play, not even the melody.
    pub only: bool,
}

/// Why a request can't be followed, in a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// Nothing was said.
    #[error("Say who is to play, for example “string quartet” or “flute and piano”.")]
    Nothing,
    /// A name of nothing that is known.
    #[error("I don't know “{name}”; {}", hint(.near.as_deref()))]
    Unknown {
        /// The name.
        name: String,
        /// What it may have meant.
        near: Option<String>,
    },
    /// More players than an ensemble has.
    #[error(
        "{count} players are too many: an ensemble has at most {MOST_PLAYERS}; sections (“strings”, “choir”) count as one."
    )]
    TooMany {
        /// So many were asked for.
        count: usize,
    },
    /// All that was asked for was taken away again.
    #[error("Nobody is left to play; leave out fewer instruments.")]
    Nobody,
    /// It can't take this role.
    #[error("{instrument} can't play the {role}; give it to another instrument.")]
    CantPlay {
        /// The instrument.
        instrument: String,
        /// The role.
        role: &'static str,
    },
}

fn hint(near: Option<&str>) -> String {
    match near {
        Some(near) => format!("did you mean “{near}”?"),
        None => "name an instrument or an ensemble, for example “string quartet”.".to_owned(),
    }
}

impl Asked {
    /// What a request means. Any thread but audio.
    ///
    /// # Errors
    /// [`NotUnderstood`], a sentence.
    pub fn read(text: &str) -> Result<Self, NotUnderstood> {
        sentence::read(text)
    }
}
