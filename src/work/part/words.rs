//! What an instruction asks for that is certain: which part, which pieces, which bars, how much. The
//! text encoder hears all else in it; what a network obeys only mostly, these rules obey always.

mod asked;
mod clauses;
mod form_words;
mod lexicon;
pub(super) mod lists;
mod manner;
mod pieces;
mod places;
mod spelling;
mod together;
mod tokens;

use super::orders::{Act, Kit, Order, When};
use crate::models::prompt::in_english;
use crate::music::PartKind;
use crate::style;
use clauses::Clauses;
use lists::{AMOUNTS, DEGREES, HEARD, HEARD_BEGINNINGS, has};
pub use together::{OnePart, for_part};

/// What isn't to be so is to be otherwise by so much of it.
const DENIED: f32 = 0.7;

/// What the network can be asked for in numbers, in its own order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Notes a quarter note.
    Density,
    /// How hard they are played.
    Loudness,
    /// How many fall off the beat.
    Syncopation,
    /// How high they lie; of drums, how many are on cymbals.
    Register,
}

/// Changes of a part that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// More of what plays.
    Busier,
    /// Less of it.
    Sparser,
    /// Harder.
    Louder,
    /// Less hard.
    Softer,
    /// The backbeat on three.
    HalfTime,
}

impl Edit {
    /// What is asked for by denying it.
    fn opposite(self) -> Option<Self> {
        match self {
            Self::Busier => Some(Self::Sparser),
            Self::Sparser => Some(Self::Busier),
            Self::Louder => Some(Self::Softer),
            Self::Softer => Some(Self::Louder),
            Self::HalfTime => None,
        }
    }
}

/// What is certain of an instruction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// The part it names first.
    pub kind: Option<PartKind>,
    /// Drums aren't wanted.
    pub no_drums: bool,
    /// Pieces of the kit that must not play, by the network's names.
    pub banned: Vec<&'static str>,
    /// How much of what, −2..=2.
    pub controls: Vec<(Control, f32)>,
    /// Whether sections end in a fill, where anything is said of it.
    pub section_fills: Option<bool>,
    /// The beginning leads in.
    pub intro: bool,
    /// The last bar ends it.
    pub ending: bool,
    /// What is asked of pieces, bars and form.
    pub orders: Vec<Order>,
    /// How a part that is there should change; of a new one the half-time counts.
    pub edit: Option<Edit>,
    /// Whether second eighths come late, or by no means.
    pub swing: Option<bool>,
    /// The kick is on every beat.
    pub kick_on_beats: bool,
}

impl Said {
    /// The part to write: the one it names first, otherwise drums, or a bass where those aren't wanted. Any
    /// thread.
    #[must_use]
    pub fn part(&self) -> PartKind {
        let usual = match self.no_drums {
            true => PartKind::Bass,
            false => PartKind::Drums,
        };
        self.kind.unwrap_or(usual)
    }

    /// How busy it should be, −2..=2, where anything is said of it. Any thread.
    #[must_use]
    pub fn density(&self) -> Option<f32> {
        let mut found = self.controls.iter();
        found
            .find(|(control, _)| *control == Control::Density)
            .map(|(_, score)| *score)
    }

    /// Whether a kit may play both its kick and its snare. Any thread.
    #[must_use]
    pub(super) fn has_kick_and_snare(&self) -> bool {
        let denied = |piece: &&str| ["kick", "snare"].contains(piece);
        !self.banned.iter().any(denied)
    }

    /// The same, as busy as this, −2..=2. Any thread.
    #[must_use]
    pub(super) fn as_busy_as(&self, density: Option<f32>) -> Self {
        let mut said = self.clone();
        said.controls
            .retain(|(control, _)| *control != Control::Density);
        let density = density.map(|score| (Control::Density, score));
        said.controls.extend(density);
        said
    }
}

