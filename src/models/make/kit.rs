//! From words to a drum kit: text vector, the kit's character, its pieces, their hits; and what every kit of its kind
//! has (`balance`, `touch`, `named`), seen to where drawn pieces fall short of it.

mod balance;
mod finish;
mod measure;
mod named;
mod touch;

use std::sync::Arc;

use super::{MAX_GUIDANCE, Outcome, Request, Stage, Steps};
use crate::instrument::kit::{KEYS, Kit, MOST_STROKES, Piece};
use crate::instrument::{Body, Family, Instrument, Macros, Recipe};
use crate::models::drums::{HIT_CENTS, HIT_LEVELS};
use crate::models::prompt::{self, Prompt};
use crate::models::runtime::{self, Runtime};
use crate::models::{Error, Models, text};

/// How often a piece that can't be heard is drawn again, from another seed.
const MORE_DRAWS: u64 = 3;

/// Words of a prompt that ask for a drum kit.
const KIT_WORDS: [&str; 22] = [
    "kit",
    "kits",
    "drumkit",
    "drums",
    "drumset",
    "808",
    "909",
    "606",
    "707",
    "tr-808",
    "tr808",
    "tr-909",
    "tr909",
    "cr-78",
    "brushes",
    "brushed",
    "percussion",
    "beats",
    "drumline",
    "cajon",
    "djembe",
    "djembes",
];
/// Pairs of words that do.
const KIT_PAIRS: [(&str, &str); 4] = [
    ("drum", "set"),
    ("drum", "machine"),
    ("rhythm", "box"),
    ("drum", "sounds"),
];

/// Whether a prompt asks for a drum kit rather than an instrument with notes: what it denies doesn't
/// count, and an 808 bass is a bass. Thread: any.
#[must_use]
pub fn asks_for_kit(prompt: &str) -> bool {
    let lower = Prompt::read(prompt).said.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .collect();
    let is_bass = words
        .iter()
        .any(|word| prompt::family(word) == Some(Family::Bass));
    let is_machine = |word: &str| word.ends_with(|end: char| end.is_ascii_digit());
    let mut asking = words.iter().filter(|word| !(is_bass && is_machine(word)));
    asking.any(|word| KIT_WORDS.contains(word))
        || words
            .windows(2)
            .any(|two| KIT_PAIRS.contains(&(two[0], two[1])))
}

/// What else is wanted of a kit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KitWish {
    /// A kit whose pieces are kept, as far as `kept` says.
    pub from: Option<Arc<Instrument>>,
    /// Keys of the pieces to keep: bit *k* is MIDI key *k*.
    pub kept: u128,
    /// The seed of the pieces that are drawn, where it isn't the kit's.
    pub pieces_seed: Option<u64>,
}

/// A kit in the making.
struct KitMaking<'a> {
    request: &'a Request,
    guidance: f32,
    text: Vec<f32>,
    character: Vec<f32>,
    /// Those that stay as they are.
    kept: Vec<Piece>,
    /// Those that are drawn.
    pieces: Vec<Piece>,
}

/// The kit.
pub(super) fn make(
    request: &Request,
    models: &mut Models,
    steps: &mut Steps<'_>,
) -> Result<Outcome, Error> {
    let (prompt, mut notice) = super::read(request);
    let settings = models.pack().manifest().drums.clone().unwrap_or_default();
    let asked = request.guidance.filter(|guidance| guidance.is_finite());
    let guidance = asked.unwrap_or(settings.guidance).clamp(0.0, MAX_GUIDANCE);
    Runtime::get()?;
    steps.next(Stage::Loading, 0.1)?;
    models.text()?;
    steps.next(Stage::Reading, 0.25)?;
    let text = models.text()?;
    let encoded = text.encode_read(&prompt)?;
    if !text.knows_any(&prompt.said) {
        let words = text::shortened(&request.prompt);
        notice = Some(prompt::unknown(&words, "made something"));
    }
    steps.next(Stage::Loading, 0.3)?;
    models.drum_mixture()?;
    steps.next(Stage::Loading, 0.4)?;
    models.drum_decoder()?;
    steps.next(Stage::Drawing, 0.6)?;
    let mixture = models.drum_mixture()?;
    let character = mixture.character(&encoded.vector, request.seed, guidance)?;
    let mut kit = KitMaking {
        request,
        guidance,
        text: encoded.vector,
        character,
        kept: Vec::new(),
        pieces: Vec::new(),
    };
    let mut wanted = kit.wanted();
    for turn in 0.. {
        steps.next(Stage::Drawing, 0.7)?;
        wanted = kit.draw(&wanted, turn, models)?;
        if wanted.is_empty() {
            break;
        }
    }
    steps.next(Stage::Decoding, 0.95)?;
    runtime::settle();
    Ok((kit.instrument(models)?, encoded.truncated, notice))
}

