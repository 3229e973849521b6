//! What an instruction asks for that is certain: which part, which pieces, which bars, how much. The
//! text encoder hears all else in it; what a network obeys only mostly, these rules obey always.

mod clauses;
pub(super) mod lists;
mod together;

use crate::models::prompt::in_english;
use crate::music::PartKind;
use crate::style;
use clauses::Clauses;
use lists::{AMOUNTS, DEGREES, HEARD, HEARD_BEGINNINGS, PIECES, has};
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
    /// A hi-hat on every sixteenth.
    SixteenthHats,
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
            Self::SixteenthHats | Self::HalfTime => None,
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
    /// Bars, counted from 1, that are to have a fill.
    pub fills: Vec<usize>,
    /// Whether sections end in a fill, where anything is said of it.
    pub section_fills: Option<bool>,
    /// The beginning leads in.
    pub intro: bool,
    /// The last bar ends it.
    pub ending: bool,
    /// How a part that is there should change; of a new one the half-time and the sixteenth hats count.
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

/// Reads an instruction. Any thread.
#[must_use]
pub fn read(instruction: &str) -> Said {
    let clauses = Clauses::of(&in_one_word(&in_english(instruction)));
    let words = clauses.words();
    let (kind, no_drums) = together::kind(&clauses);
    // "Walking" alone is a bass's, and an Alberti bass on the piano is the piano's.
    let of_style = style::kind_of(instruction).filter(|_| !no_drums);
    let named = of_style.filter(|kind| together::asks_for(&clauses, *kind));
    let kind = named.or(kind).or(of_style);
    let mut said = Said {
        kind,
        no_drums,
        kick_on_beats: kick_on_beats(&words),
        ..Said::default()
    };
    let all: Vec<&'static str> = PIECES
        .iter()
        .flat_map(|(_, pieces)| pieces.iter().copied())
        .collect();
    for (at, word) in words.iter().enumerate() {
        match *word {
            "no" | "without" | "skip" | "minus" => said.banned.extend(listed(&words[at + 1..])),
            "only" | "just" => {
                let kept = listed(&words[at + 1..]);
                if !kept.is_empty() {
                    said.banned
                        .extend(all.iter().filter(|piece| !kept.contains(piece)));
                }
            }
            // "Don't use the toms", and not "don't play the kick on every beat".
            _ if clauses.forbids(at) => {
                let rest = clauses.after(at);
                let plain = |word: &str| matches!(word, "and" | "or" | "the" | "any" | "please");
                let all = |word: &&str| plain(word) || !listed(&[word]).is_empty();
                if rest.iter().all(all) {
                    said.banned.extend(listed(&rest));
                }
            }
            _ => {}
        }
        let denied = clauses.denies(at);
        match *word {
            "fill" | "fills" => match bar_named(&words[at + 1..]) {
                _ if clauses.denies_fill(at) => said.section_fills = Some(false),
                Some(bar) => said.fills.push(bar),
                None => said.section_fills = Some(true),
            },
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
            "sixteenth" | "sixteenths" | "sixteenth-note" | "16th"
                if words[at + 1..].iter().take(2).any(|next| is_hat(next)) =>
            {
                Some(Edit::SixteenthHats)
            }
            _ => continue,
        };
        said.edit = match asked {
            Some(edit) if denied => edit.opposite().or(said.edit),
            asked => asked,
        };
    }
    said.banned.sort_unstable();
    said.banned.dedup();
    said
}

/// Whether an instruction says anything that a part can follow, for certain or by the text encoder.
/// Any thread.
#[must_use]
pub fn says_anything(instruction: &str) -> bool {
    let clauses = Clauses::of(&in_english(instruction));
    let beginnings = HEARD_BEGINNINGS.split_ascii_whitespace();
    let is_heard = |word: &&str| {
        has(HEARD, word)
            || beginnings
                .clone()
                .any(|beginning| word.starts_with(beginning))
    };
    read(instruction) != Said::default()
        || style::named(instruction, &|_| true).is_some()
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
            let (before, after) = (&instruction[..at], &instruction[at + long..]);
            format!("{before}dnb{after}")
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

fn is_hat(word: &str) -> bool {
    listed(&[word]).contains(&"closed hat") && !word.starts_with("cymbal")
}

/// The pieces that a list begins with: "kick and snare".
fn listed(words: &[&str]) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut rest = words;
    while let Some((first, after)) = rest.split_first() {
        let two = after.first().map(|second| format!("{first} {second}"));
        let named = |name: &str| PIECES.iter().find(|(names, _)| names.contains(&name));
        if let Some((_, pieces)) = two.as_deref().and_then(named) {
            found.extend_from_slice(pieces);
            rest = &after[1..];
        } else if let Some((_, pieces)) = named(first) {
            found.extend_from_slice(pieces);
            rest = after;
        } else if matches!(*first, "and" | "or" | "the" | "any" | "open" | "closed") {
            rest = after;
        } else {
            break;
        }
    }
    found
}

/// "in bar 8", "at the end of bar 4": the number.
fn bar_named(words: &[&str]) -> Option<usize> {
    let at = words
        .iter()
        .take(6)
        .position(|word| matches!(*word, "bar" | "measure"))?;
    words.get(at + 1)?.parse().ok().filter(|bar| *bar > 0)
}

#[cfg(test)]
mod tests;