/// Reads an instruction. Any thread but audio.
#[must_use]
pub fn read(instruction: &str) -> Said {
    let english = meant(instruction);
    let asked = asked::asked(&english);
    let clauses = Clauses::of(&english);
    let (kind, no_drums) = together::kind(&clauses);
    // "Walking" alone is a bass's, and an Alberti bass on the piano is the piano's.
    let of_style = style::kind_of(&asked.values).filter(|_| !no_drums);
    let named = of_style.filter(|kind| together::asks_for(&clauses, *kind));
    let kind = named.or(kind).or(of_style);
    let asked::Asked {
        orders,
        rest,
        only_these_fills,
        ..
    } = asked;
    let mut said = Said {
        kind,
        no_drums,
        kick_on_beats: kick_on_beats(&clauses.words()),
        banned: banned(&orders),
        section_fills: only_these_fills.then_some(false),
        orders,
        ..Said::default()
    };
    // What is said besides pieces and bars.
    let clauses = Clauses::of(&rest);
    let words = clauses.words();
    for (at, word) in words.iter().enumerate() {
        let denied = clauses.denies(at);
        match *word {
            "fill" | "fills" => {
                said.section_fills = said.section_fills.or(Some(!clauses.denies_fill(at)));
            }
            "intro" | "lead-in" => said.intro = !denied,
            "ending" | "outro" => said.ending = !denied,
            "swing" | "swung" | "swinging" | "shuffle" | "shuffled" => said.swing = Some(!denied),
            "straight" => said.swing = Some(denied),
            _ => {}
        }
        if let Some((control, amount)) = amount(word) {
            if clauses.compares(at) {
                said.edit = change(control, -amount).or(said.edit);
            }
            let amount = if denied { -DENIED * amount } else { amount };
            // Of contradictions the last word counts.
            said.controls.retain(|(known, _)| *known != control);
            said.controls.push((control, amount));
        }
        let asked = match *word {
            "more" | "less" => comparison(&words[at..]),
            "busier" | "denser" => Some(Edit::Busier),
            "sparser" | "simpler" | "fewer" => Some(Edit::Sparser),
            "louder" | "harder" => Some(Edit::Louder),
            "softer" | "quieter" => Some(Edit::Softer),
            "half-time" | "halftime" => Some(Edit::HalfTime),
            _ => continue,
        };
        said.edit = match asked {
            Some(edit) if denied => edit.opposite().or(said.edit),
            asked => asked,
        };
    }
    said
}

/// An instruction in English, its mistyped words as they were meant. Any thread but audio.
#[must_use]
pub(super) fn meant(instruction: &str) -> String {
    spelling::corrected(&in_one_word(&in_english(instruction)))
}

/// What an instruction says besides pieces, bars and form. Any thread but audio.
#[must_use]
pub(super) fn rest(instruction: &str) -> String {
    asked::asked(&meant(instruction)).rest
}

/// An instruction without bars and places, to look for names of styles in. Any thread but audio.
#[must_use]
pub(super) fn without_bars(instruction: &str) -> String {
    asked::asked(&meant(instruction)).names
}

/// The same with note values: "eighths on the root". Any thread but audio.
pub(super) fn with_values(instruction: &str) -> String {
    asked::asked(&meant(instruction)).values
}

/// The words of an instruction, in lower case, that nothing is known of. Any thread but audio.
#[must_use]
pub fn unknown(instruction: &str) -> Vec<String> {
    spelling::unknown(&meant(instruction))
}

/// The network's names of the pieces that play nowhere.
fn banned(orders: &[Order]) -> Vec<&'static str> {
    let mut banned: Vec<&'static str> = Vec::new();
    for order in orders.iter().filter(|order| order.when == When::Always) {
        let groups = || order.of.iter().flat_map(|kit| kit.groups());
        match order.act {
            Act::Out => banned.extend(groups()),
            Act::Alone => {
                let kept: Vec<&str> = groups().copied().collect();
                let all = Kit::all_groups();
                banned.extend(all.into_iter().filter(|group| !kept.contains(group)));
            }
            _ => {}
        }
    }
    banned.sort_unstable();
    banned.dedup();
    banned
}