impl KitMaking<'_> {
    /// The pieces to draw and their seeds; those to keep are taken over.
    fn wanted(&mut self) -> Vec<(u8, u64)> {
        let wish = self.request.kit.clone().unwrap_or_default();
        let old = wish.from.as_ref().and_then(|from| from.kit());
        let seed = wish.pieces_seed.unwrap_or(self.request.seed);
        let mut wanted = Vec::new();
        for key in KEYS {
            let kept = old.and_then(|kit| kit.piece(key));
            match kept.filter(|_| wish.kept & (1 << key) != 0) {
                Some(piece) => self.kept.push(piece.clone()),
                None => wanted.push((key, piece_seed(seed, key))),
            }
        }
        wanted
    }

    /// Draws pieces and takes over those that can be heard; the others are to be drawn again.
    fn draw(
        &mut self,
        wanted: &[(u8, u64)],
        turn: u64,
        models: &mut Models,
    ) -> Result<Vec<(u8, u64)>, Error> {
        let mut again = Vec::new();
        if wanted.is_empty() {
            return Ok(again);
        }
        let mixture = models.drum_mixture()?;
        let codes = mixture.pieces(&self.text, &self.character, wanted, self.guidance)?;
        let keys: Vec<u8> = wanted.iter().map(|(key, _)| *key).collect();
        let hits = models.drum_decoder()?.decode(&codes, &keys)?;
        let tables = hits
            .levels
            .chunks(HIT_LEVELS)
            .zip(hits.cents.chunks(HIT_CENTS));
        for (&(key, seed), (levels, cents)) in wanted.iter().zip(tables) {
            match Piece::new(key, seed, levels, cents) {
                Ok(piece) => self.pieces.push(piece),
                Err(_) if turn < MORE_DRAWS => again.push((key, piece_seed(seed, key))),
                Err(error) => return Err(Error::Model(error.to_string())),
            }
        }
        Ok(again)
    }

    fn instrument(self, models: &Models) -> Result<Instrument, Error> {
        let drawn = finish::pieces(&self.request.prompt, &self.pieces, &self.kept);
        let pieces = drawn.and_then(|drawn| Kit::try_from([self.kept, drawn].concat()));
        let kit = pieces.map_err(|error| Error::Model(error.to_string()))?;
        let kit = kit.with_strokes(MOST_STROKES);
        let prompt = self.request.prompt.trim().to_owned();
        Ok(Instrument {
            name: text::shortened(&prompt),
            recipe: Recipe {
                prompt,
                seed: self.request.seed,
                guidance: self.guidance,
                pack: Some(models.pack().version()),
                ..Recipe::default()
            },
            macros: Macros::default(),
            body: Body::Kit(kit),
        })
    }
}

/// The seed of a piece's noise: another one for each key of a kit.
fn piece_seed(seed: u64, key: u8) -> u64 {
    let mixed = seed ^ (u64::from(key) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9).rotate_left(31) ^ u64::from(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_that_ask_for_kits() {
        for prompt in [
            "tight 70s funk kit",
            "808",
            "Brushes",
            "a warm TR-909!",
            "lo-fi drum machine",
            "dusty drums, please",
            "Schlagzeug",
            "batería",
            "bass and drums",
            "not a piano, drums",
        ] {
            assert!(asks_for_kit(prompt), "{prompt}");
        }
        for prompt in [
            "warm cello",
            "steel drum",
            "kitten piano",
            "",
            "drum'n'bass bass",
            "808 bass",
            "not drums, a flute",
            "flute without percussion",
            "anything but drums",
        ] {
            assert!(!asks_for_kit(prompt), "{prompt}");
        }
    }

    #[test]
    fn pieces_have_seeds_of_their_own() {
        let mut seeds: Vec<u64> = (0..50)
            .flat_map(|seed| KEYS.map(move |key| piece_seed(seed, key)))
            .collect();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), 50 * KEYS.count());
    }
}
