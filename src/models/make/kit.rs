//! The steps from words to a drum kit: text vector, the kit's character, its pieces, their hits.

use std::sync::Arc;

use super::{MAX_GUIDANCE, Request, Stage};
use crate::instrument::kit::{KEYS, Kit, Piece};
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
#[derive(Debug)]
pub(super) struct KitMaking {
    request: Request,
    prompt: Prompt,
    notice: Option<String>,
    next: Next,
    text: Vec<f32>,
    truncated: bool,
    character: Vec<f32>,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Next {
    Start,
    LoadText,
    Read,
    LoadMixture,
    LoadDecoder,
    Character,
    /// Draws these pieces, for the first time (0) or again.
    Draw(Vec<(u8, u64)>, u64),
    Finish,
}

impl KitMaking {
    pub(super) fn new(request: Request) -> Self {
        let (prompt, notice) = super::read(&request);
        Self {
            request,
            prompt,
            notice,
            next: Next::Start,
            text: Vec::new(),
            truncated: false,
            character: Vec::new(),
            pieces: Vec::new(),
        }
    }

    /// What the next step does and how much is done, by usual durations.
    pub(super) fn progress(&self) -> (Stage, f32) {
        match &self.next {
            Next::Start => (Stage::Loading, 0.0),
            Next::LoadText => (Stage::Loading, 0.1),
            Next::Read => (Stage::Reading, 0.25),
            Next::LoadMixture => (Stage::Loading, 0.3),
            Next::LoadDecoder => (Stage::Loading, 0.4),
            Next::Character => (Stage::Drawing, 0.6),
            Next::Draw(..) => (Stage::Drawing, 0.7),
            Next::Finish => (Stage::Decoding, 0.95),
        }
    }

    /// The prompt was longer than the models read.
    pub(super) fn was_truncated(&self) -> bool {
        self.truncated
    }

    /// What the user may want to know about how the prompt was read, in a sentence.
    pub(super) fn notice(&self) -> Option<String> {
        self.notice.clone()
    }

    /// The next step; after the last one, the kit.
    pub(super) fn step(&mut self, models: &mut Models) -> Result<Option<Instrument>, Error> {
        let settings = models.pack().manifest().drums.clone().unwrap_or_default();
        let asked = self
            .request
            .guidance
            .filter(|guidance| guidance.is_finite());
        let guidance = asked.unwrap_or(settings.guidance).clamp(0.0, MAX_GUIDANCE);
        self.next = match std::mem::replace(&mut self.next, Next::Start) {
            Next::Start => {
                Runtime::get()?;
                Next::LoadText
            }
            Next::LoadText => {
                models.text()?;
                Next::Read
            }
            Next::Read => {
                let text = models.text()?;
                let encoded = text.encode_read(&self.prompt)?;
                if !text.knows_any(&self.prompt.said) {
                    let words = text::shortened(&self.request.prompt);
                    self.notice = Some(prompt::unknown(&words, "made something"));
                }
                (self.text, self.truncated) = (encoded.vector, encoded.truncated);
                Next::LoadMixture
            }
            Next::LoadMixture => {
                models.drum_mixture()?;
                Next::LoadDecoder
            }
            Next::LoadDecoder => {
                models.drum_decoder()?;
                Next::Character
            }
            Next::Character => {
                let seed = self.request.seed;
                let mixture = models.drum_mixture()?;
                self.character = mixture.character(&self.text, seed, guidance)?;
                Next::Draw(self.wanted(), 0)
            }
            Next::Draw(wanted, turn) => {
                let again = self.draw(&wanted, turn, guidance, models)?;
                if again.is_empty() {
                    Next::Finish
                } else {
                    Next::Draw(again, turn + 1)
                }
            }
            Next::Finish => {
                runtime::settle();
                return self.instrument(guidance, models).map(Some);
            }
        };
        Ok(None)
    }

    /// The pieces to draw and their seeds; those to keep are taken over.
    fn wanted(&mut self) -> Vec<(u8, u64)> {
        let wish = self.request.kit.clone().unwrap_or_default();
        let old = wish.from.as_ref().and_then(|from| from.kit());
        let seed = wish.pieces_seed.unwrap_or(self.request.seed);
        let mut wanted = Vec::new();
        for key in KEYS {
            let kept = old.and_then(|kit| kit.piece(key));
            match kept.filter(|_| wish.kept & (1 << key) != 0) {
                Some(piece) => self.pieces.push(piece.clone()),
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
        guidance: f32,
        models: &mut Models,
    ) -> Result<Vec<(u8, u64)>, Error> {
        let mut again = Vec::new();
        if wanted.is_empty() {
            return Ok(again);
        }
        let mixture = models.drum_mixture()?;
        let codes = mixture.pieces(&self.text, &self.character, wanted, guidance)?;
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

    fn instrument(&mut self, guidance: f32, models: &Models) -> Result<Instrument, Error> {
        let pieces = std::mem::take(&mut self.pieces);
        let kit = Kit::try_from(pieces).map_err(|error| Error::Model(error.to_string()))?;
        let prompt = self.request.prompt.trim().to_owned();
        Ok(Instrument {
            name: text::shortened(&prompt),
            recipe: Recipe {
                prompt,
                seed: self.request.seed,
                guidance,
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