/// Whether an instruction says anything that a part can follow, for certain or by the text encoder.
/// Any thread but audio.
#[must_use]
pub fn says_anything(instruction: &str) -> bool {
    let english = meant(instruction);
    let clauses = Clauses::of(&english);
    let beginnings = HEARD_BEGINNINGS.split_ascii_whitespace();
    let is_heard = |word: &&str| {
        has(HEARD, word)
            || beginnings
                .clone()
                .any(|beginning| word.starts_with(beginning))
    };
    read(instruction) != Said::default()
        || style::named(&without_bars(instruction), &|_| true).is_some()
        || clauses.words().iter().any(is_heard)
}

/// The instruction with "drum and bass", which is a style, as a word that names neither.
pub(super) fn in_one_word(instruction: &str) -> String {
    const DRUM_AND_BASS: [&str; 6] = [
        "drum and bass",
        "drum & bass",
        "drum'n'bass",
        "drum n bass",
        "drum 'n' bass",
        "drum-and-bass",
    ];
    let lower = instruction.to_lowercase();
    let found = DRUM_AND_BASS
        .iter()
        .find_map(|name| Some((lower.find(name)?, name.len())));
    match found {
        // Small letters may be as many bytes only in some languages: then the place isn't sure.
        Some((at, long)) if lower.len() == instruction.len() => {
            let around = instruction.get(..at).zip(instruction.get(at + long..));
            around.map_or(instruction.to_owned(), |(before, after)| {
                format!("{before}dnb{after}")
            })
        }
        _ => instruction.to_owned(),
    }
}

/// What a word asks for.
fn amount(word: &str) -> Option<(Control, f32)> {
    let mut found = AMOUNTS.iter();
    let found = found.find(|(names, ..)| has(names, word))?;
    Some((found.1, found.2))
}

/// The change that gives more of something, or less where `amount` is negative.
fn change(control: Control, amount: f32) -> Option<Edit> {
    match control {
        Control::Density if amount > 0.0 => Some(Edit::Busier),
        Control::Density => Some(Edit::Sparser),
        Control::Loudness if amount > 0.0 => Some(Edit::Louder),
        Control::Loudness => Some(Edit::Softer),
        Control::Syncopation | Control::Register => None,
    }
}

/// "More", "less" and what they are about: "less loud", "more notes".
fn comparison(words: &[&str]) -> Option<Edit> {
    let way = if words[0] == "more" { 1.0 } else { -1.0 };
    let what = words.get(1).and_then(|word| amount(word));
    let (control, amount) = what.unwrap_or((Control::Density, 1.0));
    change(control, way * amount)
}

/// "Four on the floor", "the kick on every beat".
fn kick_on_beats(words: &[&str]) -> bool {
    let text = words.join(" ").replace('-', " ");
    let words: Vec<&str> = text.split(' ').collect();
    let denied = |at: usize| {
        let mut before = words[..at].iter().rev();
        let word = before.find(|word| {
            let degree = has(DEGREES, word);
            !degree && !matches!(**word, "put" | "play" | "use" | "want" | "do" | "make")
        });
        word.is_some_and(|word| {
            matches!(*word, "no" | "not" | "never" | "without" | "less") || word.ends_with("n't")
        })
    };
    let floor = |at: usize| match words[at..] {
        [four, "on" | "to", "the", "floor", ..] => matches!(four, "four" | "4"),
        _ => false,
    };
    let kick = |at: usize| {
        let rest = match words[at..] {
            ["kick" | "kicks", ref rest @ ..] | ["bass", "drum" | "drums", ref rest @ ..] => rest,
            _ => return false,
        };
        let rest = rest.strip_prefix(&["on"]).unwrap_or(rest);
        let Some(("every" | "each" | "all", rest)) = rest.split_first().map(|(a, b)| (*a, b))
        else {
            return false;
        };
        let mut next = rest.iter().take(3);
        next.any(|word| {
            matches!(
                *word,
                "beat" | "beats" | "quarter" | "quarters" | "crotchet"
            )
        })
    };
    (0..words.len()).any(|at| !denied(at) && (floor(at) || kick(at)))
}

#[cfg(test)]
mod tests;
